/**
 * States that several threads find at once: one table of places in shared memory, and no lock.
 *
 * Whoever finds a state that is not in the table writes its row where nobody else looks, and then enters it in one atomic
 * step, which fails if somebody else has taken the place in the meantime (after Laarman, van de Pol and Weber, "Boosting
 * multi-core reachability performance with shared hash tables", FMCAD 2010). An entry holds an index and a part of the
 * fingerprint, as in states.ts. Fresh states, those of the present round, have numbers from the count of the stored ones on,
 * in slots that each thread takes many of at a time.
 *
 * One thread alone would find a state first by the first action of the first state that leads to it. So of each fresh
 * state the smallest of these states is kept. A thread takes states in their order, and actions in theirs. So what it has
 * found first, as far as nobody has found it from a smaller state, stands in its log in the order in which one thread would find
 * it; and how many these are of each block of states tells where in the order of all they come.
 *
 * What an entry leads to was written before the entry, and is read after it through an address that is made of it; so it
 * is seen as it was written.
 */
import { NotShareable } from './births.js'
import { sharedInts, withRoom } from './ints.js'
import type { Layout } from './layout.js'
import { blockBits, nextChunk, type Round } from './messages.js'
import { type States, together } from './states.js'

/** Slots that a thread takes at a time. The rows in them are in one layout. */
const chunkBits = 8
const chunkSlots = 2 ** chunkBits
/** Fresh states of one round. Memory that nobody has written to is not taken from the machine. */
const mostSlots = 2 ** 20
const mostWords = 2 ** 24
/** Blocks of states of one round. */
export const mostBlocks = 2 ** 16

/** Shared by all threads. */
export interface FreshMemory {
  readonly rows: Int32Array
  /** By slot: the first state that leads to the fresh state, and the place in the table; when that is stored, its index. */
  readonly parents: Int32Array
  readonly places: Int32Array
  /** By chunk of slots: the number of the layout of its rows. */
  readonly layouts: Int32Array
  /** By block of states: how many fresh states it is the first to lead to. */
  readonly counts: Int32Array
  /** By place in the order of one thread: the first state that leads to the fresh state. */
  readonly settled: Int32Array
}

export const freshMemory = (): FreshMemory => ({
  rows: sharedInts(mostWords),
  parents: sharedInts(mostSlots),
  places: sharedInts(mostSlots),
  layouts: sharedInts(mostSlots / chunkSlots),
  counts: sharedInts(mostBlocks),
  settled: sharedInts(mostSlots),
})

/** How many fresh states there may be in a round with rows of so many words. */
export const slotsFor = (words: number): number =>
  chunkSlots * Math.floor(Math.min(mostSlots, mostWords / Math.max(1, words)) / chunkSlots)

/** Instead of an index. */
export const absent = -1
/** There are layouts that have to be learnt of first. */
export const unreadable = -2

export class Fresh {
  #table: Int32Array = new Int32Array(0)
  #bits = 0
  #mask = 0
  /** Fresh states have the numbers from here on. */
  #base = 0
  #from = 0
  /** Integers in a chunk of slots, and how many slots there are. */
  #chunkWords = 0
  #slots = 0
  /** Where `find` has ended. */
  #place = 0
  /** The next slot of this thread, and the end of those that it has taken and may write to. */
  #slot = 0
  #slotsEnd = 0
  /** Number of the layout in which rows are written now. */
  #layout = 0
  /** What this thread has found first: the slots, and from which states. */
  #log: Int32Array = new Int32Array(2 ** 12)
  #logged = 0
  /** The blocks of states that this thread has taken, and where in the log each begins. */
  readonly #blocks: number[] = []
  readonly #blockStarts: number[] = []
  /** How many fresh states the block that is expanded is the first to lead to, as far as is known when they are found. */
  #countHere = 0
  readonly #idsOfOne: Int32Array
  readonly #idsOfOther: Int32Array
  readonly #row: Int32Array
  #entries: Int32Array = new Int32Array(0)
  /** Slots of states that are stored together, and their places in the table. */
  readonly #kept: Int32Array = new Int32Array(together)
  readonly #keptPlaces: Int32Array = new Int32Array(together)
  /** What `fetch` has met on the way, so that no compiler takes it for idle. */
  fetched = 0
  /** Fresh states that this thread has found. */
  found = 0

  /**
   * @param stored the states of all
   * @param layouts those of this round, which grow
   */
  constructor(
    private readonly memory: FreshMemory,
    private readonly counters: Int32Array,
    private readonly stored: States,
    private readonly births: { readonly layouts: readonly Layout[] },
    width: number,
  ) {
    this.#idsOfOne = new Int32Array(width)
    this.#idsOfOther = new Int32Array(width)
    this.#row = new Int32Array(Math.max(1, width))
  }

