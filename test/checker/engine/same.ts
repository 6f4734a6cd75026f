/** What two engines must agree on: everything but the time. */
import type { Exploration, Trace } from '../../../checker/explore/result.js'

export const comparable = <S>(found: Exploration<S>) => ({
  ...found,
  seconds: undefined,
  statistics: undefined,
  firings: [...found.firings],
  deadlock: written(found.deadlock),
  verdicts: found.verdicts.map(verdict => ({
    property: verdict.property.name,
    verdict: verdict.verdict,
    ...('trace' in verdict && { count: verdict.count, trace: written(verdict.trace) }),
  })),
})

const written = <S>(trace: Trace<S> | undefined) =>
  trace && [trace.initial.name, ...trace.actions.map(({ rule, choice }) => [rule.name, choice])]
