/**
 * The threads that search together, as the first thread sees them.
 *
 * Here: starting them, telling them what to do, waiting for their answers, and what happens when one dies.
 * Not here: what a thread does (worker.ts), what a level is and when the threads are worth it (crew.ts).
 */
import { setTimeout } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { builtFiles } from '../typescript.js'
import { type BirthMemory, birthMemory } from './births.js'
import { channelMemory } from './channel.js'
import {
  type Answer,
  counterLength,
  expandedAt,
  type Failed,
  foundAt,
  haveExpanded,
  mustStop,
  nextBlock,
  type Order,
  ready,
  type Start,
  stepsAt,
  type TeamMemory,
} from './messages.js'
import type { ModelSource } from './source.js'

interface Member {
  readonly worker: Worker
  /** Whoever waits for an answer of this one. */
  answer: ((answer: Answer) => void) | undefined
  fail: ((death: ThreadDeath) => void) | undefined
}

/** A thread has ended that should not have. */
export class ThreadDeath extends Error {
  override readonly name = 'ThreadDeath'
}

/** A thread could not carry out an order. */
export class NotDone extends Error {
  override readonly name = 'NotDone'
  constructor(readonly answer: Failed) {
    super(answer.why)
  }
}

export class Team {
  readonly #memory: TeamMemory
  readonly #members: readonly Member[]
  #ready = 0
  /** Why the team cannot go on. */
  #death: ThreadDeath | undefined

  constructor(
    source: ModelSource,
    likeness: string,
    readonly size: number,
    paranoid: boolean,
  ) {
    const threads = Array.from({ length: size }, (_, thread) => thread)
    const counters = new Int32Array(new SharedArrayBuffer(4 * counterLength(size)))
    const channels = threads.map(() => threads.map(channelMemory))
    this.#memory = { counters, channels, births: birthMemory() }
    this.#members = threads.map(thread =>
      this.#begin({
        files: builtFiles(),
        source,
        likeness,
        paranoid,
        thread,
        threads: size,
        memory: this.#memory,
      }),
    )
  }

  get births(): BirthMemory {
    return this.#memory.births
  }

  /** What all threads have done of the level so far. */
  get tally(): { readonly found: number; readonly expanded: number; readonly steps: number } {
    const { counters } = this.#memory
    const sum = (place: (thread: number) => number) =>
      this.#members.reduce((all, _, thread) => all + Atomics.load(counters, place(thread)), 0)
    return { found: sum(foundAt), expanded: sum(expandedAt), steps: sum(stepsAt) }
  }

  /**
   * Has every thread carry out the order.
   *
   * Throws `NotDone` if one could not, and `ThreadDeath` if one has died.
   */
  async tell<K extends Answer['kind']>(
    order: Order,
    kind: K,
  ): Promise<readonly Extract<Answer, { kind: K }>[]> {
    Atomics.store(this.#memory.counters, nextBlock, 0)
    const answers = await Promise.all(this.#members.map(member => this.#ask(member, order)))
    const failed = answers.filter(answer => answer.kind === 'failed')
    // Whoever has stopped has done so because of another.
    const first = failed.find(({ how }) => how !== 'stopped') ?? failed[0]
    if (first !== undefined) throw new NotDone(first)
    return answers.filter((answer): answer is Extract<Answer, { kind: K }> => answer.kind === kind)
  }

  /** A level begins. */
  beginLevel(): void {
    const { counters } = this.#memory
    Atomics.store(counters, haveExpanded, 0)
    for (let thread = 0; thread < this.size; thread++)
      for (const place of [foundAt, expandedAt, stepsAt]) Atomics.store(counters, place(thread), 0)
  }

  /** Makes the threads end the level early; what they have done is worth nothing then, and they are of no more use. */
  interrupt(): void {
    Atomics.store(this.#memory.counters, mustStop, 1)
  }

  async dismiss(): Promise<void> {
    await Promise.all(this.#members.map(({ worker }) => worker.terminate()))
  }

  /** Have all built their models? Throws `ThreadDeath`. */
  get isReady(): boolean {
    if (this.#death !== undefined) throw this.#death
    return this.#ready === this.#members.length
  }

  /** Until all have built their models. Throws `ThreadDeath`. */
  async start(): Promise<void> {
    while (!this.isReady) await setTimeout(10)
  }

  #ask(member: Member, order: Order): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.#death !== undefined) reject(this.#death)
      member.answer = resolve
      member.fail = reject
      member.worker.postMessage(order)
    })
  }

  #begin(start: Start): Member {
    const worker = new Worker(new URL('./worker-entry.js', import.meta.url), { workerData: start })
    const member: Member = { worker, answer: undefined, fail: undefined }
    worker.on('message', (message: Answer | typeof ready) => {
      if (message === ready) this.#ready++
      else member.answer?.(message)
    })
    worker.on('error', error => this.#die(error.message))
    worker.on('exit', status => this.#die(`it ended with status ${status}`))
    // The search waits for the answers, not for the threads.
    worker.unref()
    return member
  }

  #die(why: string): void {
    this.#death ??= new ThreadDeath(why)
    this.interrupt()
    for (const { fail } of this.#members ?? []) fail?.(this.#death)
  }
}
