/**
 * Tracees that are seized: they stop by PTRACE_EVENT_STOP, without a signal.
 *
 * Not in the source: ptrace(2); kernel/ptrace.c and kernel/signal.c of Linux (`JOBCTL_TRAP_STOP`, `JOBCTL_TRAP_NOTIFY`,
 * `JOBCTL_LISTENING`), for a profile that knows PTRACE_SEIZE.
 * Not here: the requests of the tracer (rules/seize.ts).
 */
import {
  makeSeized,
  type PtraceCode,
  type State,
  type StopEvent,
  type TaskFields,
  type TaskId,
} from '../state.js'
import { groupOf } from './members.js'
import { endInternalStop, interrupt } from './stop.js'

const stopEvents: readonly PtraceCode[] = ['STOP', 'STOP SIGSTOP', 'STOP SIGTSTP']

/** The event with which `t` stops now: it has the signal of the group stop, if there is one. Source: `do_jobctl_trap`. */
export function stopEventOf(s: State, t: TaskId): StopEvent {
  const { groupStopPhase, groupStopSignal } = groupOf(s, t)
  if (groupStopPhase !== 'Initiated' && groupStopPhase !== 'Complete') return 'STOP'
  return groupStopSignal === 'SIGTSTP' ? 'STOP SIGTSTP' : 'STOP SIGSTOP'
}

/** What becomes of the requests to stop when `t` stops with this code. Source: `ptrace_stop`. */
export function trapsAfter(s: State, t: TaskId, code: PtraceCode): Partial<TaskFields> {
  const { seized } = s.task(t)
  if (seized === null) return {}
  return stopEvents.includes(code)
    ? { seized: makeSeized({ listen: 'can' }) }
    : { seized: seized.merge({ trapStop: false, listen: 'cannot' }) }
}

/** Is `t` to stop for its tracer before it looks at its signals? */
export const isToTrap = (s: State, t: TaskId): boolean => {
  const { seized } = s.task(t)
  return seized !== null && (seized.trapStop || seized.trapNotify)
}

/** The tracer of `t` wants it to stop. Source: PTRACE_INTERRUPT in `ptrace_request`. */
export const trapStop = (s: State, t: TaskId): State => asked(s, t, 'trapStop')

/** The group of `t` has begun to stop, or continues: its tracer is to know. Source: `ptrace_trap_notify`. */
export const trapNotify = (s: State, t: TaskId): State => asked(s, t, 'trapNotify')

/** One that listens leaves its stop; one that is stopped otherwise finds out when it goes on. */
function asked(before: State, t: TaskId, trap: 'trapStop' | 'trapNotify'): State {
  const { seized, stop } = before.task(t)
  if (seized === null) return before
  const s = before.withTask(t, { seized: seized.set(trap, true) })
  if (seized.listen === 'does') return endInternalStop(s, t)
  return stop === null ? interrupt(s, t) : s
}
