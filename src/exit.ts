/**
 * The exit path, from the call to the zombie.
 *
 * Here: PrepareExit, PrepareGroupExit and the stages of runExitMain and runExitNotify of task_exit.go.
 * Not here: who is notified, and reaping (exit-notify.ts).
 *
 * A stage with nothing to do is passed over: what could give it work ends before it.
 */
import { isNamespaceEmpty, outlivesItsNamespace, reapAll, seesNamespaceDie } from './dying-init.js'
import { advanceExitState, endExecStop, exitNotify, findReparentTarget, reparent } from './exit-notify.js'
import type { ExitStatus } from './exit-status.js'
import { looseTie } from './process-group.js'
import { exitPtrace, ptraceEvent } from './ptrace.js'
import { PTRACE_EVENT_EXIT, PTRACE_O_TRACEEXIT } from './ptrace-options.js'
import type { RunState } from './run-state.js'
import { interruptSomebody, killTask, sendSignal, signalStop } from './send-signal.js'
import { allSignals, noSignals, SIGKILL } from './signals.js'
import { endInternalStop, forgetSignals, isKilled, masksEverything } from './stop.js'
import { goTo } from './syscall.js'
import type { Task } from './task.js'
import type { ThreadGroup } from './thread-group.js'
import { EventChildGroupStop, EventGroupContinue } from './wait-options.js'

/**
 * Sets the status, and makes the other threads leave too. In a group that is going already, or in which a task
 * executes a program, only this thread leaves, with the group's status: in the second case nobody has set one.
 */
export function prepareGroupExit(task: Task, status: ExitStatus): void {
  const { group } = task
  if (group.exiting || group.execing !== null) {
    task.exitStatus = group.exitStatus
    return
  }
  group.beginExit(status)
  task.exitStatus = status
  for (const sibling of group.tasks) if (sibling !== task) killTask(sibling)
}

/** One thread leaves. Where the profile asks now whether it is the last, it ends the process. */
export function prepareExit(task: Task, status: ExitStatus): void {
  const { lastExit } = task.taskSet.profile.switches
  if (lastExit === 'ends the group if alone' && task.group.activeTasks === 1) {
    prepareGroupExit(task, status)
    return
  }
  task.exitStatus = status
  if (lastExit === 'ends the group at once' && isLastToCall(task)) settleExit(task)
}

/** Have all others called it before? */
function isLastToCall(task: Task): boolean {
  for (const other of task.group.tasks) if (other !== task && !isOnExitPath(other)) return false
  return true
}

/** It has begun to leave, even if its exit stop holds it. */
const isOnExitPath = ({ exitState, runState }: Task): boolean =>
  exitState !== 'None' || runState === 'exit' || runState === 'exitMain'

/** PTRACE_EVENT_EXIT, before the task has begun to exit. Source: runExit. */
export function runExit(task: Task): void {
  goTo(task, 'exitMain')
  ptraceEvent(task, PTRACE_EVENT_EXIT, PTRACE_O_TRACEEXIT)
}

interface Stage {
  readonly runState: RunState
  hasWork(task: Task): boolean
}

/** In order. The last one always has work: it may find that a namespace dies. */
const stages: readonly Stage[] = [
  { runState: 'exitClearTid', hasWork: task => task.cleartid !== 0 },
  { runState: 'exitRelease', hasWork: task => task.group.maxRSS < task.mmMaxRSS },
  { runState: 'exitUnstopVforkParent', hasWork: task => task.vforkParent !== null },
  { runState: 'exitPtrace', hasWork: task => task.tracees.size > 0 },
  { runState: 'exitChildren', hasWork: () => true },
]

function nextStage(task: Task): void {
  const done = stages.findIndex(stage => stage.runState === task.runState)
  const next = stages.find((stage, at) => at > done && stage.hasWork(task))
  goTo(task, next?.runState ?? 'exitNotify')
}

/** The task takes part in its group no more: its signals and its group stop are for others now. */
export function exitThreadGroup(task: Task): void {
  advanceExitState(task, 'None', 'Initiated')
  task.group.activeTasks--
  if (task.taskSet.profile.switches.lastExit === 'ends the group') settleLastExit(task)
  maskEverything(task)
  leaveGroupStop(task)
  tellOfNoChange(task.group)
  nextStage(task)
}

/** A tracer that has heard of the leader's exit may wait for the others of its process to continue: they will not. */
function tellOfNoChange({ activeTasks, leader, taskSet }: ThreadGroup): void {
  if (activeTasks > 0 || taskSet.profile.switches.leaderlessStops !== 'are looked for') return
  if (leader.exitTracerNotified) leader.tracer?.group.eventQueue.notify(EventGroupContinue)
}

/** The last one to go ends the process, with its own status. */
function settleLastExit(task: Task): void {
  if (task.group.activeTasks === 0) settleExit(task)
}

/** The process has ended, unless it has already, with the status of the task. */
function settleExit({ group, exitStatus }: Task): void {
  if (!group.exiting) group.beginExit(exitStatus)
}

/** If the task had been woken for a signal of the group, another one is. Source: `setSignalMaskLocked`. */
function maskEverything(task: Task): void {
  const { group, interrupted } = task
  task.signalMask = allSignals
  forgetSignals(task)
  if (group.activeTasks === 0) {
    // Nobody is left to take what is pending for the group.
    group.pendingSignals = noSignals
    return
  }
  if (!interrupted) return
  for (let left = group.pendingSignals; left !== 0; left &= left - 1) interruptSomebody(group)
}

