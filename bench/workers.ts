/**
 * What a second thread is worth: `pnpm bench:workers`. A search with one thread, two such searches side by side, and one with two
 * threads, in turn, whole processes. Writes WORKERS.md.
 *
 * Two searches side by side share nothing but the machine. How much more is done in the time of one is what two threads can
 * gain there at best, whoever has programmed them.
 */
import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'
import { questions } from './questions.js'
import { machine, median, wholeNumber } from './runs.js'

interface Options {
  readonly model: readonly string[]
  readonly check: readonly string[]
  readonly runs: number
  readonly write: boolean
}

const collect = (text: string, previous: readonly string[]) => [...previous, text]

const options = new Command('bench:workers')
  .description('Compares one thread, two searches side by side, and two threads.')
  .option(
    '--model <NAME>',
    `one of ${questions.map(({ name }) => name).join(', ')}; may be repeated`,
    collect,
    [],
  )
  .option('--check <NAME>', 'a check of the exit spec; may be repeated', collect, [])
  .option('--runs <N>', 'runs of each', wholeNumber, 3)
  .option('--no-write', 'leave bench/WORKERS.md as it is')
  .parse()
  .opts<Options>()

const root = join(import.meta.dirname, '..')

/** What is searched, and the arguments of `check` that say so. */
interface Subject {
  readonly name: string
  readonly asked: readonly string[]
}

/** The seconds that one search takes. Throws what it says where it cannot be done. */
function search(subject: Subject, workers: number): Promise<number> {
  const asked = ['check', ...subject.asked, '--workers', String(workers)]
  const started = performance.now()
  const program = spawn(process.execPath, [join(root, 'bin', 'zombieproof.js'), ...asked], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  program.stderr.on('data', (text: Buffer) => {
    said += text.toString()
  })
  return new Promise((resolve, reject) => {
    program.on('error', reject)
    program.on('close', status => {
      if (status === 0) resolve((performance.now() - started) / 1000)
      else reject(new Error(said.trim().replace(/^error: /, '')))
    })
  })
}

interface Measured {
  readonly alone: number
  readonly sideBySide: number
  readonly together: number
}

/** One of each. */
async function measured(subject: Subject): Promise<Measured> {
  const alone = await search(subject, 1)
  const both = await Promise.all([search(subject, 1), search(subject, 1)])
  const together = await search(subject, 2)
  return { alone, sideBySide: Math.max(...both), together }
}

const row = (name: string, all: readonly Measured[]): string => {
  const seconds = (of: (it: Measured) => number) => all.map(it => of(it).toFixed(1)).join(' ')
  const gain = (of: (it: Measured) => number) => median(all.map(of)).toFixed(2)
  const cells = [
    name,
    seconds(it => it.alone),
    seconds(it => it.sideBySide),
    gain(it => (2 * it.alone) / it.sideBySide),
    seconds(it => it.together),
    gain(it => it.alone / it.together),
  ]
  return `| ${cells.join(' | ')} |`
}

try {
  const { model, check, runs } = options
  const unknown = model.find(name => !questions.some(it => it.name === name))
  if (unknown !== undefined) throw new Error(`There is no '${unknown}'. See --help for the models.`)
  const isAll = model.length + check.length === 0
  const subjects: readonly Subject[] = [
    ...questions
      .filter(it => isAll || model.includes(it.name))
      .map(({ name, file }) => ({ name, asked: [name, '--model', join('bench', 'models', file)] })),
    ...check.map(name => ({ name, asked: [name] })),
  ]
  const rows: string[] = []
  for (const subject of subjects) {
    const all: Measured[] = []
    for (let run = 0; run < runs; run++) {
      all.push(await measured(subject))
      process.stderr.write(`${row(subject.name, all)}\n`)
    }
    rows.push(row(subject.name, all))
  }
  const text = [
    '# Two threads',
    '',
    `Command: \`${['pnpm bench:workers', ...process.argv.slice(2)].join(' ')}\``,
    '',
    `Machine: ${machine()}. ${runs} runs in turn, whole processes; seconds, and medians of`,
    'the ratios of each turn. Two searches side by side tell what the machine has to give: twice the work, in how much more time?',
    '',
    '| model | one thread | two such searches side by side | at best times as fast | two threads | times as fast |',
    '|---|---|---|---:|---|---:|',
    ...rows,
    '',
  ].join('\n')
  process.stdout.write(text)
  if (options.write) writeFileSync(join(import.meta.dirname, 'WORKERS.md'), text)
} catch (error) {
  process.stderr.write(`error: ${(error as Error).message}\n`)
  process.exitCode = 1
}
