/**
 * Threads that make whole searches, each another one, as the thread sees them that asks.
 *
 * A search on another thread finds what it finds on this one. Where it cannot be made there, whatever the reason, the answer is
 * undefined, and whoever has asked makes it himself.
 */

import { Worker } from 'node:worker_threads'
import type { Exploration, ExploreOptions } from '../explore/result.js'
import type { Model, Property } from '../model.js'
import { builtFiles } from '../typescript.js'
import { likenessOf } from './likeness.js'
import { explorationFrom } from './plain.js'
import type { Asked, Said, Search, SentOptions } from './searcher.js'

export class Searcher {
  readonly #worker: Worker
  readonly #exited: Promise<void>
  #isDead = false
  #answer: ((said: Said) => void) | undefined
  #hear: ((said: Said) => void) | undefined

  constructor() {
    this.#worker = new Worker(new URL('./worker-entry.js', import.meta.url), {
      workerData: { files: builtFiles() },
    })
    this.#worker.on('message', (said: Said) => {
      if (said.kind === 'found' || said.kind === 'failed') this.#answer?.(said)
      else this.#hear?.(said)
    })
    this.#worker.on('error', error => this.#die(error.message))
    this.#exited = new Promise(resolve => {
      this.#worker.on('exit', status => {
        this.#die(`it ended with status ${status}`)
        resolve()
      })
    })
  }

  /** What a search finds; undefined if it cannot be made here. One at a time. */
  async search<S>(
    model: Model<S>,
    properties: readonly Property<S>[],
    options: ExploreOptions,
  ): Promise<Exploration<S> | undefined> {
    const { source, signal, graph } = options
    // A graph is too much to be sent.
    if (source === undefined || graph === true || this.#isDead) return undefined
    const stop = () => this.#say({ kind: 'stop', signal: String(signal?.reason) })
    signal?.addEventListener('abort', stop)
    this.#hear = said => {
      if (said.kind === 'progress') options.onProgress?.(said.progress)
      if (said.kind === 'alone') options.onAlone?.(said.why)
    }
    try {
      const asked = this.#ask({
        kind: 'search',
        source,
        likeness: likenessOf(model, properties),
        options: sent(options),
      })
      if (signal?.aborted === true) stop()
      const said = await asked
      return said.kind === 'found' ? explorationFrom(model, properties, said.found) : undefined
    } finally {
      signal?.removeEventListener('abort', stop)
      this.#hear = undefined
    }
  }

  async dismiss(): Promise<void> {
    // One that something was thrown on ends by itself. To end it meanwhile can bring down Node.js.
    if (this.#isDead) await this.#exited
    else await this.#worker.terminate()
  }

  #ask(search: Search): Promise<Said> {
    return new Promise(resolve => {
      this.#answer = resolve
      this.#say(search)
    })
  }

  #say(asked: Asked): void {
    this.#worker.postMessage(asked)
  }

  #die(why: string): void {
    this.#isDead = true
    this.#answer?.({ kind: 'failed', why })
  }
}

const sent = ({
  depth,
  maxStates,
  timeout,
  paranoid,
  symmetry,
  por,
  workers,
}: ExploreOptions): SentOptions => ({
  depth,
  maxStates,
  timeout,
  paranoid,
  symmetry,
  por,
  workers,
})
