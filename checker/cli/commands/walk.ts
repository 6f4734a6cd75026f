/**
 * `walk`: random walks through what is too large to be searched.
 */
import { type Command, Option } from 'commander'
import { type SchedulerName, schedulerSays, schedulers } from '../../walk/scheduler.js'
import { type Context, contextOf, type Setting } from '../command.js'
import { runWalks } from '../run-walks.js'
import { select } from '../selection.js'
import { collected, time, wholeNumber } from '../values.js'

interface Options {
  readonly seed: number
  readonly walks: number
  readonly steps: number
  readonly scheduler?: SchedulerName
  readonly tasks?: number
  readonly profile?: string
  readonly property?: readonly string[]
  readonly feature?: readonly string[]
  readonly topology?: readonly string[]
  readonly mutant?: string
  readonly timeout?: number
  readonly json?: boolean
}

/** What is walked where nothing else is asked for. */
export const walkDefaults = { seed: 1, walks: 30, steps: 1000 } as const

const examples = `
Schedulers:
${schedulers.map(name => `  ${name.padEnd(12)}${schedulerSays[name]}`).join('\n')}

Every violation is minimized before it is shown. The same seed takes the same walks.

Examples:
  zombieproof walk CHECK --tasks 4 --walks 1000
  zombieproof walk CHECK --seed 7 --scheduler rare --timeout 5m

Exit status: 0 no walk broke anything new, 1 some walk did, 2 wrong usage, 3 stopped early.`

export function addWalk<S>(program: Command, setting: Setting<S>, finish: (status: number) => void): void {
  program
    .command('walk')
    .summary('walk at random')
    .description('Takes random walks through each check and judges every state and step of them.')
    .argument('[CHECK...]', 'names of checks; without any, every check that has what is asked')
    .option('--seed <N>', 'where the random numbers start', wholeNumber('--seed', 0), walkDefaults.seed)
    .option('--walks <N>', 'so many walks', wholeNumber('--walks', 1), walkDefaults.walks)
    .option('--steps <N>', 'of at most so many steps each', wholeNumber('--steps', 1), walkDefaults.steps)
    .addOption(
      new Option('--scheduler <NAME>', 'how steps are chosen; without it, each in turn').choices(schedulers),
    )
    .option('--tasks <N>', 'start from any topology of at most N tasks', wholeNumber('--tasks', 1))
    .option('--topology <NAME>', 'start from this topology only; may be repeated', collected)
    .option('--profile <NAME>', `semantics; the default is ${setting.defaultProfile}`)
    .option('--feature <NAME>', 'only the rules of this feature; may be repeated', collected)
    .option('--property <NAME>', 'judge this property only; may be repeated', collected)
    .option('--mutant <NAME>', 'with this deliberate fault')
    .option('--timeout <TIME>', 'stop each check after this time: 30s, 5m', time('--timeout'))
    .option('--json', 'one JSON document on standard output')
    .addHelpText('after', examples)
    .action(async (checks: readonly string[], options: Options) =>
      finish(await walk(await contextOf(setting), checks, options)),
    )
}

function walk<S>(context: Context<S>, checks: readonly string[], options: Options): Promise<number> {
  const { seed, walks, steps, scheduler, timeout, json } = options
  const selection = select(context.suite, {
    checks,
    profile: options.profile,
    properties: options.property,
    features: options.feature,
    topologies: options.topology,
    tasks: options.tasks,
    mutant: options.mutant,
  })
  return runWalks(context, { selection, seed, walks, steps, scheduler, timeout, json: json === true })
}
