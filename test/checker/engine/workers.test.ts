/**
 * What several threads find is what one finds, however many there are.
 */
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { exploreFast } from '../../../checker/engine/explore.js'
import { blockSize } from '../../../checker/engine/messages.js'
import type { ModelSource, SourcedModel } from '../../../checker/engine/source.js'
import { explore } from '../../../checker/explore/explore.js'
import type { ExploreOptions } from '../../../checker/explore/result.js'
import { holdings, plans } from './random-model.js'
import { comparable } from './same.js'
import {
  behaving,
  changing,
  counters,
  deadly,
  knownAnswer,
  leaving,
  mixing,
  pondered,
  random,
  sources,
  stuck,
  throwing,
} from './worker-models.js'

// Every thread builds its model, which takes a while where others want the machine as well.
vi.setConfig({ testTimeout: 240_000 })

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
    { numRuns: 2 },
  )
})

it('random models with a constraint are found by three threads as by one', async () => {
  await fc.assert(
    fc.asyncProperty(plans, async made => {
      const argument = { holding: 'as they are', plans: made, isConstrained: true } as const
      const { model, properties } = random(argument)
      const found = await together(random(argument), sources.constrained(made), 3)
      expect(comparable(found)).toEqual(comparable(await explore(model, properties)))
    }),
    { numRuns: 2 },
  )
})

describe('the graph that threads have written together is the one that one thread writes', () => {
  it.each([
    { id: 'K29', workers: 3 },
    { id: 'K29', workers: 2, maxStates: 1_000 },
  ])('%o', async ({ id, workers, ...limits }) => {
    const options = { ...limits, graph: true }
    const { model, properties } = knownAnswer(id)
    const found = await together(knownAnswer(id), sources.knownAnswer(id), workers, options)
    expect(comparable(found)).toEqual(comparable(await explore(model, properties, options)))
  })

  it.each([{ workers: 3 }, { workers: 2, paranoid: true }])(
    'new values and a growing table: %o',
    async ({ workers, ...options }) => {
      const { model, properties } = counters({ most: 24 })
      const all = { ...options, graph: true }
      const found = await together(counters({ most: 24 }), sources.counters(24), workers, all)
      expect(comparable(found)).toEqual(comparable(await explore(model, properties, { graph: true })))
    },
  )

  it('random models with a constraint', async () => {
    await fc.assert(
      fc.asyncProperty(plans, async made => {
        const argument = { holding: 'as they are', plans: made, isConstrained: true } as const
        const { model, properties } = random(argument)
        const found = await together(random(argument), sources.constrained(made), 2, { graph: true })
        expect(comparable(found)).toEqual(comparable(await explore(model, properties, { graph: true })))
      }),
      { numRuns: 2 },
    )
  })
})

describe('properties of behaviours that threads judge together', () => {
  it.each([2, 3])('are judged by %i threads as by one', async workers => {
    const { model, properties } = behaving({})
    const found = await together(behaving({}), sources.behaving(), workers)
    expect(comparable(found)).toEqual(comparable(await explore(model, properties)))
    expect(new Set(found.verdicts.map(({ verdict }) => verdict))).toEqual(new Set(['holds', 'violated']))
  })

  it('are judged by the first thread, if another cannot', async () => {
    const { model, properties } = behaving({})
    const found = await together(behaving({ fault: 'elsewhere' }), sources.behaving('elsewhere'), 2)
    expect(comparable(found)).toEqual(comparable(await explore(model, properties)))
  })

  it('throw as on one thread', async () => {
    const { model, properties } = behaving({ fault: 'everywhere' })
    const thrown = await explore(model, properties).catch(String)
    expect(thrown).toContain('y is asked about')
    const found = await together(behaving({ fault: 'everywhere' }), sources.behaving('everywhere'), 2).catch(
      String,
    )
    expect(found).toBe(thrown)
  })

  it('are left when a signal comes', async () => {
    const { model, properties } = pondered()
    const controller = new AbortController()
    let judged = 0
    const interrupted = properties.map(property => ({
      ...property,
      when: () => {
        if (++judged === 2) controller.abort('SIGINT')
        return true
      },
    })) as typeof properties
    const { signal } = controller
    const found = await together({ model, properties: interrupted }, sources.pondered, 2, { signal })
    expect(found.stop).toEqual({ by: 'signal', signal: 'SIGINT' })
    const verdicts = found.verdicts.map(({ verdict }) => verdict)
    expect(verdicts).toContain('holds')
    expect(verdicts).toContain('stopped')
  })
})

