/**
 * The abstract side of a refinement: its states, found as the concrete side comes to them, and its steps.
 *
 * States are known by their keys. The successors of each are computed once.
 */

import { enabled } from '../explore/replay.js'
import type { Action } from '../explore/result.js'
import { Store } from '../explore/store.js'
import type { Fairness, Model } from '../model.js'

export class AbstractSide<A> {
  readonly #store = new Store()
  readonly #successors = new Map<string, ReadonlyMap<string, readonly Action<A>[]>>()
  readonly initial: ReadonlySet<string>

  constructor(readonly model: Model<A>) {
    this.initial = new Set(model.initial.map(({ state }) => this.keyOf(state)))
  }

  keyOf(state: A): string {
    return this.#store.keyOf(this.model.cells(state))
  }

  stateOf(key: string): A {
    return this.model.restore(this.#store.cellsOf(key).values)
  }

  /** By the key of each other state that one step leads to: the actions that do. */
  successors(key: string): ReadonlyMap<string, readonly Action<A>[]> {
    const known = this.#successors.get(key)
    if (known !== undefined) return known
    const state = this.stateOf(key)
    const found = new Map<string, Action<A>[]>()
    for (const action of enabled(this.model, state)) {
      const after = this.keyOf(action.rule.effect(state, action.choice))
      if (after === key) continue
      const actions = found.get(after)
      if (actions === undefined) found.set(after, [action])
      else actions.push(action)
    }
    this.#successors.set(key, found)
    return found
  }

  /** Has the condition a step from this state that changes something? */
  isEnabled(key: string, condition: Fairness<A>): boolean {
    return [...this.successors(key).keys()].some(after => this.serves(key, after, condition))
  }

  /** Can the condition be what leads from this state to that other one? */
  serves(from: string, to: string, { includes, when }: Fairness<A>): boolean {
    const actions = this.successors(from).get(to) ?? []
    return actions.some(
      ({ rule, choice }) => includes(rule, choice) && (when?.(this.stateOf(from), choice) ?? true),
    )
  }

  /** Every state and step that it has on its own, as far as it closes within the limit. */
  closure(limit: number): { readonly states: readonly string[]; readonly isWhole: boolean } {
    const states = new Set(this.initial)
    for (const key of states) {
      if (states.size > limit) return { states: [...states], isWhole: false }
      for (const after of this.successors(key).keys()) states.add(after)
    }
    return { states: [...states], isWhole: true }
  }
}
