/**
 * The result of a run as one JSON document.
 *
 * A contract: fields may be added, none dropped or renamed.
 */

import { coversOf, firingsOf, unreachedCovers } from './coverage.js'
import { exitStatus } from './exit-status.js'
import type { CheckResult, Judgement, RunResult } from './result.js'

export interface JsonOptions {
  readonly coverage: boolean
}

export function runJson<S>(run: RunResult<S>, { coverage }: JsonOptions): object {
  const { profile, mutant, checks, seconds } = run
  return {
    profile,
    ...(mutant === undefined ? {} : { mutant }),
    checks: checks.map(check => checkJson(check, coverage)),
    ...(coverage ? { coverage: coverageJson(checks) } : {}),
    seconds,
    exit: exitStatus(run),
  }
}

function checkJson<S>(
  { name, says, bound, exploration, judgements, gone }: CheckResult<S>,
  coverage: boolean,
): object {
  return {
    name,
    says,
    bound: bound?.depth ?? null,
    /** Everything at most this many steps away was seen. */
    depth: exploration?.depthComplete ?? null,
    complete: exploration?.complete ?? false,
    states: exploration?.states ?? 0,
    transitions: exploration?.transitions ?? 0,
    diameter: exploration?.diameter ?? 0,
    seconds: exploration?.seconds ?? 0,
    skipped: exploration === undefined,
    stop: exploration?.stop ?? null,
    unexpanded: exploration?.unexpanded ?? 0,
    outside: exploration?.outside ?? 0,
    levels: exploration?.levels ?? [],
    ...(exploration?.symmetry === undefined ? {} : { symmetry: exploration.symmetry }),
    ...(exploration?.statistics === undefined ? {} : { statistics: exploration.statistics }),
    ...(exploration?.por === undefined ? {} : { por: exploration.por }),
    ends: exploration?.ends ?? 0,
    deadlocks: exploration?.deadlocks ?? 0,
    ...(coverage ? { firings: Object.fromEntries(exploration?.firings ?? []) } : {}),
    properties: judgements.map(judgementJson),
    gone,
  }
}

function judgementJson<S>(judgement: Judgement<S>): object {
  const { name, kind, says } = judgement.property
  return {
    name,
    kind,
    verdict: judgement.verdict,
    steps: null,
    counterexample: null,
    says,
    ...details(judgement),
  }
}

function details<S>(judgement: Judgement<S>): object {
  switch (judgement.verdict) {
    case 'violated':
      return {
        steps: judgement.steps,
        counterexample: judgement.saved?.file ?? null,
        count: judgement.count,
        because: judgement.because ?? null,
        ...temporalJson(judgement),
        actions: labelsOf(judgement),
      }
    case 'known':
      return {
        steps: judgement.steps,
        counterexample: judgement.known.file,
        because: judgement.because ?? null,
        ...temporalJson(judgement),
        actions: labelsOf(judgement),
      }
    case 'reached':
      return { steps: judgement.steps, count: judgement.count }
    case 'stopped':
      return {
        upTo: judgement.upTo,
        ...(judgement.unexplored === undefined ? {} : { unexplored: judgement.unexplored }),
      }
    default:
      return {}
  }
}

/** Of a lasso, where its loop begins; of any temporal counterexample, what explains it. */
const temporalJson = <S>({
  behaviour: { loop },
  notes,
}: Extract<Judgement<S>, { behaviour: unknown }>): object => ({
  ...(loop === undefined ? {} : { loop }),
  ...(notes === undefined ? {} : { notes }),
})

const labelsOf = <S>({
  behaviour: { model, initial, steps },
}: Extract<Judgement<S>, { behaviour: unknown }>): string[] =>
  steps.map(({ rule, choice }) => model.label(rule, choice, initial))

const coverageJson = <S>(checks: readonly CheckResult<S>[]): object => {
  const firings = firingsOf(checks)
  return {
    firings: Object.fromEntries(firings),
    neverFired: [...firings].filter(([, n]) => n === 0).map(([rule]) => rule),
    covers: Object.fromEntries(coversOf(checks)),
    unreached: unreachedCovers(checks),
  }
}
