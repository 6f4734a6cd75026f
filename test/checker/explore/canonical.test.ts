import fc from 'fast-check'
import { is, List, Map, OrderedMap, OrderedSet, Record, Seq, Set, Stack } from 'immutable'
import { describe, expect, it } from 'vitest'
import { canonical, EncodeError } from '../../../checker/encode/canonical.js'

const Point = Record({ x: 0 as unknown, y: 0 as unknown }, 'Point')
const Vector = Record({ x: 0 as unknown, y: 0 as unknown }, 'Vector')
const Turned = Record({ y: 0 as unknown, x: 0 as unknown }, 'Point')

const primitive = fc.oneof(
  fc.constantFrom<unknown>(
    undefined,
    null,
    true,
    false,
    0,
    -0,
    Number.NaN,
    1,
    '1',
    1n,
    '',
    ':',
    's1:a',
    ')',
    'L()',
  ),
  fc.double(),
  fc.bigInt(),
  fc.string({ unit: 'binary', maxLength: 4 }),
)

/** Values that `is` compares by what they hold, with few enough leaves that equal ones are met. */
const { value } = fc.letrec<{ value: unknown }>(tie => {
  const values = fc.array(tie('value'), { maxLength: 3 })
  const entries = fc.array(fc.tuple(tie('value'), tie('value')), { maxLength: 3 })
  return {
    value: fc.oneof(
      { depthSize: 'small' },
      primitive,
      values.map(items => List(items)),
      values.map(items => Set(items)),
      values.map(items => OrderedSet(items)),
      entries.map(pairs => Map(pairs)),
      entries.map(pairs => OrderedMap(pairs)),
      fc.tuple(tie('value'), tie('value')).map(([x, y]) => Point({ x, y })),
    ),
  }
})

describe('equal values encode alike, and only they do', () => {
  it('as immutable compares them', () => {
    fc.assert(
      fc.property(value, value, (a, b) => (canonical(a) === canonical(b)) === is(a, b)),
      { numRuns: 2000 },
    )
  })

  it('among many small ones, where many are equal', () => {
    const small = fc.array(value, { minLength: 12, maxLength: 12, size: 'small' })
    fc.assert(
      fc.property(small, values => {
        for (const a of values) for (const b of values) expect(canonical(a) === canonical(b)).toBe(is(a, b))
      }),
    )
  })

  it('whatever order they were built in', () => {
    const entries = fc.uniqueArray(fc.tuple(value, value), { selector: ([key]) => key, comparator: is })
    const shuffled = entries.chain(pairs =>
      fc.tuple(fc.constant(pairs), fc.shuffledSubarray(pairs, { minLength: pairs.length })),
    )
    fc.assert(
      fc.property(shuffled, ([pairs, others]) => {
        const keys = pairs.map(([key]) => key)
        expect(canonical(Map(others))).toBe(canonical(Map(pairs)))
        expect(canonical(Set(others.map(([key]) => key)))).toBe(canonical(Set(keys)))
        expect(
          canonical(
            Set(others.map(([key]) => key))
              .add('more')
              .delete('more'),
          ),
        ).toBe(canonical(Set(keys).delete('more')))
      }),
    )
  })

  it('frozen arrays and objects, by what they hold', () => {
    const frozen = (y: unknown) => Object.freeze({ x: Object.freeze([1, y]), y })
    expect(canonical(frozen(2))).toBe(canonical(frozen(2)))
    expect(canonical(Object.freeze({ a: 1, b: 2 }))).toBe(canonical(Object.freeze({ b: 2, a: 1 })))
    expect(canonical(frozen(2))).not.toBe(canonical(frozen(3)))
  })

  it('records, by their names too, and not by the order of their fields', () => {
    expect(canonical(Point({ x: 1 }))).not.toBe(canonical(Vector({ x: 1 })))
    expect(canonical(Point({ x: 1, y: 2 }))).toBe(canonical(Turned({ x: 1, y: 2 })))
    expect(canonical(Point({ x: 1 }))).not.toBe(canonical(Turned({ y: 1 })))
  })

  it('strings that look like codes', () => {
    // Every string of at most 4 of these characters, alone; every pair of strings of at most 1.
    const longer = (strings: string[]) =>
      strings.flatMap(string => ['s', '1', ':', ';', ')'].map(end => string + end))
    const ofLength = [['']]
    for (let length = 1; length <= 4; length++) ofLength.push(longer(ofLength[length - 1] ?? []))
    const shortest = ofLength.slice(0, 2).flat()
    const lists = [
      ...ofLength.flat().map(one => [one]),
      ...shortest.flatMap(one => shortest.map(other => [one, other])),
    ]
    expect(new globalThis.Set(lists.map(list => canonical(List(list)))).size).toBe(lists.length)
  })

  it('these, pairwise different', () => {
    const values = [
      ...[
        undefined,
        null,
        true,
        false,
        0,
        1,
        '1',
        1n,
        Number.NaN,
        'NaN',
        Number.POSITIVE_INFINITY,
        '',
        'u',
        'true',
      ],
      ...[List(), Set(), OrderedSet(), Map(), OrderedMap(), Object.freeze([]), Object.freeze({}), Point()],
      ...[List([1, 2]), List([12]), List(['1', '2']), List(['12']), List(['1s1:2']), List([List([1]), 2])],
      ...[List([List([1, 2])]), Set([1, 2]), Set([Set([1]), 2]), OrderedSet([1, 2]), OrderedSet([2, 1])],
      ...[Map([[1, 2]]), Map([[2, 1]]), Map([['1', 2]]), OrderedMap([[1, 2]]), Map({ a: undefined }), Map()],
      ...[
        Object.freeze({ a: 1 }),
        Object.freeze({ a: undefined }),
        Object.freeze([1, 2]),
        Object.freeze([12]),
      ],
      ...[Map({ a: 1 }), Record({ a: 1 }, 'a')(), Record({ a: 1 }, 'b')(), Record({ b: 1 }, 'a')()],
    ].filter((one, at, all) => all.findIndex(other => is(other, one)) === at)
    expect(new globalThis.Set(values.map(canonical)).size).toBe(values.length)
  })
})

