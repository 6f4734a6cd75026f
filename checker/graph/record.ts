/**
 * Records the graph of a search beside the search: told of each expansion, in the order of the states.
 */
import { GrowingInts } from '../explore/growing.js'
import type { Expansion, Search } from '../explore/search.js'
import type { PlacedAction } from '../explore/traces.js'
import type { Initial, Model } from '../model.js'
import { outside, type StateGraph } from './state-graph.js'

export class GraphRecorder<S> {
  readonly #rows = new GrowingInts()
  readonly #targets = new GrowingInts()
  readonly #labels = new GrowingInts()
  readonly #positions: ReadonlyMap<PlacedAction<S>, number>

  constructor(
    private readonly model: Model<S>,
    private readonly search: Search<S>,
  ) {
    this.#positions = new Map(search.actions.map((action, position) => [action, position]))
    this.#rows.push(0)
  }

  /** Every edge of a state whose successors the search has just taken in. */
  record({ successors }: Expansion<S>): void {
    for (const { action, key } of successors) {
      this.#targets.push(this.search.indexOf(key) ?? outside)
      this.#labels.push(this.#positions.get(action) as number)
    }
    this.#rows.push(this.#targets.length)
  }

  /** What was recorded so far. */
  graph(): StateGraph<S> {
    const { search, model } = this
    const initial = new Map<number, Initial<S>>()
    for (const one of model.initial) {
      const index = search.indexOfState(one.state)
      if (index !== undefined && !initial.has(index)) initial.set(index, one)
    }
    return {
      model,
      actions: search.actions,
      size: search.states,
      expanded: this.#rows.length - 1,
      initial,
      rows: this.#rows.toArray(),
      targets: this.#targets.toArray(),
      labels: this.#labels.toArray(),
      stateAt: index => search.stateAt(index),
    }
  }
}
