/**
 * The verdicts on temporal properties, from the graph of a search that has ended.
 *
 * What is found is true of the model even if the search was cut short: a lasso uses expanded states only, and nothing
 * leads out of a region without return. What is not found holds only if every state was expanded; states that the
 * model's own constraint keeps out are no part of the question.
 */
import type { Limits } from '../explore/limits.js'
import { ImpureAt, ModelError } from '../explore/model-error.js'
import type { Action, Note, Stop, Trace, Verdict } from '../explore/result.js'
import { isComplete, marksOf, type StateGraph, unexplored } from '../graph/state-graph.js'
import { type States, waysFrom, wayTo } from '../graph/subgraph.js'
import type { Fairness, Initial, Liveness, Possibility, TemporalProperty } from '../model.js'
import { type FairnessMasks, fairnessMasks } from './fairness.js'
import { assumedBy, type BrokenBy, brokenBy } from './liveness.js'
import { lassoNotes, regionNotes } from './notes.js'
import { impossibleFrom } from './possibility.js'

/** What was judged, and why the rest of it was not: a limit, or a signal. */
export interface JudgedTemporal<S> {
  /** In the order of the properties. One that was kept from being judged is `stopped`. */
  readonly verdicts: readonly Verdict<S>[]
  readonly stop: Stop | undefined
}

/** Judges properties on a graph. */
export type JudgeTemporal<S> = (
  graph: StateGraph<S>,
  properties: readonly TemporalProperty<S>[],
  limits: Limits,
) => Promise<JudgedTemporal<S>>

export async function judgeTemporal<S>(
  graph: StateGraph<S>,
  properties: readonly TemporalProperty<S>[],
  limits: Limits,
): Promise<JudgedTemporal<S>> {
  const verdicts: Verdict<S>[] = []
  const judge = judgeOn(graph)
  let stop: Stop | undefined
  for (const property of properties) {
    await limits.pause()
    stop ??= limits.exceeded()
    verdicts.push(stop === undefined ? judge(property) : stopped(graph, property))
  }
  return { verdicts, stop }
}

/** Judges one property after the other on this graph. What throws is a `ModelError`. */
export function judgeOn<S>(graph: StateGraph<S>): (property: TemporalProperty<S>) => Verdict<S> {
  const masks = new MasksOf(graph)
  return property => guarded(graph, property, () => judged(graph, property, masks))
}

/** The verdict on a property that was not judged, or not on all of the graph. */
export const stopped = <S>(graph: StateGraph<S>, property: TemporalProperty<S>): Verdict<S> => ({
  verdict: 'stopped',
  property,
  unexplored: { states: unexplored(graph), of: graph.size },
})

/** A property that throws is a `ModelError`, as it is everywhere; of one that is not pure it is known in which state. */
const guarded = <S>(
  graph: StateGraph<S>,
  property: TemporalProperty<S>,
  judge: () => Verdict<S>,
): Verdict<S> => {
  const { model, initial } = graph
  try {
    return judge()
  } catch (cause) {
    const [first = model.initial[0] as Initial<S>] = initial.values()
    const trace = cause instanceof ImpureAt ? traceTo(graph, cause.state) : { initial: first, actions: [] }
    throw new ModelError(model, { part: 'property', property }, trace, cause)
  }
}

const judged = <S>(graph: StateGraph<S>, property: TemporalProperty<S>, masks: MasksOf<S>): Verdict<S> =>
  property.kind === 'possibility'
    ? judgePossibility(graph, property)
    : judgeLiveness(graph, property, masks.for(property))

/** Properties that name the same conditions share what is known of them. */
class MasksOf<S> {
  readonly #known = new Map<Liveness<S>['fairness'], FairnessMasks<S>>()
  constructor(private readonly graph: StateGraph<S>) {}

  for({ fairness }: Liveness<S>): FairnessMasks<S> {
    const known = this.#known.get(fairness)
    if (known !== undefined) return known
    const conditions: readonly Fairness<S>[] = fairness(this.graph.model)
    const made = fairnessMasks(this.graph, conditions)
    this.#known.set(fairness, made)
    return made
  }
}

/** The things that a property is asked of, over all initial states; without any, one that stands for the state. */
export function thingsOf<S>(
  { each }: Pick<TemporalProperty<S>, 'each'>,
  initial: Iterable<Initial<S>>,
): readonly unknown[] {
  if (each === undefined) return [undefined]
  const things = new Map<string, unknown>()
  for (const { state } of initial) for (const x of each(state)) things.set(JSON.stringify(x), x)
  return [...things.values()]
}

/** For each thing, the states in which the test holds of it. */
const marksFor = <S>(
  graph: StateGraph<S>,
  things: readonly unknown[],
  test: (state: S, x: unknown) => boolean,
): readonly States[] =>
  marksOf(
    graph,
    things.map(x => (state: S) => test(state, x)),
  )

