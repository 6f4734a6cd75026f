/**
 * What a verification has found, as data, text and JSON.
 */
import { join } from 'node:path'
import { type Io, shownPath } from '../../checker/cli/io.js'
import { replay } from '../../checker/explore/replay.js'
import { traceDocument, writeTrace } from '../../checker/itf/write.js'
import { differenceLines } from '../../checker/report/differences.js'
import type { Style } from '../../checker/report/style.js'
import { count, duration, labelled, slug } from '../../checker/report/text.js'
import { type Behaviour, traceLines } from '../../checker/report/trace.js'
import type { Difference } from '../../checker/suite.js'
import type { ImmutableState } from '../../spec/immutable-state.js'
import type { Against } from './against.js'
import type { LineCoverage } from './coverage-lines.js'
import { coverageLines, coverageText, isContradicted } from './coverage-text.js'
import { differencesOf } from './differences.js'
import { checkNamed } from './further.js'
import { modelOf, questionAt, traceAt } from './job.js'
import { loadCore, ownFolder } from './load.js'
import type { Result } from './pool.js'
import { Refinement } from './refinement.js'
import { type Setting, settingText } from './switches.js'

/** A divergence, ready to be shown. */
export interface Shown {
  readonly behaviour: Behaviour<ImmutableState>
  readonly differences: readonly Difference[]
  /** The number of the walk that found it; without it, no trace is shorter. */
  readonly walk: number | undefined
  readonly file: string | undefined
}

export interface Settled {
  readonly result: Result
  readonly says: string
  readonly shown: Shown | undefined
}

export interface Report {
  readonly profile: string
  readonly against: string | undefined
  readonly checks: readonly Settled[]
  readonly lines: LineCoverage | undefined
  /** Switches with which the other core does the same. */
  readonly explained: Setting | undefined
  /** Was every check begun? */
  readonly isComplete: boolean
  readonly seconds: number
}

export interface SettleOptions {
  /** The folder of counterexamples. */
  readonly counterexamples: string
  readonly io: Io
  readonly against: Against | undefined
}

/** The trace of a divergence, replayed, with what differs at its end; and saved, where it can be replayed again. */
export async function settle(
  result: Result,
  { counterexamples, io, against }: SettleOptions,
): Promise<Settled> {
  const { job } = result
  const says = checkNamed(job.check)?.says ?? ''
  const own = await loadCore(ownFolder)
  const found =
    result.kind === 'done'
      ? result.outcome.found
      : result.kind === 'stuck'
        ? await questionAt(job, result.question, against && own)
        : undefined
  if (found === undefined) return { result, says, shown: undefined }
  const model = modelOf(job, against && own)
  const trace = traceAt(model, found.trace)
  const replayed = replay(model, trace)
  const { steps, states } = replayed
  const behaviour = { model, initial: trace.initial, steps }
  const refinement = new Refinement(against === undefined ? own : await loadCore(against.folder), model)
  const property = refinement.properties().find(({ name }) => name === found.property)
  if (result.kind === 'stuck' || property === undefined) {
    const differences = [{ place: 'the step', model: 'is taken', implementation: neverAnswers(result) }]
    return { result, says, shown: { behaviour, differences, walk: found.walk, file: undefined } }
  }
  const last = steps.at(-1)
  const state = states.at(-1) as ImmutableState
  const divergence =
    (last && property.kind === 'step' ? refinement.step(last) : undefined) ??
    refinement.enabled(state) ??
    refinement.afterAll(trace.initial.state, steps, against === undefined)
  const differences =
    divergence === undefined
      ? [
          {
            place: 'the whole walk',
            model: 'is taken',
            implementation: 'differs only if it is saved on the way',
          },
        ]
      : differencesOf(divergence, state, model, trace.initial)
  // Nobody can replay it on a core of another revision.
  const file = against === undefined ? await save(result, behaviour, property, counterexamples) : undefined
  const shown = { behaviour, differences, walk: found.walk, file: file && shownPath(file, io) }
  return { result, says, shown }
}

const neverAnswers = (result: Result): string =>
  result.kind === 'stuck' && result.of === 'memory' ? 'takes all the memory there is' : 'never ends'

