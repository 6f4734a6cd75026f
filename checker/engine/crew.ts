/**
 * When other threads are worth their start, and a level that they expand.
 *
 * A thread needs a second or so to load and build the model. So they are started when a search has become large, in the
 * background; until they are ready, and for small levels, the first thread goes on alone. What is found is the same.
 */
import { setTimeout } from 'node:timers/promises'
import { isLocal, progressOf } from '../explore/explore.js'
import type { Limits } from '../explore/limits.js'
import type { ExploreOptions, Stop } from '../explore/result.js'
import type { Model, Property } from '../model.js'
import type { Part } from './part.js'
import type { FastSearch } from './search.js'
import type { ModelSource } from './source.js'
import { Team } from './team.js'

/** States that a search has found when other threads are started. */
const largeSearch = 50_000
/** A level of fewer states is expanded faster than it is handed out. */
const smallLevel = 2_000
/** Milliseconds between two looks at the limits. */
const glance = 50

export class Crew {
  #team: Team | undefined
  /** The first state of a level that is left to the first thread. */
  #alone = -1

  constructor(
    private readonly source: ModelSource,
    private readonly size: number,
    private readonly options: ExploreOptions,
  ) {}

  /** Expands the whole level, if one is about to begin and this is worth it; why it stopped, if it did. */
  async expand<S>(
    search: FastSearch<S>,
    maxStates: number,
    limits: Limits,
    { onProgress }: ExploreOptions,
  ): Promise<'expanded' | Stop | undefined> {
    const level = search.wholeLevel
    if (level === undefined || level.from === this.#alone || !search.canBeShared) return undefined
    const team = await this.#teamFor(search.states, level.to - level.from)
    if (team === undefined) return undefined
    let parts: readonly Part[] | undefined
    let isDone = false
    const work = team
      .expand(level.from, level.to, search.births, from => search.stored.handOver(from))
      .then(all => {
        parts = all
      })
      .finally(() => {
        isDone = true
      })
    for (;;) {
      await Promise.race([work, setTimeout(glance)])
      if (isDone) break
      await limits.pause()
      onProgress?.(progressOf(search, limits))
      const stop = limits.exceeded()
      if (stop === undefined) continue
      team.interrupt()
      await work
      return stop
    }
    await work
    if (parts !== undefined && search.takeIn(parts, maxStates)) return 'expanded'
    this.#alone = level.from
    return undefined
  }

  async dismiss(): Promise<void> {
    await this.#team?.dismiss()
  }

  async #teamFor(states: number, level: number): Promise<Team | undefined> {
    const { workersFrom = largeSearch, paranoid = false } = this.options
    if (states < workersFrom) return undefined
    this.#team ??= new Team(this.source, this.size, paranoid)
    // Who asks for them from the first state on, does not want to search without.
    if (workersFrom === 0) await this.#team.start()
    const isWorthIt = workersFrom === 0 || level >= smallLevel
    return this.#team.isReady && isWorthIt ? this.#team : undefined
  }
}

/** Undefined where one thread is all that is wanted, or that there can be. */
export const crewFor = <S>(
  { constraint }: Model<S>,
  properties: readonly Property<S>[],
  options: ExploreOptions,
): Crew | undefined => {
  const { source, workers = 1, graph } = options
  // A graph is recorded edge by edge, and what a constraint keeps out is kept apart: on the first thread.
  const isPossible = constraint === undefined && graph !== true && properties.every(isLocal)
  return source !== undefined && workers > 1 && isPossible ? new Crew(source, workers, options) : undefined
}
