/**
 * `check`: explore and judge; also lists what can be asked.
 */
import { availableParallelism } from 'node:os'
import type { Command } from 'commander'
import { UsageError } from '../../errors.js'
import { type Context, contextOf, type Setting, styleFor } from '../command.js'
import { type EngineName, engineName } from '../engine.js'
import { listJson, listText, mutantsJson, mutantsText } from '../list.js'
import { withModelFile } from '../model-file.js'
import { runChecks } from '../run-checks.js'
import { runWalks } from '../run-walks.js'
import { refuseToOverwrite } from '../save.js'
import { type Asked, select } from '../selection.js'
import { collected, size, threads, time, wholeNumber } from '../values.js'
import { walkDefaults } from './walk.js'

interface Options {
  readonly model?: string
  readonly depth?: number
  readonly tasks?: number
  readonly profile?: string
  readonly property?: readonly string[]
  readonly feature?: readonly string[]
  readonly topology?: readonly string[]
  readonly mutant?: string
  readonly maxStates?: number
  readonly maxMemory?: number
  readonly timeout?: number
  readonly engine?: EngineName
  readonly workers?: number
  readonly symmetry?: boolean
  readonly por?: boolean
  readonly paranoid?: boolean
  readonly stats?: boolean
  readonly save?: string
  readonly force?: boolean
  readonly coverage?: boolean
  readonly simulate?: boolean
  readonly verbose?: boolean
  readonly json?: boolean
  readonly list?: boolean
  readonly mutants?: boolean
}

const examples = `
Examples:
  zombieproof check                          every check, each as far as it goes
  zombieproof check CHECK --depth 8          one check, 8 steps from its initial states
  zombieproof check --tasks 3                every initial topology of at most 3 tasks
  zombieproof check --property 'SENTENCE'    one property, in the checks that have it
  zombieproof check --model FILE             every model that the module FILE exports
  zombieproof check --mutant NAME            is this deliberate fault caught?
  zombieproof check CHECK --property 'SENTENCE' --save NAME
                                             keep a violation among the known counterexamples

Exit status: 0 everything asked held, and known counterexamples still reproduce; 1 something was violated or
not reached, a known counterexample is gone; 2 wrong usage; 3 stopped early by a limit or a signal.`

export function addCheck<S>(program: Command, setting: Setting<S>, finish: (status: number) => void): void {
  program
    .command('check')
    .summary('explore and check')
    .description(
      'Explores the reachable states of each check and judges its properties. Without --depth, all of them.',
    )
    .argument('[CHECK...]', 'names of checks; without any, every check that has what is asked')
    .option('--model <FILE>', 'check the models that this module exports, instead of those of the project')
    .option('--depth <N>', 'at most this many steps from an initial state', wholeNumber('--depth', 0))
    .option('--tasks <N>', 'start from every topology of at most N tasks', wholeNumber('--tasks', 1))
    .option('--topology <NAME>', 'start from this topology only; may be repeated', collected)
    .option('--profile <NAME>', `semantics; the default is ${setting.defaultProfile}`)
    .option('--feature <NAME>', 'only the rules of this feature; may be repeated', collected)
    .option('--property <NAME>', 'judge this property only; may be repeated', collected)
    .option('--mutant <NAME>', 'with this deliberate fault; without CHECK, in the check that catches it')
    .option('--max-states <N>', 'stop at this many states', wholeNumber('--max-states', 1))
    .option(
      '--max-memory <SIZE>',
      'stop when the process has this much memory: 512M, 2G',
      size('--max-memory'),
    )
    .option('--timeout <TIME>', 'stop each search after this time: 30s, 5m', time('--timeout'))
    .option('--engine <NAME>', 'fast, the default, or simple: it finds the same, slowly', engineName)
    .option(
      '--workers <N>',
      'threads of the fast engine; the default is what the machine has',
      threads('--workers'),
    )
    .option('--no-symmetry', 'keep all states where a model says that some are renamed copies of others')
    .option('--no-por', 'take steps in every order, where a model says which orders come to the same')
    .option(
      '--paranoid',
      'compare whatever the fast engine remembers with what is the case; without it, for a sample of states: ' +
        'a model that is seldom not pure may be missed',
    )
    .option('--stats', 'what the fast engine remembers, what takes long, and what its memory holds')
    .option('--save <NAME>', 'write the violation as a known counterexample: one check, one property')
    .option('--force', 'with --save: replace the known counterexample of that name')
    .option('--coverage', 'how often each rule fired, and which never did')
    .option('--simulate', 'random walks instead of a search, as `walk` takes them')
    .option('--verbose', 'also show the traces of known counterexamples')
    .option('--json', 'one JSON document on standard output, everything else on standard error')
    .option('--list', 'list checks, properties, profiles, features and topologies')
    .option('--mutants', 'list the deliberate faults, and what catches each')
    .addHelpText('after', examples)
    .action(async (checks: readonly string[], options: Options) =>
      finish(
        options.model === undefined
          ? await check(await contextOf(setting), checks, options)
          : await withModelFile(options.model, setting.io, suite =>
              check({ io: setting.io, suite }, checks, options),
            ),
      ),
    )
}

