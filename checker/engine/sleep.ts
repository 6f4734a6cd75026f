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

import type { Standing } from './decisions.js'
import type { Outcome } from './rule-questions.js'
import type { Successors } from './successors.js'

/** Which actions sleep in each of the states that are yet to be expanded, as bits. */
export class SleepSets {
  /** A ring: the set of a state stands at its index, as far as that fits. */
  #sets: Int32Array
  #capacity = 1024
  /** Sets are there from this state on, up to but not including that one. */
  #from = 0
  #to = 0

  readonly words: number
  // The steps out of a state, in the order of the actions: of each the action, the bits of the cells that it reads, writes, or
  // either; whether the state after it was stored before the state was expanded, as -1 or 0; and the state that it was the first to find.
  readonly #actions: Int32Array
  readonly #reads: Int32Array
  readonly #writes: Int32Array
  readonly #touches: Int32Array
  readonly #isKnown: Uint8Array

  /** @param actions how many there are */
  constructor(actions: number) {
    this.words = Math.ceil(actions / 32)
    this.#sets = new Int32Array(this.#capacity * this.words)
    this.#actions = new Int32Array(actions)
    this.#reads = new Int32Array(actions)
    this.#writes = new Int32Array(actions)
    this.#touches = new Int32Array(actions)
    this.#isKnown = new Uint8Array(actions)
  }

  get bytes(): number {
    return this.#sets.byteLength
  }

  /** Writes the set of a state into `set`, and forgets it and those before it. Nothing sleeps where nothing is known. */
  take(index: number, set: Int32Array): void {
    if (index < this.#from || index >= this.#to) set.fill(0)
    else {
      const at = (index & (this.#capacity - 1)) * this.words
      for (let w = 0; w < this.words; w++) set[w] = this.#sets[at + w] as number
    }
    this.#from = Math.max(this.#from, index + 1)
    this.#to = Math.max(this.#to, this.#from)
  }

  /**
   * Notes what sleeps in the states that the steps out of one state have found.
   *
   * @param standing the steps
   * @param successors those that were taken; the others slept
   * @param found by successor, the state
   * @param before how many states were stored before
   */
  note(standing: Standing<Outcome>, successors: Successors, found: Int32Array, before: number): void {
    const count = this.#gather(standing, successors, found, before)
    const { actions } = successors
    let next = before
    let step = 0
    for (let at = 0; at < successors.count; at++) {
      if (found[at] !== next) continue
      while (this.#actions[step] !== actions[at]) step++
      this.#write(next++, step, count)
    }
  }

  /** What is asked of each step out of the state. @returns how many there are */
  #gather({ has, answers, reads }: Standing<Outcome>, successors: Successors, found: Int32Array, before: number): number {
    const { actions } = successors
    let count = 0
    let at = 0
    for (let word = 0; word < has.length; word++) {
      for (let left = has[word] as number; left !== 0; left &= left - 1) {
        const action = 32 * word + 31 - Math.clz32(left & -left)
        const isTaken = at < successors.count && actions[at] === action
        const { writes } = answers[action] as Outcome
        this.#actions[count] = action
        this.#writes[count] = writes
        this.#reads[count] = reads[action] as number
        this.#touches[count] = writes | (reads[action] as number)
        this.#isKnown[count] = !isTaken || (found[at] as number) < before ? 1 : 0
        if (isTaken) at++
        count++
      }
    }
    return count
  }

  /** The set of the state that a step was the first to find. */
  #write(index: number, step: number, count: number): void {
    const to = this.#add(index)
    const sets = this.#sets
    const reads = this.#reads[step] as number
    const writes = this.#writes[step] as number
    for (let other = 0; other < count; other++) {
      if (other >= step && (other === step || this.#isKnown[other] === 0)) continue
      if ((((this.#touches[other] as number) & writes) | ((this.#writes[other] as number) & reads)) !== 0) continue
      const action = this.#actions[other] as number
      sets[to + (action >>> 5)] = (sets[to + (action >>> 5)] as number) | (1 << (action & 31))
    }
  }

  /** Where the set of a state is to be written; it is empty. States come in their order; some may be left out. */
  #add(index: number): number {
    if (this.#to === this.#from) {
      this.#from = index
      this.#to = index
    }
    while (index - this.#from >= this.#capacity) this.#grow()
    const mask = this.#capacity - 1
    for (; this.#to <= index; this.#to++) {
      const at = (this.#to & mask) * this.words
      for (let w = 0; w < this.words; w++) this.#sets[at + w] = 0
    }
    return (index & mask) * this.words
  }

  #grow(): void {
    const before = this.#sets
    const mask = this.#capacity - 1
    this.#capacity *= 2
    this.#sets = new Int32Array(this.#capacity * this.words)
    for (let index = this.#from; index < this.#to; index++) {
      const at = (index & mask) * this.words
      this.#sets.set(before.subarray(at, at + this.words), (index & (this.#capacity - 1)) * this.words)
    }
  }
}
