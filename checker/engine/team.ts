/**
 * The threads that search together, as the first thread sees them.
 *
 * Here: starting the others, telling them what to do, waiting for their answers, and what happens when one dies.
 * Not here: what a thread does (round-worker.ts), what a round is and when threads are worth it (crew.ts).
 */
import { setTimeout } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { builtFiles } from '../typescript.js'
import { birthMemory } from './births.js'
import { freshMemory, mostBlocks } from './fresh.js'
import {
  type Answer,
  counterLength,
  expandedAt,
  type Failed,
  foundAt,
  mayEnd,
  mustStop,
  nextBlock,
  nextChunk,
  type Order,
  ready,
  type Start,
  stepsAt,
  type TeamMemory,
} from './messages.js'
import type { ModelSource } from './source.js'

/** Milliseconds between two looks at the limits, while other threads are waited for. */
export const glance = 50

interface Member {
  readonly worker: Worker
  /** Something was thrown on it, which ends it. */
  isDying: boolean
  readonly ended: Promise<unknown>
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
  readonly memory: TeamMemory
  /** The threads beside the first one, with the numbers from 1 on. */
  readonly #members: readonly Member[]
  #ready = 0
  /** Why the team cannot go on. */
  #death: ThreadDeath | undefined

  constructor(
    source: ModelSource,
    likeness: string,
    readonly size: number,
    paranoid: boolean,
    isRecorded: boolean,
  ) {
    const counters = new Int32Array(new SharedArrayBuffer(4 * counterLength(size)))
    const memory = { counters, births: birthMemory(), fresh: freshMemory() }
    this.memory = memory
    const others = Array.from({ length: size - 1 }, (_, at) => at + 1)
    this.#members = others.map(thread =>
      this.#begin({ files: builtFiles(), source, likeness, paranoid, isRecorded, thread, memory }),
    )
  }

  /** What all threads have done of the round so far. */
  get tally(): { readonly found: number; readonly expanded: number; readonly steps: number } {
    const { counters } = this.memory
    const threads = Array.from({ length: this.size }, (_, thread) => thread)
    const sum = (place: (thread: number) => number) =>
      threads.reduce((all, thread) => all + Atomics.load(counters, place(thread)), 0)
    return { found: sum(foundAt), expanded: sum(expandedAt), steps: sum(stepsAt) }
  }

  /**
   * Has every thread but the first carry out the order.
   *
   * Throws `NotDone` if one could not, and `ThreadDeath` if one has died.
   */
  async tell<K extends Answer['kind']>(
    order: Order,
    kind: K,
  ): Promise<readonly Extract<Answer, { kind: K }>[]> {
    const answers = await Promise.all(this.#members.map(member => this.#ask(member, order)))
    const failed = answers.filter(answer => answer.kind === 'failed')
    // Whoever has stopped has done so because of another.
    const first = failed.find(({ how }) => how !== 'stopped') ?? failed[0]
    if (first !== undefined) throw new NotDone(first)
    return answers.filter((answer): answer is Extract<Answer, { kind: K }> => answer.kind === kind)
  }

  /** Nothing of what is to be done next is taken by anybody. */
  begin(): void {
    const { counters, fresh } = this.memory
    for (const place of [nextBlock, mayEnd, nextChunk]) Atomics.store(counters, place, 0)
    fresh.counts.fill(0, 0, mostBlocks)
    for (let thread = 0; thread < this.size; thread++)
      for (const place of [foundAt, expandedAt, stepsAt]) Atomics.store(counters, place(thread), 0)
  }

  /** Makes the threads take no more blocks. */
  endRound(): void {
    Atomics.store(this.memory.counters, mayEnd, 1)
  }

  /** How many blocks of the round were taken, or more. */
  get blocks(): number {
    return Atomics.load(this.memory.counters, nextBlock)
  }

  /** Makes the threads stop; what they have done in this round is worth nothing then, and they are of no more use. */
  interrupt(): void {
    Atomics.store(this.memory.counters, mustStop, 1)
  }

  async dismiss(): Promise<void> {
    await Promise.all(
      this.#members.map(({ worker, isDying, ended }) => {
        if (!isDying) return worker.terminate()
        // To end one that ends by itself can bring down Node.js.
        worker.ref()
        return ended
      }),
    )
  }

  /** Have all built their models, or has one died? */
  get isReady(): boolean {
    return this.#death !== undefined || this.#ready === this.#members.length
  }

  /** Until all have built their models. */
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
    const ended = new Promise(resolve => worker.once('exit', resolve))
    const member: Member = { worker, isDying: false, ended, answer: undefined, fail: undefined }
    worker.on('message', (message: Answer | typeof ready) => {
      if (message === ready) this.#ready++
      else member.answer?.(message)
    })
    worker.on('error', error => {
      member.isDying = true
      this.#die(error.message)
    })
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
