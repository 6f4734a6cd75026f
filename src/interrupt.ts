/**
 * What an interrupted task does before it returns to its program: group stops, and signals.
 *
 * Here: runInterrupt with each of its critical sections, deliverSignal, initiateGroupStop of task_signals.go, and
 * ptraceSignalLocked of ptrace.go.
 * Not here: sending signals (send-signal.ts).
 */
import { completeGroupStop, prepareGroupExit, tellOfGroupStop } from './exit.js'
import { ExitStatus } from './exit-status.js'
import { isOrphaned } from './process-group.js'
import { beginPtraceStop, ptraceTrap } from './ptrace.js'
import { isEventCode } from './ptrace-options.js'
import { isToTrap, settleTraps, stopCodeOf, trapNotify } from './seize.js'
import { isRefusedByInit, sendSignal, signalStop } from './send-signal.js'
import { bitOf, computeAction, isStopSignal, lowestOf, SIGKILL, SIGSTOP, type Signal } from './signals.js'
import { beginInternalStop, interrupt, isGroupStopOn, isKilled, masksEverything } from './stop.js'
import { enterExitPath, goTo } from './syscall.js'
import type { Task } from './task.js'
import { waitFailed, waitRestarted } from './wait.js'
import { EventChildGroupStop, EventGroupContinue, EventTraceeStop } from './wait-options.js'

/** Looks for the reason: a group stop that has ended, one to enter, a signal. */
export function runInterrupt(task: Task): void {
  // An interrupt from here on is noticed next time.
  if (task.runState === 'app') task.interrupted = false
  if (task.group.groupContNotify) announceContinue(task)
  else if (task.groupStopRequired) acknowledgeGroupStop(task)
  else if (task.tracer !== null && isToTrap(task)) trap(task, task.tracer)
  else dequeueSignal(task)
}

/** A tracee that is seized stops for its tracer, and then looks again. */
function trap(task: Task, tracer: Task): void {
  goTo(task, 'interrupt')
  ptraceTrap(task, tracer, stopCodeOf(task))
}

function announceContinue(task: Task): void {
  const { group } = task
  group.groupContNotify = false
  goTo(task, group.groupContInterrupted ? 'notifyInterruptedStop' : 'notifyContinue')
}

/** The task counts itself among the stopped, and stops in its next critical section. */
function acknowledgeGroupStop(task: Task): void {
  const { group } = task
  task.groupStopRequired = false
  task.inHand = group.groupStopSignal
  let last = false
  if (!task.groupStopAcknowledged) {
    task.groupStopAcknowledged = true
    group.groupStopCount++
    last = group.groupStopCount === group.activeTasks
    if (last) completeGroupStop(group)
  }
  const { groupStopEntry } = task.taskSet.profile.switches
  if (groupStopEntry === 'may be overtaken' || task.tracer !== null) {
    goTo(task, last ? 'enterGroupStopLast' : 'enterGroupStop')
    return
  }
  // Who has a tracer has to tell it, and that is another critical section.
  task.inHand = 0
  goTo(task, last ? 'groupStopEntered' : 'interrupt')
  if (!isKilled(task)) beginInternalStop(task, 'group')
}

/** Takes the lowest pending signal, the task's own before the group's, and acts on it or shows it to the tracer. */
function dequeueSignal(task: Task): void {
  const { group } = task
  const own = lowestOf(task.pendingSignals)
  const sig = own === 0 ? lowestOf(group.pendingSignals) : own
  if (sig === 0) {
    leaveInterrupt(task)
    return
  }
  if (own === 0) group.pendingSignals &= ~bitOf(sig)
  else task.pendingSignals &= ~bitOf(sig)

  const isShown = sig !== SIGKILL && task.tracer !== null
  // From here to the delivery, SIGCONT must be able to cancel the stop: that of `sig`, or the one that the tracer
  // may put in its place.
  if ((isStopSignal(sig) || isShown) && group.groupStopPhase === 'None') group.groupStopPhase = 'Dequeued'
  if (isShown) {
    task.inHand = sig
    goTo(task, 'signalDeliveryStop')
  } else {
    deliverSignal(task, sig)
  }
}

/** Back to the program, or into the wait that the interrupt ended, unless another interrupt has come. */
function leaveInterrupt(task: Task): void {
  if (task.interrupted) {
    task.interrupted = false
    goTo(task, 'interrupt')
  } else if (task.waiting === null) {
    goTo(task, 'app')
  } else {
    waitRestarted(task, task.waiting)
  }
}

