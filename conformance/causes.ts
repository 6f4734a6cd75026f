/**
 * Disagreements that look alike are one cause.
 */
import type { Seen } from './oracle/oracle.js'
import type { Outcome } from './outcome.js'

export type Cause = {
  readonly key: string
  /** The disagreement with the shortest scenario. */
  readonly outcome: Outcome
  /** How many disagreements are alike. */
  readonly count: number
  /** A switch of the profile that, set to this value, lets the spec do the same. */
  readonly explainedBy?: { readonly name: string; readonly value: string }
}

/**
 * Disagreements that look alike: the same call at the step in question, and the same in what was seen and was
 * not allowed, whoever the actors are. Each with its shortest scenario, the most frequent first.
 */
export function causes(outcomes: readonly Outcome[]): readonly Cause[] {
  const groups = new Map<string, Outcome[]>()
  for (const outcome of outcomes.filter(({ verdict }) => verdict === 'differed')) {
    const key = causeOf(outcome)
    groups.set(key, [...(groups.get(key) ?? []), outcome])
  }
  return [...groups]
    .map(([key, alike]) => ({ key, outcome: shortest(alike), count: alike.length }))
    .sort((a, b) => b.count - a.count || (a.key < b.key ? -1 : 1))
}

const shortest = (alike: readonly Outcome[]): Outcome =>
  alike.reduce((best, other) => ((other.step ?? 0) < (best.step ?? 0) ? other : best))

/** What the call was and how what was seen differs from what comes nearest to it of what is allowed. */
export function causeOf({ scenario, step = 0, seen, allowed = [] }: Outcome): string {
  const last = scenario.steps[step]
  const linesOf = (it: Seen | undefined) => [...(it?.events ?? []), ...(it?.states ?? [])]
  const nearest = [...allowed].sort((a, b) => distance(seen, a) - distance(seen, b))[0]
  const [is, may] = [linesOf(seen), linesOf(nearest)]
  const said = [
    ...is.filter(line => !may.includes(line)).map(line => `+${line}`),
    ...may.filter(line => !is.includes(line)).map(line => `-${line}`),
  ]
  const roles = [last?.actor ?? '', ...scenario.steps.map(({ actor }) => actor)]
  const anonymous = (text: string) =>
    text.replace(/\b[A-Z]\w{0,3}\b/g, name =>
      name === last?.actor ? 'SELF' : roles.includes(name) || name.length === 1 ? 'OTHER' : name,
    )
  return anonymous([last?.do ?? '', ...said].join('\n'))
}

const distance = (a: Seen | undefined, b: Seen): number => {
  const lines = new Set([...(a?.events ?? []), ...(a?.states ?? [])])
  return [...b.events, ...b.states].filter(line => !lines.has(line)).length
}
