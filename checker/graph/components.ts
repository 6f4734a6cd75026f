/**
 * The strongly connected components of a part of a graph: Tarjan's algorithm, without recursion.
 */
import { outside } from './state-graph.js'
import { counts, none, type Subgraph } from './subgraph.js'

/**
 * Goes through the components, those of a single state included, until one is what is looked for. Components are lent, one at a
 * time: most are of no interest, and there may be as many as states.
 *
 * @param members the states to look at; each must be in the subgraph
 * @param visit is told of each component, its states in ascending order; to be copied by whoever keeps it
 * @returns what `visit` has returned first that is not undefined
 */
export function findComponent<T>(
  part: Subgraph,
  members: Int32Array,
  visit: (component: Int32Array) => T | undefined,
): T | undefined {
  // For most of what is asked there is nothing to look at.
  if (members.length === 0) return undefined
  const { size, expanded, rows, targets } = part.graph
  const ints = () => new Int32Array(size)
  const found = ints().fill(none)
  const low = ints()
  const isOpen = new Uint8Array(size)
  /** States of components that are not closed yet. */
  const stack = ints()
  let height = 0
  /** The states whose edges are being followed, and for each the edge that comes next. */
  const path = ints()
  const nexts = ints()
  let length = 0
  let time = 0
  const single = new Int32Array(1)
  const begin = (s: number): void => {
    found[s] = time
    low[s] = time++
    stack[height++] = s
    isOpen[s] = 1
    path[length] = s
    nexts[length++] = s < expanded ? (rows[s] as number) : none
  }
  /** Takes the component that is closed by this state from the stack. */
  const taken = (s: number): Int32Array => {
    const end = height
    do isOpen[stack[--height] as number] = 0
    while (stack[height] !== s)
    if (end - height > 1) return stack.subarray(height, end).sort()
    single[0] = s
    return single
  }
  for (const root of members) {
    if (found[root] !== none) continue
    begin(root)
    while (length > 0) {
      const s = path[length - 1] as number
      const edge = nexts[length - 1] as number
      if (edge === none || edge === rows[s + 1]) {
        if (low[s] === found[s]) {
          const result = visit(taken(s))
          if (result !== undefined) return result
        }
        length--
        if (length > 0) {
          const above = path[length - 1] as number
          low[above] = Math.min(low[above] as number, low[s] as number)
        }
        continue
      }
      nexts[length - 1] = edge + 1
      const to = targets[edge] as number
      if (to === outside || !counts(part, edge, to)) continue
      if (found[to] === none) {
        begin(to)
      } else if (isOpen[to] === 1) {
        low[s] = Math.min(low[s] as number, found[to] as number)
      }
    }
  }
  return undefined
}
