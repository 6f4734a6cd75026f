/**
 * A field with one cell for each of a fixed set of keys: for each process, channel, fork, level.
 *
 * Here: reading it key by key, and the copies in which some keys have other values.
 * Not here: where its cells stand in a state (layout.ts).
 *
 * A copy keeps what was written beside what it was made from, and reads the rest only when it is asked: so that an
 * engine which watches the cells sees which of them a rule depends on.
 */

import { areEqual } from '../encode/equal.js'
import { frozen } from './frozen.js'

export type Key = string | number

/** What is asked of a value: is it this one, or does it pass this test? To ask for one value makes faster searches. */
export type Asked<K extends Key, T> = T | ((value: T, key: K) => boolean)

/** One value for each key. Immutable: `set` and its like give another one. */
export interface Each<K extends Key, T> extends Iterable<T> {
  readonly keys: readonly K[]
  /** Throws `RangeError` for a key that it does not have; so do `is`, `set` and `update`. */
  get(key: K): T
  /** Is this its value? Where no more is asked, the fast engine need not tell apart what the value is otherwise. */
  is(key: K, value: T): boolean
  set(key: K, value: T): Each<K, T>
  update(key: K, change: (value: T) => T): Each<K, T>
  map(change: (value: T, key: K) => T): Each<K, T>
  every(asked: Asked<K, T>): boolean
  some(asked: Asked<K, T>): boolean
  /** How many values pass. */
  count(asked: Asked<K, T>): number
  includes(value: T): boolean
  /** The keys whose values pass, in their order. */
  where(asked: Asked<K, T>): readonly K[]
  /** The values, in the order of the keys. */
  toArray(): readonly T[]
}

/** Where the values of a field come from: the cells of a state, or the values it was made with. */
export interface Source {
  read(at: number): unknown
  /** Is the value this one? Where nothing else is asked, an engine that watches the cells sees how little that is. */
  isAt(at: number, value: unknown): boolean
  /** The same for all of them at once, by somebody who knows it without asking each. */
  readonly ofAll?: AskOfAll | undefined
}

/** What may be told of some values at once, when it is asked whether they are a certain one. */
export interface OfAll {
  /** The places of those that are. */
  readonly where: readonly number[]
  readonly count: number
  readonly some: boolean
  readonly every: boolean
}

/** Asks that of `count` values, counted from `first`. Undefined: each has to be asked. */
export type AskOfAll = <W extends keyof OfAll>(
  what: W,
  first: number,
  count: number,
  value: unknown,
) => OfAll[W] | undefined

/** The keys of a field, and the place of each among them. */
export class Keys<K extends Key> {
  readonly #places: ReadonlyMap<K, number>

  constructor(readonly list: readonly K[]) {
    this.#places = new Map(list.map((key, place) => [key, place]))
  }

  placeOf(key: K): number {
    const place = this.#places.get(key)
    if (place === undefined) throw new RangeError(`There is no ${String(key)} among ${this.list.join(', ')}.`)
    return place
  }
}

type Written = ReadonlyMap<number, unknown>

const nothing: Written = new Map()

/** The one implementation of `Each`. The value of the first key is the cell `first` of the source, and so on. */
export class Cells<K extends Key, T> implements Each<K, T> {
  constructor(
    readonly indexed: Keys<K>,
    readonly source: Source,
    readonly first: number,
    /** By the place of their keys, the values that differ from those of the source. */
    readonly written: Written = nothing,
  ) {}

  get keys(): readonly K[] {
    return this.indexed.list
  }

  get(key: K): T {
    return this.at(this.indexed.placeOf(key))
  }

  is(key: K, value: T): boolean {
    return this.#isAt(this.indexed.placeOf(key), value)
  }

  set(key: K, value: T): Cells<K, T> {
    return this.#with([[this.indexed.placeOf(key), value]])
  }

