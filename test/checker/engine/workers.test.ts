/**
 * What several threads find is what one finds, however many there are.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { exploreFast } from '../../../checker/engine/explore.js'
import type { ModelSource, SourcedModel } from '../../../checker/engine/source.js'
import { explore } from '../../../checker/explore/explore.js'
import type { ExploreOptions } from '../../../checker/explore/result.js'
import { holdings, plans } from './random-model.js'
import { comparable } from './same.js'
import { deadly, knownAnswer, random, sources, throwing } from './worker-models.js'

const together = (
  { model, properties }: SourcedModel,
  source: ModelSource,
  workers: number,
  options: ExploreOptions = {},
) => exploreFast(model, properties, { ...options, source, workers, workersFrom: 0 })

describe.each(['K28, 4', 'K29', 'K25', 'K71'])('%s', id => {
  it.each([2, 3])('is found by %i threads as by one', async workers => {
    const { model, properties } = knownAnswer(id)
    const found = await together(knownAnswer(id), sources.knownAnswer(id), workers)
    expect(comparable(found)).toEqual(comparable(await explore(model, properties)))
  })
})

it.each(holdings)('random models, with cells held %s, are found by two threads as by one', async holding => {
  await fc.assert(
    fc.asyncProperty(plans, async made => {
      const { model, properties } = random({ holding, plans: made })
      const found = await together(random({ holding, plans: made }), sources.random(holding, made), 2)
      expect(comparable(found)).toEqual(comparable(await explore(model, properties)))
    }),
    { numRuns: 3 },
  )
})

describe('limits', () => {
  it('of depth and of states are met as one thread meets them', async () => {
    const { model, properties } = knownAnswer('K29')
    for (const options of [{ depth: 6 }, { maxStates: 1_000 }]) {
      const found = await together(knownAnswer('K29'), sources.knownAnswer('K29'), 2, options)
      expect(comparable(found)).toEqual(comparable(await explore(model, properties, options)))
    }
  })

  it('of time end a level that is being expanded, and leave what was known before', async () => {
    const found = await together(knownAnswer('K29'), sources.knownAnswer('K29'), 2, { timeout: 0.01 })
    expect(found.stop).toEqual({ by: 'timeout', limit: 0.01 })
    expect(found.complete).toBe(false)
  })
})

describe('what goes wrong on a thread', () => {
  it('ends the run with an error that says so, if the thread dies', async () => {
    await expect(together(deadly(), sources.deadly, 2)).rejects.toThrow(
      'The search cannot go on: a thread of the search has ended with status 3.\n' +
        'It may have run out of memory.\nSearch with one thread: --workers 1',
    )
  })

  it('is reported as one thread reports it, if the model throws', async () => {
    await expect(together(throwing(), sources.throwing, 2)).rejects.toThrow(
      "the property 'never d' threw 3 steps from the initial state a: d is asked about",
    )
  })

  it('ends the run, if the model cannot be built there', async () => {
    const nowhere = { ...sources.throwing, export: 'nothing' }
    await expect(together(throwing(), nowhere, 2)).rejects.toThrow('exports no function nothing')
  })
})