function deliverSignal(task: Task, sig: Signal): void {
  if (isRefusedByInit(task, sig)) {
    task.inHand = 0
    goTo(task, 'interrupt')
    return
  }
  switch (computeAction(sig, task.group.handlerOf(sig))) {
    case 'terminate':
      task.inHand = sig
      goTo(task, 'deliverExit')
      break
    case 'stop':
      task.inHand = sig
      goTo(task, 'deliverStop')
      break
    case 'ignore':
      task.inHand = 0
      goTo(task, 'interrupt')
      break
    case 'handler':
      task.inHand = 0
      task.taskSet.observe?.({ kind: 'handler', task, signal: sig })
      if (task.waiting !== null) waitFailed(task, task.waiting)
      goTo(task, 'interrupt')
      break
  }
}

/** The group continues, or was about to stop and does not: its parent hears of it, and its tracer. */
export function notifyContinue(task: Task): void {
  const wasInterrupted = task.runState === 'notifyInterruptedStop'
  goTo(task, 'interrupt')
  const { tracer, parent } = task.group.leader
  // Where parent and tracer are in one group, it is told once.
  const tellsParent = parent !== null && tracer?.group !== parent.group
  if (tracer !== null) {
    const alsoStops = tellsParent ? EventTraceeStop : EventTraceeStop | EventChildGroupStop
    signalStop(tracer)
    tracer.group.eventQueue.notify(wasInterrupted ? EventGroupContinue | alsoStops : EventGroupContinue)
  }
  if (!tellsParent) return
  signalStop(parent)
  parent.group.eventQueue.notify(
    wasInterrupted ? EventGroupContinue | EventChildGroupStop : EventGroupContinue,
  )
}

/** Is the stop still on that the task has acknowledged? With `may be overtaken`, it does not ask. */
function isStillToEnter({ group, groupStopAcknowledged, taskSet }: Task): boolean {
  if (taskSet.profile.switches.groupStopEntry === 'may be overtaken') return true
  return groupStopAcknowledged && isGroupStopOn(group)
}

/** The task enters the group stop that it has acknowledged; if it is traced, as a ptrace-stop. */
export function enterGroupStop(task: Task): void {
  const { inHand: sig, tracer } = task
  const { parent } = task.group.leader
  let tellsParent = task.runState === 'enterGroupStopLast'
  task.inHand = 0
  goTo(task, 'interrupt')
  if (tracer === null) {
    if (!isKilled(task) && isStillToEnter(task)) beginInternalStop(task, 'group')
  } else {
    const code = task.seized === null ? sig : stopCodeOf(task)
    task.ptraceCode = code
    settleTraps(task, code)
    if (beginPtraceStop(task)) {
      signalStop(tracer)
      const isParent = tellsParent && tracer.group === parent?.group
      if (isParent) tellsParent = false
      tracer.group.eventQueue.notify(isParent ? EventChildGroupStop | EventTraceeStop : EventTraceeStop)
    }
  }
  if (tellsParent && parent !== null) tellOfGroupStop(parent)
}

/** The task is in its group stop, which was completed by that. */
export function tellGroupStop(task: Task): void {
  const { parent } = task.group.leader
  goTo(task, 'interrupt')
  if (parent !== null) tellOfGroupStop(parent)
}

/** A dequeued stop signal stops the group, unless something that came meanwhile forbids it. */
export function initiateGroupStop(task: Task): void {
  const { group, inHand: sig } = task
  task.inHand = 0
  goTo(task, 'interrupt')
  if (group.groupStopPhase !== 'Dequeued' || group.exiting || group.execing !== null) return
  const mayBeDropped = task.taskSet.profile.switches.stopOfOrphan === 'is dropped' && sig !== SIGSTOP
  if (mayBeDropped && isOrphaned(group)) return
  group.groupStopPhase = 'Initiated'
  group.groupStopSignal = sig
  group.groupStopCount = 0
  for (const other of group.tasks) {
    other.groupStopRequired = true
    other.groupStopAcknowledged = false
    interrupt(other)
  }
  for (const other of group.tasks) if (other !== task) trapNotify(other)
}

/** A fatal signal takes the whole group. */
export function signalGroupExit(task: Task): void {
  prepareGroupExit(task, ExitStatus.killedBy(task.inHand))
  enterExitPath(task)
}

/** The tracer is shown a dequeued signal; if it has left meanwhile, the signal is acted upon at once. */
export function signalDeliveryStop(task: Task): void {
  const { tracer, inHand: sig } = task
  if (tracer === null) {
    deliverSignal(task, sig)
    return
  }
  task.inHand = 0
  goTo(task, 'afterSignalDeliveryStop')
  ptraceTrap(task, tracer, sig)
}

/** The tracer has decided what signal it is to be: the same, another, or none. */
export function afterSignalDeliveryStop(task: Task): void {
  const sig = task.ptraceCode
  if (sig === 0 || isEventCode(sig)) {
    goTo(task, 'interrupt')
  } else if (masksEverything(task)) {
    goTo(task, 'interrupt')
    sendSignal(task, sig, false)
  } else {
    deliverSignal(task, sig)
  }
}
