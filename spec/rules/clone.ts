/**
 * Birth: fork, vfork, clone of threads and into a new PID namespace.
 *
 * Here: Clone with newTask, the ptrace event of a clone, and the stop of a vfork parent.
 * Not here: who ends that stop (`unstopVforkParent` in exit.ts).
 *
 * Left out: unshare and CLONE_PARENT (the source has no such flag), sharing of signal handlers between
 * processes, and the ends of the id space.
 */
import { List, Map } from 'immutable'
import { endSyscall, isAt, mayCall } from '../kernel/control-flow.js'
import { groupOf, namespacesUp } from '../kernel/members.js'
import { incRefWithParent, parentPG } from '../kernel/process-group.js'
import { ptraceEvent, setTracer } from '../kernel/ptrace.js'
import { beginInternalStop, isKilled } from '../kernel/stop.js'
import type { CloneForm } from '../menu.js'
import { eachTask, type Feature, rule } from '../rule.js'
import { slotsOf } from '../scope.js'
import {
  makeSeized,
  makeTask,
  makeThreadGroup,
  type PtraceEvent,
  type PtraceOption,
  type State,
  type TaskId,
} from '../state.js'

/** Which feature a form of clone belongs to. */
const featureOf = ({ form }: { readonly form: CloneForm }): Feature => {
  if (form.newPIDNamespace) return 'pidns'
  if (form.vfork) return 'vfork'
  return form.newThreadGroup ? 'fork' : 'threads'
}

const freeSlot = (s: State): TaskId | undefined =>
  slotsOf(s.scope).find(t => s.taskIs(t, 'runState', 'unborn'))

/** Why `newTask` refuses; null if it does not. */
function whyNoTask(s: State, parent: TaskId, form: CloneForm): 'EINTR' | 'ENOMEM' | null {
  const { exiting, execing, pidns } = groupOf(s, parent)
  if (!form.newThreadGroup && (exiting || execing !== null)) return 'EINTR'
  return namespacesUp(s, pidns).some(ns => s.namespace(ns).exiting) ? 'ENOMEM' : null
}

/**
 * clone(2), fork(2), vfork(2): up to where the child is visible to everybody.
 *
 * The child runs once the call is over; where neither a tracer nor a vfork gives the call more to do, it may
 * run at once.
 */
export const clone = rule<{ readonly task: TaskId; readonly form: CloneForm }>({
  name: 'clone',
  feature: 'fork',
  featureOf,
  kind: 'external',
  source: 'Clone in task_clone.go; newTask, assignTIDsLocked, allocateTID in task_start.go',
  choices: scope => eachTask(scope).flatMap(({ task }) => scope.menu.clones.map(form => ({ task, form }))),
  guard: (s, { task }) => mayCall(s, task) && freeSlot(s) !== undefined,
  effect(before, { task, form }) {
    const error = whyNoTask(before, task, form)
    if (error !== null)
      return endSyscall(before.emit({ kind: 'failed', by: task, call: form.call, error }), task)
    const child = freeSlot(before) as TaskId
    let s = form.newThreadGroup ? newProcess(before, task, child, form) : newThread(before, task, child)
    s = s.withTask(child, {
      cleartid: form.childClearTID,
      vforkParent: form.vfork ? task : null,
      cpuStats: s.scope.accounting ? List([child]) : List(),
      mmMaxRSS: memoryOfChild(s, task, child, form),
    })
    if (s.task(task).tracer !== null || form.inheritTracer)
      return s.withTask(task, { runState: 'ptraceClone', cloneChild: child, cloneForm: form })
    if (form.vfork) return s.withTask(task, { runState: 'maybeBeginVforkStop', cloneChild: child })
    return endSyscall(start(s, child), task)
  },
})

/** The child's memory is its own, except that of a thread or a vfork child. Any number will do, if it tells who. */
function memoryOfChild(s: State, parent: TaskId, child: TaskId, form: CloneForm): number {
  if (!form.newThreadGroup || form.vfork) return s.task(parent).mmMaxRSS
  return s.scope.accounting ? child + 1 : 0
}

