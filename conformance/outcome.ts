/**
 * What became of a scenario: played twice, held against the spec, and against what was recorded before.
 */
import { type Kernel, type Run, sameRun } from './log.js'
import type { Judgement, Oracle, Seen } from './oracle/oracle.js'
import { type Recorded, recordedOf, type Scenario } from './scenario.js'

export const verdicts = ['agreed', 'differed', 'unstable', 'not modelled', 'not possible'] as const
export type Verdict = (typeof verdicts)[number]

export type Outcome = {
  readonly id: string
  readonly scenario: Scenario
  readonly verdict: Verdict
  /** Where a step is to blame: its number, from 0. */
  readonly step?: number
  /** Why it was not modelled, not possible or unstable. */
  readonly why?: string
  /** Unstable, by a race of which the spec allows both ends. */
  readonly race?: true
  /** Unstable, since it was looked at before the kernel had come to rest; with more time it was as the spec allows. */
  readonly early?: true
  readonly seen?: Seen
  readonly allowed?: readonly Seen[]
  /** Whether the kernel did what was recorded of this kernel before, where something was; the first thing that it did not. */
  readonly recorded?: 'as recorded' | { readonly differs: string }
}

/** What this kernel refuses to every program, and so to this scenario; undefined if nothing. */
export function impossibleHere(
  { pre, steps }: Scenario,
  { proc, namespaces, ptrace }: Kernel,
): string | undefined {
  if (proc !== 'yes') return `no /proc here: ${proc}`
  if (!namespaces.startsWith('as ')) return `no PID namespaces here: ${namespaces}`
  const calls = [...pre, ...steps].map(step => step.do)
  if (ptrace !== 'yes' && calls.some(call => call.startsWith('ptrace('))) return `no ptrace here: ${ptrace}`
  if (namespaces === 'as user' && calls.some(call => call.startsWith('setresuid(')))
    return 'no other user to be had without root'
  return undefined
}

const bothAllowed = 'the spec allows both'
const early =
  'the spec has one of them on the way to the other, and with more time to rest it was as the spec allows'

/** So often a race is run again to see whether it comes out once more as the spec does not allow. */
const patientRuns = 3

/** The outcome of two runs; `again` plays it once more, with more time to come to rest, before a difference is believed. */
export async function outcomeOf(
  scenario: Scenario,
  runs: readonly [Run, Run] | readonly [Run],
  oracle: Oracle,
  target: 'linux' | 'gvisor',
  again?: () => Promise<Run>,
): Promise<Outcome> {
  const { id } = scenario
  const [run, second = run] = runs
  if (run.refused !== undefined) return { id, scenario, verdict: 'not possible', why: run.refused }
  const unstable = (why: string): Outcome => ({ id, scenario, verdict: 'unstable', why })
  if (run.unsettled.length > 0 || second.unsettled.length > 0)
    return unstable('the kernel did not come to rest')
  if (!sameRun(run, second)) {
    const what = `two runs differ: ${firstDifference(run, second)}`
    const verdict = await ofRace(scenario, [run, second], oracle, again)
    if (typeof verdict !== 'string') return { id, scenario, ...verdict }
    const outcome = unstable(`${what}; ${verdict}`)
    if (verdict === early) return { ...outcome, early: true }
    return verdict === bothAllowed ? { ...outcome, race: true } : outcome
  }
  const judgement = oracle.judge(scenario, run)
  const recorded = recordedOf(scenario, target)
  const known = recorded === undefined ? {} : { recorded: compareWithRecord(run, recorded) }
  if (judgement.verdict === 'differs' && again !== undefined) {
    const third = await again()
    if (!sameRun(run, third)) {
      const outcome = unstable(`with more time to rest: ${firstDifference(run, third)}`)
      const isEarly = judgement.isOnTheWay && oracle.judge(scenario, third).verdict === 'agrees'
      return isEarly ? { ...outcome, early: true } : outcome
    }
  }
  return { id, scenario, ...verdictOf(judgement), ...known }
}

