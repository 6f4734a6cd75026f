/**
 * Is PROFILES.md complete, and true to the profiles: does every switch have its entry, and do its steps show it?
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Oracle } from '../../conformance/oracle/oracle.js'
import { standardStart } from '../../conformance/scenario.js'
import { gvisor2018, type Profile, profiles } from '../../spec/profile.js'
import { profilesPage } from '../../spec/profiles-page.js'
import { answerEntries, type ShownStep, switchEntries } from '../../spec/switches.js'

const root = join(import.meta.dirname, '..', '..')
const entries = [
  ...Object.entries(switchEntries).map(([name, entry]) => ({ kind: 'switches' as const, name, entry })),
  ...Object.entries(answerEntries).map(([name, entry]) => ({ kind: 'answers' as const, name, entry })),
]

/** The seed with one switch set to a value. */
const withValue = (kind: 'switches' | 'answers', name: string, value: string): Profile => ({
  ...gvisor2018,
  [kind]: { ...gvisor2018[kind], [name]: value },
})

/** What may be seen after the steps; a step that the profile does not describe is told as such. */
function shows(profile: Profile, steps: readonly ShownStep[]): string {
  const oracle = new Oracle(profile, 4)
  let hypotheses = oracle.start(standardStart)
  let seen: unknown
  for (const [actor, call] of steps) {
    const step = { actor, do: call }
    seen = oracle.shows(hypotheses, step)
    const next = oracle.next(hypotheses, step)
    if (typeof next === 'string') return next
    hypotheses = next
  }
  return JSON.stringify(seen)
}

it('PROFILES.md is what the profiles and the switches make of it', async () => {
  await expect(profilesPage()).toMatchFileSnapshot(join(root, 'spec', 'PROFILES.md'))
})

it('every switch and answer of every profile is on the page, with its value', () => {
  for (const { switches, answers } of profiles)
    for (const [name, value] of Object.entries({ ...switches, ...answers })) {
      const entry = entries.find(it => it.name === name)
      expect(entry?.entry.values, name).toContain(value)
    }
})

it('every value that is not the seed’s has a profile', () => {
  const unused = entries.flatMap(({ kind, name, entry }) =>
    entry.values.filter(
      value =>
        !profiles.some(profile => Object.entries(profile[kind]).some(([n, v]) => n === name && v === value)),
    ),
  )
  expect(unused).toEqual([])
})

describe.each(entries)(
  '$name',
  ({ kind, name, entry: { values, source, scenario, another = [], counterexample, unseen } }) => {
    it('has the value of the seed first', () => {
      expect(Object.entries(gvisor2018[kind])).toContainEqual([name, values[0]])
    })

    it('has a source, and either steps, a counterexample, or why nobody sees it', () => {
      expect(source).not.toBe('')
      expect([scenario, counterexample, unseen].filter(it => it !== undefined)).toHaveLength(1)
    })

    it.runIf(scenario !== undefined)('each value shows something else after the steps', () => {
      const seen = values.map(value =>
        [scenario ?? [], another].map(steps => shows(withValue(kind, name, value), steps)).join('\n'),
      )
      expect(new Set(seen).size).toBe(values.length)
    })

    it.runIf(counterexample !== undefined)('has its counterexample', () => {
      expect(existsSync(join(root, 'counterexamples', `${counterexample}.itf.json`))).toBe(true)
      expect(existsSync(join(root, 'counterexamples', `${counterexample}.md`))).toBe(true)
    })
  },
)
