/**
 * A search that keeps one state of each orbit: what it needs beside a search that keeps all, and what it knows of the rest.
 *
 * Here: the representatives, the number of states and steps that they stand for, and which of them are compared with their
 * copies. A search that finds the model not to be symmetric begins anew without.
 */

import { canonical } from '../encode/canonical.js'
import { ModelError } from '../explore/model-error.js'
import type { Exploration, ExploreOptions, SymmetryFound } from '../explore/result.js'
import type { LocalProperty, Model, Permutation, Property, Symmetry } from '../model.js'
import { isTemporal } from '../model.js'
import { compareCopies, compareJudgements, NotSymmetric } from './equivariance.js'
import { generatorsOf, renamingsOf } from './permutations.js'
import { type CellIds, type Ids, renamedCells } from './renaming.js'
import { type Representatives, representativesFor } from './representatives.js'
import { TooManyOrders } from './sets.js'

export class Reduction<S> {
  readonly #representatives: Representatives
  readonly #renamings: readonly Permutation[]
  #judged = 0
  #states = 0
  #transitions = 0
  #compared = 0

  constructor(
    private readonly model: Model<S>,
    private readonly symmetry: Symmetry,
    private readonly properties: readonly LocalProperty<S>[],
    private readonly isParanoid: boolean,
    ids: CellIds,
  ) {
    this.#representatives = representativesFor(symmetry, ids)
    this.#renamings = renamingsOf(symmetry, isParanoid ? mostInDoubt : most)
  }

  /** Turns the state into the one that stands for its orbit. @returns how many states the orbit has */
  represent(state: Ids): number {
    return this.#representatives.represent(state)
  }

  /** Was the state that was last represented another than the one that stands for it? */
  get hasChanged(): boolean {
    return this.#representatives.hasChanged
  }

  /** A representative was found, of so many states, or of as many that the constraint keeps out: these are not counted. */
  found(orbit: number, isKeptOut: boolean, cells: () => readonly unknown[]): void {
    if (!isKeptOut) this.#states += orbit
    const at = this.#judged++
    if (this.isParanoid || at < firstJudged || isSample(at))
      compareJudgements(this.model, this.properties, this.symmetry, cells(), this.#renamings)
  }

  /** A representative of so many states was expanded. Throws `NotSymmetric` if it differs from its copies. */
  expanded(index: number, orbit: number, steps: number, cells: () => readonly unknown[]): void {
    this.#transitions += orbit * steps
    const isFirst = index < first
    if (!this.isParanoid && !isFirst && !isSample(index)) return
    const one = this.#compared++ % this.#renamings.length
    const renamings = this.isParanoid || isFirst ? this.#renamings : this.#renamings.slice(one, one + 1)
    compareCopies(this.model, this.properties, this.symmetry, cells(), renamings)
  }

  result(): SymmetryFound {
    return { says: this.symmetry.says, states: this.#states, transitions: this.#transitions }
  }
}

/** So many states are compared with all copies; of those after them, some with one. */
const first = 32

/** Of so many states, the judgements are compared with those of all copies, and of some of those after them. */
const firstJudged = 512

/** Beyond so many renamings, those that generate the others stand for all; and beyond so many where everything is doubted. */
const most = 24
const mostInDoubt = 720

/** 8 of the states from 32 on, and of twice as many always 8 more. */
const isSample = (index: number): boolean => (index & ((1 << (28 - Math.clz32(index))) - 1)) === 0

/** Are the copies of initial states initial as well? */
function isClosed<S>({ initial, cells }: Model<S>, symmetry: Symmetry): boolean {
  const codes = new Set(initial.map(({ state }) => cells(state).map(canonical).join('')))
  return initial.every(({ state }) =>
    generatorsOf(symmetry).every(to =>
      codes.has(renamedCells(symmetry, cells(state), to).map(canonical).join('')),
    ),
  )
}

/** Makes the reduction of a search from the ids that it gives to cells. */
export type MakeReduction<S> = (ids: CellIds) => Reduction<S>

/** Searches with symmetry where that is wanted and can be; and without where it turns out that it cannot. */
export async function reducing<S>(
  model: Model<S>,
  properties: readonly Property<S>[],
  { symmetry: isWanted, graph, paranoid = false }: ExploreOptions,
  search: (reduction: MakeReduction<S> | undefined) => Promise<Exploration<S>>,
): Promise<Exploration<S>> {
  const { symmetry } = model
  if (isWanted !== true || symmetry === undefined) return search(undefined)
  const without = async (refused: string) => ({
    ...(await search(undefined)),
    symmetry: { says: symmetry.says, refused },
  })
  if (graph === true || properties.some(isTemporal))
    return without('a temporal property is judged on the graph of all states')
  if (!isClosed(model, symmetry)) return without('the renamed copy of an initial state is not initial')
  const local = properties.filter(property => !isTemporal(property)) as LocalProperty<S>[]
  try {
    return await search(ids => new Reduction(model, symmetry, local, paranoid, ids))
  } catch (error) {
    // What goes wrong in a representative is told of the state that is reached: by a search without symmetry.
    if (error instanceof NotSymmetric || error instanceof TooManyOrders || error instanceof ModelError)
      return without(error.message)
    throw error
  }
}
