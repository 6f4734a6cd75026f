/** Is bench/TEMPORAL.md what was recorded, and was everything recorded that there is now? */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Recorded, temporalPage } from '../../bench/temporal-page.js'
import { isTemporal } from '../../checker/model.js'
import { suite } from '../../checks/suite.js'

const folder = join(import.meta.dirname, '..', '..', 'bench')
const recorded = JSON.parse(readFileSync(join(folder, 'temporal.json'), 'utf8')) as Recorded

it('the page is made from what was recorded', () => {
  expect(readFileSync(join(folder, 'TEMPORAL.md'), 'utf8')).toBe(temporalPage(recorded))
})

describe.each(['gvisor-2018', 'gvisor-fixed'])('%s', profile => {
  const ofProfile = recorded.asked.filter(it => it.profile === profile)

  it('every temporal property was judged in every check that asks for it', () => {
    const asked = suite.checks.flatMap(check =>
      check.properties.filter(isTemporal).map(({ name }) => `${check.name}: ${name}`),
    )
    expect(ofProfile.map(({ check, property }) => `${check}: ${property}`).toSorted()).toEqual(
      asked.toSorted(),
    )
  })

  it('no verdict is open', () => {
    expect(ofProfile.filter(({ verdict }) => !['holds', 'violated'].includes(verdict))).toEqual([])
  })
})

it('mended, every temporal property holds', () => {
  const fixed = recorded.asked.filter(({ profile }) => profile === 'gvisor-fixed')
  expect(fixed.filter(({ verdict }) => verdict !== 'holds')).toEqual([])
})

it('every counterexample of the catalogue is there, as long as it is in its file', () => {
  const names = readdirSync(suite.counterexamples).filter(name => name.endsWith('.itf.json'))
  expect(recorded.shown.map(({ name }) => `${name}.itf.json`)).toEqual(names.toSorted())
  for (const { name, steps } of recorded.shown) {
    const document = JSON.parse(readFileSync(join(suite.counterexamples, `${name}.itf.json`), 'utf8'))
    expect(document['#meta'].zombieproof.steps, name).toBe(steps)
  }
})
