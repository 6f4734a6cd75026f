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
import { among, type States, type Subgraph, type Ways, waysFrom, wayTo } from '../graph/subgraph.js'
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
  /** Shortest ways from the initial states to where a behaviour may be; found when it is first asked for. */
  readonly ways: () => Ways
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
  const { stems, start } = stemsOf(plan, graph, assumed) ?? {}
  if (stems === undefined) return undefined
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
  const members = among(stems.order, part.states)
  return shortestLasso(stems, part, condition, fairComponents(part, condition, members))
}

const lengthOf = ({ stem, loop }: Lasso): number => stem.length + loop.length

/** After how many steps of the loop it meets one of the states. */
const firstIn = <S>(states: States, { start, loop }: Lasso, graph: StateGraph<S>): number =>
  [start, ...loop.map(edge => graph.targets[edge] as number)].findIndex(s => states[s] === 1)

interface Plan {
  /** Where the formula begins to be broken; undefined: in the initial states alone. Until then the stem may go anywhere. */
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
  const broken = otherThan(holds)
  const after = kind === 'eventually always' ? always : both(always, broken)
  const bits = (strength: 'weak' | 'strong'): number =>
    masks.conditions.reduce((mask, it, i) => (it.strength === strength ? mask | (1 << i) : mask), 0)
  return {
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

function both(a: States, b: States): States {
  const all = new Uint8Array(a.length)
  for (let s = 0; s < a.length; s++) all[s] = (a[s] as number) & (b[s] as number)
  return all
}

function otherThan(states: States): States {
  const others = new Uint8Array(states.length)
  for (let s = 0; s < states.length; s++) others[s] = 1 - (states[s] as number)
  return others
}

/** The states of the graph in which it holds. */
const statesWhere = <S>(graph: StateGraph<S>, holds: (state: S) => boolean): States =>
  marksOf(graph, [holds])[0] as States

export function assumedBy<S>(graph: StateGraph<S>, assuming: readonly Assumption<S>[] = []): Assumed {
  const assumed = leftBy(graph, assuming)
  let ways: Ways | undefined
  return {
    ...assumed,
    ways() {
      ways ??= waysFrom({ graph, states: assumed.always }, initialIn(graph, assumed.always))
      return ways
    },
  }
}

function leftBy<S>(graph: StateGraph<S>, assuming: readonly Assumption<S>[]): Omit<Assumed, 'ways'> {
  const everywhere = new Uint8Array(graph.size).fill(1)
  let assumed: Omit<Assumed, 'ways'> = {
    always: everywhere,
    settled: everywhere,
    recurring: [],
    edges: undefined,
  }
  for (const assumption of assuming) {
    const where = (holds: (state: S) => boolean): States => statesWhere(graph, holds)
    assumed = match(assumption)
      .returnType<typeof assumed>()
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

/** The initial states among these, as sources of ways. */
const initialIn = <S>({ initial }: StateGraph<S>, states: States): readonly number[] =>
  [...initial.keys()].filter(state => states[state] === 1)

/**
 * Shortest ways that the formula allows, and for each state where such a way begins, how that was reached; undefined if there
 * is no such state, as with most things that a formula is asked of.
 */
function stemsOf<S>(
  { from, after }: Plan,
  graph: StateGraph<S>,
  assumed: Assumed,
): { readonly stems: Ways; readonly start: Ways | undefined } | undefined {
  if (from === undefined) return { stems: waysFrom(after, initialIn(graph, after.states)), start: undefined }
  const start = assumed.ways()
  const beginnings = among(start.order, from, after.states)
  if (beginnings.length === 0) return undefined
  return { stems: waysFrom(after, beginnings, start.distance), start }
}

/** The stem with the way to where it begins. */
function withBeginning(lasso: Lasso, start: Ways): BrokenBy {
  const { source, edges } = wayTo(start, lasso.source)
  return { ...lasso, source, stem: [...edges, ...lasso.stem], since: edges.length }
}
