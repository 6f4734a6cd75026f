/**
 * What is said of a model that is at fault, and of a thread that failed.
 */
import { expect, it } from 'vitest'
import { explore } from '../../../checker/explore/explore.js'
import type { Stop } from '../../../checker/explore/result.js'
import { checkText } from '../../../checker/report/check.js'
import { modelErrorText } from '../../../checker/report/error.js'
import { styleOf } from '../../../checker/report/style.js'
import { graph } from '../graph.js'

const style = styleOf({ colour: false })

it('a model that is not pure is told without an empty table, where no step leads to the fault', () => {
  const model = graph('a>b')
  const initial = { ...(model.initial[0] as (typeof model.initial)[0]), name: 'start', says: 'at a' }
  expect(modelErrorText('it is not pure', true, { model, initial, steps: [] }, style)).toBe(
    `error: it is not pure
  This is a defect of the model: guards, effects and properties never change their minds.

      from       start: at a
`,
  )
})

const failed = async (stop: Stop): Promise<string> => {
  const exploration = { ...(await explore(graph('a>b'), [])), stop }
  const result = { name: 'some', says: 'check', exploration, judgements: [], gone: [] }
  return checkText(result, { style, verbose: false }).replaceAll(/\n {5,}/g, ' ')
}

it('a thread that failed is told in whole sentences, with what to do', async () => {
  expect(await failed({ by: 'thread', why: 'out of breath' })).toContain(
    '  failed     a thread of the search: out of breath. What was found before is shown; search with one: --workers 1',
  )
  expect(await failed({ by: 'thread', why: 'another model?', isOtherModel: true })).toContain(
    '  failed     a thread of the search: another model? What was found before is shown; a model must be the same each time it is made',
  )
})
