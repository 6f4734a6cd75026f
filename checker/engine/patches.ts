/**
 * What an action writes to a cell, whatever the cell was: for each value of the cell, the value after it.
 *
 * Actions that write the same share their patch, and so what was found out about it.
 */
import type { Column, Written } from './columns.js'
import { withRoom } from './ints.js'
import type { Change } from './shape.js'
import type { Values } from './values.js'

export class Patch {
  /** By the id of the cell before: the id after; -1 where nobody has asked yet. Replaced as it grows. */
  next: Int32Array = new Int32Array(0)

  /** @param write the id after, for an id before */
  constructor(
    readonly column: number,
    private readonly write: (before: number) => number,
  ) {}

  after(before: number): number {
    const known = this.next[before]
    return known === undefined || known < 0 ? this.#learn(before) : known
  }

  #learn(before: number): number {
    const after = this.write(before)
    this.next = withRoom(this.next, before + 1, -1)
    this.next[before] = after
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
    return this.#shared(`${at} ${code.join()}`, () => new Patch(at, before => column.idWith(before, written)))
  }

  /** The cell has this id afterwards, whatever it was. */
  constant(at: number, id: number): Patch {
    return this.#shared(`${at}=${id}`, () => new Patch(at, () => id))
  }

  #shared(key: string, make: () => Patch): Patch {
    const known = this.#patches.get(key)
    if (known !== undefined) return known
    const patch = make()
    this.#patches.set(key, patch)
    return patch
  }
}
