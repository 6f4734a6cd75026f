/**
 * `verify:mutants`: how good is the verification of the core? Faults are put into the core, one after the other, and
 * each has to be caught.
 */
import type { Command } from 'commander'
import { type Context, contextOf, type Setting, styleFor } from '../../../checker/cli/command.js'
import { interruptible } from '../../../checker/cli/interrupt.js'
import type { Io } from '../../../checker/cli/io.js'
import { knownProfile } from '../../../checker/cli/suggest.js'
import { wholeNumber } from '../../../checker/cli/values.js'
import { UsageError } from '../../../checker/errors.js'
import type { Style } from '../../../checker/report/style.js'
import { count, duration, labelled } from '../../../checker/report/text.js'
import type { BuildOptions, Suite } from '../../../checker/suite.js'
import { checksFor } from '../further.js'
import { knownNeverRun } from '../never-run.js'
import { randomFrom } from '../random.js'
import type * as Making from './build.js'
import { Corpus, caughtInCheck, Fuel } from './corpus.js'
import { deep } from './deep.js'
import type { Mutant } from './operators.js'
import { Results, type Verdict } from './results.js'
import { excuses } from './survivors.js'

interface Options {
  readonly depth?: number
  readonly maxStates: number
  readonly most: number
  readonly walks: number
  readonly results?: string
  readonly profile?: string
  readonly again?: boolean
  readonly only?: string
  readonly shard: number
  readonly of: number
  readonly json?: boolean
}

/** What became of a mutant. */
interface Fate {
  readonly mutant: Mutant
  readonly verdict: Verdict
  readonly excuse: string | undefined
}

export function addMutants<S>(program: Command, setting: Setting<S>, finish: (status: number) => void): void {
  program
    .command('verify:mutants')
    .summary('are faults in the core caught?')
    .description(
      'Puts one fault after the other into the core; the comparison with the spec has to catch each.',
    )
    .option(
      '--depth <N>',
      'ask about at most this many steps from an initial state',
      wholeNumber('--depth', 1),
    )
    .option(
      '--max-states <N>',
      'ask about so many states of each check',
      wholeNumber('--max-states', 1),
      12_000,
    )
    .option('--most <N>', 'ask a mutant so many questions', wholeNumber('--most', 1), 5000)
    .option('--walks <N>', 'walk so many walks with a mutant', wholeNumber('--walks', 0), 3)
    .option('--results <FILE>', 'keep the results there, and go on with those that are left')
    .option(
      '--again',
      'ask those once more that the results do not call caught, also under profiles that were asked',
    )
    .option(
      '--profile <NAME>',
      'only these semantics; without it, every profile in turn is asked about those that none before has caught',
    )
    .option('--only <TEXT>', 'only the mutants whose names contain this')
    .option('--shard <N>', 'every so-manieth mutant only, from this one on', wholeNumber('--shard', 0), 0)
    .option('--of <N>', 'the number of shards', wholeNumber('--of', 1), 1)
    .option('--json', 'one JSON document on standard output')
    .addHelpText(
      'after',
      '\nExit status: 0 every mutant is caught or known not to matter, 1 one is not, 2 wrong usage, 3 stopped early.',
    )
    .action(async (options: Options) => finish(await run(await contextOf(setting), options)))
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
  const results = await Results.open(options.results, sources)
  if (options.profile !== undefined) knownProfile(suite, options.profile)
  let isStopped = false
  for (const profile of options.profile === undefined ? inTurn(suite) : [options.profile]) {
    const left = chosen.filter(
      ({ name }) =>
        results.known.get(name)?.verdict !== 'caught' &&
        (options.again === true || !results.isAsked(name, profile)),
    )
    if (left.length === 0) continue
    io.stderr.write(`${profile}: ${count(left.length, 'mutant')}\n`)
    isStopped = await judgeAll(making, sources, left, results, { profile }, options, io)
    if (isStopped) break
  }
  const fates = chosen.flatMap((mutant): readonly Fate[] => {
    const verdict = results.known.get(mutant.name)
    return verdict === undefined ? [] : [{ mutant, verdict, excuse: excuseFor(mutant, verdict, sources) }]
  })
  const gaps = fates.filter(({ verdict, excuse }) => verdict.verdict !== 'caught' && excuse === undefined)
  const status = isStopped ? 3 : gaps.length > 0 ? 1 : 0
  const seconds = (io.now() - started) / 1000
  const report = { fates, seconds, exit: status }
  io.stdout.write(
    options.json === true
      ? `${JSON.stringify(json(report), null, 2)}\n`
      : text(report, styleFor(io, io.stdout)),
  )
  return status
}

/** The seed's first: it catches most. */
const inTurn = <S>({ profiles, defaultProfile }: Suite<S>): readonly string[] => {
  const names = profiles.map(({ name }) => name)
  return [defaultProfile, ...names.filter(name => name !== defaultProfile)]
}

/** Why it is no fault, if that is known: of what no profile runs, the reason that `pnpm verify` holds against every run. */
function excuseFor(
  { name, file, start }: Mutant,
  { verdict }: Verdict,
  sources: Making.Sources,
): string | undefined {
  const excuse = excuses.find(({ mutants }) => mutants.test(name))?.reason
  if (excuse !== undefined || verdict !== 'not reached') return excuse
  const source = sources.get(file) ?? ''
  return knownNeverRun(file, source, undefined).lines.get(source.slice(0, start).split('\n').length)
}

