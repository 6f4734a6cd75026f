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
  // The states whose edges are being followed, and for each the edge that comes next.
  const path: number[] = []
  const nexts: number[] = []
  const begin = (s: number): void => {
    found[s] = time
    low[s] = time++
    stack.push(s)
    open[s] = 1
    path.push(s)
    nexts.push(s < expanded ? (rows[s] as number) : none)
  }
  const close = (s: number): void => {
    if (low[s] !== found[s]) return
    const component: number[] = []
    for (let t = none; t !== s; component.push(t)) {
      t = stack.pop() as number
      open[t] = 0
    }
    components.push(component.length === 1 ? component : component.sort((a, b) => a - b))
  }
  for (const root of members) {
    if (found[root] !== none) continue
    begin(root)
    while (path.length > 0) {
      const s = path[path.length - 1] as number
      const edge = nexts[nexts.length - 1] as number
      if (edge === none || edge === rows[s + 1]) {
        close(s)
        path.pop()
        nexts.pop()
        const above = path[path.length - 1]
        if (above !== undefined) low[above] = Math.min(low[above] as number, low[s] as number)
        continue
      }
      nexts[nexts.length - 1] = edge + 1
      const to = targets[edge] as number
      if (to === outside || !counts(part, edge, to)) continue
      if (found[to] === none) {
        begin(to)
      } else if (open[to] === 1) {
        low[s] = Math.min(low[s] as number, found[to] as number)
      }
    }
  }
  return components
}
