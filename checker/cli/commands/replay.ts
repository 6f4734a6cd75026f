/**
 * `replay`: a counterexample, step by step.
 */
import type { Command } from 'commander'
import { UsageError } from '../../errors.js'
import { readTrace } from '../../itf/read.js'
import { differenceLines } from '../../report/differences.js'
import { replayJson, replayText } from '../../report/replay.js'
import type { Style } from '../../report/style.js'
import { labelled } from '../../report/text.js'
import type { Behaviour } from '../../report/trace.js'
import { whyJson, whyStepText, whyViolatedText } from '../../report/why.js'
import type { Difference, Implementation, LoadedImplementation, Suite } from '../../suite.js'
import { type Context, contextOf, type Setting, styleFor } from '../command.js'
import { fitTrace } from '../fit.js'
import { absolutePath, shownPath } from '../io.js'
import { withModelFile } from '../model-file.js'
import { known } from '../suggest.js'
import { wholeNumber } from '../values.js'

interface Options {
  readonly model?: string
  readonly json?: boolean
  readonly verbose?: boolean
  readonly why?: number | true
  readonly on?: string
}

const examples = `
Examples:
  zombieproof replay counterexamples/NAME.itf.json
  zombieproof replay counterexamples/unreviewed/NAME.itf.json --verbose
  zombieproof replay counterexamples/NAME.itf.json --why       what the violation is made of
  zombieproof replay counterexamples/NAME.itf.json --why 3     what enabled step 3
  zombieproof replay FILE --on core          does an implementation do the same?

Exit status: 0 the trace shows what its file says, 1 it no longer does, 2 it does not fit the model any more.`

export function addReplay<S>(program: Command, setting: Setting<S>, finish: (status: number) => void): void {
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
    .option('--on <NAME>', 'also on this implementation of the model, step by step')
    .option('--json', 'one JSON document on standard output')
    .addHelpText('after', examples)
    .action(async (file: string, options: Options) =>
      finish(
        options.model === undefined
          ? await replay(await contextOf(setting), file, options)
          : await withModelFile(options.model, setting.io, suite =>
              replay({ io: setting.io, suite }, file, options),
            ),
      ),
    )
}

async function replay<S>({ suite, io }: Context<S>, path: string, options: Options): Promise<number> {
  const file = shownPath(absolutePath(path, io), io)
  const document = await readTrace(absolutePath(path, io), file)
  const { profile, mutant, property } = document['#meta'].zombieproof
  const loaded = options.on === undefined ? undefined : await implementationNamed(suite, options.on).load()
  const fitting = fitTrace(suite, document, file, 'compared', loaded?.properties)
  const result = { ...fitting, profile, mutant, file }
  const style = styleFor(io, io.stdout)
  const compared = loaded && firstDifference(fitting.behaviour, loaded)
  const isAboutIt = loaded?.properties(fitting.behaviour.model).some(({ name }) => name === property) === true
  const status = fitting.shows && (compared === undefined || isAboutIt) ? 0 : 1
  const implementation = options.on ?? ''
  const { behaviour, property: broken } = fitting
  const step = askedStep(options, behaviour.steps.length, file)
  const isWhy = options.why !== undefined
  if (options.json === true) {
    const more = {
      ...(loaded && { implementation, differs: compared ?? null }),
      ...(isWhy && { why: whyJson(behaviour, broken, step) }),
    }
    io.stdout.write(`${JSON.stringify({ ...replayJson(result, status), ...more }, null, 2)}\n`)
    return status
  }
  io.stdout.write(replayText(result, style, options.verbose === true))
  if (step !== undefined) io.stdout.write(whyStepText(behaviour, step, style))
  else if (isWhy) io.stdout.write(whyViolatedText(behaviour, broken, style))
  if (loaded !== undefined) io.stdout.write(comparedText(implementation, compared, style))
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

function implementationNamed<S>({ implementations = [] }: Suite<S>, name: string): Implementation<S> {
  return known(name, implementations, { one: 'implementation', many: 'implementations' })
}

interface Compared {
  /** Counted from 1; 0 is the initial state. */
  readonly step: number
  readonly label: string
  readonly differences: readonly Difference[]
}

/** The first step that the implementation does not take as the model does. */
function firstDifference<S>(
  { model, initial, steps }: Behaviour<S>,
  { differences }: LoadedImplementation<S>,
): Compared | undefined {
  for (let step = 0; step <= steps.length; step++) {
    const found = differences({ model, initial, steps: steps.slice(0, step) })
    if (found.length === 0) continue
    const last = steps[step - 1]
    const label = last === undefined ? initial.name : model.label(last.rule, last.choice, initial)
    return { step, label, differences: found }
  }
  return undefined
}

function comparedText(name: string, compared: Compared | undefined, style: Style): string {
  if (compared === undefined)
    return `${labelled('agrees', `the ${name} does the same in every step`, style.width).join('\n')}\n`
  const { step, label, differences } = compared
  const when = step === 0 ? `in the initial state ${label}` : `after step ${step}, ${label}`
  return `${[
    ...labelled('differs', `the ${name} does not do as the model does`, style.width),
    '',
    ...differenceLines(when, name, differences, style),
  ].join('\n')}\n`
}
