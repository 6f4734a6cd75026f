/**
 * Of a state and all its renamed copies, its orbit: the one that stands for all, and how many they are. Exact: two states
 * are copies of each other if and only if the same state stands for both.
 *
 * Here: groups that are listed, where every copy is made and the least taken. What is least does not matter, only that it is
 * one: the ids of the cells are compared, and an id once given stays.
 * Not here: sets of things that may be renamed at will, which are too many to list (sets.ts).
 */
import type { Symmetry } from '../model.js'
import { generated, identity, orderOf, written } from './permutations.js'
import { type CellIds, compare, type Ids, Renamer, type Renaming, write } from './renaming.js'
import { SetRepresentatives } from './sets.js'

export interface Representatives {
  /** Turns the state into the one that stands for its orbit. @returns how many states the orbit has */
  represent(state: Ids): number
  /** Was it another before? */
  readonly hasChanged: boolean
}

export const representativesFor = (symmetry: Symmetry, ids: CellIds): Representatives => {
  const renamer = new Renamer(symmetry, ids)
  const { group } = symmetry
  return 'all' in group ? new ListedRepresentatives(renamer) : new SetRepresentatives(renamer, group.sets)
}

class ListedRepresentatives implements Representatives {
  readonly #renamings: readonly Renaming[]
  readonly #order: number
  readonly #cells: number
  #copy: Ids
  #least: Ids
  hasChanged = false

  constructor(private readonly renamer: Renamer) {
    const { group, things, owners } = renamer.symmetry
    const all = 'all' in group ? group.all : []
    if (generated(things, all).length !== all.length || !all.some(isIdentity))
      throw new RangeError('the renamings of a symmetry have to form a group')
    this.#renamings = all.filter(to => !isIdentity(to)).map(to => renamer.renaming(to))
    this.#order = orderOf(renamer.symmetry)
    this.#cells = owners.length
    this.#copy = new Int32Array(owners.length)
    this.#least = new Int32Array(owners.length)
  }

  represent(state: Ids): number {
    let least = state
    // Renamings that make the least copy: as many as leave it alone.
    let makers = 1
    for (const renaming of this.#renamings) {
      const copy = this.#copy
      this.renamer.copy(state, renaming, copy)
      const order = compare(copy, least, this.#cells)
      if (order === 0) makers++
      if (order >= 0) continue
      makers = 1
      this.#copy = this.#least
      this.#least = copy
      least = copy
    }
    this.hasChanged = least !== state
    if (this.hasChanged) write(least, state, this.#cells)
    return this.#order / makers
  }
}

const isIdentity = (to: readonly number[]): boolean => written(to) === written(identity(to.length))
