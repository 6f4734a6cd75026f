/**
 * The program: arguments in, exit status out.
 *
 * It is handed the list of checks and knows nothing else of what is modelled.
 * Here: the list of commands, and how errors end.
 * Not here: what a command does (commands/).
 */
import { Command, CommanderError } from 'commander'
import { UsageError } from '../errors.js'
import { ModelError } from '../explore/model-error.js'
import { modelErrorText, usageErrorText } from '../report/error.js'
import type { Suite } from '../suite.js'
import { type CommandToLoad, type Setting, type SuiteToLoad, styleFor } from './command.js'
import { type Io, processIo } from './io.js'

const commands: readonly CommandToLoad[] = [
  { name: 'check', load: async () => (await import('./commands/check.js')).addCheck },
  { name: 'compare', load: async () => (await import('./commands/compare.js')).addCompare },
  { name: 'explore', load: async () => (await import('./commands/explore.js')).addExplore },
  { name: 'minimize', load: async () => (await import('./commands/minimize.js')).addMinimize },
  { name: 'replay', load: async () => (await import('./commands/replay.js')).addReplay },
  { name: 'walk', load: async () => (await import('./commands/walk.js')).addWalk },
]

/**
 * Never rejects for what a user can cause. The caller sets `process.exitCode`, so that all output gets out.
 *
 * `more` are commands that the caller has beside those that any model has.
 */
export async function main<S>(
  suite: Suite<S> | SuiteToLoad<S>,
  argv: readonly string[],
  io: Io = processIo(),
  more: readonly CommandToLoad[] = [],
): Promise<number> {
  let status = 0
  const program = newProgram(io)
  for (const add of await Promise.all(needed([...commands, ...more], argv).map(command => command.load())))
    add(program, settingOf(suite, io), given => (status = given))
  try {
    if (argv.length === 0) {
      throw new UsageError('A command is missing.', `Commands: ${namesOf(program)}. See: zombieproof --help`)
    }
    await program.parseAsync([...argv], { from: 'user' })
    return status
  } catch (error) {
    return failure(error, program, argv, io)
  }
}

/** One that is named knows all that is said of it; else all of them are to be listed. */
function needed(all: readonly CommandToLoad[], [first]: readonly string[]): readonly CommandToLoad[] {
  const named = all.filter(({ name }) => name === first)
  return named.length > 0 ? named : all
}

const settingOf = <S>(suite: Suite<S> | SuiteToLoad<S>, io: Io): Setting<S> => ({
  io,
  defaultProfile: suite.defaultProfile,
  suite: async () => ('load' in suite ? suite.load() : suite),
})

function newProgram(io: Io): Command {
  return new Command('zombieproof')
    .description('Explores every interleaving of a model within a scope, and checks its properties.')
    .helpCommand(false)
    .exitOverride()
    .configureOutput({
      writeOut: text => io.stdout.write(text),
      // Errors are written by `failure`, in the words of this program.
      writeErr: () => {},
      getOutHelpWidth: () => styleFor(io, io.stdout).width,
      getOutHasColors: () => false,
    })
    .addHelpText(
      'after',
      '\nExamples:\n  zombieproof check --list\n  zombieproof check --depth 8\n  zombieproof replay counterexamples/NAME.itf.json',
    )
    .addHelpText(
      'after',
      '\nExit status: 0 everything asked held, 1 something did not, 2 wrong usage, 3 stopped early.',
    )
}

const namesOf = (program: Command): string => program.commands.map(command => command.name()).join(', ')

function failure(error: unknown, program: Command, argv: readonly string[], io: Io): number {
  const style = styleFor(io, io.stderr)
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0
    io.stderr.write(usageErrorText(fromCommander(error, program, argv[0]), style))
    return 2
  }
  if (error instanceof UsageError) {
    io.stderr.write(usageErrorText(error, style))
    return 2
  }
  if (error instanceof ModelError) {
    io.stderr.write(modelErrorText(error.message, error.isImpure, undefined, style))
    return 1
  }
  throw error
}

/** The parser's own message, in three parts. */
function fromCommander({ message }: CommanderError, program: Command, first: string | undefined): UsageError {
  const [what = '', suggestion] = message.replace(/^error: /, '').split('\n')
  const command = program.commands.find(it => it.name() === first)
  const next =
    command === undefined
      ? `Commands: ${namesOf(program)}. See: zombieproof --help`
      : `See: zombieproof ${command.name()} --help`
  return new UsageError(sentence(what), next, suggestion?.replace(/^\((.*)\)$/, '$1'))
}

const sentence = (text: string): string =>
  `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.?]$/.test(text) ? '' : '.'}`
