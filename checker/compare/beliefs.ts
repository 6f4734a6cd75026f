/**
 * What somebody outside may believe: all nodes that the system can be in, after what was seen of it.
 *
 * Each such set is numbered, and closed: what may happen unseen is in it. What may be seen next is worked out once for
 * each set.
 */
import { numbersOfEdge, type Observed, silent } from './observed.js'

export class Beliefs<S> {
  readonly #sets: Int32Array[] = []
  readonly #numbers = new Map<string, number>()
  /** By set: what may be seen next, and the set that is believed then. */
  readonly #next: (ReadonlyMap<number, number> | undefined)[] = []

  constructor(private readonly observed: Observed<S>) {}

  /** Before anything was seen, if the system starts from this node. */
  from(node: number): number {
    return this.#closed([node])
  }

  get size(): number {
    return this.#sets.length
  }

  /** The set after this was seen as well; undefined if it cannot be. */
  after(set: number, label: number): number | undefined {
    return this.next(set).get(label)
  }

  /** What may be seen next. */
  next(set: number): ReadonlyMap<number, number> {
    const known = this.#next[set]
    if (known !== undefined) return known
    const nodes = new Map<number, number[]>()
    const add = (label: number, node: number) => {
      const others = nodes.get(label)
      if (others === undefined) nodes.set(label, [node])
      else others.push(node)
    }
    for (const node of this.#sets[set] as Int32Array) {
      const rest = this.observed.restOf(node)
      if (rest !== undefined) add(rest, node)
      const edges = this.observed.edgesOf(node)
      for (let at = 0; at < edges.length; at += numbersOfEdge)
        if (edges[at] !== silent) add(edges[at] as number, edges[at + 1] as number)
    }
    const next = new Map([...nodes].map(([label, all]) => [label, this.#closed(all)]))
    this.#next[set] = next
    return next
  }

  /** Is everything in the first set in the second as well? */
  isWithin(first: number, second: number): boolean {
    if (first === second) return true
    const [a, b] = [this.#sets[first] as Int32Array, this.#sets[second] as Int32Array]
    if (a.length > b.length) return false
    let at = 0
    for (const node of a) {
      while (at < b.length && (b[at] as number) < node) at++
      if (b[at] !== node) return false
    }
    return true
  }

  /** These nodes, and all that can be reached from them unseen. */
  #closed(from: readonly number[]): number {
    const nodes = new Set(from)
    for (const node of nodes) {
      const edges = this.observed.edgesOf(node)
      for (let at = 0; at < edges.length; at += numbersOfEdge)
        if (edges[at] === silent) nodes.add(edges[at + 1] as number)
    }
    const set = Int32Array.from(nodes).sort()
    const key = set.join()
    const known = this.#numbers.get(key)
    if (known !== undefined) return known
    const number = this.#sets.push(set) - 1
    this.#numbers.set(key, number)
    return number
  }
}
