/**
 * Sending a signal: its side effects, its queue, and whom it interrupts.
 *
 * Here: the sending half of task_signals.go, and `killLocked`.
 * Not here: taking signals off their queues and acting upon them (interrupt.ts).
 *
 * Left out: siginfo, and signal masks other than the one that the exit path sets. What is sent to a task that
 * masks everything, or to a group without active tasks, would never be looked at, and is not kept.
 */
import { ExitStatus } from './exit-status.js'
import { trapNotify } from './seize.js'
import {
  bitOf,
  computeAction,
  isStopSignal,
  SIGCHLD,
  SIGCONT,
  SIGKILL,
  SIGSTOP,
  SIGTRAP,
  type Signal,
  type SignalSet,
  setOf,
  stopSignals,
} from './signals.js'
import { endInternalStop, interrupt, isKillable, masksEverything } from './stop.js'
import type { Task } from './task.js'
import type { ThreadGroup } from './thread-group.js'

/** Marks the task as killed, without what SIGKILL does to its group. Source: `killLocked`. */
export function killTask(task: Task): void {
  if (isKillable(task)) endInternalStop(task)
  task.groupStopRequired = false
  enqueue(task, SIGKILL)
  interrupt(task)
}

function enqueue(task: Task, sig: Signal): void {
  if (!masksEverything(task)) task.pendingSignals |= bitOf(sig)
}

function enqueueShared(group: ThreadGroup, sig: Signal): void {
  if (group.activeTasks > 0) group.pendingSignals |= bitOf(sig)
}

/** Takes these signals out of every queue of the group. Source: `discardSpecificLocked`. */
export function discard(group: ThreadGroup, signals: SignalSet): void {
  group.pendingSignals &= ~signals
  for (const task of group.tasks) task.pendingSignals &= ~signals
}

/** Only whether it is the kernel itself tells. */
type Sender = 'a task' | 'the kernel'

/**
 * Sends a signal to the task, or through it to its group; signal 0 does nothing.
 *
 * @param toGroup queue it for the whole group. The mask and the tracer of the task count all the same.
 * @param from who sends it, where that tells: no init is spared a SIGKILL of the kernel's own
 * Source: `sendSignalLocked`.
 */
export function sendSignal(task: Task, sig: Signal, toGroup: boolean, from: Sender = 'a task'): void {
  if (sig === 0) return
  const outcome = enqueueAndInterrupt(task, sig, toGroup, from)
  task.taskSet.observe?.({ kind: 'signal', signal: sig, to: task, group: toGroup, outcome })
}

function enqueueAndInterrupt(
  task: Task,
  sig: Signal,
  toGroup: boolean,
  from: Sender,
): 'queued' | 'ignored' | 'already pending' | 'ESRCH' {
  if (task.exitState === 'Dead') return 'ESRCH'
  const { group } = task
  const isUnwanted = isUnwantedByInit(task, sig, from)
  // Even a signal that the init is spared has side effects, but SIGKILL has none other than to kill.
  if (!(isUnwanted && sig === SIGKILL)) applySideEffects(group, sig)
  if (isUnwanted) return 'ignored'

  const ignored = computeAction(sig, group.handlerOf(sig)) === 'ignore'
  if (ignored && !masksEverything(task) && task.tracer === null) return 'ignored'

  const queue = toGroup ? group.pendingSignals : task.pendingSignals
  if ((queue & bitOf(sig)) !== 0) return 'already pending'
  if (toGroup) enqueueShared(group, sig)
  else enqueue(task, sig)

  if (killsWhenSent(task, sig, toGroup)) killGroup(group, sig)
  else if (canReceiveSignal(task)) interrupt(task)
  else if (toGroup) interruptSomebody(group)
  return 'queued'
}

/** What a signal does by being sent, even if it is discarded. Source: `applySignalSideEffectsLocked`. */
function applySideEffects(group: ThreadGroup, sig: Signal): void {
  if (isStopSignal(sig)) discard(group, setOf(SIGCONT))
  else if (sig === SIGCONT) {
    endGroupStop(group, true)
    for (const task of group.tasks) trapNotify(task)
  } else if (sig === SIGKILL) {
    const { killOfTheDying } = group.taskSet.profile.switches
    const mayBeLate = killOfTheDying === 'comes too late'
    // Not even a PTRACE_EVENT_EXIT ends by it.
    if (group.exiting && mayBeLate) return
    if (!group.exiting && !(group.activeTasks === 0 && mayBeLate))
      group.beginExit(ExitStatus.killedBy(SIGKILL))
    for (const task of group.tasks) killTask(task)
  }
}

/** SIGKILL and SIGSTOP, which no program can ask for or refuse. */
const isKernelOnly = (sig: Signal): boolean => sig === SIGKILL || sig === SIGSTOP

