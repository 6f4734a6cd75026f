/**
 * Messages from one thread to another, in shared memory: one writes, one reads, and neither waits for a lock.
 *
 * A channel is a ring of slots. The writer fills a slot and publishes it; the reader works on it where it stands and
 * gives it back. What is in a slot is for both of them to agree on (worker.ts).
 */
const slots = 16
/** Integers in a slot. */
export const slotLength = 4096
/** Where the slots begin: each counter has a cache line to itself. */
const first = 32
const publishedAt = 0
const takenAt = 16

/** The memory of a channel. */
export const channelMemory = (): Int32Array =>
  new Int32Array(new SharedArrayBuffer(4 * (first + slots * slotLength)))

export class Channel {
  /** This thread's own count: of slots published, or of slots given back. */
  #count = 0

  constructor(readonly ints: Int32Array) {}

  /** For the writer: where the next slot begins, or -1 while the reader has all of them. */
  get freeSlot(): number {
    if (this.#count - Atomics.load(this.ints, takenAt) >= slots) return -1
    return this.#slot()
  }

  /** For the writer: the free slot is the reader's now. */
  publish(): void {
    Atomics.store(this.ints, publishedAt, ++this.#count)
  }

  /** For the reader: where the next slot begins, or -1 if nothing was published. */
  get filledSlot(): number {
    return Atomics.load(this.ints, publishedAt) === this.#count ? -1 : this.#slot()
  }

  /** For the reader: the filled slot may be written again. */
  giveBack(): void {
    Atomics.store(this.ints, takenAt, ++this.#count)
  }

  #slot(): number {
    return first + (this.#count % slots) * slotLength
  }
}
