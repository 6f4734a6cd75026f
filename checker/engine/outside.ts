/**
 * The states that the constraint of a model keeps out: each is judged once, and neither counted nor expanded.
 */
import { catchUp } from './bits.js'
import { StateElements } from './cells.js'
import { Decisions, type Questions } from './decisions.js'
import type { Space } from './space.js'
import { States } from './states.js'
import type { Reading } from './tracker.js'

/** Is a state kept out? */
class ConstraintQuestion<S> implements Questions<true> {
  readonly count = 1

  constructor(
    private readonly space: Space<S>,
    private readonly constraint: (state: S) => boolean,
  ) {}

  get read(): readonly Reading[] {
    return this.space.tracker.read
  }

  ask(_question: number, vector: Int32Array): true | undefined {
    const { tracker, shape } = this.space
    tracker.begin(vector)
    return this.#isOut(shape.stateOf(new StateElements(tracker, tracker.slots.before)))
  }

  askPlainly(_question: number, vector: Int32Array): true | undefined {
    return this.#isOut(this.space.plainState(vector))
  }

  #isOut(state: S): true | undefined {
    return this.constraint(state) ? undefined : true
  }
}

export class Outside<S> {
  readonly #states: States
  readonly #row: Int32Array
  readonly #last: Int32Array
  readonly decisions: Decisions<true>

  constructor(space: Space<S>, constraint: (state: S) => boolean) {
    this.#states = new States(space.columns)
    this.#row = new Int32Array(Math.max(1, space.columns.length))
    this.#last = new Int32Array(space.columns.length)
    this.decisions = new Decisions(new ConstraintQuestion(space, constraint), space.fields)
  }

  get count(): number {
    return this.#states.count
  }

  /** Is it a state that was kept out before? */
  has(vector: Int32Array, low: number, high: number): boolean {
    this.#states.fit(vector)
    this.#states.layout.pack(vector, this.#row)
    return this.#states.find(this.#row, low, high) >= 0
  }

  /** Must the state be kept out? */
  keepsOut(vector: Int32Array): boolean {
    return this.decisions.follow(vector, catchUp(this.#last, vector)).has[0] !== 0
  }

  /** Adds a state for which `has` was just false. */
  add(low: number, high: number): void {
    this.#states.add(this.#row, low, high)
  }
}
