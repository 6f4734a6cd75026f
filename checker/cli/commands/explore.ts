/**
 * `explore`: step through a model by hand.
 */
import type { Command } from 'commander'
import { UsageError } from '../../errors.js'
import { type Context, contextOf, type Setting } from '../command.js'
import { runExplorer } from '../run-explorer.js'
import { known } from '../suggest.js'

interface Options {
  readonly profile?: string
  readonly topology?: string
  readonly mutant?: string
}

const examples = `
Commands, one a line:
  (nothing)      what can be done here, with what each step would change
  N              take step N of the list
  NAME           take the step whose label is NAME, or list those that begin with it
  back, forward  along the steps taken
  state          the whole state
  closed [NAME]  what cannot be done here, and which guard is false
  trace          the steps taken so far
  open FILE      jump to the end of a counterexample of this check
  save FILE      save the steps as a trace
  help, quit

Examples:
  zombieproof explore CHECK --topology NAME
  zombieproof explore CHECK < script      a script of commands, when there is no terminal

Exit status: 0, or 2 for wrong usage.`

export function addExplore<S>(program: Command, setting: Setting<S>, finish: (status: number) => void): void {
  program
    .command('explore')
    .summary('step through a model by hand')
    .description(
      'Shows what can be done in a state, takes the steps that you choose, and goes back and forth.',
    )
    .argument('<CHECK>', 'name of a check')
    .option('--topology <NAME>', 'where to start; without it, the first topology of the check')
    .option('--profile <NAME>', `semantics; the default is ${setting.defaultProfile}`)
    .option('--mutant <NAME>', 'with this deliberate fault')
    .addHelpText('after', examples)
    .action(async (check: string, options: Options) =>
      finish(await run(await contextOf(setting), check, options)),
    )
}

async function run<S>(context: Context<S>, name: string, options: Options): Promise<number> {
  const { suite } = context
  const check = known(name, suite.checks, { one: 'check', many: 'checks' })
  const profile = options.profile ?? suite.defaultProfile
  known(profile, suite.profiles, { one: 'profile', many: 'profiles' })
  if (options.mutant !== undefined) known(options.mutant, suite.mutants, { one: 'mutant', many: 'mutants' })
  const build = { profile, mutant: options.mutant }
  const model = check.build(build)
  const initial =
    options.topology === undefined
      ? model.initial[0]
      : known(options.topology, model.initial, { one: 'topology', many: `topologies of ${name}` })
  if (initial === undefined) throw new UsageError(`The check '${name}' has nowhere to start from.`)
  return runExplorer(context, { check, build, model, initial })
}
