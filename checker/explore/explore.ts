/**
 * Every state that a model can reach, breadth first, and what its properties say of them.
 *
 * This is the simple engine. It evaluates every guard in every state and keeps every state exactly, and it stays as
 * the oracle that faster engines are held against.
 * Here: when to stop, and what can then be said.
 * Not here: finding states (search.ts), keeping them (store.ts), judging them (judge.ts).
 */
import { UsageError } from '../errors.js'
import type { Model, Property } from '../model.js'
import { Evidence } from './evidence.js'
import { Judge } from './judge.js'
import { Limits } from './limits.js'
import type { Exploration, ExploreOptions, Progress, Stop, Trace } from './result.js'
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
  refuseWithoutInitial(model)
  const limits = new Limits(options)
  const evidence = new Evidence(properties)
  const search = new Search(model, new Judge(model, properties, evidence))
  const stop = await run(search, limits, options)
  return explorationOf(search, evidence, stop, limits)
}

export const refuseWithoutInitial = <S>(model: Model<S>): void => {
  if (model.initial.length > 0) return
  throw new UsageError(
    `The model ${model.name} has no initial state.`,
    'Choose a configuration to start from.',
  )
}

/** What a search knows of itself at any time, whichever engine it is of. */
export interface Searched<S> {
  readonly states: number
  readonly transitions: number
  /** Steps from an initial state to the state that is expanded next. */
  readonly depth: number
  readonly frontier: number
  readonly levels: readonly number[]
  readonly ends: number
  readonly deadlocks: number
  readonly deadlock: Trace<S> | undefined
  readonly firings: ReadonlyMap<string, number>
}

/** @param stop why the search ended before everything was seen; undefined: it did not */
export const explorationOf = <S>(
  search: Searched<S>,
  evidence: Evidence<S>,
  stop: Stop | undefined,
  limits: Limits,
): Exploration<S> => {
  const complete = stop === undefined
  const diameter = search.levels.length - 1
  return {
    verdicts: evidence.verdicts(complete),
    states: search.states,
    transitions: search.transitions,
    diameter,
    depthComplete: complete ? diameter : search.depth,
    complete,
    stop,
    unexpanded: search.frontier,
    levels: search.levels,
    ends: search.ends,
    deadlocks: search.deadlocks,
    deadlock: search.deadlock,
    firings: search.firings,
    seconds: limits.seconds,
  }
}

/** Expands states in the order in which they were found; why it stopped before the frontier was empty. */
const run = async <S>(
  search: Search<S>,
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
  }
  return undefined
}

export const progressOf = <S>(search: Searched<S>, limits: Limits): Progress => ({
  states: search.states,
  transitions: search.transitions,
  depth: search.depth,
  frontier: search.frontier,
  seconds: limits.seconds,
  memory: limits.memory,
})
