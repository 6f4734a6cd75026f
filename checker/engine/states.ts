/**
 * Every state found, exactly, in the order in which it was found; and where to look for one.
 *
 * A state is a row of words (layout.ts). The table of places is hashed by the fingerprint; an entry is the index of the
 * state and, in the bits that this leaves free, a part of the fingerprint. Where these agree, the rows are compared:
 * no hash decides, so that no collision can lose a state.
 *
 * Nothing is copied to grow: rows stand in chunks, and a larger table is filled again from the rows, after the smaller
 * one was dropped.
 */
import type { Column } from './columns.js'
import { Layout } from './layout.js'

const chunkBits = 12
const chunkRows = 2 ** chunkBits
/** Of the places of the table, at most this part is taken. */
const fullest = 0.8
/** So many places of the table are gone to at a time, so that memory is asked for them at the same time. */
export const together = 64
/**
 * By how many bits a table grows that has fewer than so many: to fill it again takes as long as to find a tenth of the states, and
 * below 64 MB there is room for one that is nearly empty at first.
 */
const growth = [
  { below: 21, by: 4 },
  { below: 23, by: 2 },
] as const

/** States as another thread is handed them. */
export interface HandedStates {
  readonly count: number
  /** Where to look for one. */
  readonly table: Int32Array
  readonly tableBits: number
  /** The sizes of the columns that rows are written for now. */
  readonly sizes: readonly number[]
  /** The first chunk that is handed over, and it and those after it, each with the sizes that its rows are written for. */
  readonly first: number
  readonly chunks: readonly { readonly rows: Int32Array; readonly sizes: readonly number[] }[]
}

export class States {
  #layout: Layout
  readonly #chunks: Int32Array[] = []
  readonly #layouts: Layout[] = []
  #count = 0
  #tableBits = 14
  #table: Int32Array
  #mask = 2 ** this.#tableBits - 1
  #most = fullest * 2 ** this.#tableBits
  /** What `findAll` has met on the way, so that no compiler takes it for idle. */
  fetched = 0
  /** Where `find` has ended. */
  #place = 0
  readonly #ids: Int32Array
  /** Are the rows another thread's? */
  #isBorrowed = false
  /** How often a row was compared that turned out to be another. */
  collisions = 0

  /** @param isShared can other threads read and write the rows? */
  constructor(
    private readonly columns: readonly Column[],
    private readonly isShared = false,
  ) {
    this.#table = this.#words(2 ** this.#tableBits)
    this.#layout = new Layout(columns.map(({ size }) => size))
    this.#ids = new Int32Array(columns.length)
  }

  /** How many states there are. */
  get count(): number {
    return this.#count
  }

  /** How rows are written now. */
  get layout(): Layout {
    return this.#layout
  }

  /** The places where states are looked for, of which there are so many as these bits can tell apart. */
  get table(): Int32Array {
    return this.#table
  }

  get tableBits(): number {
    return this.#tableBits
  }

