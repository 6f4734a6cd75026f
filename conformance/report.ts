/**
 * The outcomes of a conformance run, as text and as JSON.
 */
import type { Style } from '../checker/report/style.js'
import { type Cause, causes } from './causes.js'
import type { Kernel } from './log.js'
import { whyLeftOut } from './oracle/left-out.js'
import type { Seen } from './oracle/oracle.js'
import { type Outcome, type Verdict, verdicts } from './outcome.js'

export type Report = {
  readonly target: string
  readonly profile: string
  readonly kernel: Kernel
  readonly outcomes: readonly Outcome[]
  /** Of these, how many an earlier run has found. */
  readonly takenOver?: number
  /** Of this run. */
  readonly seconds: number
  /** Was it ended before all was asked? */
  readonly stopped: boolean
  /** Of the disagreements; without them, each as it was found. */
  readonly causes?: readonly Cause[]
}

export const countsOf = (outcomes: readonly Outcome[]): Readonly<Record<Verdict, number>> =>
  Object.fromEntries(
    verdicts.map(verdict => [verdict, outcomes.filter(outcome => outcome.verdict === verdict).length]),
  ) as Record<Verdict, number>

/** 1 if the kernel did what the spec does not allow, 3 if nothing could be asked or it was ended early. */
export function exitStatus({ outcomes, stopped }: Report): number {
  const counts = countsOf(outcomes)
  if (counts.differed > 0 || notAsRecorded(outcomes).length > 0) return 1
  if (stopped || counts['not possible'] === outcomes.length) return 3
  return 0
}

const causesOf = ({ causes: found, outcomes }: Report): readonly Cause[] => found ?? causes(outcomes)

const notAsRecorded = (outcomes: readonly Outcome[]): readonly Outcome[] =>
  outcomes.filter(({ recorded }) => recorded !== undefined && recorded !== 'as recorded')

/** How many were not modelled, for each thing that the spec lacks, most first. */
function lacks(outcomes: readonly Outcome[]): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>()
  for (const { verdict, why } of outcomes)
    if (verdict === 'not modelled' && why !== undefined) counts.set(why, (counts.get(why) ?? 0) + 1)
  return [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
}

const racesOf = (outcomes: readonly Outcome[]): number => outcomes.filter(({ race }) => race === true).length
const earlyOf = (outcomes: readonly Outcome[]): number => outcomes.filter(it => it.early === true).length

function causesOfUnrest(outcomes: readonly Outcome[]): string {
  const [races, early] = [racesOf(outcomes), earlyOf(outcomes)]
  return [
    ...(races > 0 ? [`, of which ${races} are races that the spec lets end both ways`] : []),
    ...(early > 0
      ? [`, ${races > 0 ? '' : 'of which '}${early} were looked at before the kernel had come to rest`]
      : []),
  ].join('')
}

/** So many disagreements and reasons are shown in full. */
const listed = 12

export function reportText(report: Report, style: Style): string {
  const { target, profile, kernel, outcomes, seconds, stopped, takenOver = 0 } = report
  const counts = countsOf(outcomes)
  const recorded = outcomes.filter(outcome => outcome.recorded !== undefined)
  const wrong = notAsRecorded(outcomes)
  const lines = [
    `${style.strong(target)}: ${kernel.kernel} ${kernel.release} ${kernel.machine}, held against the profile ${profile}`,
    `  played        ${outcomes.length - takenOver} scenarios twice in ${seconds.toFixed(1)} s: ${rate(outcomes.length - takenOver, seconds).toFixed(1)} scenarios/s${stopped ? ', ended early' : ''}`,
    ...(takenOver > 0 ? [`  taken over    ${takenOver} from an earlier run`] : []),
    ...verdicts
      .filter(verdict => counts[verdict] > 0)
      .map(
        verdict =>
          `  ${paint(verdict, style)}${counts[verdict]}${verdict === 'unstable' ? causesOfUnrest(outcomes) : ''}`,
      ),
    ...(recorded.length === 0
      ? []
      : [`  as recorded   ${recorded.length - wrong.length} of ${recorded.length}`]),
    ...section('not modelled: what the spec lacks', lacks(outcomes), ([what, n]) => [
      `  ${String(n).padStart(5)}  ${what}${whyLeftOut(what) === undefined ? '' : `: ${whyLeftOut(what)}`}`,
    ]),
    ...section('not possible here', of(outcomes, 'not possible'), ({ id, why }) => [`  ${id}: ${why}`]),
    ...section('unstable', of(outcomes, 'unstable'), ({ id, why }) => [`  ${id}: ${why}`]),
    ...section('not as recorded', wrong, ({ id, recorded: what }) => [
      `  ${id}: ${typeof what === 'object' ? what.differs : ''}`,
    ]),
    ...section('differed, one of each cause', causesOf(report), ({ outcome, count, explainedBy }) => [
      ...differenceLines(outcome, style),
      ...(explainedBy === undefined
        ? []
        : [`    explained by the switch ${explainedBy.name}, set to '${explainedBy.value}'`]),
      ...(count > 1 ? [`    and ${count - 1} more like it`] : []),
    ]),
  ]
  return `${lines.join('\n')}\n`
}

