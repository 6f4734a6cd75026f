/**
 * Every state that a model can reach, breadth first, and what its properties say of them: the fast engine.
 *
 * It gives what the simple engine gives (explore/explore.ts), in every detail, and tests hold it to that.
 * Here: when to stop.
 * Not here: the search (search.ts).
 */
import { Evidence } from '../explore/evidence.js'
import { explorationOf, isLocal, needsGraph, progressOf, refuseWithoutInitial } from '../explore/explore.js'
import { Limits } from '../explore/limits.js'
import type { Exploration, ExploreOptions, Stop } from '../explore/result.js'
import { GraphRecorder } from '../graph/record.js'
import type { Model, Property } from '../model.js'
import { FastSearch } from './search.js'

/** As `explore` of the simple engine. */
export const exploreFast = async <S>(
  model: Model<S>,
  properties: readonly Property<S>[],
  options: ExploreOptions = {},
): Promise<Exploration<S>> => {
  refuseWithoutInitial(model)
  const limits = new Limits(options)
  const local = properties.filter(isLocal)
  const evidence = new Evidence(local)
  const search = new FastSearch(model, local, evidence, options.paranoid)
  const recorder = needsGraph(properties, options) ? new GraphRecorder(model, search) : undefined
  search.recorder = recorder
  const stop = await run(search, limits, options)
  return explorationOf(search, { properties, evidence, recorder, stop, limits })
}

const run = async <S>(
  search: FastSearch<S>,
  limits: Limits,
  options: ExploreOptions,
): Promise<Stop | undefined> => {
  const { depth, maxStates } = options
  const most = maxStates ?? Number.POSITIVE_INFINITY
  while (search.frontier > 0) {
    if (limits.pauseIsDue) {
      await limits.pause()
      options.onProgress?.(progressOf(search, limits))
    }
    const stop = limits.exceeded()
    if (stop !== undefined) return stop
    if (depth !== undefined && search.depth >= depth) return { by: 'depth', depth }
    if (!search.expand(most)) return { by: 'max-states', limit: most }
  }
  return undefined
}
