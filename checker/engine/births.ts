/**
 * How every cell came to be, in an order that all threads share.
 *
 * Values cannot be sent from thread to thread, but rules are pure: a new cell is known by a state, an action that leads
 * to a state with the cell, and the column. Whoever reads that takes the step and has the value. All threads read the
 * same list in the same order, so that a cell has the same id on each, and rows are written in the same layouts.
 * Here: the list, who may write to it, and a thread's knowledge of it.
 */
import { cellsOf } from '../explore/answers.js'
import type { Layout } from './layout.js'
import type { Space } from './space.js'
import type { States } from './states.js'

/** How a cell came to be: in the successor of a state by an action. All numbers: state, action, column, id. */
export type Birth = readonly [state: number, action: number, column: number, id: number]

/** Of memory that nobody has written to, nothing is taken from the machine. */
const mostBirths = 2 ** 21
const birthLength = 4

/** Shared by all threads. */
export interface BirthMemory {
  /** How many births there are; who may add to them. */
  readonly counters: Int32Array
  readonly births: Int32Array
}

export const birthMemory = (): BirthMemory => ({
  counters: new Int32Array(new SharedArrayBuffer(8)),
  births: new Int32Array(new SharedArrayBuffer(4 * birthLength * mostBirths)),
})

/** Milliseconds. A thread that has died in the middle never lets go, and the first thread cannot hear of it while it waits. */
const patience = 60_000

const countAt = 0
const lockAt = 1

/** Cells came to be in a way that other threads cannot follow. The first thread has to go on alone. */
export class NotShareable extends Error {
  override readonly name = 'NotShareable'
}

export const birthCount = ({ counters }: BirthMemory): number => Atomics.load(counters, countAt)

/** Adds to the births; by a thread that holds the lock, or before there are others. */
export function addBirths({ counters, births }: BirthMemory, added: readonly Birth[]): void {
  const count = birthCount({ counters, births })
  if (count + added.length > mostBirths) throw new NotShareable('there are too many different cells')
  for (const [at, birth] of added.entries()) births.set(birth, birthLength * (count + at))
  Atomics.store(counters, countAt, count + added.length)
}

/**
 * Runs what adds to the births while nobody else does.
 *
 * @param mayWait is asked now and then while somebody else does; throws to give up
 */
export function whileOthersWait<T>({ counters }: BirthMemory, mayWait: () => void, run: () => T): T {
  const since = performance.now()
  while (Atomics.compareExchange(counters, lockAt, 0, 1) !== 0) {
    Atomics.wait(counters, lockAt, 1, 10)
    mayWait()
    if (performance.now() - since > patience) throw new NotShareable('another thread takes too long')
  }
  try {
    return run()
  } finally {
    Atomics.store(counters, lockAt, 0)
    Atomics.notify(counters, lockAt)
  }
}

/** What one thread knows of the births. */
export class KnownBirths<S> {
  #count = 0
  readonly #vector: Int32Array
  /** The layouts in which rows were written in this round, one for each time that a cell has outgrown its bits. */
  layouts: Layout[]

  constructor(
    private readonly memory: BirthMemory,
    private readonly space: Space<S>,
    private readonly stored: States,
  ) {
    this.#vector = new Int32Array(space.tracker.slots.count)
    this.layouts = [stored.layout]
  }

  /** Rows are written as the states of now are, and in layouts that are made from theirs. */
  begin(): void {
    this.layouts = [this.stored.layout]
  }

  /**
   * Learns what there is to learn. Rows are written in the last of the layouts from then on.
   *
   * @returns was there anything?
   */
  learn(count = birthCount(this.memory)): boolean {
    if (this.#count >= count) return false
    const { census } = this.space
    const wasClosed = census.isClosed
    census.isClosed = false
    try {
      while (this.#count < count) this.#learnNext()
    } finally {
      census.isClosed = wasClosed
    }
    return true
  }

  #learnNext(): void {
    const offset = birthLength * this.#count
    const [state, action, at, id] = this.memory.births.subarray(offset, offset + birthLength)
    const { model, actions, columns } = this.space
    const column = columns[at as number] as (typeof columns)[number]
    if ((id as number) >= column.size) {
      this.stored.load(state as number, this.#vector)
      const { rule, choice } = actions[action as number] as (typeof actions)[number]
      const after = cellsOf(model, rule.effect(this.space.plainState(this.#vector), choice), columns.length)
      const given = column.idOf(after[at as number])
      if (given !== id)
        throw new Error(`two threads know a value of cell ${at} by the ids ${given} and ${id}`)
    }
    this.#count++
    const layout = this.layouts.at(-1) as Layout
    if ((id as number) <= (layout.largest[at as number] as number)) return
    this.layouts.push(layout.withIdOf(at as number, id as number))
    this.stored.writeWith(this.layouts.at(-1) as Layout)
  }
}
