/**
 * What all steps out of some states lead to, in numbers, before any of the states after them is looked for.
 *
 * To look for a state is to wait for two places of memory where nobody has been for long. When all places are known
 * beforehand they are fetched at the same time, which takes little longer than to fetch one (`States.findAll`). And what a
 * step adds to the row and the fingerprint of the state is the same as in the state before, as long as it is the same
 * outcome and no cell that it writes has changed.
 *
 * Not here: what is done with what is found (search.ts), which steps are not looked at (sleep.ts).
 */
import type { Column } from './columns.js'
import type { Standing } from './decisions.js'
import type { FieldTable } from './field.js'
import type { Layout } from './layout.js'
import type { Patch } from './patches.js'
import type { Outcome } from './rule-questions.js'

/** A state, as steps out of it are taken. */
export interface From {
  /** Begins with the ids of its cells. */
  readonly ids: Int32Array
  readonly row: Int32Array
  readonly low: number
  readonly high: number
  /** Bits of the cells that may differ from the state whose steps were taken before. */
  readonly moved: number
}

/** With so many actions, the steps out of fewer states are taken at a time. */
const mostSteps = 4096
const mostStates = 16

export class Successors {
  /** The steps of so many states can be taken at a time. */
  readonly mostStates: number
  /** The states whose steps were taken: how many; of each, the row, and where its steps and its successors end. */
  states = 0
  from: Int32Array = new Int32Array(0)
  readonly stepsEnd: Int32Array
  readonly end: Int32Array
  /**
   * The steps out of them, in the order of the actions: how many; of each, the action, the bits of the cells that it reads and
   * that it writes, and its successor, or -1 if it sleeps.
   */
  steps = 0
  readonly actions: Int32Array
  readonly reads: Int32Array
  readonly writes: Int32Array
  readonly successor: Int32Array
  /** The successors: how many; of each, the step and the fingerprint. */
  count = 0
  readonly step: Int32Array
  readonly low: Int32Array
  readonly high: Int32Array
  /** The rows, one after the other. */
  rows: Int32Array = new Int32Array(0)
  #layout: Layout | undefined
  // By action: the bits of the cells that its outcome writes, and what that adds to the fingerprint and to each word of the row.
  readonly #writes: Int32Array
  readonly #lows: Int32Array
  readonly #highs: Int32Array
  #sums: Int32Array = new Int32Array(0)

  /** By column: the field of the words of its fingerprints. */
  readonly #words: Int32Array

  /** @param actions how many there are */
  constructor(
    columns: readonly Column[],
    private readonly fields: FieldTable,
    private readonly actionCount: number,
  ) {
    this.#words = Int32Array.from(columns, ({ words }) => words)
    this.mostStates = Math.max(1, Math.min(mostStates, Math.floor(mostSteps / actionCount)))
    const ints = (length: number) => new Int32Array(length)
    this.stepsEnd = ints(this.mostStates)
    this.end = ints(this.mostStates)
    const most = this.mostStates * actionCount
    this.actions = ints(most)
    this.reads = ints(most)
    this.writes = ints(most)
    this.successor = ints(most)
    this.step = ints(most)
    this.low = ints(most)
    this.high = ints(most)
    this.#writes = ints(actionCount)
    this.#lows = ints(actionCount)
    this.#highs = ints(actionCount)
  }

  /** Forgets all states, whose rows are in this layout from now on. */
  begin({ words }: Layout): void {
    this.states = 0
    this.steps = 0
    this.count = 0
    const length = this.mostStates * this.actionCount * words
    if (this.rows.length === length) return
    this.from = new Int32Array(this.mostStates * words)
    this.rows = new Int32Array(length)
    this.#sums = new Int32Array(this.actionCount * words)
  }

  /** Where the steps, and the successors, of a state begin. */
  stepsStart(state: number): number {
    return state === 0 ? 0 : (this.stepsEnd[state - 1] as number)
  }

