/**
 * What can be read of a cell, as numbers: for each value of the cell, the number of what a reader sees.
 *
 * Two values of the cell that look the same to this reader have the same number. The numbers of all fields of a model
 * stand in one array, because they are looked up more often than anything else.
 */
import { withRoom } from './ints.js'

/** The numbers of all fields. A field may move as it grows, and so may the arrays. */
export class FieldTable {
  numbers: Int32Array = new Int32Array(1024)
  /** By field: where its numbers begin. */
  starts: Int32Array = new Int32Array(64)
  readonly #rooms: number[] = []
  #used = 0

  add(): number {
    const field = this.#rooms.push(0) - 1
    this.starts = withRoom(this.starts, field + 1)
    return field
  }

  set(field: number, at: number, number: number): void {
    if (at >= (this.#rooms[field] as number)) this.#move(field, at + 1)
    this.numbers[(this.starts[field] as number) + at] = number
  }

  #move(field: number, length: number): void {
    const room = Math.max(8, 2 * length)
    const from = this.starts[field] as number
    this.numbers = withRoom(this.numbers, this.#used + room)
    this.numbers.copyWithin(this.#used, from, from + (this.#rooms[field] as number))
    this.starts[field] = this.#used
    this.#rooms[field] = room
    this.#used += room
  }
}

export class Field {
  readonly index: number
  /** By number: what the reader sees. */
  readonly seen: unknown[] = []
  /** Is the number of what is seen always the number itself? */
  readonly isItself: boolean = false
  readonly #numberOf = new Map<number, number>()

  constructor(protected readonly table: FieldTable) {
    this.index = table.add()
  }

  /**
   * The cell with this id looks like the value with this id.
   *
   * @param value what the reader is shown
   */
  learn(cell: number, valueId: number, value: unknown): void {
    let number = this.#numberOf.get(valueId)
    if (number === undefined) {
      number = this.seen.push(value) - 1
      this.#numberOf.set(valueId, number)
    }
    this.table.set(this.index, cell, number)
  }
}

/** A reader that sees the number itself. */
export class Identity extends Field {
  override readonly isItself = true
  /** Every number up to and including this one can be looked up. */
  include(number: number): void {
    while (this.seen.length <= number) {
      const next = this.seen.length
      this.table.set(this.index, next, next)
      this.seen.push(next)
    }
  }
}
