/**
 * Values in the Informal Trace Format.
 */
import fc from 'fast-check'
import { is, List, Map, OrderedMap, Record, Set } from 'immutable'
import { describe, expect, it } from 'vitest'
import { sameItf, toItf } from '../../../checker/itf/value.js'

const makeTask = Record({ state: 'None', parent: null as number | null, children: Set<number>() }, 'Task')

it.each([
  ['text', 'text'],
  [true, true],
  [-7, -7],
  [-0, 0],
  [2 ** 53, { '#bigint': '9007199254740992' }],
  [12n, { '#bigint': '12' }],
  [0.5, { '#unserializable': '0.5' }],
  [null, { '#unserializable': 'null' }],
  [undefined, { '#unserializable': 'undefined' }],
  [List([1, List([2])]), [1, [2]]],
  [
    [1, 2],
    [1, 2],
  ],
  [Set([10, 9, 2]), { '#set': [2, 9, 10] }],
  [Set(['b', 'a']), { '#set': ['a', 'b'] }],
  [
    Map([
      [10, 'x'],
      [9, 'y'],
    ]),
    {
      '#map': [
        [9, 'y'],
        [10, 'x'],
      ],
    },
  ],
  [
    OrderedMap([
      [10, 'x'],
      [9, 'y'],
    ]),
    {
      '#map': [
        [10, 'x'],
        [9, 'y'],
      ],
    },
  ],
  [makeTask({ children: Set([1]) }), { state: 'None', children: { '#set': [1] } }],
  [makeTask({ parent: 0 }), { state: 'None', parent: 0, children: { '#set': [] } }],
])('%s is written as %j', (value, written) => {
  expect(toItf(value)).toEqual(written)
})

it('refuses what would be read as something else', () => {
  expect(() => toItf({ '#set': 1 })).toThrow(
    'A field named #set cannot be part of a state. Use primitives, immutable collections and records, or frozen data.',
  )
  expect(() => toItf(() => 1)).toThrow('A function cannot be part of a state.')
})

const leaf = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.boolean(), fc.constantFrom('a', 'b', '', '1'))

/** A value, and the same value built in another order. */
const twice = fc.letrec<{ value: readonly [unknown, unknown] }>(tie => ({
  value: fc.oneof(
    { depthSize: 'small' },
    leaf.map(it => [it, it] as const),
    fc
      .array(tie('value'), { maxLength: 4 })
      .map(all => [List(all.map(([a]) => a)), List(all.map(([, b]) => b))] as const),
    fc
      .array(tie('value'), { maxLength: 4 })
      .map(all => [Set(all.map(([a]) => a)), Set(all.map(([, b]) => b).toReversed())] as const),
    // The same keys in another order; where a key comes twice, the first is kept in both.
    fc
      .uniqueArray(fc.tuple(leaf, tie('value')), { maxLength: 4, selector: ([key]) => key })
      .map(
        all =>
          [
            Map(all.map(([k, [a]]) => [k, a])),
            Map(all.map(([k, [, b]]) => [k, b] as const).toReversed()),
          ] as const,
      ),
  ),
})).value

describe('laws', () => {
  it('equal values are written alike', () => {
    fc.assert(
      fc.property(twice, ([a, b]) => {
        expect(JSON.stringify(toItf(a))).toBe(JSON.stringify(toItf(b)))
      }),
    )
  })

  it('different values are written differently', () => {
    fc.assert(
      fc.property(twice, twice, ([a], [b]) => {
        expect(sameItf(toItf(a), toItf(b))).toBe(is(a, b))
      }),
    )
  })

  it('what JSON makes of it says the same', () => {
    fc.assert(
      fc.property(twice, ([a]) => {
        expect(sameItf(JSON.parse(JSON.stringify(toItf(a))), toItf(a))).toBe(true)
      }),
    )
  })
})

it.each([
  [{ '#bigint': '3' }, 3, true],
  [{ '#bigint': '9007199254740993' }, { '#bigint': '9007199254740992' }, false],
  [{ a: 1, b: 2 }, { b: 2, a: 1 }, true],
  [{ '#set': [2, 1] }, { '#set': [1, 2] }, true],
  [[2, 1], [1, 2], false],
  [
    {
      '#map': [
        [2, 'b'],
        [1, 'a'],
      ],
    },
    {
      '#map': [
        [1, 'a'],
        [2, 'b'],
      ],
    },
    true,
  ],
  [1, '1', false],
])('do %j and %j say the same? %s', (a, b, same) => {
  expect(sameItf(a, b)).toBe(same)
})