/**
 * The child's goroutine starts. It interrupts itself, notices that (and with it every interrupt from before), and
 * looks for a reason to stop. Source: `Start`; `run`, `runApp.execute` in task_run.go.
 */
const start = (s: State, child: TaskId): State =>
  s.task(child).runState === 'starting' ? s.withTask(child, { runState: 'interrupt', interrupted: false }) : s

/** A task in the parent's group, with the same parent. Source: `newTask` with InheritParent. */
function newThread(before: State, sibling: TaskId, child: TaskId): State {
  const { group: g, parent } = before.task(sibling)
  const s = before.withTask(child, makeTask({ group: g, parent, runState: 'starting' }).toObject())
  const added = addToGroup(assignTIDs(addToParent(s, child), child, s.group(g).pidns), child)
  return added.scope.profile.switches.newThread === 'joins the group stop'
    ? joinGroupStop(added, child)
    : added
}

/** A thread that is born into a group stop is to enter it; for one that is complete, it does not count. */
function joinGroupStop(s: State, child: TaskId): State {
  const { groupStopPhase } = groupOf(s, child)
  if (groupStopPhase !== 'Initiated' && groupStopPhase !== 'Complete') return s
  return s.withTask(child, { groupStopRequired: true, groupStopAcknowledged: groupStopPhase === 'Complete' })
}

/** The leader of a new group, with the dispositions and the process group of its parent. Source: `newTask`. */
function newProcess(before: State, parent: TaskId, child: TaskId, form: CloneForm): State {
  const { sigchld, saNoCldWait, saNoCldStop, pidns: outer } = groupOf(before, parent)
  const pidns = form.newPIDNamespace ? child : outer
  let s = before.withTask(child, makeTask({ group: child, parent, runState: 'starting' }).toObject())
  if (form.newPIDNamespace)
    s = s.withNamespace(pidns, { exists: true, parent: outer, tasks: Map(), tids: Map(), exiting: false })
  const { terminationSignal } = form
  s = s.withGroup(
    child,
    makeThreadGroup({
      leader: child,
      terminationSignal,
      sigchld,
      saNoCldWait,
      saNoCldStop,
      pidns,
    }).toObject(),
  )
  const pg = parentPG(s, child) as number
  s = incRefWithParent(s, pg, pg).withGroup(child, { processGroup: pg })
  return addToGroup(assignTIDs(addToParent(s, child), child, pidns), child)
}

const addToParent = (s: State, child: TaskId): State => {
  const { parent } = s.task(child)
  return parent === null ? s : s.withTask(parent, { children: s.task(parent).children.add(child) })
}

/** The child is visible in its namespace and all above. Source: `assignTIDsLocked`. */
function assignTIDs(before: State, child: TaskId, pidns: number): State {
  let s = before
  for (const ns of namespacesUp(s, pidns)) {
    const { tasks, tids } = s.namespace(ns)
    s = s.withNamespace(ns, { tasks: tasks.set(child, child), tids: tids.set(child, child) })
  }
  return s
}

function addToGroup(s: State, child: TaskId): State {
  const { group: g } = s.task(child)
  const { tasks, tasksCount, liveTasks, activeTasks } = s.group(g)
  return s.withGroup(g, {
    tasks: tasks.push(child),
    tasksCount: tasksCount + 1,
    liveTasks: liveTasks + 1,
    activeTasks: activeTasks + 1,
  })
}

/** What a tracer may be told of a clone, and the option that asks for it. Source: `ptraceCloneKind`. */
const eventOf = (form: CloneForm): { readonly event: PtraceEvent; readonly option: PtraceOption } => {
  if (form.vfork) return { event: 'VFORK', option: 'TRACEVFORK' }
  if (form.terminationSignal === 'SIGCHLD') return { event: 'FORK', option: 'TRACEFORK' }
  return { event: 'CLONE', option: 'TRACECLONE' }
}

