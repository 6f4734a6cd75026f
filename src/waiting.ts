/**
 * A blocked wait: what it asks for, whether it was notified, and who is to hear of its result.
 */
import { SyscallError } from './errors.js'
import type { EventQueue, QueueEntry } from './event-queue.js'
import type { EventMask, WaitOptions, WaitResult } from './wait-options.js'

/** As much of an AbortSignal as a wait needs. */
export interface Abort {
  readonly aborted: boolean
  readonly reason: unknown
  addEventListener(type: 'abort', listener: () => void): void
  removeEventListener(type: 'abort', listener: () => void): void
}

/** Who made the call, if they still wait for it: nobody does for one that was restored. */
export interface Caller {
  resolve(result: WaitResult): void
  reject(error: unknown): void
}

export class Waiting implements QueueEntry {
  /** It was told of an event since it looked last. */
  notified = false
  readonly #callers: Caller[] = []

  /** @param onWake called for every notification */
  constructor(
    readonly options: WaitOptions,
    private readonly queue: EventQueue,
    private readonly onWake: () => void,
  ) {}

  get mask(): EventMask {
    return this.options.events
  }

  wake(): void {
    this.notified = true
    this.onWake()
  }

  /** From now on, events wake it. */
  sleep(): void {
    this.notified = false
    this.queue.register(this)
  }

  /** Events do not wake it: it was interrupted, or is over. */
  leaveQueue(): void {
    this.notified = false
    this.queue.unregister(this)
  }

  tell(caller: Caller): void {
    this.#callers.push(caller)
  }

  /** It is over, with a result or an error. */
  settle(outcome: WaitResult | Error): void {
    this.leaveQueue()
    for (const caller of this.#callers.splice(0))
      if (outcome instanceof Error) caller.reject(outcome)
      else caller.resolve(outcome)
  }

  /** The caller exits: nobody will ever know the result. */
  abandon(): void {
    this.settle(new SyscallError('EINTR', 'wait'))
  }
}
