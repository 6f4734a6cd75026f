/**
 * Entering ptrace-stops and leaving a tracer. Source: ptrace.go.
 *
 * Left out: registers and memory, system call stops, PTRACE_GETSIGINFO, and permissions (every task may trace
 * every other, as root may).
 */
import { Set } from 'immutable'
import type { PtraceCode, PtraceEvent, State, TaskId } from '../state.js'
import { notify } from './event-queue.js'
import { exitNotify } from './exit-notify.js'
import { groupOf } from './members.js'
import { trapsAfter } from './seize.js'
import { signalStop } from './send-signal.js'
import { beginInternalStop, endInternalStop, interrupt, isKilled, isPtraceStop } from './stop.js'

/** Stops `t` for its tracer, unless it has been killed. Source: `beginPtraceStopLocked`; says nothing to the tracer. */
export const beginPtraceStop = (s: State, t: TaskId): State =>
  isKilled(s, t) ? s : beginInternalStop(s, t, 'ptrace')

/**
 * Stops `t` with this code and tells its tracer by SIGCHLD and by its event queue.
 * Source: `ptraceTrapLocked`, and the same lines in `ptraceSignalLocked`.
 */
export function ptraceTrap(before: State, t: TaskId, code: PtraceCode): State {
  const { tracer } = before.task(t)
  if (tracer === null) throw new Error(`task ${t} enters a ptrace-stop without a tracer`)
  let s = before.withTask(t, { ptraceCode: code, ...trapsAfter(before, t, code) })
  if (isKilled(s, t)) return s
  s = beginPtraceStop(s, t)
  s = signalStop(s, tracer)
  return notify(s, s.task(tracer).group, ['TraceeStop'])
}

/** A ptrace-stop for an event that the tracer has asked for. Source: `ptraceEventLocked`; the message is left out. */
export const ptraceEvent = (s: State, t: TaskId, event: PtraceEvent): State => ptraceTrap(s, t, event)

/** `tracer` traces `tracee` from now on. */
export const setTracer = (s: State, tracee: TaskId, tracer: TaskId): State =>
  s.withTask(tracee, { tracer }).withTask(tracer, { tracees: s.task(tracer).tracees.add(tracee) })

/**
 * `t` has no tracer any more, and is in no ptrace-stop. The tracer's `tracees` are left to the caller.
 * Source: `forgetTracerLocked`.
 */
export function forgetTracer(before: State, t: TaskId): State {
  let s = before.withTask(t, { ptraceOpts: Set(), tracer: null, seized: null })
  const { exitTracerNotified, exitTracerAcked } = s.task(t)
  if (exitTracerNotified && !exitTracerAcked)
    s = exitNotify(s.withTask(t, { exitTracerAcked: true }), t, true)
  const { tracer } = before.task(t)
  if (tracer !== null && s.scope.profile.switches.letGoTracee === 'wakes who waits with its tracer')
    s = notify(s, s.task(tracer).group, ['Exit', 'TraceeStop', 'GroupContinue'])
  const { stop, exitState } = s.task(t)
  // A tracee leaves its ptrace-stop for the group stop that it would be in, had it not been traced.
  const { groupStopPhase } = groupOf(s, t)
  if (exitState === 'None' && (groupStopPhase === 'Initiated' || groupStopPhase === 'Complete')) {
    if (s.scope.profile.switches.letGoInGroupStop === 'all are interrupted to join')
      s = interrupt(s.withTask(t, { groupStopRequired: true }), t)
    else if (isPtraceStop(stop)) s = s.withTask(t, { groupStopRequired: true })
  }
  return isPtraceStop(stop) ? endInternalStop(s, t) : s
}
