/**
 * Everything of the outside world that a command touches, so that tests can stand in for it.
 */
import { isAbsolute, relative, resolve } from 'node:path'
import { createInterface } from 'node:readline'

/** Where text goes. A stream of a process fits. */
export interface Out {
  write(text: string): unknown
  readonly isTTY?: boolean | undefined
  readonly columns?: number | undefined
}

/** Who tells of signals: a process, or any emitter of events. */
export interface SignalSource {
  on(signal: string, listener: () => void): unknown
  off(signal: string, listener: () => void): unknown
}

export interface Io {
  readonly stdout: Out
  readonly stderr: Out
  readonly cwd: string
  /** Is colour wanted at all? It is used on a terminal only. */
  readonly colour: boolean
  /** What is typed, line by line, for commands that ask; without it, nothing ever is. */
  lines?(): AsyncIterable<string>
  /** Milliseconds. */
  now(): number
  readonly signalSource: SignalSource
  /** Ends the program at once. */
  exit(status: number): void
}

/** The exit status of what was ended by a signal. */
export const stoppedEarly = 3

export function processIo(): Io {
  // While a model is looked at, the process has another: see no-exit.ts.
  const exit = process.exit.bind(process)
  // A reader that has seen enough, as in `| head`, is no error; nor is it an answer, so it is not 0.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') exit(stoppedEarly)
    process.stderr.write(`error: The output cannot be written: ${error.message}.\n  Write it elsewhere.\n`)
    exit(2)
  })
  return {
    stdout: process.stdout,
    stderr: process.stderr,
    cwd: process.cwd(),
    colour: !process.env.NO_COLOR,
    lines: () =>
      createInterface({
        input: process.stdin,
        ...(process.stdin.isTTY ? { output: process.stdout } : {}),
      }),
    now: () => performance.now(),
    signalSource: process,
    exit: status => exit(status),
  }
}

/** A path as the user would type it: relative, where it is below the current folder. */
export function shownPath(path: string, io: Pick<Io, 'cwd'>): string {
  const short = relative(io.cwd, path)
  return short === '' || short.startsWith('..') || isAbsolute(short) ? path : short
}

export const absolutePath = (path: string, io: Pick<Io, 'cwd'>): string => resolve(io.cwd, path)
