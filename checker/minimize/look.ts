/**
 * The nearest violation in a model, judged as if it had all the features that the trace was given with.
 *
 * A step that was left out can neither break a state or a step, nor can its absence be to blame: a state is a deadlock, or
 * has no way out, only if it has none with all features.
 */
import { exploreFast } from '../engine/explore.js'
import type { Action, Exploration, ExploreOptions, Trace } from '../explore/result.js'
import type { StateGraph } from '../graph/state-graph.js'
import { waysFrom, wayTo } from '../graph/subgraph.js'
import { type Initial, isTemporal, type Model, type Possibility, type Property, type Step } from '../model.js'
import { noWayFrom } from '../temporal/judge.js'
import { clauseOf, type Violation } from './violation.js'

export interface Looked<S> {
  /** A shortest one: of all, if the search is whole or the property is judged on states or steps. */
  readonly trace?: Trace<S> | undefined
  readonly loop?: number | undefined
  readonly states: number
  /** Everything was searched: what was not found is not there. */
  readonly isWhole: boolean
  /** What was not found is not there in so many steps, although not everything was searched; without it, nobody knows. */
  readonly within?: number | undefined
}

/**
 * @param part what is searched, with fewer features or with all
 * @param whole the same with all features
 * @param violation of a property of `whole`
 */
export async function look<S>(
  part: Model<S>,
  whole: Model<S>,
  violation: Violation<S>,
  options: ExploreOptions,
): Promise<Looked<S>> {
  const property = ofClause(violation)
  if (property.kind === 'possibility' && part !== whole) return noWay(part, whole, property, options)
  const found = await exploreFast(part, [property], options)
  const [verdict] = found.verdicts
  const shown = verdict !== undefined && 'trace' in verdict ? verdict : undefined
  const { states, complete } = found
  // All states may have been found, and no time left to judge a property of behaviours.
  const isWhole = complete && verdict?.verdict !== 'stopped'
  return { trace: shown?.trace, loop: shown?.loop, states, isWhole, within: withinOf(found, property) }
}

const withinOf = <S>({ depthComplete }: Exploration<S>, property: Property<S>): number | undefined =>
  isTemporal(property) ? undefined : depthComplete

/** In the graph of the whole, the nearest state without a way out to which the steps of the part lead. */
async function noWay<S>(
  part: Model<S>,
  whole: Model<S>,
  property: Possibility<S>,
  options: ExploreOptions,
): Promise<Looked<S>> {
  const { graph, states, complete } = await exploreFast(whole, [], { ...options, graph: true })
  if (graph === undefined) throw new Error('A search that was asked for its graph has none.')
  const found = noWayFrom(graph, property)
  const ways = waysFrom(
    { graph, states: new Uint8Array(graph.size).fill(1), edges: edgesOf(graph, part) },
    graph.initial.keys(),
  )
  const stuck = new Set(found.flatMap(it => it.states))
  const nearest = ways.order.find(s => stuck.has(s))
  const isWhole = complete && found.every(({ undecided }) => undecided === 0)
  return { trace: nearest === undefined ? undefined : traceTo(graph, ways, nearest), states, isWhole }
}

/** By edge: 1 if it is a step of the model. */
function edgesOf<S>({ actions, labels }: StateGraph<S>, { rules }: Model<S>): Uint8Array {
  const own = new Set(rules.flatMap(({ name, choices }) => choices.map(it => written(name, it))))
  const isOwn = actions.map(({ rule: { name }, choice }) => own.has(written(name, choice)))
  return Uint8Array.from(labels, label => (isOwn[label] ? 1 : 0))
}

const written = (rule: string, choice: unknown): string => `${rule} ${JSON.stringify(choice)}`

function traceTo<S>(graph: StateGraph<S>, ways: ReturnType<typeof waysFrom>, state: number): Trace<S> {
  const { source, edges } = wayTo(ways, state)
  return {
    initial: graph.initial.get(source) as Initial<S>,
    actions: edges.map(edge => graph.actions[graph.labels[edge] as number] as Action<S>),
  }
}

/** The property, broken by this clause alone. */
export function ofClause<S>({ property, clause }: Violation<S>): Property<S> {
  if (clause === undefined) return property
  if (property.kind === 'invariant') {
    const holds = (state: S): boolean =>
      property.holds(state) || clauseOf(property, undefined, state) !== clause
    return { ...property, each: undefined, holds }
  }
  if (property.kind === 'step') {
    const holds = (step: Step<S>): boolean => property.holds(step) || property.clause?.(step) !== clause
    return { ...property, each: undefined, holds }
  }
  return property
}
