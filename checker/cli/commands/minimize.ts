/**
 * `minimize`: the smallest counterexample that shows what a file shows.
 */
import { access } from 'node:fs/promises'
import type { Command } from 'commander'
import { UsageError } from '../../errors.js'
import { readTrace } from '../../itf/read.js'
import { writeTrace } from '../../itf/write.js'
import { minimizeJson, minimizeText } from '../../report/minimize.js'
import { count } from '../../report/text.js'
import { type Context, contextOf, type Setting, styleFor } from '../command.js'
import { interruptible } from '../interrupt.js'
import { absolutePath, shownPath } from '../io.js'
import { minimizeFile } from '../minimize-file.js'
import { withModelFile } from '../model-file.js'
import { time, wholeNumber } from '../values.js'

interface Options {
  readonly model?: string
  readonly output?: string
  readonly force?: boolean
  readonly timeout?: number
  readonly maxStates?: number
  readonly json?: boolean
}

const examples = `
Minimal is, in this order: fewest tasks and smallest topology, fewest features, fewest steps, simplest arguments, fewest
switches between tasks. The same violation is the same property, broken by the same clause. What is said of the result was
searched for, to the end: all that is shorter, with the same features from the same start; all smaller starts, with the same
features; the same start with fewer of these features; and all other orders of the steps. Where that was not possible in the
time, or in --max-states, it is said so. Arguments are made simpler one at a time. Ctrl-C keeps the best so far. A file of
\`verify\`, in which an implementation differs from the model, is minimized as well.

Examples:
  zombieproof minimize counterexamples/unreviewed/NAME.itf.json
  zombieproof minimize walk.itf.json --output counterexamples/NAME.itf.json
  zombieproof minimize --model examples/bounded-buffer.ts FILE

Exit status: 0 a minimal trace was written, 2 the file does not fit or shows nothing, 3 stopped early with the best so far.`

export function addMinimize<S>(
  program: Command,
  setting: Setting<S>,
  finish: (status: number) => void,
): void {
  program
    .command('minimize')
    .summary('minimize a counterexample')
    .description(
      'Finds the smallest counterexample that shows what a file shows, and writes it beside the file.',
    )
    .argument('<FILE>', 'a counterexample, NAME.itf.json, of any length')
    .option('--model <FILE>', 'the module that exports the model, if it is none of the project')
    .option('--output <FILE>', 'where to write; the default is NAME.min.itf.json')
    .option('--force', 'replace the file that is written')
    .option(
      '--timeout <TIME>',
      'stop with the best so far after this time; the default is 50s',
      time('--timeout'),
    )
    .option(
      '--max-states <N>',
      'states that each search for something smaller may visit, for each start; the default is 100000',
      wholeNumber('--max-states', 1),
    )
    .option('--json', 'one JSON document on standard output')
    .addHelpText('after', examples)
    .action(async (file: string, options: Options) =>
      finish(
        options.model === undefined
          ? await run(await contextOf(setting), file, options)
          : await withModelFile(options.model, setting.io, suite =>
              run({ io: setting.io, suite }, file, options),
            ),
      ),
    )
}

async function run<S>({ suite, io }: Context<S>, path: string, options: Options): Promise<number> {
  const started = io.now()
  const file = shownPath(absolutePath(path, io), io)
  const target = absolutePath(options.output ?? `${path.replace(/(\.itf)?\.json$/, '')}.min.itf.json`, io)
  const saved = shownPath(target, io)
  if (options.force !== true && (await exists(target))) {
    throw new UsageError(
      `${saved} exists already.`,
      'Choose another file with --output, or overwrite it with --force.',
    )
  }
  const document = await readTrace(absolutePath(path, io), file)
  let last = ''
  const found = await interruptible(io, signal =>
    minimizeFile(suite, {
      document,
      shown: file,
      signal,
      timeout: options.timeout,
      maxStates: options.maxStates,
      onProgress: ({ stage, steps, tried }) => {
        const line = `${stage}: ${count(steps, 'step')}, ${count(tried, 'replay')}`
        if (io.stderr.isTTY === true && line !== last) io.stderr.write(`${line}\n`)
        last = line
      },
    }),
  )
  await writeTrace(target, found.document)
  const { profile } = document['#meta'].zombieproof
  const status = found.minimized.minimality === 'best so far' ? 3 : 0
  const { modelFile } = suite
  const replay = [
    'pnpm replay',
    ...(modelFile === undefined ? [] : ['--model', modelFile]),
    saved,
    ...(found.on === undefined ? [] : ['--on', found.on]),
  ].join(' ')
  const result = { ...found, profile, file, saved, replay, seconds: (io.now() - started) / 1000 }
  io.stdout.write(
    options.json === true
      ? `${JSON.stringify(minimizeJson(result, status), null, 2)}\n`
      : minimizeText(result, styleFor(io, io.stdout)),
  )
  return status
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path)
    return true
  } catch {
    return false
  }
}
