/**
 * `conform`: real kernels as judges.
 */
import { appendFile, readdir, readFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { Command } from 'commander'
import { styleFor } from '../checker/cli/command.js'
import { interruptible } from '../checker/cli/interrupt.js'
import { absolutePath, type Io, shownPath } from '../checker/cli/io.js'
import { known } from '../checker/cli/suggest.js'
import { collected, time, wholeNumber } from '../checker/cli/values.js'
import { UsageError } from '../checker/errors.js'
import { type Profile, profiles } from '../spec/profile.js'
import type { Feature } from '../spec/rule.js'
import { behaviours } from './behaviours.js'
import { type Built, buildPuppet } from './build.js'
import type { Cause } from './causes.js'
import { compile } from './compile.js'
import { makeFolder, writeDisagreements } from './disagreements.js'
import { Enumerator, enumerable, mostBirths } from './enumerate.js'
import { type Kernel, LogReader, type Run } from './log.js'
import { minimizedCauses } from './minimize.js'
import { impossibleHere, type Outcome, outcomeOf, verdicts } from './outcome.js'
import { kernelOf, Oracles, Player, play } from './play.js'
import { progressLine } from './progress.js'
import type { Target } from './puppet.js'
import { exitStatus, type Report, reportJson, reportText } from './report.js'
import { readScenarios, type Scenario } from './scenario.js'

interface Options {
  readonly target: string
  readonly profile?: string
  readonly log?: string
  readonly script?: boolean
  readonly steps?: number
  readonly births?: number
  readonly feature?: readonly string[]
  readonly sample?: number
  readonly behaviours?: number
  readonly disagreements?: string
  readonly seed?: number
  readonly results?: string
  readonly workers?: number
  readonly timeout?: number
  readonly json?: boolean
}

const stoppedEarly = 3
const targets: readonly Target[] = ['linux', 'gvisor']
/** The profile that says what a kernel does. */
const profileFor: Readonly<Record<Target, string>> = { linux: 'linux', gvisor: 'gvisor-2022' }

const examples = `
Examples:
  zombieproof conform --target linux
  zombieproof conform --behaviours 20000 --results results.jsonl --disagreements found
  zombieproof conform --target gvisor conformance/scenarios/sample.jsonl --json
  zombieproof conform --script FILE > script; ./puppet < script > log; zombieproof conform --log log FILE

Exit status: 0 all that could be asked agreed, 1 something differed, 2 wrong usage, 3 nothing could be asked, or
stopped early. What is not modelled, unstable or not possible here is counted and listed.`

type Context = { readonly io: Io }

/** The command; `build` gives the puppet, which a test puts into a world of its own. */
export const conformCommand =
  (build: () => Promise<Built>) =>
  (program: Command, { io }: Context, finish: (status: number) => void): void => {
    program
      .command('conform')
      .summary('ask a real kernel')
      .description('Plays scenarios on a real kernel, and holds what it does against what the spec allows.')
      .argument('[FILE...]', 'files of scenarios; without them, those in conformance/scenarios/')
      .option('--target <KERNEL>', "linux, this machine's own, or gvisor, in a sandbox of runsc", 'linux')
      .option('--profile <NAME>', 'the profile of the spec; without it, that of the target')
      .option('--steps <N>', 'every sequence of at most N steps, instead of files', wholeNumber('--steps', 1))
      .option('--sample <K>', 'K random sequences of N steps instead of all', wholeNumber('--sample', 1))
      .option(
        '--behaviours <N>',
        'N sequences that nobody wrote, half of them the shortest, half random',
        wholeNumber('--behaviours', 1),
      )
      .option('--seed <S>', 'for other random sequences', wholeNumber('--seed', 0))
      .option(
        '--births <N>',
        `with --steps: how many processes and threads may be created, at most ${mostBirths}`,
        wholeNumber('--births', 0),
      )
      .option('--feature <NAME>', 'with --steps: made of this feature only; may be repeated', collected)
      .option('--script', 'print the script for the puppet instead, to run it elsewhere')
      .option('--log <FILE>', 'judge what the puppet wrote elsewhere')
      .option('--results <FILE>', 'write each outcome to FILE, and do not ask again what is there')
      .option('--disagreements <FOLDER>', 'write a scenario and a C program of each cause to FOLDER')
      .option('--workers <N>', 'puppets at once', wholeNumber('--workers', 1))
      .option('--timeout <TIME>', 'stop after this time: 30s, 5m', time('--timeout'))
      .option('--json', 'one JSON document on standard output, everything else on standard error')
      .addHelpText('after', examples)
      .action(async (files: readonly string[], options: Options) =>
        finish(await conform(io, build, files, options)),
      )
  }

export const addConform = conformCommand(buildPuppet)

async function conform(
  io: Io,
  build: () => Promise<Built>,
  files: readonly string[],
  options: Options,
): Promise<number> {
  const target = targets.find(it => it === options.target)
  if (target === undefined)
    throw new UsageError(`There is no target ${options.target}.`, `Known: ${targets.join(', ')}.`)
  const profile = known(options.profile ?? profileFor[target], profiles, { one: 'profile', many: 'profiles' })
  const scenarios = await scenariosFor(files, options, profile, target, io)
  if (options.script === true) {
    for (const scenario of scenarios) io.stdout.write(compile(scenario, scenario.id).repeat(2))
    return 0
  }
  if (options.log !== undefined)
    return judgeLog(io, scenarios, { ...options, target, profile, log: options.log })
  return ask(io, build, scenarios, { ...options, target, profile })
}

/** Those of the files, those that are enumerated; or, asked for neither, files and a few behaviours. */
async function scenariosFor(
  files: readonly string[],
  { steps, births, feature, sample, seed, behaviours: count }: Options,
  profile: Profile,
  target: Target,
  io: Io,
): Promise<Iterable<Scenario>> {
  if (steps === undefined) {
    const stray = Object.entries({ births, feature, sample }).find(([, value]) => value !== undefined)
    if (stray !== undefined)
      throw new UsageError(
        `--${stray[0]} goes with --steps.`,
        'For example: pnpm conform --steps 4 --sample 500',
      )
    if (seed !== undefined && count === undefined)
      throw new UsageError(
        '--seed goes with --steps or --behaviours.',
        'For example: pnpm conform --behaviours 500 --seed 2',
      )
    if (count === undefined && files.length > 0) return scenariosFrom(files, io)
    const enumerated = behaviours(profile, count ?? usualCount[target], seed ?? 1)
    return count === undefined || files.length > 0
      ? chained(await scenariosFrom(files, io), enumerated)
      : enumerated
  }
  if (count !== undefined)
    throw new UsageError(
      '--behaviours and --steps do not go together.',
      '--behaviours chooses the lengths itself.',
    )
  if (files.length > 0)
    throw new UsageError('Files and --steps do not go together.', 'Ask first the ones, then the others.')
  if (births !== undefined && births > mostBirths)
    throw new UsageError(
      `--births is at most ${mostBirths}.`,
      'Longer sequences need more steps, not more actors.',
    )
  const features = feature?.map(
    name => enumerable.find(it => it === known(name, named, ofFeature).name) as Feature,
  )
  const enumerator = new Enumerator({ profile, steps, births: births ?? 2, features: features ?? enumerable })
  return sample === undefined ? enumerator.all() : enumerator.sample(sample, seed ?? 1)
}

const named = enumerable.map(name => ({ name }))
const ofFeature = { one: 'feature', many: 'features' }

/** Behaviours that are asked without being asked for: enough to notice that something has changed, and done in a minute. */
const usualCount: Readonly<Record<Target, number>> = { linux: 300, gvisor: 20 }

function* chained<T>(...all: readonly Iterable<T>[]): Generator<T> {
  for (const each of all) yield* each
}

/** All scenarios of the files, each with a name of its own. */
async function scenariosFrom(files: readonly string[], io: Io): Promise<readonly Scenario[]> {
  const trace = files.find(file => file.endsWith('.itf.json'))
  if (trace !== undefined)
    throw new UsageError(
      `${trace} is a trace, and not a file of scenarios.`,
      `Make a scenario of it first: pnpm repro ${trace} --scenario --output NAME.jsonl`,
    )
  const folder = join(import.meta.dirname, 'scenarios')
  const paths =
    files.length > 0
      ? files.map(file => absolutePath(file, io))
      : (await readdir(folder))
          .filter(name => name.endsWith('.jsonl'))
          .sort()
          .map(name => join(folder, name))
  const scenarios = (await Promise.all(paths.map(path => readScenarios(path, shownPath(path, io))))).flat()
  const ids = scenarios.map(({ id }) => id)
  const twice = ids.find((id, i) => ids.indexOf(id) !== i)
  if (twice === undefined) return scenarios
  throw new UsageError(`There are two scenarios ${twice}.`, 'Give every scenario an id of its own.')
}

/** What this kernel refuses to this one it refuses to all. */
const nothing: Scenario = { id: 'nothing', pre: [], steps: [] }

type Asked = Omit<Options, 'target' | 'profile'> & { readonly target: Target; readonly profile: Profile }

async function ask(
  io: Io,
  build: () => Promise<Built>,
  scenarios: Iterable<Scenario>,
  options: Asked,
): Promise<number> {
  const { target, profile } = options
  const built = await build()
  if ('impossible' in built) return nothingAsked(io, built.impossible, options)
  const kernel = await kernelOf(target, built.path)
  if ('impossible' in kernel) return nothingAsked(io, whyNot(target, kernel.impossible), options)
  const never = impossibleHere(nothing, kernel)
  if (never !== undefined) return nothingAsked(io, never, options)
  // Before anything is asked, which may take long.
  if (options.disagreements !== undefined)
    await makeFolder(absolutePath(options.disagreements, io), options.disagreements)
  const before = options.results === undefined ? new Map() : await earlier(options.results, io)
  const line = progressLine(io)
  const outcomes: Outcome[] = []
  const asked = new Scenarios(scenarios, before, outcomes)
  const start = io.now()
  let seconds = 0
  let causes: readonly Cause[] = []
  const stopped = await interruptible(io, async interrupted => {
    const late = options.timeout === undefined ? [] : [AbortSignal.timeout(options.timeout * 1000)]
    const signal = AbortSignal.any([interrupted, ...late])
    const workers = options.workers ?? Math.min(2, availableParallelism())
    const written: Promise<void>[] = []
    await play(asked.left(), kernel, {
      target,
      profile,
      path: built.path,
      workers,
      signal,
      onOutcome(outcome) {
        outcomes.push(outcome)
        line.show(progressText(target, outcomes.length, asked.takenOver, (io.now() - start) / 1000))
        if (options.results !== undefined) written.push(remember(options.results, outcome, io))
      },
    })
    await Promise.all(written)
    seconds = (io.now() - start) / 1000
    const player = new Player(kernel, { target, path: built.path }, new Oracles(profile))
    try {
      causes = await minimizedCauses(outcomes, it => player.outcome(it), profile, signal)
    } finally {
      player.stop()
    }
    return !asked.exhausted
  })
  line.erase()
  if (options.disagreements !== undefined) {
    const folder = absolutePath(options.disagreements, io)
    const names = await writeDisagreements(folder, causes, profile, kernel)
    for (const name of names) io.stderr.write(`written: ${shownPath(join(folder, name), io)}.c and .jsonl\n`)
  }
  const { takenOver } = asked
  return write(
    io,
    { target, profile: profile.name, kernel, outcomes, takenOver, seconds, stopped, causes },
    options,
  )
}

/** The scenarios that no earlier run has asked for; what it has found of the others is taken over. */
class Scenarios {
  exhausted = false
  takenOver = 0

  constructor(
    private readonly all: Iterable<Scenario>,
    private readonly before: ReadonlyMap<string, Outcome>,
    private readonly outcomes: Outcome[],
  ) {}

  *left(): Generator<Scenario> {
    for (const scenario of this.all) {
      const outcome = this.before.get(scenario.id)
      if (outcome === undefined) yield scenario
      else {
        this.takenOver++
        this.outcomes.push({ ...outcome, scenario })
      }
    }
    this.exhausted = true
  }
}

const progressText = (target: Target, done: number, takenOver: number, seconds: number): string =>
  `${target}: ${done} scenarios, ${(seconds > 0 ? (done - takenOver) / seconds : 0).toFixed(1)}/s, ${Math.round(seconds)} s`

const whyNot = (target: Target, why: string): string =>
  target === 'gvisor' && /ENOENT/.test(why)
    ? 'there is no runsc here: Debian has it as a package, apt-get install runsc'
    : why

/** Says why, as a report of its own. */
function nothingAsked(io: Io, why: string, { target, profile, json }: Asked): number {
  if (json === true)
    io.stdout.write(
      `${JSON.stringify({ target, profile: profile.name, impossible: why, exit: stoppedEarly }, null, 2)}\n`,
    )
  else io.stdout.write(`${target}: nothing could be asked: ${why}\n`)
  return stoppedEarly
}

function write(io: Io, report: Report, { json }: { readonly json?: boolean }): number {
  const exit = exitStatus(report)
  io.stdout.write(
    json === true
      ? `${JSON.stringify(reportJson(report, exit), null, 2)}\n`
      : reportText(report, styleFor(io, io.stdout)),
  )
  return exit
}

/** Outcomes that an earlier run has left, by scenario. */
async function earlier(file: string, io: Io): Promise<ReadonlyMap<string, Outcome>> {
  const text = await readFile(absolutePath(file, io), 'utf8').catch(error => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw new UsageError(`${file} cannot be read: ${(error as Error).message}.`)
  })
  // The last line may have been cut short: that outcome is asked for again.
  const outcomes = text.split('\n').flatMap(line => parseOutcome(line) ?? [])
  return new Map(outcomes.map(outcome => [outcome.id, outcome]))
}