async function save(
  { job }: Result,
  behaviour: Behaviour<ImmutableState>,
  property: Parameters<typeof traceDocument<ImmutableState>>[1],
  counterexamples: string,
): Promise<string> {
  const { check, build } = job
  const features = checkNamed(check)?.features ?? []
  const file = join(counterexamples, 'unreviewed', `core--${check}--${slug(property.name)}.itf.json`)
  const document = traceDocument(behaviour, property, {
    check,
    profile: build.profile,
    features: [...(build.features ?? features)],
    topologies: build.topologies && [...build.topologies],
    tasks: build.tasks,
    mutant: undefined,
    alsoIn: [],
  })
  await writeTrace(file, document)
  return file
}

const other = (against: string | undefined): string => (against === undefined ? 'core' : `core of ${against}`)

export function reportText({ result, says, shown }: Settled, style: Style, against?: string): string {
  const lines = [
    `${style.strong(result.job.check)}: ${says}`,
    ...countLines(result, style),
    ...verdictLines(result, shown, style, against),
  ]
  if (shown === undefined) return `${lines.join('\n')}\n`
  const { behaviour, differences, walk, file } = shown
  const { steps, model, initial } = behaviour
  const last = steps.at(-1)
  const when =
    last === undefined
      ? `in the initial state ${initial.name}`
      : `after step ${steps.length}, ${model.label(last.rule, last.choice, initial)}`
  return `${[
    ...lines,
    '',
    ...traceLines(behaviour, walk === undefined ? 'shortest trace' : `walk ${walk}`, style),
    '',
    ...differenceLines(
      when,
      other(against),
      differences,
      style,
      against === undefined ? 'spec' : 'core here',
    ),
    ...(file === undefined
      ? []
      : [
          '',
          ...labelled('saved', file, style.width),
          ...labelled('replay', `pnpm replay ${file} --on core`, style.width),
        ]),
  ].join('\n')}\n`
}

function countLines(result: Result, { width }: Style): string[] {
  if (result.kind !== 'done') return []
  const { outcome: o } = result
  const depth = o.complete ? `all of it, depth ${o.diameter}` : `to depth ${o.depthComplete}`
  const steps = `${count(o.stepsCompared, 'step')} from ${count(o.states, 'state')}, ${depth}, ${duration(o.seconds)}`
  const walks = `${count(o.walks, 'walk')} of ${count(o.walkSteps, 'step')} in all, saved and restored ${count(o.saves, 'time')}`
  return [
    ...labelled('compared', steps, width),
    ...(o.walks > 0 ? labelled('walked', walks, width) : []),
    ...(o.stop === undefined || o.stop.by === 'depth' || o.found !== undefined
      ? []
      : labelled('stopped', `by ${o.stop.by}`, width)),
  ]
}

/** Where another core is compared with, it stands where the spec does. */
const comparison = (name: string, against: string | undefined): string =>
  against === undefined ? name : name.replace('the spec', `the core of ${against}`)

function verdictLines(
  result: Result,
  shown: Shown | undefined,
  style: Style,
  against: string | undefined,
): string[] {
  if (result.kind === 'failed') return labelled('failed', result.message, style.width)
  if (shown !== undefined) {
    const property = result.kind === 'done' ? (result.outcome.found?.property ?? '') : 'the core is stuck'
    return labelled('differs', comparison(property, against), style.width)
  }
  if (result.kind === 'stuck')
    return labelled('differs', `the core gave no answer to question ${result.question}`, style.width)
  return result.job.properties.flatMap(name => labelled('agrees', comparison(name, against), style.width))
}

const isDivergent = ({ result, shown }: Settled): boolean => shown !== undefined || result.kind !== 'done'

const isCutShort = ({ result }: Settled): boolean =>
  result.kind === 'done' && result.outcome.stop !== undefined && result.outcome.stop.by !== 'depth'

const exitOf = ({ checks, isComplete, lines }: Report): 0 | 1 | 3 => {
  if (checks.some(isDivergent) || (lines !== undefined && isContradicted(lines))) return 1
  return !isComplete || checks.some(isCutShort) ? 3 : 0
}

const outcomes = (checks: readonly Settled[]) =>
  checks.flatMap(({ result }) => (result.kind === 'done' ? [result.outcome] : []))

const sum = <T>(all: readonly T[], of: (it: T) => number): number => all.reduce((n, it) => n + of(it), 0)

