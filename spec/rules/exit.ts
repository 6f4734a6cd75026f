/**
 * The exit path: how a task leaves.
 *
 * Here: the exit calls, TaskSet.Kill, and the internal steps from runExit to runExitNotify.
 * Not here: who is notified and what reaping does (kernel/exit-notify.ts), collecting (rules/wait.ts).
 *
 * A stage with nothing to do takes no step (`nextStage`).
 */
import { Set } from 'immutable'
import { match } from 'ts-pattern'
import { type ExitStatus, exited, signaled } from '../exit-status.js'
import { enterExitPath, isAt, mayCall } from '../kernel/control-flow.js'
import { notify } from '../kernel/event-queue.js'
import { endExecStop } from '../kernel/exec.js'
import { advanceExitState, exitNotify, findReparentTarget, reparent } from '../kernel/exit-notify.js'
import { beginGroupExit } from '../kernel/group-exit.js'
import { groupOf, initGroup, inOrder, inSameGroup, leaderOf } from '../kernel/members.js'
import { looseTie } from '../kernel/process-group.js'
import { forgetTracer, ptraceEvent } from '../kernel/ptrace.js'
import { findSignalReceiver, kill, sendSignal, signalStop } from '../kernel/send-signal.js'
import { endInternalStop, interrupt } from '../kernel/stop.js'
import { collect, lookForEvents } from '../kernel/wait.js'
import { eachTask, rule } from '../rule.js'
import type { Scope } from '../scope.js'
import type { GroupId, RunState, State, TaskId } from '../state.js'
import { makeWaitOptions } from '../wait-options.js'

const eachTaskWith = (scope: Scope, codes: readonly number[]) =>
  eachTask(scope).flatMap(({ task }) => codes.map(code => ({ task, code })))

/** exit(2): this thread leaves. */
export const exit = rule<{ readonly task: TaskId; readonly code: number }>({
  name: 'exit',
  feature: 'exit',
  kind: 'external',
  source: 'PrepareExit; Exit in sys_thread.go',
  choices: scope => eachTaskWith(scope, scope.menu.exitCodes),
  guard: (s, { task }) => mayCall(s, task),
  effect(s, { task, code }) {
    const status = exited(code)
    return enterExitPath(prepareExit(s, task, status), task)
  },
})

/** Source: `PrepareExit`. The status of the process may be settled here, or when `t` leaves (`settleLastExit`). */
function prepareExit(before: State, t: TaskId, status: ExitStatus): State {
  const { lastExit } = before.scope.profile.switches
  const { group: g } = before.task(t)
  if (lastExit === 'ends the group if alone' && before.groupIs(g, 'activeTasks', 1))
    return prepareGroupExit(before, t, status)
  const s = before.withTask(t, { exitStatus: status })
  if (lastExit !== 'ends the group at once') return s
  return s.group(g).tasks.every(other => other === t || isOnExitPath(s, other)) ? settleExit(s, t) : s
}

/** Has `t` begun to leave, even if its exit stop holds it? */
const isOnExitPath = (s: State, t: TaskId): boolean => {
  const { exitState, runState } = s.task(t)
  return exitState !== 'None' || runState === 'exit' || runState === 'exitMain'
}

/** exit_group(2): the whole process leaves. */
export const exitGroup = rule<{ readonly task: TaskId; readonly code: number }>({
  name: 'exit_group',
  feature: 'exit',
  kind: 'external',
  source: 'PrepareGroupExit; ExitGroup in sys_thread.go',
  choices: scope => eachTaskWith(scope, scope.menu.groupExitCodes),
  guard: (s, { task }) => mayCall(s, task),
  effect: (s, { task, code }) => enterExitPath(prepareGroupExit(s, task, exited(code)), task),
})

/**
 * Sets the status of `t` and makes its siblings leave too. In a group that is going already, or of which
 * another task is about to execve, `t` just leaves, with the group's status: in the second case nobody has
 * set one, and it reads as exit code 0. Source: `PrepareGroupExit`.
 */
export function prepareGroupExit(before: State, t: TaskId, status: ExitStatus): State {
  const { group: g } = before.task(t)
  const { exiting, execing, exitStatus } = before.group(g)
  if (exiting || execing !== null) return before.withTask(t, { exitStatus })
  let s = beginGroupExit(before, g, status).withTask(t, { exitStatus: status })
  for (const sibling of s.group(g).tasks) if (sibling !== t) s = kill(s, sibling)
  return s
}

