import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { idsOf, keyOf, maxId } from '../../../checker/explore/key.js'
import { Store } from '../../../checker/explore/store.js'

describe('the key of a vector of ids', () => {
  const id = fc.oneof(fc.nat(3), fc.integer({ min: 0x7ffe, max: 0x10002 }), fc.nat(maxId))

  it('is read back as the same ids', () => {
    fc.assert(
      fc.property(fc.array(id), ids => {
        expect(idsOf(keyOf(ids))).toEqual(ids)
      }),
    )
  })

  it.each([[0], [0x7fff], [0x8000], [0xffff], [0x10000], [maxId]])('holds the id %i', one => {
    expect(idsOf(keyOf([1, one, 2]))).toEqual([1, one, 2])
  })
})

describe('the store', () => {
  it('gives equal cells one id, and the value that it saw first', () => {
    const store = new Store()
    const [first, second] = [Object.freeze([1]), Object.freeze([1])]
    expect(store.keyOf([first])).toBe(store.keyOf([second]))
    store.add(store.keyOf([second]), { initial: 0 })
    expect(store.cellsOf(store.keyAt(0)).values[0]).toBe(first)
  })

  it('keeps the ids of cells that are the same objects, and encodes the others', () => {
    const store = new Store()
    store.add(store.keyOf(['a', 'b']), { initial: 0 })
    const near = store.cellsOf(store.keyAt(0))
    for (const cells of [['a', 'b'], ['a', 'c'], ['b', 'a'], ['a'], ['a', 'b', undefined]]) {
      expect(store.keyOf(cells, near)).toBe(store.keyOf(cells))
    }
  })

  it('tells apart more cells than 16 bits can', () => {
    const store = new Store()
    const keys = new Set(Array.from({ length: 70_000 }, (_, cell) => store.keyOf([cell])))
    expect(keys.size).toBe(70_000)
  })

  it('finds what was added, and how it was reached, across all its maps', () => {
    const store = new Store(3)
    const keys = Array.from({ length: 10 }, (_, cell) => store.keyOf([cell]))
    keys.forEach((key, at) => {
      expect(store.find(key)).toBeUndefined()
      expect(store.add(key, at === 0 ? { initial: 4 } : { parent: at - 1, rule: at, choice: 2 * at })).toBe(
        at,
      )
    })
    expect(keys.map(key => store.find(key))).toEqual(keys.map((_, at) => at))
    expect(store.size).toBe(10)
    expect(store.originOf(0)).toEqual({ initial: 4 })
    expect(store.originOf(7)).toEqual({ parent: 6, rule: 7, choice: 14 })
  })

  it('grows', () => {
    const store = new Store()
    for (let at = 0; at < 5000; at++) store.add(store.keyOf([at]), { parent: at, rule: 1, choice: 2 })
    expect(store.originOf(4999)).toEqual({ parent: 4999, rule: 1, choice: 2 })
    expect(() => store.originOf(5000)).toThrow(RangeError)
  })
})
