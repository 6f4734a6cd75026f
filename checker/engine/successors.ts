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
import { bitOf } from './decisions.js'
import { withRoom } from './ints.js'
import type { Layout } from './layout.js'
import { placeLength } from './patches.js'
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
  /** How many there are, in the order of the outcomes. */
  count = 0
  /** Of each: the fingerprint. */
  low: Int32Array = new Int32Array(0)
  high: Int32Array = new Int32Array(0)
  /** The rows, one after the other. */
  rows: Int32Array = new Int32Array(0)
  #layout: Layout | undefined
  #turn = 0
  // By action: when its step was last taken, and the outcome; what it adds to the fingerprint, and to each word of the row.
  readonly #turns: Int32Array
  readonly #outcomes: (Outcome | undefined)[]
  readonly #lows: Int32Array
  readonly #highs: Int32Array
  #sums: Int32Array = new Int32Array(0)

  constructor(
    private readonly columns: readonly Column[],
    private readonly actions: number,
  ) {
    this.#turns = new Int32Array(actions)
    this.#outcomes = Array.from({ length: actions }, () => undefined)
    this.#lows = new Int32Array(actions)
    this.#highs = new Int32Array(actions)
  }

  /** Takes the steps of these outcomes. The layout must have room for every id that is written. */
  take(outcomes: readonly Outcome[], { ids, row, low, high, moved }: From, layout: Layout): void {
    const { words } = layout
    this.#begin(outcomes.length, layout)
    const last = this.#turn++
    const turns = this.#turns
    const known = this.#outcomes
    const lowSums = this.#lows
    const highSums = this.#highs
    const sums = this.#sums
    const { low: lows, high: highs, rows } = this
    for (let at = 0, to = 0; at < outcomes.length; at++) {
      const outcome = outcomes[at] as Outcome
      const { action } = outcome
      if (turns[action] !== last || known[action] !== outcome || (outcome.writes & moved) !== 0)
        this.#measure(outcome, ids, layout)
      turns[action] = last + 1
      lows[at] = low ^ (lowSums[action] as number)
      highs[at] = high ^ (highSums[action] as number)
      const sum = action * words
      for (let w = 0; w < words; w++, to++) rows[to] = (row[w] as number) + (sums[sum + w] as number)
    }
    this.count = outcomes.length
  }

  /** Writes the state after a step, whose ids before are given. @returns bits of the cells that have changed */
  write({ patches }: Outcome, ids: Int32Array): number {
    let bits = 0
    for (const patch of patches) {
      const { column } = patch
      const before = ids[column] as number
      const after = patch.after(before)
      if (after === before) continue
      ids[column] = after
      bits |= bitOf(column)
    }
    return bits
  }

  #begin(count: number, layout: Layout): void {
    const { words } = layout
    this.low = withRoom(this.low, count)
    this.high = withRoom(this.high, count)
    this.rows = withRoom(this.rows, count * words)
    if (layout === this.#layout) return
    this.#layout = layout
    this.#sums = new Int32Array(this.actions * words)
    this.#turns.fill(0)
    this.#turn = 1
  }

  /** Finds out what a step adds. */
  #measure(outcome: Outcome, ids: Int32Array, { word, shift, words }: Layout): void {
    const { action, patches } = outcome
    const sums = this.#sums
    const sum = action * words
    for (let w = 0; w < words; w++) sums[sum + w] = 0
    let low = 0
    let high = 0
    for (let at = 0; at < patches.length; at++) {
      const patch = patches[at] as Outcome['patches'][number]
      const { column } = patch
      const before = ids[column] as number
      const after = patch.after(before)
      if (after === before) continue
      const { table } = patch
      const place = placeLength * before
      if (place < table.length && (table[place] as number) >= 0) {
        low ^= table[place + 1] as number
        high ^= table[place + 2] as number
      } else {
        const { low: ofLow, high: ofHigh } = this.columns[column] as Column
        low ^= (ofLow[before] as number) ^ (ofLow[after] as number)
        high ^= (ofHigh[before] as number) ^ (ofHigh[after] as number)
      }
      const to = sum + (word[column] as number)
      // The bits of the cell become those of the new id: whatever is carried away cancels out.
      sums[to] = (sums[to] as number) + ((after - before) << (shift[column] as number))
    }
    this.#outcomes[action] = outcome
    this.#lows[action] = low
    this.#highs[action] = high
  }
}
