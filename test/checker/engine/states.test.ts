/**
 * The exact store: layouts that change, tables that grow, parents in one byte.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Column, Kinds } from '../../../checker/engine/columns.js'
import { FieldTable } from '../../../checker/engine/field.js'
import { Layout } from '../../../checker/engine/layout.js'
import { Parents } from '../../../checker/engine/parents.js'
import { fingerprint, States } from '../../../checker/engine/states.js'
import { Values } from '../../../checker/engine/values.js'

const columnsOf = (count: number): readonly Column[] => {
  const values = new Values()
  const [kinds, census, table] = [new Kinds(), { cells: 0 }, new FieldTable()]
  return Array.from({ length: count }, (_, at) => new Column(at, values, kinds, census, table))
}

/** Keeps vectors of numbers, as the search keeps states. */
const keeper = (count: number) => {
  const columns = columnsOf(count)
  const states = new States(columns)
  const row = new Int32Array(count)
  return {
    states,
    /** The index of the vector, found or new. */
    keep(vector: readonly number[]): number {
      const ids = Int32Array.from(vector, (value, at) => (columns[at] as Column).idOf(value))
      if (ids.some((id, at) => id > (states.layout.largest[at] as number))) states.widen()
      states.layout.pack(ids, row)
      const { low, high } = fingerprint(columns, ids)
      const found = states.find(row, low, high)
      return found >= 0 ? found : states.add(row, low, high)
    },
    at(index: number): number[] {
      const ids = new Int32Array(count)
      states.load(index, ids)
      return Array.from(ids, (id, at) => (columns[at] as Column).values[id] as number)
    },
  }
}

describe('a layout', () => {
  it('packs and unpacks every vector of ids below the sizes of its columns', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 70_000 }), { minLength: 1, maxLength: 40 })
    const withIds = sizes.chain(all =>
      fc.tuple(fc.constant(all), fc.tuple(...all.map(size => fc.nat(size - 1)))),
    )
    fc.assert(
      fc.property(withIds, ([all, ids]) => {
        const layout = new Layout(all)
        const rows = new Int32Array(2 * layout.words)
        layout.pack(Int32Array.from(ids), rows)
        rows.copyWithin(layout.words, 0, layout.words)
        const read = new Int32Array(all.length)
        layout.unpack(rows, layout.words, read)
        expect([...read]).toEqual(ids)
      }),
    )
  })

  it('needs no bits for a cell that never changes, and four words for 16 cells of 256 values', () => {
    expect(new Layout([1, 1, 1]).words).toBe(1)
    expect(new Layout(Array.from({ length: 16 }, () => 256)).words).toBe(4)
    expect(new Layout(Array.from({ length: 16 }, () => 257)).words).toBe(6) // three of 9 bits to a word
  })
})

describe('the states', () => {
  it('are told apart exactly, through changes of the layout and growth of the table', () => {
    const { states, keep, at } = keeper(3)
    const vectors: number[][] = []
    // The first cell outgrows its bits again and again, after thousands of states were kept in the old layout.
    for (let i = 0; i < 30_000; i++) vectors.push([Math.floor(i / 50), i % 50, i % 2])
    expect(vectors.findIndex((vector, index) => keep(vector) !== index)).toBe(-1)
    expect(states.count).toBe(30_000)
    expect(vectors.findIndex((vector, index) => keep(vector) !== index)).toBe(-1)
    for (const index of [0, 1, 4095, 4096, 12_345, 29_999]) expect(at(index)).toEqual(vectors[index])
  })

  it('need few bytes', () => {
    const { states, keep } = keeper(4)
    for (let i = 0; i < 100_000; i++) keep([i % 10, Math.floor(i / 10) % 100, Math.floor(i / 1000), 7])
    // 4 + 7 + 7 + 0 bits are one word; the table of one word for each place has grown from 2^14 places to 2^16 and 2^18.
    expect(states.rowBytes / states.count).toBeLessThan(4.2)
    expect(states.tableBytes).toBe(4 * 2 ** 18)
  })
})

describe('the parents', () => {
  it('are what was pushed, however far apart', () => {
    const steps = fc.array(fc.oneof(fc.constant(0), fc.nat(3), fc.nat(1000), fc.nat(1_000_000)), {
      minLength: 1,
      maxLength: 700,
    })
    fc.assert(
      fc.property(steps, all => {
        const parents = new Parents()
        let parent = 0
        const pushed = all.map(step => {
          parent += step
          parents.push(parent)
          return parent
        })
        expect(pushed.map((_, index) => parents.at(index))).toEqual(pushed)
      }),
    )
  })

  it('are found beyond the first block', () => {
    const parents = new Parents()
    for (let i = 0; i < 200_000; i++) parents.push(Math.floor(i / 3))
    for (const index of [0, 65_535, 65_536, 131_071, 199_999])
      expect(parents.at(index)).toBe(Math.floor(index / 3))
    expect(() => parents.at(200_000)).toThrow('no state 200000 of 200000')
  })
})
