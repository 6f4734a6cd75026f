/** On models that have some of everything, the fast engine finds what the simple engine finds, or throws what that throws. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { exploreFast } from '../../../checker/engine/explore.js'
import { explore } from '../../../checker/explore/explore.js'
import type { ExploreOptions } from '../../../checker/explore/result.js'
import { richModel, richPlans, sizes } from './rich-model.js'
import { comparable } from './same.js'

const limits: fc.Arbitrary<ExploreOptions> = fc.oneof(
  fc.constant({}),
  fc.record({ depth: fc.integer({ min: 0, max: 8 }) }),
  fc.record({ maxStates: fc.integer({ min: 1, max: 300 }) }),
)

const ways = fc.record({ limit: limits, paranoid: fc.boolean(), graph: fc.boolean() })

describe.each([
  { size: 'small', numRuns: 60 },
  { size: 'wide', numRuns: 12 },
] as const)('$size', ({ size, numRuns }) => {
  it('to any limit, in any way', async () => {
    await fc.assert(
      fc.asyncProperty(richPlans(sizes[size]), ways, async (plan, { limit, ...way }) => {
        const { model, properties } = richModel(plan)
        const options = { maxStates: 300, ...limit, ...way }
        const said = (engine: typeof explore) =>
          engine(model, properties, options).then(comparable, (error: Error) => error.message)
        expect(await said(exploreFast)).toEqual(await said(explore))
      }),
      { numRuns },
    )
  })
})