/** Everything is to exit, as before a save, as often as it is asked for; has no analogue in Linux. */
export const killEverything = rule<{ readonly code: number }>({
  name: 'killEverything',
  feature: 'killall',
  kind: 'external',
  source: 'TaskSet.Kill',
  choices: scope => scope.menu.groupExitCodes.map(code => ({ code })),
  guard: s => !s.namespace(0).tids.isEmpty(),
  effect(before, { code }) {
    let s = before.withNamespace(0, { exiting: true })
    for (const t of [...s.namespace(0).tids.keys()].sort((a, b) => a - b)) {
      const { group: g } = s.task(t)
      if (!s.group(g).exiting) s = beginGroupExit(s, g, exited(code))
      s = kill(s, t)
    }
    return s
  },
})

/** PTRACE_EVENT_EXIT. The stop holds `t` before it has begun to exit; SIGKILL has been dequeued by now. */
export const runExit = rule({
  name: 'runExit',
  feature: 'ptrace',
  kind: 'internal',
  source: 'runExit.execute; ptraceExit in ptrace.go',
  choices: eachTask,
  guard: (s, { task }) => isAt(s, task, 'exit'),
  effect(s, { task }) {
    const { tracer, ptraceOpts } = s.task(task)
    const asked = tracer !== null && ptraceOpts.has('TRACEEXIT')
    return (asked ? ptraceEvent(s, task, 'EXIT') : s).withTask(task, { runState: 'exitMain' })
  },
})

/** The stages of runExitMain after exitThreadGroup, in order, each with the question whether it has work. */
const stages: readonly { readonly runState: RunState; hasWork(s: State, t: TaskId): boolean }[] = [
  { runState: 'exitClearTid', hasWork: (s, t) => s.task(t).cleartid },
  { runState: 'exitRelease', hasWork: (s, t) => groupOf(s, t).maxRSS < s.task(t).mmMaxRSS },
  { runState: 'exitUnstopVforkParent', hasWork: (s, t) => s.task(t).vforkParent !== null },
  { runState: 'exitPtrace', hasWork: (s, t) => !s.task(t).tracees.isEmpty() },
  { runState: 'exitChildren', hasWork: () => true },
]

/**
 * The next stage that has work. A stage without work now has none later: `cleartid` is the task's own; a
 * vfork parent is set before the task runs; the group's maximum only grows; and only a tracee, or a task that
 * runs its program, can bring a new tracee. exitChildren always has work, for it may find that a namespace dies.
 */
function nextStage(s: State, t: TaskId, done: RunState): State {
  const after = stages.findIndex(stage => stage.runState === done) + 1
  const next = stages.slice(after).find(stage => stage.hasWork(s, t))
  return s.withTask(t, { runState: next?.runState ?? 'exitNotify' })
}

/**
 * `t` stops taking part in its thread group: its signals and its group stop are for others now.
 * One step, because the source holds the TaskSet mutex for all of it.
 */
export const exitThreadGroup = rule({
  name: 'exitThreadGroup',
  feature: 'exit',
  kind: 'internal',
  source: 'runExitMain.execute; exitThreadGroup; setSignalMaskLocked in task_signals.go',
  choices: eachTask,
  guard: (s, { task }) => isAt(s, task, 'exitMain'),
  effect(before, { task }) {
    const { group: g } = before.task(task)
    let s = advanceExitState(before, task, 'None', 'Initiated')
    s = s.withGroup(g, { activeTasks: s.group(g).activeTasks - 1 })
    if (s.scope.profile.switches.lastExit === 'ends the group') s = settleLastExit(s, task)
    s = maskEverything(s, task)
    return nextStage(tellOfNoChange(leaveGroupStop(s, task), g), task, 'exitMain')
  },
})

/**
 * A process without an active task stops and continues no more. Its tracer has heard of the leader's exit by then, and
 * may wait for nothing but that the process continues: so it has to look whether there is anybody left to wait for.
 *
 * Not in the source, in which nobody waits for that (`leaderlessStops`).
 */
function tellOfNoChange(s: State, g: GroupId): State {
  if (s.scope.profile.switches.leaderlessStops !== 'are looked for' || s.group(g).activeTasks > 0) return s
  const { tracer, exitTracerNotified } = s.task(leaderOf(s, g))
  if (tracer === null || !exitTracerNotified) return s
  return notify(s, s.task(tracer).group, ['GroupContinue'])
}

/** If `t` is the last to go, the process has ended, with the status of `t`. */
const settleLastExit = (s: State, t: TaskId): State =>
  groupOf(s, t).activeTasks === 0 ? settleExit(s, t) : s

