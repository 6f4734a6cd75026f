/**
 * The states that the constraint of a model keeps out: each is judged once, and neither counted nor expanded.
 */
import { StateElements } from './cells.js'
import { Decisions, type Questions } from './decisions.js'
import type { Space } from './space.js'
import { fingerprint, States } from './states.js'
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
  readonly #answers: true[] = []
  readonly decisions: Decisions<true>

  constructor(
    private readonly space: Space<S>,
    constraint: (state: S) => boolean,
  ) {
    this.#states = new States(space.columns)
    this.#row = new Int32Array(Math.max(1, space.columns.length))
    this.decisions = new Decisions(new ConstraintQuestion(space, constraint), space.fields)
  }

  get count(): number {
    return this.#states.count
  }

  /** Is it a state that was kept out before? */
  has(vector: Int32Array, low: number, high: number): boolean {
    return this.find(vector, low, high) >= 0
  }

  /** The number of the state among those that were kept out before, or -1. */
  find(vector: Int32Array, low: number, high: number): number {
    this.#states.fit(vector)
    this.#states.layout.pack(vector, this.#row)
    return this.#states.find(this.#row, low, high)
  }

  /** Must the state be kept out? */
  keepsOut(vector: Int32Array): boolean {
    this.decisions.ask(vector, this.#answers)
    return this.#answers.length > 0
  }

  /** Adds a state for which `has` was just false. */
  add(low: number, high: number): void {
    this.#states.add(this.#row, low, high)
  }

  /** The ids of the cells of the state with this number. */
  load(at: number, ids: Int32Array): void {
    this.#states.load(at, ids)
  }

  /** The ids of the cells of all states from this number on, one after the other. */
  handOver(from: number): Int32Array {
    const width = this.space.columns.length
    const all = new Int32Array((this.count - from) * width)
    for (let at = from; at < this.count; at++) {
      this.load(at, all.subarray((at - from) * width, (at - from + 1) * width))
    }
    return all
  }

  /** Adds those of the states that another thread has handed over that are wanted, and new. */
  adopt(all: Int32Array, isWanted: (low: number) => boolean = () => true): void {
    const width = this.space.columns.length
    for (let at = 0; at < all.length; at += width) {
      const ids = all.subarray(at, at + width)
      const { low, high } = fingerprint(this.space.columns, ids)
      if (isWanted(low) && !this.has(ids, low, high)) this.add(low, high)
    }
  }
}
