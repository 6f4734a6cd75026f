/** Who holds a value is what one finds by looking at every cell, whatever has changed since. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Column, Kinds } from '../../../checker/engine/columns.js'
import { FieldTable } from '../../../checker/engine/field.js'
import { Holders, mostHolders } from '../../../checker/engine/holders.js'
import { Slots } from '../../../checker/engine/tracker.js'
import { Values } from '../../../checker/engine/values.js'

/** A cell alone, a row of four, a row of three. */
const width = 8
const rows = [
  { first: 1, count: 4 },
  { first: 5, count: 3 },
] as const
const values = [0, 1, 'one', undefined, null, Number.NaN, -0, true] as const

const begun = () => {
  const fields = new FieldTable()
  const store = new Values()
  const kinds = new Kinds()
  const census = { cells: 0, isClosed: false }
  const columns = Array.from({ length: width }, (_, at) => new Column(at, store, kinds, census, fields))
  const slots = new Slots(width)
  const vector = new Int32Array(slots.count)
  const other = new Int32Array(slots.count)
  const holders = new Holders(columns, fields, slots.holders)
  holders.keepIn(vector)
  for (const column of columns) column.idOf(0)
  return { columns, holders, vector, other }
}

const writing = fc.record({ column: fc.nat(width - 1), value: fc.constantFrom(...values) })
const asking = fc.record({ row: fc.constantFrom(...rows), asked: fc.constantFrom(...values) })
const steps = fc.array(fc.oneof(writing, asking), { maxLength: 80 })

it('in the vector that is kept, and in any other that is described', () => {
  fc.assert(
    fc.property(steps, fc.boolean(), (all, looksElsewhere) => {
      const { columns, holders, vector, other } = begun()
      for (const step of all) {
        if ('value' in step) {
          const { column, value } = step
          const id = (columns[column] as Column).idOf(value)
          const before = vector[column] as number
          if (id !== before) holders.moved(column, before, id)
          vector[column] = id
          continue
        }
        const { row, asked } = step
        let where = vector
        if (looksElsewhere) {
          other.set(vector.subarray(0, width))
          holders.describe(other)
          where = other
        }
        const holder = holders.of(row.first, row.count, asked, where)
        if (holder === undefined) throw new Error('nobody tells')
        const found = Array.from({ length: row.count }, (_, place) => place).filter(place => {
          const column = columns[row.first + place] as Column
          const value = column.values[vector[row.first + place] as number]
          return Object.is(value, asked) || value === asked
        })
        expect(holders.placesOf(holder, where)).toEqual(found)
      }
    }),
    { numRuns: 300 },
  )
})

it('tells of a change of those who hold a value, and of no other', () => {
  const { columns, holders, vector } = begun()
  const [row] = rows
  const idOf = (value: unknown) => (columns[row.first] as Column).idOf(value)
  const change = (value: unknown) => {
    const before = vector[row.first] as number
    const bits = holders.moved(row.first, before, idOf(value))
    vector[row.first] = idOf(value)
    return bits
  }
  const one = holders.of(row.first, row.count, 1, vector)
  const nobody = holders.of(row.first, row.count, 'nobody', vector)
  expect(change(1)).toBe(one?.reading.changes)
  expect(change(2)).toBe(one?.reading.changes)
  expect(change(3)).toBe(0)
  expect(change('nobody')).toBe(nobody?.reading.changes)
})

it('leaves it to others where rows overlap, or too many are asked for', () => {
  const { holders, vector } = begun()
  expect(holders.of(1, 4, 0, vector)).toBeDefined()
  expect(holders.of(2, 4, 0, vector)).toBeUndefined()
  expect(holders.of(0, 3, 0, vector)).toBeUndefined()
  for (let value = 1; value < mostHolders; value++) expect(holders.of(1, 4, value, vector)).toBeDefined()
  expect(holders.of(1, 4, 'one more', vector)).toBeUndefined()
  expect(holders.of(1, 4, 7, vector)).toBeDefined()
})
