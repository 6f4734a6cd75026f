/**
 * The fast engine finds what the simple engine finds, of every check of the default suite.
 */
import { expect, it } from 'vitest'
import { exploreFast } from '../../checker/engine/explore.js'
import { explore } from '../../checker/explore/explore.js'
import { suite } from '../../checks/suite.js'
import { comparable } from '../checker/engine/same.js'

const options = { profile: suite.defaultProfile }

it.each(suite.checks)('$name, to a depth of 4', async check => {
  const model = check.build(options)
  const simple = comparable(await explore(model, check.properties, { depth: 4 }))
  expect(comparable(await exploreFast(model, check.properties, { depth: 4 }))).toEqual(simple)
})

it.each(suite.checks)('$name, to a depth of 2, looking twice at everything', async check => {
  const model = check.build(options)
  const simple = comparable(await explore(model, check.properties, { depth: 2 }))
  const found = await exploreFast(model, check.properties, { depth: 2, paranoid: true })
  expect(comparable(found)).toEqual(simple)
})