// What cannot be compared by value is refused, by its name.
it.each([
  ['a function', () => 1, 'A function (without name)'],
  ['a symbol', Symbol('s'), 'A symbol (Symbol(s))'],
  ['a class instance', new Date(0), 'A value of class Date'],
  ['a Map of JavaScript', new globalThis.Map(), 'A value of class Map'],
  ['a Set of JavaScript', new globalThis.Set(), 'A value of class Set'],
  ['an object without prototype', Object.freeze(Object.create(null)), 'A value of class unknown'],
  ['an array', [1, 2], 'An array of 2, not frozen,'],
  ['an object', { a: 1, b: 2 }, 'An object ({ a, b }), not frozen,'],
  ['an array with a hole', Object.freeze(new Array(1)), 'An array of 1 with holes or extra keys'],
  [
    'a getter',
    Object.freeze({
      get a() {
        return 1
      },
    }),
    'An object ({ a }) with hidden, computed or symbol keys',
  ],
  [
    'a symbol key',
    Object.freeze({ [Symbol('s')]: 1 }),
    'An object ({  }) with hidden, computed or symbol keys',
  ],
  ['an array of a class', Object.freeze(new (class Row extends Array {})()), 'A value of class Row'],
  ['a sequence', Seq([1]), 'A value of class ArraySeq'],
  ['a stack', Stack([1]), 'A value of class Stack'],
  ['an open map', Map({ a: 1 }).asMutable(), 'A value of class Map, still open to mutation,'],
  ['an open record', Point().asMutable(), 'A record (Point), still open to mutation,'],
  [
    'an array as a key',
    Set([Object.freeze([1])]),
    'An array of 1, as an element of a set or a key of a map,',
  ],
])('%s cannot be part of a state', (_name, refused, what) => {
  const reason = `${what} cannot be part of a state. Use primitives, immutable collections and records, or frozen data.`
  expect(() => canonical(refused)).toThrow(new EncodeError(what))
  expect(() => canonical(List([refused]))).toThrow(reason)
})