/** The process has ended, unless it has already, with the status of `t`; who is still on the way out is let be. */
function settleExit(s: State, t: TaskId): State {
  const { group, exitStatus } = s.task(t)
  return s.group(group).exiting ? s : beginGroupExit(s, group, exitStatus)
}

/** `t` blocks every signal; if it had been woken for one of the group's, another task is. Source: `setSignalMaskLocked`. */
function maskEverything(before: State, t: TaskId): State {
  const { group: g, interrupted } = before.task(t)
  let s = before.withTask(t, { masksAll: true, pending: Set(), interrupted: false })
  // Nobody is left to dequeue what is pending for the group.
  if (s.group(g).activeTasks === 0) return s.withGroup(g, { pending: Set() })
  if (!interrupted) return s
  for (const _ of s.group(g).pending) {
    const receiver = findSignalReceiver(s, g)
    if (receiver !== undefined) s = interrupt(s, receiver)
  }
  return s
}

type StopAtExit = 'none initiated' | 'acknowledged' | 'others outstanding' | 'completed by leaving'

/** What the leaving of `t` means for a group stop; `activeTasks` does not count it any more. Source: `exitThreadGroup`. */
function leaveGroupStop(s: State, t: TaskId): State {
  const { group: g, groupStopAcknowledged } = s.task(t)
  const { groupStopPhase, groupStopCount, activeTasks, leader } = s.group(g)
  const kind: StopAtExit =
    groupStopPhase !== 'Initiated'
      ? 'none initiated'
      : groupStopAcknowledged
        ? 'acknowledged'
        : groupStopCount !== activeTasks
          ? 'others outstanding'
          : 'completed by leaving'
  return match(kind)
    .with('none initiated', 'others outstanding', () => s)
    .with('acknowledged', () =>
      s.withGroup(g, { groupStopCount: groupStopCount - 1 }).withTask(t, { groupStopAcknowledged: false }),
    )
    .with('completed by leaving', () => {
      const complete = completeGroupStop(s, t)
      const { parent } = complete.task(leader ?? leaderOf(complete, g))
      if (parent === null) return complete
      return notify(signalStop(complete, parent), complete.task(parent).group, ['ChildGroupStop'])
    })
    .exhaustive()
}

/** The last acknowledgement of a group stop has come. Source: `exitThreadGroup`, `runInterrupt`. */
export const completeGroupStop = (s: State, t: TaskId): State =>
  s.withGroup(s.task(t).group, {
    groupStopPhase: 'Complete',
    groupStopWaitable: true,
    groupContNotify: false,
    groupContWaitable: false,
  })

/** The thread id in memory is cleared and its futex woken, unless the group was killed by a signal. */
export const exitClearTid = rule({
  name: 'exitClearTid',
  feature: 'exit',
  kind: 'internal',
  source: 'runExitMain.execute',
  choices: eachTask,
  guard: (s, { task }) => isAt(s, task, 'exitClearTid'),
  effect(s, { task }) {
    const { exiting, exitStatus } = groupOf(s, task)
    const killed = exiting && signaled(exitStatus)
    return nextStage(killed ? s : s.emit({ kind: 'futex woken', task }), task, 'exitClearTid')
  },
})

/** Memory and other resources go; what they came to at most is kept by the group. */
export const exitRelease = rule({
  name: 'exitRelease',
  feature: 'exit',
  kind: 'internal',
  source: 'runExitMain.execute; updateRSSLocked',
  choices: eachTask,
  guard: (s, { task }) => isAt(s, task, 'exitRelease'),
  effect: (s, { task }) => nextStage(updateRSS(s, task), task, 'exitRelease'),
})

/** Source: `updateRSSLocked`. */
export const updateRSS = (s: State, t: TaskId): State =>
  s.withGroup(s.task(t).group, { maxRSS: Math.max(groupOf(s, t).maxRSS, s.task(t).mmMaxRSS) })

/** A parent in vfork gets its address space back. */
export const exitUnstopVforkParent = rule({
  name: 'exitUnstopVforkParent',
  feature: 'vfork',
  kind: 'internal',
  source: 'runExitMain.execute; unstopVforkParent in task_clone.go',
  choices: eachTask,
  guard: (s, { task }) => isAt(s, task, 'exitUnstopVforkParent'),
  effect: (s, { task }) => nextStage(unstopVforkParent(s, task), task, 'exitUnstopVforkParent'),
})

