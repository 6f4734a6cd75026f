/**
 * Several checks at once, each on a thread of its own.
 *
 * Here: which thread makes which check. What is found, and the order in which it is told, does not depend on it.
 * Not here: how a search is made on another thread (engine/searchers.ts).
 */
import { Searcher } from '../engine/searchers.js'
import type { Exploration, ExploreOptions } from '../explore/result.js'
import type { Model, Property } from '../model.js'

/** Makes a search; undefined: it cannot be made there. */
export type Explore = <S>(
  model: Model<S>,
  properties: readonly Property<S>[],
  options: ExploreOptions,
) => Promise<Exploration<S> | undefined>

/** Milliseconds after which other threads are started: what takes less is over before they are there. */
const patience = 250

export interface SideBySide<T> {
  /** How many things there are to do. */
  readonly count: number
  /** How many threads do them, this one among them. */
  readonly threads: number
  /**
   * Does one of them.
   *
   * @param enough aborted when nobody waits for it any more
   * @param elsewhere if given, makes the searches
   */
  run(at: number, enough: AbortSignal, elsewhere: Explore | undefined): Promise<T>
}

type Outcome<T> = { readonly result: T } | { readonly error: unknown }

/**
 * Does things in their order, as far as there are threads for them.
 *
 * @param done is told of each in its order, as soon as it and those before it are done; false: that is enough
 */
export async function sideBySide<T>(
  { count, threads, run }: SideBySide<T>,
  done: (result: T, at: number) => Promise<boolean>,
): Promise<void> {
  let next = 0
  const enough = new AbortController()
  const outcomes = Array.from({ length: count }, () => promised<Outcome<T>>())
  const work = async (elsewhere: Explore | undefined): Promise<void> => {
    while (next < count && !enough.signal.aborted) {
      const at = next++
      const outcome = await run(at, enough.signal, elsewhere).then(
        result => ({ result }),
        (error: unknown) => ({ error }),
      )
      outcomes[at]?.keep(outcome)
    }
  }
  const workers: Promise<void>[] = []
  const searchers: Searcher[] = []
  const timer = setTimeout(() => {
    while (searchers.length < threads - 1 && next + searchers.length < count) {
      const searcher = new Searcher()
      searchers.push(searcher)
      workers.push(work((model, properties, options) => searcher.search(model, properties, options)))
    }
  }, patience)
  workers.push(work(undefined))
  try {
    for (const [at, { promise }] of outcomes.entries()) {
      const outcome = await promise
      if ('error' in outcome) throw outcome.error
      if (!(await done(outcome.result, at))) break
    }
  } finally {
    enough.abort()
    clearTimeout(timer)
    await Promise.all(workers)
    await Promise.all(searchers.map(searcher => searcher.dismiss()))
  }
}

/** A promise, and how it is kept. */
function promised<T>(): { readonly promise: Promise<T>; keep(value: T): void } {
  let keep: (value: T) => void = () => {}
  const promise = new Promise<T>(resolve => {
    keep = resolve
  })
  return { promise, keep }
}
