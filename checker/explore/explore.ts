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
import { isTemporal, type LocalProperty, type Model, type Property } from '../model.js'
import { judgeTemporal } from '../temporal/judge.js'
import { Judge } from './judge.js'
import { Limits } from './limits.js'
import type { Exploration, ExploreOptions, Progress, Stop, Verdict } from './result.js'
import { Search } from './search.js'

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
  if (model.initial.length === 0) {
    throw new UsageError(
      `The model ${model.name} has no initial state.`,
      'Choose a configuration to start from.',
    )
  }
  const limits = new Limits(options)
  const temporal = properties.filter(isTemporal)
  const judge = new Judge(model, properties.filter(isLocal))
  const search = new Search(model, judge)
  const recorder =
    options.graph === true || temporal.length > 0 ? new GraphRecorder(model, search) : undefined
  const stop = await run(search, recorder, limits, options)
  const complete = stop === undefined
  const diameter = search.levels.length - 1
  const graph = recorder?.graph()
  const later = graph === undefined ? [] : await judgeTemporal(graph, temporal, limits)
  return {
    verdicts: inOrder(properties, [...judge.verdicts(complete), ...later]),
    graph,
    states: search.states,
    transitions: search.transitions,
    diameter,
    depthComplete: complete ? diameter : search.depth,
    complete,
    stop,
    unexpanded: search.frontier,
    outside: search.outside,
    levels: search.levels,
    ends: search.ends,
    deadlocks: search.deadlocks,
    deadlock: search.deadlock,
    firings: search.firings,
    seconds: limits.seconds,
  }
}

const isLocal = <S>(property: Property<S>): property is LocalProperty<S> => !isTemporal(property)

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
    recorder?.record(expansion)
  }
  return undefined
}

const progressOf = <S>(search: Search<S>, limits: Limits): Progress => ({
  states: search.states,
  transitions: search.transitions,
  depth: search.depth,
  frontier: search.frontier,
  seconds: limits.seconds,
  memory: limits.memory,
})