/** What the leaving of the task means for a group stop; `activeTasks` does not count it any more. */
function leaveGroupStop(task: Task): void {
  const { group } = task
  if (group.groupStopPhase !== 'Initiated') return
  if (task.groupStopAcknowledged) {
    // Somebody else has not acknowledged the stop, or it would be complete: and so it stays.
    group.groupStopCount--
    task.groupStopAcknowledged = false
    return
  }
  if (group.groupStopCount !== group.activeTasks) return
  completeGroupStop(group)
  const { parent } = group.leader
  if (parent !== null) tellOfGroupStop(parent)
}

/** A child of it has stopped as a whole. */
export function tellOfGroupStop(parent: Task): void {
  signalStop(parent)
  parent.group.eventQueue.notify(EventChildGroupStop)
}

/** The last acknowledgement of a group stop has come. */
export function completeGroupStop(group: ThreadGroup): void {
  group.groupStopPhase = 'Complete'
  group.groupStopWaitable = true
  group.groupContNotify = false
  group.groupContWaitable = false
}

/** Whoever joins the thread is woken, unless the group was killed by a signal. */
export function exitClearTid(task: Task): void {
  const { exiting, exitStatus } = task.group
  if (!(exiting && exitStatus.signaled))
    task.taskSet.observe?.({ kind: 'futex woken', task, address: task.cleartid })
  nextStage(task)
}

/** Memory is released; how much it was at most is kept. */
export function exitRelease(task: Task): void {
  updateRSS(task)
  nextStage(task)
}

export function updateRSS(task: Task): void {
  task.group.maxRSS = Math.max(task.group.maxRSS, task.mmMaxRSS)
}

export function exitUnstopVforkParent(task: Task): void {
  unstopVforkParent(task)
  nextStage(task)
}

/** A parent in vfork has its address space for itself again. */
export function unstopVforkParent(task: Task): void {
  const { vforkParent } = task
  if (vforkParent === null) return
  if (vforkParent.stop === 'vfork') endInternalStop(vforkParent)
  task.vforkParent = null
}

export function exitTracees(task: Task): void {
  exitPtrace(task)
  nextStage(task)
}

/**
 * The children get another parent. If there is none to be had, the namespace dies, and all of it is killed; that
 * does not hold up the exit of its init.
 *
 * As in the source, a child that is reaped at once, because the new parent ignores its children, is entered among
 * them all the same.
 */
export function exitChildren(task: Task): void {
  if (outlivesItsNamespace(task)) {
    reapNamespace(task)
    return
  }
  const { adoptedAndReaped, givenAwayChildren } = task.taskSet.profile.switches
  const newParent = findReparentTarget(task)
  if (newParent === null) killNamespace(task)
  for (const child of task.taskSet.ordered(task.children)) {
    sendSignal(child, child.parentDeathSignal, true)
    reparent(child, newParent)
    if (adoptedAndReaped === 'is listed' || child.exitState !== 'Dead') newParent?.children.add(child)
  }
  if (givenAwayChildren === 'are forgotten') task.children.clear()
  nextStage(task)
}

function killNamespace(task: Task): void {
  const { pidns } = task.group
  pidns.exiting = true
  const moved = pidns.movedSinceKill
  pidns.movedSinceKill = new Set()
  // An observer is told of every signal, also of those that do nothing. In which order they are sent makes no difference.
  if (moved === null || task.taskSet.observe !== undefined) {
    for (const other of pidns.tids.keys()) killFor(task, other)
    return
  }
  for (const group of moved) for (const other of group.tasks) killFor(task, other)
}

function killFor({ group }: Task, other: Task): void {
  if (other.group !== group && !isKilledAgain(other)) sendSignal(other, SIGKILL, false, 'the kernel')
}

/**
 * Is it a task that another SIGKILL does not change? Then it is only told that there was one: every task that exits in a
 * dying namespace kills all the others once more.
 *
 * Its siblings get their own. One that is killed is in no stop, unless its tracer has frozen that, which no signal ends; and
 * no init is spared what the kernel itself sends.
 */
function isKilledAgain(task: Task): boolean {
  if (!task.group.exiting || task.groupStopRequired) return false
  const isGoing = masksEverything(task)
  if (!isGoing && !(isKilled(task) && task.interrupted)) return false
  const outcome = isGoing ? 'queued' : 'already pending'
  task.taskSet.observe?.({ kind: 'signal', signal: SIGKILL, to: task, group: false, outcome })
  return true
}

/** Begins, goes on, or ends to see the namespace die; the children are all in it. */
function reapNamespace(task: Task): void {
  const { group } = task
  if (!seesNamespaceDie(task)) {
    killNamespace(task)
    group.sigchldAction = { ...group.sigchldAction, handler: 'ignore' }
    return
  }
  reapAll(task)
  if (!isNamespaceEmpty(task)) return
  task.children.clear()
  nextStage(task)
}

/** Is the task the last of an init that has to see everybody else in its namespace go first? */
export function waitsForNamespace({ group, taskSet }: Task): boolean {
  // Where it adopts, it has waited before.
  if (taskSet.profile.switches.dyingInit !== 'waits for its namespace') return false
  const { pidns, liveTasks, tasks } = group
  if (pidns.serial !== group.serial || liveTasks > 1) return false
  return pidns.tids.size > tasks.size
}

/** Everything is released: a sibling's execve may go on, and whoever waits for the task is told. */
export function runExitNotify(task: Task): void {
  const { group } = task
  advanceExitState(task, 'Initiated', 'Zombie')
  group.liveTasks--
  goTo(task, 'exited')
  endExecStop(group)
  if (group.liveTasks === 0) looseTie(group, null)
  exitNotify(task, false)
}
