/**
 * Sending a signal: side effects, queueing, and whom to interrupt.
 *
 * Here: the signal-sending half of task_signals.go, and `killLocked`.
 * Not here: dequeueing and acting upon signals (rules/interrupt.ts).
 *
 * Left out: the contents of siginfo, real-time signals, and signal masks other than the one that the exit
 * path sets. What is queued for a task that masks everything, or for a group without active tasks, is never
 * dequeued again and is not kept.
 */

import { killedBy } from '../exit-status.js'
import {
  computeAction,
  defaultAction,
  isStopSignal,
  type Signal,
  type SignalAction,
  stopSignals,
} from '../signals.js'
import type { GroupId, State, TaskId } from '../state.js'
import { beginGroupExit } from './group-exit.js'
import { groupOf } from './members.js'
import { trapNotify } from './seize.js'
import { endInternalStop, interrupt, isKillable } from './stop.js'

/** Marks `t` as killed, without the effects on its group that SIGKILL usually has. Source: `killLocked`. */
export function kill(before: State, t: TaskId): State {
  let s = before
  const { stop } = s.task(t)
  if (stop !== null && isKillable(stop)) s = endInternalStop(s, t)
  s = s.withTask(t, { groupStopRequired: false })
  s = enqueuePrivate(s, t, 'SIGKILL')
  return interrupt(s, t)
}

const enqueuePrivate = (s: State, t: TaskId, sig: Signal): State => {
  const { masksAll } = s.task(t)
  return masksAll ? s : s.withTask(t, { pending: s.task(t).pending.add(sig) })
}

const enqueueShared = (s: State, g: GroupId, sig: Signal): State => {
  if (s.groupIs(g, 'activeTasks', 0)) return s
  return s.withGroup(g, { pending: s.group(g).pending.add(sig) })
}

/** What `sig` does to the group. Only the disposition of SIGCHLD can be another than the default. */
const actionOf = (s: State, g: GroupId, sig: Signal): SignalAction =>
  sig === 'SIGCHLD' ? computeAction(sig, s.group(g).sigchld) : defaultAction(sig)

/** Is `sig` in one of the queues of the group: its own, or that of a task of it? */
export const isPending = (s: State, g: GroupId, sig: Signal): boolean =>
  s.group(g).pending.has(sig) || s.group(g).tasks.some(t => s.task(t).pending.has(sig))

/** Source: `discardSpecificLocked`. */
export function discardSpecific(before: State, g: GroupId, sig: Signal): State {
  let s = before
  const { pending } = s.group(g)
  if (pending.has(sig)) s = s.withGroup(g, { pending: pending.remove(sig) })
  for (const t of s.group(g).tasks) {
    const own = s.task(t).pending
    if (own.has(sig)) s = s.withTask(t, { pending: own.remove(sig) })
  }
  return s
}

/**
 * Sends `sig` to `t`, or through it to its thread group. Source: `sendSignalLocked`.
 *
 * @param sig the signal; null is signal 0, which does nothing
 * @param toGroup queue it for the whole group; mask and tracer of `t` count all the same
 * @param from who sends it, where that tells: no init is spared a SIGKILL of the kernel's own
 */
