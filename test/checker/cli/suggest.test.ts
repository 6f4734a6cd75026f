/**
 * Answers to names that nobody knows.
 */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { closest, distance, known, unknownName } from '../../../checker/cli/suggest.js'

it.each`
  name          | names                       | meant
  ${'reapin'}   | ${['families', 'reaping']}  | ${'reaping'}
  ${'gvisor'}   | ${['linux', 'gvisor-2018']} | ${'gvisor-2018'}
  ${'ptrace'}   | ${['exit', 'wait']}         | ${undefined}
  ${'anything'} | ${[]}                       | ${undefined}
`('of $names, $name may mean $meant', ({ name, names, meant }) => {
  expect(closest(name, names)).toBe(meant)
})

it('a known name is its thing', () => {
  const exit = { name: 'exit' }
  expect(known('exit', [{ name: 'wait' }, exit], { one: 'feature', many: 'features' })).toBe(exit)
})

it('too many names to read are cut to the closest', () => {
  const names = Array.from({ length: 100 }, (_, i) => `tree-${i}`)
  expect(unknownName('tree-1x', names, { one: 'topology', many: 'topologies' })).toMatchObject({
    what: "There is no topology 'tree-1x'.",
    likely: "Did you mean 'tree-1'?",
    next:
      'Known topologies: tree-1, tree-10, tree-11, tree-12, tree-13, tree-14, tree-15, tree-16, tree-17, tree-18, ' +
      'and 90 more.',
  })
})

it('the distance is a metric', () => {
  const word = fc.string({ maxLength: 8 })
  fc.assert(
    fc.property(word, word, word, (a, b, c) => {
      expect(distance(a, b) === 0).toBe(a === b)
      expect(distance(a, b)).toBe(distance(b, a))
      expect(distance(a, c)).toBeLessThanOrEqual(distance(a, b) + distance(b, c))
    }),
  )
})
