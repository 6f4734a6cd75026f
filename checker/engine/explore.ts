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
import { reduced } from '../explore/reduced.js'
import type { Exploration, ExploreOptions, Stop } from '../explore/result.js'
import { GraphRecorder } from '../graph/record.js'
import type { Model, Property } from '../model.js'
import type { PartialOrder } from '../por/partial-order.js'
import type { MakeReduction } from '../symmetry/reduction.js'
import { Crew, whyAlone } from './crew.js'
import { FastSearch } from './search.js'
import { statisticsOf } from './statistics.js'

/** As `explore` of the simple engine. */
export const exploreFast = async <S>(
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
  const isWanted = (options.workers ?? 1) > 1
  const why = whyAlone(options, { reduction, partialOrder })
  if (isWanted && why !== undefined) options.onAlone?.(why)
  const isShared = isWanted && why === undefined
  const search = new FastSearch(model, local, evidence, options.paranoid, isShared, reduction, partialOrder)
  const crew = isShared ? new Crew(search, model, properties, limits, options) : undefined
  const recorder = needsGraph(properties, options) ? new GraphRecorder(model, search, isShared) : undefined
  search.recorder = recorder
  try {
    const stop = await run(search, limits, options, crew)
    search.judgeRest()
    const judge = crew?.judge.bind(crew)
    const found = await explorationOf(search, { properties, evidence, recorder, stop, limits, judge })
    if (options.statistics !== true) return found
    const told = (await crew?.statistics()) ?? []
    return { ...found, statistics: statisticsOf(search, model, found, told) }
  } finally {
    await crew?.dismiss()
  }
}

/** So many states are expanded, or rounds by several threads, before somebody looks at the clock again. */
const betweenGlances = 16

const run = async <S>(
  search: FastSearch<S>,
  limits: Limits,
  options: ExploreOptions,
  crew: Crew<S> | undefined,
): Promise<Stop | undefined> => {
  const { depth, maxStates, maxMemory } = options
  const most = maxStates ?? Number.POSITIVE_INFINITY
  for (let turn = 0; search.frontier > 0; turn++) {
    if (turn % betweenGlances === 0) {
      if (limits.pauseIsDue) {
        await limits.pause()
        options.onProgress?.(progressOf(search, limits))
      }
      const stop = limits.exceeded()
      if (stop !== undefined) return stop
    }
    if (depth !== undefined && search.depth >= depth) return { by: 'depth', depth }
    // To wait for nothing would cost more than many an expansion.
    const done = crew?.isWanted === true ? await crew.expand(most) : undefined
    if (done === 'expanded') {
      turn = -1
      continue
    }
    if (done !== undefined) return done
    // Most memory is asked for at once, when the index of the states is full.
    if (maxMemory !== undefined && search.growth > 0 && process.memoryUsage.rss() + search.growth > maxMemory)
      return { by: 'max-memory', limit: maxMemory }
    if (!search.expand(most)) return { by: 'max-states', limit: most }
  }
  return undefined
}
