/**
 * `replay`: a counterexample, step by step.
 */
import type { Command } from 'commander'
import { UsageError } from '../../errors.js'
import { readTrace } from '../../itf/read.js'
import { replayJson, replayText } from '../../report/replay.js'
import { whyJson, whyStepText, whyViolatedText } from '../../report/why.js'
import { type Context, styleFor } from '../command.js'
import { fitTrace } from '../fit.js'
import { absolutePath, shownPath } from '../io.js'
import { suiteOfFile } from '../model-file.js'
import { wholeNumber } from '../values.js'

interface Options {
  readonly model?: string
  readonly json?: boolean
  readonly verbose?: boolean
  readonly why?: number | true
}

const examples = `
Examples:
  zombieproof replay counterexamples/NAME.itf.json
  zombieproof replay counterexamples/unreviewed/NAME.itf.json --verbose
  zombieproof replay counterexamples/NAME.itf.json --why       what the violation is made of
  zombieproof replay counterexamples/NAME.itf.json --why 3     what enabled step 3

Exit status: 0 the trace shows what its file says, 1 it no longer does, 2 it does not fit the model any more.`

export function addReplay<S>(program: Command, context: Context<S>, finish: (status: number) => void): void {
  program
    .command('replay')
    .summary('replay a counterexample')
    .description(
      'Replays a counterexample on the model that its file names, step by step, with what changed.',
    )
    .argument('<FILE>', 'a counterexample, NAME.itf.json')
    .option('--model <FILE>', 'the module that exports the model, if it is none of the project')
    .option('--verbose', 'also show where the rules of the trace come from')
    .option(
      '--why [STEP]',
      'what the violation is made of, and which steps are noise; with a step, what enabled it',
      wholeNumber('--why', 1),
    )
    .option('--json', 'one JSON document on standard output')
    .addHelpText('after', examples)
    .action(async (file: string, options: Options) =>
      finish(
        options.model === undefined
          ? await replay(context, file, options)
          : await replay({ ...context, suite: await suiteOfFile(options.model, context.io) }, file, options),
      ),
    )
}

async function replay<S>({ suite, io }: Context<S>, path: string, options: Options): Promise<number> {
  const file = shownPath(absolutePath(path, io), io)
  const document = await readTrace(absolutePath(path, io), file)
  const { profile, mutant } = document['#meta'].zombieproof
  const fitting = fitTrace(suite, document, file, 'compared')
  const result = { ...fitting, profile, mutant, file }
  const status = fitting.shows ? 0 : 1
  const style = styleFor(io, io.stdout)
  const step = askedStep(options, fitting.behaviour.steps.length, file)
  if (options.json === true) {
    const why = options.why === undefined ? {} : { why: whyJson(fitting.behaviour, fitting.property, step) }
    io.stdout.write(`${JSON.stringify({ ...replayJson(result, status), ...why }, null, 2)}\n`)
    return status
  }
  io.stdout.write(replayText(result, style, options.verbose === true))
  if (step !== undefined) io.stdout.write(whyStepText(fitting.behaviour, step, style))
  else if (options.why !== undefined)
    io.stdout.write(whyViolatedText(fitting.behaviour, fitting.property, style))
  return status
}

/** The step that is asked about; undefined: the violation as a whole, or nothing. */
function askedStep({ why }: Options, steps: number, file: string): number | undefined {
  if (why === undefined || why === true || why <= steps) return why === true ? undefined : why
  throw new UsageError(
    `${file} has no step ${why}.`,
    steps === 0 ? 'It has no steps at all.' : `Its steps are 1 to ${steps}.`,
  )
}