export function summaryText(report: Report, style: Style): string {
  const { checks, against, lines, seconds, profile } = report
  const all = outcomes(checks)
  const divergent = checks.filter(isDivergent).length
  const said =
    divergent > 0
      ? `${count(divergent, 'divergence')}`
      : exitOf(report) === 3
        ? 'no divergence in what was compared, and that was not everything'
        : against === undefined
          ? 'the core does as the spec says'
          : `the core does as that of ${against} did`
  const open = all.filter(it => !it.complete)
  const steps = count(
    sum(all, it => it.stepsCompared),
    'step',
  )
  const states = count(
    sum(all, it => it.statesCompared),
    'state',
  )
  const closed = all.filter(it => it.complete).map(it => it.check)
  return `${[
    `${count(checks.length, 'check')}, ${steps} from ${states} compared, ${duration(seconds)}: ${said}`,
    ...labelled('profile', profile, style.width),
    ...(report.explained === undefined
      ? []
      : labelled(
          'explained',
          `by a switch: the core of ${against} does the same with ${settingText(report.explained)}`,
          style.width,
        )),
    ...(closed.length === 0 ? [] : labelled('all of', closed.join(', '), style.width)),
    ...(open.length === 0
      ? []
      : labelled(
          'part of',
          open.map(it => `${it.check} (to depth ${it.depthComplete})`).join(', '),
          style.width,
        )),
    ...labelled(
      'walked',
      `${count(
        sum(all, it => it.walkSteps),
        'step',
      )}, with ${count(
        sum(all, it => it.saves),
        'save',
      )}`,
      style.width,
    ),
    ...labelled('never', neverFired(all).join(', ') || 'no rule was left out', style.width),
    ...(lines === undefined ? [] : coverageLines(lines, style)),
    '',
    totalsLine(report),
  ].join('\n')}\n`
}

/** All in one line, for who reads the end only. */
function totalsLine({ checks, lines }: Report): string {
  const all = outcomes(checks)
  const whole = all.filter(it => it.complete).length
  return [
    `total: ${count(checks.length, 'check')}, ${whole} to the end and ${checks.length - whole} in part`,
    count(
      sum(all, it => it.statesCompared),
      'state',
    ),
    `${count(
      sum(all, it => it.stepsCompared),
      'step',
    )} compared`,
    count(checks.filter(isDivergent).length, 'divergence'),
    ...(lines === undefined ? [] : [coverageText(lines)]),
  ].join(', ')
}

/** Rules that fired in no check. */
const neverFired = (all: ReturnType<typeof outcomes>): readonly string[] => {
  const [first, ...rest] = all
  return (first?.unfired ?? []).filter(rule => rest.every(({ unfired }) => unfired.includes(rule)))
}

export function runJson(report: Report) {
  const { profile, against, checks, lines, seconds } = report
  return {
    profile,
    against: against ?? null,
    explained: report.explained ?? null,
    checks: checks.map(checkJson),
    neverFired: neverFired(outcomes(checks)),
    coverage: lines ?? null,
    seconds,
    exit: exitOf(report),
  }
}

function checkJson(settled: Settled): object {
  const { result, shown } = settled
  const outcome = result.kind === 'done' ? result.outcome : undefined
  return {
    name: result.job.check,
    depth: outcome?.depthComplete ?? null,
    complete: outcome?.complete ?? false,
    states: outcome?.states ?? 0,
    transitions: outcome?.transitions ?? 0,
    diameter: outcome?.diameter ?? 0,
    stepsCompared: outcome?.stepsCompared ?? 0,
    statesCompared: outcome?.statesCompared ?? 0,
    walks: outcome?.walks ?? 0,
    walkSteps: outcome?.walkSteps ?? 0,
    saves: outcome?.saves ?? 0,
    stop: outcome?.stop ?? null,
    seconds: outcome?.seconds ?? 0,
    verdict: isDivergent(settled) ? 'differs' : isCutShort(settled) ? 'stopped' : 'agrees',
    message: result.kind === 'failed' ? result.message : null,
    steps: shown?.behaviour.steps.length ?? null,
    trace:
      shown?.behaviour.steps.map(({ rule, choice }) =>
        shown.behaviour.model.label(rule, choice, shown.behaviour.initial),
      ) ?? null,
    differences: shown?.differences ?? null,
    counterexample: shown?.file ?? null,
  }
}
