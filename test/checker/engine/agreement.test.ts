/**
 * The fast engine finds what the simple engine finds: counts, levels, firings, verdicts, and the very same traces.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { exploreFast } from '../../../checker/engine/explore.js'
import { explore } from '../../../checker/explore/explore.js'
import type { ExploreOptions } from '../../../checker/explore/result.js'
import type { Model, Property } from '../../../checker/model.js'
import { knownAnswers } from '../../known-answers/index.js'
import { holdings, plans, randomModels } from './random-model.js'
import { comparable } from './same.js'

const bothFind = async (
  model: Model<unknown>,
  properties: readonly Property<unknown>[],
  options: ExploreOptions = {},
) => {
  const simple = comparable(await explore(model, properties, options))
  expect(comparable(await exploreFast(model, properties, options))).toEqual(simple)
  return simple
}

/** The simple engine takes minutes for these; their published numbers are tested on both (known-answers.test.ts). */
const isLarge = ({ id }: { readonly id: string }): boolean => ['K45', 'K28, 7'].includes(id)
const isSlowWanted = process.env.ZOMBIEPROOF_SLOW === '1'

describe('on known answers', () => {
  it.each(knownAnswers.filter(known => isSlowWanted || !isLarge(known)))(
    '$id: $says',
    async ({ model, properties }) => {
      await bothFind(model, properties)
    },
    isSlowWanted ? 1_800_000 : 180_000,
  )

  it.each(knownAnswers)(
    '$id, to a depth of 4, looking twice at everything',
    async ({ model, properties }) => {
      await bothFind(model, properties, { depth: 4, paranoid: true })
    },
  )
})

describe.each(holdings)('on random models with cells held %s', holding => {
  it('in all of their space', async () => {
    await fc.assert(
      fc.asyncProperty(plans, async made => {
        const { model, properties } = randomModels[holding](made)
        expect((await bothFind(model, properties)).complete).toBe(true)
      }),
      { numRuns: 40 },
    )
  })

  it('to any number of states, looking twice at everything', async () => {
    await fc.assert(
      fc.asyncProperty(plans, fc.integer({ min: 1, max: 40 }), async (made, maxStates) => {
        const { model, properties } = randomModels[holding](made)
        await bothFind(model, properties, { maxStates, paranoid: true })
      }),
      { numRuns: 40 },
    )
  })

  it('within a constraint, with the graph of all states', async () => {
    await fc.assert(
      fc.asyncProperty(plans, fc.boolean(), async (made, paranoid) => {
        const { model, properties, constraint } = randomModels[holding](made)
        await bothFind({ ...model, constraint }, properties, { graph: true, paranoid })
      }),
      { numRuns: 40 },
    )
  })
})
