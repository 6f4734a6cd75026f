/** A test is said to be true of the states that it is true of one by one, however their rows are written. */
import { expect, it } from 'vitest'
import { FastSearch } from '../../../checker/engine/search.js'
import { Evidence } from '../../../checker/explore/evidence.js'
import { model } from '../../../checker/index.js'

it('of states before and after a cell has outgrown its bits', () => {
  const counter = model({
    name: 'counter',
    state: { n: 0, isOdd: false },
    rules: { count: { guard: s => s.n < 5000, effect: s => ({ n: s.n + 1, isOdd: !s.isOdd }) } },
  })
  const search = new FastSearch(counter, [], new Evidence([]))
  while (search.frontier > 0) search.expand(Number.POSITIVE_INFINITY)
  expect([...search.stored.parts()].map(({ layout }) => layout.largest[0])).toEqual([4095, 8191])
  // With 4095 states the number has 12 bits, and what stands in the bit beyond is whether it is odd.
  const [odd] = search.marks([s => s.isOdd])
  expect([...(odd ?? [])].findIndex((mark, n) => mark !== n % 2)).toBe(-1)
})
