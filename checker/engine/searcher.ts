/**
 * A thread that makes whole searches for another, one after the other.
 *
 * Here: what that thread does, and what is said between the two.
 * Not here: the thread that asks (searchers.ts).
 */

import type { MessagePort } from 'node:worker_threads'
import { messageOf } from '../errors.js'
import { signals } from '../explore/limits.js'
import type { ExploreOptions, Progress } from '../explore/result.js'
import { exploreFast } from './explore.js'
import { likenessOf } from './likeness.js'
import { forbidExit } from './no-exit.js'
import { type PlainExploration, plainExploration } from './plain.js'
import { type ModelSource, modelFrom } from './source.js'

/** What of the options can be sent. */
export type SentOptions = Pick<
  ExploreOptions,
  'depth' | 'maxStates' | 'timeout' | 'paranoid' | 'symmetry' | 'por' | 'workers'
>

export interface Search {
  readonly source: ModelSource
  /** What the model must be like (likeness.ts). */
  readonly likeness: string
  readonly options: SentOptions
  /** The place of a signal in the list of them, counted from 1, stands in it when the search is to end; 0 until then. */
  readonly stop: Int32Array
}

export type Said =
  | { readonly kind: 'progress'; readonly progress: Progress }
  | { readonly kind: 'alone'; readonly why: string }
  | { readonly kind: 'found'; readonly found: PlainExploration }
  /** Whoever has asked searches himself: what has thrown here throws there, where it can be reported. */
  | { readonly kind: 'failed'; readonly why: string }

export function serveSearches(port: MessagePort): void {
  port.on('message', async (search: Search) => port.postMessage(await answered(search, port)))
}

async function answered(search: Search, port: MessagePort): Promise<Said> {
  const allowExit = forbidExit()
  try {
    return { kind: 'found', found: await found(search, said => port.postMessage(said)) }
  } catch (error) {
    return { kind: 'failed', why: messageOf(error) }
  } finally {
    allowExit()
  }
}

async function found(
  { source, likeness, options, stop }: Search,
  say: (said: Said) => void,
): Promise<PlainExploration> {
  const { model, properties } = await modelFrom(source)
  if (likenessOf(model, properties) !== likeness) throw new Error('it is another model on this thread')
  const controller = new AbortController()
  const exploration = await exploreFast(model, properties, {
    ...options,
    // There are threads enough; but that there might have been more is to be told as ever.
    workersFrom: Number.POSITIVE_INFINITY,
    source,
    signal: controller.signal,
    onAlone: why => say({ kind: 'alone', why }),
    onProgress(progress) {
      say({ kind: 'progress', progress })
      const number = Atomics.load(stop, 0)
      if (number > 0) controller.abort(signals[number - 1])
    },
  })
  return plainExploration(model, properties, exploration)
}
