/**
 * What an interrupted task does before it returns to its program: group stops, and signals.
 *
 * Here: runInterrupt with each of its critical sections, signal delivery, runInterruptAfterSignalDeliveryStop.
 * Not here: sending signals (kernel/send-signal.ts).
 */
import { match } from 'ts-pattern'
import { killedBy } from '../exit-status.js'
import { enterExitPath, isAt } from '../kernel/control-flow.js'
import { notify } from '../kernel/event-queue.js'
import { groupOf, inSameGroup, isRunning, leaderOf } from '../kernel/members.js'
import { isOrphaned } from '../kernel/process-group.js'
import { beginPtraceStop, ptraceTrap } from '../kernel/ptrace.js'
import { isToTrap, stopEventOf, trapNotify, trapsAfter } from '../kernel/seize.js'
import { isRefusedByInit, sendSignal, signalStop } from '../kernel/send-signal.js'
import { beginInternalStop, interrupt, isKilled } from '../kernel/stop.js'
import { isPtraceEvent } from '../kernel/wait.js'
import { eachTask, rule } from '../rule.js'
import { computeAction, isStopSignal, lowest, type Signal } from '../signals.js'
import type { State, TaskId } from '../state.js'
import { completeGroupStop, prepareGroupExit } from './exit.js'

/**
 * An interrupted task looks for the reason: a group stop that has ended, one to enter, a signal.
 *
 * Noticing the interrupt and looking are one step: an interrupt that comes between them is noticed next time.
 */
export const runInterrupt = rule({
  name: 'runInterrupt',
  feature: 'kill',
  kind: 'internal',
  source:
    'runInterrupt.execute, dequeueSignalLocked, ptraceSignalLocked, deliverSignal in task_signals.go, ptrace.go',
  choices: eachTask,
  guard(s, { task }) {
    const { runState } = s.task(task)
    const looks = runState === 'interrupt' || (runState === 'app' && s.task(task).interrupted)
    return looks && isRunning(s, task)
  },
  effect(before, { task }) {
    const noticed = before.task(task).runState === 'app'
    const s = noticed ? before.withTask(task, { runState: 'interrupt', interrupted: false }) : before
    const { group: g, groupStopRequired } = s.task(task)
    if (s.group(g).groupContNotify) return announceContinue(s, task)
    if (!groupStopRequired)
      return isToTrap(s, task) ? ptraceTrap(s, task, stopEventOf(s, task)) : dequeueSignal(s, task)
    const acknowledged = acknowledgeGroupStop(s, task)
    return s.scope.profile.switches.groupStopEntry === 'may be overtaken'
      ? acknowledged
      : enterAtOnce(acknowledged, task)
  },
})

/** The first task to continue will tell of it. `groupStopSignal` is what it is by now: 0, or of a new stop. */
function announceContinue(s: State, t: TaskId): State {
  const { group: g } = s.task(t)
  const { groupContInterrupted } = s.group(g)
  return s
    .withGroup(g, { groupContNotify: false })
    .withTask(t, { runState: groupContInterrupted ? 'notifyInterruptedStop' : 'notifyContinue' })
}

/** `t` counts itself among the stopped, and will stop in its next critical section. */
function acknowledgeGroupStop(before: State, t: TaskId): State {
  const { group: g, groupStopAcknowledged } = before.task(t)
  const { groupStopSignal } = before.group(g)
  let s = before.withTask(t, {
    groupStopRequired: false,
    inHand: groupStopSignal,
    runState: 'enterGroupStop',
  })
  if (groupStopAcknowledged) return s
  s = s.withTask(t, { groupStopAcknowledged: true })
  s = s.withGroup(g, { groupStopCount: s.group(g).groupStopCount + 1 })
  const { groupStopCount, activeTasks } = s.group(g)
  if (groupStopCount !== activeTasks) return s
  return completeGroupStop(s, t).withTask(t, { runState: 'enterGroupStopLast' })
}

/**
 * Where the signal mutex is not let go in between, a task without a tracer is in the stop when it has
 * acknowledged it; what is left is to tell the parent, outside the mutex.
 */
function enterAtOnce(before: State, t: TaskId): State {
  const { runState, tracer } = before.task(t)
  if (tracer !== null) return before
  const s = before.withTask(t, {
    runState: runState === 'enterGroupStopLast' ? 'groupStopEntered' : 'interrupt',
    inHand: null,
  })
  return isKilled(s, t) ? s : beginInternalStop(s, t, 'group')
}

