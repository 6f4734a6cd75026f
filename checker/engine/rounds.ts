/**
 * Rounds: the first thread and the others expand states of one level together, and store what they have found.
 *
 * A round ends when the level does, when there is no more room for what is found, or when a limit is met. The states that
 * were taken by then stand one after the other, so that a round that ends early is as good as any.
 */
import { setTimeout } from 'node:timers/promises'
import { progressOf } from '../explore/explore.js'
import type { Limits } from '../explore/limits.js'
import type { ExploreOptions, Progress, Stop } from '../explore/result.js'
import type { StateGraph } from '../graph/state-graph.js'
import type { Model, TemporalProperty } from '../model.js'
import type { JudgedTemporal } from '../temporal/judge.js'
import { addBirths, birthCount } from './births.js'
import { mostBlocks, slotsFor } from './fresh.js'
import { judgeTogether, sentGraph } from './judges.js'
import { type Answer, blockSize, type Order } from './messages.js'
import { RoundWorker, Stopped } from './round-worker.js'
import type { FastSearch } from './search.js'
import { glance, type Team } from './team.js'

/** Places in the table for each thread, below which it grows before a round. */
const leastRoom = 4096

type Part<K extends Answer['kind']> = Extract<Answer, { kind: K }>

export class Rounds<S> {
  readonly #worker: RoundWorker<S>
  /** How many states, and births, the other threads know. */
  #handed = 0
  #told = 0
  /** Why the search has to stop after this round. */
  #stop: Stop | undefined