const of = (outcomes: readonly Outcome[], verdict: Verdict): readonly Outcome[] =>
  outcomes.filter(outcome => outcome.verdict === verdict)

const rate = (n: number, seconds: number): number => (seconds > 0 ? n / seconds : 0)

const paint = (verdict: Verdict, style: Style): string => {
  const text = verdict.padEnd(14)
  if (verdict === 'agreed') return style.good(text)
  return verdict === 'differed' ? style.bad(text) : verdict === 'unstable' ? style.warn(text) : text
}

function section<T>(
  title: string,
  items: readonly T[],
  lines: (item: T) => readonly string[],
): readonly string[] {
  if (items.length === 0) return []
  const more = items.length - listed
  return ['', title, ...items.slice(0, listed).flatMap(lines), ...(more > 0 ? [`  and ${more} more`] : [])]
}

/** The scenario up to the step in question, what was seen after it, and what would have been allowed. */
export function differenceLines(
  { id, scenario, step = 0, seen, allowed = [] }: Outcome,
  style: Style,
): readonly string[] {
  return [
    `  ${style.strong(id)}`,
    ...scenario.steps.slice(0, step + 1).map((it, i) => `    ${i + 1} ${it.actor} ${it.do}`),
    ...(seen === undefined ? [] : [`    ${style.bad('seen   ')} ${seenText(seen)}`]),
    ...allowed.slice(0, 4).map(each => `    ${style.good('allowed')} ${seenText(each)}`),
    ...(allowed.length > 4 ? [`    and ${allowed.length - 4} more`] : []),
  ]
}

const seenText = ({ events, states }: Seen): string =>
  `${events.join('; ') || 'nothing returns'} | ${states.join(', ')}`

export function reportJson(report: Report, exit: number): object {
  const { target, profile, kernel, outcomes, seconds, stopped, takenOver = 0 } = report
  const recorded = outcomes.filter(outcome => outcome.recorded !== undefined)
  return {
    target,
    profile,
    kernel,
    seconds,
    stopped,
    scenarios: outcomes.length,
    takenOver,
    scenariosPerSecond: rate(outcomes.length - takenOver, seconds),
    counts: countsOf(outcomes),
    races: racesOf(outcomes),
    early: earlyOf(outcomes),
    recorded: { asRecorded: recorded.length - notAsRecorded(outcomes).length, of: recorded.length },
    notModelled: Object.fromEntries(lacks(outcomes)),
    causes: causesOf(report).map(({ outcome: { scenario, step, seen, allowed }, count, explainedBy }) => ({
      count,
      explainedBy,
      pre: scenario.pre,
      steps: scenario.steps,
      step,
      seen,
      allowed,
    })),
    outcomes: outcomes
      .filter(
        ({ verdict, recorded: what }) =>
          verdict !== 'agreed' || (what !== undefined && what !== 'as recorded'),
      )
      .map(({ scenario, ...outcome }) => ({ ...outcome, pre: scenario.pre, steps: scenario.steps })),
    exit,
  }
}
