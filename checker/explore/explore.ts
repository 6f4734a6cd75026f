/**
 * Every state that a model can reach, breadth first, and what its properties say of them.
 *
 * This is the simple engine. It evaluates every guard in every state and keeps every state exactly, and it stays as
 * the oracle that faster engines are held against.
 * Here: when to stop, and what can then be said.
 * Not here: finding states (search.ts), keeping them (store.ts), judging them (judge.ts), and what is judged on the
 * graph of all of them once it is known (temporal/).
 */
import { UsageError } from '../errors.js'
import { GraphRecorder } from '../graph/record.js'
import { outside } from '../graph/state-graph.js'
import { isTemporal, type LocalProperty, type Model, type Property } from '../model.js'
import type { PartialOrder } from '../por/partial-order.js'
import type { MakeReduction, Reduction } from '../symmetry/reduction.js'
import { type JudgeTemporal, judgeTemporal } from '../temporal/judge.js'
import { Evidence } from './evidence.js'
import { Judge } from './judge.js'
import { Limits } from './limits.js'
import { reduced } from './reduced.js'
import type { Exploration, ExploreOptions, Progress, Stop, Trace, Verdict } from './result.js'
import { type Expansion, Search } from './search.js'

/**
 * Searches until everything was seen, or a limit is met.
 *
 * States at the depth bound are judged and not expanded, so the search is complete only if there are none. No limit is
 * met in the middle of an expansion: either all edges out of a state are counted, or none. `maxStates` ends the search
 * before a state more would be kept, except that initial states are always kept.
 */
export const explore = async <S>(
  model: Model<S>,
  properties: readonly Property<S>[],
  options: ExploreOptions = {},
): Promise<Exploration<S>> => {
  refuseWithoutInitial(model)
  return reduced(exploreOnce, model, properties, options)
}

const exploreOnce = async <S>(
  model: Model<S>,
  properties: readonly Property<S>[],
  options: ExploreOptions,
  reduction: MakeReduction<S> | undefined,
  partialOrder: PartialOrder<S> | undefined,
): Promise<Exploration<S>> => {
  const limits = new Limits(options)
  const local = properties.filter(isLocal)
  const evidence = new Evidence(local)
  const search = new Search(model, new Judge(model, local, evidence), reduction, partialOrder)
  const recorder = needsGraph(properties, options) ? new GraphRecorder(model, search) : undefined
  const stop = await run(search, recorder, limits, options)
  return explorationOf(search, { properties, evidence, recorder, stop, limits })
}

export const refuseWithoutInitial = <S>(model: Model<S>): void => {
  if (model.initial.length > 0) return
  throw new UsageError(
    `The model ${model.name} has no initial state.`,
    'Choose a configuration to start from.',
  )
}

export const isLocal = <S>(property: Property<S>): property is LocalProperty<S> => !isTemporal(property)

export const needsGraph = <S>(properties: readonly Property<S>[], { graph }: ExploreOptions): boolean =>
  graph === true || properties.some(isTemporal)

/** What a search knows of itself at any time, whichever engine it is of. */
export interface Searched<S> {
  readonly states: number
  readonly transitions: number
  /** Steps from an initial state to the state that is expanded next. */
  readonly depth: number
  readonly frontier: number
  readonly outside: number
  readonly levels: readonly number[]
  readonly ends: number
  readonly deadlocks: number
  readonly deadlock: Trace<S> | undefined
  readonly firings: ReadonlyMap<string, number>
  readonly reduction: Reduction<S> | undefined
  readonly partialOrder?: PartialOrder<S> | undefined
}

/** How a search has ended. */
export interface Ended<S> {
  readonly properties: readonly Property<S>[]
  readonly evidence: Evidence<S>
  readonly recorder: GraphRecorder<S> | undefined
  /** Why it ended before everything was seen; undefined: it did not. */
  readonly stop: Stop | undefined
  readonly limits: Limits
  /** Where several threads judge the graph. */
  readonly judge?: JudgeTemporal<S> | undefined
}

/** What can be said of a search that has ended. */
export const explorationOf = async <S>(
  search: Searched<S>,
  { properties, evidence, recorder, stop, limits, judge = judgeTemporal }: Ended<S>,
): Promise<Exploration<S>> => {
  const complete = stop === undefined
  const diameter = search.levels.length - 1
  const graph = recorder?.graph()
  const later = graph && (await judge(graph, properties.filter(isTemporal), limits))
  return {
    verdicts: inOrder(properties, [...evidence.verdicts(complete), ...(later?.verdicts ?? [])]),
    graph,
    states: search.states,
    transitions: search.transitions,
    diameter,
    depthComplete: complete ? diameter : search.depth,
    complete,
    // All states may have been seen, and not all that was asked of them judged.
    stop: later?.stop ?? stop,
    unexpanded: search.frontier,
    outside: search.outside,
    levels: search.levels,
    ends: search.ends,
    deadlocks: search.deadlocks,
    deadlock: search.deadlock,
    firings: search.firings,
    symmetry: search.reduction?.result(),
    por: search.partialOrder?.result(),
    seconds: limits.seconds,
  }
}

const inOrder = <S>(properties: readonly Property<S>[], verdicts: readonly Verdict<S>[]): Verdict<S>[] =>
  verdicts.toSorted((a, b) => properties.indexOf(a.property) - properties.indexOf(b.property))

/** Expands states in the order in which they were found; why it stopped before the frontier was empty. */
const run = async <S>(
  search: Search<S>,
  recorder: GraphRecorder<S> | undefined,
  limits: Limits,
  options: ExploreOptions,
): Promise<Stop | undefined> => {
  const { depth, maxStates } = options
  while (search.frontier > 0) {
    if (limits.pauseIsDue) {
      await limits.pause()
      options.onProgress?.(progressOf(search, limits))
    }
    const stop = limits.exceeded()
    if (stop !== undefined) return stop
    if (depth !== undefined && search.depth >= depth) return { by: 'depth', depth }
    const expansion = search.lookAhead()
    if (maxStates !== undefined && search.statesAfter(expansion) > maxStates) {
      return { by: 'max-states', limit: maxStates }
    }
    search.expand(expansion)
    if (recorder !== undefined) record(recorder, search, expansion)
  }
  return undefined
}

/** Every edge of a state whose successors the search has just taken in. */
const record = <S>(recorder: GraphRecorder<S>, search: Search<S>, { successors }: Expansion<S>): void => {
  for (const { action, key } of successors) recorder.edge(search.indexOf(key) ?? outside, action.position)
  recorder.endRow()
}

export const progressOf = <S>(search: Searched<S>, limits: Limits): Progress => {
  const { states, transitions, depth, frontier, levels } = search
  const [last, before] = [levels[depth], levels[depth - 1]]
  return {
    states,
    transitions,
    depth,
    frontier,
    seconds: limits.seconds,
    memory: limits.memory,
    branching: last === undefined || before === undefined ? undefined : last / before,
    room: limits.roomFor(states),
  }
}
