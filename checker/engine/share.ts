/**
 * The states that one thread looks for: those whose fingerprints are its own.
 *
 * Every thread has a share. It alone is asked whether a state of its share was found before, so that nobody waits for a
 * lock. States of levels before are rows in the memory of all; those that are fresh, found in this level, are its own,
 * until all threads know how many there are and in which order they come.
 *
 * One thread alone would find a state first by the first action of the first state that leads to it. That is what a
 * share keeps of each fresh state, in whatever order the threads come upon it.
 */
import type { Column } from './columns.js'
import { withRoom } from './ints.js'
import type { Layout } from './layout.js'
import { sentLow } from './post.js'
import { fingerprint, fullest, type States } from './states.js'

/** Whose a fingerprint is, of so many threads. The table is looked up by the other bits of the word. */
export const ownerOf = (low: number, threads: number): number => ((low >>> 16) * threads) >>> 16

const firstTableBits = 14
/** Below this many bits a table grows to four times its size, to be filled again less often. */
const generousBits = 20
/** The states of a share have numbers up to so many bits more than it has places. */
const spareBits = 1
const mostIndexBits = 31

export class Share {
  #tableBits = firstTableBits
  readonly #moreBits: number
  #indexBits: number
  #indexMask: number
  #table = new Int32Array(2 ** firstTableBits)
  /** How many states are in the table. */
  #entries = 0
  /** Fresh states have the numbers from here on. */
  #base = 0
  fresh = 0
  /** Of each fresh state: its row, the state and action by which it is found first, and its place in the table. */
  #rows: Int32Array = new Int32Array(1024)
  #parents: Int32Array = new Int32Array(1024)
  #actions: Int32Array = new Int32Array(1024)
  #places: Int32Array = new Int32Array(1024)
  readonly #ids: Int32Array
  /** Keeps the compiler from leaving out a look at what nobody needs yet. */
  seenAhead = 0
  /** How often a row was compared that turned out to be another. */
  collisions = 0

  /** @param stored the states of all, read only */
  constructor(
    private readonly stored: States,
    private readonly columns: readonly Column[],
    private readonly thread: number,
    private readonly threads: number,
  ) {
    this.#moreBits = Math.ceil(Math.log2(threads)) + spareBits
    this.#indexBits = firstTableBits + this.#moreBits
    this.#indexMask = 2 ** this.#indexBits - 1
    this.#ids = new Int32Array(columns.length)
  }

  get bytes(): number {
    return this.#table.byteLength
  }

  /** A level begins. All states before it are stored; the first time, this finds out which are of this share. */
  begin(): void {
    const { count } = this.stored
    if (this.#base === 0) {
      this.#base = count
      this.#grow(Math.ceil(count / this.threads))
    }
    this.#base = count
    this.fresh = 0
  }

  /**
   * Has the memory near that `meet` will ask for, of the states that stand there (post.ts): a look at one place need not
   * wait for a look at another.
   *
   * @param length of each state
   */
  lookAhead(ints: Int32Array, from: number, to: number, length: number): void {
    const table = this.#table
    const mask = 2 ** this.#tableBits - 1
    let seen = 0
    for (let at = from; at < to; at += length) seen ^= table[(ints[at + sentLow] as number) & mask] as number
    const { words } = this.stored.layout
    const rows = this.#rows
    for (let at = from; at < to; at += length) {
      const entry = table[(ints[at + sentLow] as number) & mask] as number
      const fresh = (entry & this.#indexMask) - 1 - this.#base
      if (fresh >= 0) seen ^= rows[fresh * words] as number
    }
    this.seenAhead = seen
  }

  /**
   * A state of this share was found by an action of a state. Its row stands from `at` on, in the layout of now.
   */
  meet(ints: Int32Array, at: number, low: number, high: number, parent: number, action: number): void {
    const mask = 2 ** this.#tableBits - 1
    const indexBits = this.#indexBits
    const tag = high >>> indexBits
    let place = low & mask
    for (;;) {
      const entry = this.#table[place] as number
      if (entry === 0) break
      if (entry >>> indexBits === tag) {
        const index = (entry & this.#indexMask) - 1
        if (index < this.#base) {
          if (this.stored.isAt(index, ints, at)) return
        } else if (this.#isFresh(index - this.#base, ints, at)) {
          this.#meetAgain(index - this.#base, parent, action)
          return
        }
        this.collisions++
      }
      place = (place + 1) & mask
    }
    if (this.#isFull()) {
      this.#grow(this.#entries + 1)
      this.meet(ints, at, low, high, parent, action)
      return
    }
    this.#add(ints, at, place, parent, action, tag)
  }

  #isFull(): boolean {
    return this.#entries >= fullest * 2 ** this.#tableBits || this.#base + this.fresh >= this.#indexMask
  }

  #isFresh(fresh: number, ints: Int32Array, at: number): boolean {
    const { words } = this.stored.layout
    const rows = this.#rows
    const offset = fresh * words
    for (let w = 0; w < words; w++) if (rows[offset + w] !== ints[at + w]) return false
    return true
  }

