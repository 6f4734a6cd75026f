import { describe, expect, it } from 'vitest'
import { GrowingInts } from '../../../checker/explore/growing.js'

describe('a list that grows by pieces', () => {
  it.each([0, 1, 2 ** 14 - 1, 2 ** 14, 2 ** 14 + 1, 100_000])('hands over all of its %i items', length => {
    const ints = new GrowingInts()
    const items = Array.from({ length }, (_, at) => (7 * at) % 1_001)
    for (const item of items) ints.push(item)
    expect(items.map((_, at) => ints.at(at))).toEqual(items)
    expect([...ints.take()]).toEqual(items)
    expect(ints).toHaveLength(0)
  })

  it('can be filled anew when it has handed over what it had', () => {
    const ints = new GrowingInts()
    for (let at = 0; at < 20_000; at++) ints.push(at)
    ints.take()
    ints.push(3)
    expect([...ints.take()]).toEqual([3])
  })

  it('has no item beyond its end', () => {
    const ints = new GrowingInts()
    ints.push(1)
    expect(() => ints.at(1)).toThrow('no item 1 of 1')
    expect(() => ints.at(-1)).toThrow('no item -1 of 1')
  })
})
