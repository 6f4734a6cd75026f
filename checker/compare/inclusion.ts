/**
 * Can everything that is seen of one model be seen of another? Asked one step deeper at a time.
 *
 * Every node of the first is paired with all that the other may be in after the same was seen. Where the other can show
 * nothing of what the first shows, they differ, and the way there is a shortest one, counted in steps of the first.
 *
 * A pair is left out if one with the same node and fewer possibilities for the other was met before: what the other
 * cannot show from more, it cannot show from fewer.
 */
import type { Action } from '../explore/result.js'
import type { Beliefs } from './beliefs.js'
import { numbersOfEdge, type Observed, silent } from './observed.js'

interface Pair {
  readonly node: number
  readonly belief: number
  readonly from: Pair | undefined
  /** The action that the way here ends with; -1 for another part of what it shows. */
  readonly action: number
}

/** A way that the other model cannot follow. */
export interface Departure {
  /** The positions of its actions. */
  readonly actions: readonly number[]
  /** What is seen at its end, and of the other never: the label. */
  readonly label: number
  /** What else may be seen of the other there. */
  readonly belief: number
}

export class Inclusion<S> {
  /** Pairs so many steps deep, before a look at their rest, and after it. */
  #level: Pair[] = []
  #looked: Pair[] = []
  #next: Pair[] = []
  readonly #met = new Map<number, number[]>()
  pairs = 0

  constructor(
    private readonly observed: Observed<S>,
    private readonly other: Beliefs<S>,
  ) {}

  /** To be looked at in the depth that comes next. */
  startAt(node: number, belief: number): void {
    this.#meet(node, belief, undefined, -1)
  }

  /** How much is left to do at this depth, and of that, how many looks at what rests. */
  get left(): number {
    return this.#level.length + this.#looked.length
  }

  get restsLeft(): number {
    return this.#level.length
  }

  /** Was everything looked at? */
  get isClosed(): boolean {
    return this.left === 0 && this.#next.length === 0
  }

  /** Goes on to the next depth, once nothing is left. */
  deepen(): void {
    this.#level = this.#next.reverse()
    this.#next = []
  }

  /** Looks at what rests at this depth, a few at a time. Comes first: a step more is a longer way. */
  lookAtRests(most: number): Departure | undefined {
    for (let n = 0; n < most; n++) {
      const pair = this.#level.pop()
      if (pair === undefined) return undefined
      const rest = this.observed.restOf(pair.node)
      // A look costs nothing, and whoever has looked knows more.
      const belief = rest === undefined ? pair.belief : this.other.after(pair.belief, rest)
      if (belief === undefined) return departure(pair, undefined, rest as number)
      this.#looked.push({ ...pair, belief })
    }
    return undefined
  }

  /** Takes the steps out of this depth, a few pairs at a time. */
  takeSteps(most: number): Departure | undefined {
    for (let n = 0; n < most; n++) {
      const pair = this.#looked.pop()
      if (pair === undefined) return undefined
      const edges = this.observed.edgesOf(pair.node)
      for (let at = 0; at < edges.length; at += numbersOfEdge) {
        const label = edges[at] as number
        const action = edges[at + 2] as number
        const after = label === silent ? pair.belief : this.other.after(pair.belief, label)
        if (after === undefined) return departure(pair, action, label)
        this.#meet(edges[at + 1] as number, after, pair, action)
      }
    }
    return undefined
  }

  #meet(node: number, belief: number, from: Pair | undefined, action: number): void {
    const met = this.#met.get(node)
    if (met === undefined) this.#met.set(node, [belief])
    else if (met.some(known => this.other.isWithin(known, belief))) return
    else met.push(belief)
    this.pairs++
    // What else one step shows is no step more.
    const into = this.observed.isState(node) ? this.#next : this.#looked
    into.push({ node, belief, from, action })
  }
}

function departure(pair: Pair, last: number | undefined, label: number): Departure {
  const reversed = last === undefined ? [] : [last]
  for (let at: Pair | undefined = pair; at !== undefined; at = at.from) reversed.push(at.action)
  return { actions: reversed.filter(action => action >= 0).reverse(), label, belief: pair.belief }
}

/** The actions themselves. */
export const actionsAt = <S>(positions: readonly number[], all: readonly Action<S>[]): readonly Action<S>[] =>
  positions.map(position => {
    const { rule, choice } = all[position] as Action<S>
    return { rule, choice }
  })
