/**
 * Which cells of a row hold a certain value, as one number that is kept up to date while cells change.
 *
 * A rule that asks for the children of a task would read the parent of every task, and be asked again when any of them
 * changes, be it from one stranger to another. Here it reads one thing.
 *
 * Here: the numbers, and how they change with a cell. They are kept for one vector, that of the state that is expanded.
 * Not here: what is read by whom (tracker.ts), which cells have changed (expander.ts).
 */
import { bitOf } from './bits.js'
import type { Column } from './columns.js'
import { type FieldTable, Identity } from './field.js'
import { withRoom } from './ints.js'
import type { Reading } from './tracker.js'

/** So many can be kept for one model; whoever asks for more asks cell by cell. */
export const mostHolders = 256

/** In the table by cell and id: nobody asks who holds this value; it has not been looked for yet. */
const none = -1
const unknown = -2

/** The sets of places that were met, by their numbers: for all that is asked of one row. The empty one is 0. */
class Sets {
  readonly field: Identity
  readonly lists: (readonly number[])[] = [[]]
  readonly #numbers = new Map<string, number>([['', 0]])
  /** By number and place: the set with this place more, or less. */
  #toggled: Int32Array

  constructor(
    table: FieldTable,
    private readonly count: number,
  ) {
    this.field = new Identity(table)
    this.field.include(0)
    this.#toggled = new Int32Array(count).fill(unknown)
  }

  toggle(number: number, place: number): number {
    const known = this.#toggled[number * this.count + place] as number
    return known === unknown ? this.#learn(number, place) : known
  }

  #learn(number: number, place: number): number {
    const list = this.lists[number] as readonly number[]
    const changed = list.includes(place)
      ? list.filter(it => it !== place)
      : [...list, place].sort((a, b) => a - b)
    const to = this.#numberOf(changed)
    this.#toggled = withRoom(this.#toggled, this.lists.length * this.count, unknown)
    this.#toggled[number * this.count + place] = to
    return to
  }

  #numberOf(list: readonly number[]): number {
    const key = list.join()
    const known = this.#numbers.get(key)
    if (known !== undefined) return known
    const number = this.lists.push(list) - 1
    this.#numbers.set(key, number)
    this.field.include(number)
    return number
  }
}

/** Cells that stand side by side, and the values that were asked for. */
interface Row {
  readonly first: number
  readonly count: number
  readonly sets: Sets
  readonly holders: Map<unknown, Holder>
}

export interface Holder {
  readonly row: Row
  readonly reading: Reading
}

export class Holders {
  /** The vector that the numbers are kept in. */
  #vector: Int32Array | undefined
  #count = 0
  /** By column: the row that it is in, and by id the slot of the holder of that value. */
  readonly #rows: (Row | undefined)[]
  readonly #slots: (Int32Array | undefined)[]

  /** @param start the first slot that they may take */
  constructor(
    private readonly columns: readonly Column[],
    private readonly table: FieldTable,
    private readonly start: number,
  ) {
    this.#rows = columns.map(() => undefined)
    this.#slots = columns.map(() => undefined)
  }

  /** From now on this vector is kept up to date, in which no cell was described so far. */
  keepIn(vector: Int32Array): void {
    this.#vector = vector
  }

  /** Writes who holds what into a vector that is not kept. */
  describe(vector: Int32Array): void {
    for (const row of new Set(this.#rows)) {
      for (const { reading } of row?.holders.values() ?? []) this.#describe(reading.slot, row as Row, vector)
    }
  }

  #describe(slot: number, { first, count, sets }: Row, vector: Int32Array): void {
    vector[slot] = 0
    for (let place = 0; place < count; place++) {
      if (this.#slotOf(first + place, vector[first + place] as number) === slot)
        vector[slot] = sets.toggle(vector[slot] as number, place)
    }
  }

  /**
   * Who in the row holds this value, a primitive; undefined where that is not known, and has to be asked cell by cell.
   *
   * @param vector what is asked about: the one that is kept, or one that was just described
   */
  of(first: number, count: number, value: unknown, vector: Int32Array): Holder | undefined {
    const row = this.#rowOf(first, count)
    const known = row?.holders.get(value)
    if (known !== undefined || row === undefined || this.#count === mostHolders) return known
    const at = this.#count++
    const slot = this.start + at
    const cells = this.columns.slice(first, first + count)
    const reading: Reading = {
      slot,
      field: row.sets.field,
      changes: bitOf(this.columns.length + at),
      cells: cells.reduce((bits, _, place) => bits | bitOf(first + place), 0),
      run: 0,
    }
    const holder = { row, reading }
    row.holders.set(value, holder)
    for (let column = first; column < first + count; column++)
      this.#slots[column] = new Int32Array(8).fill(unknown)
    for (const one of new Set([vector, this.#vector ?? vector])) this.#describe(slot, row, one)
    return holder
  }

  /** The places of the cells that hold it. */
  placesOf({ row, reading }: Holder, vector: Int32Array): readonly number[] {
    return row.sets.lists[vector[reading.slot] as number] as readonly number[]
  }

  /**
   * A cell is another in the vector that is kept.
   *
   * @returns bits of the holders that have changed
   */
  moved(column: number, before: number, after: number): number {
    const row = this.#rows[column]
    if (row === undefined) return 0
    return this.#toggle(row, column, before) | this.#toggle(row, column, after)
  }

  #toggle({ sets, first }: Row, column: number, id: number): number {
    const slot = this.#slotOf(column, id)
    if (slot < 0) return 0
    const vector = this.#vector as Int32Array
    vector[slot] = sets.toggle(vector[slot] as number, column - first)
    return bitOf(this.columns.length + slot - this.start)
  }

  #slotOf(column: number, id: number): number {
    const slots = this.#slots[column] as Int32Array
    const known = id < slots.length ? (slots[id] as number) : unknown
    return known === unknown ? this.#find(column, id) : known
  }

  #find(column: number, id: number): number {
    const slot = this.#rows[column]?.holders.get(this.columns[column]?.values[id])?.reading.slot ?? none
    const slots = withRoom(this.#slots[column] as Int32Array, id + 1, unknown)
    slots[id] = slot
    this.#slots[column] = slots
    return slot
  }

  /** Undefined for a row of which a part is in another one. */
  #rowOf(first: number, count: number): Row | undefined {
    const known = this.#rows[first]
    if (known !== undefined) return known.first === first && known.count === count ? known : undefined
    for (let column = first; column < first + count; column++)
      if (this.#rows[column] !== undefined) return undefined
    const row = { first, count, sets: new Sets(this.table, count), holders: new Map<unknown, Holder>() }
    for (let column = first; column < first + count; column++) {
      this.#rows[column] = row
      this.#slots[column] = new Int32Array(0)
    }
    return row
  }
}
