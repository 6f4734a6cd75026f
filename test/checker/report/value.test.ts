/**
 * Values and small pieces of text, as people read them.
 */
import fc from 'fast-check'
import { List, Map, OrderedSet, Record, Set } from 'immutable'
import { expect, it } from 'vitest'
import { bytes, count, duration, grouped, slug, wrapped } from '../../../checker/report/text.js'
import { show } from '../../../checker/report/value.js'

const makePair = Record({ left: 0, right: null as unknown })

it.each([
  [null, 'none'],
  [undefined, 'none'],
  [true, 'true'],
  ['Zombie', 'Zombie'],
  [-1, '-1'],
  [Set(['worker', 'shell']), '{shell, worker}'],
  [Set([10, 9, 100]), '{9, 10, 100}'],
  [OrderedSet([2, 1]), '{2, 1}'],
  [List([2, 1]), '[2, 1]'],
  [[2, [1]], '[2, [1]]'],
  [
    Map([
      [10, 'b'],
      [9, 'a'],
    ]),
    '{9: a, 10: b}',
  ],
  [makePair({ left: 1, right: Set() }), '{left: 1, right: {}}'],
  [{ kind: 'core', of: [1] }, '{kind: core, of: [1]}'],
])('%s is shown as %s', (value, text) => {
  expect(show(value)).toBe(text)
})

it('equal values are shown alike, whatever order they were built in', () => {
  const keys = fc.uniqueArray(fc.oneof(fc.integer(), fc.string(), fc.boolean()), { maxLength: 12 })
  const shuffled = keys.chain(all =>
    fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
  )
  fc.assert(
    fc.property(shuffled, ([a, b]) => {
      expect(show(Set<unknown>(a))).toBe(show(Set<unknown>(b)))
      expect(show(Map<unknown, number>(a.map(key => [key, 1])))).toBe(
        show(Map<unknown, number>(b.map(key => [key, 1]))),
      )
    }),
  )
})

it('numbers are grouped in threes', () => {
  expect([0, 999, 1000, 12_345, 1_745_408].map(grouped)).toEqual(['0', '999', '1 000', '12 345', '1 745 408'])
  expect([count(1, 'state'), count(12_345, 'state'), count(2, 'entry', 'entries')]).toEqual([
    '1 state',
    '12 345 states',
    '2 entries',
  ])
})

it.each([
  [0, '0.0 s'],
  [9.94, '9.9 s'],
  [9.96, '10 s'],
  [75.4, '75 s'],
  [725, '12 min 5 s'],
])('%d seconds are %s', (seconds, text) => {
  expect(duration(seconds)).toBe(text)
})

it('memory is in MB and GB', () => {
  expect([bytes(512 * 1024 ** 2), bytes(2.1 * 1024 ** 3)]).toEqual(['512 MB', '2.1 GB'])
})

it('a property becomes a file name', () => {
  expect(slug('A leader’s exit: is (always) reaped last.')).toBe('a-leader-s-exit-is-always-reaped-last')
})

it('wrapping loses no word, and no line is longer than it may be unless it is one word', () => {
  const words = fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1 })
  fc.assert(
    fc.property(words, fc.integer({ min: 4, max: 40 }), (all, width) => {
      const lines = wrapped(all.join(' '), width)
      expect(lines.join(' ')).toBe(all.join(' '))
      for (const line of lines) expect(line.length <= width || !line.includes(' ')).toBe(true)
    }),
  )
})
