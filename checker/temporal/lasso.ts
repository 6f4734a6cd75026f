/**
 * The shortest fair lasso: a way from an initial state into a loop, and the loop.
 *
 * Here: a breadth-first search from each state that the loop can begin at, over pairs of a state and what the loop has
 * done so far. It is exact while a budget lasts; after that, the loop found first by visiting all that is needed.
 * Not here: whether there is a fair loop (fair-loop.ts).
 */
import { forEachEdge, type Subgraph, type Ways, waysFrom, wayTo } from '../graph/subgraph.js'
import type { FairComponent, LoopCondition } from './fair-loop.js'

/** As edges of the graph. A loop without edges stutters. */
export interface Lasso {
  /** The state the stem begins at. */
  readonly source: number
  readonly stem: readonly number[]
  /** The state the loop begins and ends at. */
  readonly start: number
  readonly loop: readonly number[]
}

/** Pairs of a state and what was done, over all searches for one lasso. */
const budget = 2_000_000

/**
 * @param stems shortest ways from the initial states to where a loop may begin
 * @param part the states and edges that the loop may use
 */
export function shortestLasso(
  stems: Ways,
  part: Subgraph,
  condition: LoopCondition,
  fair: readonly FairComponent[],
): Lasso | undefined {
  const at = (s: number): number => stems.distance[s] as number
  const componentOf = new Map<number, FairComponent>()
  for (const one of fair) for (const s of one.component) componentOf.set(s, one)
  const starts = [...componentOf.keys()].toSorted((a, b) => at(a) - at(b) || a - b)
  let best: Found | undefined
  let spent = 0
  for (const start of starts) {
    const longest = best === undefined ? Number.POSITIVE_INFINITY : best.length - at(start) - 1
    if (longest < 0) break
    const { component } = componentOf.get(start) as FairComponent
    const found = loopFrom(start, { part, condition, component, longest, budget: budget - spent })
    spent += found.spent
    if (found.loop !== undefined) best = { start, loop: found.loop, length: at(start) + found.loop.length }
    if (spent >= budget) break
  }
  best ??= thorough(fair[0], part, condition, stems)
  if (best === undefined) return undefined
  const { source, edges } = wayTo(stems, best.start)
  return { source, stem: edges, start: best.start, loop: best.loop }
}

interface Found {
  readonly start: number
  readonly loop: readonly number[]
  /** With the stem. */
  readonly length: number
}

interface LoopSearch {
  readonly part: Subgraph
  readonly condition: LoopCondition
  readonly component: Int32Array
  readonly longest: number
  readonly budget: number
}

/** A state, what was done on the way to it, and the way. */
interface Node {
  readonly state: number
  readonly done: bigint
  readonly edge: number
  readonly before: Node | undefined
}

function loopFrom(
  start: number,
  { part, condition, component, longest, budget: left }: LoopSearch,
): { readonly loop?: readonly number[]; readonly spent: number } {
  const inside = insideOf(part, component)
  const tasks = tasksOf(condition)
  const first: Node = { state: start, done: tasks.at(start), edge: -1, before: undefined }
  if (tasks.areDone(first.done)) return { loop: [], spent: 1 }
  const seen = new Map<number, Set<bigint>>([[start, new Set([first.done])]])
  let level = [first]
  let spent = 1
  for (let length = 1; length <= longest && level.length > 0; length++) {
    const next: Node[] = []
    for (const node of level) {
      let closing: Node | undefined
      forEachEdge(inside, node.state, (edge, state) => {
        if (closing !== undefined) return
        const done = node.done | tasks.by(edge, node.state !== state) | tasks.at(state)
        const known = seen.get(state) ?? new Set()
        if (known.has(done)) return
        seen.set(state, known.add(done))
        const reached: Node = { state, done, edge, before: node }
        spent++
        if (state === start && tasks.areDone(done)) closing = reached
        else next.push(reached)
      })
      if (closing !== undefined) return { loop: edgesOf(closing), spent }
      if (spent >= left) return { spent }
    }
    level = next
  }
  return { spent }
}

const edgesOf = (node: Node): number[] => {
  const reversed: number[] = []
  for (let at: Node | undefined = node; at?.before !== undefined; at = at.before) reversed.push(at.edge)
  return reversed.reverse()
}

/** The condition as bits to collect: what was served, where something was enabled or disabled, which sets were met. */
function tasksOf({ fairness: { enabled, serves }, weak, strong, recurring }: LoopCondition) {
  const width = 30n
  const all = (1n << width) - 1n
  // Three fields of bits: served, or disabled somewhere (of weak ones); enabled somewhere (of strong ones); sets met.
  return {
    at(state: number): bigint {
      const here = enabled[state] as number
      let done = BigInt(weak & ~here) | (BigInt(strong & here) << width)
      for (const [i, set] of recurring.entries()) if (set[state] === 1) done |= 1n << (2n * width + BigInt(i))
      return done
    },
    by: (edge: number, changes: boolean): bigint =>
      changes ? BigInt((serves[edge] as number) & (weak | strong)) : 0n,
    areDone(done: bigint): boolean {
      const served = Number(done & all)
      const enabledSomewhere = Number((done >> width) & all)
      const met = done >> (2n * width)
      return (
        (weak & ~served) === 0 &&
        (strong & enabledSomewhere & ~served) === 0 &&
        met === (1n << BigInt(recurring.length)) - 1n
      )
    },
  }
}

const insideOf = (part: Subgraph, component: Int32Array): Subgraph => {
  const states = new Uint8Array(part.graph.size)
  for (const s of component) states[s] = 1
  return { ...part, states }
}

/** The loop through every state and edge of the core that is needed, nearest first: fair, and rarely shortest. */
function thorough(
  fair: FairComponent | undefined,
  part: Subgraph,
  condition: LoopCondition,
  stems: Ways,
): Found | undefined {
  if (fair === undefined) return undefined
  const inside = insideOf(part, fair.core)
  const tasks = tasksOf(condition)
  const start = fair.core.reduce((a, b) =>
    (stems.distance[b] as number) < (stems.distance[a] as number) ? b : a,
  )
  let done = tasks.at(start)
  let at = start
  const loop: number[] = []
  const take = (edges: readonly number[]): void => {
    for (const e of edges) {
      const to = part.graph.targets[e] as number
      done |= tasks.by(e, at !== to) | tasks.at(to)
      at = to
      loop.push(e)
    }
  }
  for (const s of fair.core) {
    forEachEdge(inside, s, (e, to) => {
      if (tasks.areDone(done) || (done | tasks.by(e, s !== to) | tasks.at(to) | tasks.at(s)) === done) return
      take(wayTo(waysFrom(inside, [at]), s).edges)
      take([e])
    })
  }
  take(wayTo(waysFrom(inside, [at]), start).edges)
  return { start, loop, length: (stems.distance[start] as number) + loop.length }
}
