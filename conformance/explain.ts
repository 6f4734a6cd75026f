/**
 * Which switch of the profile explains a disagreement: set otherwise, it lets the spec do what the kernel did.
 */
import type { Profile } from '../spec/profile.js'
import { answerEntries, switchEntries } from '../spec/switches.js'
import { agrees, Oracle, slotsFor } from './oracle/oracle.js'
import type { Outcome } from './outcome.js'

export type Turned = { readonly name: string; readonly value: string; readonly profile: Profile }

/** The profile with one switch or answer set to another value, in each way there is. */
export function turnedProfiles(profile: Profile): readonly Turned[] {
  const turn = (kind: 'switches' | 'answers', name: string, values: readonly string[]): readonly Turned[] =>
    values
      .filter(value => new Map(Object.entries(profile[kind])).get(name) !== value)
      .map(value => ({ name, value, profile: { ...profile, [kind]: { ...profile[kind], [name]: value } } }))
  return [
    ...Object.entries(switchEntries).flatMap(([name, { values }]) => turn('switches', name, values)),
    ...Object.entries(answerEntries).flatMap(([name, { values }]) => turn('answers', name, values)),
  ]
}

/** The first that explains it; undefined if none does on its own. */
export const explanationOf = (outcome: Outcome, profile: Profile): Turned | undefined =>
  turnedProfiles(profile).find(turned => allows(turned.profile, outcome))

/** May what was seen after the step in question be seen then, whatever was seen before? */
function allows(profile: Profile, { scenario, step = scenario.steps.length - 1, seen }: Outcome): boolean {
  const last = scenario.steps[step]
  if (seen === undefined || last === undefined) return false
  const oracle = new Oracle(profile, slotsFor(scenario))
  let hypotheses = oracle.start(scenario.pre)
  for (const before of scenario.steps.slice(0, step)) {
    const next = oracle.next(hypotheses, before)
    if (typeof next === 'string') return false
    hypotheses = next
  }
  const shown = oracle.shows(hypotheses, last)
  return typeof shown !== 'string' && shown.some(allowed => agrees(allowed, seen))
}
