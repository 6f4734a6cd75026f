/**
 * Jobs on several workers, with a watch on each: a core that does not answer for long, or takes all the memory there
 * is, is stuck, and its worker is ended.
 *
 * Which question it was is known only where every step is asked about once, in the order of the search. So what gets
 * stuck in the fast engine is asked again in the simple one, up to where it gets stuck again.
 */
import { Worker } from 'node:worker_threads'
import type { Progress } from '../../checker/explore/result.js'
import type { Covered } from './coverage.js'
import type { Job, Outcome } from './job.js'

export interface WorkerData {
  readonly folder: string
  /** That of a core to compare with, instead of the spec. */
  readonly against: string | undefined
  readonly asked: SharedArrayBuffer
  readonly coverage: boolean
}

export type ToWorker =
  | { readonly kind: 'job'; readonly position: number; readonly job: Job }
  | { readonly kind: 'stop'; readonly signal: string }
  | { readonly kind: 'finish' }

export type FromWorker =
  | { readonly kind: 'ready' }
  | { readonly kind: 'progress'; readonly position: number; readonly progress: Progress }
  | { readonly kind: 'done'; readonly position: number; readonly outcome: Outcome }
  | { readonly kind: 'failed'; readonly position: number; readonly message: string }
  | { readonly kind: 'covered'; readonly covered: readonly Covered[] }

export interface PoolOptions {
  readonly folder: string
  readonly against?: string | undefined
  readonly workers: number
  readonly coverage: boolean
  /** Seconds without an answer after which a core counts as stuck. */
  readonly patience: number
  /** Megabytes that a worker may take; without it, as much as the engine allows. */
  readonly memory?: number | undefined
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((job: Job, progress: Progress) => void) | undefined
  readonly onResult?: ((result: Result) => Promise<void>) | undefined
}

export type Result =
  | { readonly kind: 'done'; readonly job: Job; readonly outcome: Outcome }
  /** The core never answered this question: for long enough, or as long as there was memory. */
  | { readonly kind: 'stuck'; readonly job: Job; readonly question: number; readonly of: 'time' | 'memory' }
  | { readonly kind: 'failed'; readonly job: Job; readonly message: string }

/** The worker is TypeScript, which `tsx` translates there as well. */
const bootstrap = `
  const { workerData } = require('node:worker_threads')
  import(workerData.tsx)
    .then(({ register }) => {
      register({ tsconfig: false })
      return import(workerData.entry)
    })
    .catch(error => setImmediate(() => { throw error }))
`

export class Pool {
  readonly covered: Covered[] = []
  readonly results: Result[] = []
  readonly #jobs: Job[]
  /** Positions of the jobs that are still to be begun. */
  readonly #open: number[]
  readonly #told: Promise<void>[] = []

  constructor(
    jobs: readonly Job[],
    private readonly options: PoolOptions,
  ) {
    this.#jobs = [...jobs]
    this.#open = [...jobs.keys()]
  }

  /** The result of every job, in the order of the jobs; those that a signal kept from starting are left out. */
  async run(): Promise<readonly Result[]> {
    const lanes = Math.max(1, Math.min(this.options.workers, this.#jobs.length))
    await Promise.all(Array.from({ length: lanes }, () => this.#lane()))
    await Promise.all(this.#told)
    return this.results.filter(result => result !== undefined)
  }

  /** One worker after the other: a new one is made only when one was ended. */
  async #lane(): Promise<void> {
    while (this.#open.length > 0 && this.options.signal?.aborted !== true) await this.#worker()
  }

  async #worker(): Promise<void> {
    const { folder, against, coverage, signal, memory } = this.options
    const asked = new SharedArrayBuffer(4)
    const worker = new Worker(bootstrap, {
      eval: true,
      ...(memory !== undefined && { resourceLimits: { maxOldGenerationSizeMb: memory } }),
      workerData: {
        folder,
        against,
        asked,
        coverage,
        tsx: import.meta.resolve('tsx/esm/api'),
        entry: new URL('./worker.ts', import.meta.url).href,
      },
    })
    const stop = () => worker.postMessage({ kind: 'stop', signal: String(signal?.reason) } satisfies ToWorker)
    signal?.addEventListener('abort', stop)
    try {
      await this.#serve(worker, new Int32Array(asked))
    } finally {
      signal?.removeEventListener('abort', stop)
      await worker.terminate()
    }
  }

  #serve(worker: Worker, asked: Int32Array): Promise<void> {
    return new Promise((resolve, reject) => {
      let current: number | undefined
      let last = { question: 0, at: performance.now() }
      const watch = setInterval(() => {
        const question = Atomics.load(asked, 0)
        if (question !== last.question) last = { question, at: performance.now() }
        const isStuck = performance.now() - last.at > this.options.patience * 1000
        if (current === undefined || question === 0 || !isStuck) return
        this.#stuck(current, question, 'time')
        finish()
      }, 500)
      const finish = () => {
        clearInterval(watch)
        resolve()
      }
      const send = () => {
        current = this.options.signal?.aborted ? undefined : this.#open.shift()
        if (current === undefined) {
          worker.postMessage({ kind: 'finish' } satisfies ToWorker)
          return
        }
        worker.postMessage({ kind: 'job', position: current, job: this.#job(current) } satisfies ToWorker)
      }
      worker.on('error', error => {
        const isMemory = (error as { code?: string }).code === 'ERR_WORKER_OUT_OF_MEMORY'
        if (isMemory && current !== undefined) {
          this.#stuck(current, Atomics.load(asked, 0), 'memory')
          finish()
          return
        }
        clearInterval(watch)
        reject(error)
      })
      worker.on('message', (message: FromWorker) => {
        if (message.kind === 'progress') {
          // Time in which the search does not ask the core is no time without an answer.
          last = { ...last, at: performance.now() }
          this.options.onProgress?.(this.#job(message.position), message.progress)
        } else if (message.kind === 'covered') {
          this.covered.push(...message.covered)
          finish()
        } else if (message.kind === 'ready') {
          send()
        } else {
          const job = this.#job(message.position)
          this.#settle(
            message.position,
            message.kind === 'done'
              ? { kind: 'done', job, outcome: message.outcome }
              : { kind: 'failed', job, message: message.message },
          )
          send()
        }
      })
    })
  }

  #stuck(position: number, question: number, of: 'time' | 'memory'): void {
    const job = this.#job(position)
    if (job.engine === 'simple') {
      this.#settle(position, { kind: 'stuck', job, question, of })
      return
    }
    this.#jobs[position] = { ...job, engine: 'simple' }
    this.#open.unshift(position)
  }

  #job(position: number): Job {
    return this.#jobs[position] as Job
  }

  #settle(position: number, result: Result): void {
    this.results[position] = result
    const told = this.options.onResult?.(result)
    if (told !== undefined) this.#told.push(told)
  }
}
