/**
 * `replay`: a counterexample, step by step.
 */
import type { Command } from 'commander'
import { readTrace } from '../../itf/read.js'
import { replayJson, replayText } from '../../report/replay.js'
import { type Context, styleFor } from '../command.js'
import { fitTrace } from '../fit.js'
import { absolutePath, shownPath } from '../io.js'
import { suiteOfFile } from '../model-file.js'

interface Options {
  readonly model?: string
  readonly json?: boolean
  readonly verbose?: boolean
}

const examples = `
Examples:
  zombieproof replay counterexamples/NAME.itf.json
  zombieproof replay counterexamples/unreviewed/NAME.itf.json --verbose

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
  io.stdout.write(
    options.json === true
      ? `${JSON.stringify(replayJson(result, status), null, 2)}\n`
      : replayText(result, style, options.verbose === true),
  )
  return status
}
