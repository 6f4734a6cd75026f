/**
 * Steps that are counted and not taken: what they lead to is stored, and nothing that is found depends on them.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { each, upTo } from '../../../checker/define/each.js'
import { model } from '../../../checker/define/model.js'
import { exploreFast } from '../../../checker/engine/explore.js'
import { SleepSets, setWords } from '../../../checker/engine/sleep.js'
import { explore } from '../../../checker/explore/explore.js'
import type { ExploreOptions } from '../../../checker/explore/result.js'
import type { Model, Property } from '../../../checker/model.js'
import { twoPhaseCommit } from '../../known-answers/two-phase-commit.js'
import { graphFrom } from '../graph.js'
import { plans, randomModels } from './random-model.js'
import { comparable } from './same.js'

/** Switches that can each be turned on. */
const switches = (n: number) =>
  model({
    name: 'switches',
    state: { on: each(n, false) },
    rules: {
      turnOn: {
        choices: upTo(n),
        guard: (s, i) => !s.on.get(i),
        effect: (s, i) => ({ on: s.on.set(i, true) }),
      },
    },
    isEnd: () => true,
  })

const asleepIn = async <S>(
  model: Model<S>,
  properties: readonly Property<S>[],
  options: ExploreOptions = {},
): Promise<number> => {
  const found = await exploreFast(model, properties, { ...options, statistics: true })
  const { statistics, ...rest } = found
  expect(comparable(rest)).toEqual(comparable(await explore(model, properties, options)))
  return statistics?.asleep ?? Number.NaN
}

describe('steps that sleep', () => {
  it('are some of those of a model whose messages are one cell, and change nothing', async () => {
    expect(await asleepIn(twoPhaseCommit(4), [])).toBeGreaterThan(0)
  })

  it('are all but one for each state, where nothing depends on anything', async () => {
    const { transitions, states } = await explore(switches(9), [])
    expect({ transitions, states }).toEqual({ transitions: 9 * 2 ** 8, states: 2 ** 9 })
    // Cells have to be met first, and some states are looked at in any case.
    expect(await asleepIn(switches(9), [])).toBeGreaterThan(0.9 * (transitions - states))
  })

  it('are none where every step reads what every other step writes', async () => {
    expect(await asleepIn(graphFrom(['a'], ['a>b', 'a>c', 'b>d', 'c>d', 'd>a']), [])).toBe(0)
  })

  it('are looked for in the paranoid mode, and found', async () => {
    await fc.assert(
      fc.asyncProperty(plans, async made => {
        const { model, properties } = randomModels['as they are'](made)
        expect(await asleepIn(model, properties, { paranoid: true })).toBe(0)
      }),
      { numRuns: 20 },
    )
  })

  it('sleep in some models made up by chance, whatever limit is met', async () => {
    let asleep = 0
    await fc.assert(
      fc.asyncProperty(plans, fc.nat(300), fc.nat(8), async (made, maxStates, depth) => {
        const { model, properties } = randomModels['as they are'](made)
        asleep += await asleepIn(model, properties)
        await asleepIn(model, properties, { maxStates: maxStates + 1 })
        await asleepIn(model, properties, { depth })
      }),
      { numRuns: 90 },
    )
    expect(asleep).toBeGreaterThan(0)
  })
})

describe('sets of actions', () => {
  it('are kept for the states that are yet to be expanded, and read as they were written', () => {
    const set = fc.tuple(fc.integer(), fc.integer())
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(700), fc.nat(3), set), { maxLength: 60 }), moves => {
        const words = setWords(64)
        const sleep = new SleepSets(words)
        const kept = new Map<number, readonly number[]>()
        const read = new Int32Array(words)
        let [from, to] = [0, 0]
        for (const [found, expanded, its] of moves) {
          sleep.reserve(from, to + found + 1)
          // One of the states that were found has a set.
          to += found + 1
          kept.set(to - 1, its)
          sleep.keep(to - 1, Int32Array.from([99, ...its]), 1)
          from = Math.min(to - 1, from + expanded)
          for (const index of [from, (from + to) >> 1, to - 1]) {
            sleep.read(index, read)
            expect([...read]).toEqual(kept.get(index) ?? [0, 0])
          }
        }
      }),
    )
  })

  it('are empty where nothing was written, also when another state had the place', () => {
    const sleep = new SleepSets(1)
    const read = new Int32Array(1)
    const capacity = sleep.memory.length / 2
    sleep.keep(3, Int32Array.of(7), 0)
    sleep.read(3 + capacity, read)
    expect([...read]).toEqual([0])
    sleep.keep(3 + capacity, Int32Array.of(5), 0)
    sleep.read(3, read)
    expect([...read]).toEqual([0])
  })
})
