/**
 * Every state found, kept exactly, in the order in which it was found.
 *
 * A cell is interned: its canonical encoding stands for a small integer, its id. A state is the key of its ids, and
 * two states are the same if and only if their keys are: no hash decides, so that no collision can lose a state.
 * Beside each key stand the index of the state that it was first reached from, and the action taken there.
 * Not here: when a state is new, and what is then to be done (explore.ts).
 */
import { canonical } from '../encode/canonical.js'
import { GrowingInts } from './growing.js'
import { idsOf, keyOf, maxId } from './key.js'

/** A vector of cells as it is stored: the ids, and for each id the one value that stands for all its equals. */
export interface StoredCells {
  readonly ids: readonly number[]
  readonly values: readonly unknown[]
}

/**
 * How a state was first reached: it is initial, or one action led there from a state found before.
 * All are positions: in the list of initial states, of states found, of rules, of the choices of the rule.
 */
export type Origin =
  | { readonly initial: number }
  | { readonly parent: number; readonly rule: number; readonly choice: number }

/** One `Map` of V8 holds at most 2^24 entries; before that, another one is begun. */
const entriesOfAMap = 2 ** 24 - 1

export class Store {
  readonly #idOfCode = new Map<string, number>()
  readonly #valueOfId: unknown[] = []
  readonly #keys: string[] = []
  readonly #indexOfKey: Map<string, number>[] = [new Map()]
  readonly #parents = new GrowingInts()
  readonly #rules = new GrowingInts()
  readonly #choices = new GrowingInts()

  constructor(private readonly entriesOfEachMap = entriesOfAMap) {}

  /** How many states were added. */
  get size(): number {
    return this.#keys.length
  }

  /** The key of these cells. Cells that are identical to those of `near` need no encoding: they keep their ids. */
  keyOf(cells: readonly unknown[], near?: StoredCells): string {
    return keyOf(
      cells.map((cell, at) => {
        const id = near?.ids[at]
        return id !== undefined && near?.values[at] === cell ? id : this.#intern(cell)
      }),
    )
  }

  /** The index of the state with this key, if it was added. */
  find(key: string): number | undefined {
    for (const indexes of this.#indexOfKey) {
      const index = indexes.get(key)
      if (index !== undefined) return index
    }
    return undefined
  }

  /** Adds a state that `find` does not find; its index. */
  add(key: string, origin: Origin): number {
    const index = this.#keys.push(key) - 1
    this.#mapWithRoom().set(key, index)
    if ('initial' in origin) this.#addOrigin(-1, origin.initial, 0)
    else this.#addOrigin(origin.parent, origin.rule, origin.choice)
    return index
  }

  /** The cells of any key that this store has made, of a state that was added or not. */
  cellsOf(key: string): StoredCells {
    const ids = idsOf(key)
    return { ids, values: ids.map(id => this.#valueOfId[id]) }
  }

  keyAt(index: number): string {
    const key = this.#keys[index]
    if (key === undefined) throw new RangeError(`no state ${index} of ${this.size}`)
    return key
  }

  originOf(index: number): Origin {
    const parent = this.#parents.at(index)
    if (parent < 0) return { initial: this.#rules.at(index) }
    return { parent, rule: this.#rules.at(index), choice: this.#choices.at(index) }
  }

  #addOrigin(parent: number, rule: number, choice: number): void {
    this.#parents.push(parent)
    this.#rules.push(rule)
    this.#choices.push(choice)
  }

  /** The id of a cell, known or new; and the cell that has an id. */
  idOf(cell: unknown): number {
    return this.#intern(cell)
  }

  valueOf(id: number): unknown {
    return this.#valueOfId[id]
  }

  #intern(cell: unknown): number {
    const code = canonical(cell)
    const known = this.#idOfCode.get(code)
    if (known !== undefined) return known
    const id = this.#valueOfId.push(cell) - 1
    if (id > maxId) throw new RangeError(`more than ${maxId} different cells`)
    this.#idOfCode.set(code, id)
    return id
  }

  #mapWithRoom(): Map<string, number> {
    const last = this.#indexOfKey.at(-1)
    if (last !== undefined && last.size < this.entriesOfEachMap) return last
    const next = new Map<string, number>()
    this.#indexOfKey.push(next)
    return next
  }
}
