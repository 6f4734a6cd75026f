/**
 * `compare`: where two profiles behave differently, and which properties they differ in.
 */
import type { Command } from 'commander'
import { contextOf, type Setting, styleFor } from '../command.js'
import { runCompare } from '../run-compare.js'
import { select } from '../selection.js'
import { knownProfile } from '../suggest.js'
import { collected, size, time, wholeNumber } from '../values.js'

interface Options {
  readonly depth: number
  readonly all?: boolean
  readonly properties: boolean
  readonly tasks?: number
  readonly topology?: readonly string[]
  readonly feature?: readonly string[]
  readonly maxStates?: number
  readonly maxMemory?: number
  readonly timeout?: number
  readonly json?: boolean
}

/** The number of pairs grows fast with the depth. */
const usualDepth = 8

const examples = `
Examples:
  zombieproof compare gvisor-2018 gvisor-fixed            every check, 8 steps deep
  zombieproof compare gvisor-2018 linux exit --depth 6    one check
  zombieproof compare gvisor-2018 linux --all             one trace for each thing they differ in

What is compared is what can be seen from outside: calls, what they return, and the states of tasks while nothing
happens on its own. Saved traces go to: zombieproof replay FILE, zombieproof repro FILE.

Exit status: 0 no difference so deep, 1 a difference, 2 wrong usage, 3 stopped early by a limit or a signal.`

export function addCompare<S>(program: Command, setting: Setting<S>, finish: (status: number) => void): void {
  program
    .command('compare')
    .summary('the shortest trace that two profiles answer differently')
    .description(
      'Explores two profiles side by side, and finds where one can be seen to do what the other never does.',
    )
    .argument('<A>', 'a profile')
    .argument('<B>', 'another')
    .argument('[CHECK...]', 'names of checks; without any, every check that has what is asked')
    .option('--all', 'one trace for each thing that the profiles differ in')
    .option('--depth <N>', 'at most this many steps', wholeNumber('--depth', 0), usualDepth)
    .option('--no-properties', 'compare behaviours alone, not what the properties say')
    .option('--tasks <N>', 'start from every topology of at most N tasks', wholeNumber('--tasks', 1))
    .option('--topology <NAME>', 'start from this topology only; may be repeated', collected)
    .option('--feature <NAME>', 'only the rules of this feature; may be repeated', collected)
    .option('--max-states <N>', 'stop each comparison at this many states', wholeNumber('--max-states', 1))
    .option(
      '--max-memory <SIZE>',
      'stop when the process has this much memory: 512M, 2G',
      size('--max-memory'),
    )
    .option('--timeout <TIME>', 'stop each comparison after this time: 30s, 5m', time('--timeout'))
    .option('--json', 'one JSON document on standard output, everything else on standard error')
    .addHelpText('after', examples)
    .action(async (first: string, second: string, checks: readonly string[], options: Options) => {
      const { features, topologies, tasks } = {
        features: options.feature,
        topologies: options.topology,
        tasks: options.tasks,
      }
      const context = await contextOf(setting)
      const selection = select(context.suite, { checks, profile: first, features, topologies, tasks })
      knownProfile(context.suite, second)
      const { depth, maxStates, maxMemory, timeout, properties, json, all } = options
      finish(
        await runCompare(context, {
          selection,
          named: checks.length > 0,
          second,
          limits: { depth, maxStates, maxMemory, timeout },
          properties,
          all: all === true,
          json: json === true,
          styleOut: styleFor(context.io, context.io.stdout),
        }),
      )
    })
}
