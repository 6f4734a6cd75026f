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
  readonly order: readonly number[]
}

/**
 * @param sources states that count, each with the distance it starts at, in any order
 * @param depth ways longer than this are not followed
 */
export function waysFrom(
  part: Subgraph,
  sources: readonly { readonly state: number; readonly at: number }[],
  depth = Number.POSITIVE_INFINITY,
): Ways {
  const { size, expanded, rows, targets } = part.graph
  const distance = new Int32Array(size).fill(none)
  const edge = new Int32Array(size).fill(none)
  const from = new Int32Array(size).fill(none)
  const order: number[] = []
  const waiting = sources.toSorted((a, b) => a.at - b.at || a.state - b.state)
  let level: number[] = []
  let at = waiting[0]?.at ?? 0
  let w = 0
  while (w < waiting.length || level.length > 0) {
    if (level.length === 0) at = Math.max(at, (waiting[w] as { at: number }).at)
    for (; w < waiting.length && (waiting[w] as { at: number }).at === at; w++) {
      const { state } = waiting[w] as { state: number }
      if (distance[state] !== none) continue
      distance[state] = at
      level.push(state)
    }
    const next: number[] = []
    for (const s of level) {
      order.push(s)
      if (at >= depth) continue
      if (s >= expanded) continue
      const end = rows[s + 1] as number
      // As `forEachEdge`, which is slower.
      for (let e = rows[s] as number; e < end; e++) {
        const to = targets[e] as number
        if (to === outside || distance[to] !== none || !counts(part, e, to)) continue
        distance[to] = at + 1
        edge[to] = e
        from[to] = s
        next.push(to)
      }
    }
    level = next
    at++
  }
  return { distance, edge, from, order }
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
  for (const t of to) if (t !== outside) heads[t + 1] = (heads[t + 1] as number) + 1
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
  const todo: number[] = []
  for (let s = 0; s < size; s++) {
    if (targets[s] !== 1) continue
    reached[s] = 1
    todo.push(s)
  }
  for (let t = todo.pop(); t !== undefined; t = todo.pop()) {
    for (let e = heads[t] as number; e < (heads[t + 1] as number); e++) {
      const s = sources[e] as number
      if (reached[s] === 1) continue
      reached[s] = 1
      todo.push(s)
    }
  }
  return reached
}
