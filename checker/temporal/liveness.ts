/**
 * Liveness: is there a fair behaviour that breaks the formula? If so, a shortest lasso.
 *
 * A behaviour that breaks a formula has a stem and then a loop. Each formula says where the stem may go, from where on
 * something must not happen any more, and what the loop has to do:
 *
 *   eventually P           from the start on, never P
 *   P leads to Q           from a state with P and not Q on, never Q
 *   always eventually P    from anywhere on, never P
 *   eventually always P    the loop meets a state without P
 *
 * Here: that reduction. Not here: fair loops (fair-loop.ts), which is shortest (lasso.ts), what to tell (notes.ts).
 */
import { match } from 'ts-pattern'
import { marksOf, outside, type StateGraph } from '../graph/state-graph.js'
import { type States, type Subgraph, type Ways, waysFrom, wayTo } from '../graph/subgraph.js'
import type { Assumption, LivenessFormula } from '../model.js'
import { fairComponents, type LoopCondition } from './fair-loop.js'
import type { FairnessMasks } from './fairness.js'
import { type Lasso, shortestLasso } from './lasso.js'

/** What a formula says of each state: the sets of states in which its parts hold. */
export interface MarkedFormula {
  readonly kind: LivenessFormula<unknown>['kind']
  readonly holds: States
  /** Of `leads to`. */
  readonly when?: States | undefined
}

/** What the assumptions leave of the graph. */
export interface Assumed {
  /** Where a behaviour may be at all. */
  readonly always: States
  /** Where its loop may be. */
  readonly settled: States
  /** Sets of states that the loop has to meet. */
  readonly recurring: readonly States[]
  /** By edge: 1 if the loop may take it; undefined: every one. */
  readonly edges: Uint8Array | undefined
}

/** A lasso, and after how many steps of its stem the formula begins to be broken. */
export interface BrokenBy extends Lasso {
  readonly since: number
}

/**
 * A shortest lasso that breaks the formula, or undefined if there is none in the graph.
 *
 * Of `leads to`, what asks may be a state of the loop as well, and then the stem need not pass one.
 */
export function brokenBy<S>(
  graph: StateGraph<S>,
  formula: MarkedFormula,
  assumed: Assumed,
  masks: FairnessMasks<S>,
): BrokenBy | undefined {
  const plan = planOf(graph, formula, assumed, masks)
  const { stems, start } = stemsOf(plan, graph)
  const lasso = lassoBy(stems, plan.loop, plan.condition)
  if (lasso === undefined) return undefined
  if (start === undefined) return { ...lasso, since: 0 }
  const usual = withBeginning(lasso, start)
  const { from } = plan
  if (formula.kind !== 'leads to' || from === undefined) return usual
  const { condition, loop } = plan
  const recurring = [...condition.recurring, from]
  const inLoop = lassoBy(start, loop, { ...condition, recurring })
  if (inLoop === undefined || lengthOf(inLoop) >= lengthOf(usual)) return usual
  return { ...inLoop, since: inLoop.stem.length + firstIn(from, inLoop, graph) }
}

const lassoBy = (stems: Ways, part: Subgraph, condition: LoopCondition): Lasso | undefined => {
  const members = stems.order.filter(s => part.states[s] === 1)
  return shortestLasso(stems, part, condition, fairComponents(part, condition, members))
}

const lengthOf = ({ stem, loop }: Lasso): number => stem.length + loop.length

/** After how many steps of the loop it meets one of the states. */
const firstIn = <S>(states: States, { start, loop }: Lasso, graph: StateGraph<S>): number =>
  [start, ...loop.map(edge => graph.targets[edge] as number)].findIndex(s => states[s] === 1)

interface Plan {
  /** Where the stem may go before it comes to a state from which on the formula is broken. */
  readonly before: Subgraph
  /** Those states; undefined: the initial ones alone. */
  readonly from: States | undefined
  /** Where it may go from there. */
  readonly after: Subgraph
  readonly loop: Subgraph
  readonly condition: LoopCondition
}

