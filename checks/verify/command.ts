/**
 * `verify`: does the core refine the spec? With `--against`, does it behave as the core of that revision did?
 */
import { availableParallelism } from 'node:os'
import type { Command } from 'commander'
import { type Setting as CommandSetting, styleFor } from '../../checker/cli/command.js'
import { type EngineName, engineName } from '../../checker/cli/engine.js'
import { interruptible } from '../../checker/cli/interrupt.js'
import { progressLine } from '../../checker/cli/progress.js'
import { type Selection, select } from '../../checker/cli/selection.js'
import { knownProfile } from '../../checker/cli/suggest.js'
import { collected, size, time, wholeNumber } from '../../checker/cli/values.js'
import { UsageError } from '../../checker/errors.js'
import type { ImmutableState } from '../../spec/immutable-state.js'
import { suite } from '../suite.js'
import { type Against, materialise } from './against.js'
import { covered as linesCovered } from './coverage-lines.js'
import { checksFor } from './further.js'
import type { Job } from './job.js'
import { loadCore, ownFolder } from './load.js'
import { Pool } from './pool.js'
import { enablesName, refinesName } from './refinement.js'
import { type Report, reportText, runJson, type Settled, settle, summaryText } from './report.js'
import { explaining, type Setting } from './switches.js'

interface Options {
  readonly depth?: number
  readonly tasks?: number
  readonly profile?: string
  readonly property?: readonly string[]
  readonly feature?: readonly string[]
  readonly topology?: readonly string[]
  readonly workers?: number
  readonly maxStates?: number
  readonly maxMemory?: number
  readonly timeout?: number
  readonly walks: number
  readonly steps: number
  readonly seed: number
  readonly patience: number
  readonly engine: EngineName
  readonly against?: string
  readonly coverage: boolean
  readonly json?: boolean
}

const examples = `
Examples:
  zombieproof verify                         every check, as far as it goes, and random walks beyond
  zombieproof verify --depth 6               every step within 6 steps of an initial state
  zombieproof verify exit --tasks 2          one check, from every topology of at most 2 tasks
  zombieproof verify --against HEAD~1        has the behaviour of the core changed since?

Exit status: 0 no divergence, 1 a divergence, 2 wrong usage, 3 stopped early by a limit or a signal.`

const properties = [enablesName, refinesName]

export function addVerify<S>(
  program: Command,
  setting: CommandSetting<S>,
  finish: (status: number) => void,
): void {
  program
    .command('verify')
    .summary('hold the core against the spec, step by step')
    .description(
      'Puts the core into every reachable state of the spec, lets both take every step, and compares everything that can be seen; then walks with both, at random, for long.',
    )
    .argument('[CHECK...]', 'names of checks; without any, every check that has what is asked')
    .option('--depth <N>', 'at most this many steps from an initial state', wholeNumber('--depth', 0))
    .option('--tasks <N>', 'start from every topology of at most N tasks', wholeNumber('--tasks', 1))
    .option('--topology <NAME>', 'start from this topology only; may be repeated', collected)
    .option('--profile <NAME>', `semantics; the default is ${setting.defaultProfile}`)
    .option('--feature <NAME>', 'only the rules of this feature; may be repeated', collected)
    .option('--property <NAME>', 'make this comparison only; may be repeated', collected)
    .option('--workers <N>', 'so many checks at once', wholeNumber('--workers', 1))
    .option('--max-states <N>', 'stop each check at this many states', wholeNumber('--max-states', 1))
    .option(
      '--max-memory <SIZE>',
      'stop when the process has this much memory: 512M, 2G',
      size('--max-memory'),
    )
    .option('--timeout <TIME>', 'stop each search after this time: 30s, 5m', time('--timeout'))
    .option('--walks <N>', 'random walks of each check', wholeNumber('--walks', 0), 10)
    .option('--steps <N>', 'steps of a walk, at most', wholeNumber('--steps', 1), 300)
    .option('--seed <N>', 'of the walks', wholeNumber('--seed', 0), 1)
    .option('--patience <TIME>', 'a core that gives no answer for this time is stuck', time('--patience'), 30)
    .option(
      '--engine <NAME>',
      'fast: steps that look the same to spec and core are compared once; simple: each is',
      engineName,
      'fast',
    )
    .option('--against <REV>', 'compare with the core of this revision, and not with the spec')
    .option('--no-coverage', 'do not count which code of the core was run')
    .option('--json', 'one JSON document on standard output, everything else on standard error')
    .addHelpText('after', examples)
    .action(async (checks: readonly string[], options: Options) =>
      finish(await verify(setting, checks, options)),
    )
}

