/**
 * What all steps out of a state lead to, in numbers, before any of the states after them is looked for.
 *
 * To look for a state is to wait for two places of memory where nobody has been for long. When all places are known
 * beforehand they are fetched at the same time, which takes little longer than to fetch one (`States.fetch`).
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
}

export class Successors {
  /** How many there are, in the order of the outcomes. */
  count = 0
  /** Of each: the fingerprint. */
  low: Int32Array = new Int32Array(0)
  high: Int32Array = new Int32Array(0)
  /** The rows, one after the other. */
  rows: Int32Array = new Int32Array(0)
  /** Of each: where its changes begin, and where the last of them end. */
  #begins: Int32Array = new Int32Array(1)
  /** The changes of all: the columns, and the ids after the step. */
  #changed: Int32Array = new Int32Array(0)
  #after: Int32Array = new Int32Array(0)

  constructor(private readonly columns: readonly Column[]) {}

  /** Takes the steps of these outcomes. The layout must have room for every id that is written. */
  take(outcomes: readonly Outcome[], from: From, { word, shift, words }: Layout): void {
    this.#makeRoom(outcomes.length, words)
    const { columns, low: lows, high: highs, rows } = this
    const begins = this.#begins
    const changed = this.#changed
    const afters = this.#after
    const { ids, row } = from
    let changes = 0
    let to = 0
    for (let at = 0; at < outcomes.length; at++, to += words) {
      const { patches } = outcomes[at] as Outcome
      let { low, high } = from
      begins[at] = changes
      for (let w = 0; w < words; w++) rows[to + w] = row[w] as number
      for (let of = 0; of < patches.length; of++) {
        const patch = patches[of] as Outcome['patches'][number]
        const { column } = patch
        const before = ids[column] as number
        const place = placeLength * before
        let after = place < patch.table.length ? (patch.table[place] as number) : -1
        if (after === before) continue
        if (after < 0) {
          after = patch.after(before)
          if (after === before) continue
          const { low: ofLow, high: ofHigh } = columns[column] as Column
          low ^= (ofLow[before] as number) ^ (ofLow[after] as number)
          high ^= (ofHigh[before] as number) ^ (ofHigh[after] as number)
        } else {
          low ^= patch.table[place + 1] as number
          high ^= patch.table[place + 2] as number
        }
        changed[changes] = column
        afters[changes++] = after
        const w = to + (word[column] as number)
        // The bits of the cell become those of the new id: whatever is carried away cancels out.
        rows[w] = (rows[w] as number) + ((after - before) << (shift[column] as number))
      }
      lows[at] = low
      highs[at] = high
    }
    begins[outcomes.length] = changes
    this.count = outcomes.length
  }

  /** Does this step change anything? */
  changes(at: number): boolean {
    return this.#begins[at] !== this.#begins[at + 1]
  }

  /** Bits of the cells that this step changes. */
  bits(at: number): number {
    let bits = 0
    const end = this.#begins[at + 1] as number
    for (let of = this.#begins[at] as number; of < end; of++) bits |= bitOf(this.#changed[of] as number)
    return bits
  }

  /** Writes what this step changes over the ids of the cells that stand from `from` on. */
  write(at: number, ids: Int32Array, from = 0): void {
    const end = this.#begins[at + 1] as number
    for (let of = this.#begins[at] as number; of < end; of++)
      ids[from + (this.#changed[of] as number)] = this.#after[of] as number
  }

  #makeRoom(count: number, words: number): void {
    const { length } = this.columns
    this.low = withRoom(this.low, count)
    this.high = withRoom(this.high, count)
    this.#begins = withRoom(this.#begins, count + 1)
    this.rows = withRoom(this.rows, count * words)
    this.#changed = withRoom(this.#changed, count * length)
    this.#after = withRoom(this.#after, count * length)
  }
}
