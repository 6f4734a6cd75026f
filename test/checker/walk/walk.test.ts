/**
 * Random walks: the same seed, the same walks; every scheduler gets everywhere; what is found can be replayed.
 */
import { describe, expect, it } from 'vitest'
import { replay } from '../../../checker/explore/replay.js'
import type { LocalProperty } from '../../../checker/model.js'
import { Dice, schedulers } from '../../../checker/walk/scheduler.js'
import { walk } from '../../../checker/walk/walk.js'
import { endingAt, graph, never, neverTakes, reaches } from '../graph.js'

const square = graph('a>b', 'b>c', 'c>d', 'd>a', 'b>a', 'c>bad', 'bad>a')
const properties = [never('bad'), neverTakes('d>a'), reaches('d'), never('nowhere')]
const options = { seed: 5, walks: 12, steps: 50 }

describe('a walk', () => {
  it('is the same for the same seed, and another one for another', async () => {
    const one = await walk(square, properties, options)
    expect(await walk(square, properties, options)).toEqual({ ...one, seconds: expect.any(Number) })
    const other = await walk(square, properties, { ...options, seed: 6 })
    expect(other.firings).toBeDefined()
    expect(other.found.map(({ trace }) => trace.actions.length)).toBeDefined()
  })

  it.each(schedulers)('with the scheduler %s finds what there is', async scheduler => {
    const { found, reached, unbroken, steps } = await walk(square, properties, { ...options, scheduler })
    expect(found.map(({ property }) => property.name)).toEqual(['never bad', 'never takes d>a'])
    expect(reached.map(({ name }) => name)).toEqual(['reaches d'])
    expect(unbroken.map(({ name }) => name)).toEqual(['never nowhere'])
    expect(steps).toBe(12 * 50)
    for (const { trace, property } of found) {
      const { states, replayed } = replay(square, trace)
      expect(replayed).toBe(true)
      if (property.kind === 'invariant') expect(property.holds(states.at(-1) as string)).toBe(false)
    }
  })

  it('ends where nothing more can happen, and judges that', async () => {
    const stuck: LocalProperty<string> = { ...never('end'), name: 'stuck' }
    const found = await walk(endingAt([], graph('a>end')), [], { seed: 1, walks: 1, steps: 10 }, stuck)
    expect(found).toMatchObject({ steps: 1, found: [{ property: { name: 'stuck' } }] })
  })

  it('stops when it is told to', async () => {
    const found = await walk(square, properties, { ...options, signal: AbortSignal.abort('SIGINT') })
    expect(found).toMatchObject({ walks: 0, isComplete: false })
  })
})

describe('dice', () => {
  it('shuffle without loss, and fairly', () => {
    const first = new Map<number, number>()
    const dice = new Dice(1)
    for (let i = 0; i < 6000; i++) {
      const drawn = [...dice.shuffled([0, 1, 2])]
      expect(drawn.toSorted()).toEqual([0, 1, 2])
      first.set(drawn[0] as number, (first.get(drawn[0] as number) ?? 0) + 1)
    }
    // 2000 each, with a standard deviation of 37.
    for (const n of first.values()) expect(Math.abs(n - 2000)).toBeLessThan(200)
  })
})
