/**
 * Beginning and ending the stops that keep a task from running. Source: task_stop.go.
 */
import { match } from 'ts-pattern'
import type { Seized, State, Stop, TaskId } from '../state.js'

/** Does a SIGKILL end this stop? Source: the `Killable` methods; a frozen ptraceStop belongs to its tracer. */
export const isKillable = (stop: Stop): boolean =>
  match(stop)
    .with('group', 'ptrace', 'exec', 'vfork', () => true)
    .with('ptraceFrozen', () => false)
    .exhaustive()

/** Is it a ptraceStop, frozen or not? */
export const isPtraceStop = (stop: Stop | null): boolean => stop === 'ptrace' || stop === 'ptraceFrozen'

/** Source: `beginInternalStopLocked`; panics on a second stop. */
export function beginInternalStop(s: State, t: TaskId, stop: Stop): State {
  const already = s.task(t).stop
  if (already !== null) throw new Error(`task ${t} enters stop ${stop} while in stop ${already}`)
  return s.withTask(t, { stop })
}

/** Source: `endInternalStopLocked`; panics without a stop. As in the source, `t` does not look for signals then. */
export function endInternalStop(before: State, t: TaskId): State {
  const { stop, pending, group } = before.task(t)
  if (stop === null) throw new Error(`task ${t} leaves a stop that it is not in`)
  const { seized } = before.task(t)
  const s =
    seized === null
      ? before.withTask(t, { stop: null })
      : resumed(before.withTask(t, { stop: null }), t, seized)
  if (s.scope.profile.switches.signalsSentInStop === 'are overlooked') return s
  return pending.isEmpty() && s.group(group).pending.isEmpty() ? s : interrupt(s, t)
}

/** One that is seized does not listen any more, and looks for a stop that has been asked for meanwhile. */
function resumed(before: State, t: TaskId, seized: Seized): State {
  const s = before.withTask(t, { seized: seized.set('listen', 'cannot') })
  return seized.trapStop || seized.trapNotify ? interrupt(s, t) : s
}

/** Has `t` a SIGKILL pending? Source: `killedLocked`. */
export const isKilled = (s: State, t: TaskId): boolean => s.task(t).pending.has('SIGKILL')

/**
 * Wakes `t` and makes it look for a reason before it next returns to its program. Source: `interrupt`,
 * `interruptSelf` in task_block.go. A task that has begun to exit never looks again, so its flag is not kept.
 */
export const interrupt = (s: State, t: TaskId): State =>
  s.task(t).masksAll ? s : s.withTask(t, { interrupted: true })
