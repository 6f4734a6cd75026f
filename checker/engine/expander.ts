/**
 * The step from a state to its successors, in numbers: what is needed of it on every thread.
 *
 * Here: the state that is expanded, the outcomes of its actions, the step that is taken, and the row and fingerprint of
 * the state after it. One set of arrays serves for all.
 * Not here: where states are kept, and what is counted (search.ts, worker.ts).
 */
import { isAboutSteps } from '../explore/judge.js'
import type { LocalProperty, Model } from '../model.js'
import { anything, bitOf, Decisions } from './decisions.js'
import { StateQuestions, StepQuestions } from './property-questions.js'
import { type Outcome, RuleQuestions } from './rule-questions.js'
import { Space } from './space.js'
import type { States } from './states.js'
import { Successors } from './successors.js'

export class Expander<S> {
  readonly space: Space<S>
  readonly ruleQuestions: RuleQuestions<S>
  readonly stateQuestions: StateQuestions<S>
  readonly stepQuestions: StepQuestions<S>
  readonly rules: Decisions<Outcome>
  readonly ofStates: Decisions<number>
  readonly ofSteps: Decisions<number>
  readonly judgesSteps: boolean

  /** The step, as it is described to the tracker: it begins with the ids of the state. */
  readonly step: Int32Array
  /** The state after the step, as it is described to the tracker. */
  readonly after: Int32Array
  /** The state after the step as a row, and its fingerprint. */
  readonly row: Int32Array
  low = 0
  high = 0
  /** What can be done in the state, in the order of the actions. */
  readonly outcomes: Outcome[] = []
  /** The properties that were shown by the last judgement, each once. */
  readonly shown: number[] = []
  /** Bits of the cells that the step changes. */
  changedBits = 0
  /** What all steps out of the state lead to. */
  readonly successors: Successors
  readonly #rowBefore: Int32Array
  #lowBefore = 0
  #highBefore = 0
  /** The columns that the step changes, and how many. */
  readonly #changed: Int32Array
  #changes = 0

  /**
   * @param width how many cells a state has
   * @param plain a state that was restored from cells
   */
  constructor(
    readonly model: Model<S>,
    properties: readonly LocalProperty<S>[],
    width: number,
    plain: S,
  ) {
    this.space = new Space(model, width)
    const { fields, tracker } = this.space
    this.judgesSteps = properties.some(isAboutSteps)
    this.ruleQuestions = new RuleQuestions(this.space, this.judgesSteps)
    this.stateQuestions = new StateQuestions(this.space, properties, plain)
    this.stepQuestions = new StepQuestions(this.space, properties, plain)
    this.rules = new Decisions(this.ruleQuestions, fields)
    this.ofStates = new Decisions(this.stateQuestions, fields)
    this.ofSteps = new Decisions(this.stepQuestions, fields)
    this.step = new Int32Array(tracker.slots.count)
    this.after = new Int32Array(tracker.slots.count)
    this.row = new Int32Array(Math.max(1, width))
    this.#rowBefore = new Int32Array(Math.max(1, width))
    this.#changed = new Int32Array(width)
    this.successors = new Successors(this.space.columns)
  }

