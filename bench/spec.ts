/**
 * The exit spec itself: `pnpm bench:spec`. Each check on the simple engine and on the fast one, one thread each, no reductions, and
 * how many states each explores in a second. Writes SPEC.md.
 *
 * Each run is a process of its own, that searches the checks one after the other; runs of the two engines alternate. Both must count the same.
 */
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'
import { grouped } from '../checker/report/text.js'
import { machine, median, wholeNumber } from './runs.js'

const engines = ['simple', 'fast'] as const

/** What `check --json` says of a check. */
interface Searched {
  readonly name: string
  readonly states: number
  readonly transitions: number
  readonly seconds: number
}

interface Options {
  readonly depth?: string
  readonly runs: number
  readonly write: boolean
}

const command = new Command('bench:spec')
  .description('Searches checks of the exit spec with the simple engine and with the fast one.')
  .argument('[CHECK...]', 'names of checks; without any, all')
  .option('--depth <N>', 'at most this many steps from an initial state')
  .option('--runs <N>', 'runs of each', wholeNumber, 5)
  .option('--no-write', 'leave bench/SPEC.md as it is')
  .parse()
const options = command.opts<Options>()

/** Throws what the command says where it cannot search. */
function searched(engine: (typeof engines)[number]): readonly Searched[] {
  const depth = options.depth === undefined ? [] : ['--depth', options.depth]
  const program = join(import.meta.dirname, '..', 'bin', 'zombieproof.js')
  const asked = ['--engine', engine, '--workers', '1', '--no-symmetry', '--no-por', '--json', ...depth]
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [program, 'check', ...command.args, ...asked],
    {
      encoding: 'utf8',
      maxBuffer: 2 ** 30,
    },
  )
  if (status === 2 || stdout === '') throw new Error(stderr.trim().replace(/^error: /, ''))
  const { checks } = JSON.parse(stdout) as { readonly checks: readonly Searched[] }
  return checks
}

/** One line of the table. */
const row = (name: string, states: number, transitions: number, simple: number, fast: number): string => {
  const rate = (seconds: number) => grouped(Math.round(states / seconds))
  const cells = [
    name,
    states,
    transitions,
    simple.toFixed(2),
    rate(simple),
    fast.toFixed(2),
    rate(fast),
    (simple / fast).toFixed(1),
  ]
  return `| ${cells.join(' | ')} |`
}

try {
  const all = { simple: [] as (readonly Searched[])[], fast: [] as (readonly Searched[])[] }
  for (let run = 0; run < options.runs; run++) {
    for (const engine of engines) {
      const started = performance.now()
      all[engine].push(searched(engine))
      process.stderr.write(`${engine}: ${((performance.now() - started) / 1000).toFixed(1)} s\n`)
    }
  }
  const counted = (checks: readonly Searched[]) =>
    JSON.stringify(checks.map(({ name, states, transitions }) => [name, states, transitions]))
  const different = engines
    .flatMap(engine => all[engine])
    .find(checks => counted(checks) !== counted(all.fast[0] ?? []))
  if (different !== undefined) throw new Error('the engines count different states: nothing can be compared')
  const secondsOf = (engine: (typeof engines)[number], at: number) =>
    median(all[engine].map(checks => (checks[at] as Searched).seconds))
  const checks = all.fast[0] ?? []
  const rows = checks.map(({ name, states, transitions }, at) =>
    row(name, states, transitions, secondsOf('simple', at), secondsOf('fast', at)),
  )
  const total = (of: (at: number) => number) => checks.reduce((sum, _, at) => sum + of(at), 0)
  const text = [
    '# The exit spec on both engines',
    '',
    `Command: \`${['pnpm bench:spec', ...process.argv.slice(2)].join(' ')}\``,
    '',
    `Machine: ${machine()}. Medians of ${options.runs}`,
    'alternating runs, one thread each, no reductions; seconds of the searches, without the start of the program. States and transitions agree in every run.',
    '',
    '| check | states | transitions | simple, s | states a second | fast, s | states a second | times as fast |',
    '|---|---:|---:|---:|---:|---:|---:|---:|',
    ...rows,
    row(
      'together',
      total(at => (checks[at] as Searched).states),
      total(at => (checks[at] as Searched).transitions),
      total(at => secondsOf('simple', at)),
      total(at => secondsOf('fast', at)),
    ),
    '',
  ].join('\n')
  process.stdout.write(text)
  if (options.write) writeFileSync(join(import.meta.dirname, 'SPEC.md'), text)
} catch (error) {
  process.stderr.write(`error: ${(error as Error).message}\n`)
  process.exitCode = 1
}
