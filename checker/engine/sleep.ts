/**
 * Steps whose target is known to be stored without looking for it (after the sleep sets of Godefroid, "Partial-Order
 * Methods for the Verification of Concurrent Systems", LNCS 1032, 1996).
 *
 * Let `s` have two steps, `a` and `b`, of which neither reads or writes a cell that the other writes. Then `a` can be taken
 * after `b` too, does the same there, and leads to where `b` leads after `a`. If the state after `a` was expanded before the
 * state after `b`, that state is stored already: `a` sleeps in the state after `b`. States are expanded in the order in which
 * they are found. So `a` sleeps there if it comes before `b` in the order of the actions, if the state after `a` was stored before `s`
 * was expanded, or if `a` slept in `s`, which says the same.
 *
 * No state is left out, and every step is counted, only not taken: it would find what is there.
 */

import { sharedInts } from './ints.js'
import type { Successors } from './successors.js'

/** How many words a set of so many actions has. */
export const setWords = (actions: number): number => Math.ceil(actions / 32)

/**
 * Writes into `sets`, from `to` on, what sleeps in the state after a step.
 *
 * @param state the one that the step is taken from: its number among those whose steps were taken
 * @param found by successor: less than `before` if it was stored before the state was expanded
 * @param sets holds nothing there
 */
export function writeSleepers(
  successors: Successors,
  state: number,
  step: number,
  found: Int32Array,
  before: number,
  sets: Int32Array,
  to: number,
): void {
  const { actions, reads, writes, successor, stepsEnd } = successors
  const read = reads[step] as number
  const written = writes[step] as number
  const end = stepsEnd[state] as number
  for (let other = successors.stepsStart(state); other < end; other++) {
    if (other === step) continue
    const at = successor[other] as number
    if (other > step && at >= 0 && (found[at] as number) >= before) continue
    const writtenThere = writes[other] as number
    if (((((reads[other] as number) | writtenThere) & written) | (writtenThere & read)) !== 0) continue
    const action = actions[other] as number
    sets[to + (action >>> 5)] = (sets[to + (action >>> 5)] as number) | (1 << (action & 31))
  }
}

/** Sets for which there is room at first. */
const firstPlaces = 1024

/** Which actions sleep in each of the states that are yet to be expanded, as bits. */
export class SleepSets {
  /** By index, as far as that fits, again and again: the index of the state, counted from 1, and its set. */
  #sets: Int32Array = new Int32Array(0)
  /** The places that there are, which are so many as some bits can tell apart. */
  #capacity = 0
  readonly #words: number

  /**
   * @param words how many a set has
   * @param isShared can other threads read and write it?
   */
  constructor(
    private readonly words: number,
    private readonly isShared = false,
  ) {
    this.#words = words + 1
    this.adopt(this.#ints(firstPlaces))
  }

  /** What other threads need to know. Replaced as it grows. */
  get memory(): Int32Array {
    return this.#sets
  }

  adopt(memory: Int32Array): void {
    this.#sets = memory
    this.#capacity = memory.length / this.#words
  }

  /** Makes room for the sets of the states from there up to but not including there. */
  reserve(from: number, to: number): void {
    if (to - from <= this.#capacity) return
    const before = this.#sets
    let capacity = this.#capacity
    while (capacity < to - from) capacity *= 2
    this.adopt(this.#ints(capacity))
    // Two states that have the same place now had the same place before.
    for (let at = 0; at < before.length; at += this.#words) {
      const tag = before[at] as number
      if (tag > from) this.#sets.set(before.subarray(at, at + this.#words), this.#place(tag - 1))
    }
  }

  /** Writes the set of a state into `set`. Nothing sleeps where nothing is known. */
  read(index: number, set: Int32Array): void {
    const sets = this.#sets
    const at = this.#place(index)
    if (sets[at] !== index + 1) {
      set.fill(0)
      return
    }
    for (let w = 0; w < this.words; w++) set[w] = sets[at + 1 + w] as number
  }

  /** Keeps the set of a state, which stands in `set` from there on. There must be room for it. */
  keep(index: number, set: Int32Array, from: number): void {
    const at = this.#empty(index)
    for (let w = 0; w < this.words; w++) this.#sets[at + w] = set[from + w] as number
  }

  /**
   * Notes what sleeps in the states that the steps out of one state have found.
   *
   * @param state its number among those whose steps were taken
   * @param index and its index
   * @param found by successor, the state that it is
   * @param before how many states were stored before
   */
  note(successors: Successors, state: number, index: number, found: Int32Array, before: number): void {
    const { step } = successors
    const end = successors.end[state] as number
    let next = before
    for (let at = successors.start(state); at < end; at++) {
      if (found[at] !== next) continue
      this.reserve(index, next + 1)
      const to = this.#empty(next)
      writeSleepers(successors, state, step[at] as number, found, before, this.#sets, to)
      next++
    }
  }

  /** Where the set of a state is to be written. */
  #empty(index: number): number {
    const sets = this.#sets
    const at = this.#place(index)
    sets[at] = index + 1
    for (let w = 1; w <= this.words; w++) sets[at + w] = 0
    return at + 1
  }

  #place(index: number): number {
    return (index & (this.#capacity - 1)) * this.#words
  }

  #ints(capacity: number): Int32Array {
    const length = capacity * this.#words
    return this.isShared ? sharedInts(length) : new Int32Array(length)
  }
}