describe('levels that are shared by threads', () => {
  it.each([
    { workers: 2 },
    { workers: 3 },
    { workers: 2, paranoid: true },
    { workers: 2, depth: 30 },
    { workers: 2, maxStates: 11_111 },
  ])('new values, broken properties and a growing table: %o', async ({ workers, ...options }) => {
    const { model, properties } = counters({ most: 24 })
    const found = await together(counters({ most: 24 }), sources.counters(24), workers, options)
    const one = await explore(model, properties, options)
    expect(comparable(found)).toEqual(comparable(one))
    expect(one.levels.some(states => states > 3 * blockSize)).toBe(true)
  })

  it('end in the middle when a limit is met, with what one thread has found by then', async () => {
    const controller = new AbortController()
    const found = await together(counters({ most: 30, isSlow: true }), sources.counters(30, true), 2, {
      signal: controller.signal,
      // There are so many states before the slow level is begun.
      onProgress: ({ states }) => {
        if (states > 1771) controller.abort('SIGINT')
      },
    })
    expect(found.stop).toEqual({ by: 'signal', signal: 'SIGINT' })
    const expanded = found.states - found.unexpanded
    const { levels, transitions } = firstCounters(expanded)
    expect(found).toMatchObject({ complete: false, depthComplete: 20, levels, transitions })
    // Some states of the level were expanded, and not all.
    expect(found.levels).toHaveLength(22)
    expect(found.unexpanded).toBeGreaterThan(found.levels[21] as number)
  })
})

/** What is found by the expansion of so many states of three counters, below 20 and some more. */
function firstCounters(expanded: number): {
  readonly levels: readonly number[]
  readonly transitions: number
} {
  const queue = [[0, 0, 0]]
  const known = new Set(queue.map(String))
  const levels = [1]
  let transitions = 0
  for (let at = 0; at < expanded; at++) {
    const [x, y, z] = queue[at] as [number, number, number]
    for (const next of [
      [x + 1, y, z],
      [x, y + 1, z],
      [x, y, z + 1],
    ]) {
      transitions++
      if (known.has(String(next))) continue
      known.add(String(next))
      queue.push(next)
      const depth = x + y + z + 1
      levels[depth] = (levels[depth] ?? 0) + 1
    }
  }
  return { levels, transitions }
}

it('states in which nothing can happen are ends for several threads that are ends for one', async () => {
  const { model, properties } = stuck()
  const found = await together(stuck(), sources.stuck, 2)
  expect(found).toMatchObject({ ends: 20, deadlocks: 180 })
  expect(comparable(found)).toEqual(comparable(await explore(model, properties)))
})

it('a cell that holds a record now is asked for anew by a constraint, when one thread goes on alone', async () => {
  const { model, properties } = mixing()
  // Threads share no more than the first states, lest there be too many.
  const maxStates = 8800
  const found = await together(mixing(), sources.mixing, 2, { maxStates })
  expect(comparable(found)).toEqual(comparable(await explore(model, properties, { maxStates })))
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
  it('ends the search with what was found before, if the thread dies', async () => {
    const found = await together(deadly(), sources.deadly, 2)
    expect(found.stop).toEqual({ by: 'thread', why: 'out of breath' })
    expect(found).toMatchObject({ complete: false, states: 201, depthComplete: 1, unexpanded: 200 })
  })

  it('ends the search, if the model wants to end the program there', async () => {
    const found = await together(leaving(), sources.leaving, 2)
    expect(found.stop).toEqual({
      by: 'thread',
      why: 'it called process.exit(0), and a model must not end the checker',
    })
    expect(found.complete).toBe(false)
  })

  it('is reported as one thread reports it, if the model throws', async () => {
    await expect(together(throwing(), sources.throwing, 2)).rejects.toThrow(
      "the property 'never d' threw 3 steps from the initial state a: d is asked about",
    )
  })

  it('ends the search, if the model cannot be built there, or is another', async () => {
    const nowhere = { ...sources.throwing, export: 'nothing' }
    expect((await together(throwing(), nowhere, 2)).stop).toMatchObject({
      why: expect.stringContaining('exports no function nothing'),
    })
    expect((await together(changing(), sources.changing, 2)).stop).toEqual({
      by: 'thread',
      why: 'it makes another model of the same module: one that reads a clock or a random number?',
      isOtherModel: true,
    })
  })
})

it('a search that has one thread only tells why, if there were to be more', async () => {
  const { model, properties } = knownAnswer('K25')
  const why: string[] = []
  const onAlone = (reason: string) => why.push(reason)
  await exploreFast(model, properties, { workers: 2, onAlone })
  await exploreFast(model, properties, { workers: 2, source: sources.knownAnswer('K25'), onAlone })
  await exploreFast(model, properties, { workers: 1, onAlone })
  expect(why).toEqual(['it cannot be built anew on another thread'])
})
