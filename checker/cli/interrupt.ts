/**
 * Ctrl-C and its like: the first ends the search and keeps what was found, the second ends the program.
 */
import { signals } from '../explore/limits.js'
import { type Io, stoppedEarly } from './io.js'

/** Runs the work with a signal that is aborted by the first of them; its reason is the name. */
export async function interruptible<T>(io: Io, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController()
  const listeners = signals.map(name => ({
    name,
    listener: () => {
      if (controller.signal.aborted) io.exit(stoppedEarly)
      else controller.abort(name)
    },
  }))
  for (const { name, listener } of listeners) io.signalSource.on(name, listener)
  try {
    return await work(controller.signal)
  } finally {
    for (const { name, listener } of listeners) io.signalSource.off(name, listener)
  }
}
