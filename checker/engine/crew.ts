/**
 * When other threads are worth their start, and a level that they search.
 *
 * A thread needs a second or so to load and build the model. So they are started when a search has become large, in the
 * background; until they are ready, the first thread goes on alone. What is found is the same. A level that they could
 * not do, whatever the reason, the first thread does again, and goes on alone.
 */
import { setTimeout } from 'node:timers/promises'
import { isLocal, progressOf } from '../explore/explore.js'
import type { Limits } from '../explore/limits.js'
import type { ExploreOptions, Progress, Stop } from '../explore/result.js'
import type { LocalProperty, Model, Property } from '../model.js'
import { addBirths, KnownBirths } from './births.js'
import { likenessOf } from './likeness.js'
import type { Told } from './messages.js'
import type { FastSearch } from './search.js'
import { NotDone, Team, ThreadDeath } from './team.js'

/** States that a search has found when other threads are started. */
const largeSearch = 50_000
/** Milliseconds between two looks at the limits. */
const glance = 50

/** What has become of a level. */
type Level = 'searched' | 'left' | Stop

export class Crew<S> {
  #team: Team | undefined
  #births: KnownBirths<S> | undefined
  /** How many states the threads have been handed. */
  #handed = 0
  /** The first thread goes on alone. */
  #isAlone = false
  /** What has gone wrong on a thread, and the depth at which it has. */
  #fault: { readonly why: string; readonly depth: number } | undefined

  constructor(
    private readonly search: FastSearch<S>,
    private readonly model: Model<S>,
    private readonly properties: readonly LocalProperty<S>[],
    private readonly limits: Limits,
    private readonly options: ExploreOptions,
  ) {}

  /** Searches the whole level, if one is about to begin and this is worth it; why the search has to stop, if it has. */
  async expand(maxStates: number): Promise<'expanded' | Stop | undefined> {
    const { search } = this
    const fault = this.#fault
    // What throws on a thread throws on the first thread as well, where it is reported, or else something is not pure.
    if (fault !== undefined && search.depth > fault.depth) return { by: 'thread', why: fault.why }
    const level = search.wholeLevel
    if (this.#isAlone || level === undefined) return undefined
    try {
      const team = await this.#teamFor(search.states)
      if (team === undefined) return undefined
      const done = await this.#watched(team, level, maxStates)
      if (done === 'searched') return 'expanded'
      await this.#goOnAlone()
      return done === 'left' ? undefined : done
    } catch (error) {
      await this.#goOnAlone()
      if (error instanceof ThreadDeath) return { by: 'thread', why: error.message }
      if (!(error instanceof NotDone)) throw error
      if (error.answer.how === 'fault') this.#fault = { why: error.message, depth: search.depth }
      return undefined
    }
  }

  /** What the threads tell of their work, if they are there to tell it. */
  async statistics(): Promise<readonly Told[]> {
    if (this.#team === undefined || this.#handed === 0) return []
    return this.#team.tell({ kind: 'tell' }, 'told')
  }

  async dismiss(): Promise<void> {
    await this.#team?.dismiss()
  }

  async #goOnAlone(): Promise<void> {
    this.#isAlone = true
    await this.#team?.dismiss()
    this.#team = undefined
    this.search.stored.refill()
  }

  /** A level, with an eye on the limits. */
  async #watched(
    team: Team,
    level: { readonly from: number; readonly to: number },
    maxStates: number,
  ): Promise<Level> {
    const { limits, search } = this
    let stop: Stop | undefined
    let isDone = false
    const work = this.#searchLevel(team, level, maxStates).finally(() => {
      isDone = true
    })
    const ended = work.then(nothing, nothing)
    for (;;) {
      await Promise.race([ended, setTimeout(glance)])
      if (isDone) break
      await limits.pause()
      this.options.onProgress?.(progressWith(team, search, limits))
      stop ??= limits.exceeded()
      if (stop !== undefined) team.interrupt()
    }
    if (stop === undefined) return work
    const because = stop
    const done = await work.catch(() => because)
    return done === 'searched' ? done : because
  }

  async #searchLevel(
    team: Team,
    { from, to }: { readonly from: number; readonly to: number },
    maxStates: number,
  ): Promise<Level> {
    const { search } = this
    const { stored } = search
    const isFirst = this.#births === undefined
    if (isFirst) addBirths(team.births, search.births)
    this.#births ??= new KnownBirths(team.births, search.space, stored)
    const counts = sharedInts(to - from)
    team.beginLevel()
    const expanded = await team.tell(
      {
        kind: 'expand',
        states: stored.handOver(this.#handed),
        outside: isFirst ? search.allOutside : new Int32Array(0),
        from,
        to,
        counts,
      },
      'expanded',
    )
    this.#handed = stored.count
    const fresh = expanded.reduce((sum, part) => sum + part.fresh, 0)
    if (stored.count + fresh > maxStates) return 'left'
    this.#births.learn()
    const starts = sharedInts(to - from + 1)
    for (let at = 0; at < to - from; at++) starts[at + 1] = (starts[at] as number) + (counts[at] as number)
    stored.reserve(fresh)
    const settled = await team.tell(
      {
        kind: 'settle',
        states: stored.handOver(this.#handed),
        starts,
        actions: sharedInts(fresh),
      },
      'settled',
    )
    search.takeIn(expanded, settled, starts)
    return 'searched'
  }

  async #teamFor(states: number): Promise<Team | undefined> {
    const { workersFrom = largeSearch, paranoid = false, source, workers = 1 } = this.options
    if (states < workersFrom || source === undefined || !this.search.canBeShared) return undefined
    this.#team ??= new Team(source, likenessOf(this.model, this.properties), workers, paranoid)
    // Who asks for them from the first state on, does not want to search without.
    if (workersFrom === 0) await this.#team.start()
    return this.#team.isReady ? this.#team : undefined
  }
}

const nothing = (): void => {}

const sharedInts = (length: number): Int32Array => new Int32Array(new SharedArrayBuffer(4 * length))

/** What a search tells of itself, with what the threads have done since. */
function progressWith<S>(
  { tally: { found, expanded, steps } }: Team,
  search: FastSearch<S>,
  limits: Limits,
): Progress {
  const progress = progressOf(search, limits)
  return {
    ...progress,
    states: progress.states + found,
    room: limits.roomFor(progress.states + found),
    transitions: progress.transitions + steps,
    frontier: progress.frontier - expanded + found,
  }
}

/** Why a search has one thread, if it is to have more; undefined: it has more. */
export function whyAlone<S>(
  properties: readonly Property<S>[],
  { source, graph }: ExploreOptions,
  { reduction, partialOrder }: { readonly reduction: unknown; readonly partialOrder: unknown },
): string | undefined {
  // Which id a cell has, and so which copy stands for the others, would depend on the thread.
  if (reduction !== undefined)
    return 'one state stands for all its renamed copies, which --no-symmetry turns off'
  // And so would which states are expanded before others.
  if (partialOrder !== undefined) return 'not every order of steps is taken, which --no-por turns off'
  if (source === undefined) return 'it cannot be built anew on another thread'
  if (graph === true || !properties.every(isLocal))
    return 'the graph of all states, which properties of behaviours need, is written by one thread'
  return undefined
}