/** Is it an init of a namespace, in a profile that spares it, and has it not asked for the signal? */
function isSparedInit({ group, taskSet }: Task, sig: Signal): boolean {
  if (taskSet.profile.switches.initProtection === 'none') return false
  if (group.pidns.serial !== group.serial) return false
  const action = computeAction(sig, group.handlerOf(sig))
  return action === 'terminate' || action === 'stop'
}

/**
 * Is the init of a namespace spared the signal when it is sent? The outermost namespace has no outside, and nobody
 * else sends SIGKILL or SIGSTOP to an init. A tracer is to see all but SIGKILL. Not in the source: `sig_ignored`,
 * `sig_task_ignored` of Linux.
 */
function isUnwantedByInit(task: Task, sig: Signal, from: Sender): boolean {
  if (!isSparedInit(task, sig)) return false
  if (task.tracer !== null && sig !== SIGKILL) return false
  return !isKernelOnly(sig) || (task.group.pidns.parent === null && from === 'a task')
}

/** Is it spared when it is taken, as one is that was let through for a tracer? Not in the source: `get_signal` of Linux. */
export const isRefusedByInit = (task: Task, sig: Signal): boolean =>
  isSparedInit(task, sig) && !isKernelOnly(sig)

/**
 * Does the signal end the group without being taken by anybody first? What dumps core goes the longer way. Not in the
 * source: `complete_signal` of Linux.
 */
function killsWhenSent(task: Task, sig: Signal, toGroup: boolean): boolean {
  const { group, tracer, taskSet } = task
  if (taskSet.profile.switches.fatalSignals === 'kill when taken' || sig === SIGKILL || sig === SIGTRAP)
    return false
  if (group.exiting || tracer !== null || computeAction(sig, group.handlerOf(sig)) !== 'terminate')
    return false
  // Somebody must be there to take it: who is stopped for long is not.
  if (!toGroup) return wantsSignal(task, sig)
  for (const other of group.tasks) if (wantsSignal(other, sig)) return true
  return false
}

/** May it be the one that a fatal signal is given to? One that waits in the kernel with other signals to take is not. */
function wantsSignal(task: Task, sig: Signal): boolean {
  const { stop, pendingSignals, group } = task
  if (masksEverything(task)) return false
  if (stop !== 'vfork' && stop !== 'exec') return stop === null
  return ((pendingSignals | group.pendingSignals) & ~bitOf(sig)) === 0
}

function killGroup(group: ThreadGroup, sig: Signal): void {
  group.beginExit(ExitStatus.killedBy(sig))
  for (const task of group.tasks) killTask(task)
}

/** Would it help to interrupt the task for a signal? Source: `canReceiveSignalLocked`. */
function canReceiveSignal(task: Task): boolean {
  const { stop, interrupted, taskSet } = task
  if (masksEverything(task) || interrupted) return false
  const isHeld = stop === 'vfork' || stop === 'exec'
  return stop === null || (isHeld && taskSet.profile.switches.heldThreads === 'are chosen')
}

/** Interrupts the first task that can take a signal of the group. Source: `findSignalReceiverLocked`. */
export function interruptSomebody(group: ThreadGroup): void {
  for (const task of group.tasks)
    if (canReceiveSignal(task)) {
      interrupt(task)
      return
    }
}

/**
 * Ends a group stop, and keeps those from happening that were asked for. Tasks that have not acted on the stop
 * yet keep `groupStopRequired`, as in the source. Source: `endGroupStopLocked`.
 *
 * @param broadcast the next task to look is to tell parent and tracer
 */
export function endGroupStop(group: ThreadGroup, broadcast: boolean): void {
  discard(group, stopSignals)
  const phase = group.groupStopPhase
  const { continuedStops, endedGroupStop, dequeuedStop } = group.taskSet.profile.switches
  if (phase === 'Dequeued' && dequeuedStop === 'outlives SIGCONT') return
  group.groupStopPhase = 'None'
  if (phase === 'None' || phase === 'Dequeued') return
  group.groupStopSignal = 0
  if (continuedStops === 'are forgotten') group.groupStopWaitable = false
  for (const task of group.tasks) {
    if (endedGroupStop === 'is required of nobody') task.groupStopRequired = false
    if (task.stop === 'group') endInternalStop(task)
  }
  if (!broadcast) return
  group.groupContNotify = true
  group.groupContInterrupted = phase === 'Initiated'
  group.groupContWaitable = true
}

/**
 * Tells `receiver` that a task has stopped, continued or entered a ptrace-stop, if its group wants to know.
 * Source: `signalStop`.
 */
export function signalStop(receiver: Task): void {
  const { handler, noCldStop } = receiver.group.sigchldAction
  if (handler !== 'ignore' && !noCldStop) sendSignal(receiver, SIGCHLD, true)
}
