/**
 * Who is told that a task has exited, when that counts as settled, and what becomes of the task then.
 *
 * Here: exitNotifyLocked, exitNotificationSignal, reparentLocked, findReparentTargetLocked,
 * anyNonExitingTaskLocked, advanceExitStateLocked. All of them run under the TaskSet mutex.
 * Not here: the stages of the exit path (rules/exit.ts), collecting a zombie (kernel/wait.ts).
 */
import { Set } from 'immutable'
import { match } from 'ts-pattern'
import type { Signal } from '../signals.js'
import { type ExitState, type GroupId, makeTask, type State, type TaskId } from '../state.js'
import { notify } from './event-queue.js'
import { endExecStop } from './exec.js'
import { groupOf, initTID, inOrderOfIds, inSameGroup, isLeader, leaderOf, namespacesUp } from './members.js'
import { decRefWithParent, incRefWithParent, looseTie, parentPG } from './process-group.js'
import { sendSignal } from './send-signal.js'

/** Moves `t` one exit state on. Source: `advanceExitStateLocked`; panics from any state but `from`. */
export function advanceExitState(s: State, t: TaskId, from: ExitState, to: ExitState): State {
  if (!s.taskIs(t, 'exitState', from))
    throw new Error(`task ${t} goes from exit state ${from} to ${to}, but is in ${s.task(t).exitState}`)
  return s.withTask(t, { exitState: to })
}

/** The first task of the group that has not begun to exit. Source: `anyNonExitingTaskLocked`. */
const anyNonExitingTask = (s: State, g: GroupId): TaskId | undefined =>
  s.group(g).tasks.find(t => s.taskIs(t, 'exitState', 'None'))

/**
 * Who adopts the children of `t`: a sibling, or else a subreaper, or else the namespace's init; nobody if all are going.
 * Source: `findReparentTargetLocked`.
 */
export function findReparentTarget(s: State, t: TaskId): TaskId | null {
  const { group } = s.task(t)
  const adopter = anyNonExitingTask(s, group) ?? subreaperAbove(s, t)
  if (adopter !== undefined) return adopter
  const { pidns } = s.group(group)
  const init = s.namespace(pidns).tasks.get(initTID(pidns))
  if (init === undefined) return null
  const { group: initGroup } = s.task(init)
  return anyNonExitingTask(s, initGroup) ?? dyingReaper(s, initGroup, t)
}

/**
 * The thread of a dying init that stays until its namespace is empty, and is parent to whoever is left; null for itself.
 *
 * Not in the source: `child_reaper` in `find_child_reaper` of Linux, for a profile that has it.
 */
function dyingReaper(s: State, g: GroupId, t: TaskId): TaskId | null {
  if (s.scope.profile.switches.dyingInit !== 'adopts until its namespace is empty') return null
  const reaper = s.group(g).tasks.find(member => hasChildrenStill(s, member))
  return reaper === undefined || reaper === t ? null : reaper
}

/** Has a task that has begun to exit not given its children away yet? */
const hasChildrenStill = (s: State, t: TaskId): boolean => {
  const { exitState, runState } = s.task(t)
  return exitState === 'Initiated' && runState !== 'exitNotify'
}

/**
 * A live thread of the nearest ancestor in the same namespace that has asked to adopt orphans.
 *
 * Not in the source: `find_new_reaper` of Linux; where no program may ask for it, nobody has.
 */
function subreaperAbove(s: State, t: TaskId): TaskId | undefined {
  const { pidns } = groupOf(s, t)
  for (let { parent } = s.task(t); parent !== null; { parent } = s.task(parent)) {
    const { childSubreaper, pidns: parentNS } = groupOf(s, parent)
    if (parentNS !== pidns) return undefined
    const adopter = childSubreaper ? anyNonExitingTask(s, s.task(parent).group) : undefined
    if (adopter !== undefined) return adopter
  }
  return undefined
}

/**
 * Changes the parent of `t`. A leader that was waiting for its old parent's attention asks for the new one's.
 * Source: `reparentLocked`. As in the source, the children of neither parent are touched here.
 */
export function reparent(before: State, t: TaskId, parent: TaskId | null): State {
  const { parent: oldParent, group } = before.task(t)
  let s = before.withTask(t, { parent })
  if (!isLeader(s, t)) return s
  if (oldParent === null && parent === null) return s
  if (oldParent !== null && parent !== null && inSameGroup(s, oldParent, parent)) return s
  if (s.scope.profile.switches.reparentedMembers === 'are counted anew') s = recount(s, group, oldParent)
  if (s.scope.profile.switches.adoptedStop === 'wakes the new parent') s = offerStop(s, group, parent)
  s = s.withGroup(group, { terminationSignal: 'SIGCHLD', parentExeced: false })
  const { exitParentNotified, exitParentAcked } = s.task(t)
  if (exitParentNotified && !exitParentAcked)
    s = exitNotify(s.withTask(t, { exitParentNotified: false }), t, false)
  return oldParent === null ? s : looseTie(s, group, s.task(oldParent).group)
}

