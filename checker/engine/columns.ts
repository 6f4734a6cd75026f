/**
 * The cells of a model, column by column: every value that a cell has had, as a small integer, its id.
 *
 * Here: which values a column has had, what can be read of each (field.ts), and its part of a fingerprint.
 * Not here: states, which are vectors of these ids (states.ts).
 *
 * A value that is a record is known by its fields: a new one is found from an old one by the fields that differ,
 * without encoding the rest.
 */
import { is, isRecord, type Record } from 'immutable'
import { canonical } from '../encode/canonical.js'
import { Field, type FieldTable, Identity } from './field.js'
import { withRoom } from './ints.js'
import type { Values } from './values.js'

/** A class of records: all records with the same prototype. */
export interface Kind {
  /** 1, 2, …; what is no record counts as kind 0. */
  readonly number: number
  readonly prototype: object
  readonly fields: readonly string[]
  readonly position: ReadonlyMap<string, number>
}

/** Every class of records met in the cells of a model. */
export class Kinds {
  readonly #kinds = new Map<object, Kind>()

  /** Undefined for a value that is no record. */
  of(value: unknown): Kind | undefined {
    if (!isRecord(value)) return undefined
    const prototype = Object.getPrototypeOf(value) as object
    const known = this.#kinds.get(prototype)
    if (known !== undefined) return known
    const fields = Object.keys((value as Record<object>).toObject())
    const position = new Map(fields.map((field, at) => [field, at]))
    const kind = { number: this.#kinds.size + 1, prototype, fields, position }
    this.#kinds.set(prototype, kind)
    return kind
  }
}

/** Fields by their position in a record, with the values that they are given. */
export type Written = ReadonlyMap<number, unknown>

/** What may be asked of a field of a record: is it this primitive, or does it pass this test? A test is the same only if it is one function. */
export type Asked = string | number | boolean | null | undefined | ((value: unknown) => boolean)

/** What may be asked of a whole record. A test is the same only if it is one function. */
export type RecordTest = (record: never) => boolean

export const isAsked = (value: unknown, asked: Asked): boolean =>
  typeof asked === 'function' ? asked(value) : value === asked

/** Counts the values of all columns of a model. */
export interface Census {
  cells: number
  /** On a thread that may not give ids: a value without one is a `NewCell`. */
  isClosed: boolean
}

/** A value that a cell has not had before, where no id may be given to it. */
export class NewCell extends Error {
  override readonly name = 'NewCell'
}

export class Column {
  /** By id: the value, one object for all its equals in all columns. */
  readonly values: unknown[] = []
  readonly #kinds: (Kind | undefined)[] = []
  /** By id, for records: the ids of the values of its fields. */
  readonly #parts: (readonly number[] | undefined)[] = []
  readonly #idOfParts = new Map<Kind, Map<string, number>>()
  /** By the id of the value in the whole model: records of two classes may be equal, and are one value then. */
  readonly #idOfValue = new Map<number, number>()
  /** For values met before: what was accepted once cannot change. */
  readonly #idOfObject = new WeakMap<object, number>()
  readonly #fields = new Map<string, Field>()
  /** For readers that see whether the cell is this value. */
  readonly #comparisons = new Map<unknown, Field>()
  /** By field of a record, for readers that ask no more than this of it. */
  readonly #tests = new Map<string, Map<Asked, Field>>()
  /** By kind, for readers that ask no more than this of a whole record. */
  readonly #recordTests = new Map<Kind, Map<RecordTest, Field>>()
  /** By id: two random words, of which the fingerprint of a state is made. */
  low: Int32Array = new Int32Array(8)
  high: Int32Array = new Int32Array(8)
  /** The same words in the table of all fields, side by side: that of `low` at twice the id. */
  readonly words: number
  /** For a reader that sees the whole cell. */
  readonly whole: Identity
  /** For a reader that sees what kind of value it is. */
  readonly kind: Field