/**
 * Runs that differ show a race. What the spec does not allow of it is a disagreement if it comes again once the kernel
 * has had more time to come to rest; and else it is said what is known.
 */
async function ofRace(
  scenario: Scenario,
  runs: readonly Run[],
  oracle: Oracle,
  again: (() => Promise<Run>) | undefined,
): Promise<string | Omit<Outcome, 'id' | 'scenario' | 'recorded'>> {
  const judgements = runs.map(run => oracle.judge(scenario, run))
  const unknown = judgements.find(({ verdict }) => verdict === 'not modelled')
  if (unknown !== undefined) return verdictOf(unknown)
  if (judgements.every(({ verdict }) => verdict === 'agrees')) return bothAllowed
  for (let i = 0; i < patientRuns && again !== undefined; i++) {
    const run = await again()
    const judgement = oracle.judge(scenario, run)
    if (judgement.verdict === 'differs' && run.unsettled.length === 0) return verdictOf(judgement)
  }
  const odd = judgements.filter(it => it.verdict === 'differs')
  return odd.every(it => it.isOnTheWay)
    ? early
    : 'the spec does not allow both, and with more time to rest it was as the spec allows'
}

/**
 * The outcome where nothing more is heard of a kernel, twice: what it did before is judged, and that it fell silent is a
 * disagreement where the spec knows what comes then.
 */
export function outcomeOfEnd(scenario: Scenario, unfinished: Run, how: string, oracle: Oracle): Outcome {
  const judgement = oracle.judge(scenario, unfinished)
  const verdict = verdictOf(judgement)
  const { seen } = verdict
  const silent =
    seen === undefined ? {} : { seen: { ...seen, events: [...seen.events, `the kernel: ${how}`] } }
  return { id: scenario.id, scenario, ...verdict, ...silent }
}

function verdictOf(judgement: Judgement): Omit<Outcome, 'id' | 'scenario' | 'recorded'> {
  switch (judgement.verdict) {
    case 'agrees':
      return { verdict: 'agreed' }
    case 'differs': {
      const { isOnTheWay: _, ...where } = judgement
      return { ...where, verdict: 'differed' }
    }
    case 'not modelled':
      return { verdict: 'not modelled', step: judgement.step, why: judgement.what }
  }
}

/** Every line of a run, as text. */
const linesOf = ({ events, states }: Run): readonly string[] => [
  ...events.map(({ after, actor, call, result }) => `after step ${after + 1} ${actor} ${call} = ${result}`),
  ...[...states].flatMap(([after, seen]) =>
    Object.entries(seen).map(([actor, state]) => `after step ${after + 1} ${actor} ${state}`),
  ),
]

const firstDifference = (a: Run, b: Run): string => {
  const [first, second] = [linesOf(a), linesOf(b)]
  const only = (some: readonly string[], others: readonly string[]) =>
    some.find(line => !others.includes(line))
  return `${only(first, second) ?? 'less'}; then ${only(second, first) ?? 'less'}`
}

function compareWithRecord(
  run: Run,
  { events, states }: Recorded,
): 'as recorded' | { readonly differs: string } {
  const was = events.map(event => JSON.stringify([event.after, event.actor, event.call, event.result])).sort()
  const is = run.events
    .filter(({ after }) => after >= 0)
    .map(event => JSON.stringify([event.after, event.actor, event.call, event.result]))
    .sort()
  const missing = was.find(event => !is.includes(event)) ?? is.find(event => !was.includes(event))
  if (missing !== undefined || was.length !== is.length)
    return { differs: missing ?? 'a line that was there twice' }
  const wrong = states.find(({ after, actor, state }) => run.states.get(after)?.[actor] !== state)
  if (wrong === undefined) return 'as recorded'
  const { after, actor, state } = wrong
  return {
    differs: `after step ${after + 1} ${actor} was ${state}, and is ${run.states.get(after)?.[actor]}`,
  }
}
