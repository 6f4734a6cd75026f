/**
 * What a patch remembers.
 */
import { expect, it } from 'vitest'
import { Patch } from '../../../checker/engine/patches.js'

it('answers once and for all, for small and large ids in any order', () => {
  const asked: number[] = []
  const patch = new Patch(0, 0, before => {
    asked.push(before)
    return before + 1
  })
  const ids = [5, 100_000, 0, 1_000, 100_000, 5, ...Array.from({ length: 300 }, (_, id) => id), 1_000]
  for (const id of ids) expect(patch.after(id)).toBe(id + 1)
  expect(asked.toSorted((a, b) => a - b)).toEqual([...new Set(ids)].toSorted((a, b) => a - b))
})

it('needs no table of all values of a cell where few were asked for: there may be as many patches as values', () => {
  const patch = new Patch(0, 0, () => 0)
  patch.after(1_000_000)
  expect(patch.table.length).toBeLessThan(300)
})
