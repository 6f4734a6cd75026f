/**
 * Records the graph of a search beside the search: told of every edge, in the order of the states.
 */
import { GrowingInts } from '../explore/growing.js'
import type { Action } from '../explore/result.js'
import type { Initial, Model } from '../model.js'
import type { StateGraph } from './state-graph.js'

/** What is asked of a search, whichever engine it is of. */
export interface RecordedSearch<S> {
  /** Every rule with every choice. */
  readonly actions: readonly Action<S>[]
  readonly states: number
  /** Undefined for a state that is not kept. */
  indexOfState(state: S): number | undefined
  stateAt(index: number): S
  marks?: StateGraph<S>['marks']
}

export class GraphRecorder<S> {
  readonly #rows = new GrowingInts()
  readonly #targets = new GrowingInts()
  readonly #labels = new GrowingInts()

  constructor(
    private readonly model: Model<S>,
    private readonly search: RecordedSearch<S>,
    /** Can other threads read the graph? */
    private readonly isShared = false,
  ) {
    this.#rows.push(0)
  }

  /**
   * An edge of the state whose row is written.
   * @param target the number of the state it leads to, or `outside`
   * @param action the position of its action
   */
  edge(target: number, action: number): void {
    this.#targets.push(target)
    this.#labels.push(action)
  }

  /** The state has no more edges. */
  endRow(): void {
    this.#rows.push(this.#targets.length)
  }

  /** Hands over what was recorded. To be called once: nothing is left here, so that there is one copy of it. */
  graph(): StateGraph<S> {
    const { search, model, isShared } = this
    const initial = new Map<number, Initial<S>>()
    for (const one of model.initial) {
      const index = search.indexOfState(one.state)
      if (index !== undefined && !initial.has(index)) initial.set(index, one)
    }
    const rows = this.#rows.take(isShared)
    return {
      model,
      actions: search.actions,
      size: search.states,
      expanded: rows.length - 1,
      initial,
      rows,
      targets: this.#targets.take(isShared),
      labels: this.#labels.take(isShared),
      stateAt: index => search.stateAt(index),
      ...(search.marks && { marks: search.marks.bind(search) }),
    }
  }
}