function parseOutcome(line: string): Outcome | undefined {
  try {
    const outcome = JSON.parse(line) as Partial<Outcome>
    return verdicts.some(verdict => verdict === outcome.verdict) ? (outcome as Outcome) : undefined
  } catch {
    return undefined
  }
}

const remember = (file: string, { scenario: _scenario, ...outcome }: Outcome, io: Io): Promise<void> =>
  appendFile(absolutePath(file, io), `${JSON.stringify(outcome)}\n`)

/** A kernel that has crashed may have cut the last line short. */
function completeLines(text: string): readonly string[] {
  const lines = text.split('\n')
  return (lines.at(-1) ?? '').endsWith('}') ? lines : lines.slice(0, -1)
}

/** A log from elsewhere: the runs in it instead of those of a kernel. */
async function judgeLog(
  io: Io,
  scenarios: Iterable<Scenario>,
  options: Asked & { readonly log: string },
): Promise<number> {
  const { target, profile, log } = options
  const reader = new LogReader(log)
  const text = await readFile(absolutePath(log, io), 'utf8').catch(error => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      throw new UsageError(
        `There is no file ${log}.`,
        'Name the log that the puppet has written: see conformance/PROTOCOL.md.',
      )
    throw new UsageError(`${log} cannot be read: ${(error as Error).message}.`)
  })
  const runs = new Map<string, Run[]>()
  let kernel: Kernel | undefined
  for (const line of completeLines(text)) {
    const said = line.trim() === '' ? undefined : reader.line(line)
    if (said === undefined) continue
    if ('kernel' in said) kernel = said.kernel
    else runs.set(said.run.id, [...(runs.get(said.run.id) ?? []), said.run])
  }
  if (kernel === undefined)
    throw new UsageError(`${log} does not begin with the line in which the puppet describes the kernel.`)
  const never = impossibleHere(nothing, kernel)
  if (never !== undefined) return nothingAsked(io, never, options)
  const oracles = new Oracles(profile)
  const outcomes: Outcome[] = []
  let missing = 0
  for (const scenario of scenarios) {
    const [first, second = first] = runs.get(scenario.id) ?? []
    runs.delete(scenario.id)
    const why = impossibleHere(scenario, kernel)
    if (why !== undefined) outcomes.push({ id: scenario.id, scenario, verdict: 'not possible', why })
    else if (first === undefined || second === undefined) missing++
    else outcomes.push(await outcomeOf(scenario, [first, second], oracles.for(scenario), target))
  }
  const [stranger] = runs.keys()
  if (stranger !== undefined)
    throw new UsageError(
      `${log} has the scenario '${stranger}', which is none of those asked for.`,
      'Give the same files and options as with --script.',
    )
  // A log that was cut short, as by a kernel that has crashed.
  if (missing > 0) io.stderr.write(`${missing} scenarios are not in ${log}: it ends before them.\n`)
  return write(
    io,
    { target, profile: profile.name, kernel, outcomes, seconds: 0, stopped: missing > 0 },
    options,
  )
}