/** Source: `unstopVforkParent`. */
export function unstopVforkParent(s: State, t: TaskId): State {
  const { vforkParent } = s.task(t)
  if (vforkParent === null) return s
  const free = s.task(vforkParent).stop === 'vfork' ? endInternalStop(s, vforkParent) : s
  return free.withTask(t, { vforkParent: null })
}

/** In which order a task goes through its tracees or children: the oldest first, unless said otherwise. */
type InOrder = { readonly task: TaskId; readonly order?: 'youngest first' }

const eachTaskInOrder = (scope: Scope): readonly InOrder[] =>
  eachTask(scope).flatMap(({ task }): InOrder[] => [{ task }, { task, order: 'youngest first' }])

const ordered = (tasks: Set<TaskId>, { order }: InOrder): readonly TaskId[] =>
  order === undefined ? inOrder(tasks) : inOrder(tasks).toReversed()

/** Are two of these in one thread group? */
const someShareAGroup = (s: State, tasks: readonly TaskId[]): boolean =>
  tasks.some(a => tasks.some(b => a < b && inSameGroup(s, a, b)))

/** Are a leader and another task of its group among the tracees of `t`, both zombies? */
const tellsOrderOfTracees = (s: State, t: TaskId): boolean =>
  someShareAGroup(
    s,
    inOrder(s.task(t).tracees).filter(target => s.task(target).exitState === 'Zombie'),
  )

/**
 * All tracees are let go; those with EXITKILL are killed.
 *
 * The source ranges over a map, in random order. That tells only if a leader and a thread of its group wait
 * for this tracer: whether the parent ignores its children counts for the leader if the tracer leaves it after
 * the last thread (`fromPtraceDetach`), and not if that thread's death lets the parent be told. A leader is
 * the oldest of its group, so two orders show all there is.
 */
export const exitPtrace = rule<InOrder>({
  name: 'exitPtrace',
  feature: 'ptrace',
  kind: 'internal',
  source: 'runExitMain.execute; exitPtrace in ptrace.go',
  choices: eachTaskInOrder,
  guard: (s, { task, order }) =>
    isAt(s, task, 'exitPtrace') && (order === undefined || tellsOrderOfTracees(s, task)),
  effect(before, choice) {
    const { task } = choice
    let s = before
    for (const target of ordered(before.task(task).tracees, choice)) {
      if (s.task(target).ptraceOpts.has('EXITKILL')) s = sendSignal(s, target, 'SIGKILL', false, 'the kernel')
      s = forgetTracer(s, target)
    }
    return nextStage(s.withTask(task, { tracees: Set() }), task, 'exitPtrace')
  },
})

/** Have two threads of one group among the children of `t` asked for a signal at its death? */
const tellsOrderOfChildren = (s: State, t: TaskId): boolean =>
  someShareAGroup(
    s,
    inOrder(s.task(t).children).filter(child => s.task(child).parentDeathSignal !== null),
  )

/**
 * The children of `t` get another parent. If there is none to be had, the namespace dies: all of it is killed.
 *
 * As in the source, the namespace's death does not hold up the exit of its init, and a child that the new
 * parent's disposition reaps at once is entered among its children afterwards. The source ranges over a map; that
 * tells if two threads of one group are sent a parent death signal: the first wakes its own thread, and the second
 * finds the signal pending. Of three or more, the oldest or the youngest is first here, and none between them.
 */
export const exitChildren = rule<InOrder>({
  name: 'exitChildren',
  feature: 'exit',
  kind: 'internal',
  source: 'runExitMain.execute; exitChildren; ParentDeathSignal',
  choices: eachTaskInOrder,
  guard(s, { task, order }) {
    if (!isAt(s, task, 'exitChildren')) return false
    if (order !== undefined && !tellsOrderOfChildren(s, task)) return false
    return !outlivesItsNamespace(s, task) || hasWorkForNamespace(s, task)
  },
  effect(before, choice) {
    const { task } = choice
    if (outlivesItsNamespace(before, task)) return reapNamespace(before, task)
    const { adoptedAndReaped, givenAwayChildren } = before.scope.profile.switches
    const newParent = findReparentTarget(before, task)
    let s = newParent === null ? killNamespace(before, task) : before
    for (const child of ordered(s.task(task).children, choice)) {
      s = sendSignal(s, child, s.task(child).parentDeathSignal, true)
      s = reparent(s, child, newParent)
      const isListed = adoptedAndReaped === 'is listed' || s.task(child).exitState !== 'Dead'
      if (newParent !== null && isListed)
        s = s.withTask(newParent, { children: s.task(newParent).children.add(child) })
    }
    if (givenAwayChildren === 'are forgotten') s = s.withTask(task, { children: Set() })
    return nextStage(s, task, 'exitChildren')
  },
})

