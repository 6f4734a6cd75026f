/**
 * By which actions each state was found: for each state the one before it, from which everything else follows.
 */
import { beforeAll, type Place } from '../explore/evidence.js'
import { isShownByStep } from '../explore/judge.js'
import type { Trace } from '../explore/result.js'
import type { LocalProperty, Model } from '../model.js'
import { realTrace } from '../symmetry/real-trace.js'
import type { Reduction } from '../symmetry/reduction.js'
import { compare } from '../symmetry/renaming.js'
import type { Expander } from './expander.js'
import { Parents } from './parents.js'
import type { Outcome } from './rule-questions.js'
import type { States } from './states.js'

export class Ways<S> {
  readonly #parents = new Parents()
  /** By index: the initial state that is stored there. */
  readonly #initial: number[] = []

  constructor(
    private readonly model: Model<S>,
    private readonly properties: readonly LocalProperty<S>[],
    private readonly expander: Expander<S>,
    private readonly stored: States,
    private readonly reduction: Reduction<S> | undefined,
  ) {}

  get bytes(): number {
    return this.#parents.bytes
  }

  /** The next state is an initial one of the model, of which this is the position. All of these come first. */
  begin(position: number): void {
    this.#initial.push(position)
    this.#parents.push(0)
  }

  /** The next state was found from this one. */
  add(parent: number): void {
    this.#parents.push(parent)
  }

  /** The state from which a state was found; undefined for an initial one. */
  parentOf(index: number): number | undefined {
    return index < this.#initial.length ? undefined : this.#parents.at(index)
  }

  /** Where a state was found. To know by which action takes a while. */
  placeOf(index: number): Place {
    const parent = this.parentOf(index)
    if (parent === undefined) return { parent: beforeAll, action: this.#initial[index] as number }
    const actionTo = () => this.actionTo(parent, index)
    return {
      parent,
      get action() {
        return actionTo()
      },
    }
  }

  /**
   * The actions to a state, and one more if given; a shortest way.
   *
   * @param shows the property that the step of the last action shows, if it is for that that the trace is asked
   */
  to(index: number, last?: number, shows?: number): Trace<S> {
    const { actions } = this.expander.space
    const reversed = last === undefined ? [] : [last]
    const way = [index]
    let at = index
    while (at >= this.#initial.length) {
      const parent = this.#parents.at(at)
      if (this.reduction === undefined) reversed.push(this.actionTo(parent, at))
      at = parent
      way.push(at)
    }
    const initial = this.model.initial[this.#initial[at] as number] as Trace<S>['initial']
    if (this.reduction !== undefined)
      return this.#realTrace(
        initial,
        way.reverse(),
        last,
        shows === undefined ? undefined : this.properties[shows],
      )
    return {
      initial,
      actions: reversed.reverse().map(position => {
        const { rule, choice } = actions[position] as (typeof actions)[number]
        return { rule, choice }
      }),
    }
  }

  /** The behaviour that passes copies of these representatives, and takes this action, or a copy of it. */
  #realTrace(
    initial: Trace<S>['initial'],
    way: readonly number[],
    last: number | undefined,
    shows: LocalProperty<S> | undefined,
  ): Trace<S> {
    const { model, expander } = this
    const { space } = expander
    const kept = way.map(index => this.idsAt(index))
    if (last !== undefined) {
      const { rule, choice } = space.actions[last] as (typeof space.actions)[number]
      kept.push(this.#keptFor(rule.effect(space.plainState(kept.at(-1) as Int32Array), choice)))
    }
    return realTrace(model, {
      initial,
      length: kept.length - 1,
      isThere: (state, steps) =>
        compare(this.#keptFor(state), kept[steps] as Int32Array, space.columns.length) === 0,
      isAskedFor: shows && (step => isShownByStep(shows, step)),
    })
  }

  /** The ids of the cells of a state. */
  idsAt(index: number): Int32Array {
    const ids = new Int32Array(this.expander.space.columns.length)
    this.stored.load(index, ids)
    return ids
  }

  #keptFor(state: S): Int32Array {
    const cells = this.model.cells(state)
    const ids = Int32Array.from(this.expander.space.columns, (column, at) => column.idOf(cells[at]))
    this.reduction?.represent(ids)
    return ids
  }

  /** The first action in the order of the model that leads from one state to the other, or to a copy that it stands for. */
  actionTo(from: number, to: number): number {
    const width = this.expander.space.columns.length
    const before = new Int32Array(this.expander.space.tracker.slots.count)
    this.stored.load(from, before)
    const goal = new Int32Array(width)
    this.stored.load(to, goal)
    const outcomes: Outcome[] = []
    this.expander.rules.ask(before, outcomes)
    const leads = ({ patches }: Outcome): boolean => {
      const after = before.slice(0, width)
      for (const patch of patches) after[patch.column] = patch.after(before[patch.column] as number)
      this.reduction?.represent(after)
      return after.every((id, column) => id === goal[column])
    }
    const found = outcomes.filter(leads).map(({ action }) => action)
    if (found.length === 0) throw new Error(`no action leads from state ${from} to state ${to}, its child`)
    return Math.min(...found)
  }
}
