/**
 * The choices of rules that mutants look into. Those of most rules are one task.
 */
import type { Signal } from '../signals.js'
import type { TaskId } from '../state.js'
import type { WaitOptions } from '../wait-options.js'

/** Of wait; `pick` is whose event is returned. */
export type WaitChoice = {
  readonly task: TaskId
  readonly options: WaitOptions
  readonly pick: TaskId | null
}

/** Of kill. */
export type KillChoice = { readonly target: TaskId; readonly signal: Signal }

/** Of attach. */
export type AttachChoice = { readonly task: TaskId; readonly target: TaskId }

/** Of killAll; `task` calls. */
export type KillAllChoice = { readonly task: TaskId; readonly signal: Signal }