export function sendSignal(
  before: State,
  t: TaskId,
  sig: Signal | null,
  toGroup: boolean,
  from: 'a task' | 'the kernel' = 'a task',
): State {
  if (sig === null) return before
  const said = { kind: 'signal', signal: sig, to: t, group: toGroup } as const
  if (before.taskIs(t, 'exitState', 'Dead')) return before.emit({ ...said, outcome: 'ESRCH' })

  const { group: g } = before.task(t)
  const unwanted = isUnwantedByInit(before, t, sig, from)
  if (sig === 'SIGKILL' && unwanted) return before.emit({ ...said, outcome: 'ignored' })
  let s = applySignalSideEffects(before, g, sig)
  if (unwanted) return s.emit({ ...said, outcome: 'ignored' })

  const ignored = actionOf(s, g, sig) === 'ignore'
  if (!s.task(t).masksAll && ignored && s.taskIs(t, 'tracer', null))
    return s.emit({ ...said, outcome: 'ignored' })

  const queue = toGroup ? s.group(g).pending : s.task(t).pending
  if (queue.has(sig)) return s.emit({ ...said, outcome: 'already pending' })
  s = toGroup ? enqueueShared(s, g, sig) : enqueuePrivate(s, t, sig)
  s = s.emit({ ...said, outcome: 'queued' })
  if (killsWhenSent(s, t, sig, toGroup)) return killGroup(s, g, sig)

  if (canReceiveSignal(s, t)) return interrupt(s, t)
  const receiver = toGroup ? findSignalReceiver(s, g) : undefined
  return receiver === undefined ? s : interrupt(s, receiver)
}

/**
 * Does the signal end the group without being taken by anybody first?
 *
 * Not in the source: `complete_signal`, `wants_signal` of Linux, for a profile that has it; what dumps core goes the
 * longer way.
 */
function killsWhenSent(s: State, t: TaskId, sig: Signal, toGroup: boolean): boolean {
  if (s.scope.profile.switches.fatalSignals === 'kill when taken' || sig === 'SIGKILL' || sig === 'SIGTRAP')
    return false
  const { group: g, tracer } = s.task(t)
  const { exiting, tasks } = s.group(g)
  if (exiting || tracer !== null || actionOf(s, g, sig) !== 'terminate') return false
  // Somebody must be there to take it: who is stopped, and not just waits for a vfork child, is not.
  return toGroup ? tasks.some(other => wantsSignal(s, other, sig)) : wantsSignal(s, t, sig)
}

/** May `t` be the one that a fatal signal is given to? One that waits in the kernel with other signals to take is not. */
function wantsSignal(s: State, t: TaskId, sig: Signal): boolean {
  const { masksAll, stop, pending, group: g } = s.task(t)
  if (masksAll) return false
  if (stop !== 'vfork' && stop !== 'exec') return stop === null
  return pending.remove(sig).isEmpty() && s.group(g).pending.remove(sig).isEmpty()
}

/** Every task of the group is killed, with the status of `sig`. */
function killGroup(before: State, g: GroupId, sig: Signal): State {
  let s = beginGroupExit(before, g, killedBy(sig))
  for (const t of s.group(g).tasks) s = kill(s, t)
  return s
}

/** SIGKILL and SIGSTOP, which no program can ask for or refuse. Source: `sig_kernel_only` of Linux. */
const isKernelOnly = (sig: Signal): boolean => sig === 'SIGKILL' || sig === 'SIGSTOP'

/** Does `t` belong to the init of a namespace, in a profile that spares it, and has the init not asked for `sig`? */
function isSparedInit(s: State, t: TaskId, sig: Signal): boolean {
  if (s.scope.profile.switches.initProtection === 'none') return false
  const { group: g } = s.task(t)
  if (s.group(g).pidns !== g) return false
  const action = actionOf(s, g, sig)
  return action === 'terminate' || action === 'stop'
}

/**
 * Is the signal one that the init of a namespace is spared when it is sent? The outermost namespace has no
 * outside; whoever sends SIGKILL or SIGSTOP to another init does so from outside of its namespace. A tracer is to
 * see all but SIGKILL.
 *
 * Not in the source: `sig_ignored`, `sig_task_ignored` of Linux, for a profile that has it.
 */
function isUnwantedByInit(s: State, t: TaskId, sig: Signal, from: 'a task' | 'the kernel'): boolean {
  if (!isSparedInit(s, t, sig)) return false
  const { group: g, tracer } = s.task(t)
  if (tracer !== null && sig !== 'SIGKILL') return false
  return !isKernelOnly(sig) || (g === 0 && from === 'a task')
}

