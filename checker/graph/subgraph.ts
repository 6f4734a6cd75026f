/**
 * Parts of a graph: which states and edges count, what can be reached in them, by which shortest way.
 *
 * Here: the plain algorithms on numbers, without a model in sight.
 */
import { outside, type StateGraph } from './state-graph.js'

/** The rows and columns alone. */
export type Edges = Pick<StateGraph<unknown>, 'size' | 'expanded' | 'rows' | 'targets'>

/** A set of states: 1 for each that is in it. */
export type States = Uint8Array

/** The states and edges that count. Without `edges`, every edge between two of the states. */
export interface Subgraph {
  readonly graph: Edges
  readonly states: States
  /** By edge: 1 if it counts. */
  readonly edges?: Uint8Array | undefined
}

/** Does an edge count that leads to this state of the graph, from one that counts? */
export const counts = ({ states, edges }: Subgraph, edge: number, to: number): boolean =>
  states[to] === 1 && (edges === undefined || edges[edge] === 1)

/** Calls back for each edge out of `s` that counts, with its number and its target. */
export function forEachEdge(part: Subgraph, s: number, visit: (edge: number, to: number) => void): void {
  const { graph } = part
  if (s >= graph.expanded) return
  const end = graph.rows[s + 1] as number
  for (let e = graph.rows[s] as number; e < end; e++) {
    const to = graph.targets[e] as number
    if (to !== outside && counts(part, e, to)) visit(e, to)
  }
}

export const none = -1

/** Shortest ways from a set of sources: by state, its distance (`none` if it is not reached), and how it was reached. */
export interface Ways {
  readonly distance: Int32Array
  /** The edge by which it was first reached; `none` for a source. */
  readonly edge: Int32Array
  /** The state before it; of a source, `none`. */
  readonly from: Int32Array
  /** The states reached, nearest first. */
  readonly order: Int32Array
}

/**
 * @param sources states that count, those that start at a shorter distance first
 * @param starts by state: the distance that a source starts at; without it, all start at 0
 */
export function waysFrom(part: Subgraph, sources: Iterable<number>, starts?: Int32Array): Ways {
  const { size, expanded, rows, targets } = part.graph
  const distance = new Int32Array(size).fill(none)
  const edge = new Int32Array(size).fill(none)
  const from = new Int32Array(size).fill(none)
  const startOf = (s: number | undefined): number => (s === undefined ? none : (starts?.[s] ?? 0))
  const waiting = inOrder(sources, startOf)
  /** What was reached, in that order: from `next` on, it is yet to be gone on from. */
  const order = new Int32Array(size)
  let next = 0
  let count = 0
  let w = 0
  for (let at = 0; w < waiting.length || next < count; at++) {
    if (next === count) at = Math.max(at, startOf(waiting[w]))
    for (; startOf(waiting[w]) === at; w++) {
      const s = waiting[w] as number
      if (distance[s] !== none) continue
      distance[s] = at
      order[count++] = s
    }
    const end = count
    for (; next < end; next++) {
      const s = order[next] as number
      if (s >= expanded) continue
      const rowEnd = rows[s + 1] as number
      // As `forEachEdge`, which is slower.
      for (let e = rows[s] as number; e < rowEnd; e++) {
        const to = targets[e] as number
        if (to === outside || distance[to] !== none || !counts(part, e, to)) continue
        distance[to] = at + 1
        edge[to] = e
        from[to] = s
        order[count++] = to
      }
    }
  }
  return { distance, edge, from, order: order.subarray(0, count) }
}

/** The sources in the order of their numbers, where they start at the same distance. */
function inOrder(sources: Iterable<number>, startOf: (s: number) => number): Int32Array {
  const sorted = Int32Array.from(sources)
  for (let from = 0, to = 0; from < sorted.length; from = to) {
    const start = startOf(sorted[from] as number)
    while (to < sorted.length && startOf(sorted[to] as number) === start) to++
    sorted.subarray(from, to).sort()
  }
  return sorted
}

/** Those of the states that are in all of the sets, in their order. */
export function among(states: Int32Array, ...sets: readonly States[]): Int32Array {
  const found = new Int32Array(states.length)
  let count = 0
  // As `filter`, which is slower.
  for (let at = 0; at < states.length; at++) {
    const s = states[at] as number
    let isIn = 1
    for (let set = 0; set < sets.length; set++) isIn &= (sets[set] as States)[s] as number
    found[count] = s
    count += isIn
  }
  return found.subarray(0, count)
}

/** The edges of the way to `s`, and the source where it begins. */
export function wayTo(
  { edge, from }: Ways,
  s: number,
): { readonly source: number; readonly edges: number[] } {
  const reversed: number[] = []
  let at = s
  while (edge[at] !== none) {
    reversed.push(edge[at] as number)
    at = from[at] as number
  }
  return { source: at, edges: reversed.reverse() }
}

/** The edges by their targets: where those of each state begin, and the state that each comes from. */
interface Reversed {
  readonly heads: Int32Array
  readonly sources: Int32Array
}

/** Made once for each graph: many things are asked of one. */
const reversed = new WeakMap<Edges, Reversed>()

function reversedOf(graph: Edges): Reversed {
  const known = reversed.get(graph)
  if (known !== undefined) return known
  const made = reverse(graph)
  reversed.set(graph, made)
  return made
}

function reverse({ size, expanded, rows, targets: to }: Edges): Reversed {
  const heads = new Int32Array(size + 1)
  for (let e = 0; e < to.length; e++) {
    const t = to[e] as number
    if (t !== outside) heads[t + 1] = (heads[t + 1] as number) + 1
  }
  for (let s = 0; s < size; s++) heads[s + 1] = (heads[s + 1] as number) + (heads[s] as number)
  const sources = new Int32Array(heads[size] as number)
  const fill = heads.slice(0, size)
  for (let s = 0; s < expanded; s++) {
    for (let e = rows[s] as number; e < (rows[s + 1] as number); e++) {
      const t = to[e] as number
      if (t === outside) continue
      const place = fill[t] as number
      sources[place] = s
      fill[t] = place + 1
    }
  }
  return { heads, sources }
}

/** The states from which one of the targets can be reached, the targets included. */
export function canReach(graph: Edges, targets: States): States {
  const { size } = graph
  const { heads, sources } = reversedOf(graph)
  const reached = new Uint8Array(size)
  const todo = new Int32Array(size)
  let left = 0
  for (let s = 0; s < size; s++) {
    if (targets[s] !== 1) continue
    reached[s] = 1
    todo[left++] = s
  }
  while (left > 0) {
    const t = todo[--left] as number
    for (let e = heads[t] as number; e < (heads[t + 1] as number); e++) {
      const s = sources[e] as number
      if (reached[s] === 1) continue
      reached[s] = 1
      todo[left++] = s
    }
  }
  return reached
}
