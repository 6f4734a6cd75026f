/**
 * The order of the same steps with the fewest switches between those who act.
 *
 * Here: looking through all orders that can be taken, by the number of switches, where they are few enough; where not,
 * the greedy order of steps.ts, which is not always the best there is.
 */
import type { Action } from '../explore/result.js'
import { actionsOf, type IsOver, switches, withFewSwitches } from './steps.js'
import type { Shown, Trial } from './violation.js'

export interface Ordered<S> {
  readonly shown: Shown<S>
  /** `fewest`: no order of the same steps that shows the same has fewer switches. `few`: steps were moved one at a time. */
  readonly order: 'fewest' | 'few'
}

/** So many steps are tried in all, in whatever orders. */
const most = 30_000

/** More steps than that have more orders than can be looked through, and more than fit into the bits of an integer. */
const longest = 30

/** Without lanes, there is nothing to switch between, and every order is the best. */
export function withFewestSwitches<S>(trial: Trial<S>, given: Shown<S>, isOver: IsOver): Ordered<S> {
  const shown = withFewSwitches(trial, given, isOver)
  if (shown.steps.length > longest) return { shown, order: 'few' }
  const orders = new Orders(trial, shown, isOver)
  for (let bound = orders.fewest; bound < switches(trial, actionsOf(shown)); bound++) {
    const actions = orders.within(bound)
    const found = actions && trial.show({ actions, loop: shown.loop })
    if (found !== undefined && found.steps.length === shown.steps.length)
      return { shown: found, order: 'fewest' }
    if (orders.isCutShort) return { shown, order: 'few' }
  }
  return { shown, order: 'fewest' }
}

interface Place<S> {
  readonly state: S
  /** Bits of the steps that were taken. */
  readonly taken: number
  readonly lane: string | undefined
  readonly left: number
}

/**
 * The orders of the steps of one trace.
 *
 * A trace shows its violation at its end and nowhere before, whatever way leads there. So a state with the same steps
 * left and the same lane need not be looked at again. Of a lasso every state counts: there, nothing is left out.
 */
class Orders<S> {
  readonly #actions: readonly Action<S>[]
  readonly #lanes: readonly (string | undefined)[]
  /** By step: an equal one before it, which is taken first. */
  readonly #twin: readonly number[]
  /** By place: with so many switches left, nothing was found. */
  readonly #failed = new Map<string, number>()
  #tried = 0
  isCutShort = false

  constructor(
    private readonly trial: Trial<S>,
    private readonly shown: Shown<S>,
    private readonly isOver: IsOver,
  ) {
    const { model, initial } = trial
    this.#actions = actionsOf(shown)
    this.#lanes = this.#actions.map(({ rule, choice }) => model.lane?.(rule, choice, initial))
    this.#twin = this.#actions.map(({ rule, choice }, i) =>
      this.#actions.findLastIndex((it, j) => j < i && it.rule === rule && it.choice === choice),
    )
  }

  /** No order has fewer than this. */
  get fewest(): number {
    return Math.max(0, new Set(this.#lanes).size - 1)
  }

  /** An order with at most so many switches, undefined if there is none, or none was found before the end (`isCutShort`). */
  within(bound: number): readonly Action<S>[] | undefined {
    const { model, initial } = this.trial
    const state = model.restore(model.cells(initial.state))
    const order: number[] = []
    for (const lane of new Set(this.#lanes))
      if (this.#extend({ state, taken: 0, lane, left: bound }, order))
        return order.map(i => this.#actions[i] as Action<S>)
    return undefined
  }

  /** Takes the remaining steps, as far as it can; if it comes to the end, they are in `order`. */
  #extend(place: Place<S>, order: number[]): boolean {
    const { state, taken, lane, left } = place
    const { length } = this.#actions
    if (order.length === length) return this.#isShown(order)
    const remaining = this.#lanes.filter((it, i) => ((taken >> i) & 1) === 0 && it !== lane)
    if (new Set(remaining).size > left) return false
    const key = this.shown.loop === undefined ? `${taken} ${lane} ${this.trial.keyOf(state)}` : undefined
    if (key !== undefined && (this.#failed.get(key) ?? -1) >= left) return false
    // Whose turn it is goes on first.
    for (const isSame of [true, false]) {
      for (let i = 0; i < length; i++) {
        if (!this.#mayCome(i, taken, order.length) || (this.#lanes[i] === lane) !== isSame) continue
        if (!isSame && left === 0) continue
        if (++this.#tried > most || this.isOver()) this.isCutShort = true
        if (this.isCutShort) return false
        const after = this.#after(state, i, order.length)
        if (after === undefined) continue
        order.push(i)
        const next = { state: after, taken: taken | (1 << i), lane: this.#lanes[i] }
        if (this.#extend({ ...next, left: isSame ? left : left - 1 }, order)) return true
        order.pop()
      }
    }
    if (key !== undefined && !this.isCutShort) this.#failed.set(key, left)
    return false
  }

  /** The steps of a loop come after those of its stem. */
  #mayCome(i: number, taken: number, at: number): boolean {
    const { loop } = this.shown
    if (((taken >> i) & 1) === 1) return false
    if (loop !== undefined && i < loop !== at < loop) return false
    const twin = this.#twin[i] as number
    return twin < 0 || (loop !== undefined && twin < loop !== i < loop) || ((taken >> twin) & 1) === 1
  }

  /** The state after step `i`; undefined where it cannot be taken, or where the trace would end too early. */
  #after(before: S, i: number, at: number): S | undefined {
    const { model } = this.trial
    const step = this.trial.take(before, this.#actions[i] as Action<S>)
    if (step === undefined) return undefined
    const state = model.restore(model.cells(step.after))
    if (this.shown.loop !== undefined) return state
    return this.trial.isShown(step, state) === (at === this.#actions.length - 1) ? state : undefined
  }

  #isShown(order: readonly number[]): boolean {
    const { loop } = this.shown
    if (loop === undefined) return true
    return this.trial.show({ actions: order.map(i => this.#actions[i] as Action<S>), loop }) !== undefined
  }
}
