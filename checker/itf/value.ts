/**
 * Values of cells in the Informal Trace Format.
 *
 * Equal values are written alike, whatever order they were built in: elements of sets and keys of maps are sorted.
 * A field of a record that is null or undefined is left out, because the format has neither; elsewhere they are
 * written as what cannot be serialized. https://apalache-mc.org/docs/adr/015adr-trace.html
 */
import { isImmutable, isKeyed, isOrdered, isRecord, isSet } from 'immutable'
import { EncodeError } from '../encode/canonical.js'

export type ItfValue =
  | string
  | number
  | boolean
  | readonly ItfValue[]
  | { readonly [field: string]: ItfValue | readonly (readonly [ItfValue, ItfValue])[] }

export function toItf(value: unknown): ItfValue {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value
    case 'number':
      return ofNumber(value)
    case 'bigint':
      return { '#bigint': String(value) }
    case 'undefined':
      return unserializable(value)
    case 'object':
      return value === null ? unserializable(value) : ofObject(value)
    default:
      throw new EncodeError(`A ${typeof value}`)
  }
}

const ofNumber = (n: number): ItfValue => {
  if (Number.isSafeInteger(n)) return n === 0 ? 0 : n
  return Number.isInteger(n) ? { '#bigint': String(BigInt(n)) } : unserializable(n)
}

/** The format's own escape for what it cannot say. */
const unserializable = (value: unknown): ItfValue => ({ '#unserializable': String(value) })

function ofObject(value: object): ItfValue {
  if (isRecord(value)) return ofFields(Object.entries(value.toObject()))
  if (isImmutable(value)) {
    if (isKeyed(value)) {
      const entries = Array.from(value.entries(), ([key, it]) => [toItf(key), toItf(it)] as const)
      return { '#map': isOrdered(value) ? entries : sorted(entries, ([key]) => key) }
    }
    const elements = Array.from(value.values(), toItf)
    return isSet(value) ? { '#set': isOrdered(value) ? elements : sorted(elements) } : elements
  }
  if (Array.isArray(value)) return value.map(toItf)
  return ofFields(Object.entries(value))
}

function ofFields(fields: readonly (readonly [string, unknown])[]): ItfValue {
  const reserved = fields.find(([name]) => name.startsWith('#'))
  if (reserved !== undefined) throw new EncodeError(`A field named ${reserved[0]}`)
  return Object.fromEntries(
    fields.filter(([, it]) => it !== null && it !== undefined).map(([name, it]) => [name, toItf(it)]),
  )
}

/** Numbers by size, everything else by how it is written. */
const sorted = <T>(values: readonly T[], key: (value: T) => unknown = value => value): readonly T[] =>
  values.toSorted((a, b) => {
    const [x, y] = [key(a), key(b)]
    if (typeof x === 'number' && typeof y === 'number') return x - y
    const [s, t] = [JSON.stringify(x), JSON.stringify(y)]
    return s < t ? -1 : s > t ? 1 : 0
  })

/** Do two values of files say the same? Whatever the order of fields, sets and maps, and however small integers are written. */
export const sameItf = (a: unknown, b: unknown): boolean =>
  JSON.stringify(settled(a)) === JSON.stringify(settled(b))

function settled(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(settled)
  const fields = Object.entries(value).map(([name, it]) => [name, settled(it)] as const)
  const [only] = fields
  if (fields.length === 1 && only !== undefined) {
    const [name, it] = only
    if (name === '#bigint' && Number.isSafeInteger(Number(it))) return Number(it)
    if ((name === '#set' || name === '#map') && Array.isArray(it))
      return { [name]: sorted(it, element => JSON.stringify(element)) }
  }
  return Object.fromEntries(fields.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
}
