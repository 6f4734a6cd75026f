/**
 * Who is told that a task has exited, when that is settled, and what becomes of the task then.
 *
 * Here: exitNotifyLocked, reparentLocked, findReparentTargetLocked, advanceExitStateLocked of task_exit.go.
 * Not here: the stages of the exit path (exit.ts), the wait that collects a zombie (wait.ts).
 */
import { addTime, noTime } from './cpu-stats.js'
import type { PIDNamespace } from './pid-namespace.js'
import { leaveProcessGroup, looseTie, recount } from './process-group.js'
import { sendSignal } from './send-signal.js'
import { SIGCHLD } from './signals.js'
import { endInternalStop, forgetSignals } from './stop.js'
import type { ExitState, Task } from './task.js'
import type { ThreadGroup } from './thread-group.js'
import { EventChildGroupStop, EventExit, EventGroupContinue, EventTraceeStop } from './wait-options.js'

/** Whoever waits for a child to stop or continue has to look too: there may be no child left. */
const eventsForParent = EventExit | EventChildGroupStop | EventGroupContinue
/** The tracee will never stop again. */
const eventsForTracer = EventExit | EventTraceeStop

/** @throws if the task is not in the state `from`: exit states go one way, one at a time */
export function advanceExitState(task: Task, from: ExitState, to: ExitState): void {
  if (task.exitState !== from)
    throw new Error(`${task} goes from exit state ${from} to ${to}, but is in ${task.exitState}`)
  task.exitState = to
}

/** The oldest task of the group that has not begun to exit. */
function anyNonExitingTask(group: ThreadGroup): Task | null {
  for (const task of group.tasks) if (task.exitState === 'None') return task
  return null
}

/** Who takes the children of the task: a sibling, or a subreaper, or the namespace's init, or nobody. */
export function findReparentTarget(task: Task): Task | null {
  const sibling = anyNonExitingTask(task.group)
  if (sibling !== null) return sibling
  const subreaper = subreaperAbove(task)
  if (subreaper !== null) return subreaper
  const { init } = task.group.pidns
  if (init === undefined) return null
  return anyNonExitingTask(init.group) ?? dyingReaper(init.group, task)
}

/**
 * The thread of a dying init that stays until its namespace is empty; null for itself. Not in the source: `child_reaper` in
 * `find_child_reaper` of Linux.
 */
function dyingReaper(init: ThreadGroup, task: Task): Task | null {
  if (task.taskSet.profile.switches.dyingInit !== 'adopts until its namespace is empty') return null
  for (const member of init.tasks)
    if (member.exitState === 'Initiated' && member.runState !== 'exitNotify')
      return member === task ? null : member
  return null
}

/**
 * A live thread of the nearest ancestor in the same namespace that has asked to adopt orphans. Not in the source:
 * `find_new_reaper` of Linux.
 */
function subreaperAbove(task: Task): Task | null {
  const { pidns } = task.group
  for (let above = task.parent; above !== null && above.group.pidns === pidns; above = above.parent) {
    const adopter = above.group.childSubreaper ? anyNonExitingTask(above.group) : null
    if (adopter !== null) return adopter
  }
  return null
}

/**
 * Gives the task another parent, which hears of its exit if the old one has not taken note of it yet. The
 * `children` of neither parent are changed here.
 */
export function reparent(task: Task, parent: Task | null): void {
  const old = task.parent
  task.parent = parent
  if (!task.isLeader) return
  if (old?.group === parent?.group) return
  const { reparentedMembers, adoptedStop } = task.taskSet.profile.switches
  if (reparentedMembers === 'are counted anew')
    recount(task.group, old === null ? null : old.group.processGroup)
  if (adoptedStop === 'wakes the new parent') offerStop(task.group, parent)
  task.group.terminationSignal = SIGCHLD
  task.group.parentExeced = false
  if (task.exitParentNotified && !task.exitParentAcked) {
    task.exitParentNotified = false
    exitNotify(task, false)
  }
  if (old !== null) looseTie(task.group, old.group)
}

/** What the new parent may be waiting for has happened before it was the parent. */
function offerStop({ groupStopWaitable, groupContWaitable }: ThreadGroup, parent: Task | null): void {
  if (groupStopWaitable || groupContWaitable)
    parent?.group.eventQueue.notify(EventChildGroupStop | EventGroupContinue)
}

/** Is it the only task of its group that was not reaped? */
const isAlone = (task: Task): boolean => task.group.tasksCount === 1

/**
 * Sends the notifications that are due for the exit of the task, and reaps it when all are settled. Called after
 * every change that may make one due.
 *
 * @param fromPtraceDetach the tracer has just left: whether the parent ignores its children then counts, whatever
 *   the termination signal
 */
export function exitNotify(task: Task, fromPtraceDetach: boolean): void {
  if (task.exitState !== 'Zombie') return
  if (!task.exitTracerNotified) notifyTracer(task)
  if (task.exitTracerAcked && !task.exitParentNotified) notifyParent(task, fromPtraceDetach)
  if (task.exitTracerAcked && task.exitParentAcked) reap(task)
}

