/**
 * What an observer is told: every step, and everything of it that the outside can see.
 */
import type { Errno } from './errors.js'
import type { RunState } from './run-state.js'
import type { Signal } from './signals.js'
import type { Task } from './task.js'
import type { ThreadID, WaitOptions, WaitResult } from './wait-options.js'

export type KernelEvent =
  /** `task.step()` ran one critical section. Told after everything else that the step did. */
  | { readonly kind: 'step'; readonly task: Task; readonly from: RunState; readonly to: RunState }
  | {
      readonly kind: 'waited'
      readonly by: Task
      readonly options: WaitOptions
      readonly result: WaitResult
    }
  | {
      readonly kind: 'wait failed'
      readonly by: Task
      readonly options: WaitOptions
      /** `null`: there is no event yet, and the wait was not to block. */
      readonly error: Errno | null
    }
  | { readonly kind: 'wait blocked'; readonly by: Task; readonly options: WaitOptions }
  | {
      readonly kind: 'signal'
      readonly signal: Signal
      readonly to: Task
      /** Sent through the task to its group. */
      readonly group: boolean
      readonly outcome: 'queued' | 'ignored' | 'already pending' | 'ESRCH'
    }
  /** A handler of the program is to run. */
  | { readonly kind: 'handler'; readonly task: Task; readonly signal: Signal }
  /** A blocked wait was notified. */
  | { readonly kind: 'woken'; readonly task: Task }
  /** The thread id at this address is to be cleared, and one waiter of the futex there woken. */
  | { readonly kind: 'futex woken'; readonly task: Task; readonly address: number }
  /** The task is reaped; `tid` was its id in its own namespace. */
  | { readonly kind: 'released'; readonly task: Task; readonly tid: ThreadID }

export type Observer = (event: KernelEvent) => void
