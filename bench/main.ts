/**
 * `pnpm bench`: the same work for this checker and for its peers, whole process against whole process.
 *
 * Counts are compared before any time is. Runs of all contestants alternate, so that noise meets them alike.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import { type Contestant, contestants, folderFor } from './contestants.js'
import { type Question, questions } from './questions.js'
import { machine, median, wholeNumber } from './runs.js'

interface Options {
  readonly model: readonly string[]
  readonly with: readonly string[]
  readonly runs: number
  readonly json?: boolean
  readonly write: boolean
}

interface Row {
  readonly model: string
  readonly contestant: string
  readonly median: number
  readonly seconds: readonly number[]
  /** Of the processor: the median. On a machine that has other work, it says more than the time that has passed. */
  readonly processor: number
}

interface Timed {
  readonly seconds: number
  readonly processor: number
}

const listed = (text: string, previous: readonly string[] = []) => [...previous, text]

const options = new Command('bench')
  .description('Runs the benchmark models on this checker and on the peers that are installed.')
  .option('--model <NAME>', `one of ${questions.map(it => it.name).join(', ')}; may be repeated`, listed)
  .option('--with <NAME>', `one of ${contestants.map(it => it.name).join(', ')}; may be repeated`, listed)
  .option('--runs <N>', 'runs of each; medians of fewer than five are no result', wholeNumber, 5)
  .option('--json', 'one JSON document on standard output')
  .option('--no-write', 'leave bench/RESULTS.md as it is')
  .parse()
  .opts<Options>()

/** Those that were named, or these. */
function chosen<T extends { readonly name: string }>(
  names: readonly string[] | undefined,
  all: readonly T[],
  otherwise: readonly T[],
): readonly T[] {
  if (names === undefined) return otherwise
  return names.map(name => {
    const found = all.find(it => it.name === name)
    if (found !== undefined) return found
    process.stderr.write(`error: There is no '${name}'.\n  Known: ${all.map(it => it.name).join(', ')}.\n`)
    return process.exit(2)
  })
}

/** Runs a command, and tells on the last line what processor time it has taken. */
const timing = '"$0" "$@" 2>/dev/null; status=$?; times >&2; exit $status'

/** The seconds of the processor, of `0m1.50s 0m0.25s`: for the program, and for the system on its behalf. */
const processorSeconds = (line: string): number =>
  [...line.matchAll(/(\d+)m([\d.]+)s/g)].reduce((sum, [, m, s]) => sum + 60 * Number(m) + Number(s), 0)

/** One run. Throws where it fails, or counts something else. */
function timed(
  contestant: Contestant,
  question: Question,
  folder: string,
  built: ReturnType<Contestant['build']>,
): Timed {
  const started = performance.now()
  const { stdout, stderr, status, error } = spawnSync('sh', ['-c', timing, built.command, ...built.args], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const seconds = (performance.now() - started) / 1000
  if (error !== undefined || status !== 0) throw new Error(`${contestant.name} ended with ${error ?? status}`)
  const { states, transitions = question.transitions } = contestant.read(stdout, question)
  if (states !== question.states || transitions !== question.transitions) {
    throw new Error(
      `${contestant.name} counts ${states} states and ${transitions} transitions in ${question.name}, ` +
        `not ${question.states} and ${question.transitions}: nothing can be compared`,
    )
  }
  return { seconds, processor: processorSeconds(stderr.trimEnd().split('\n').at(-1) ?? '') }
}

function rowsOf(question: Question, able: readonly Contestant[], base: string): readonly Row[] {
  const entries = able.map(contestant => {
    const folder = folderFor(base, contestant, question)
    return { contestant, folder, built: contestant.build(question, folder), runs: [] as Timed[] }
  })
  for (let run = 0; run < options.runs; run++) {
    for (const { contestant, folder, built, runs } of entries) {
      const one = timed(contestant, question, folder, built)
      runs.push(one)
      process.stderr.write(
        `${question.name}, ${contestant.name}: ${one.seconds.toFixed(2)} s, processor ${one.processor.toFixed(2)} s\n`,
      )
    }
  }
  return entries.map(({ contestant, runs }) => ({
    model: question.name,
    contestant: contestant.name,
    median: median(runs.map(run => run.seconds)),
    seconds: runs.map(run => run.seconds),
    processor: median(runs.map(run => run.processor)),
  }))
}

const asked = chosen(options.model, questions, questions)
// The simple engine is the oracle, and slow: it takes part when it is named.
const taking = chosen(
  options.with,
  contestants,
  contestants.filter(({ name }) => name !== 'zombieproof simple'),
)
const able = taking.filter(contestant => {
  const missing = contestant.missing()
  if (missing !== undefined) process.stderr.write(`${contestant.name} is left out: ${missing}\n`)
  return missing === undefined
})

const base = mkdtempSync(join(tmpdir(), 'zombieproof-bench-'))
try {
  const rows = asked.flatMap(question => rowsOf(question, able, base))
  if (options.json === true)
    process.stdout.write(`${JSON.stringify({ machine: machine(), runs: options.runs, rows }, null, 2)}\n`)
  const command = ['pnpm bench', ...process.argv.slice(2)].join(' ')
  const text = [
    '# Results of the benchmark',
    '',
    `Command: \`${command}\``,
    '',
    `Machine: ${machine()}. Medians of ${options.runs} alternating runs, whole processes, one thread each, no reductions. The`,
    'distinct states and the transitions agree in every run.',
    '',
    '| model | tool | median, s | all, s | against zombieproof fast | processor, s | against zombieproof fast |',
    '|---|---|---:|---|---:|---:|---:|',
    ...rows.map(({ model, contestant, median: middle, seconds, processor }) => {
      const own = rows.find(row => row.model === model && row.contestant === 'zombieproof fast')
      const all = seconds.map(it => it.toFixed(2)).join(' ')
      const ratios = [middle / (own?.median ?? Number.NaN), processor / (own?.processor ?? Number.NaN)]
      const [time, cpu] = ratios.map(ratio => (Number.isNaN(ratio) ? '' : ratio.toFixed(2)))
      return `| ${model} | ${contestant} | ${middle.toFixed(2)} | ${all} | ${time} | ${processor.toFixed(2)} | ${cpu} |`
    }),
    '',
  ].join('\n')
  if (options.json !== true) process.stdout.write(text)
  if (options.write) writeFileSync(join(import.meta.dirname, 'RESULTS.md'), text)
} catch (error) {
  process.stderr.write(`error: ${(error as Error).message}\n`)
  process.exitCode = 1
} finally {
  rmSync(base, { recursive: true, force: true })
}
