/**
 * The threads that expand a level together.
 *
 * Here: starting them, handing out a level, waiting for its parts, and what happens when one dies.
 * Not here: what a thread does (worker.ts), how the parts become one (search.ts).
 */
import { setTimeout } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { UsageError } from '../errors.js'
import {
  type Birth,
  type Failed,
  type Level,
  mustStop,
  nextBlock,
  type Part,
  ready,
  type Start,
} from './part.js'
import type { ModelSource } from './source.js'
import type { HandedStates } from './states.js'

interface Member {
  readonly worker: Worker
  /** What the first thread waits for from this one. */
  answer: ((part: Part | Failed) => void) | undefined
  fail: ((error: unknown) => void) | undefined
}

export class Team {
  readonly #counters = new Int32Array(new SharedArrayBuffer(8))
  readonly #members: readonly Member[]
  #ready = 0
  /** Why the team cannot go on. */
  #death: unknown
  /** What the members have been told. */
  #births = 0
  #states = 0

  constructor(source: ModelSource, size: number, paranoid: boolean) {
    const start: Start = { source, counters: this.#counters, paranoid }
    this.#members = Array.from({ length: size }, () => this.#begin(start))
  }

  /**
   * Expands the states from `from` to `to`. Undefined: something threw, and nothing was done.
   *
   * @param births every cell that came to be since the search began
   * @param handOver the states that may have changed since the first given index
   */
  async expand(
    from: number,
    to: number,
    births: readonly Birth[],
    handOver: (from: number) => HandedStates,
  ): Promise<readonly Part[] | undefined> {
    Atomics.store(this.#counters, nextBlock, 0)
    Atomics.store(this.#counters, mustStop, 0)
    const level: Level = {
      states: handOver(this.#states),
      births: births.slice(this.#births),
      from,
      to,
    }
    const parts = await Promise.all(this.#members.map(member => this.#ask(member, level)))
    this.#births = births.length
    this.#states = level.states.count
    return parts.every(isDone) ? parts : undefined
  }

  /** Makes the members end the level early; what they have done is worth nothing then. */
  interrupt(): void {
    Atomics.store(this.#counters, mustStop, 1)
  }

  async dismiss(): Promise<void> {
    await Promise.all(this.#members.map(({ worker }) => worker.terminate()))
  }

  #ask(member: Member, level: Level): Promise<Part | Failed> {
    return new Promise((resolve, reject) => {
      if (this.#death !== undefined) reject(this.#death)
      member.answer = resolve
      member.fail = reject
      member.worker.postMessage(level)
    })
  }

  /** Have all built their models? */
  get isReady(): boolean {
    return this.#ready === this.#members.length
  }

  /** Until all have built their models. */
  async start(): Promise<void> {
    while (!this.isReady) {
      if (this.#death !== undefined) throw this.#death
      await setTimeout(10)
    }
  }

  #begin(start: Start): Member {
    const worker = new Worker(new URL('./worker-entry.js', import.meta.url), { workerData: start })
    const member: Member = { worker, answer: undefined, fail: undefined }
    worker.on('message', (message: Part | Failed | typeof ready) => {
      if (message === ready) this.#ready++
      else member.answer?.(message)
    })
    worker.on('error', error => this.#die(`a thread of the search has failed: ${error.message}`))
    worker.on('exit', status => this.#die(`a thread of the search has ended with status ${status}`))
    // The search waits for the parts, not for the threads.
    worker.unref()
    return member
  }

  #die(what: string): void {
    this.#death ??= new UsageError(
      `The search cannot go on: ${what}.`,
      'Search with one thread: --workers 1',
      'It may have run out of memory.',
    )
    for (const { fail } of this.#members ?? []) fail?.(this.#death)
  }
}

const isDone = (part: Part | Failed): part is Part => !('failed' in part)