  update(key: K, change: (value: T) => T): Cells<K, T> {
    return this.set(key, change(this.get(key)))
  }

  map(change: (value: T, key: K) => T): Cells<K, T> {
    return this.#with(this.keys.map((key, place) => [place, change(this.at(place), key)]))
  }

  every(asked: Asked<K, T>): boolean {
    const known = this.#ofAll('every', asked)
    if (known !== undefined) return known
    return this.keys.every((key, place) => this.#passes(asked, place, key))
  }

  some(asked: Asked<K, T>): boolean {
    const known = this.#ofAll('some', asked)
    if (known !== undefined) return known
    return this.keys.some((key, place) => this.#passes(asked, place, key))
  }

  count(asked: Asked<K, T>): number {
    return this.#ofAll('count', asked) ?? this.#filtered(asked).length
  }

  includes(value: T): boolean {
    return this.#ofAll('some', value) ?? this.keys.some((_, place) => this.#isAt(place, value))
  }

  where(asked: Asked<K, T>): readonly K[] {
    return this.#ofAll('where', asked)?.map(place => this.keys[place] as K) ?? this.#filtered(asked)
  }

  #filtered(asked: Asked<K, T>): readonly K[] {
    return this.keys.filter((key, place) => this.#passes(asked, place, key))
  }

  /** What is known of all of them without asking each. No value is a function. */
  #ofAll<W extends keyof OfAll>(what: W, asked: Asked<K, T>): OfAll[W] | undefined {
    if (typeof asked === 'function' || this.written.size > 0) return undefined
    return this.source.ofAll?.(what, this.first, this.keys.length, frozen(asked))
  }

  toArray(): readonly T[] {
    return this.keys.map((_, place) => this.at(place))
  }

  [Symbol.iterator](): Iterator<T> {
    return this.toArray()[Symbol.iterator]()
  }

  toString(): string {
    return `[${this.toArray().map(String).join(', ')}]`
  }

  /** The value of the key at this place. */
  at(place: number): T {
    return (this.written.has(place) ? this.written.get(place) : this.source.read(this.first + place)) as T
  }

  /** No value is a function. */
  #passes(asked: Asked<K, T>, place: number, key: K): boolean {
    return typeof asked === 'function'
      ? (asked as (value: T, key: K) => boolean)(this.at(place), key)
      : this.#isAt(place, asked)
  }

  #isAt(place: number, value: T): boolean {
    const { written, source, first } = this
    return written.has(place)
      ? areEqual(frozen(written.get(place)), frozen(value))
      : source.isAt(first + place, frozen(value))
  }

  #with(changes: Iterable<readonly [number, unknown]>): Cells<K, T> {
    const written = new Map(this.written)
    for (const [place, value] of changes) written.set(place, value)
    return new Cells(this.indexed, this.source, this.first, written)
  }
}

/**
 * The initial value of a field with one cell for each key: `each(3, 'idle')` for the keys 0, 1, 2, or
 * `each(['reader', 'writer'], 'idle')`. Where values differ, give a function of the key.
 */
export function each<const K extends Key, T>(keys: readonly K[], value: T | ((key: K) => T)): Each<K, T>
export function each<T>(keys: number, value: T | ((key: number) => T)): Each<number, T>
export function each<T>(keys: number | readonly Key[], value: T | ((key: Key) => T)): Each<Key, T> {
  const list = typeof keys === 'number' ? upTo(keys) : Object.freeze([...keys])
  const values = list.map(key => (typeof value === 'function' ? (value as (key: Key) => T)(key) : value))
  return new Cells<Key, T>(
    new Keys(list),
    { read: at => values[at], isAt: (at, of) => areEqual(frozen(values[at]), of) },
    0,
  )
}

/** 0, 1, …, n − 1: the processes of many a model, and its choices. */
export const upTo = (n: number): readonly number[] => Object.freeze(Array.from({ length: n }, (_, i) => i))
