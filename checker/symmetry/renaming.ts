/**
 * The copy of a state in which things are renamed: as ids of cells, and as cells.
 *
 * Here: what a renaming makes of a cell, worked out once for each value.
 * Not here: which copy stands for all of them (representatives.ts).
 */
import { canonical } from '../encode/canonical.js'
import type { Permutation, Symmetry } from '../model.js'
import { generatorsOf, written } from './permutations.js'

/** The numbers by which an engine knows the values of cells. */
export interface CellIds {
  idOf(cell: number, value: unknown): number
  valueOf(cell: number, id: number): unknown
}

/** A state as the ids of its cells; there may be more after them. */
export type Ids = Int32Array

/** A permutation with what it was found to do. */
export interface Renaming {
  readonly to: Permutation
  /** By cell: where it goes. */
  readonly target: readonly number[]
  /** By cell and id: the id at the target. */
  readonly known: number[][]
}

/** Beyond so many renamings, what is known of them is forgotten. */
const mostRenamings = 4096

export class Renamer {
  readonly #renamings = new Map<string, Renaming>()
  /** By cell and id: does every renaming leave the value alone? */
  readonly #isFixed: boolean[][]
  /** By cell, and the cell that it becomes: the id there of a value that is left alone. */
  readonly #moved: number[][][]
  readonly #generators: readonly Permutation[]

  constructor(
    readonly symmetry: Symmetry,
    private readonly ids: CellIds,
  ) {
    const { owners } = symmetry
    this.#isFixed = owners.map(() => [])
    this.#moved = owners.map(() => [])
    this.#generators = generatorsOf(symmetry)
  }

  renaming(to: Permutation): Renaming {
    const name = written(to)
    const known = this.#renamings.get(name)
    if (known !== undefined) return known
    if (this.#renamings.size >= mostRenamings) this.#renamings.clear()
    const renaming = { to, target: targetsOf(this.symmetry, to), known: this.symmetry.owners.map(() => []) }
    this.#renamings.set(name, renaming)
    return renaming
  }

  /** The renamed copy of the state, into `copy`. */
  copy(state: Ids, renaming: Renaming, copy: Ids): void {
    const { target } = renaming
    for (let cell = 0; cell < target.length; cell++)
      copy[target[cell] as number] = this.#idAfter(cell, state[cell] as number, renaming)
  }

  /** Is the renamed copy of the state the state itself? */
  leavesAlone(state: Ids, renaming: Renaming): boolean {
    const { target } = renaming
    for (let cell = 0; cell < target.length; cell++)
      if (state[target[cell] as number] !== this.#idAfter(cell, state[cell] as number, renaming)) return false
    return true
  }

  valueAt(cell: number, id: number): unknown {
    return this.ids.valueOf(cell, id)
  }

  #idAfter(cell: number, id: number, { to, target, known }: Renaming): number {
    const at = target[cell] as number
    if (this.#leavesValueAlone(cell, id)) return this.#idMoved(cell, id, at)
    const ofCell = known[cell] as number[]
    let after = ofCell[id]
    if (after === undefined) {
      after = this.ids.idOf(at, this.symmetry.rename(this.ids.valueOf(cell, id), to, cell))
      ofCell[id] = after
    }
    return after
  }

  #idMoved(cell: number, id: number, at: number): number {
    if (at === cell) return id
    const tables = this.#moved[cell] as number[][]
    tables[at] ??= []
    const table = tables[at] as number[]
    let after = table[id]
    if (after === undefined) {
      after = this.ids.idOf(at, this.ids.valueOf(cell, id))
      table[id] = after
    }
    return after
  }

  #leavesValueAlone(cell: number, id: number): boolean {
    const ofCell = this.#isFixed[cell] as boolean[]
    let isFixed = ofCell[id]
    if (isFixed === undefined) {
      const value = this.ids.valueOf(cell, id)
      const code = canonical(value)
      isFixed = this.#generators.every(to => canonical(this.symmetry.rename(value, to, cell)) === code)
      ofCell[id] = isFixed
    }
    return isFixed
  }
}

/** By cell: where it goes. */
export function targetsOf({ owners }: Pick<Symmetry, 'owners'>, to: Permutation): readonly number[] {
  const place = new Map(
    owners.flatMap((owner, cell) =>
      owner === undefined ? [] : [[`${owner.family}:${owner.thing}`, cell] as const],
    ),
  )
  return owners.map((owner, cell) => {
    if (owner === undefined) return cell
    const at = place.get(`${owner.family}:${to[owner.thing] as number}`)
    if (at === undefined)
      throw new RangeError(`the family ${owner.family} has no cell for the thing ${to[owner.thing]}`)
    return at
  })
}

/** The renamed copy of a state, as cells. */
export function renamedCells(
  symmetry: Pick<Symmetry, 'owners' | 'rename'>,
  cells: readonly unknown[],
  to: Permutation,
): readonly unknown[] {
  const target = targetsOf(symmetry, to)
  const copy = [...cells]
  for (const [cell, value] of cells.entries()) copy[target[cell] as number] = symmetry.rename(value, to, cell)
  return copy
}

/** Less than 0, 0, more than 0: as the first of so many cells that differ. */
export function compare(a: Ids, b: Ids, cells: number): number {
  for (let cell = 0; cell < cells; cell++) {
    const difference = (a[cell] as number) - (b[cell] as number)
    if (difference !== 0) return difference
  }
  return 0
}

export function write(from: Ids, to: Ids, cells: number): void {
  for (let cell = 0; cell < cells; cell++) to[cell] = from[cell] as number
}
