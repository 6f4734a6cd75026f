/**
 * States that several threads find at once: here all take their turns on one thread, so that every order can be had.
 */
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { Column, Kinds } from '../../../checker/engine/columns.js'
import { FieldTable } from '../../../checker/engine/field.js'
import {
  absent,
  Fresh,
  freshMemory,
  slotsFor,
  slotsTaken,
  unreadable,
} from '../../../checker/engine/fresh.js'
import type { Layout } from '../../../checker/engine/layout.js'
import { blockSize, counterLength } from '../../../checker/engine/messages.js'
import { fingerprint, States } from '../../../checker/engine/states.js'
import { Values } from '../../../checker/engine/values.js'

const memory = freshMemory()

/** Three threads, with states of two cells, each a number below `values`. */
const team = (values = 64) => {
  const [kinds, census, table, store] = [
    new Kinds(),
    { cells: 0, isClosed: false },
    new FieldTable(),
    new Values(),
  ]
  const columns = [0, 1].map(at => new Column(at, store, kinds, census, table))
  for (const column of columns) for (let value = 0; value < values; value++) column.idOf(value)
  const stored = new States(columns, true)
  const counters = new Int32Array(counterLength(3))
  memory.counts.fill(0)
  const rowIn = (layout: Layout, ids: readonly number[]) => {
    const row = new Int32Array(layout.words)
    layout.pack(Int32Array.from(ids), row)
    return row
  }
  const thread = () => {
    const births = { layouts: [stored.layout] }
    const fresh = new Fresh(memory, counters, stored, births, 2)
    return {
      fresh,
      births,
      /** Finds a state from a parent. @returns its number, `absent` if it was new */
      finds(
        ids: readonly number[],
        parent: number,
        print = fingerprint(columns, Int32Array.from(ids)),
      ): number {
        const row = rowIn(births.layouts.at(-1) as Layout, ids)
        const known = fresh.find(row, print.low, print.high)
        if (known >= 0) fresh.meet(known, parent)
        if (known === absent) fresh.enter(row, print.high, parent)
        return known
      },
    }
  }
  const [a, b, c] = [thread(), thread(), thread()]
  const all = [a, b, c] as const
  return {
    stored,
    columns,
    counters,
    a,
    b,
    all,
    begin() {
      counters.fill(0)
      for (const { fresh } of all) fresh.begin({ from: 0 })
    },
    /** Ends the round. @returns the stored states, each with the parent by which it is found first */
    settle(blocks: number): { ids: number[]; parent: number }[] {
      const found = all.reduce((sum, { fresh }) => sum + fresh.found, 0)
      const starts = new Int32Array(blocks)
      for (let block = 1; block < blocks; block++)
        starts[block] = (starts[block - 1] as number) + (memory.counts[block - 1] as number)
      expect(memory.counts.subarray(0, blocks).reduce((sum, n) => sum + n, 0)).toBe(found)
      const base = stored.count
      stored.reserve(found)
      for (const { fresh } of all) fresh.settle(starts, () => {})
      stored.settle(found)
      return Array.from({ length: found }, (_, at) => {
        const ids = new Int32Array(2)
        stored.load(base + at, ids)
        return { ids: [...ids], parent: memory.settled[at] as number }
      })
    },
    /** Is each found where it is stored? */
    findsAll(): boolean {
      for (let index = 0; index < stored.count; index++) {
        const ids = new Int32Array(2)
        stored.load(index, ids)
        const { low, high } = fingerprint(columns, ids)
        if (stored.find(rowIn(stored.layout, [...ids]), low, high) !== index) return false
      }
      return true
    },
  }
}

/** Who expands each block of states, and what each state leads to. */
const plans = fc.array(
  fc.record({
    by: fc.nat(2),
    /** States of the block that lead somewhere: the second cells of what they lead to; the first is 0 or 1. */
    leads: fc.array(fc.array(fc.tuple(fc.nat(1), fc.nat(5)), { maxLength: 4 }), { maxLength: 5 }),
  }),
  { minLength: 1, maxLength: 8 },
)

