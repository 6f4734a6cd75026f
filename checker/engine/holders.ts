/**
 * Who in a row of cells holds a certain value, as one number that is kept up to date while cells change.
 *
 * A rule that asks for the children of a task would read the parent of every task, and be asked again when any of them
 * changes, be it from one stranger to another. Here it reads one thing.
 *
 * Here: the numbers in a vector that describes a state, one for each value that is asked for.
 * Not here: what such a number stands for (tallies.ts), what is read by whom (tracker.ts).
 */
import type { OfAll } from '../define/each.js'
import { bitOf } from './bits.js'
import type { Column } from './columns.js'
import type { FieldTable } from './field.js'
import { withRoom } from './ints.js'
import type { Tally, TallyOf } from './tallies.js'
import type { Reading } from './tracker.js'

/** So many are kept for one model; whoever asks for more asks cell by cell. */
export const mostHolders = 256

/** Instead of a slot: nobody asks who holds this value; it has not been looked for yet. */
const none = -1
const unknown = -2

/** Cells that stand side by side, and the values that were asked for. */
interface Row {
  readonly first: number
  readonly count: number
  readonly tally: Tally
  readonly holders: Map<unknown, Holder>
}

interface Holder {
  readonly slot: number
  readonly readings: { readonly [what in keyof OfAll]?: Reading }
}

export class Holders {
  #count = 0
  /** By column: is it in a row of which something is kept, so that `moved` wants to know of it? */
  readonly isKept: Uint8Array
  /** By column: the row that it is in, and by id the slot of the holder of that value. */
  readonly #rowOfColumn: (Row | undefined)[]
  readonly #slots: Int32Array[]
  #rows: readonly Row[] = []
  /** The columns of rows of which too much would have to be kept. */
  readonly #isGivenUp = new Set<number>()

  /**
   * @param start the first slot that they may take
   * @param vector is kept up to date; so far, no cell is described in it
   * @param tallyOf what is kept of a row of so many cells
   * @param tellsMoves does `moved` tell whoever follows the vector what has changed? Otherwise every change of a cell is taken for one
   */
  constructor(
    private readonly columns: readonly Column[],
    private readonly table: FieldTable,
    private readonly start: number,
    private readonly vector: Int32Array,
    private readonly tallyOf: TallyOf,
    private readonly tellsMoves: boolean,
  ) {
    this.isKept = new Uint8Array(columns.length)
    this.#rowOfColumn = columns.map(() => undefined)
    this.#slots = columns.map(() => new Int32Array(0))
  }

  /**
   * The reading of all cells of the row at once, for a primitive; undefined where it has to be asked cell by cell.
   *
   * @param vector what is asked about: the one that is kept, or one that was just described
   */
  reading(
    what: keyof OfAll,
    first: number,
    count: number,
    value: unknown,
    vector: Int32Array,
  ): Reading | undefined {
    const row = this.#rowOf(first, count)
    if (row === undefined) return undefined
    const known = row.holders.get(value)
    if (known !== undefined) return known.readings[what]
    if (this.#count === mostHolders || row.tally.fields[what] === undefined) return undefined
    const slot = this.start + this.#count++
    const holder = this.#holder(slot, row)
    row.holders.set(value, holder)
    for (let column = first; column < first + count; column++)
      this.#slots[column] = new Int32Array(8).fill(unknown)
    for (const one of new Set([vector, this.vector])) this.#describe(slot, row, one)
    return holder.readings[what]
  }

  #holder(slot: number, { first, count, tally }: Row): Holder {
    let cells = 0
    for (let column = first; column < first + count; column++) cells |= bitOf(column)
    const changes = this.tellsMoves ? this.#bitOf(slot) : cells
    const readings = Object.entries(tally.fields).map(
      ([what, field]) => [what, { slot, field, changes, cells, run: 0 }] as const,
    )
    return { slot, readings: Object.fromEntries(readings) }
  }

  #bitOf(slot: number): number {
    return bitOf(this.columns.length + slot - this.start)
  }

  /** Writes who holds what into a vector that describes a state. */
  describe(vector: Int32Array): void {
    for (const row of this.#rows)
      for (const { slot } of row.holders.values()) this.#describe(slot, row, vector)
  }

  #describe(slot: number, { first, count, tally }: Row, vector: Int32Array): void {
    vector[slot] = 0
    for (let place = 0; place < count; place++) {
      if (this.#slotOf(first + place, vector[first + place] as number) === slot)
        vector[slot] = tally.join(vector[slot] as number, place)
    }
  }

  /**
   * A cell is another in the vector that is kept.
   *
   * @returns bits of what has changed
   */
  moved(column: number, before: number, after: number): number {
    const row = this.#rowOfColumn[column]
    if (row === undefined) return 0
    const { vector } = this
    const { tally, first } = row
    const from = this.#slotOf(column, before)
    const to = this.#slotOf(column, after)
    let bits = 0
    if (from !== none) {
      vector[from] = tally.leave(vector[from] as number, column - first)
      bits = this.#bitOf(from)
    }
    if (to !== none) {
      vector[to] = tally.join(vector[to] as number, column - first)
      bits |= this.#bitOf(to)
    }
    return bits
  }

  #slotOf(column: number, id: number): number {
    const slots = this.#slots[column] as Int32Array
    const known = id < slots.length ? (slots[id] as number) : unknown
    return known === unknown ? this.#find(column, id) : known
  }

  #find(column: number, id: number): number {
    const slot = this.#rowOfColumn[column]?.holders.get(this.columns[column]?.values[id])?.slot ?? none
    const slots = withRoom(this.#slots[column] as Int32Array, id + 1, unknown)
    slots[id] = slot
    this.#slots[column] = slots
    return slot
  }

  /**
   * Keeps nothing any more of rows of which too much would have to be kept.
   *
   * @returns are there any? Then whatever was remembered by what was read is worth nothing any more.
   */
  giveUp(): boolean {
    if (!this.#rows.some(({ tally }) => tally.isFull)) return false
    for (const { first, count, tally } of this.#rows) {
      if (!tally.isFull) continue
      this.#rowOfColumn.fill(undefined, first, first + count)
      this.isKept.fill(0, first, first + count)
      for (let column = first; column < first + count; column++) this.#isGivenUp.add(column)
    }
    this.#rows = this.#rows.filter(({ tally }) => !tally.isFull)
    return true
  }

  /** Undefined for a row of which a part is in another one, or was given up. */
  #rowOf(first: number, count: number): Row | undefined {
    const known = this.#rowOfColumn[first]
    if (known !== undefined) return known.first === first && known.count === count ? known : undefined
    for (let column = first; column < first + count; column++)
      if (this.#rowOfColumn[column] !== undefined || this.#isGivenUp.has(column)) return undefined
    const row = { first, count, tally: this.tallyOf(this.table, count), holders: new Map<unknown, Holder>() }
    this.#rowOfColumn.fill(row, first, first + count)
    this.isKept.fill(1, first, first + count)
    this.#rows = [...this.#rows, row]
    return row
  }
}
