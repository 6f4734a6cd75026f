/**
 * The states that the constraint of a model keeps out: each is judged once, and neither counted nor expanded.
 */
import type { LocalProperty } from '../model.js'
import { catchUp } from './bits.js'
import { StateElements } from './cells.js'
import { Decisions, type Questions } from './decisions.js'
import { listShown, StateQuestions } from './property-questions.js'
import type { Space } from './space.js'
import { States } from './states.js'
import type { Reading, Tracker } from './tracker.js'

/** Is a state kept out? */
export class ConstraintQuestion<S> implements Questions<true> {
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
  readonly #constraint: Decisions<true>
  readonly #judgements: Decisions<number>
  /** The states that were asked about last by each of them. */
  readonly #last: Int32Array
  readonly #lastJudged: Int32Array
  readonly #shown: number[] = []
  readonly #tracker: Tracker
  /** How many cells had come to hold values of more than one kind when something was last asked. */
  #mixed: number

  constructor(space: Space<S>, properties: readonly LocalProperty<S>[], constraint: (state: S) => boolean) {
    this.#states = new States(space.columns)
    this.#row = new Int32Array(Math.max(1, space.columns.length))
    this.#last = new Int32Array(space.columns.length)
    this.#lastJudged = new Int32Array(space.columns.length)
    this.#constraint = new Decisions(new ConstraintQuestion(space, constraint), space.fields)
    const [initial] = space.model.initial as readonly [(typeof space.model.initial)[number]]
    const questions = new StateQuestions(space, properties, undefined, initial.state)
    this.#judgements = new Decisions(questions, space.fields)
    this.#tracker = space.tracker
    this.#mixed = space.tracker.mixed
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
    this.#forgetWhatIsMixed()
    return this.#constraint.follow(vector, catchUp(this.#last, vector)).has[0] !== 0
  }

  /** Which properties the state shows. One list serves for all states. */
  judge(vector: Int32Array): readonly number[] {
    this.#forgetWhatIsMixed()
    return listShown(this.#judgements.follow(vector, catchUp(this.#lastJudged, vector)), this.#shown)
  }

  /** What was remembered by what was read is worth nothing where cells are read in another way now, whoever has found that out. */
  #forgetWhatIsMixed(): void {
    const { mixed } = this.#tracker
    if (mixed === this.#mixed) return
    this.#mixed = mixed
    this.#constraint.forget()
    this.#judgements.forget()
  }

  /** Adds a state for which `has` was just false. */
  add(low: number, high: number): void {
    this.#states.add(this.#row, low, high)
  }
}
