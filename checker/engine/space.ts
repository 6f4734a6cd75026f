/**
 * The cells of a model and everything that is known of them: what all questions about a model share.
 */
import { actionsOf, type PlacedAction } from '../explore/traces.js'
import type { Model, StepEvent } from '../model.js'
import { type Census, Column, Kinds } from './columns.js'
import { codeOf } from './event-code.js'
import { FieldTable } from './field.js'
import { Patches } from './patches.js'
import { Shape } from './shape.js'
import { Tracker } from './tracker.js'
import { Values } from './values.js'

export class Space<S> {
  readonly actions: readonly PlacedAction<S>[]
  readonly columns: readonly Column[]
  readonly tracker: Tracker
  readonly shape: Shape<S>
  readonly patches: Patches
  readonly fields = new FieldTable()
  /** How many different values the cells have had, counted for each cell. */
  readonly census: Census = { cells: 0 }
  readonly #eventsOfCode = new Map<string, number>()
  readonly #events: (readonly StepEvent[])[] = []

  /** @param count how many cells a state has */
  constructor(
    readonly model: Model<S>,
    count: number,
  ) {
    const values = new Values()
    const kinds = new Kinds()
    this.actions = actionsOf(model)
    this.columns = Array.from(
      { length: count },
      (_, at) => new Column(at, values, kinds, this.census, this.fields),
    )
    this.tracker = new Tracker(this.columns, this.fields)
    this.shape = new Shape(model, this.tracker, kinds)
    this.patches = new Patches(this.columns, values)
    this.tracker.actions.include(this.actions.length)
  }

  /** The values of the cells that stand at `from` and after it. */
  valuesAt(vector: Int32Array, from = 0): unknown[] {
    return this.columns.map(({ values }, column) => values[vector[from + column] as number])
  }

  /** A state that nobody tracks. */
  plainState(vector: Int32Array, from = 0): S {
    return this.model.restore(this.valuesAt(vector, from))
  }

  /** The number of a list of events; equal lists have one. */
  eventsId(events: readonly StepEvent[]): number {
    const code = codeOf(events)
    const known = this.#eventsOfCode.get(code)
    if (known !== undefined) return known
    const id = this.#events.push(events) - 1
    this.#eventsOfCode.set(code, id)
    this.tracker.events.include(id)
    return id
  }

  eventsAt(id: number): readonly StepEvent[] {
    return this.#events[id] as readonly StepEvent[]
  }

  /** Runs what encodes values: a view among them is found. */
  encoding<T>(run: () => T): T {
    this.tracker.isEncoding = true
    try {
      return run()
    } finally {
      this.tracker.isEncoding = false
    }
  }
}
