/** Who holds a value is what one finds by looking at every cell, whatever has changed since. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { OfAll } from '../../../checker/define/each.js'
import { Column, Kinds } from '../../../checker/engine/columns.js'
import { FieldTable } from '../../../checker/engine/field.js'
import { Holders, mostHolders } from '../../../checker/engine/holders.js'
import { Counts, Sets, type Tally } from '../../../checker/engine/tallies.js'
import { Slots } from '../../../checker/engine/tracker.js'
import { Values } from '../../../checker/engine/values.js'

/** A cell alone, a row of four, a row of three. */
const width = 8
const rows = [
  { first: 1, count: 4 },
  { first: 5, count: 3 },
] as const
const values = [0, 1, 'one', undefined, null, Number.NaN, -0, true] as const

const begun = (tallyOf: (table: FieldTable, size: number) => Tally, tellsMoves: boolean) => {
  const fields = new FieldTable()
  const store = new Values()
  const kinds = new Kinds()
  const census = { cells: 0, isClosed: false }
  const columns = Array.from({ length: width }, (_, at) => new Column(at, store, kinds, census, fields))
  const slots = new Slots(width)
  const vector = new Int32Array(slots.count)
  const other = new Int32Array(slots.count)
  const holders = new Holders(columns, fields, slots.holders, vector, tallyOf, tellsMoves)
  for (const column of columns) column.idOf(0)
  const told = (
    what: keyof OfAll,
    { first, count }: (typeof rows)[number],
    asked: unknown,
    where: Int32Array,
  ) => {
    const reading = holders.reading(what, first, count, asked, where)
    if (reading === undefined) throw new Error('nobody tells')
    const { numbers, starts } = fields
    const number = numbers[(starts[reading.field.index] as number) + (where[reading.slot] as number)]
    return reading.field.seen[number as number]
  }
  return { columns, holders, vector, other, told }
}

const sets = (table: FieldTable, size: number) => new Sets(table, size)
const counts = (table: FieldTable, size: number) => new Counts(table, size)

const writing = fc.record({ column: fc.nat(width - 1), value: fc.constantFrom(...values) })
const asking = fc.record({ row: fc.constantFrom(...rows), asked: fc.constantFrom(...values) })
const steps = fc.array(fc.oneof(writing, asking), { maxLength: 80 })

describe.each([
  { kept: 'which places', tallyOf: sets, whats: ['where', 'count'] as const },
  { kept: 'how many', tallyOf: counts, whats: ['count', 'some', 'every'] as const },
])('$kept', ({ tallyOf, whats }) => {
  it.each([false, true])(
    'is what one finds cell by cell; asked first in another vector than that which is kept: %s',
    elsewhere => {
      fc.assert(
        fc.property(steps, fc.boolean(), (all, tellsMoves) => {
          const { columns, holders, vector, other, told } = begun(tallyOf, tellsMoves)
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
            if (elsewhere) {
              other.set(vector.subarray(0, width))
              holders.describe(other)
            }
            const found = Array.from({ length: row.count }, (_, place) => place).filter(place => {
              const column = columns[row.first + place] as Column
              const value = column.values[vector[row.first + place] as number]
              return Object.is(value, asked) || value === asked
            })
            const answers: OfAll = {
              where: found,
              count: found.length,
              some: found.length > 0,
              every: found.length === row.count,
            }
            for (const where of elsewhere ? [other, vector] : [vector])
              for (const what of whats) expect(told(what, row, asked, where)).toEqual(answers[what])
          }
        }),
        { numRuns: 300 },
      )
    },
  )
})

it('tells of a change of those who hold a value, and of no other', () => {
  const { columns, holders, vector } = begun(sets, true)
  const [row] = rows
  const idOf = (value: unknown) => (columns[row.first] as Column).idOf(value)
  const change = (value: unknown) => {
    const before = vector[row.first] as number
    const bits = holders.moved(row.first, before, idOf(value))
    vector[row.first] = idOf(value)
    return bits
  }
  const one = holders.reading('where', row.first, row.count, 1, vector)
  const nobody = holders.reading('where', row.first, row.count, 'nobody', vector)
  expect(change(1)).toBe(one?.changes)
  expect(change(2)).toBe(one?.changes)
  expect(change(3)).toBe(0)
  expect(change('nobody')).toBe(nobody?.changes)
})

it('leaves it to others where rows overlap, or too many are asked for', () => {
  const { holders, vector } = begun(sets, true)
  const ask = (first: number, count: number, value: unknown) =>
    holders.reading('where', first, count, value, vector)
  expect(ask(1, 4, 0)).toBeDefined()
  expect(ask(2, 4, 0)).toBeUndefined()
  expect(ask(0, 3, 0)).toBeUndefined()
  for (let value = 1; value < mostHolders; value++) expect(ask(1, 4, value)).toBeDefined()
  expect(ask(1, 4, 'one more')).toBeUndefined()
  expect(ask(1, 4, 7)).toBeDefined()
})

it('is given up where there would be too many sets, and that is told once', () => {
  const tally = new Sets(new FieldTable(), 4)
  let isFull = false
  const { holders, vector } = begun((table, size) => {
    if (size !== 4) return new Counts(table, size)
    Object.defineProperty(tally, 'isFull', { get: () => isFull })
    return tally
  }, true)
  const ask = ({ first, count }: (typeof rows)[number]) => holders.reading('count', first, count, 1, vector)
  const [large, small] = rows
  expect(ask(large)).toBeDefined()
  expect(ask(small)).toBeDefined()
  expect(holders.giveUp()).toBe(false)
  isFull = true
  expect(holders.giveUp()).toBe(true)
  expect(holders.giveUp()).toBe(false)
  expect(ask(large)).toBeUndefined()
  expect(ask(small)).toBeDefined()
})

it('is too much for more than 4096 sets', () => {
  const tally = new Sets(new FieldTable(), 14)
  let number = 0
  // A Gray code: each set differs in one place from the one before.
  for (let nth = 1; nth < 2 ** 12; nth++) number = tally.join(number, 31 - Math.clz32(nth & -nth))
  expect(tally.isFull).toBe(false)
  number = tally.join(number, 12)
  expect(tally.isFull).toBe(true)
})
