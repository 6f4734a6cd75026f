/**
 * What may end a search from outside: time, memory, a signal. And the pauses in which these are let through.
 *
 * Not here: the bounds that the search itself counts, depth and states (explore.ts).
 */
import { totalmem } from 'node:os'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { collectGarbage, heapLimit, heapUsed } from './heap.js'
import type { ExploreOptions, Stop } from './result.js'

/** Signals that end a search, which has found then what it has found. */
export const signals = ['SIGINT', 'SIGTERM'] as const

/** Between two pauses, in milliseconds. */
const stretch = 50

/**
 * Beyond this share of V8's heap a search stops. V8 ends the process when its heap is full, and before that when it does little but
 * collect garbage: measured at 92 %.
 */
const mostOfHeap = 0.85

/** So many states tell what a state takes. */
const fewest = 10_000

export class Limits {
  readonly #started = performance.now()
  #pausedAt = Number.NEGATIVE_INFINITY
  readonly #memoryBefore = process.memoryUsage.rss()
  /** Bytes of the process, at the last pause. */
  memory = 0
  #isHeapFull = false
  /** When to look at the heap again: at most half of the time goes by in collecting its garbage. */
  #heapAt = 0

  constructor(private readonly options: ExploreOptions) {}

  get seconds(): number {
    return (performance.now() - this.#started) / 1000
  }

  get pauseIsDue(): boolean {
    return performance.now() - this.#pausedAt >= stretch
  }

  /** Lets timers, signal handlers and output run, and looks at the memory. */
  async pause(): Promise<void> {
    await nextTurn()
    this.memory = process.memoryUsage.rss()
    this.#lookAtHeap()
    this.#pausedAt = performance.now()
  }

  /** Of what is in the heap, much may be garbage that V8 has not seen to yet. */
  #lookAtHeap(): void {
    const most = mostOfHeap * heapLimit()
    const from = performance.now()
    if (from < this.#heapAt || heapUsed() < most) return
    collectGarbage()
    this.#isHeapFull = heapUsed() >= most
    const to = performance.now()
    this.#heapAt = to + (to - from)
  }

  /**
   * How many states more the memory will hold, if they take what those so far have taken: up to the limit, or without one
   * what the machine has. Undefined where there are too few to tell.
   */
  roomFor(states: number): number | undefined {
    const { maxMemory = totalmem() } = this.options
    const taken = this.memory - this.#memoryBefore
    if (states < fewest || taken <= 0) return undefined
    return Math.max(0, Math.floor(((maxMemory - this.memory) * states) / taken))
  }

  /** Why to stop now, if there is a reason. */
  exceeded(): Stop | undefined {
    const { signal, timeout, maxMemory } = this.options
    if (signal?.aborted) return { by: 'signal', signal: String(signal.reason) }
    if (timeout !== undefined && this.seconds >= timeout) return { by: 'timeout', limit: timeout }
    if (maxMemory !== undefined && this.memory > maxMemory) return { by: 'max-memory', limit: maxMemory }
    if (this.#isHeapFull) return { by: 'heap', limit: heapLimit() }
    return undefined
  }
}
