/**
 * What an action writes to a cell, whatever the cell was: for each value of the cell, the value after it.
 *
 * Actions that write the same share their patch, and so what was found out about it.
 */
import type { Column, Written } from './columns.js'
import { withRoom } from './ints.js'
import type { Change } from './shape.js'
import type { Values } from './values.js'

/** A table has at most this many places for each that is taken, and some at the beginning. */
const sparsest = 8
const firstPlaces = 64

/** A place of a table: the id after, or -1 where nobody has asked yet; and what changes in the two words of a fingerprint. */
export const placeLength = 3

export class Patch {
  /** By the id of the cell before: its place. Replaced as it grows. */
  table: Int32Array = new Int32Array(0)
  /**
   * The id after for ids that are too large for a table of so few: there may be as many patches as the cell has values,
   * and a table of all of these for each would be their square.
   */
  readonly #far = new Map<number, number>()
  #learnt = 0

  /**
   * @param words of which fingerprints are made, by id
   * @param write the id after, for an id before
   */
  constructor(
    readonly column: number,
    private readonly words: Pick<Column, 'low' | 'high'>,
    private readonly write: (before: number) => number,
  ) {}

  after(before: number): number {
    const known = this.table[placeLength * before]
    return known === undefined || known < 0 ? this.#learn(before) : known
  }

  #learn(before: number): number {
    const known = this.#far.get(before)
    const after = known ?? this.write(before)
    if (known === undefined) this.#learnt++
    if (before < firstPlaces + sparsest * this.#learnt) {
      const { low, high } = this.words
      const at = placeLength * before
      this.table = withRoom(this.table, at + placeLength, -1)
      this.table[at] = after
      this.table[at + 1] = (low[before] as number) ^ (low[after] as number)
      this.table[at + 2] = (high[before] as number) ^ (high[after] as number)
      this.#far.delete(before)
    } else {
      this.#far.set(before, after)
    }
    return after
  }
}

export class Patches {
  readonly #patches = new Map<string, Patch>()

  constructor(
    private readonly columns: readonly Column[],
    private readonly values: Values,
  ) {}

  of(at: number, change: Change): Patch {
    const column = this.columns[at] as Column
    if ('value' in change) return this.constant(at, column.idOf(change.value))
    const written: Written = new Map([...change.fields].sort(([a], [b]) => a - b))
    const code = [...written].map(([field, value]) => `${field}:${this.values.idOf(value)}`)
    return this.#shared(
      `${at} ${code.join()}`,
      () => new Patch(at, column, before => column.idWith(before, written)),
    )
  }

  /** The cell has this id afterwards, whatever it was. */
  constant(at: number, id: number): Patch {
    return this.#shared(`${at}=${id}`, () => new Patch(at, this.columns[at] as Column, () => id))
  }

  #shared(key: string, make: () => Patch): Patch {
    const known = this.#patches.get(key)
    if (known !== undefined) return known
    const patch = make()
    this.#patches.set(key, patch)
    return patch
  }
}
