/**
 * Which of the steps that a state has are enough: stubborn sets, from what actions read and write.
 *
 * A set of actions is stubborn in a state if it has, with each action that is enabled, all that depend on it, and with each
 * that is not, all that can enable it: all that write what its guard has read there. What is outside can then neither change nor disable what
 * is inside, nor enable more of it, and may as well come later. It loses no deadlock.
 *
 * Source: A. Valmari, "Stubborn sets for reduced state space generation", 1989; D. Peled, "All from one, one for all", 1993,
 * for what properties see.
 * Not here: that no step is put off for ever (partial-order.ts).
 */
import type { Touched } from '../model.js'

export class StubbornSets {
  /** By action: those that depend on it. */
  readonly #dependent: readonly (readonly number[])[]

  /**
   * @param touched what each action reads and writes
   * @param isVisible can it change what a property reads?
   */
  constructor(
    private readonly touched: readonly Touched[],
    private readonly isVisible: readonly boolean[],
  ) {
    this.#dependent = touched.map((of, at) =>
      touched.flatMap((other, place) => (place !== at && areDependent(of, other) ? [place] : [])),
    )
  }

  /**
   * Parts of what is enabled, the smallest first, each of which is enough as far as deadlocks and invariants go. Such a part
   * has no step that a property might see.
   *
   * @param blockedBy the cells that the guard of an action has read that is not enabled
   */
  partsOf(
    enabled: readonly number[],
    blockedBy: (action: number) => readonly number[],
  ): readonly (readonly number[])[] {
    const enabling = new Map<number, readonly number[]>()
    const canEnable = (action: number): readonly number[] => {
      const known = enabling.get(action) ?? this.#writersOf(blockedBy(action))
      enabling.set(action, known)
      return known
    }
    const found = new Map<string, readonly number[]>()
    const isEnabled = new Set(enabled)
    for (const first of enabled) {
      const part = this.#closed(first, isEnabled, canEnable)
      if (part === undefined || part.length === enabled.length) continue
      found.set(part.join(), part)
    }
    return [...found.values()].sort((a, b) => a.length - b.length)
  }

  /** The enabled actions of the least stubborn set with this one; undefined if a property might see one of them. */
  #closed(
    first: number,
    isEnabled: ReadonlySet<number>,
    canEnable: (action: number) => readonly number[],
  ): readonly number[] | undefined {
    const set = new Set([first])
    for (const action of set) {
      if (isEnabled.has(action) && this.isVisible[action] === true) return undefined
      const needed = isEnabled.has(action)
        ? (this.#dependent[action] as readonly number[])
        : canEnable(action)
      for (const other of needed) set.add(other)
    }
    return [...set].filter(action => isEnabled.has(action)).sort((a, b) => a - b)
  }

  #writersOf(cells: readonly number[]): readonly number[] {
    return this.touched.flatMap(({ writes }, action) => (meet(writes, cells) ? [action] : []))
  }
}

const areDependent = (a: Touched, b: Touched): boolean =>
  meet(a.writes, b.writes) || meet(a.writes, b.reads) || meet(a.reads, b.writes)

const meet = (some: readonly number[], others: readonly number[]): boolean =>
  some.some(one => others.includes(one))
