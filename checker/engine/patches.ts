/**
 * What an action writes to a cell, whatever the cell was: for each value of the cell, the value after it.
 *
 * Actions that write the same share their patch, and so what was found out about it.
 */
import type { Column, Written } from './columns.js'
import { withRoom } from './ints.js'
import { unwritten } from './overlay.js'
import type { Change } from './shape.js'
import type { Values } from './values.js'

/** A table has at most this many places for each that is taken, and some at the beginning. */
const sparsest = 8
const firstPlaces = 64

export class Patch {
  /** By the id of the cell before: the id after, or -1 where nobody has asked yet. Replaced as it grows. */
  table: Int32Array = new Int32Array(0)
  /**
   * The id after for ids that are too large for a table of so few: there may be as many patches as the cell has values,
   * and a table of all of these for each would be their square.
   */
  readonly #far = new Map<number, number>()
  #learnt = 0

  /**
   * @param number differs from that of every other patch of the model
   * @param write the id after, for an id before
   * @param constant the id after, if it is always that
   */
  constructor(
    readonly number: number,
    readonly column: number,
    private readonly write: (before: number) => number,
    readonly constant?: number,
  ) {}

  after(before: number): number {
    const known = this.table[before]
    return known === undefined || known < 0 ? this.#learn(before) : known
  }

  #learn(before: number): number {
    const known = this.#far.get(before)
    const after = known ?? this.write(before)
    if (known === undefined) this.#learnt++
    if (before < firstPlaces + sparsest * this.#learnt) {
      this.table = withRoom(this.table, before + 1, -1)
      this.table[before] = after
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
    let code = `${at}`
    for (let field = 0; field < change.fields.length; field++) {
      const value = change.fields[field]
      if (value !== unwritten) code += ` ${field}:${this.values.idOf(value)}`
    }
    return this.#shared(code, number => {
      const written: Written = new Map(
        [...change.fields.entries()].filter(([, value]) => value !== unwritten),
      )
      return new Patch(number, at, before => column.idWith(before, written))
    })
  }

  /** The cell has this id afterwards, whatever it was. */
  constant(at: number, id: number): Patch {
    return this.#shared(`${at}=${id}`, number => new Patch(number, at, () => id, id))
  }

  #shared(key: string, make: (number: number) => Patch): Patch {
    const known = this.#patches.get(key)
    if (known !== undefined) return known
    const patch = make(this.#patches.size)
    this.#patches.set(key, patch)
    return patch
  }
}