  constructor(
    private readonly at: number,
    private readonly store: Values,
    private readonly kinds: Kinds,
    private readonly census: Census,
    private readonly table: FieldTable,
  ) {
    this.words = table.add()
    this.whole = new Identity(table)
    this.kind = new Field(table)
  }

  /** How many values the column has had. */
  get size(): number {
    return this.values.length
  }

  /** Have all values been of one kind? Then its kind tells a reader nothing. */
  get isUniform(): boolean {
    return this.kind.seen.length <= 1
  }

  kindOf(id: number): Kind | undefined {
    return this.#kinds[id]
  }

  /** The id of a value, known or new. Throws `EncodeError` for what no state can hold. */
  idOf(value: unknown): number {
    const isObject = typeof value === 'object' && value !== null
    const met = isObject ? this.#idOfObject.get(value) : undefined
    if (met !== undefined) return met
    const id = this.#find(value)
    if (isObject) this.#idOfObject.set(value, id)
    return id
  }

  #find(value: unknown): number {
    const kind = this.kinds.of(value)
    if (kind === undefined) {
      return this.#idOfEqual(value)
    }
    const record = value as Record<{ [field: string]: unknown }>
    canonical(record) // refuses what is still open to mutation
    return this.#idOfRecord(
      kind,
      kind.fields.map(field => this.store.idOf(record.get(field))),
      () => record,
    )
  }

  /** The id of the record `base` with these fields. */
  idWith(base: number, written: Written): number {
    const kind = this.#kinds[base]
    const parts = this.#parts[base]
    if (kind === undefined || parts === undefined) throw new RangeError(`the cell ${base} is no record`)
    const changed = [...parts]
    for (const [field, value] of written) changed[field] = this.store.idOf(value)
    return this.#idOfRecord(kind, changed, () => this.#changed(base, kind, changed))
  }

  /** What a reader of this field of a record sees. */
  field(name: string): Field {
    const known = this.#fields.get(name)
    if (known !== undefined) return known
    const field = new Field(this.table)
    this.#fields.set(name, field)
    for (let id = 0; id < this.size; id++) this.#teach(field, name, id)
    return field
  }

  /** What a reader sees who asks only whether the cell is this value, a primitive. */
  comparison(value: unknown): Field {
    const known = this.#comparisons.get(value)
    if (known !== undefined) return known
    const field = new Field(this.table)
    this.#comparisons.set(value, field)
    for (let id = 0; id < this.size; id++) this.#compare(field, value, id)
    return field
  }

  /** What a reader sees who asks no more than this of a field of a record. */
  test(name: string, asked: Asked): Field {
    let tests = this.#tests.get(name)
    if (tests === undefined) {
      tests = new Map()
      this.#tests.set(name, tests)
    }
    const known = tests.get(asked)
    if (known !== undefined) return known
    const field = new Field(this.table)
    tests.set(asked, field)
    for (let id = 0; id < this.size; id++) this.#try(field, name, asked, id)
    return field
  }

  /** What a reader sees who asks no more than this of a record of this kind. */
  recordTest(kind: Kind, test: RecordTest): Field {
    let tests = this.#recordTests.get(kind)
    if (tests === undefined) {
      tests = new Map()
      this.#recordTests.set(kind, tests)
    }
    const known = tests.get(test)
    if (known !== undefined) return known
    const field = new Field(this.table)
    tests.set(test, field)
    for (let id = 0; id < this.size; id++) this.#tryRecord(field, kind, test, id)
    return field
  }

  /** Of a value of another kind, it is never asked: any answer will do. */
  #tryRecord(field: Field, kind: Kind, test: RecordTest, id: number): void {
    const isSo = this.#kinds[id] === kind && test(this.values[id] as never)
    field.learn(id, isSo ? 1 : 0, isSo)
  }

  #try(field: Field, name: string, asked: Asked, id: number): void {
    const isSo = isAsked(this.store.at(this.#partOf(id, name)), asked)
    field.learn(id, isSo ? 1 : 0, isSo)
  }

  #compare(field: Field, value: unknown, id: number): void {
    const isSame = is(this.values[id], value)
    field.learn(id, isSame ? 1 : 0, isSame)
  }

  #changed(base: number, kind: Kind, parts: readonly number[]): unknown {
    const record = this.values[base] as Record<{ [field: string]: unknown }>
    return record.withMutations(mutable => {
      for (const [at, field] of kind.fields.entries()) {
        const part = parts[at] as number
        if (part !== this.#parts[base]?.[at]) mutable.set(field, this.store.at(part))
      }
    })
  }

  #idOfRecord(kind: Kind, parts: readonly number[], make: () => unknown): number {
    let ids = this.#idOfParts.get(kind)
    if (ids === undefined) {
      ids = new Map()
      this.#idOfParts.set(kind, ids)
    }
    const key = parts.join()
    const known = ids.get(key)
    if (known !== undefined) return known
    const id = this.#idOfEqual(make())
    ids.set(key, id)
    return id
  }

  /** The id of whatever equals the value. Equal cells of two columns are the same object. */
  #idOfEqual(value: unknown): number {
    const valueId = this.store.idOf(value)
    const known = this.#idOfValue.get(valueId)
    if (known !== undefined) return known
    const one = this.store.at(valueId)
    const kind = this.kinds.of(one)
    const parts = kind?.fields.map(field =>
      this.store.idOf((one as Record<{ [field: string]: unknown }>).get(field)),
    )
    const id = this.#add(one, kind, parts)
    this.#idOfValue.set(valueId, id)
    return id
  }

  #add(value: unknown, kind: Kind | undefined, parts: readonly number[] | undefined): number {
    if (this.census.isClosed) throw new NewCell()
    this.census.cells++
    const id = this.values.push(value) - 1
    this.#kinds.push(kind)
    this.#parts.push(parts)
    this.low = withRoom(this.low, id + 1)
    this.high = withRoom(this.high, id + 1)
    this.low[id] = scrambled(this.at, id, 0x9e3779b9)
    this.high[id] = scrambled(this.at, id, 0x7f4a7c15)
    this.table.set(this.words, 2 * id, this.low[id] as number)
    this.table.set(this.words, 2 * id + 1, this.high[id] as number)
    this.whole.include(id)
    this.kind.learn(id, kind?.number ?? 0, kind)
    for (const [name, field] of this.#fields) this.#teach(field, name, id)
    for (const [of, field] of this.#comparisons) this.#compare(field, of, id)
    for (const [name, tests] of this.#tests)
      for (const [asked, field] of tests) this.#try(field, name, asked, id)
    for (const [of, tests] of this.#recordTests)
      for (const [test, field] of tests) this.#tryRecord(field, of, test, id)
    return id
  }

  #teach(field: Field, name: string, id: number): void {
    const part = this.#partOf(id, name)
    field.learn(id, part, this.store.at(part))
  }

  /** The value of a field. Of a value that is no record, or has no such field, nothing is ever read by field: any value will do. */
  #partOf(id: number, name: string): number {
    return this.#parts[id]?.[this.#kinds[id]?.position.get(name) ?? -1] ?? this.store.idOf(undefined)
  }
}

/** A word that looks random and is the same in every run: the finalizer of MurmurHash3, of column, id and a seed. */
const scrambled = (column: number, id: number, seed: number): number => {
  let word = Math.imul(column + 1, 0x85ebca6b) ^ Math.imul(id + 1, 0xc2b2ae35) ^ seed
  for (let round = 0; round < 2; round++) {
    word = Math.imul(word ^ (word >>> 16), 0x85ebca6b)
    word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35)
    word ^= word >>> 16
    word = (word + seed) | 0
  }
  return word
}
