/**
 * How long a module of the user's may take to be loaded, which runs it: it may loop, or wait for what never comes.
 *
 * Here: who notices it. While a module loops nothing else runs on its thread, so another thread waits beside it; that one
 * cannot end the loop, only the whole process, and that by a signal: `process.exit` there ends that thread alone. Tried: an
 * inspector session of that thread can have the first one call `process.reallyExit(2)` in its loop, but Node 20 then writes
 * a line of its own about the debugger to standard error (`process.exit`, with its listeners, does not return).
 * Not here: what is loaded, and other faults of it (model-file.ts).
 */
import { Worker } from 'node:worker_threads'
import { UsageError } from '../errors.js'
import { usageErrorText } from '../report/error.js'
import { styleFor } from './command.js'
import type { Io } from './io.js'

const usualSeconds = 30
const wrongUsage = 2
const variable = 'ZOMBIEPROOF_LOAD_SECONDS'

/** Milliseconds of one wait. Time is counted in short ones, so that hardly any goes by while the process is stopped (Ctrl-Z). */
const wait = 100

/** Counts its waits; writes what it is given, unless it is told in time that there is no need, and ends the process. */
const watcher = `
const { workerData: { cell, wait, most, text } } = require('node:worker_threads')
let waits = 0
while (waits < most && Atomics.wait(cell, 0, 0, wait) === 'timed-out') waits = Atomics.add(cell, 1, 1) + 1
if (waits >= most) {
  require('node:fs').writeSync(2, text)
  process.kill(process.pid, 'SIGKILL')
}`

/**
 * Loads, for at most the limit. Rejects with a `UsageError` where it waits for longer, or for what never comes; where it
 * loops, the process says the same and ends.
 */
export async function withinLimit<T>(shown: string, io: Io, load: () => Promise<T>): Promise<T> {
  const seconds = limit()
  const next = `Correct the module; or give it more time, in seconds: ${variable}=${4 * seconds}`
  const late = new UsageError(
    `${shown} has not been loaded after ${seconds} s.`,
    next,
    'It loops, or waits for something.',
  )
  /** Is there no need to wait any more; and how many waits there were. */
  const cell = new Int32Array(new SharedArrayBuffer(8))
  const most = Math.ceil((1000 * seconds) / wait)
  const text = usageErrorText(late, styleFor(io, io.stderr))
  const worker = new Worker(watcher, {
    eval: true,
    // Later than the timer below, which can say it without ending the process.
    workerData: { cell, wait, most: most + 500 / wait, text },
  })
  worker.unref()
  const { never, forget } = waitsForNothing(shown)
  let timer: NodeJS.Timeout | undefined
  try {
    const tooLate = new Promise<never>((_, reject) => {
      timer = setInterval(() => {
        if (Atomics.load(cell, 1) < most) return
        clearInterval(timer)
        // What the module has begun may go on for ever: once the error is written, that is no reason to stay.
        setTimeout(() => io.exit(wrongUsage), 500).unref()
        reject(late)
      }, wait).unref()
    })
    return await Promise.race([load(), never, tooLate])
  } finally {
    clearInterval(timer)
    forget()
    Atomics.store(cell, 0, 1)
    Atomics.notify(cell, 0)
  }
}

function limit(): number {
  const given = process.env[variable]
  const seconds = given === undefined ? usualSeconds : Number(given)
  if (seconds > 0 && seconds < 1e6) return seconds
  throw new UsageError(`${variable} is a number of seconds, not '${given}'.`, `For example: ${variable}=120`)
}

/** Nothing is left to happen, and the module still waits. */
function waitsForNothing(shown: string) {
  let listener = () => {}
  const never = new Promise<never>((_, reject) => {
    listener = () =>
      reject(
        new UsageError(
          `${shown} waits, at its top level, for a promise that nothing will settle.`,
          'Correct the module, and try again.',
        ),
      )
  })
  process.on('beforeExit', listener)
  return { never, forget: () => process.off('beforeExit', listener) }
}
