/**
 * Who wants to hear of which events. Source: waiter.Queue.
 */
import type { EventMask } from './wait-options.js'

export interface QueueEntry {
  readonly mask: EventMask
  /** Called at once, inside the critical section that causes the event: take note, and do nothing else. */
  wake(events: EventMask): void
}

export class EventQueue {
  readonly #entries = new Set<QueueEntry>()

  /** Everybody who is registered. */
  get entries(): ReadonlySet<QueueEntry> {
    return this.#entries
  }

  register(entry: QueueEntry): void {
    this.#entries.add(entry)
  }

  unregister(entry: QueueEntry): void {
    this.#entries.delete(entry)
  }

  /** Tells everybody who asked for at least one of these events. */
  notify(events: EventMask): void {
    for (const entry of this.#entries) if ((entry.mask & events) !== 0) entry.wake(events)
  }
}
