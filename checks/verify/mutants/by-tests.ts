/**
 * `verify:reasons`: where the reason why the comparison does not catch a mutant names tests of `test/src`, do these catch it?
 *
 * Each mutant is put into a copy of the core, beside copies of the tests; the repository stays as it is.
 */
import { spawn } from 'node:child_process'
import { cp, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Command } from 'commander'
import { type Setting, styleFor } from '../../../checker/cli/command.js'
import { interruptible } from '../../../checker/cli/interrupt.js'
import { UsageError } from '../../../checker/errors.js'
import { count, duration, labelled } from '../../../checker/report/text.js'
import { ownFolder } from '../load.js'
import { knownNeverRun } from '../never-run.js'
import type * as Making from './build.js'
import type { Mutant } from './operators.js'
import { excuses } from './survivors.js'

/** What the tests of the core need. */
const copied = [
  'src',
  'test/src',
  'test/setup.ts',
  'examples',
  'spec',
  'vitest.config.ts',
  'tsconfig.json',
  'package.json',
]
const linked = 'node_modules'
/** A mutant may never end; the tests take a few seconds. */
const patience = 30

/** A mutant with the test files that are to catch it. */
export interface Asked {
  readonly mutant: Mutant
  readonly reason: string
  readonly tests: readonly string[]
}

interface Options {
  readonly only?: string
  readonly json?: boolean
}

export function addByTests<S>(program: Command, setting: Setting<S>, finish: (status: number) => void): void {
  program
    .command('verify:reasons')
    .summary('do tests catch the faults that are left to them?')
    .description(
      'Where the reason why verify:mutants does not have to catch a fault names tests of the core, these have to: they are run with each such fault.',
    )
    .option('--only <TEXT>', 'only the mutants whose names contain this')
    .option('--json', 'one JSON document on standard output')
    .addHelpText(
      'after',
      '\nExit status: 0 every one is caught, 1 one is not, 2 wrong usage, 3 stopped early.',
    )
    .action(async (options: Options) => finish(await run(setting, options)))
}

/** Of all mutants, those whose reason names tests; a reason that names the folder means all of it. */
export function askedOfTests(
  sources: Making.Sources,
  mutants: readonly Mutant[],
  all: readonly string[],
): readonly Asked[] {
  return mutants.flatMap(mutant => {
    const reason = reasonFor(mutant, sources.get(mutant.file) ?? '')
    const named = [...(reason?.matchAll(/test\/src(\/[\w-]+\.test\.ts)?/g) ?? [])]
    if (reason === undefined || named.length === 0) return []
    const tests = named.flatMap(([path, file]) => (file === undefined ? all : [path]))
    return [{ mutant, reason, tests }]
  })
}

function reasonFor({ name, file, start }: Mutant, source: string): string | undefined {
  const line = source.slice(0, start).split('\n').length
  return (
    excuses.find(({ mutants }) => mutants.test(name))?.reason ??
    knownNeverRun(file, source, undefined).lines.get(line)
  )
}

async function run<S>({ io }: Setting<S>, options: Options): Promise<number> {
  // With a parser that no other command needs.
  const making: typeof Making = await import('./build.js')
  const started = io.now()
  const sources = await making.readSources()
  const files = (await readdir(join(ownFolder, 'test', 'src'))).filter(file => file.endsWith('.test.ts'))
  const tests = files.toSorted().map(file => `test/src/${file}`)
  const asked = askedOfTests(sources, making.mutantsOf(sources), tests).filter(
    ({ mutant }) => options.only === undefined || mutant.name.includes(options.only),
  )
  if (asked.length === 0) throw new UsageError('There is no such mutant.', 'Leave out --only.')
  const folder = await mkdtemp(join(tmpdir(), 'zombieproof-reasons-'))
  try {
    await copyTo(folder)
    const missed: Asked[] = []
    let judged = 0
    const isStopped = await interruptible(io, async signal => {
      if (!(await passes(folder, tests, signal)) && !signal.aborted)
        throw new UsageError('The tests of the core fail without any fault.', 'See: pnpm test test/src')
      for (const it of asked) {
        if (signal.aborted) return true
        const { file } = it.mutant
        const source = sources.get(file) ?? ''
        await writeFile(join(folder, 'src', file), making.mutated(source, it.mutant))
        const isMissed = await passes(folder, it.tests, signal)
        await writeFile(join(folder, 'src', file), source)
        if (signal.aborted) return true
        judged++
        if (isMissed) missed.push(it)
        io.stderr.write(
          `${judged} of ${asked.length}: ${isMissed ? 'missed' : 'caught'}: ${it.mutant.name}\n`,
        )
      }
      return false
    })
    const exit = isStopped ? 3 : missed.length > 0 ? 1 : 0
    const seconds = (io.now() - started) / 1000
    if (options.json === true) {
      const left = missed.map(({ mutant, reason }) => ({ name: mutant.name, reason }))
      io.stdout.write(
        `${JSON.stringify({ asked: asked.length, judged, missed: left, seconds, exit }, null, 2)}\n`,
      )
      return exit
    }
    const { width } = styleFor(io, io.stdout)
    const lines = [
      `${count(judged, 'mutant')} that tests of the core have to catch, of ${asked.length}, ${duration(seconds)}`,
      ...labelled('caught', String(judged - missed.length), width),
      ...labelled('missed', String(missed.length), width),
      ...missed.flatMap(({ mutant }) => labelled('', mutant.name, width)),
    ]
    io.stdout.write(`${lines.join('\n')}\n`)
    return exit
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function copyTo(folder: string): Promise<void> {
  for (const path of copied) await cp(join(ownFolder, path), join(folder, path), { recursive: true })
  await symlink(join(ownFolder, linked), join(folder, linked))
}

/** Do all these tests pass? Not if they do not end. */
function passes(folder: string, tests: readonly string[], signal: AbortSignal): Promise<boolean> {
  const vitest = join(ownFolder, linked, 'vitest', 'vitest.mjs')
  const child = spawn(process.execPath, [vitest, 'run', '--bail=1', '--testTimeout=10000', ...tests], {
    cwd: folder,
    stdio: 'ignore',
    // Its workers are to end with it.
    detached: true,
  })
  const end = () => {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
  }
  const late = setTimeout(end, patience * 1000)
  signal.addEventListener('abort', end)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', status => {
      clearTimeout(late)
      signal.removeEventListener('abort', end)
      resolve(status === 0)
    })
  })
}