/** By thing: the states that ask for it and can never come to it. */
export function noWayFrom<S>(graph: StateGraph<S>, property: Possibility<S>) {
  const things = thingsOf(property, graph.initial.values())
  const when = marksFor(graph, things, (state, x) => property.when?.(state, x) ?? true)
  const can = marksFor(graph, things, (state, x) => property.can(state, x))
  return things.map((x, i) => ({
    x,
    can: can[i] as States,
    ...impossibleFrom(graph, when[i] as States, can[i] as States),
  }))
}

function judgePossibility<S>(graph: StateGraph<S>, property: Possibility<S>): Verdict<S> {
  const found = noWayFrom(graph, property)
  const count = found.reduce((sum, { states }) => sum + states.length, 0)
  if (count === 0) {
    const isOpen = found.some(({ undecided }) => undecided > 0) || graph.expanded < graph.size
    return isOpen ? stopped(graph, property) : { verdict: 'holds', property }
  }
  const nearest = found
    .filter(({ states }) => states.length > 0)
    .reduce((a, b) => ((b.states[0] as number) < (a.states[0] as number) ? b : a))
  const state = nearest.states[0] as number
  const trace = traceTo(graph, state)
  return {
    verdict: 'violated',
    property,
    trace,
    count,
    notes: inNames(
      graph,
      regionNotes(graph, property, { x: nearest.x, state, can: nearest.can, initial: trace.initial }),
      trace.initial,
    ),
  }
}

function judgeLiveness<S>(graph: StateGraph<S>, property: Liveness<S>, masks: FairnessMasks<S>): Verdict<S> {
  const { formula } = property
  const things = thingsOf(property, graph.initial.values())
  const holds = marksFor(graph, things, (state, x) => formula.holds(state, x))
  const when =
    formula.kind === 'leads to' ? marksFor(graph, things, (state, x) => formula.when(state, x)) : undefined
  const assumed = assumedBy(graph, property.assuming)
  const broken = things.flatMap((x, i) => {
    const marked = { kind: formula.kind, holds: holds[i] as States, when: when?.[i] }
    const lasso = brokenBy(graph, marked, assumed, masks)
    return lasso === undefined ? [] : [{ x, lasso }]
  })
  const [first] = broken.toSorted((a, b) => lengthOf(a.lasso) - lengthOf(b.lasso))
  if (first === undefined) {
    return isComplete(graph) ? { verdict: 'holds', property } : stopped(graph, property)
  }
  const { lasso, x } = first
  const edges = [...lasso.stem, ...lasso.loop]
  const initial = graph.initial.get(lasso.source) as Initial<S>
  const trace = { initial, actions: edges.map(edge => actionOf(graph, edge)) }
  return {
    verdict: 'violated',
    property,
    trace,
    count: broken.length,
    loop: lasso.stem.length,
    notes: inNames(graph, notesOf(graph, property, lasso, x, masks), initial),
  }
}

/** As the model tells people of its tasks. */
const inNames = <S>({ model }: StateGraph<S>, notes: readonly Note[], initial: Initial<S>): readonly Note[] =>
  notes.map(({ label, text }) => ({ label, text: model.describeReason?.(text, initial) ?? text }))

const lengthOf = ({ stem, loop }: BrokenBy): number => stem.length + loop.length

function notesOf<S>(
  graph: StateGraph<S>,
  property: Liveness<S>,
  lasso: BrokenBy,
  x: unknown,
  { conditions, enabled, serves }: FairnessMasks<S>,
): readonly Note[] {
  const { start, stem, loop, since } = lasso
  const states = [start, ...loop.map(edge => graph.targets[edge] as number)]
  const changes = loop.map((_, i) => states[i] !== states[i + 1])
  return lassoNotes(property, {
    x,
    state: graph.stateAt(start),
    since,
    stem: stem.length,
    conditions,
    enabled: states.map(s => enabled[s] as number),
    served: loop.map((edge, i) => (changes[i] === true ? (serves[edge] as number) : 0)),
  })
}

const actionOf = <S>({ actions, labels }: StateGraph<S>, edge: number): Action<S> => {
  const { rule, choice } = actions[labels[edge] as number] as Action<S>
  return { rule, choice }
}

/** A shortest trace to a state of the graph. */
export function traceTo<S>(graph: StateGraph<S>, state: number): Trace<S> {
  const everything = { graph, states: new Uint8Array(graph.size).fill(1) }
  const ways = waysFrom(everything, graph.initial.keys())
  const { source, edges } = wayTo(ways, state)
  const initial = graph.initial.get(source) as Initial<S>
  return { initial, actions: edges.map(edge => actionOf(graph, edge)) }
}
