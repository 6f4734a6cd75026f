/**
 * What goes wrong in something that a module of the user's has begun, when nobody waits for it: a promise is rejected, a timer
 * throws. That is an error of the module, and not of this program.
 */
import { setImmediate, setTimeout as wait } from 'node:timers/promises'
import { messageOf, UsageError } from '../errors.js'
import { usageErrorText } from '../report/error.js'
import { styleFor } from './command.js'
import type { Io } from './io.js'

const wrongUsage = 2

const kinds = [
  ['unhandledRejection', 'a promise was rejected, and nobody waited for it'],
  ['uncaughtException', 'something that it has begun threw, and nobody caught it'],
] as const

export interface LaterErrors {
  /** Rejects with the first of them. */
  readonly failed: Promise<never>
  /** A moment later: what was to happen at once has happened. Rejects if any of it has failed. */
  settled(): Promise<void>
  /** The work is done. What fails from now on is told, and ends the program. */
  done(): void
}

/** Listens to them. */
export function laterErrors(shown: string, io: Io): LaterErrors {
  let first: UsageError | undefined
  let hear: (error: UsageError) => void = () => undefined
  const failed = new Promise<never>((_, reject) => {
    hear = reject
  })
  const stop = listen(shown, error => {
    first ??= error
    hear(first)
  })
  return {
    failed,
    async settled() {
      // A timer of no time takes a millisecond.
      await wait(2)
      await setImmediate()
      if (first !== undefined) throw first
    },
    done() {
      stop()
      // Whoever asked for what failed has been told; it may go on, and what is left of it is no reason to stay.
      if (first !== undefined) setTimeout(() => io.exit(wrongUsage), 50).unref()
      else if (io.signalSource === process)
        listen(shown, error => {
          io.stderr.write(usageErrorText(error, styleFor(io, io.stderr)))
          io.exit(wrongUsage)
        })
    },
  }
}

function listen(shown: string, hear: (error: UsageError) => void): () => void {
  const listeners = kinds.map(([event, says]) => {
    const listener = (reason: unknown) =>
      hear(new UsageError(`${shown}: ${says}: ${messageOf(reason)}`, 'Correct the module, and try again.'))
    process.on(event as 'uncaughtException', listener)
    return { event, listener }
  })
  return () => {
    for (const { event, listener } of listeners) process.off(event, listener)
  }
}