  #meetAgain(at: number, parent: number, action: number): void {
    const first = this.#parents[at] as number
    if (parent > first || (parent === first && action >= (this.#actions[at] as number))) return
    this.#parents[at] = parent
    this.#actions[at] = action
  }

  #add(ints: Int32Array, from: number, place: number, parent: number, action: number, tag: number): void {
    const { words } = this.stored.layout
    const at = this.fresh++
    if (this.fresh > this.#parents.length) {
      this.#parents = withRoom(this.#parents, this.fresh)
      this.#actions = withRoom(this.#actions, this.fresh)
      this.#places = withRoom(this.#places, this.fresh)
    }
    if (this.fresh * words > this.#rows.length) this.#rows = withRoom(this.#rows, this.fresh * words)
    for (let w = 0; w < words; w++) this.#rows[at * words + w] = ints[from + w] as number
    this.#parents[at] = parent
    this.#actions[at] = action
    this.#places[at] = place
    this.#table[place] = (tag << this.#indexBits) | (this.#base + at + 1)
    this.#entries++
  }

  /** Rows are written in another layout from now on. */
  rewrite(from: Layout, to: Layout): void {
    const rows = new Int32Array(Math.max(1024, this.fresh * to.words))
    for (let at = 0; at < this.fresh; at++) {
      from.unpack(this.#rows, at * from.words, this.#ids)
      to.pack(this.#ids, rows, at * to.words)
    }
    this.#rows = rows
  }

  /** Adds to the count of each state how many fresh states of this share it is the first to lead to. */
  count(counts: Int32Array, from: number): void {
    for (let at = 0; at < this.fresh; at++) Atomics.add(counts, (this.#parents[at] as number) - from, 1)
  }

  /**
   * Lists, for each state, the actions that lead to the fresh states that it is the first to lead to. Other threads write
   * to the same list.
   *
   * @param counts how many there are yet to be listed of each state, counted from `from`
   * @param starts where the list of each begins
   */
  list(actions: Int32Array, counts: Int32Array, starts: Int32Array, from: number): void {
    for (let at = 0; at < this.fresh; at++) {
      const state = (this.#parents[at] as number) - from
      const place = (starts[state] as number) + Atomics.sub(counts, state, 1) - 1
      actions[place] = this.#actions[at] as number
    }
  }

  /** Stores the fresh states in the order in which one thread alone would find them. */
  settle(actions: Int32Array, starts: Int32Array, from: number): void {
    const { words } = this.stored.layout
    const all = starts.at(-1) as number
    while (this.#base + all > this.#indexMask) this.#grow(this.#entries)
    const indexMask = this.#indexMask
    for (let at = 0; at < this.fresh; at++) {
      const state = (this.#parents[at] as number) - from
      const action = this.#actions[at] as number
      const start = starts[state] as number
      const end = starts[state + 1] as number
      let rank = start
      for (let other = start; other < end; other++) if ((actions[other] as number) < action) rank++
      const index = this.#base + rank
      this.stored.write(index, this.#rows, at * words)
      const place = this.#places[at] as number
      this.#table[place] = ((this.#table[place] as number) & ~indexMask) | (index + 1)
    }
  }

  /** A table for at least so many entries. There are never two: it is filled again from the rows. */
  #grow(entries: number): void {
    do this.#tableBits += this.#tableBits < generousBits ? 2 : 1
    while (entries >= fullest * 2 ** this.#tableBits)
    this.#indexBits = Math.min(mostIndexBits, this.#tableBits + this.#moreBits)
    this.#indexMask = 2 ** this.#indexBits - 1
    this.#table = new Int32Array(0)
    this.#table = new Int32Array(2 ** this.#tableBits)
    this.#entries = 0
    this.#enterStored()
    const { layout } = this.stored
    for (let at = 0; at < this.fresh; at++) {
      layout.unpack(this.#rows, at * layout.words, this.#ids)
      const { low, high } = fingerprint(this.columns, this.#ids)
      this.#places[at] = this.#enter(low, high, this.#base + at)
    }
  }

  /** States that stand side by side differ in few cells, and so their fingerprints by few words. */
  #enterStored(): void {
    const { columns } = this
    const ids = this.#ids
    const before = new Int32Array(ids.length)
    let { low, high } = fingerprint(columns, before)
    for (let index = 0; index < this.#base; index++) {
      this.stored.load(index, ids)
      for (let column = 0; column < ids.length; column++) {
        const id = ids[column] as number
        const was = before[column] as number
        if (id === was) continue
        const of = columns[column] as Column
        low ^= (of.low[was] as number) ^ (of.low[id] as number)
        high ^= (of.high[was] as number) ^ (of.high[id] as number)
        before[column] = id
      }
      if (ownerOf(low, this.threads) === this.thread) this.#enter(low, high, index)
    }
  }

  /** @returns the place that the state has now */
  #enter(low: number, high: number, index: number): number {
    const mask = 2 ** this.#tableBits - 1
    let place = low & mask
    while (this.#table[place] !== 0) place = (place + 1) & mask
    this.#table[place] = ((high >>> this.#indexBits) << this.#indexBits) | (index + 1)
    this.#entries++
    return place
  }
}