async function check<S>(context: Context<S>, checks: readonly string[], options: Options): Promise<number> {
  if (options.list === true || options.mutants === true) return list(context, options)
  if (options.engine === 'simple') refuseWhatIsForTheFastEngine(options)
  const { depth, maxStates, maxMemory, timeout, save } = options
  const asked: Asked = {
    checks,
    profile: options.profile,
    properties: options.property,
    features: options.feature,
    topologies: options.topology,
    tasks: options.tasks,
    mutant: options.mutant,
  }
  const selection = select(context.suite, asked)
  if (options.simulate === true)
    return runWalks(context, { ...walkDefaults, selection, timeout, json: options.json === true })
  if (save !== undefined) await refuseToSave(context, options, asked, save)
  return runChecks(context, {
    selection,
    named: checks.length > 0,
    limits: {
      depth,
      maxStates,
      maxMemory,
      timeout,
      workers: options.workers ?? availableParallelism(),
      // Nobody has to be told of threads that they have not asked for.
      ...(options.workers === undefined ? {} : { onAlone: tellAlone(context.io) }),
      symmetry: options.symmetry,
      por: options.por,
      paranoid: options.paranoid,
      statistics: options.stats,
    },
    engine: options.engine ?? 'fast',
    json: options.json === true,
    verbose: options.verbose === true,
    coverage: options.coverage === true,
    save,
  })
}

const tellAlone =
  ({ stderr }: Context<unknown>['io']) =>
  (why: string): void => {
    stderr.write(`One thread searches ${why}.\n`)
  }

function list<S>({ suite, io }: Context<S>, { mutants, json }: Options): number {
  const style = styleFor(io, io.stdout)
  if (json === true) {
    io.stdout.write(`${JSON.stringify(mutants === true ? mutantsJson(suite) : listJson(suite), null, 2)}\n`)
  } else {
    io.stdout.write(mutants === true ? mutantsText(suite, style) : listText(suite, style))
  }
  return 0
}

function refuseWhatIsForTheFastEngine({ workers = 1, paranoid, stats }: Options): void {
  const option = workers > 1 ? '--workers' : paranoid ? '--paranoid' : stats ? '--stats' : undefined
  if (option === undefined) return
  throw new UsageError(
    `${option} does not go with --engine simple.`,
    'Leave out one of them.',
    'The simple engine has one thread, remembers nothing, and counts nothing of what it does.',
  )
}

/** Before the search, everything that would keep its result from being saved. */
async function refuseToSave<S>(
  context: Context<S>,
  { force }: Options,
  asked: Asked,
  name: string,
): Promise<void> {
  if (asked.checks.length !== 1 || asked.properties?.length !== 1) {
    throw new UsageError(
      '--save takes one violation: one check and one property.',
      `For example: pnpm check CHECK --property 'SENTENCE' --save ${name}`,
    )
  }
  if (asked.mutant !== undefined) {
    throw new UsageError(
      '--save does not go with --mutant.',
      'Leave out --save: the violation is written to unreviewed/.',
      'Known counterexamples are those of the model itself.',
    )
  }
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name)) {
    throw new UsageError(
      `'${name}' is no name for a counterexample.`,
      'Name what goes wrong, in lower case with hyphens: leader-reaped-before-worker',
    )
  }
  if (force !== true) await refuseToOverwrite(context, name)
}