/**
 * Is the signal one that the init of a namespace is spared when it takes it, which is where one comes to that was
 * let through for a tracer?
 *
 * Not in the source: `get_signal` of Linux (`SIGNAL_UNKILLABLE`), for a profile that has it.
 */
export const isRefusedByInit = (s: State, t: TaskId, sig: Signal): boolean =>
  isSparedInit(s, t, sig) && !isKernelOnly(sig)

/** What a signal does when it is sent, even if it is discarded. Source: `applySignalSideEffectsLocked`. */
function applySignalSideEffects(before: State, g: GroupId, sig: Signal): State {
  if (isStopSignal(sig)) return discardSpecific(before, g, 'SIGCONT')
  if (sig === 'SIGCONT') {
    const continued = endGroupStop(before, g, true)
    return continued.group(g).tasks.reduce(trapNotify, continued)
  }
  if (sig !== 'SIGKILL') return before
  let s = before
  const { exiting } = s.group(g)
  const mayBeLate = s.scope.profile.switches.killOfTheDying === 'comes too late'
  // Not even a PTRACE_EVENT_EXIT ends by it.
  if (exiting && mayBeLate) return before
  if (!exiting && !(mayBeLate && s.groupIs(g, 'activeTasks', 0)))
    s = beginGroupExit(s, g, killedBy('SIGKILL'))
  for (const t of s.group(g).tasks) s = kill(s, t)
  return s
}

/** Should `t` be interrupted for a signal? Source: `canReceiveSignalLocked`. */
function canReceiveSignal(s: State, t: TaskId): boolean {
  const { masksAll, stop } = s.task(t)
  if (masksAll) return false
  const isHeld = stop === 'vfork' || stop === 'exec'
  const isThere = stop === null || (isHeld && s.scope.profile.switches.heldThreads === 'are chosen')
  return isThere && !s.task(t).interrupted
}

/** The first task of the group that can be interrupted. Source: `findSignalReceiverLocked`. */
export const findSignalReceiver = (s: State, g: GroupId): TaskId | undefined =>
  s.group(g).tasks.find(t => canReceiveSignal(s, t))

/**
 * Ends a group stop, and keeps those already requested from happening. Source: `endGroupStopLocked`.
 *
 * As in the source, `groupStopRequired` stays set in tasks that have not yet acted on it.
 *
 * @param broadcast tell parent and tracer; one of the continuing tasks will do so
 */
export function endGroupStop(before: State, g: GroupId, broadcast: boolean): State {
  let s = before
  for (const sig of stopSignals) s = discardSpecific(s, g, sig)
  const { groupStopPhase } = s.group(g)
  const { continuedStops, endedGroupStop, dequeuedStop } = s.scope.profile.switches
  if (groupStopPhase === 'None') return s
  if (groupStopPhase === 'Dequeued' && dequeuedStop === 'outlives SIGCONT') return s
  if (groupStopPhase !== 'Dequeued') {
    s = s.withGroup(g, { groupStopSignal: null })
    if (continuedStops === 'are forgotten') s = s.withGroup(g, { groupStopWaitable: false })
    for (const t of s.group(g).tasks) {
      if (endedGroupStop === 'is required of nobody') s = s.withTask(t, { groupStopRequired: false })
      if (s.task(t).stop === 'group') s = endInternalStop(s, t)
    }
    if (broadcast)
      s = s.withGroup(g, {
        groupContNotify: true,
        groupContInterrupted: groupStopPhase === 'Initiated',
        groupContWaitable: true,
      })
  }
  return s.withGroup(g, { groupStopPhase: 'None' })
}

/**
 * Tells `receiver` by SIGCHLD that a task stopped, continued, or entered a ptrace-stop, unless its group does
 * not want to hear of that. Source: `signalStop`.
 */
export function signalStop(s: State, receiver: TaskId): State {
  const { sigchld, saNoCldStop } = groupOf(s, receiver)
  return sigchld === 'ignore' || saNoCldStop ? s : sendSignal(s, receiver, 'SIGCHLD', true)
}