/** Somebody has attached to the child since it was made. */
const isTracedAlready = (s: State, child: TaskId): boolean =>
  s.task(child).tracer !== null && s.scope.profile.switches.bornTracee === 'keeps its tracer'

/** The tracer is told of the clone and gets the child as a tracee, if it asked for that. Then the child runs. */
export const ptraceClone = rule({
  name: 'ptraceClone',
  feature: 'ptrace',
  kind: 'internal',
  source: 'ptraceClone in ptrace.go; Clone in task_clone.go',
  choices: eachTask,
  guard: (s, { task }) => isAt(s, task, 'ptraceClone'),
  effect(before, { task }) {
    const { tracer, ptraceOpts, cloneChild, cloneForm, seized } = before.task(task)
    const child = cloneChild as TaskId
    const form = cloneForm as CloneForm
    const { event, option } = eventOf(form)
    const told = tracer !== null && !form.untraced && ptraceOpts.has(option)
    let s = told ? ptraceEvent(before, task, event) : before
    if ((told || form.inheritTracer) && tracer !== null && !isTracedAlready(s, child)) {
      s = setTracer(s, child, tracer)
      s = s.withTask(child, { ptraceOpts })
      s =
        seized === null
          ? s.withTask(child, { pending: s.task(child).pending.add('SIGSTOP') })
          : s.withTask(child, { seized: makeSeized({ trapStop: true }) })
    }
    s = s.withTask(task, { cloneForm: null })
    if (form.vfork) {
      // With an event stop the call is over for the child, which may run before its parent waits for it.
      return (told ? start(s, child) : s).withTask(task, { runState: 'maybeBeginVforkStop' })
    }
    s = start(s, child).withTask(task, { cloneChild: null })
    return told ? s.withTask(task, { runState: 'syscallExit' }) : endSyscall(s, task)
  },
})

/** The parent of a vfork child stops, unless the child has let go already or the parent has been killed. */
export const maybeBeginVforkStop = rule({
  name: 'maybeBeginVforkStop',
  feature: 'vfork',
  kind: 'internal',
  source: 'maybeBeginVforkStop, runSyscallAfterPtraceEventClone.execute in task_clone.go',
  choices: eachTask,
  guard: (s, { task }) => isAt(s, task, 'maybeBeginVforkStop'),
  effect(before, { task }) {
    const child = before.task(task).cloneChild as TaskId
    let s = before.withTask(task, { runState: 'afterVforkStop', cloneChild: null })
    if (isKilled(s, task)) s = s.withTask(child, { vforkParent: null })
    else if (s.task(child).vforkParent === task) s = beginInternalStop(s, task, 'vfork')
    return start(s, child)
  },
})

/** The vfork child has let go of its parent's memory; the tracer may want to know. */
export const afterVforkStop = rule({
  name: 'afterVforkStop',
  feature: 'vfork',
  kind: 'internal',
  source: 'runSyscallAfterVforkStop.execute in task_clone.go; ptraceVforkDone in ptrace.go',
  choices: eachTask,
  guard: (s, { task }) => isAt(s, task, 'afterVforkStop'),
  effect(s, { task }) {
    const { tracer, ptraceOpts } = s.task(task)
    if (tracer === null || !ptraceOpts.has('TRACEVFORKDONE')) return endSyscall(s, task)
    return ptraceEvent(s, task, 'VFORK_DONE').withTask(task, { runState: 'syscallExit' })
  },
})

/** A system call ends after a stop. */
export const syscallExit = rule({
  name: 'syscallExit',
  feature: 'ptrace',
  kind: 'internal',
  source: 'runSyscallExit.execute in task_syscall.go',
  choices: eachTask,
  guard: (s, { task }) => isAt(s, task, 'syscallExit'),
  effect: (s, { task }) => endSyscall(s, task),
})

export const cloneRules = [clone, ptraceClone, maybeBeginVforkStop, afterVforkStop, syscallExit]