/** SIGKILL to every task in the namespace of `t` outside its own group. Source: `exitChildren`. */
function killNamespace(before: State, t: TaskId): State {
  const { group: g } = before.task(t)
  const { pidns } = before.group(g)
  let s = before.withNamespace(pidns, { exiting: true })
  for (const other of [...s.namespace(pidns).tids.keys()].sort((a, b) => a - b))
    if (s.task(other).group !== g) s = sendSignal(s, other, 'SIGKILL', false, 'the kernel')
  return s
}

/** Is `t` the thread of a dying init that stays with its children until its namespace is empty? */
const outlivesItsNamespace = (s: State, t: TaskId): boolean =>
  s.scope.profile.switches.dyingInit === 'adopts until its namespace is empty' &&
  s.task(t).group === initGroup(groupOf(s, t).pidns) &&
  findReparentTarget(s, t) === null

/** Has it begun to see its namespace die? It ignores SIGCHLD from then on, so that most of its children leave nothing behind. */
const seesNamespaceDie = (s: State, t: TaskId): boolean => {
  const { pidns, sigchld } = groupOf(s, t)
  return s.namespace(pidns).exiting && sigchld === 'ignore'
}

/** Only `t` itself is left in the namespace, and a leader before it. */
const isNamespaceEmpty = (s: State, t: TaskId): boolean => {
  const { pidns, leader } = groupOf(s, t)
  return s.namespace(pidns).tids.size === (t === leader ? 1 : 2)
}

const everyExit = makeWaitOptions({ cloneTasks: true, events: Set(['Exit']) })

const hasWorkForNamespace = (s: State, t: TaskId): boolean =>
  !seesNamespaceDie(s, t) || isNamespaceEmpty(s, t) || lookForEvents(s, t, everyExit).found.length > 0

/**
 * What the last thread of an init does before it leaves its namespace: it kills all others, and reaps whoever is its child,
 * until nobody is left. Not in the source: `zap_pid_ns_processes` of Linux.
 */
function reapNamespace(before: State, t: TaskId): State {
  if (!seesNamespaceDie(before, t))
    return killNamespace(before, t).withGroup(before.task(t).group, { sigchld: 'ignore' })
  let s = before
  let [finding] = lookForEvents(s, t, everyExit).found
  while (finding !== undefined) {
    s = collect(s, t, everyExit, finding).state
    finding = lookForEvents(s, t, everyExit).found[0]
  }
  return isNamespaceEmpty(s, t) ? nextStage(s.withTask(t, { children: Set() }), t, 'exitChildren') : s
}

/** As in the source, the last thread of an init does not wait until the tasks that its end has killed are dead. */
function waitsForNamespace(s: State, t: TaskId): boolean {
  // Where it adopts, it has waited before.
  if (s.scope.profile.switches.dyingInit !== 'waits for its namespace') return false
  const { pidns, liveTasks } = groupOf(s, t)
  if (s.task(t).group !== initGroup(pidns) || liveTasks > 1) return false
  return s.namespace(pidns).tids.some((_, other) => s.task(other).group !== initGroup(pidns))
}

/** `t` has released everything: a sibling's execve may go on, and whoever waits for `t` is told. */
export const runExitNotify = rule({
  name: 'runExitNotify',
  feature: 'exit',
  kind: 'internal',
  source: 'runExitNotify.execute; advanceExitStateLocked; exitNotifyLocked',
  choices: eachTask,
  guard: (s, { task }) => isAt(s, task, 'exitNotify') && !waitsForNamespace(s, task),
  effect(before, { task }) {
    const { group: g } = before.task(task)
    let s = advanceExitState(before, task, 'Initiated', 'Zombie')
    s = s.withGroup(g, { liveTasks: s.group(g).liveTasks - 1 }).withTask(task, { runState: 'exited' })
    s = endExecStop(s, g)
    if (s.group(g).liveTasks === 0) s = looseTie(s, g, null)
    return exitNotify(s, task, false)
  },
})

export const exitRules = [
  exit,
  exitGroup,
  killEverything,
  runExit,
  exitThreadGroup,
  exitClearTid,
  exitRelease,
  exitUnstopVforkParent,
  exitPtrace,
  exitChildren,
  runExitNotify,
]