  constructor(
    private readonly search: FastSearch<S>,
    model: Model<S>,
    private readonly team: Team,
    private readonly limits: Limits,
    private readonly options: ExploreOptions,
  ) {
    const { expander, stored, culprits } = search
    const { memory } = team
    const { paranoid = false } = options
    const isRecorded = search.recorder !== undefined
    this.#worker = new RoundWorker({
      model,
      expander,
      stored,
      culprits,
      thread: 0,
      memory,
      paranoid,
      isRecorded,
    })
  }

  /**
   * Searches a part of the level.
   *
   * @returns why the search has to stop, if it has; `left`: nothing was done, because there might be more than so many states
   */
  async next(maxStates: number): Promise<'expanded' | 'left' | Stop> {
    const { search, team, options } = this
    const { stored } = search
    const least = leastRoom * team.size
    // Whoever expands a block when there are enough states goes on to its end.
    const enough = Math.min(slotsFor(stored.layout.words) / 2, maxStates - stored.count - least)
    if (enough <= 0) return 'left'
    const growth = stored.growthWithin(least)
    const { maxMemory } = options
    if (maxMemory !== undefined && growth > 0 && process.memoryUsage.rss() + growth > maxMemory)
      return { by: 'max-memory', limit: maxMemory }
    const { census } = search.space
    census.isClosed = true
    try {
      this.#tellBirths()
      if (growth > 0) await this.#enlarge()
      const isDone = await this.#round(Math.min(enough, stored.room), maxStates)
      if (!isDone) return 'left'
      return this.#stop ?? 'expanded'
    } finally {
      census.isClosed = false
    }
  }

  /** Has all threads judge properties on the graph of all states. */
  judge(graph: StateGraph<S>, properties: readonly TemporalProperty<S>[]): Promise<JudgedTemporal<S>> {
    const { search, team, limits } = this
    this.#tellBirths()
    const states = search.stored.handOver(this.#handed)
    return judgeTogether(graph, properties, limits, team, { kind: 'judge', states, graph: sentGraph(graph) })
  }

  #tellBirths(): void {
    const { search, team } = this
    addBirths(team.memory.births, search.births.slice(this.#told))
    this.#told = search.births.length
  }

  async #round(enough: number, maxStates: number): Promise<boolean> {
    const { search, team } = this
    const { stored } = search
    const { memory } = team
    const { from, to: end } = search.levelLeft
    const to = Math.min(end, from + blockSize * mostBlocks)
    // Whoever has begun a block when there are enough goes on to its end.
    const most = enough + team.size * blockSize * search.actions.length
    search.sleep.reserve(from, stored.count + Math.min(most, slotsFor(stored.layout.words)))
    const sleep = search.sleep.memory
    const round = { from, to, enough, births: birthCount(memory.births), sleep }
    const states = stored.handOver(this.#handed)
    this.#handed = stored.count
    const expanded = await this.#together('expanded', { kind: 'expand', states, ...round }, () =>
      this.#expand(round),
    )
    const fresh = expanded.reduce((sum, part) => sum + part.fresh, 0)
    if (stored.count + fresh > maxStates) {
      stored.refill()
      return false
    }
    const blocks = Math.min(team.blocks, Math.ceil((to - from) / blockSize))
    const starts = this.#starts(blocks, fresh)
    this.#worker.learn()
    stored.reserve(fresh)
    const withRoom = stored.handOver(this.#handed)
    await this.#together('settled', { kind: 'settle', states: withRoom, starts }, async () =>
      this.#worker.settle(starts),
    )
    search.takeIn(expanded, Math.min(to, from + blockSize * blocks), fresh, memory.fresh)
    this.#handed = stored.count
    return true
  }

  /** By block: how many states are stored before those that it is the first to lead to. */
  #starts(blocks: number, fresh: number): Int32Array {
    const { counts } = this.team.memory.fresh
    const starts = new Int32Array(blocks)
    let before = 0
    for (let block = 0; block < blocks; block++) {
      starts[block] = before
      before += counts[block] as number
    }
    if (before !== fresh) throw new Error(`threads have found ${fresh} states and account for ${before}`)
    return starts
  }

  async #expand(round: Parameters<RoundWorker<S>['begin']>[0]): Promise<Part<'expanded'>> {
    const worker = this.#worker
    worker.begin(round)
    while (worker.expandBlock()) if (this.limits.pauseIsDue) await this.#glance()
    return worker.expanded
  }

  async #enlarge(): Promise<void> {
    const { stored } = this.search
    stored.enlarge()
    const states = stored.handOver(this.#handed)
    this.#handed = stored.count
    await this.#together('filled', { kind: 'fill', states }, async () => {
      this.#worker.fill()
      return { kind: 'filled' }
    })
  }

  /** Lets signals and output through, and ends the round when a limit is met. */
  async #glance(): Promise<void> {
    await this.limits.pause()
    this.options.onProgress?.(this.#progress())
    this.#stop ??= this.limits.exceeded()
    if (this.#stop !== undefined) this.team.endRound()
  }

  /** All threads carry out the order, the first one by `own`. Throws what one of them throws. */
  async #together<K extends Answer['kind']>(
    kind: K,
    order: Order,
    own: () => Promise<Part<K>>,
  ): Promise<readonly Part<K>[]> {
    const { team } = this
    team.begin()
    let isDone = false
    const others = team.tell(order, kind).finally(() => {
      isDone = true
    })
    const ended = others.then(nothing, nothing)
    try {
      const mine = await own()
      while (!isDone) {
        await Promise.race([ended, setTimeout(glance)])
        await this.#glance()
      }
      return [mine, ...(await others)]
    } catch (error) {
      team.interrupt()
      // Threads keep no program alive that has nothing else to wait for.
      while (!isDone) await Promise.race([ended, setTimeout(glance)])
      // What has stopped the first thread is known by another.
      if (error instanceof Stopped) await others
      throw error
    }
  }

  /** What the search tells of itself, with what the threads have done since. */
  #progress(): Progress {
    const { search, limits } = this
    const { found, expanded, steps } = this.team.tally
    const progress = progressOf(search, limits)
    return {
      ...progress,
      states: progress.states + found,
      room: limits.roomFor(progress.states + found),
      transitions: progress.transitions + steps,
      frontier: progress.frontier - expanded + found,
    }
  }
}

const nothing = (): void => {}
