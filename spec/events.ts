/**
 * What the outside sees of a step: results of calls, signals sent, sleepers woken, ids freed.
 *
 * Events belong to a step and not to a state; properties of steps judge them.
 */
import type { Signal } from './signals.js'
import type { TaskId, ThreadId } from './state.js'
import type { WaitEvent, WaitOptions } from './wait-options.js'

export type Errno = 'ECHILD' | 'EINTR' | 'EPERM' | 'ESRCH' | 'EACCES' | 'ENOMEM'

/** The result of a wait that returned an event. Source: `WaitResult`; uid left out. */
export type WaitResult = {
  readonly task: TaskId
  readonly tid: ThreadId
  readonly event: WaitEvent
  readonly status: number
}

export type Event =
  /** A wait returned an event. */
  | {
      readonly kind: 'waited'
      readonly by: TaskId
      readonly options: WaitOptions
      readonly result: WaitResult
    }
  /** A wait failed, or found nothing and was not to block. */
  | {
      readonly kind: 'wait failed'
      readonly by: TaskId
      readonly options: WaitOptions
      readonly error: 'ECHILD' | 'EINTR' | 'ErrNoWaitableEvent'
    }
  /** A wait found nothing and sleeps. */
  | { readonly kind: 'wait blocked'; readonly by: TaskId; readonly options: WaitOptions }
  /** Another system call failed. */
  | { readonly kind: 'failed'; readonly by: TaskId; readonly call: string; readonly error: Errno }
  /** A signal was sent to a task, or through it to its group. */
  | {
      readonly kind: 'signal'
      readonly signal: Signal
      readonly to: TaskId
      readonly group: boolean
      readonly outcome: 'queued' | 'ignored' | 'already pending' | 'ESRCH'
    }
  /** A signal handler of the program runs. */
  | { readonly kind: 'handler'; readonly task: TaskId; readonly signal: Signal }
  /** A blocked wait was notified. */
  | { readonly kind: 'woken'; readonly task: TaskId }
  /** The futex at the cleartid address was woken. */
  | { readonly kind: 'futex woken'; readonly task: TaskId }
  /** A thread id was released: the task is reaped. */
  | { readonly kind: 'released'; readonly task: TaskId; readonly tid: ThreadId }
