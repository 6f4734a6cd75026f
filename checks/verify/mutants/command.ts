/**
 * `verify:mutants`: how good is the verification of the core? Faults are put into the core, one after the other, and
 * each has to be caught.
 */
import type { Command } from 'commander'
import { type Context, styleFor } from '../../../checker/cli/command.js'
import { interruptible } from '../../../checker/cli/interrupt.js'
import { wholeNumber } from '../../../checker/cli/values.js'
import { UsageError } from '../../../checker/errors.js'
import type { Style } from '../../../checker/report/style.js'
import { count, duration, labelled } from '../../../checker/report/text.js'
import type { BuildOptions } from '../../../checker/suite.js'
import { checksFor } from '../further.js'
import type * as Making from './build.js'
import { Corpus, caughtInCheck, Fuel } from './corpus.js'
import type { Mutant } from './operators.js'
import { excuses } from './survivors.js'

interface Options {
  readonly depth: number
  readonly only?: string
  readonly shard: number
  readonly of: number
  readonly json?: boolean
}

/** What became of a mutant. */
interface Fate {
  readonly mutant: Mutant
  /** How it was caught: by which kind of divergence, or because it does not load. */
  readonly caught: string | undefined
  readonly excuse: string | undefined
}

export function addMutants<S>(program: Command, context: Context<S>, finish: (status: number) => void): void {
  program
    .command('verify:mutants')
    .summary('are faults in the core caught?')
    .description(
      'Puts one fault after the other into the core; the comparison with the spec has to catch each.',
    )
    .option('--depth <N>', 'of the steps that are compared', wholeNumber('--depth', 1), 5)
    .option('--only <TEXT>', 'only the mutants whose names contain this')
    .option('--shard <N>', 'every so-manieth mutant only, from this one on', wholeNumber('--shard', 0), 0)
    .option('--of <N>', 'the number of shards', wholeNumber('--of', 1), 1)
    .option('--json', 'one JSON document on standard output')
    .addHelpText(
      'after',
      '\nExit status: 0 every mutant is caught or known not to matter, 1 one is not, 2 wrong usage, 3 stopped early.',
    )
    .action(async (options: Options) => finish(await run(context, options)))
}

async function run<S>({ suite, io }: Context<S>, options: Options): Promise<number> {
  // With a parser and a compiler that no other command needs.
  const making: typeof Making = await import('./build.js')
  const started = io.now()
  const sources = await making.readSources()
  const all = making.mutantsOf(sources)
  const chosen = all
    .filter(({ name }) => options.only === undefined || name.includes(options.only))
    .filter((_, i) => i % options.of === options.shard)
  if (chosen.length === 0) throw new UsageError('There is no such mutant.', 'Leave out --only or --shard.')
  io.stderr.write(`${count(chosen.length, 'mutant')} of ${all.length}\n`)
  const build = { profile: suite.defaultProfile }
  const corpus = await Corpus.record(
    checksFor(build.profile).map(({ name }) => ({ check: name, build })),
    options.depth,
  )
  const fuel = new Fuel()
  fuel.install()
  const own = corpus.catches(await making.loadMutant(sources, undefined), fuel)
  if (own !== undefined)
    throw new UsageError(
      `The core without any fault is caught: ${own}.`,
      'See: pnpm verify',
      'It does not do as the spec says.',
    )
  corpus.probe(await making.loadProbed(sources))
  const fates: Fate[] = []
  // A mutant may leave work behind that fails when nobody waits for it any more; it has been judged by then.
  const ignore = () => undefined
  process.on('uncaughtException', ignore).on('unhandledRejection', ignore)
  const isStopped = await interruptible(io, async signal => {
    for (const mutant of chosen) {
      if (signal.aborted) return true
      const caught = await caughtBy(making, corpus, sources, mutant, fuel, build)
      const excuse = excuses.find(({ mutants }) => mutants.test(mutant.name))?.reason
      fates.push({ mutant, caught, excuse })
      if (caught === undefined) io.stderr.write(`${fates.length} survives: ${mutant.name}\n`)
      // Lets a signal through.
      await new Promise(resolve => setImmediate(resolve))
    }
    return false
  })
  process.off('uncaughtException', ignore).off('unhandledRejection', ignore)
  const gaps = fates.filter(({ caught, excuse }) => caught === undefined && excuse === undefined)
  const status = isStopped ? 3 : gaps.length > 0 ? 1 : 0
  const seconds = (io.now() - started) / 1000
  const report = { fates, corpus: corpus.size, depth: options.depth, seconds, exit: status }
  io.stdout.write(
    options.json === true
      ? `${JSON.stringify(json(report), null, 2)}\n`
      : text(report, styleFor(io, io.stdout)),
  )
  return status
}

async function caughtBy(
  { loadMutant }: typeof Making,
  corpus: Corpus,
  sources: Making.Sources,
  mutant: Mutant,
  fuel: Fuel,
  build: BuildOptions,
): Promise<string | undefined> {
  try {
    fuel.refill()
    const core = await loadMutant(sources, mutant)
    const caught = corpus.catches(core, fuel, mutant.inside)
    if (caught !== undefined || mutant.check === undefined) return caught
    return await caughtInCheck(core, { check: mutant.check, build }, fuel)
  } catch (error) {
    return `it cannot be used: ${error instanceof Error ? error.message.split('\n')[0] : error}`
  }
}

interface MutantReport {
  readonly fates: readonly Fate[]
  readonly corpus: number
  readonly depth: number
  readonly seconds: number
  readonly exit: number
}

function text({ fates, corpus, depth, seconds }: MutantReport, style: Style): string {
  const survivors = fates.filter(({ caught }) => caught === undefined)
  const gaps = survivors.filter(({ excuse }) => excuse === undefined)
  const reasons = [...new Set(survivors.flatMap(({ excuse }) => excuse ?? []))]
  return `${[
    `${count(fates.length, 'mutant')} of the core, judged by ${count(corpus, 'state and step', 'states and steps')} to depth ${depth}, ${duration(seconds)}`,
    ...labelled('caught', String(fates.length - survivors.length), style.width),
    ...labelled('no fault', String(survivors.length - gaps.length), style.width),
    ...reasons.flatMap(reason => [
      ...labelled('', reason, style.width),
      ...survivors
        .filter(it => it.excuse === reason)
        .flatMap(it => labelled('', `  ${it.mutant.name}`, style.width)),
    ]),
    ...labelled('survive', String(gaps.length), style.width),
    ...gaps.flatMap(({ mutant }) => labelled('', mutant.name, style.width)),
  ].join('\n')}\n`
}

const json = ({ fates, ...rest }: MutantReport) => ({
  ...rest,
  mutants: fates.map(({ mutant, caught, excuse }) => ({
    name: mutant.name,
    caught: caught ?? null,
    reason: caught === undefined ? (excuse ?? null) : null,
  })),
})
