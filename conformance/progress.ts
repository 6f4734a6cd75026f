/**
 * The progress line on standard error: redrawn in place on a terminal, a line now and then elsewhere.
 */
import type { Io } from '../checker/cli/io.js'

/** Milliseconds. */
const redrawEvery = 100
const printEvery = 10_000

export type Line = { show(text: string): void; erase(): void }

export function progressLine({ stderr, now }: Io): Line {
  const isTerminal = stderr.isTTY === true
  let last = now()
  let drawn = false
  return {
    show(text) {
      if (now() - last < (isTerminal ? redrawEvery : printEvery)) return
      last = now()
      drawn = isTerminal
      // A line that wraps could not be erased.
      stderr.write(isTerminal ? `\r\u001b[K${text.slice(0, (stderr.columns ?? 80) - 1)}` : `${text}\n`)
    },
    erase() {
      if (drawn) stderr.write('\r\u001b[K')
      drawn = false
    },
  }
}
