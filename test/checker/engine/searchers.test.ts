/**
 * Whole searches on another thread find what they find on this one, or leave it to this one.
 */
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { exploreFast } from '../../../checker/engine/explore.js'
import { explorationFrom, plainExploration } from '../../../checker/engine/plain.js'
import { Searcher } from '../../../checker/engine/searchers.js'
import { explore } from '../../../checker/explore/explore.js'
import type { Progress } from '../../../checker/explore/result.js'
import { plans, randomModels } from './random-model.js'
import { comparable } from './same.js'
import {
  changing,
  counters,
  deadly,
  knownAnswer,
  leaving,
  pondered,
  sources,
  throwing,
} from './worker-models.js'

// Every thread builds its model, which takes a while where others want the machine as well.
vi.setConfig({ testTimeout: 240_000 })

it('what is found survives to be sent', async () => {
  await fc.assert(
    fc.asyncProperty(plans, async made => {
      const { model, properties } = randomModels['as they are'](made)
      const found = await exploreFast(model, properties)
      const sent = structuredClone(plainExploration(model, properties, found))
      expect(comparable(explorationFrom(model, properties, sent))).toEqual(comparable(found))
    }),
    { numRuns: 30 },
  )
})

describe('a search on another thread', () => {
  let searcher: Searcher
  beforeEach(() => {
    searcher = new Searcher()
  })
  afterEach(() => searcher.dismiss())

  it('finds the same, one search after the other', async () => {
    for (const id of ['K28, 4', 'K29', 'K71']) {
      const { model, properties } = knownAnswer(id)
      const found = await searcher.search(model, properties, { source: sources.knownAnswer(id) })
      expect(found && comparable(found)).toEqual(comparable(await explore(model, properties)))
    }
  })

  it('meets the same limits', async () => {
    const { model, properties } = knownAnswer('K28, 4')
    for (const limits of [{ depth: 5 }, { maxStates: 333 }, { paranoid: true, depth: 3 }]) {
      const found = await searcher.search(model, properties, {
        source: sources.knownAnswer('K28, 4'),
        ...limits,
      })
      expect(found && comparable(found)).toEqual(comparable(await explore(model, properties, limits)))
    }
  })

  it('tells how far it is, ends when it is to end, and has found what it has found', async () => {
    const { model, properties } = counters({ most: 90 })
    const controller = new AbortController()
    const told: Progress[] = []
    const found = await searcher.search(model, properties, {
      source: sources.counters(90),
      signal: controller.signal,
      onProgress(progress) {
        told.push(progress)
        if (progress.states > 1) controller.abort('SIGTERM')
      },
    })
    expect(found?.stop).toEqual({ by: 'signal', signal: 'SIGTERM' })
    expect(found?.complete).toBe(false)
    expect(found?.states).toBeGreaterThan(1)
    expect(told.length).toBeGreaterThan(0)
    // It is of use afterwards.
    const { model: small, properties: few } = knownAnswer('K71')
    expect(await searcher.search(small, few, { source: sources.knownAnswer('K71') })).toBeDefined()
  })

  it('ends when it is to end, though it is being judged already', async () => {
    const { model, properties } = pondered()
    const controller = new AbortController()
    const found = await searcher.search(model, properties, {
      source: sources.pondered,
      signal: controller.signal,
      onProgress: () => setTimeout(() => controller.abort('SIGINT'), 200),
    })
    expect(found).toMatchObject({ states: 1, complete: true })
    expect(found?.verdicts.at(-1)?.verdict).toBe('stopped')
  })

  it.each([
    { what: 'throws', made: throwing, source: sources.throwing },
    { what: 'is another there', made: changing, source: sources.changing },
    { what: 'wants to end the program', made: leaving, source: sources.leaving },
    { what: 'brings the thread down', made: deadly, source: sources.deadly },
  ])('is left to this thread where the model $what', async ({ made, source }) => {
    const { model, properties } = made()
    expect(await searcher.search(model, properties, { source })).toBeUndefined()
  })

  it('is left to this thread when the other one has died, nobody says where the model is, or the graph is asked for', async () => {
    const { model, properties } = knownAnswer('K71')
    const source = sources.knownAnswer('K71')
    expect(await searcher.search(model, properties, {})).toBeUndefined()
    expect(await searcher.search(model, properties, { source, graph: true })).toBeUndefined()
    await searcher.dismiss()
    expect(await searcher.search(model, properties, { source })).toBeUndefined()
  })
})