  start(state: number): number {
    return state === 0 ? 0 : (this.end[state - 1] as number)
  }

  /**
   * Takes the step of every action that has an outcome, out of one state more. The layout must have room for every id that is written.
   *
   * @param standing what is looked at here is new no longer
   * @param layout that of the beginning
   * @param asleep the actions whose steps are not to be looked at
   */
  take(
    { has, fresh, answers, reads: read }: Standing<Outcome>,
    from: From,
    layout: Layout,
    asleep: Int32Array,
  ): void {
    const { words } = layout
    const isForAll = layout !== this.#layout
    const { ids, row, low, high, moved } = from
    const written = this.#writes
    const lowSums = this.#lows
    const highSums = this.#highs
    const sums = this.#sums
    const { actions, reads, writes, successor, step, low: lows, high: highs, rows } = this
    let { steps, count } = this
    let to = count * words
    for (let word = 0; word < has.length; word++) {
      const enabled = has[word] as number
      const unmeasured = isForAll ? -1 : (fresh[word] as number)
      const sleeping = asleep[word] as number
      let unseen = 0
      for (let left = enabled; left !== 0; left &= left - 1) {
        const bit = left & -left
        const action = 32 * word + 31 - Math.clz32(bit)
        const isNew = (unmeasured & bit) !== 0 || ((written[action] as number) & moved) !== 0
        actions[steps] = action
        reads[steps] = read[action] as number
        if ((sleeping & bit) !== 0) {
          writes[steps] = isNew ? (answers[action] as Outcome).writes : (written[action] as number)
          successor[steps++] = -1
          if (isNew) unseen |= bit
          continue
        }
        if (isNew) this.#measure(answers[action] as Outcome, ids, layout)
        writes[steps] = written[action] as number
        step[count] = steps
        successor[steps++] = count
        lows[count] = low ^ (lowSums[action] as number)
        highs[count] = high ^ (highSums[action] as number)
        count++
        const sum = action * words
        for (let w = 0; w < words; w++, to++) rows[to] = (row[w] as number) + (sums[sum + w] as number)
      }
      fresh[word] = ((fresh[word] as number) & ~enabled) | unseen
    }
    for (let w = 0; w < words; w++) this.from[this.states * words + w] = row[w] as number
    this.#layout = layout
    this.stepsEnd[this.states] = steps
    this.end[this.states] = count
    this.states++
    this.steps = steps
    this.count = count
  }

  /** Forgets the last state. */
  drop(): void {
    this.states--
    this.steps = this.stepsStart(this.states)
    this.count = this.start(this.states)
  }

  /** Finds out what a step adds. */
  #measure(outcome: Outcome, ids: Int32Array, { word, shift, words }: Layout): void {
    const { action, constants, patches } = outcome
    const sums = this.#sums
    const sum = action * words
    for (let w = 0; w < words; w++) sums[sum + w] = 0
    let low = 0
    let high = 0
    for (let at = 0; at < constants.length; at += 2) {
      const column = constants[at] as number
      const before = ids[column] as number
      const constant = constants[at + 1] as number
      const after = constant < 0 ? (patches[at >> 1] as Patch).after(before) : constant
      if (after === before) continue
      // Not before: the patch may have made a cell, and the table may have moved for it.
      const { numbers, starts } = this.fields
      const start = starts[this.#words[column] as number] as number
      const from = start + 2 * before
      const to = start + 2 * after
      low ^= (numbers[from] as number) ^ (numbers[to] as number)
      high ^= (numbers[from + 1] as number) ^ (numbers[to + 1] as number)
      const w = sum + (word[column] as number)
      // The bits of the cell become those of the new id: whatever is carried away cancels out.
      sums[w] = (sums[w] as number) + ((after - before) << (shift[column] as number))
    }
    this.#writes[action] = outcome.writes
    this.#lows[action] = low
    this.#highs[action] = high
  }
}
