/**
 * Runs the program in a folder of its own, with everything of the outside world stood in for.
 */
import { EventEmitter } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Io } from '../../../checker/cli/io.js'
import { main } from '../../../checker/cli/main.js'
import type { Suite } from '../../../checker/suite.js'
import { type Toy, toySuite } from './toy.js'

export interface Outcome {
  readonly status: number
  readonly out: string
  readonly err: string
}

export interface Bench {
  readonly folder: string
  readonly counterexamples: string
  readonly suite: Suite<Toy>
  readonly signals: EventEmitter
  /** Statuses with which the program ended itself at once. */
  readonly exits: number[]
  run(...args: string[]): Promise<Outcome>
  runWith(io: Partial<RunIo>, ...args: string[]): Promise<Outcome>
  remove(): void
}

interface RunIo {
  readonly suite: Suite<Toy>
  readonly isTTY: boolean
  readonly colour: boolean
  readonly columns: number
  readonly now: () => number
  /** What is typed. */
  readonly typed: readonly string[]
}

export function bench(): Bench {
  const folder = mkdtempSync(join(tmpdir(), 'zombieproof-cli-'))
  const counterexamples = join(folder, 'counterexamples')
  const suite = toySuite(counterexamples)
  const signals = new EventEmitter()
  const exits: number[] = []
  const runWith = async (given: Partial<RunIo>, ...args: string[]): Promise<Outcome> => {
    const { isTTY = false, columns, colour = false, now = () => 0, typed = [] } = given
    const written = { out: '', err: '' }
    const io: Io = {
      stdout: { write: text => (written.out += text), isTTY, columns },
      stderr: { write: text => (written.err += text), isTTY, columns },
      cwd: folder,
      colour,
      now,
      async *lines() {
        yield* typed
      },
      signalSource: signals,
      exit: status => exits.push(status),
    }
    const status = await main(given.suite ?? suite, args, io)
    return { status, out: timeless(written.out), err: timeless(written.err) }
  }
  return {
    folder,
    counterexamples,
    suite,
    signals,
    exits,
    run: (...args) => runWith({}, ...args),
    runWith,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** How long a search takes is the only thing that differs from run to run. */
const timeless = (text: string): string =>
  text.replace(/\d+\.\d s\b/g, '0.0 s').replace(/"seconds": [\d.e-]+/g, '"seconds": 0')

/** A text with its margin taken off, and its first and last line ends. */
export function lines(text: string): string {
  const all = text.replace(/^\n/, '').replace(/\n *$/, '').split('\n')
  const margin = Math.min(...all.filter(line => line.trim() !== '').map(line => line.search(/\S/)))
  return `${all.map(line => line.slice(margin)).join('\n')}\n`
}
