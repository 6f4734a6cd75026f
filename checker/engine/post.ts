/**
 * The states that a thread sends to those whose they are, itself among them, and those that it is sent.
 *
 * A slot of a channel holds the number of the layout that its rows are written in, how many integers follow, and the
 * states: fingerprint, state and action by which each was found, and row.
 */
import type { KnownBirths } from './births.js'
import { Channel, slotLength } from './channel.js'
import type { Layout } from './layout.js'

const headLength = 2

/** A state as it is sent: the two words of its fingerprint, and the state and action by which it was found; the row. */
export const sentLow = 0
export const sentHigh = 1
export const sentParent = 2
export const sentAction = 3
export const sentRow = 4

/** What the owner of a post does with it. */
export interface PostOffice {
  /** States that stand one after the other from there to there, with rows in the layout of now. */
  take(ints: Int32Array, from: number, to: number): void
  /** Learns of the cells that have come to be, and of the layouts that they need. */
  learn(): void
  /** Somebody else has to read first. Throws to give up. */
  mayWait(): void
}

export class Post {
  readonly #from: readonly Channel[]
  readonly #to: readonly Channel[]
  /** By receiver: the slot that is being filled, where the next state goes, and where the slot ends. */
  readonly #slots: number[]
  readonly #next: number[]
  readonly #ends: number[]
  readonly #ids: Int32Array

  constructor(
    channels: readonly (readonly Int32Array[])[],
    private readonly thread: number,
    width: number,
    private readonly births: Pick<KnownBirths<unknown>, 'layouts'>,
    private readonly office: PostOffice,
  ) {
    const own = channels[thread] as readonly Int32Array[]
    this.#to = own.map(ints => new Channel(ints))
    this.#from = channels.map(row => new Channel(row[thread] as Int32Array))
    this.#slots = own.map(() => -1)
    this.#next = own.map(() => 0)
    this.#ends = own.map(() => 0)
    this.#ids = new Int32Array(width)
  }

  /** Makes room for one more state; it may take in others, and learn, before there is some. */
  makeRoom(to: number): void {
    const { words } = this.#layout
    if ((this.#next[to] as number) + sentRow + words <= (this.#ends[to] as number)) return
    this.#publish(to)
    const channel = this.#to[to] as Channel
    if (to === this.thread) this.receive()
    for (;;) {
      const slot = channel.freeSlot
      if (slot >= 0) {
        this.#slots[to] = slot
        this.#next[to] = slot + headLength
        this.#ends[to] = slot + slotLength
        return
      }
      if (!this.receive()) this.office.mayWait()
    }
  }

  /** Sends a state for which room was made. */
  send(to: number, row: Int32Array, low: number, high: number, parent: number, action: number): void {
    const { words } = this.#layout
    const { ints } = this.#to[to] as Channel
    let at = this.#next[to] as number
    ints[at++] = low
    ints[at++] = high
    ints[at++] = parent
    ints[at++] = action
    for (let w = 0; w < words; w++) ints[at++] = row[w] as number
    this.#next[to] = at
  }

  /** Lets the receivers have all that was sent. */
  flush(): void {
    for (const to of this.#to.keys()) this.#publish(to)
  }

  /** Takes in what was sent. @returns was there anything? */
  receive(): boolean {
    let isAny = false
    for (const channel of this.#from) {
      for (let slot = channel.filledSlot; slot >= 0; slot = channel.filledSlot) {
        this.#takeAll(channel.ints, slot)
        channel.giveBack()
        isAny = true
      }
    }
    return isAny
  }

  get #layout(): Layout {
    return this.births.layouts.at(-1) as Layout
  }

  #publish(to: number): void {
    const slot = this.#slots[to] as number
    if (slot < 0) return
    const channel = this.#to[to] as Channel
    channel.ints[slot] = this.births.layouts.length - 1
    channel.ints[slot + 1] = (this.#next[to] as number) - slot - headLength
    channel.publish()
    this.#slots[to] = -1
    this.#next[to] = 0
    this.#ends[to] = 0
  }

  #takeAll(ints: Int32Array, slot: number): void {
    const number = ints[slot] as number
    while (number >= this.births.layouts.length) this.office.learn()
    const own = this.#layout
    const layout = this.births.layouts[number] as Layout
    const from = slot + headLength
    const to = from + (ints[slot + 1] as number)
    if (layout === own) {
      this.office.take(ints, from, to)
      return
    }
    const rewritten = this.#rewritten(ints, from, to, layout)
    this.office.take(rewritten, 0, rewritten.length)
  }

  /** The same states with rows in the layout of now. */
  #rewritten(ints: Int32Array, from: number, to: number, layout: Layout): Int32Array {
    const own = this.#layout
    const states = (to - from) / (sentRow + layout.words)
    const rewritten = new Int32Array(states * (sentRow + own.words))
    let written = 0
    for (let at = from; at < to; at += sentRow + layout.words) {
      for (let head = 0; head < sentRow; head++) rewritten[written + head] = ints[at + head] as number
      layout.unpack(ints, at + sentRow, this.#ids)
      own.pack(this.#ids, rewritten, written + sentRow)
      written += sentRow + own.words
    }
    return rewritten
  }
}