function planOf<S>(
  graph: StateGraph<S>,
  { kind, holds, when }: MarkedFormula,
  { always, settled, recurring, edges }: Assumed,
  masks: FairnessMasks<S>,
): Plan {
  const broken = holds.map(bit => 1 - bit)
  const after = kind === 'eventually always' ? always : both(always, broken)
  const bits = (strength: 'weak' | 'strong'): number =>
    masks.conditions.reduce((mask, it, i) => (it.strength === strength ? mask | (1 << i) : mask), 0)
  return {
    before: { graph, states: always },
    from: match(kind)
      .with('eventually', () => undefined)
      .with('leads to', () => when)
      .with('always eventually', 'eventually always', () => always)
      .exhaustive(),
    after: { graph, states: after },
    loop: { graph, states: both(after, settled), edges },
    condition: {
      fairness: masks,
      weak: bits('weak'),
      strong: bits('strong'),
      recurring: kind === 'eventually always' ? [...recurring, broken] : recurring,
    },
  }
}

const both = (a: States, b: States): States => a.map((bit, s) => bit & (b[s] as number))

/** The states of the graph in which it holds. */
const statesWhere = <S>(graph: StateGraph<S>, holds: (state: S) => boolean): States =>
  marksOf(graph, [holds])[0] as States

export function assumedBy<S>(graph: StateGraph<S>, assuming: readonly Assumption<S>[] = []): Assumed {
  const everywhere = new Uint8Array(graph.size).fill(1)
  let assumed: Assumed = { always: everywhere, settled: everywhere, recurring: [], edges: undefined }
  for (const assumption of assuming) {
    const where = (holds: (state: S) => boolean): States => statesWhere(graph, holds)
    assumed = match(assumption)
      .returnType<Assumed>()
      .with({ kind: 'always' }, it => ({ ...assumed, always: both(assumed.always, where(it.holds)) }))
      .with({ kind: 'eventually always' }, it => ({
        ...assumed,
        settled: both(assumed.settled, where(it.holds)),
      }))
      .with({ kind: 'always eventually' }, it => ({
        ...assumed,
        recurring: [...assumed.recurring, where(it.holds)],
      }))
      .with({ kind: 'eventually never' }, it => ({ ...assumed, edges: without(it, graph, assumed.edges) }))
      .exhaustive()
  }
  return assumed
}

/** By edge: 1 if its step is none of these, or changes nothing. */
function without<S>(
  { taken }: Extract<Assumption<S>, { kind: 'eventually never' }>,
  { actions, rows, targets, labels, expanded, stateAt }: StateGraph<S>,
  allowed: Uint8Array | undefined,
): Uint8Array {
  const edges = allowed?.slice() ?? new Uint8Array(targets.length).fill(1)
  for (let s = 0; s < expanded; s++) {
    const before = stateAt(s)
    for (let e = rows[s] as number; e < (rows[s + 1] as number); e++) {
      const to = targets[e] as number
      const action = actions[labels[e] as number]
      if (to === s || to === outside || action === undefined) continue
      if (taken({ before, ...action, after: stateAt(to) })) edges[e] = 0
    }
  }
  return edges
}

/** Shortest ways that the formula allows, and for each state where such a way begins, how that was reached. */
function stemsOf<S>(
  { before, from, after }: Plan,
  { initial }: StateGraph<S>,
): { readonly stems: Ways; readonly start: Ways | undefined } {
  const sources = (states: States) =>
    [...initial.keys()].filter(state => states[state] === 1).map(state => ({ state, at: 0 }))
  if (from === undefined) return { stems: waysFrom(after, sources(after.states)), start: undefined }
  const start = waysFrom(before, sources(before.states))
  const beginnings = start.order.filter(s => from[s] === 1 && after.states[s] === 1)
  const stems = waysFrom(
    after,
    beginnings.map(state => ({ state, at: start.distance[state] as number })),
  )
  return { stems, start }
}

/** The stem with the way to where it begins. */
function withBeginning(lasso: Lasso, start: Ways): BrokenBy {
  const { source, edges } = wayTo(start, lasso.source)
  return { ...lasso, source, stem: [...edges, ...lasso.stem], since: edges.length }
}
