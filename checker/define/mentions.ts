/**
 * Values that hold names of things, alone or in collections: with other names, and as text without them.
 */
import {
  isCollection,
  isKeyed,
  isOrderedMap,
  isOrderedSet,
  isRecord,
  isSet,
  type Map,
  type Record,
  type Set,
} from 'immutable'
import { canonical } from '../encode/canonical.js'

/** What becomes of a value that is no collection. */
type Leaf = (value: unknown) => unknown

/** The value with every name in it, keys included, replaced. */
export function withNames(value: unknown, rename: Leaf): unknown {
  const inner = (part: unknown): unknown => withNames(part, rename)
  if (typeof value !== 'object' || value === null) return rename(value)
  if (isRecord(value)) return mappedRecord(value, inner)
  if (isKeyed(value))
    return (value as Map<unknown, unknown>).mapEntries(([key, one]) => [inner(key), inner(one)])
  if (isCollection(value)) return (value as Set<unknown>).map(inner)
  if (Array.isArray(value)) return Object.freeze(value.map(inner))
  return Object.freeze(
    Object.fromEntries(Object.entries(value).map(([key, one]) => [String(rename(key)), inner(one)])),
  )
}

/** Is some of the values in it, alone, in a collection, or as a key? */
export function holdsAny(value: unknown, values: readonly unknown[]): boolean {
  let isFound = false
  withNames(value, leaf => {
    isFound ||= values.includes(leaf)
    return leaf
  })
  return isFound
}

function mappedRecord(record: Record<object>, inner: Leaf): unknown {
  const fields = record as unknown as Record<{ [field: string]: unknown }>
  return fields.withMutations(mutable => {
    for (const [field, one] of Object.entries(fields.toObject())) mutable.set(field, inner(one))
  })
}

/**
 * The value as text in which names are words of their own. Of values that differ only in names with the same word it is
 * the same; what is without order is put in the order of its text.
 */
export function textOf(value: unknown, word: (leaf: unknown) => string | undefined): string {
  const inner = (part: unknown): string => textOf(part, word)
  const all = (parts: Iterable<unknown>): string[] => Array.from(parts, inner)
  const entries = (parts: Iterable<readonly [unknown, unknown]>): string[] =>
    Array.from(parts, ([key, one]) => `${inner(key)}=${inner(one)}`)
  if (typeof value !== 'object' || value === null) return word(value) ?? canonical(value)
  if (isRecord(value)) return `R(${entries(Object.entries((value as Record<object>).toObject())).join()})`
  if (isOrderedMap(value)) return `O(${entries(value).join()})`
  if (isOrderedSet(value)) return `Q(${all(value).join()})`
  if (isKeyed(value))
    return `M(${entries(value as Map<unknown, unknown>)
      .sort()
      .join()})`
  if (isSet(value)) return `S(${all(value).sort().join()})`
  if (isCollection(value)) return `L(${all(value as Set<unknown>).join()})`
  if (Array.isArray(value)) return `[${all(value).join()}]`
  return `{${entries(Object.entries(value)).sort().join()}}`
}