/** In an order that makes what a run that is cut has judged a fair sample of all. */
function shuffled<T>(all: readonly T[]): readonly T[] {
  const random = randomFrom(1)
  const items = [...all]
  for (let i = items.length - 1; i > 0; i--) {
    const j = random(i + 1)
    ;[items[i], items[j]] = [items[j] as T, items[i] as T]
  }
  return items
}

/** @returns was it stopped by a signal? */
async function judgeAll(
  making: typeof Making,
  sources: Making.Sources,
  mutants: readonly Mutant[],
  results: Results,
  build: BuildOptions & { readonly profile: string },
  options: Options,
  io: Io,
): Promise<boolean> {
  const corpus = Corpus.record(
    checksFor(build.profile).map(({ name, bound }) => ({ check: name, build, bound: bound?.depth })),
    await making.loadProbed(sources),
    options,
    (check, questions) => io.stderr.write(`${check}: ${count(questions, 'question')}\n`),
  )
  if (corpus.differs !== undefined)
    throw new UsageError(
      `The core without any fault is caught: ${corpus.differs}.`,
      'See: pnpm verify',
      'It does not do as the spec says.',
    )
  const fuel = new Fuel()
  fuel.install()
  const begun = io.now()
  let judged = 0
  // A mutant may leave work behind that fails when nobody waits for it any more; it has been judged by then.
  const ignore = () => undefined
  process.on('uncaughtException', ignore).on('unhandledRejection', ignore)
  const isStopped = await interruptible(io, async signal => {
    for (const mutant of shuffled(mutants)) {
      if (signal.aborted) return true
      const verdict = await judge(making, corpus, sources, mutant, fuel, build, options)
      await results.add(mutant.name, build.profile, verdict)
      judged++
      if (verdict.verdict !== 'caught') io.stderr.write(`${verdict.verdict}: ${mutant.name}\n`)
      if (judged % 50 === 0) {
        const seconds = (io.now() - begun) / 1000
        const rest = (seconds / judged) * (mutants.length - judged)
        io.stderr.write(
          `${judged} of ${mutants.length} in ${duration(seconds)}, about ${duration(rest)} left\n`,
        )
      }
      // Lets a signal through.
      await new Promise(resolve => setImmediate(resolve))
    }
    return false
  })
  process.off('uncaughtException', ignore).off('unhandledRejection', ignore)
  return isStopped
}

/** The checks that are asked as a whole, since what is recorded is a part. */
function wholeChecksFor({ name, check }: Mutant, profile: string): readonly string[] {
  const asked = new Set(checksFor(profile).map(it => it.name))
  return [check ?? [], deep.flatMap(it => (it.profile === profile && it.mutants.test(name) ? it.checks : []))]
    .flat()
    .filter(it => asked.has(it))
}

async function judge(
  { loadMutant }: typeof Making,
  corpus: Corpus,
  sources: Making.Sources,
  mutant: Mutant,
  fuel: Fuel,
  build: BuildOptions & { readonly profile: string },
  { most, walks }: Pick<Options, 'most' | 'walks'>,
): Promise<Verdict> {
  if (!corpus.reaches(mutant.inside) && wholeChecksFor(mutant, build.profile).length === 0)
    return { verdict: 'not reached' }
  try {
    fuel.refill()
    const core = await loadMutant(sources, mutant)
    const caught = corpus.catches(core, fuel, mutant.inside, most, walks)
    if (caught !== undefined) return { verdict: 'caught', how: caught }
    for (const check of wholeChecksFor(mutant, build.profile)) {
      const how = await caughtInCheck(core, { check, build }, fuel)
      if (how !== undefined) return { verdict: 'caught', how }
    }
    return { verdict: 'survives' }
  } catch (error) {
    const message = error instanceof Error ? error.message.split('\n')[0] : error
    return { verdict: 'caught', how: `it cannot be used: ${message}` }
  }
}

interface MutantReport {
  readonly fates: readonly Fate[]
  readonly seconds: number
  readonly exit: number
}

function text({ fates, seconds }: MutantReport, style: Style): string {
  const rest = fates.filter(({ verdict }) => verdict.verdict !== 'caught')
  const gaps = rest.filter(({ excuse }) => excuse === undefined)
  const reasons = [...new Set(rest.flatMap(({ excuse }) => excuse ?? []))]
  const listed = (label: string, verdict: Verdict['verdict']): readonly string[] => {
    const these = gaps.filter(it => it.verdict.verdict === verdict)
    return [
      ...labelled(label, String(these.length), style.width),
      ...these.flatMap(({ mutant }) => labelled('', mutant.name, style.width)),
    ]
  }
  return `${[
    `${count(fates.length, 'mutant')} of the core, ${duration(seconds)}`,
    ...labelled('caught', String(fates.length - rest.length), style.width),
    ...labelled('no fault', String(rest.length - gaps.length), style.width),
    ...reasons.flatMap(reason => {
      const these = rest.filter(it => it.excuse === reason)
      return [
        ...labelled('', `${these.length}: ${reason}`, style.width),
        ...these.flatMap(it => labelled('', `  ${it.mutant.name}`, style.width)),
      ]
    }),
    ...listed('not reached', 'not reached'),
    ...listed('survive', 'survives'),
  ].join('\n')}\n`
}

const json = ({ fates, ...rest }: MutantReport) => ({
  ...rest,
  mutants: fates.map(({ mutant, verdict, excuse }) => ({
    name: mutant.name,
    verdict: verdict.verdict,
    caught: verdict.verdict === 'caught' ? verdict.how : null,
    reason: verdict.verdict === 'caught' ? null : (excuse ?? null),
  })),
})