/** Takes the next pending signal, the task's own before the group's, and acts on it or hands it to the tracer first. */
function dequeueSignal(before: State, t: TaskId): State {
  const { group: g, pending, tracer } = before.task(t)
  const own = lowest(pending)
  const sig = own ?? lowest(before.group(g).pending)
  if (sig === undefined) return leaveInterrupt(before, t)
  let s =
    own === undefined
      ? before.withGroup(g, { pending: before.group(g).pending.remove(sig) })
      : before.withTask(t, { pending: pending.remove(sig) })
  const shown = sig !== 'SIGKILL' && tracer !== null
  if (s.group(g).groupStopPhase === 'None' && (isStopSignal(sig) || shown))
    s = s.withGroup(g, { groupStopPhase: 'Dequeued' })
  return shown ? s.withTask(t, { runState: 'signalDeliveryStop', inHand: sig }) : deliverSignal(s, t, sig)
}

/**
 * Back to the program, or into the wait that the interrupt ended (ERESTARTSYS), unless another interrupt has
 * come meanwhile. Source: `runApp.execute` in task_run.go.
 */
function leaveInterrupt(s: State, t: TaskId): State {
  const { interrupted, wait } = s.task(t)
  if (interrupted) return s.withTask(t, { interrupted: false })
  return wait === null
    ? s.withTask(t, { runState: 'app' })
    : s.withTask(t, { runState: 'wait', waitNotified: true })
}

/** Acts on a dequeued signal. A handler of the program makes an interrupted wait fail. Source: `deliverSignal`. */
function deliverSignal(s: State, t: TaskId, sig: Signal): State {
  if (isRefusedByInit(s, t, sig)) return s.withTask(t, { runState: 'interrupt', inHand: null })
  return match(computeAction(sig, groupOf(s, t).sigchld))
    .with('terminate', () => s.withTask(t, { runState: 'deliverExit', inHand: sig }))
    .with('stop', () => s.withTask(t, { runState: 'deliverStop', inHand: sig }))
    .with('ignore', () => s.withTask(t, { runState: 'interrupt', inHand: null }))
    .with('handler', () => {
      const { wait: options } = s.task(t)
      const handled = s.withTask(t, { runState: 'interrupt', inHand: null, wait: null }).emit({
        kind: 'handler',
        task: t,
        signal: sig,
      })
      return options === null
        ? handled
        : handled.emit({ kind: 'wait failed', by: t, options, error: 'EINTR' })
    })
    .exhaustive()
}

/** Parent and tracer hear that the group continues, or that it had been about to stop. */
export const notifyContinue = rule({
  name: 'notifyContinue',
  feature: 'stop',
  kind: 'internal',
  source: 'runInterrupt.execute, signalStop in task_signals.go',
  choices: eachTask,
  guard: (s, { task }) => isAt(s, task, 'notifyContinue') || isAt(s, task, 'notifyInterruptedStop'),
  effect(before, { task }) {
    const interruptedStop = before.task(task).runState === 'notifyInterruptedStop'
    let s = before.withTask(task, { runState: 'interrupt' })
    const { tracer, parent } = s.task(leaderOf(s, s.task(task).group))
    // One notification is enough where parent and tracer are in one group.
    const notifiesParent = parent !== null && !(tracer !== null && inSameGroup(s, tracer, parent))
    if (tracer !== null) {
      const { group } = s.task(tracer)
      s = signalStop(s, tracer)
      if (!interruptedStop) s = notify(s, group, ['GroupContinue'])
      else if (notifiesParent) s = notify(s, group, ['GroupContinue', 'TraceeStop'])
      else s = notify(s, group, ['GroupContinue', 'TraceeStop', 'ChildGroupStop'])
    }
    if (!notifiesParent) return s
    s = signalStop(s, parent)
    return notify(
      s,
      s.task(parent).group,
      interruptedStop ? ['GroupContinue', 'ChildGroupStop'] : ['GroupContinue'],
    )
  },
})

/** Is the stop that `t` has acknowledged still on? As in the source, a task does not ask. */
function isStillToEnter(s: State, t: TaskId): boolean {
  if (s.scope.profile.switches.groupStopEntry === 'may be overtaken') return true
  const { groupStopPhase } = groupOf(s, t)
  return s.task(t).groupStopAcknowledged && (groupStopPhase === 'Initiated' || groupStopPhase === 'Complete')
}

/**
 * `t` enters the group stop that it has acknowledged: as a ptrace-stop if it is traced. Whoever completed the
 * stop tells the parent.
 */
