/**
 * The canonical encoding of a cell: one string for each value.
 *
 * Two values that are equal by `is` of immutable encode alike, whatever order they were built in; two that differ
 * encode differently. Beyond `is`: records with different names differ, and frozen arrays and plain frozen
 * objects are compared by what they hold.
 * Here: the code of each kind of value, and which values a state cannot hold.
 * Not here: what the encodings are used for (explore/store.ts).
 *
 * Why no two values share a string: each code says by its first character what it is, and shows by itself where
 * it ends (a string by its length, a number by its `;`, a collection by its bracket). So a string of codes can be
 * read back in one way only.
 */
import {
  type Map as ImmutableMap,
  type Set as ImmutableSet,
  isImmutable,
  isList,
  isMap,
  isOrderedMap,
  isOrderedSet,
  isRecord,
  isSet,
  type List,
  Record,
} from 'immutable'

/** A value that no state can hold, because it cannot be compared by value. */
export class EncodeError extends Error {
  override readonly name = 'EncodeError'
  constructor(readonly what: string) {
    super(
      `${what} cannot be part of a state. Use primitives, immutable collections and records, or frozen data.`,
    )
  }
}

/** The codes of immutable values already met. Nothing here can change after it was encoded. */
const memo = new WeakMap<object, string>()

export const canonical = (value: unknown): string => {
  switch (typeof value) {
    case 'string':
      return `s${value.length}:${value}`
    case 'number':
      return `d${value};` // -0 is written as 0, and `is` takes them for the same
    case 'boolean':
      return value ? 't' : 'f'
    case 'undefined':
      return 'u'
    case 'bigint':
      return `i${value};`
    case 'object':
      return value === null ? 'n' : ofObject(value)
    default:
      throw new EncodeError(describe(value))
  }
}

const ofObject = (value: object): string => {
  const known = memo.get(value)
  if (known !== undefined) return known
  const code = encode(value)
  memo.set(value, code)
  return code
}

const encode = (value: object): string => {
  if (isUnfinished(value)) throw new EncodeError(`${describe(value)}, still open to mutation,`)
  if (isRecord(value)) return ofRecord(value)
  if (isOrderedMap(value)) return `O(${entries(value).join('')})`
  if (isMap(value)) return `M(${entries(value).sort().join('')})`
  if (isOrderedSet(value)) return `Q(${elements(value).join('')})`
  if (isSet(value)) return `S(${elements(value).sort().join('')})`
  if (isList(value)) return `L(${[...(value as List<unknown>)].map(canonical).join('')})`
  if (isPlainArray(value)) return ofArray(value)
  if (isPlainObject(value)) return ofPlainObject(value)
  throw new EncodeError(describe(value))
}

const entries = (map: ImmutableMap<unknown, unknown>): string[] =>
  Array.from(map, ([key, value]) => ofKey(key) + canonical(value))

const elements = (set: ImmutableSet<unknown>): string[] => Array.from(set, ofKey)

/**
 * Immutable looks up arrays and plain objects by reference, so that equal states would behave differently.
 *
 * Known weakness: an array inside a record or list that is itself a key passes unnoticed.
 */
const ofKey = (key: unknown): string => {
  if (typeof key === 'object' && key !== null && !isImmutable(key)) {
    throw new EncodeError(`${describe(key)}, as an element of a set or a key of a map,`)
  }
  return canonical(key)
}

type AnyRecord = Record<{ [field: string]: unknown }>

/** By prototype: the fields of its records, in order, and the code of each. */
const fieldsOf = new WeakMap<object, readonly { readonly field: string; readonly code: string }[]>()

const ofRecord = (record: AnyRecord): string => {
  const name = canonical(Record.getDescriptiveName(record))
  // What is no plain record decides itself what it gives away.
  if (record.toObject !== Record.prototype.toObject) return `R(${name}${ofFields(record.toObject())})`
  const prototype = Object.getPrototypeOf(record) as object
  let fields = fieldsOf.get(prototype)
  if (fields === undefined) {
    fields = sortedKeys(record.toObject()).map(field => ({ field, code: canonical(field) }))
    fieldsOf.set(prototype, fields)
  }
  let codes = ''
  for (const { field, code } of fields) codes += code + canonical(record.get(field))
  return `R(${name}${codes})`
}

const ofArray = (array: readonly unknown[]): string => {
  if (!Object.isFrozen(array)) throw new EncodeError(`${describe(array)}, not frozen,`)
  if (Object.keys(array).length !== array.length) {
    throw new EncodeError(`${describe(array)} with holes or extra keys`)
  }
  return `[${array.map(canonical).join('')}]`
}

const ofPlainObject = (value: object): string => {
  if (!Object.isFrozen(value)) throw new EncodeError(`${describe(value)}, not frozen,`)
  const descriptors = Object.values(Object.getOwnPropertyDescriptors(value))
  const isData = descriptors.every(field => field.enumerable && 'value' in field)
  if (!isData || Object.getOwnPropertySymbols(value).length > 0) {
    throw new EncodeError(`${describe(value)} with hidden, computed or symbol keys`)
  }
  return `{${ofFields(value as { readonly [field: string]: unknown })}}`
}

const sortedKeys = (fields: object): readonly string[] => Object.keys(fields).sort()

const ofFields = (fields: { readonly [field: string]: unknown }): string =>
  sortedKeys(fields)
    .map(field => canonical(field) + canonical(fields[field]))
    .join('')

/** Inside `withMutations` or after `asMutable`: a value of immutable that may still change. */
const isUnfinished = (value: object): boolean => '__ownerID' in value && value.__ownerID !== undefined

const describe = (value: unknown): string => {
  if (typeof value === 'function') return `A function (${value.name || 'without name'})`
  if (typeof value === 'symbol') return `A symbol (${String(value)})`
  if (isPlainArray(value)) return `An array of ${value.length}`
  if (isPlainObject(value)) return `An object ({ ${Object.keys(value).join(', ').slice(0, 40)} })`
  if (isRecord(value)) return `A record (${Record.getDescriptiveName(value)})`
  return `A value of class ${(value as object).constructor?.name ?? 'unknown'}`
}

const isPlainArray = (value: unknown): value is readonly unknown[] =>
  Object.getPrototypeOf(value) === Array.prototype

const isPlainObject = (value: unknown): value is object => Object.getPrototypeOf(value) === Object.prototype
