/**
 * The heap of V8, where the values of a model live: what it holds, and what it may hold on this thread.
 *
 * Not here: the memory of the process, most of which is rows of states outside of it (limits.ts).
 */
import { getHeapStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** Of the limit that V8 tells, what young values have for themselves. */
const young = 48 * 1024 ** 2

/** Bytes for values that stay, as `--max-old-space-size` sets them. */
export const heapLimit = (): number => getHeapStatistics().heap_size_limit - young

export const heapUsed = (): number => getHeapStatistics().used_heap_size

/** V8 gives no way to ask for it, unless it is told to show one to new contexts. */
export function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
}