/** Whose turn it is, and who comes in between, if somebody does. */
const turns = fc.infiniteStream(fc.record({ whose: fc.nat(2), between: fc.option(fc.nat(2)) }))

/** Lets somebody else act after the thread has seen what it goes by, and before it does what nobody can come between. */
function disturbed(act: () => void, by: () => void): void {
  const { compareExchange } = Atomics
  const spy = vi.spyOn(Atomics, 'compareExchange')
  spy.mockImplementation((...exchange: Parameters<typeof compareExchange>) => {
    spy.mockRestore()
    by()
    return compareExchange(...exchange)
  })
  try {
    act()
  } finally {
    spy.mockRestore()
  }
}

describe('a round', () => {
  it('stores what three threads find as one thread would, in whatever order they take their turns', () => {
    fc.assert(
      fc.property(plans, turns, (blocks, order) => {
        const { all, begin, settle, findsAll, stored } = team()
        begin()
        // What one thread finds, in its order.
        const expected = new Map<string, { ids: number[]; parent: number }>()
        const work: (() => void)[][] = all.map(() => [])
        for (const [block, { by, leads }] of blocks.entries()) {
          const thread = all[by] as (typeof all)[number]
          const its = work[by] as (() => void)[]
          its.push(() => thread.fresh.beginBlock(block))
          for (const [at, to] of leads.entries()) {
            const parent = block * blockSize + at
            for (const ids of to) {
              its.push(() => thread.finds(ids, parent))
              if (!expected.has(ids.join())) expected.set(ids.join(), { ids: [...ids], parent })
            }
          }
          its.push(() => thread.fresh.endBlock())
        }
        for (const { whose, between } of order) {
          if (work.every(({ length }) => length === 0)) break
          const next = work[whose]?.shift() ?? (() => {})
          if (between === null || between === whose) next()
          else disturbed(next, () => work[between]?.shift()?.())
        }
        expect(settle(blocks.length)).toEqual([...expected.values()])
        expect(stored.count).toBe(expected.size)
        expect(findsAll()).toBe(true)
      }),
    )
  })

  it('keeps the smallest parent of a state that another enters in between, or finds from a smaller one', () => {
    const { a, b, all, begin, settle } = team()
    begin()
    for (const [block, { fresh }] of all.entries()) fresh.beginBlock(block)
    disturbed(
      () => a.finds([1, 1], 0),
      () => b.finds([1, 1], blockSize),
    )
    expect(all[2].finds([2, 2], 2 * blockSize)).toBe(absent)
    disturbed(
      () => a.finds([2, 2], 1),
      () => b.finds([2, 2], blockSize),
    )
    for (const { fresh } of all) fresh.endBlock()
    expect(settle(3)).toEqual([
      { ids: [1, 1], parent: 0 },
      { ids: [2, 2], parent: 1 },
    ])
  })

  it('tells states apart whose fingerprints are the same', () => {
    const { a, b, begin, settle } = team()
    begin()
    a.fresh.beginBlock(0)
    b.fresh.beginBlock(1)
    const print = { low: 5, high: 7 }
    // Both want the same place, and see that it is free.
    disturbed(
      () => expect(a.finds([1, 1], 0, print)).toBe(absent),
      () => expect(b.finds([2, 2], blockSize, print)).toBe(absent),
    )
    expect(b.finds([1, 1], blockSize, print)).toBe(0)
    expect(a.finds([2, 2], 1, print)).toBeGreaterThan(0)
    a.fresh.endBlock()
    b.fresh.endBlock()
    expect(settle(2)).toEqual([
      { ids: [1, 1], parent: 0 },
      { ids: [2, 2], parent: 1 },
    ])
  })

  it('tells states apart that are written in other layouts, and waits for those that it does not know', () => {
    const { a, b, begin, settle, stored, columns, findsAll } = team(3)
    begin()
    a.fresh.beginBlock(0)
    b.fresh.beginBlock(1)
    expect(a.finds([2, 1], 0)).toBe(absent)
    // A value comes to be for which there are no bits. Thread a learns of it first.
    for (const column of columns) for (let value = 3; value < 2000; value++) column.idOf(value)
    stored.widen()
    a.births.layouts.push(stored.layout)
    a.fresh.rewrite()
    expect(a.finds([2, 1], 1)).toBe(0)
    expect(a.finds([1999, 1], 1)).toBe(absent)
    expect(a.finds([2, 2], 2)).toBe(absent)
    const known = a.finds([2, 2], 3)
    expect(known).toBeGreaterThan(0)
    expect(b.finds([2, 1], blockSize)).toBe(0)
    expect(b.finds([2, 2], blockSize)).toBe(unreadable)
    b.births.layouts.push(stored.layout)
    b.fresh.rewrite()
    expect(b.finds([2, 2], blockSize)).toBe(known)
    expect(b.finds([1, 2], blockSize)).toBe(absent)
    a.fresh.endBlock()
    b.fresh.endBlock()
    expect(settle(2)).toEqual([
      { ids: [2, 1], parent: 0 },
      { ids: [1999, 1], parent: 1 },
      { ids: [2, 2], parent: 2 },
      { ids: [1, 2], parent: blockSize },
    ])
    expect(findsAll()).toBe(true)
  })

  it('that finds more than its memory holds is given up', () => {
    const { a, begin, counters, stored } = team(200)
    begin()
    a.fresh.beginBlock(0)
    const findAll = () => {
      for (let x = 0; x < 200; x++) for (let y = 0; y < 200; y++) a.finds([x, y], 0)
    }
    expect(findAll).toThrow('too many states were found at once')
    // All places but one are a thread's to take, in whole chunks: the table has 2^14.
    expect(stored.count).toBe(0)
    expect(a.fresh.found).toBe(2 ** 14 - 256)
    expect(slotsTaken(counters)).toBe(2 ** 14)
  })
})