function notifyTracer(task: Task): void {
  task.exitTracerNotified = true
  const { tracer, parent, group } = task
  if (tracer === null) {
    task.exitTracerAcked = true
  } else if (task.isLeader && parent !== null && tracer.group === parent.group) {
    task.exitParentNotified = true
    const receiver = task.taskSet.profile.switches.exitSignal === 'goes to the parent' ? tracer : parent
    sendSignal(receiver, isAlone(task) ? group.announcedBy : SIGCHLD, true)
    parent.group.eventQueue.notify(eventsForParent)
    wakeDying(parent.group)
  } else {
    sendSignal(tracer, SIGCHLD, true)
    tracer.group.eventQueue.notify(eventsForTracer)
  }
}

function notifyParent(task: Task, fromPtraceDetach: boolean): void {
  const { group, parent } = task
  if (!task.isLeader) {
    task.exitParentNotified = true
    task.exitParentAcked = true
    return
  }
  if (!isAlone(task)) return
  task.exitParentNotified = true
  if (parent === null) {
    task.exitParentAcked = true
    return
  }
  // POSIX: children of a parent that ignores SIGCHLD, or has SA_NOCLDWAIT, do not become zombies.
  const { handler, noCldWait } = parent.group.sigchldAction
  const counts = group.announcedBy === SIGCHLD || fromPtraceDetach
  const ignores = counts && handler === 'ignore'
  if (ignores || (counts && noCldWait)) task.exitParentAcked = true
  const toLeader = task.taskSet.profile.switches.exitSignal === 'goes to the leader'
  if (!ignores) sendSignal(toLeader ? parent.group.leader : parent, group.announcedBy, true)
  parent.group.eventQueue.notify(eventsForParent)
  wakeDying(parent.group)
}

/** A dying init may wait in its exit for a child that it can reap, or until nobody else is left in its namespace. */
function wakeDying({ tasks }: ThreadGroup): void {
  for (const task of tasks)
    if (task.runState === 'exitChildren' || task.runState === 'exitNotify') task.taskSet.wake(task)
}

/** The ids are released; the group forgets the task, and its leader may be next. */
function reap(task: Task): void {
  advanceExitState(task, 'Zombie', 'Dead')
  const { group } = task
  releaseIDs(task, group.pidns)

  group.exitedCPUStats = addTime(group.exitedCPUStats, task.cpuStats)
  group.tasks.delete(task)
  if (group.lastTimerSignalTask === task) group.lastTimerSignalTask = null
  group.tasksCount--
  if (execWaitsForReaping(group)) endExecStop(group)
  if (group.tasksCount === 1 && !task.isLeader) leaveLeaderAlone(group.leader)
  else if (group.tasksCount === 0) leaveProcessGroup(group)

  task.parent?.children.delete(task)
  task.parent = null
  dropWhatIsNeverRead(task)
}

const execWaitsForReaping = ({ taskSet }: ThreadGroup): boolean =>
  taskSet.profile.switches.execveWaits === 'for threads not reaped and a live leader'

/** Is nobody left besides a leader who is dead? */
export function isFreeToExec({ tasks, leader }: ThreadGroup, execing: Task): boolean {
  for (const task of tasks)
    if (task !== execing && !(task === leader && task.exitState === 'Zombie')) return false
  return true
}

/** A sibling is a zombie, or reaped: that may be what the execve of the group has waited for. */
export function endExecStop(group: ThreadGroup): void {
  const { execing, liveTasks } = group
  if (execing?.stop !== 'exec') return
  if (execWaitsForReaping(group) ? isFreeToExec(group, execing) : liveTasks === 1) endInternalStop(execing)
}

/** The leader is the last of its group now: it may be announced, and collected. */
function leaveLeaderAlone(leader: Task): void {
  const { leaderLeftAlone } = leader.taskSet.profile.switches
  if (leaderLeftAlone === 'is announced again') {
    leader.exitTracerNotified &&= leader.exitTracerAcked
    leader.exitParentNotified &&= leader.exitParentAcked
  }
  exitNotify(leader, false)
}

function releaseIDs(task: Task, pidns: PIDNamespace): void {
  const tid = pidns.release(task)
  task.taskSet.observe?.({ kind: 'released', task, tid })
  if (task.taskSet.profile.switches.dyingInit === 'goes ahead') return
  for (const { init } of pidns.up()) if (init !== undefined) wakeDying(init.group)
}

/** A dead task that somebody still lists keeps nothing alive. */
function dropWhatIsNeverRead(task: Task): void {
  task.children.clear()
  task.tracees.clear()
  task.runState = 'exited'
  forgetSignals(task)
  task.groupStopRequired = false
  task.groupStopAcknowledged = false
  task.ptraceCode = 0
  task.ptraceOpts = 0
  task.seized = null
  task.parentDeathSignal = 0
  task.cleartid = 0
  task.vforkParent = null
  task.cpuStats = noTime
  task.mmMaxRSS = 0
}
