/** Does README.md have the table of what was recorded, and was everything recorded that is asked now? */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { inReadme, type Recorded } from '../../bench/properties-table.js'
import { noDeadlockNamed } from '../../checker/cli/deadlock.js'
import { suite } from '../../checks/suite.js'

const root = join(import.meta.dirname, '..', '..')
const recorded = JSON.parse(readFileSync(join(root, 'bench', 'properties.json'), 'utf8')) as Recorded
const readme = readFileSync(join(root, 'README.md'), 'utf8')

it('README.md has the table of properties by profile as it was recorded', () => {
  expect(inReadme(readme, recorded)).toBe(readme)
})

it('every profile and every property of the suite was recorded', () => {
  expect(Object.keys(recorded.profiles)).toEqual(suite.profiles.map(({ name }) => name))
  const asked = suite.checks.flatMap(({ properties }) => properties).filter(({ kind }) => kind !== 'cover')
  const names = [...new Set([...asked.map(({ name }) => name), noDeadlockNamed.name])].sort()
  for (const { verdicts } of Object.values(recorded.profiles))
    expect(Object.keys(verdicts).sort()).toEqual(names)
})

it('every check of the suite was searched', () => {
  expect(recorded.checks.toSorted()).toEqual(suite.checks.map(({ name }) => name).toSorted())
})

it('what is known of the default profile is recorded as violated', () => {
  const { verdicts } = recorded.profiles[suite.defaultProfile] as Recorded['profiles'][string]
  expect(Object.values(verdicts)).toContain('violated')
  expect(Object.values(verdicts)).toContain('holds')
})

it('a text without a place for the table is refused', () => {
  expect(() => inReadme('nothing', recorded)).toThrow('no place')
})
