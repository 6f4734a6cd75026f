/**
 * What is kept, as one number, of the places in a row that hold a value: which ones they are, or how many.
 *
 * Not here: where the numbers stand, and when they change (holders.ts).
 */
import type { OfAll } from '../define/each.js'
import { Field, type FieldTable } from './field.js'
import { withRoom } from './ints.js'

/** 0 is the number of no place at all. */
export interface Tally {
  /** What is told of all places, by number; nothing else is. */
  readonly fields: { readonly [what in keyof OfAll]?: Field }
  /** Are there more numbers than it is worth to keep? */
  readonly isFull: boolean
  /** The number with this place more. */
  join(number: number, place: number): number
  /** The number with this place less. */
  leave(number: number, place: number): number
}

/** Makes one for a row of so many cells. */
export type TallyOf = (table: FieldTable, size: number) => Tally

/** There may be as many sets of places as there are states. */
const mostSets = 4096

const unknown = -1

/** Which places they are: the number of a set that was met before. */
export class Sets implements Tally {
  readonly fields: { readonly where: Field; readonly count: Field }
  readonly #lists: (readonly number[])[] = []
  readonly #numbers = new Map<string, number>()
  /** By number and place: the set with this place more, if it is not there, or less. */
  #toggled: Int32Array = new Int32Array(0)

  constructor(
    table: FieldTable,
    private readonly size: number,
  ) {
    this.fields = { where: new Field(table), count: new Field(table) }
    this.#numberOf([])
  }

  get isFull(): boolean {
    return this.#lists.length > mostSets
  }

  join(number: number, place: number): number {
    const known = this.#toggled[number * this.size + place] as number
    return known === unknown ? this.#learn(number, place) : known
  }

  leave(number: number, place: number): number {
    return this.join(number, place)
  }

  #learn(number: number, place: number): number {
    const list = this.#lists[number] as readonly number[]
    const toggled = list.includes(place)
      ? list.filter(it => it !== place)
      : [...list, place].sort((a, b) => a - b)
    const to = this.#numberOf(toggled)
    this.#toggled[number * this.size + place] = to
    return to
  }

  #numberOf(list: readonly number[]): number {
    const key = list.join()
    const known = this.#numbers.get(key)
    if (known !== undefined) return known
    const number = this.#lists.push(list) - 1
    this.#numbers.set(key, number)
    this.#toggled = withRoom(this.#toggled, (number + 1) * this.size, unknown)
    this.fields.where.learn(number, number, list)
    this.fields.count.learn(number, list.length, list.length)
    return number
  }
}

/** How many places they are. */
export class Counts implements Tally {
  readonly fields: { readonly count: Field; readonly some: Field; readonly every: Field }
  readonly isFull = false

  constructor(table: FieldTable, size: number) {
    this.fields = { count: new Field(table), some: new Field(table), every: new Field(table) }
    for (let count = 0; count <= size; count++) {
      this.fields.count.learn(count, count, count)
      this.fields.some.learn(count, Number(count > 0), count > 0)
      this.fields.every.learn(count, Number(count === size), count === size)
    }
  }

  join(count: number): number {
    return count + 1
  }

  leave(count: number): number {
    return count - 1
  }
}