it('the table is filled again by several, each with others, and what was given up is not in it', () => {
  const { a, b, begin, settle, stored, findsAll } = team(100)
  begin()
  a.fresh.beginBlock(0)
  for (let x = 0; x < 100; x++) for (let y = 0; y < 60; y++) a.finds([x, y], x)
  a.fresh.endBlock()
  settle(2)
  begin()
  b.fresh.beginBlock(0)
  expect(b.finds([3, 80], 0)).toBe(absent)
  stored.refill()
  expect(findsAll()).toBe(true)
  begin()
  b.fresh.beginBlock(0)
  expect(b.finds([3, 80], 0)).toBe(absent)
  stored.enlarge()
  for (let from = 4000; from >= 0; from -= 2000) stored.enter(from, from + 2000)
  expect(stored.tableBits).toBe(18)
  expect(findsAll()).toBe(true)
})

it('two threads that want the same place of the table get one each', () => {
  const { a, begin, settle, stored, columns, findsAll } = team(100)
  begin()
  a.fresh.beginBlock(0)
  for (let x = 0; x < 100; x++) for (let y = 0; y < 60; y++) a.finds([x, y], x)
  a.fresh.endBlock()
  settle(2)
  stored.enlarge()
  const places = Array.from({ length: stored.count }, (_, index) => {
    const ids = new Int32Array(2)
    stored.load(index, ids)
    return fingerprint(columns, ids).low & (2 ** stored.tableBits - 1)
  })
  const second = places.findIndex((place, index) => places.indexOf(place) < index)
  const first = places.indexOf(places[second] as number)
  disturbed(
    () => stored.enter(first, first + 1),
    () => stored.enter(second, second + 1),
  )
  stored.enter(0, first)
  stored.enter(first + 1, second)
  stored.enter(second + 1, stored.count)
  expect(findsAll()).toBe(true)
})

it('a round has room for a million states, or fewer with long rows', () => {
  expect(slotsFor(1)).toBe(2 ** 20)
  expect(slotsFor(16)).toBe(2 ** 20)
  expect(slotsFor(17)).toBe(986_880)
})