  begin({ from }: Pick<Round, 'from'>): void {
    const { count, table, tableBits, layout } = this.stored
    this.#table = table
    this.#bits = tableBits
    this.#mask = 2 ** tableBits - 1
    this.#base = count
    this.#from = from
    this.#chunkWords = chunkSlots * layout.words
    // The largest index must fit into the bits of an entry.
    this.#slots = Math.min(slotsFor(layout.words), this.#mask - count)
    this.#slot = 0
    this.#slotsEnd = 0
    this.#layout = 0
    this.#logged = 0
    this.#blocks.length = 0
    this.#blockStarts.length = 0
    this.found = 0
  }

  /** This thread expands the states of this block from now on. */
  beginBlock(block: number): void {
    this.#blocks.push(block)
    this.#blockStarts.push(this.#logged)
    this.#countHere = 0
  }

  /**
   * All states of the block are expanded. To count each fresh state where all can see it would make threads wait for each other: the
   * counts of blocks that stand side by side are in one cache line.
   */
  endBlock(): void {
    Atomics.add(this.memory.counts, this.#blocks.at(-1) as number, this.#countHere)
  }

  /** Rows are written in the last of the layouts from now on. */
  rewrite(): void {
    this.#layout = this.births.layouts.length - 1
    this.#slotsEnd = 0
  }

  /**
   * Goes to all places where these states are going to be looked for, so that memory is asked for them at the same time.
   *
   * @param lows of their fingerprints, and `highs`
   */
  fetch(lows: Int32Array, highs: Int32Array, count: number): void {
    const table = this.#table
    const mask = this.#mask
    const bits = this.#bits
    const base = this.#base
    if (this.#entries.length < count) this.#entries = new Int32Array(2 * count)
    const entries = this.#entries
    for (let at = 0; at < count; at++) entries[at] = table[(lows[at] as number) & mask] as number
    let sum = 0
    for (let at = 0; at < count; at++) {
      const entry = entries[at] as number
      const index = (entry & mask) - 1
      if (entry !== 0 && entry >>> bits === (highs[at] as number) >>> bits && index < base)
        sum += this.stored.wordAt(index)
    }
    this.fetched = sum
  }

  /** The number of the state with this fingerprint, and with the row that stands from `from` on; or `absent`; or `unreadable`. */
  find(row: Int32Array, low: number, high: number, from = 0): number {
    return this.#findFrom(low & this.#mask, row, high, from)
  }

  #findFrom(start: number, row: Int32Array, high: number, from: number): number {
    const table = this.#table
    const mask = this.#mask
    const bits = this.#bits
    const base = this.#base
    const tag = high >>> bits
    let place = start
    for (;;) {
      const entry = table[place] as number
      if (entry === 0) {
        this.#place = place
        return absent
      }
      if (entry >>> bits === tag) {
        const index = (entry & mask) - 1
        if (index < base) {
          if (this.stored.isAt(index, row, from)) return index
        } else {
          const slot = index - base
          const layout = this.memory.layouts[slot >>> chunkBits] as number
          if (
            layout === this.#layout
              ? this.#isAt(slot, row, from)
              : this.#isInOtherLayout(slot, layout, row, from)
          )
            return index
          if (layout >= this.births.layouts.length) return unreadable
        }
        this.stored.collisions++
      }
      place = (place + 1) & mask
    }
  }

  /** How often this thread has been the first to find a state, as far as was known then. */
  get logged(): number {
    return this.#logged
  }

  /** Is it a state that is found from one before this one? */
  isFrom(index: number, parent: number): boolean {
    return index < this.#base || (this.memory.parents[index - this.#base] as number) < parent
  }

  /** A state that `find` has found was found by an action of this state. */
  meet(index: number, parent: number): void {
    const slot = index - this.#base
    if (slot < 0) return
    const { parents, counts } = this.memory
    // It never becomes larger.
    let first = parents[slot] as number
    while (parent < first) {
      const before = Atomics.compareExchange(parents, slot, first, parent)
      if (before === first) {
        Atomics.sub(counts, (first - this.#from) >>> blockBits, 1)
        this.#countHere++
        this.#note(slot, parent)
        return
      }
      first = before
    }
  }

  /**
   * Enters the state for which `find` has just been `absent`, found by an action of this state. Its row stands from `from` on.
   *
   * @returns its number, or `unreadable`: then nothing was done
   */
  enter(row: Int32Array, high: number, parent: number, from = 0): number {
    const { memory } = this
    const { words } = this.births.layouts[this.#layout] as Layout
    if (this.#slot >= this.#slotsEnd) this.#takeSlots(words)
    const slot = this.#slot
    const offset = (slot >>> chunkBits) * this.#chunkWords + (slot & (chunkSlots - 1)) * words
    for (let w = 0; w < words; w++) memory.rows[offset + w] = row[from + w] as number
    memory.parents[slot] = parent
    const bits = this.#bits
    const entry = ((high >>> bits) << bits) | (this.#base + slot + 1)
    while (Atomics.compareExchange(this.#table, this.#place, 0, entry) !== 0) {
      // Somebody else was faster, maybe with the same state.
      const known = this.#findFrom(this.#place, row, high, from)
      if (known === unreadable) return unreadable
      if (known === absent) continue
      this.meet(known, parent)
      return known
    }
    memory.places[slot] = this.#place
    this.#countHere++
    this.#note(slot, parent)
    this.#slot++
    this.found++
    return this.#base + slot
  }

  /**
   * Stores what this thread is the first to have found, each in its place in the order of one thread.
   *
   * @param starts by block, how many are stored before what the block is the first to lead to
   * @param stored is told of each, and where in the log it stands
   */
  settle(starts: Int32Array, stored: (at: number, index: number) => void): void {
    for (const [at, block] of this.#blocks.entries()) {
      const from = this.#blockStarts[at] as number
      const to = this.#blockStarts[at + 1] ?? this.#logged
      this.#storeLog(from, to, this.#base + (starts[block] as number), stored)
    }
  }

  /**
   * Stores what stands in a part of the log, from this index on. All places of some of it are gone to first, so that memory is
   * asked for them at the same time.
   */
  #storeLog(from: number, to: number, first: number, stored: (at: number, index: number) => void): void {
    const { parents, places, settled } = this.memory
    const table = this.#table
    const mask = this.#mask
    const log = this.#log
    const slots = this.#kept
    const keptPlaces = this.#keptPlaces
    let index = first
    for (let start = from; start < to; start += together) {
      const end = Math.min(to, start + together)
      let count = 0
      for (let at = start; at < end; at++) {
        const slot = log[2 * at] as number
        const parent = log[2 * at + 1] as number
        if (parents[slot] !== parent) continue
        settled[index + count - this.#base] = parent
        stored(at, index + count)
        keptPlaces[count] = places[slot] as number
        slots[count++] = slot
      }
      let sum = 0
      for (let nth = 0; nth < count; nth++) sum += table[keptPlaces[nth] as number] as number
      this.fetched = sum
      for (let nth = 0; nth < count; nth++) this.#store(slots[nth] as number, index + nth)
      for (let nth = 0; nth < count; nth++) {
        const place = keptPlaces[nth] as number
        places[slots[nth] as number] = index
        table[place] = ((table[place] as number) & ~mask) | ++index
      }
    }
  }

  #store(slot: number, index: number): void {
    const { rows, layouts } = this.memory
    const number = layouts[slot >>> chunkBits] as number
    const layout = this.births.layouts[number] as Layout
    const offset = this.#offsetOf(slot, layout)
    if (number === this.births.layouts.length - 1) {
      this.stored.write(index, rows, offset)
      return
    }
    layout.unpack(rows, offset, this.#idsOfOne)
    this.stored.layout.pack(this.#idsOfOne, this.#row)
    this.stored.write(index, this.#row, 0)
  }

  #offsetOf(slot: number, { words }: Layout): number {
    return (slot >>> chunkBits) * this.#chunkWords + (slot & (chunkSlots - 1)) * words
  }

  #isAt(slot: number, row: Int32Array, from: number): boolean {
    const { rows } = this.memory
    const { words } = this.births.layouts[this.#layout] as Layout
    const offset = (slot >>> chunkBits) * this.#chunkWords + (slot & (chunkSlots - 1)) * words
    for (let w = 0; w < words; w++) if (rows[offset + w] !== row[from + w]) return false
    return true
  }

  #isInOtherLayout(slot: number, number: number, row: Int32Array, from: number): boolean {
    const layout = this.births.layouts[number]
    if (layout === undefined) return false
    layout.unpack(this.memory.rows, this.#offsetOf(slot, layout), this.#idsOfOther)
    const own = this.births.layouts[this.#layout] as Layout
    own.unpack(row, from, this.#idsOfOne)
    return this.#idsOfOne.every((id, column) => id === this.#idsOfOther[column])
  }

  #takeSlots(words: number): void {
    const chunk = Atomics.add(this.counters, nextChunk, 1)
    this.#slot = chunk << chunkBits
    // Wider rows than at the beginning of the round: fewer of them.
    this.#slotsEnd = this.#slot + Math.min(chunkSlots, Math.floor(this.#chunkWords / words))
    if (this.#slotsEnd > this.#slots) throw new NotShareable('too many states were found at once')
    this.memory.layouts[chunk] = this.#layout
  }

  #note(slot: number, parent: number): void {
    const at = 2 * this.#logged++
    if (at + 2 > this.#log.length) this.#log = withRoom(this.#log, at + 2)
    this.#log[at] = slot
    this.#log[at + 1] = parent
  }
}

/** How many slots were taken, by all threads. */
export const slotsTaken = (counters: Int32Array): number => Atomics.load(counters, nextChunk) << chunkBits