/** The process group of `g` learns that the parent of `g` is no longer `oldParent`; it may be an orphan now. */
function recount(s: State, g: GroupId, oldParent: TaskId | null): State {
  const { processGroup } = s.group(g)
  const oldPG = oldParent === null ? null : groupOf(s, oldParent).processGroup
  return decRefWithParent(incRefWithParent(s, processGroup, parentPG(s, g)), processGroup, oldPG)
}

/** What the new parent of `g` may be waiting for has happened before it was the parent. */
function offerStop(s: State, g: GroupId, parent: TaskId | null): State {
  const { groupStopWaitable, groupContWaitable } = s.group(g)
  if (parent === null || !(groupStopWaitable || groupContWaitable)) return s
  return notify(s, s.task(parent).group, ['ChildGroupStop', 'GroupContinue'])
}

/** Whom the first notification of an exit goes to: the cases listed above `runExitNotify` in the source. */
type FirstToHear = 'nobody' | 'the tracer' | 'the parent, who traces'

const firstToHear = (s: State, t: TaskId): FirstToHear => {
  const { tracer, parent } = s.task(t)
  return match({
    traced: tracer !== null,
    leader: isLeader(s, t),
    tracerInParentGroup: tracer !== null && parent !== null && inSameGroup(s, tracer, parent),
  })
    .returnType<FirstToHear>()
    .with({ traced: false }, () => 'nobody')
    .with({ traced: true, leader: true, tracerInParentGroup: true }, () => 'the parent, who traces')
    .with({ traced: true, leader: true, tracerInParentGroup: false }, () => 'the tracer')
    .with({ traced: true, leader: false }, () => 'the tracer')
    .exhaustive()
}

/** Is `t` the only task of its group that has not been reaped? */
const isLastOfGroup = (s: State, t: TaskId): boolean => s.groupIs(s.task(t).group, 'tasksCount', 1)

/**
 * Sends the notifications that are due for the exit of `t`, and reaps it once all are settled.
 * Source: `exitNotifyLocked`; called after every change that may make one due.
 *
 * @param fromPtraceDetach the tracer has just left: whether the parent ignores its children then decides
 *   whatever the termination signal is
 */
export function exitNotify(before: State, t: TaskId, fromPtraceDetach: boolean): State {
  let s = before
  if (!s.taskIs(t, 'exitState', 'Zombie')) return s
  if (!s.task(t).exitTracerNotified) s = notifyTracer(s, t)
  if (s.task(t).exitTracerAcked && !s.task(t).exitParentNotified) s = notifyParent(s, t, fromPtraceDetach)
  if (s.task(t).exitTracerAcked && s.task(t).exitParentAcked) s = reap(s, t)
  return s
}

function notifyTracer(before: State, t: TaskId): State {
  const s = before.withTask(t, { exitTracerNotified: true })
  const { tracer, parent, group } = s.task(t)
  return match(firstToHear(s, t))
    .with('nobody', () => s.withTask(t, { exitTracerAcked: true }))
    .with('the tracer', () => {
      const heard = exitNotificationSignal(s, 'SIGCHLD', tracer as TaskId)
      return notify(heard, s.task(tracer as TaskId).group, ['Exit', 'TraceeStop'])
    })
    .with('the parent, who traces', () => {
      const sig = isLastOfGroup(s, t) ? announcedBy(s, group) : 'SIGCHLD'
      // In Linux a tracee's `parent` is its tracer.
      const toTracer = s.scope.profile.switches.exitSignal === 'goes to the parent'
      const receiver = (toTracer ? tracer : parent) as TaskId
      const heard = exitNotificationSignal(s.withTask(t, { exitParentNotified: true }), sig, receiver)
      return notify(heard, s.task(parent as TaskId).group, ['Exit', 'ChildGroupStop', 'GroupContinue'])
    })
    .exhaustive()
}