  /** How many more states the table holds before it has to grow. */
  get room(): number {
    return Math.ceil(this.#most) - this.#count
  }

  /** Bytes by which the table grows within so many states more; 0 if it does not. */
  growthWithin(states: number): number {
    if (this.#count + states < this.#most) return 0
    return 4 * (2 ** this.#nextBits() - this.#table.length)
  }

  get rowBytes(): number {
    return this.#chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0)
  }

  get tableBytes(): number {
    return this.#table.byteLength
  }

  /** The rows of all states, in their order, as far as they are written in one way: those of the states from there up to there. */
  *parts(): Generator<{ rows: Int32Array; layout: Layout; from: number; to: number }> {
    for (const [at, rows] of this.#chunks.entries()) {
      const from = at * chunkRows
      const to = Math.min(this.#count, from + chunkRows)
      yield { rows, layout: this.#layouts[at] as Layout, from, to }
    }
  }

  /** The ids of the cells of a state. */
  load(index: number, ids: Int32Array): void {
    const at = index >>> chunkBits
    const layout = this.#layouts[at] as Layout
    layout.unpack(this.#chunks[at] as Int32Array, (index & (chunkRows - 1)) * layout.words, ids)
  }

  /**
   * The states as another thread may adopt them.
   *
   * @param from the first of them that may differ from what it has
   */
  handOver(from: number): HandedStates {
    const first = from >>> chunkBits
    return {
      count: this.#count,
      table: this.#table,
      tableBits: this.#tableBits,
      sizes: this.#layout.sizes,
      first,
      chunks: this.#chunks
        .slice(first)
        .map((rows, at) => ({ rows, sizes: (this.#layouts[first + at] as Layout).sizes })),
    }
  }

  /** Takes on the states of another thread. */
  adopt({ count, table, tableBits, sizes, first, chunks }: HandedStates): void {
    this.#isBorrowed = true
    this.#count = count
    this.#table = table
    this.#tableBits = tableBits
    this.#measure()
    this.#chunks.length = first
    this.#layouts.length = first
    this.#layout = this.#layoutFor(sizes)
    for (const { rows, sizes: its } of chunks) {
      this.#chunks.push(rows)
      this.#layouts.push(this.#layoutFor(its))
    }
  }

  /** The layout for these sizes: one object, as long as it is in use for the last rows. */
  #layoutFor(sizes: readonly number[]): Layout {
    const isFor = ({ sizes: known }: Layout) => known.every((size, at) => size === sizes[at])
    return [this.#layout, ...this.#layouts.slice(-1)].find(isFor) ?? new Layout(sizes)
  }

  /** Makes room for the rows of so many states more, which other threads write. */
  reserve(more: number): void {
    const { words } = this.#layout
    while (this.#chunks.length * chunkRows < this.#count + more) {
      this.#chunks.push(this.#words(chunkRows * words))
      this.#layouts.push(this.#layout)
    }
  }

  /** Writes a row for which room was made, as it stands at `offset` in the layout of now. */
  write(index: number, rows: Int32Array, offset: number): void {
    const { words } = this.#layout
    const chunk = this.#chunks[index >>> chunkBits] as Int32Array
    const to = (index & (chunkRows - 1)) * words
    for (let w = 0; w < words; w++) chunk[to + w] = rows[offset + w] as number
  }

  /** So many of the rows for which room was made are states now, and in the table. */
  settle(more: number): void {
    this.#count += more
  }

  /** Gives up the room that was made, and whatever else is in the table than the states. */
  refill(): void {
    this.#chunks.length = Math.ceil(this.#count / chunkRows)
    this.#layouts.length = this.#chunks.length
    this.#fill()
  }

  /** An empty table that is larger; the states are yet to be entered. */
  enlarge(): void {
    this.#tableBits = this.#nextBits()
    this.#makeTable()
  }

  /** Enters the states from there to there into the table; several threads may do so, each with others. */
  enter(from: number, to: number): void {
    const { columns } = this
    const ids = this.#ids
    const bits = this.#tableBits
    const lows = new Int32Array(together)
    const entries = new Int32Array(together)
    let waiting = 0
    let low = 0
    let high = 0
    let row: Int32Array = new Int32Array(0)
    let layout: Layout | undefined
    for (let index = from; index < to; index++) {
      const its = this.#layouts[index >>> chunkBits] as Layout
      const chunk = this.#chunks[index >>> chunkBits] as Int32Array
      const { words, columnAt, shift, mask } = its
      const offset = (index & (chunkRows - 1)) * words
      if (its !== layout) {
        layout = its
        row = chunk.slice(offset, offset + words)
        its.unpack(row, 0, ids)
        const whole = fingerprint(columns, ids)
        low = whole.low
        high = whole.high
      }
      // States that stand side by side differ in few cells, and so their fingerprints by few words.
      for (let w = 0; w < words; w++) {
        const now = chunk[offset + w] as number
        const was = row[w] as number
        let differing = now ^ was
        if (differing === 0) continue
        row[w] = now
        while (differing !== 0) {
          const column = columnAt[32 * w + 31 - Math.clz32(differing)] as number
          const by = shift[column] as number
          const ofColumn = mask[column] as number
          differing &= ~(ofColumn << by)
          const { low: lows, high: highs } = columns[column] as Column
          const before = (was >>> by) & ofColumn
          const after = (now >>> by) & ofColumn
          low ^= (lows[before] as number) ^ (lows[after] as number)
          high ^= (highs[before] as number) ^ (highs[after] as number)
        }
      }
      lows[waiting] = low
      entries[waiting++] = ((high >>> bits) << bits) | (index + 1)
      if (waiting < together && index + 1 < to) continue
      this.#enterAll(lows, entries, waiting)
      waiting = 0
    }
  }

  /** All places are gone to first, so that memory is asked for them at the same time. */
  #enterAll(lows: Int32Array, entries: Int32Array, count: number): void {
    const table = this.#table
    const mask = this.#mask
    let sum = 0
    for (let at = 0; at < count; at++) sum += table[(lows[at] as number) & mask] as number
    this.fetched = sum
    for (let at = 0; at < count; at++) this.#enter(lows[at] as number, entries[at] as number)
  }

  #words(length: number): Int32Array {
    return this.isShared ? new Int32Array(new SharedArrayBuffer(4 * length)) : new Int32Array(length)
  }

  /** Writes a state as a row in the layout of now. */
  rowOf(index: number, row: Int32Array): void {
    const at = index >>> chunkBits
    const layout = this.#layout
    if (this.#layouts[at] !== layout) {
      this.load(index, this.#ids)
      layout.pack(this.#ids, row)
      return
    }
    const { words } = layout
    const chunk = this.#chunks[at] as Int32Array
    const offset = (index & (chunkRows - 1)) * words
    for (let w = 0; w < words; w++) row[w] = chunk[offset + w] as number
  }

  /** A new layout, for columns that have outgrown this one. */
  widen(): void {
    const old = this.#layout
    const sizes = this.columns.map(({ size }, at) => Math.max(size, (old.largest[at] as number) + 1))
    this.writeWith(new Layout(sizes))
  }

  /** Writes rows in this layout from now on. */
  writeWith(layout: Layout): void {
    this.#layout = layout
    if (!this.#isBorrowed) this.#rewriteLast()
  }

  /** Sees to it that a state with these ids can be written. */
  fit(ids: Int32Array): void {
    const { largest } = this.#layout
    for (let column = 0; column < largest.length; column++) {
      if ((ids[column] as number) > (largest[column] as number)) {
        this.widen()
        return
      }
    }
  }

  /**
   * The indices of many states, or -1 for each that is not there, into `found`. All places where they are looked for are
   * gone to first, so that memory is asked for them at the same time.
   *
   * @param lows of their fingerprints, and `highs`
   * @param rows one after the other
   */
  findAll(lows: Int32Array, highs: Int32Array, rows: Int32Array, count: number, found: Int32Array): void {
    const table = this.#table
    const mask = this.#mask
    const bits = this.#tableBits
    const chunks = this.#chunks
    const { words } = this.#layout
    for (let at = 0; at < count; at++) found[at] = table[(lows[at] as number) & mask] as number
    let sum = 0
    for (let at = 0; at < count; at++) {
      const entry = found[at] as number
      if (entry === 0 || entry >>> bits !== (highs[at] as number) >>> bits) continue
      const index = (entry & mask) - 1
      // In a chunk of another layout this is some other place, or none.
      sum += (chunks[index >>> chunkBits] as Int32Array)[(index & (chunkRows - 1)) * words] as number
    }
    this.fetched = sum
    for (let at = 0, from = 0; at < count; at++, from += words) {
      const tag = (highs[at] as number) >>> bits
      let place = (lows[at] as number) & mask
      let entry = found[at] as number
      found[at] = -1
      while (entry !== 0) {
        if (entry >>> bits === tag) {
          const index = (entry & mask) - 1
          if (this.isAt(index, rows, from)) {
            found[at] = index
            break
          }
          this.collisions++
        }
        place = (place + 1) & mask
        entry = table[place] as number
      }
    }
  }

  /** The index of the state with this fingerprint, and with the row that stands from `from` on; or -1. */
  find(row: Int32Array, low: number, high: number, from = 0): number {
    const table = this.#table
    const mask = this.#mask
    const bits = this.#tableBits
    const tag = high >>> bits
    let place = low & mask
    for (;;) {
      const entry = table[place] as number
      if (entry === 0) {
        this.#place = place
        return -1
      }
      if (entry >>> bits === tag) {
        const index = (entry & mask) - 1
        if (this.isAt(index, row, from)) return index
        this.collisions++
      }
      place = (place + 1) & mask
    }
  }

  /** Adds the state that `find` has just not found. */
  add(row: Int32Array, low: number, high: number): number {
    if (this.#count >= this.#most) {
      this.#grow()
      this.find(row, low, high)
    }
    const index = this.#count++
    const at = index >>> chunkBits
    const layout = this.#layout
    const { words } = layout
    let chunk = this.#chunks[at]
    if (chunk === undefined) {
      chunk = this.#words(chunkRows * words)
      this.#chunks.push(chunk)
      this.#layouts.push(layout)
    }
    const offset = (index & (chunkRows - 1)) * words
    for (let w = 0; w < words; w++) chunk[offset + w] = row[w] as number
    this.#table[this.#place] = ((high >>> this.#tableBits) << this.#tableBits) | (index + 1)
    return index
  }

  /** Something of the row of a state: whoever has asked for it, has the row at hand. */
  wordAt(index: number): number {
    const at = index >>> chunkBits
    return (this.#chunks[at] as Int32Array)[
      (index & (chunkRows - 1)) * (this.#layouts[at] as Layout).words
    ] as number
  }

  /** Is this the row of the state, in the layout of now? It stands from `from` on. */
  isAt(index: number, rows: Int32Array, from = 0): boolean {
    const at = index >>> chunkBits
    const layout = this.#layout
    const chunk = this.#chunks[at] as Int32Array
    if (this.#layouts[at] !== layout) return this.#isAtInOldLayout(index, rows, from)
    const { words } = layout
    const offset = (index & (chunkRows - 1)) * words
    for (let w = 0; w < words; w++) if (chunk[offset + w] !== rows[from + w]) return false
    return true
  }

  #isAtInOldLayout(index: number, rows: Int32Array, from: number): boolean {
    this.load(index, this.#ids)
    const { word, shift, mask } = this.#layout
    for (let column = 0; column < word.length; column++) {
      const id =
        ((rows[from + (word[column] as number)] as number) >>> (shift[column] as number)) &
        (mask[column] as number)
      if (id !== this.#ids[column]) return false
    }
    return true
  }

  /** The chunk that is being filled is written again in the new layout, so that a chunk has only one. */
  #rewriteLast(): void {
    const last = this.#chunks.length - 1
    if (last < 0 || (this.#count & (chunkRows - 1)) === 0) return
    const layout = this.#layout
    const chunk = this.#words(chunkRows * layout.words)
    const row = new Int32Array(layout.words)
    for (let index = last << chunkBits; index < this.#count; index++) {
      this.load(index, this.#ids)
      layout.pack(this.#ids, row)
      chunk.set(row, (index & (chunkRows - 1)) * layout.words)
    }
    this.#chunks[last] = chunk
    this.#layouts[last] = layout
  }

  #nextBits(): number {
    return this.#tableBits + (growth.find(({ below }) => this.#tableBits < below)?.by ?? 1)
  }

  #grow(): void {
    this.#tableBits = this.#nextBits()
    this.#fill()
  }

  #fill(): void {
    this.#makeTable()
    this.enter(0, this.#count)
  }

  #makeTable(): void {
    this.#table = new Int32Array(0) // so that there are never two
    this.#table = this.#words(2 ** this.#tableBits)
    this.#measure()
  }

  #measure(): void {
    this.#mask = 2 ** this.#tableBits - 1
    this.#most = fullest * 2 ** this.#tableBits
  }

  #enter(low: number, entry: number): void {
    const table = this.#table
    const mask = this.#mask
    let place = low & mask
    for (;;) {
      while (table[place] !== 0) place = (place + 1) & mask
      if (!this.isShared) {
        table[place] = entry
        return
      }
      if (Atomics.compareExchange(table, place, 0, entry) === 0) return
    }
  }
}

/** Two words; each is the exclusive or of the words of the cells. */
export function fingerprint(
  columns: readonly Column[],
  ids: Int32Array,
): { readonly low: number; readonly high: number } {
  let low = 0
  let high = 0
  for (let column = 0; column < columns.length; column++) {
    const id = ids[column] as number
    const of = columns[column] as Column
    low ^= of.low[id] as number
    high ^= of.high[id] as number
  }
  return { low, high }
}
