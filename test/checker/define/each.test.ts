/**
 * Fields with one cell for each key.
 */
import { describe, expect, expectTypeOf, it } from 'vitest'
import { type Each, each, upTo } from '../../../checker/index.js'

describe('a field with a cell for each key', () => {
  it('has the keys 0, 1, … of a number, or those that are listed', () => {
    expect(each(3, 'idle').keys).toEqual([0, 1, 2])
    expect(each(['reader', 'writer'], false).keys).toEqual(['reader', 'writer'])
    expectTypeOf(each(['reader', 'writer'], false)).toEqualTypeOf<Each<'reader' | 'writer', boolean>>()
  })

  it('has one value everywhere, or what a function gives for the key', () => {
    expect(each(3, 'idle').toArray()).toEqual(['idle', 'idle', 'idle'])
    expect(each([1, 5], key => key * key).toArray()).toEqual([1, 25])
  })

  it('is changed into another one, and stays as it is', () => {
    const before = each(3, 0)
    const after = before.set(1, 7).update(2, n => n + 1)
    expect(before.toArray()).toEqual([0, 0, 0])
    expect(after.toArray()).toEqual([0, 7, 1])
    expect(after.map((n, key) => n * 10 + key).toArray()).toEqual([0, 71, 12])
  })

  it('is asked about all its values', () => {
    const field = each(4, key => key % 2)
    expect(field.every(n => n < 2)).toBe(true)
    expect(field.some((n, key) => n === key)).toBe(true)
    expect(field.count(n => n === 1)).toBe(2)
    expect(field.where(n => n === 1)).toEqual([1, 3])
    expect([field.includes(1), field.includes(2)]).toEqual([true, false])
    expect([field.is(1, 1), field.is(2, 1), field.set(2, 1).is(2, 1)]).toEqual([true, false, true])
    expect([...field]).toEqual([0, 1, 0, 1])
    expect(String(field)).toBe('[0, 1, 0, 1]')
  })

  it('knows an array or a plain object by what it holds', () => {
    const rest: unknown = { at: 'rest' }
    const field = each([0, 1], rest).set(0, [1, 2]).set(1, { at: 'work' })
    expect(field.includes([1, 2])).toBe(true)
    expect(field.where({ at: 'work' })).toEqual([1])
    expect(field.is(1, { at: 'work' })).toBe(true)
    expect([field.includes([2, 1]), field.includes({ at: 'rest' })]).toEqual([false, false])
  })

  it('refuses a key that it does not have', () => {
    const field = each(['reader', 'writer'] as string[], 0)
    for (const use of [
      () => field.get('owner'),
      () => field.is('owner', 0),
      () => field.set('owner', 1),
      () => field.update('owner', n => n),
    ])
      expect(use).toThrow(new RangeError('There is no owner among reader, writer.'))
  })
})

it('upTo counts from 0', () => {
  expect(upTo(3)).toEqual([0, 1, 2])
  expect(upTo(0)).toEqual([])
})
