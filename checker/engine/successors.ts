/**
 * What all steps out of a state lead to, in numbers, before any of the states after them is looked for.
 *
 * To look for a state is to wait for two places of memory where nobody has been for long. When all places are known
 * beforehand they are fetched at the same time, which takes little longer than to fetch one (`States.fetch`). And what a
 * step adds to the row and the fingerprint of the state is the same as in the state before, as long as it is the same
 * outcome and no cell that it writes has changed.
 *
 * Not here: what is done with what is found (search.ts).
 */
import type { Column } from './columns.js'
import { bitOf, type Standing } from './decisions.js'
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

export class Successors {
  /** How many there are, in the order of the actions. */
  count = 0
  /** The actions that sleep, and how many. */
  readonly sleepers: Int32Array
  sleeping = 0
  /** Of each: the action, and the fingerprint. */
  readonly actions: Int32Array
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

  /** @param count how many actions there are */
  constructor(
    columns: readonly Column[],
    private readonly fields: FieldTable,
    count: number,
  ) {
    this.#words = Int32Array.from(columns, ({ words }) => words)
    this.actions = new Int32Array(count)
    this.sleepers = new Int32Array(count)
    this.low = new Int32Array(count)
    this.high = new Int32Array(count)
    this.#writes = new Int32Array(count)
    this.#lows = new Int32Array(count)
    this.#highs = new Int32Array(count)
  }

  /**
   * Takes the step of every action that has an outcome. The layout must have room for every id that is written.
   *
   * @param standing what is looked at here is new no longer
   * @param asleep the actions whose steps are only counted (sleep.ts)
   */
  take(
    { has, fresh, answers }: Standing<Outcome>,
    from: From,
    layout: Layout,
    asleep: Int32Array,
  ): void {
    const { words } = layout
    const isForAll = layout !== this.#layout
    if (isForAll) this.#makeRoom(layout)
    const { ids, row, low, high, moved } = from
    const writes = this.#writes
    const lowSums = this.#lows
    const highSums = this.#highs
    const sums = this.#sums
    const { actions, sleepers, low: lows, high: highs, rows } = this
    let count = 0
    let sleeping = 0
    let to = 0
    for (let word = 0; word < has.length; word++) {
      const all = has[word] as number
      const enabled = all & ~(asleep[word] as number)
      let unseen = 0
      for (let left = all & ~enabled; left !== 0; left &= left - 1) {
        const bit = left & -left
        const action = 32 * word + 31 - Math.clz32(bit)
        if (isForAll || ((writes[action] as number) & moved) !== 0) unseen |= bit
        sleepers[sleeping++] = action
      }
      const unmeasured = isForAll ? -1 : (fresh[word] as number)
      for (let left = enabled; left !== 0; left &= left - 1) {
        const bit = left & -left
        const action = 32 * word + 31 - Math.clz32(bit)
        if ((unmeasured & bit) !== 0 || ((writes[action] as number) & moved) !== 0)
          this.#measure(answers[action] as Outcome, ids, layout)
        actions[count] = action
        lows[count] = low ^ (lowSums[action] as number)
        highs[count] = high ^ (highSums[action] as number)
        count++
        const sum = action * words
        for (let w = 0; w < words; w++, to++) rows[to] = (row[w] as number) + (sums[sum + w] as number)
      }
      fresh[word] = ((fresh[word] as number) & ~enabled) | unseen
    }
    this.#layout = layout
    this.count = count
    this.sleeping = sleeping
  }

  /** Writes the state after a step, whose ids before are given. @returns bits of the cells that have changed */
  write({ patches }: Outcome, ids: Int32Array): number {
    let bits = 0
    for (let at = 0; at < patches.length; at++) {
      const patch = patches[at] as Outcome['patches'][number]
      const { column } = patch
      const before = ids[column] as number
      const after = patch.after(before)
      if (after === before) continue
      ids[column] = after
      bits |= bitOf(column)
    }
    return bits
  }

  #makeRoom({ words }: Layout): void {
    const length = this.actions.length * words
    if (this.rows.length === length) return
    this.rows = new Int32Array(length)
    this.#sums = new Int32Array(length)
  }

  /** Finds out what a step adds. */
  #measure(outcome: Outcome, ids: Int32Array, { word, shift, words }: Layout): void {
    const { action, constants, patches } = outcome
    const { numbers, starts } = this.fields
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