export const enterGroupStop = rule({
  name: 'enterGroupStop',
  feature: 'stop',
  kind: 'internal',
  source: 'runInterrupt.execute in task_signals.go',
  choices: eachTask,
  guard: (s, { task }) =>
    isAt(s, task, 'enterGroupStop') ||
    isAt(s, task, 'enterGroupStopLast') ||
    // Not `isAt`: the goroutine is on its way into the stop.
    s.task(task).runState === 'groupStopEntered',
  effect(before, { task }) {
    const { runState, inHand, tracer } = before.task(task)
    const { parent } = before.task(leaderOf(before, before.task(task).group))
    let notifiesParent = runState !== 'enterGroupStop' && parent !== null
    let s = before.withTask(task, { runState: 'interrupt', inHand: null })
    if (runState === 'groupStopEntered') {
      // Nothing is left but to tell the parent.
    } else if (tracer === null) {
      if (!isKilled(s, task) && isStillToEnter(s, task)) s = beginInternalStop(s, task, 'group')
    } else {
      const code = s.task(task).seized === null ? inHand : stopEventOf(s, task)
      s = s.withTask(task, { ptraceCode: code, ...trapsAfter(s, task, code) })
      if (!isKilled(s, task)) {
        s = signalStop(beginPtraceStop(s, task), tracer)
        if (notifiesParent && inSameGroup(s, tracer, parent as TaskId)) {
          notifiesParent = false
          s = notify(s, s.task(tracer).group, ['ChildGroupStop', 'TraceeStop'])
        } else {
          s = notify(s, s.task(tracer).group, ['TraceeStop'])
        }
      }
    }
    if (!notifiesParent || parent === null) return s
    return notify(signalStop(s, parent), s.task(parent).group, ['ChildGroupStop'])
  },
})

/** A dequeued stop signal stops the group, unless something that came meanwhile forbids it. */
export const initiateGroupStop = rule({
  name: 'initiateGroupStop',
  feature: 'stop',
  kind: 'internal',
  source: 'initiateGroupStop in task_signals.go',
  choices: eachTask,
  guard: (s, { task }) => isAt(s, task, 'deliverStop'),
  effect(before, { task }) {
    const { group: g, inHand } = before.task(task)
    let s = before.withTask(task, { runState: 'interrupt', inHand: null })
    const { groupStopPhase, exiting, execing } = s.group(g)
    if (groupStopPhase !== 'Dequeued' || exiting || execing !== null) return s
    const mayBeDropped = s.scope.profile.switches.stopOfOrphan === 'is dropped' && inHand !== 'SIGSTOP'
    if (mayBeDropped && isOrphaned(s, g)) return s
    s = s.withGroup(g, { groupStopPhase: 'Initiated', groupStopSignal: inHand, groupStopCount: 0 })
    for (const t of s.group(g).tasks)
      s = interrupt(s.withTask(t, { groupStopRequired: true, groupStopAcknowledged: false }), t)
    for (const t of s.group(g).tasks) if (t !== task) s = trapNotify(s, t)
    return s
  },
})

/** A fatal signal takes the whole group. */
export const signalGroupExit = rule({
  name: 'signalGroupExit',
  feature: 'kill',
  kind: 'internal',
  source: 'PrepareGroupExit; deliverSignal in task_signals.go',
  choices: eachTask,
  guard: (s, { task }) => isAt(s, task, 'deliverExit'),
  effect(s, { task }) {
    const sig = s.task(task).inHand as Signal
    return enterExitPath(prepareGroupExit(s, task, killedBy(sig)), task)
  },
})

/** A tracer is shown a dequeued signal before it is acted upon; if the tracer has left, it is acted upon at once. */
export const signalDeliveryStop = rule({
  name: 'signalDeliveryStop',
  feature: 'ptrace',
  kind: 'internal',
  source: 'ptraceSignalLocked in ptrace.go',
  choices: eachTask,
  guard: (s, { task }) => isAt(s, task, 'signalDeliveryStop'),
  effect(s, { task }) {
    const { tracer, inHand } = s.task(task)
    const sig = inHand as Signal
    if (tracer === null) return deliverSignal(s, task, sig)
    return ptraceTrap(s.withTask(task, { runState: 'afterSignalDeliveryStop', inHand: null }), task, sig)
  },
})

/** The tracer has decided what signal it is to be: the same, another, or none. */
export const afterSignalDeliveryStop = rule({
  name: 'afterSignalDeliveryStop',
  feature: 'ptrace',
  kind: 'internal',
  source: 'runInterruptAfterSignalDeliveryStop.execute in task_signals.go',
  choices: eachTask,
  guard: (s, { task }) => isAt(s, task, 'afterSignalDeliveryStop'),
  effect(s, { task }) {
    const { ptraceCode: sig, masksAll } = s.task(task)
    if (sig === null || isPtraceEvent(sig)) return s.withTask(task, { runState: 'interrupt' })
    // Unreachable while only the exit path masks signals; kept because the source asks.
    if (masksAll) return sendSignal(s, task, sig, false).withTask(task, { runState: 'interrupt' })
    return deliverSignal(s, task, sig)
  },
})

export const interruptRules = [
  runInterrupt,
  notifyContinue,
  enterGroupStop,
  initiateGroupStop,
  signalGroupExit,
  signalDeliveryStop,
  afterSignalDeliveryStop,
]
