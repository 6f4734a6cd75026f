/**
 * When other threads are worth their start, and what becomes of the search when they fail.
 *
 * A thread needs some tenths of a second to load and build the model. So they are started when a search has become large, in
 * the background; until they are ready, the first thread goes on alone. What is found is the same. A round that they could not
 * do, whatever the reason, the first thread does again, and goes on alone.
 */
import type { Limits } from '../explore/limits.js'
import type { ExploreOptions, Stop } from '../explore/result.js'
import type { StateGraph } from '../graph/state-graph.js'
import type { Model, Property, TemporalProperty } from '../model.js'
import { type JudgedTemporal, judgeTemporal } from '../temporal/judge.js'
import { likenessOf, otherModel } from './likeness.js'
import { blockSize, type Told } from './messages.js'
import { failureOf } from './round-worker.js'
import { Rounds } from './rounds.js'
import type { FastSearch } from './search.js'
import { NotDone, Team, ThreadDeath } from './team.js'

/** States that a search has found when other threads are started, */
const largeSearch = 50_000
/**
 * and how many times as long it has taken as for its first states. While those are expanded, rules are run for the first time, and V8
 * compiles them on the processor that another thread would want. Every thread begins so.
 */
const warm = 4
const firstStates = 8192
/** States for each thread, below which a round is not worth its messages. */
const fewest = 4 * blockSize

export class Crew<S> {
  #team: Team | undefined
  #rounds: Rounds<S> | undefined
  /** The first thread goes on alone. */
  #isAlone = false
  /** What has gone wrong in a round, and the depth at which it has. */
  #fault: { readonly why: string; readonly depth: number } | undefined

  /** The seconds that the first states have taken. */
  #firstSeconds: number | undefined

  constructor(
    private readonly search: FastSearch<S>,
    private readonly model: Model<S>,
    private readonly properties: readonly Property<S>[],
    private readonly limits: Limits,
    private readonly options: ExploreOptions,
  ) {}

  /** Is `expand` to be asked? */
  get isWanted(): boolean {
    if (this.#fault !== undefined) return this.search.depth > this.#fault.depth
    const { workersFrom = largeSearch, workers = 1 } = this.options
    const { states, canBeShared, levelLeft } = this.search
    if (states >= firstStates) this.#firstSeconds ??= this.limits.seconds
    if (this.#isAlone || states < workersFrom || !canBeShared) return false
    if (workersFrom === 0) return true
    if (this.#team === undefined) return this.limits.seconds >= warm * (this.#firstSeconds ?? 0)
    return this.#team.isReady && levelLeft.to - levelLeft.from >= fewest * workers
  }

  /** Searches a part of the level, if this is worth it; why the search has to stop, if it has. */
  async expand(maxStates: number): Promise<'expanded' | Stop | undefined> {
    // What throws in a round throws on the first thread as well, where it is reported, or else something is not pure.
    if (this.#fault !== undefined) return { by: 'thread', why: this.#fault.why }
    const { search, limits, options } = this
    try {
      const team = await this.#readyTeam()
      if (team === undefined) return undefined
      this.#rounds ??= new Rounds(search, this.model, team, limits, options)
      const done = await this.#rounds.next(maxStates)
      if (done !== 'left') return done
      this.#goOnAlone()
    } catch (error) {
      this.#goOnAlone()
      this.search.stored.refill()
      if (error instanceof ThreadDeath) {
        const why = error.message
        return { by: 'thread', why, ...(why === otherModel ? { isOtherModel: true } : {}) }
      }
      const { how, why } = error instanceof NotDone ? error.answer : failureOf(error)
      if (how === 'fault') this.#fault = { why, depth: search.depth }
    }
    return undefined
  }

  /** Judges properties on the graph of all states, with the other threads if they have searched as well. */
  judge(graph: StateGraph<S>, properties: readonly TemporalProperty<S>[]): Promise<JudgedTemporal<S>> {
    return this.#rounds === undefined || this.#team === undefined || !this.search.isEachBirthTold
      ? judgeTemporal(graph, properties, this.limits)
      : this.#rounds.judge(graph, properties)
  }

  /** What the other threads tell of their work, if they are there to tell it. */
  async statistics(): Promise<readonly Told[]> {
    if (this.#team === undefined || this.#rounds === undefined) return []
    return this.#team.tell({ kind: 'tell' }, 'told')
  }

  async dismiss(): Promise<void> {
    await this.#team?.dismiss()
  }

  #goOnAlone(): void {
    this.#isAlone = true
    // It has nothing to do any more, and nobody waits for it.
    void this.#team?.dismiss()
    this.#team = undefined
  }

  async #readyTeam(): Promise<Team | undefined> {
    const { workersFrom, paranoid = false, source, workers = 1 } = this.options
    if (source === undefined) return undefined
    const isRecorded = this.search.recorder !== undefined
    this.#team ??= new Team(source, likenessOf(this.model, this.properties), workers, paranoid, isRecorded)
    // Who asks for them from the first state on, does not want to search without.
    if (workersFrom === 0) await this.#team.start()
    return this.#team.isReady ? this.#team : undefined
  }
}

/** Why a search has one thread, if it is to have more; undefined: it has more. */
export function whyAlone(
  { source }: ExploreOptions,
  { reduction, partialOrder }: { readonly reduction: unknown; readonly partialOrder: unknown },
): string | undefined {
  // Which id a cell has, and so which copy stands for the others, would depend on the thread.
  if (reduction !== undefined)
    return 'one state stands for all its renamed copies, which --no-symmetry turns off'
  // And so would which states are expanded before others.
  if (partialOrder !== undefined) return 'not every order of steps is taken, which --no-por turns off'
  if (source === undefined) return 'it cannot be built anew on another thread'
  return undefined
}
