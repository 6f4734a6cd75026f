/**
 * The step from a state to its successors, in numbers: what is needed of it on every thread.
 *
 * Here: the state that is expanded, the outcomes of its actions, the step that is taken, and the row and fingerprint of
 * the state after it. One set of arrays serves for all.
 * Not here: where states are kept, and what is counted (search.ts, worker.ts).
 */
import { isAboutSteps } from '../explore/judge.js'
import type { LocalProperty, Model } from '../model.js'
import { bitOf, noCell } from './bits.js'
import { Decisions, type Standing } from './decisions.js'
import { Holders, mostHolders } from './holders.js'
import type { Layout } from './layout.js'
import { listShown, StateQuestions, StepQuestions } from './property-questions.js'
import { type Outcome, RuleQuestions } from './rule-questions.js'
import { Space } from './space.js'
import { fingerprint, type States } from './states.js'
import { Successors } from './successors.js'
import { Counts, Sets, type TallyOf } from './tallies.js'

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
  /** The ids of the cells of the state after the step, where they were asked for. */
  readonly after: Int32Array
  /** The state after the step as a row, and its fingerprint. */
  readonly row: Int32Array
  low = 0
  high = 0
  /** What can be done in the state, by action; found by `ask`. */
  #standing: Standing<Outcome> | undefined
  readonly #outcomes: Outcome[] = []
  /** Are they those of the state that was asked about? */
  #areListed = true
  /** The properties that were shown by the last judgement. */
  readonly #shown: number[] = []
  /** Bits of the cells that the step changes. */
  changedBits = 0
  /** What all steps out of some states lead to. */
  readonly successors: Successors
  readonly #rowBefore: Int32Array
  readonly #nextRow: Int32Array
  /** In which the row is written. */
  #layout: Layout | undefined
  /** Is nothing known of what is described by the step? */
  #isAnew = true
  /** Bits of the cells that may differ from the state that was asked about, that was judged, or whose steps were all taken, before. */
  #movedSinceAsked = 0
  #movedSinceJudged = 0
  #movedSinceTaken = 0
  /** And from the state of which a step was judged before; and of those that this step has changed. */
  #movedSinceStep = 0
  #changedByStep = 0
  /** By column: the field of the words of its fingerprints. */
  readonly #words: Int32Array
  /** Who holds what in the state that is expanded: what is told of that to rules, and to properties. */
  readonly #holders: Holders
  readonly #holdersForProperties: Holders
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
    readonly properties: readonly LocalProperty<S>[],
    width: number,
    plain: S,
  ) {
    this.space = new Space(model, width)
    const { fields, tracker, columns } = this.space
    this.judgesSteps = properties.some(isAboutSteps)
    const { count, holders } = tracker.slots
    this.step = new Int32Array(count)
    this.after = new Int32Array(width)
    const sets: TallyOf = (table, size) => new Sets(table, size)
    const counts: TallyOf = (table, size) => new Counts(table, size)
    this.#holders = new Holders(columns, fields, holders, this.step, sets, true)
    const more = holders + mostHolders
    this.#holdersForProperties = new Holders(columns, fields, more, this.step, counts, false)
    this.ruleQuestions = new RuleQuestions(this.space, this.judgesSteps, this.#holders)
    this.stateQuestions = new StateQuestions(this.space, properties, this.#holdersForProperties, plain)
    this.stepQuestions = new StepQuestions(this.space, properties, plain)
    this.rules = new Decisions(this.ruleQuestions, fields)
    this.ofStates = new Decisions(this.stateQuestions, fields)
    this.ofSteps = new Decisions(this.stepQuestions, fields)
    this.row = new Int32Array(Math.max(1, width))
    this.#rowBefore = new Int32Array(Math.max(1, width))
    this.#nextRow = new Int32Array(Math.max(1, width))
    this.#changed = new Int32Array(width)
    this.successors = new Successors(this.space.columns, fields, this.space.actions.length)
    this.#words = Int32Array.from(this.space.columns, ({ words }) => words)
  }

  /** Makes a state the one that is expanded. What it has in common with the one before it stays as it is. */
  load(states: States, index: number): void {
    const { layout } = states
    const row = this.#nextRow
    states.rowOf(index, row)
    if (this.#isAnew || layout !== this.#layout) this.#loadAll(layout)
    else this.#loadDifferences(layout)
  }

  #loadAll(layout: Layout): void {
    const { step, after } = this
    const { columns } = this.space
    const width = columns.length
    const row = this.#nextRow
    layout.unpack(row, 0, after)
    let moved = 0
    for (let column = 0; column < width; column++) {
      const id = after[column] as number
      const before = step[column] as number
      if (id !== before) moved |= this.#moved(column, before, id)
      step[column] = id
      step[width + column] = id
      step[2 * width + column] = 0
    }
    const { low, high } = fingerprint(columns, after)
    this.#rowBefore.set(row)
    this.#lowBefore = low
    this.#highBefore = high
    this.#layout = layout
    this.#isAnew = false
    this.#movedSinceAsked |= moved
    this.#movedSinceJudged |= moved
    this.#movedSinceTaken |= moved
    this.#movedSinceStep |= moved
  }

  #loadDifferences({ words, columnAt, shift, mask }: Layout): void {
    const { step } = this
    const { numbers, starts } = this.space.fields
    const fields = this.#words
    const width = fields.length
    const row = this.#nextRow
    const rowBefore = this.#rowBefore
    let low = this.#lowBefore
    let high = this.#highBefore
    let moved = 0
    for (let w = 0; w < words; w++) {
      const bits = row[w] as number
      let differing = bits ^ (rowBefore[w] as number)
      if (differing === 0) continue
      rowBefore[w] = bits
      while (differing !== 0) {
        const column = columnAt[32 * w + 31 - Math.clz32(differing)] as number
        const by = shift[column] as number
        const its = mask[column] as number
        differing &= ~(its << by)
        const id = (bits >>> by) & its
        const start = starts[fields[column] as number] as number
        const before = step[column] as number
        const from = start + 2 * before
        const to = start + 2 * id
        low ^= (numbers[from] as number) ^ (numbers[to] as number)
        high ^= (numbers[from + 1] as number) ^ (numbers[to + 1] as number)
        moved |= this.#moved(column, before, id)
        step[column] = id
        step[width + column] = id
      }
    }
    this.#lowBefore = low
    this.#highBefore = high
    this.#movedSinceAsked |= moved
    this.#movedSinceJudged |= moved
    this.#movedSinceTaken |= moved
    this.#movedSinceStep |= moved
  }

  /** A cell of the state that is expanded is another. @returns bits of what has changed */
  #moved(column: number, before: number, after: number): number {
    const holders = this.#holders
    const forProperties = this.#holdersForProperties
    if (forProperties.isKept[column] !== 0) forProperties.moved(column, before, after)
    return holders.isKept[column] === 0 ? bitOf(column) : bitOf(column) | holders.moved(column, before, after)
  }

  /** Writes the state that is expanded as a row, because it was loaded or rows are written in another way now. */
  pack(states: States): void {
    states.layout.pack(this.step, this.#rowBefore)
    this.#layout = states.layout
  }

  /** Finds out what can be done in the state. */
  ask(): void {
    this.#areListed = false
    if (this.#holders.giveUp()) this.rules.forget()
    this.#standing = this.rules.follow(this.step, this.#movedSinceAsked)
    this.#movedSinceAsked = 0
  }

  /** What can be done in the state, in the order of the actions. One list serves for all states. */
  get outcomes(): Outcome[] {
    if (!this.#areListed) this.#list(this.standing)
    return this.#outcomes
  }

  #list({ answers, has }: Standing<Outcome>): void {
    const outcomes = this.#outcomes
    outcomes.length = 0
    for (let word = 0; word < has.length; word++) {
      for (let left = has[word] as number; left !== 0; left &= left - 1)
        outcomes.push(answers[32 * word + 31 - Math.clz32(left & -left)] as Outcome)
    }
    this.#areListed = true
  }

  /** Takes the step of an outcome. @returns does it change anything? */
  take({ patches, action, events }: Outcome): boolean {
    const { step } = this
    const { columns, tracker } = this.space
    const width = columns.length
    // Until the step is taken back; it may not come so far.
    this.#isAnew = true
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

  /**
   * Takes the steps of all outcomes, as `successors` of one state more.
   *
   * @param asleep the actions that sleep (sleep.ts)
   */
  takeAll({ layout }: States, asleep: Int32Array): void {
    const from = {
      ids: this.step,
      row: this.#rowBefore,
      low: this.#lowBefore,
      high: this.#highBefore,
      moved: this.#movedSinceTaken,
    }
    this.successors.take(this.standing, from, layout, asleep)
    // Not before: it may have met a new cell, and have to begin again.
    this.#movedSinceTaken = 0
  }

  /** What can be done in the state, by action. */
  get standing(): Standing<Outcome> {
    return this.#standing as Standing<Outcome>
  }

  /** Writes what is known of a successor into `row`, `low` and `high`. */
  choose(at: number, { layout }: States): void {
    const { successors, row } = this
    for (let w = 0; w < layout.words; w++) row[w] = successors.rows[at * layout.words + w] as number
    this.low = successors.low[at] as number
    this.high = successors.high[at] as number
  }

  /** Describes the state whose row is `row` in `after`. */
  describeRow({ layout }: States): void {
    layout.unpack(this.row, 0, this.after)
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
    this.#isAnew = false
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

  /** Describes the state after the step in `after`. */
  describeAfter(): void {
    const { step, after } = this
    const width = this.space.columns.length
    for (let column = 0; column < width; column++) after[column] = step[width + column] as number
  }

  /** Which properties the state that is expanded shows. */
  judge(): readonly number[] {
    const standing = this.ofStates.follow(this.step, this.#movedSinceJudged)
    this.#movedSinceJudged = 0
    return listShown(standing, this.#shown)
  }

  /** Which properties the step shows. */
  judgeStep(): readonly number[] {
    const moved = this.#movedSinceStep | this.#changedByStep | this.changedBits | noCell
    const standing = this.ofSteps.follow(this.step, moved)
    this.#movedSinceStep = 0
    this.#changedByStep = this.changedBits
    return listShown(standing, this.#shown)
  }

  /** Forgets everything that was remembered by what it read. */
  forget(): void {
    this.rules.forget()
    this.ofStates.forget()
    this.ofSteps.forget()
  }
}
