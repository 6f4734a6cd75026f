/**
 * `--coverage`: how often each rule fired, which never did, and which covers nothing reached.
 */
import type { CheckResult, RunResult } from './result.js'
import type { Style } from './style.js'
import { styleOf } from './style.js'
import { grouped, labelled } from './text.js'

/** By rule: in how many transitions it fired, over all checks. A rule that no check has is not listed. */
export function firingsOf<S>(checks: readonly CheckResult<S>[]): Map<string, number> {
  const firings = new Map<string, number>()
  for (const { exploration } of checks) {
    for (const [rule, n] of exploration?.firings ?? []) firings.set(rule, (firings.get(rule) ?? 0) + n)
  }
  return firings
}

export function coverageText<S>({ checks }: RunResult<S>, style: Style = styleOf({ colour: false })): string {
  const firings = [...firingsOf(checks)].toSorted(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
  const fired = firings.filter(([, n]) => n > 0)
  const never = firings.filter(([, n]) => n === 0).map(([rule]) => rule)
  const digits = Math.max(0, ...fired.map(([, n]) => grouped(n).length))
  const covers = [...coversOf(checks)]
  const reached = covers.flatMap(([name, best]) =>
    best === null ? [] : [`${name} (${best.check}, ${best.steps})`],
  )
  const unreached = unreachedCovers(checks)
  return `${[
    style.strong('coverage: how often each rule fired, over all checks'),
    ...fired.map(([rule, n]) => `  ${grouped(n).padStart(digits)}  ${rule}`),
    ...(never.length === 0 ? [] : labelled('never', never.join('; '), style.width)),
    ...(covers.length === 0
      ? []
      : [
          style.strong(
            `covers: ${reached.length} of ${covers.length} reached, each with a check and a number of steps`,
          ),
          ...(reached.length === 0 ? [] : labelled('reached', reached.join('; '), style.width)),
        ]),
    ...(unreached.length === 0 ? [] : labelled('unreached', unreached.join('; '), style.width)),
  ].join('\n')}\n`
}

/** By cover: the check that reaches it in the fewest steps, and in how many; null where none does. */
export function coversOf<S>(
  checks: readonly CheckResult<S>[],
): Map<string, { readonly check: string; readonly steps: number } | null> {
  const covers = new Map<string, { readonly check: string; readonly steps: number } | null>()
  for (const { name: check, coverage } of checks) {
    for (const { name, steps } of coverage ?? []) {
      const best = covers.get(name) ?? null
      covers.set(name, steps !== null && (best === null || steps < best.steps) ? { check, steps } : best)
    }
  }
  return covers
}

/** Covers that no check has reached. */
export const unreachedCovers = <S>(checks: readonly CheckResult<S>[]): string[] =>
  [...coversOf(checks)].filter(([, reached]) => reached === null).map(([name]) => name)
