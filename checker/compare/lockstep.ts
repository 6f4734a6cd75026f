/**
 * Two models that take the same steps: where they do, nothing need be believed, and nothing can be told apart.
 *
 * From two states that are paired, both must be able to take the same actions, each showing the same, and are paired
 * again after each. A pair in which they cannot is where they part; whether that is ever seen is for others to ask
 * (inclusion.ts).
 */
import type { Observed } from './observed.js'

/** Two nodes, both states. */
export type Pair = readonly [number, number]

export class Lockstep<S> {
  #level: Pair[] = []
  #next: Pair[] = []
  readonly #met = new Map<number, Set<number>>()
  pairs = 0

  constructor(
    private readonly first: Observed<S>,
    private readonly second: Observed<S>,
  ) {
    this.#meet(first.start, second.start)
    this.deepen()
  }

  get left(): number {
    return this.#level.length
  }

  get isClosed(): boolean {
    return this.#level.length === 0 && this.#next.length === 0
  }

  deepen(): void {
    this.#level = this.#next.reverse()
    this.#next = []
  }

  /** Takes the steps out of this depth, a few pairs at a time. @returns the pairs at which the models part */
  walk(most: number): readonly Pair[] {
    const parted: Pair[] = []
    for (let n = 0; n < most; n++) {
      const pair = this.#level.pop()
      if (pair === undefined) break
      if (!this.#step(pair)) parted.push(pair)
    }
    return parted
  }

  /** Do both take the same steps? Only then are the states after them paired. */
  #step([one, other]: Pair): boolean {
    const { first, second } = this
    if (first.restOf(one) !== second.restOf(other)) return false
    const ones = first.stepsOf(one)
    const others = second.stepsOf(other)
    if (ones.length !== others.length) return false
    for (const [at, { action, labels }] of ones.entries()) {
      const twin = others[at]
      if (twin?.action !== action || twin.labels.length !== labels.length) return false
      if (labels.some((label, i) => label !== twin.labels[i])) return false
    }
    for (const [at, { target }] of ones.entries())
      this.#meet(target, (others[at] as { target: number }).target)
    return true
  }

  #meet(one: number, other: number): void {
    const met = this.#met.get(one)
    if (met?.has(other) === true) return
    if (met === undefined) this.#met.set(one, new Set([other]))
    else met.add(other)
    this.pairs++
    this.#next.push([one, other])
  }
}