async function verify<S>(
  setting: CommandSetting<S>,
  names: readonly string[],
  options: Options,
): Promise<number> {
  const unknown = options.property?.find(name => !properties.includes(name))
  if (unknown !== undefined)
    throw new UsageError(`There is no comparison '${unknown}'.`, `There are: '${properties.join("', '")}'.`)
  const profile = options.profile ?? suite.defaultProfile
  knownProfile(suite, profile)
  const selection = select(
    { ...suite, checks: checksFor(profile) },
    {
      checks: names,
      profile: options.profile,
      features: options.feature,
      topologies: options.topology,
      tasks: options.tasks,
    },
  )
  const jobs = jobsOf(selection, options)
  await loadCore(ownFolder, 'in this working tree')
  if (options.against === undefined) return run(setting, selection, jobs, options, undefined)
  const against = await materialise(options.against)
  try {
    return await run(setting, selection, jobs, options, against)
  } finally {
    await against.remove()
  }
}

const jobsOf = ({ checks, build }: Selection<ImmutableState>, options: Options): readonly Job[] =>
  checks.map(({ name, bound }) => ({
    check: name,
    build,
    engine: options.engine,
    limits: {
      depth: options.depth ?? (options.tasks === undefined ? bound?.depth : undefined),
      maxStates: options.maxStates,
      maxMemory: options.maxMemory,
      timeout: options.timeout,
    },
    properties: options.property ?? properties,
    walks: { count: options.walks, length: options.steps, seed: options.seed },
  }))

async function run<S>(
  setting: CommandSetting<S>,
  selection: Selection<ImmutableState>,
  jobs: readonly Job[],
  options: Options,
  against: Against | undefined,
): Promise<number> {
  const { io } = setting
  const style = styleFor(io, io.stdout)
  const line = progressLine('verify', io)
  const started = io.now()
  const settled: Settled[] = []
  const { covered, isComplete, explained } = await interruptible(io, async signal => {
    const pool = new Pool(jobs, {
      folder: ownFolder,
      against: against?.folder,
      workers: options.workers ?? availableParallelism(),
      coverage: options.coverage,
      patience: options.patience,
      signal,
      onProgress: (_job, progress) => line.show(progress),
      onResult: async result => {
        const report = await settle(result, { counterexamples: suite.counterexamples, io, against })
        settled.push(report)
        line.erase()
        if (options.json !== true) io.stdout.write(`${reportText(report, style, against?.revision)}\n`)
      },
    })
    const results = await pool.run()
    return {
      covered: pool.covered,
      isComplete: results.length === jobs.length,
      explained:
        against === undefined || signal.aborted || settled.every(({ shown }) => shown === undefined)
          ? undefined
          : await explanation(settled, jobs, against, options, selection.build.profile, signal),
    }
  })
  line.erase()
  const report: Report = {
    profile: selection.build.profile,
    against: against?.revision,
    checks: inOrder(settled, jobs),
    lines: options.coverage ? await linesCovered(covered, ownFolder, selection.build.profile) : undefined,
    isComplete,
    explained,
    seconds: (io.now() - started) / 1000,
  }
  io.stdout.write(
    options.json === true ? `${JSON.stringify(runJson(report), null, 2)}\n` : summaryText(report, style),
  )
  return runJson(report).exit
}

/** The switches with which the other core does the same, if there are any. */
async function explanation(
  settled: readonly Settled[],
  jobs: readonly Job[],
  { folder }: Against,
  { workers, patience }: Options,
  profile: string,
  signal: AbortSignal,
): Promise<Setting | undefined> {
  const run = async (asked: readonly Job[]): Promise<readonly boolean[]> => {
    const pool = new Pool(asked, {
      folder: ownFolder,
      against: folder,
      workers: workers ?? availableParallelism(),
      coverage: false,
      patience,
      signal,
    })
    const results = await pool.run()
    // What was not compared to its end explains nothing.
    if (signal.aborted) return asked.map(() => false)
    return results.map(result => result.kind === 'done' && result.outcome.found === undefined)
  }
  const first = nearest(settled)
  if (first === undefined) return undefined
  return explaining(await loadCore(folder), profile, {
    async promising(settings) {
      const agree = await run(settings.map(switches => ({ ...first, switches })))
      return settings.filter((_, i) => agree[i])
    },
    agree: async switches => (await run(jobs.map(job => ({ ...job, switches })))).every(it => it),
  })
}

/** Of the checks that show a difference, as much of the one with the shortest trace as is needed to show it. */
function nearest(settled: readonly Settled[]): Job | undefined {
  const steps = ({ shown }: Settled): number => shown?.behaviour.steps.length ?? 0
  const [first] = settled
    .filter(({ shown }) => shown !== undefined)
    .toSorted((a, b) => Number(a.shown?.walk ?? 0) - Number(b.shown?.walk ?? 0) || steps(a) - steps(b))
  if (first === undefined) return undefined
  const { job } = first.result
  if (first.shown?.walk !== undefined) return job
  return { ...job, limits: { ...job.limits, depth: steps(first) }, walks: { ...job.walks, count: 0 } }
}

const inOrder = (settled: readonly Settled[], jobs: readonly Job[]): readonly Settled[] =>
  jobs.flatMap(({ check }) => settled.filter(it => it.result.job.check === check))
