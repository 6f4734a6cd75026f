/**
 * A thread that makes whole searches for another, one after the other.
 *
 * Here: what that thread does, and what is said between the two.
 * Not here: the thread that asks (searchers.ts).
 */

import type { MessagePort } from 'node:worker_threads'
import { messageOf } from '../errors.js'
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
  readonly kind: 'search'
  readonly source: ModelSource
  /** What the model must be like (likeness.ts). */
  readonly likeness: string
  readonly options: SentOptions
}

/** What the thread is asked: to search, or to end the search that it makes, because of this signal. */
export type Asked = Search | { readonly kind: 'stop'; readonly signal: string }

export type Said =
  | { readonly kind: 'progress'; readonly progress: Progress }
  | { readonly kind: 'alone'; readonly why: string }
  | { readonly kind: 'found'; readonly found: PlainExploration }
  /** Whoever has asked searches himself: what has thrown here throws there, where it can be reported. */
  | { readonly kind: 'failed'; readonly why: string }

export function serveSearches(port: MessagePort): void {
  let controller = new AbortController()
  port.on('message', async (asked: Asked) => {
    // Whatever lets a search be interrupted, the judges of its graph included, lets messages through.
    if (asked.kind === 'stop') {
      controller.abort(asked.signal)
      return
    }
    controller = new AbortController()
    port.postMessage(await answered(asked, controller.signal, port))
  })
}

async function answered(search: Search, signal: AbortSignal, port: MessagePort): Promise<Said> {
  const allowExit = forbidExit()
  try {
    return { kind: 'found', found: await found(search, signal, said => port.postMessage(said)) }
  } catch (error) {
    return { kind: 'failed', why: messageOf(error) }
  } finally {
    allowExit()
  }
}

async function found(
  { source, likeness, options }: Search,
  signal: AbortSignal,
  say: (said: Said) => void,
): Promise<PlainExploration> {
  const { model, properties } = await modelFrom(source)
  if (likenessOf(model, properties) !== likeness) throw new Error('it is another model on this thread')
  const exploration = await exploreFast(model, properties, {
    ...options,
    // There are threads enough; but that there might have been more is to be told as ever.
    workersFrom: Number.POSITIVE_INFINITY,
    source,
    signal,
    onAlone: why => say({ kind: 'alone', why }),
    onProgress: progress => say({ kind: 'progress', progress }),
  })
  return plainExploration(model, properties, exploration)
}
