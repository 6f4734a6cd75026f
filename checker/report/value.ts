/**
 * Values of cells as people read them: `None`, `{shell, worker}`, `[1, 2]`, `{leader: 1}`.
 */
import { isImmutable, isKeyed, isOrdered, isRecord, isSet } from 'immutable'
import { canonical } from '../encode/canonical.js'

/** Equal values are shown alike: what has no order of its own is sorted. */
export function show(value: unknown): string {
  if (value === null || value === undefined) return 'none'
  if (typeof value !== 'object') return String(value)
  if (isRecord(value)) return showFields(Object.entries(value.toObject()))
  if (isImmutable(value)) {
    if (isKeyed(value)) return showFields(inOrder(value, [...value.entries()]) as [unknown, unknown][])
    const elements = inOrder(value, [...value.values()])
      .map(show)
      .join(', ')
    return isSet(value) ? `{${elements}}` : `[${elements}]`
  }
  if (Array.isArray(value)) return `[${value.map(show).join(', ')}]`
  return showFields(Object.entries(value))
}

const showFields = (fields: Iterable<[unknown, unknown]>): string =>
  `{${Array.from(fields, ([key, value]) => `${show(key)}: ${show(value)}`).join(', ')}}`

/** The elements of a collection: sorted where the collection itself has no order. */
function inOrder(collection: object, elements: readonly unknown[]): readonly unknown[] {
  return isOrdered(collection) ? elements : sortedValues(elements)
}

/** In an order that does not depend on how the collection was built; numbers by size. */
export const sortedValues = <T>(values: readonly T[]): readonly T[] =>
  values.toSorted((a, b) => {
    const [x, y] = [Array.isArray(a) ? a[0] : a, Array.isArray(b) ? b[0] : b]
    if (typeof x === 'number' && typeof y === 'number') return x - y
    const read = compare(typeof x === 'string' ? x : code(a), typeof y === 'string' ? y : code(b))
    // The text `f` and the code of `false` read alike.
    return read === 0 ? compare(code(a), code(b)) : read
  })

/** Entries of maps are plain pairs, which have no code of their own. */
const code = (value: unknown): string =>
  Array.isArray(value) ? value.map(canonical).join('') : canonical(value)

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
