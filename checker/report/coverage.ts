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
  const unreached = unreachedCovers(checks)
  return `${[
    style.strong('coverage: how often each rule fired, over all checks'),
    ...fired.map(([rule, n]) => `  ${grouped(n).padStart(digits)}  ${rule}`),
    ...(never.length === 0 ? [] : labelled('never', never.join('; '), style.width)),
    ...(unreached.length === 0 ? [] : labelled('unreached', unreached.join('; '), style.width)),
  ].join('\n')}\n`
}

/** Covers that some check asked for and none has reached. */
export function unreachedCovers<S>(checks: readonly CheckResult<S>[]): string[] {
  const covers = checks.flatMap(({ judgements }) =>
    judgements.filter(({ property }) => property.kind === 'cover'),
  )
  const reached = new Set(covers.filter(it => it.verdict === 'reached').map(it => it.property.name))
  return [...new Set(covers.map(({ property }) => property.name))].filter(name => !reached.has(name))
}