  /** Makes a state the one that is expanded. */
  load(states: States, index: number): void {
    const { step } = this
    const { columns } = this.space
    const width = columns.length
    states.load(index, step)
    let low = 0
    let high = 0
    for (let column = 0; column < width; column++) {
      const id = step[column] as number
      const of = columns[column] as (typeof columns)[number]
      low ^= of.low[id] as number
      high ^= of.high[id] as number
      step[width + column] = id
    }
    step.fill(0, 2 * width, 3 * width)
    this.#lowBefore = low
    this.#highBefore = high
    states.rowOf(index, step, this.#rowBefore)
  }

  /** Writes the state that is expanded as a row, because it was loaded or rows are written in another way now. */
  pack(states: States): void {
    states.layout.pack(this.step, this.#rowBefore)
  }

  /** Finds out what can be done in the state. */
  ask(): void {
    const { outcomes } = this
    this.rules.ask(this.step, outcomes)
    // Few, and almost in order.
    for (let at = 1; at < outcomes.length; at++) {
      const outcome = outcomes[at] as Outcome
      let to = at
      while (to > 0 && (outcomes[to - 1] as Outcome).action > outcome.action) {
        outcomes[to] = outcomes[to - 1] as Outcome
        to--
      }
      outcomes[to] = outcome
    }
  }

  /** Takes the step of an outcome. @returns does it change anything? */
  take({ patches, action, events }: Outcome): boolean {
    const { step } = this
    const { columns, tracker } = this.space
    const width = columns.length
    let changes = 0
    let bits = 0
    for (let at = 0; at < patches.length; at++) {
      const patch = patches[at] as Outcome['patches'][number]
      const { column } = patch
      const before = step[column] as number
      const after = patch.after(before)
      if (after === before) continue
      this.#changed[changes++] = column
      bits |= bitOf(column)
      step[width + column] = after
      step[2 * width + column] = 1
    }
    step[tracker.slots.events] = events
    step[tracker.slots.action] = action
    this.#changes = changes
    this.changedBits = bits
    return changes > 0
  }

  /** Takes the steps of all outcomes, as `successors`. */
  takeAll({ layout }: States): void {
    const from = { ids: this.step, row: this.#rowBefore, low: this.#lowBefore, high: this.#highBefore }
    this.successors.take(this.outcomes, from, layout)
  }

  /** Writes what is known of a successor into `row`, `low`, `high`, `after` and `changedBits`. */
  choose(at: number, { layout }: States): void {
    const { successors, row, after, step } = this
    const { words } = layout
    for (let w = 0; w < words; w++) row[w] = successors.rows[at * words + w] as number
    this.low = successors.low[at] as number
    this.high = successors.high[at] as number
    this.changedBits = successors.bits(at)
    const width = this.space.columns.length
    for (let column = 0; column < width; column++) after[column] = step[column] as number
    successors.write(at, after)
  }

  /** Takes the step back. */
  undo(): void {
    const { step } = this
    const width = this.space.columns.length
    for (let at = 0; at < this.#changes; at++) {
      const column = this.#changed[at] as number
      step[width + column] = step[column] as number
      step[2 * width + column] = 0
    }
  }

  /** The row and the fingerprint of the state after the step. */
  findRow({ layout }: States): void {
    const { step, row } = this
    const { columns } = this.space
    const width = columns.length
    const { word, shift, words } = layout
    for (let w = 0; w < words; w++) row[w] = this.#rowBefore[w] as number
    let low = this.#lowBefore
    let high = this.#highBefore
    for (let at = 0; at < this.#changes; at++) {
      const column = this.#changed[at] as number
      const before = step[column] as number
      const after = step[width + column] as number
      const of = columns[column] as (typeof columns)[number]
      low ^= (of.low[before] as number) ^ (of.low[after] as number)
      high ^= (of.high[before] as number) ^ (of.high[after] as number)
      const w = word[column] as number
      // The bits of the cell become those of the new id: whatever is carried away cancels out.
      row[w] = (row[w] as number) + ((after - before) << (shift[column] as number))
    }
    this.low = low
    this.high = high
  }

  /** Describes the state after the step to the tracker. */
  describeAfter(): void {
    const { step, after } = this
    const width = this.space.columns.length
    for (let column = 0; column < width; column++) after[column] = step[width + column] as number
  }

  /** Which properties the step shows. */
  judgeStep(): readonly number[] {
    this.ofSteps.ask(this.step, this.shown)
    return this.#eachOnce()
  }

  /**
   * Which properties the state after the step shows.
   *
   * @param changed as for `Decisions.ask`
   */
  judgeAfter(changed = anything): readonly number[] {
    this.ofStates.ask(this.after, this.shown, changed)
    return this.#eachOnce()
  }

  /** Forgets everything that was remembered by what it read. */
  forget(): void {
    this.rules.forget()
    this.ofStates.forget()
    this.ofSteps.forget()
  }

  /** A property that is asked of many things may be shown by several of them. */
  #eachOnce(): readonly number[] {
    const { shown } = this
    if (shown.length < 2) return shown
    const once = [...new Set(shown)]
    shown.length = 0
    shown.push(...once)
    return shown
  }
}
