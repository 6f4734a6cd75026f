/**
 * The question that is asked of every action: may it be taken, and what does it write?
 */
import { asBoolean, cellsOf } from '../explore/answers.js'
import { bitOf } from './bits.js'
import { StateElements } from './cells.js'
import type { Questions } from './decisions.js'
import type { Holders } from './holders.js'
import type { Patch } from './patches.js'
import type { Space } from './space.js'
import type { Reading } from './tracker.js'

/** What an action does where it may be taken. */
export interface Outcome {
  /** The position of the action. */
  readonly action: number
  /** One for each cell that is written. */
  readonly patches: readonly Patch[]
  /** For each patch, one after the other: the column, and the id that it writes whatever the cell was, or -1. */
  readonly constants: readonly number[]
  /** Bits of the cells that are written. */
  readonly writes: number
  /** The events of the step; 0 where nobody judges steps. */
  readonly events: number
}

const outcomeOf = (action: number, patches: readonly Patch[], events: number): Outcome => ({
  action,
  patches,
  constants: patches.flatMap(({ column, constant }) => [column, constant ?? -1]),
  writes: patches.reduce((bits, { column }) => bits | bitOf(column), 0),
  events,
})

export class RuleQuestions<S> implements Questions<Outcome> {
  /** Equal outcomes are one, so that what is looked up most lies close together. */
  readonly #outcomes = new Map<string, Outcome>()

  constructor(
    private readonly space: Space<S>,
    private readonly wantsEvents: boolean,
    private readonly holders: Holders,
  ) {
    space.eventsId([])
  }

  get count(): number {
    return this.space.actions.length
  }

  get read(): readonly Reading[] {
    return this.space.tracker.read
  }

  complete(vector: Int32Array): void {
    this.holders.describe(vector)
  }

  ask(action: number, vector: Int32Array): Outcome | undefined {
    const { tracker, shape } = this.space
    tracker.begin(vector, this.holders)
    const elements = new StateElements(tracker, tracker.slots.before)
    const after = this.#fire(action, shape.stateOf(elements))
    if (after === undefined) return undefined
    return this.space.encoding(() => {
      const patches = shape
        .changes(after.state, elements)
        .map(({ column, change }) => this.space.patches.of(column, change))
      return this.#shared(action, patches, after.events)
    })
  }

  #shared(action: number, patches: readonly Patch[], events: number): Outcome {
    const key = [action, events, ...patches.map(({ number }) => number)].join()
    const known = this.#outcomes.get(key)
    if (known !== undefined) return known
    const outcome = outcomeOf(action, patches, events)
    this.#outcomes.set(key, outcome)
    return outcome
  }

  /** @param state which the vector describes, if it is at hand */
  askPlainly(
    action: number,
    vector: Int32Array,
    state: S = this.space.plainState(vector),
  ): Outcome | undefined {
    const { space } = this
    const after = this.#fire(action, state)
    if (after === undefined) return undefined
    const cells = cellsOf(space.model, after.state, space.columns.length)
    const patches: Patch[] = []
    for (const [at, column] of space.columns.entries()) {
      const id = column.idOf(cells[at])
      if (id !== vector[at]) patches.push(space.patches.constant(at, id))
    }
    return outcomeOf(action, patches, after.events)
  }

  #fire(at: number, state: S): { readonly state: S; readonly events: number } | undefined {
    const { model, actions } = this.space
    const { rule, choice } = actions[at] as (typeof actions)[number]
    if (!asBoolean(rule.guard(state, choice))) return undefined
    const after = rule.effect(state, choice)
    if (!this.wantsEvents) return { state: after, events: 0 }
    return { state: after, events: this.space.encoding(() => this.space.eventsId(model.events(after))) }
  }
}
