/**
 * The strongly connected components of a part of a graph: Tarjan's algorithm, without recursion.
 */
import { outside } from './state-graph.js'
import { counts, none, type Subgraph } from './subgraph.js'

/**
 * Every component, those of a single state included, each as its states in ascending order.
 *
 * @param members the states to look at; each must be in the subgraph
 */
export function componentsOf(part: Subgraph, members: readonly number[]): readonly (readonly number[])[] {
  // For most of what is asked there is nothing to look at.
  if (members.length === 0) return []
  const { size, expanded, rows, targets } = part.graph
  const found = new Int32Array(size).fill(none)
  const low = new Int32Array(size)
  const open = new Uint8Array(size)
  const stack: number[] = []
  const components: number[][] = []
  let time = 0
  const begin = (s: number): Visit => {
    found[s] = time
    low[s] = time++
    stack.push(s)
    open[s] = 1
    return s < expanded ? { s, next: rows[s] as number, end: rows[s + 1] as number } : { s, next: 0, end: 0 }
  }
  const close = (s: number): void => {
    if (low[s] !== found[s]) return
    const component: number[] = []
    for (let t = none; t !== s; component.push(t)) {
      t = stack.pop() as number
      open[t] = 0
    }
    components.push(component.sort((a, b) => a - b))
  }
  for (const root of members) {
    if (found[root] !== none) continue
    const visits: Visit[] = [begin(root)]
    for (let visit = visits.at(-1); visit !== undefined; visit = visits.at(-1)) {
      const { s } = visit
      if (visit.next === visit.end) {
        close(s)
        visits.pop()
        const above = visits.at(-1)
        if (above !== undefined) low[above.s] = Math.min(low[above.s] as number, low[s] as number)
        continue
      }
      const edge = visit.next++
      const to = targets[edge] as number
      if (to === outside || !counts(part, edge, to)) continue
      if (found[to] === none) {
        visits.push(begin(to))
      } else if (open[to] === 1) {
        low[s] = Math.min(low[s] as number, found[to] as number)
      }
    }
  }
  return components
}

/** A state whose edges are being followed, and which of them is next. */
interface Visit {
  readonly s: number
  next: number
  readonly end: number
}
