/**
 * The progress line on standard error: redrawn in place on a terminal, a line now and then elsewhere.
 */
import type { Progress } from '../explore/result.js'
import { progressText } from '../report/progress.js'
import type { Io } from './io.js'

/** Milliseconds. */
const redrawEvery = 100
const printEvery = 10_000

export interface ProgressLine {
  show(progress: Progress): void
  /** Before anything else is written, and at the end. */
  erase(): void
}

export function progressLine(check: string, { stderr, now }: Io): ProgressLine {
  const isTerminal = stderr.isTTY === true
  let last = isTerminal ? Number.NEGATIVE_INFINITY : now()
  let drawn = false
  return {
    show(progress) {
      if (now() - last < (isTerminal ? redrawEvery : printEvery)) return
      last = now()
      const text = progressText(check, progress)
      if (!isTerminal) {
        stderr.write(`${text}\n`)
        return
      }
      drawn = true
      // A line that wraps could not be erased.
      stderr.write(`\r\u001b[K${text.slice(0, (stderr.columns ?? 80) - 1)}`)
    },
    erase() {
      if (drawn) stderr.write('\r\u001b[K')
      drawn = false
    },
  }
}