function notifyParent(before: State, t: TaskId, fromPtraceDetach: boolean): State {
  if (!isLeader(before, t)) return before.withTask(t, { exitParentNotified: true, exitParentAcked: true })
  if (!isLastOfGroup(before, t)) return before
  let s = before.withTask(t, { exitParentNotified: true })
  const { parent, group } = s.task(t)
  if (parent === null) return s.withTask(t, { exitParentAcked: true })

  const { group: parentGroup } = s.task(parent)
  const terminationSignal = announcedBy(s, group)
  const { sigchld, saNoCldWait } = s.group(parentGroup)
  const dispositionCounts = terminationSignal === 'SIGCHLD' || fromPtraceDetach
  const heard = match({ dispositionCounts, sigchld, saNoCldWait })
    .with({ dispositionCounts: true, sigchld: 'ignore' }, () => ({ acked: true, signalled: false }))
    .with({ dispositionCounts: true, saNoCldWait: true }, () => ({ acked: true, signalled: true }))
    .otherwise(() => ({ acked: false, signalled: true }))
  if (heard.acked) s = s.withTask(t, { exitParentAcked: true })
  if (heard.signalled) {
    const toLeader = s.scope.profile.switches.exitSignal === 'goes to the leader'
    s = exitNotificationSignal(s, terminationSignal, toLeader ? leaderOf(s, parentGroup) : parent)
  }
  return notify(s, parentGroup, ['Exit', 'ChildGroupStop', 'GroupContinue'])
}

/** The signal that announces the end of `g` to its parent. */
function announcedBy(s: State, g: GroupId): Signal | null {
  const { terminationSignal, parentExeced } = s.group(g)
  return parentExeced ? 'SIGCHLD' : terminationSignal
}

/**
 * Sends the signal that announces an exit to the group of `receiver`. Source: `exitNotificationSignal`, and
 * the `sendSignalLocked` around it; the siginfo that it makes is left out.
 */
const exitNotificationSignal = (s: State, sig: Signal | null, receiver: TaskId): State =>
  sendSignal(s, receiver, sig, true)

/**
 * From Zombie to Dead: ids are released, the group forgets the task, its leader may be next.
 *
 * Nothing can read the rest of a dead task's record (its goroutine has ended, no list has it), so it is
 * emptied: states that differ in garbage are one.
 */
function reap(before: State, t: TaskId): State {
  let s = advanceExitState(before, t, 'Zombie', 'Dead')
  const { group: g } = s.task(t)
  for (const ns of namespacesUp(s, s.group(g).pidns)) {
    const { tasks, tids } = s.namespace(ns)
    const tid = tids.get(t)
    if (tid === undefined) throw new Error(`task ${t} dies without an id in namespace ${ns}`)
    s = s.withNamespace(ns, { tasks: tasks.delete(tid), tids: tids.delete(t) })
    if (ns === s.group(g).pidns) s = s.emit({ kind: 'released', task: t, tid })
  }

  const { exitedCPUStats, tasks, lastTimerSignalTask, tasksCount } = s.group(g)
  s = s.withGroup(g, {
    exitedCPUStats: inOrderOfIds(exitedCPUStats.concat(s.task(t).cpuStats)),
    tasks: tasks.filter(other => other !== t),
    lastTimerSignalTask: lastTimerSignalTask === t ? null : lastTimerSignalTask,
    tasksCount: tasksCount - 1,
  })
  // Only where a zombie is waited for, too.
  if (s.scope.profile.switches.execveWaits === 'for threads not reaped and a live leader')
    s = endExecStop(s, g)
  const left = s.group(g).tasksCount
  if (left === 1 && t !== leaderOf(s, g)) s = exitNotify(toldAnew(s, leaderOf(s, g)), leaderOf(s, g), false)
  else if (left === 0) s = decRefWithParent(s, s.group(g).processGroup, parentPG(s, g))

  const { parent } = s.task(t)
  if (parent !== null) {
    s = s.withTask(parent, { children: s.task(parent).children.remove(t) })
    s = s.withTask(t, { parent: null })
  }
  return forget(s, t)
}

/**
 * A tracer that was told of the exit of a leader, and could not collect it yet, has to be told again, and so has a parent
 * that was told together with a tracer in its own process: as in the source, they are not.
 */
function toldAnew(s: State, leader: TaskId): State {
  if (s.scope.profile.switches.leaderLeftAlone === 'is announced to no tracer') return s
  const { exitTracerNotified, exitTracerAcked, exitParentNotified, exitParentAcked } = s.task(leader)
  return s.withTask(leader, {
    exitTracerNotified: exitTracerNotified && exitTracerAcked,
    exitParentNotified: exitParentNotified && exitParentAcked,
  })
}

const blank = makeTask()

/** Empties what nobody can read of a dead task. */
const forget = (s: State, t: TaskId): State =>
  s.withTask(t, {
    children: Set(),
    tracees: Set(),
    runState: 'exited',
    pending: blank.pending,
    interrupted: false,
    groupStopRequired: false,
    groupStopAcknowledged: false,
    ptraceCode: null,
    ptraceOpts: blank.ptraceOpts,
    seized: null,
    parentDeathSignal: null,
    cleartid: false,
    vforkParent: null,
    cpuStats: blank.cpuStats,
    mmMaxRSS: 0,
  })
