/**
 * What a piece of the model reads while it is run: which fields of which cells, in the order of the first time.
 *
 * Here: the places that can be read (slots), the readings, and the record of one run.
 * Not here: what the model is handed, which does the reading (views.ts).
 *
 * A slot is a number in a vector that describes what is asked about: of a state, the ids of its cells; of a step, the
 * ids before and after, whether each cell differs, the events, and the action; of the state that is expanded, also who
 * holds what.
 */
import type { OfAll } from '../define/each.js'
import { bitOf, noCell } from './bits.js'
import type { Asked, Column, Kind, RecordTest } from './columns.js'
import { type Field, type FieldTable, Identity } from './field.js'
import { type Holders, mostHolders } from './holders.js'

/** One thing that can be read: a slot, through a field. */
export interface Reading {
  readonly slot: number
  readonly field: Field
  /** Bits of which at least one is set where something else is read than before. */
  readonly changes: number
  /** The bits of the cells that it depends on. */
  readonly cells: number
  /** The last run that has read it. */
  run: number
}

/** Where in the vector of a step things stand, for a model with that many columns. */
export class Slots {
  constructor(readonly columns: number) {}
  before = (column: number): number => column
  after = (column: number): number => this.columns + column
  differs = (column: number): number => 2 * this.columns + column
  /** The column of the one cell that is told of there, if it is one. */
  columnOf = (slot: number): number | undefined => (slot < 3 * this.columns ? slot % this.columns : undefined)
  get events(): number {
    return 3 * this.columns
  }
  get action(): number {
    return 3 * this.columns + 1
  }
  /** The first of those that tell who holds a value (holders.ts): so many for rules, and after them as many for properties. */
  get holders(): number {
    return 3 * this.columns + 2
  }
  get count(): number {
    return this.holders + 2 * mostHolders
  }
}

export class Tracker {
  readonly slots: Slots
  /** Of what is asked about, while a run lasts. */
  vector: Int32Array
  /** Set while values are encoded: a view must not become part of a value. */
  isEncoding = false
  /** How many cells have come to hold values of more than one kind. */
  mixed = 0
  #holders: Holders | undefined
  #run = 0
  #read: Reading[] = []
  readonly #whole: Reading[]
  readonly #kind: Reading[]
  readonly #isMixed: boolean[]
  readonly #fields: Map<Kind, (Reading | undefined)[]>[]
  readonly #comparisons: Map<unknown, Reading>[]
  readonly #tests: Map<Kind, Map<Asked, Reading>[]>[]
  readonly #recordTests: Map<Kind, Map<RecordTest, Reading>>[]
  readonly #differs: Reading[]
  readonly #events: Reading
  readonly #action: Reading
  readonly events: Identity
  readonly actions: Identity

  constructor(
    readonly columns: readonly Column[],
    private readonly table: FieldTable,
  ) {
    this.events = new Identity(table)
    this.actions = new Identity(table)
    const slots = new Slots(columns.length)
    this.slots = slots
    this.vector = new Int32Array(slots.count)
    const twice = [...columns, ...columns]
    this.#whole = twice.map((column, slot) => this.#reading(slot, column.whole))
    this.#kind = twice.map((column, slot) => this.#reading(slot, column.kind))
    this.#isMixed = columns.map(() => false)
    this.#fields = twice.map(() => new Map())
    this.#comparisons = twice.map(() => new Map())
    this.#tests = twice.map(() => new Map())
    this.#recordTests = twice.map(() => new Map())
    const differs = new Identity(table)
    differs.include(1)
    this.#differs = columns.map((_, at) => this.#reading(slots.differs(at), differs))
    this.#events = this.#reading(slots.events, this.events)
    this.#action = this.#reading(slots.action, this.actions)
  }

  /**
   * Begins a run; the run before it has ended, whatever it held on to.
   *
   * @param holders who writes into the vector who holds what, if somebody does
   */
  begin(vector: Int32Array, holders?: Holders): void {
    this.vector = vector
    this.#holders = holders
    this.#run++
    this.#read = []
  }

  /** What was read since `begin`. */
  get read(): readonly Reading[] {
    return this.#read
  }

  get run(): number {
    return this.#run
  }

  columnAt(slot: number): Column {
    return this.columns[slot % this.columns.length] as Column
  }

  /** The id of the cell; no reading. */
  idAt(slot: number): number {
    return this.vector[slot] as number
  }

  /** Notes that the kind of the cell is known to the reader; what it is. */
  readKind(slot: number): Kind | undefined {
    const column = this.columnAt(slot)
    if (this.#isMixed[slot % this.columns.length]) this.#note(this.#kind[slot] as Reading)
    return column.kindOf(this.idAt(slot))
  }

  /**
   * Looks for cells that have come to hold values of more than one kind: from then on their kind is a reading.
   *
   * @returns are there any? Then whatever was remembered by what was read is worth nothing any more.
   */
  findMixed(): boolean {
    let found = false
    for (const [at, column] of this.columns.entries()) {
      if (column.isUniform || this.#isMixed[at] === true) continue
      this.#isMixed[at] = true
      this.mixed++
      found = true
    }
    return found
  }

  /** The value of the cell. */
  readWhole(slot: number): unknown {
    this.#note(this.#whole[slot] as Reading)
    return this.columnAt(slot).values[this.idAt(slot)]
  }

  /** Is this primitive the value of the cell? Of the cell, nothing but that is read. */
  readComparison(slot: number, value: unknown): boolean {
    const comparisons = this.#comparisons[slot] as Map<unknown, Reading>
    let reading = comparisons.get(value)
    if (reading === undefined) {
      reading = this.#reading(slot, this.columnAt(slot).comparison(value))
      comparisons.set(value, reading)
    }
    // Who knows the value, knows that as well.
    if (this.#whole[slot]?.run !== this.#run) this.#note(reading)
    return reading.field.seen[this.#seen(reading)] === true
  }

  /**
   * What is to be told of the cells from this one on, of which some hold this value. Of them, nothing but that is read.
   *
   * @returns undefined if nobody keeps that: then it has to be asked cell by cell
   */
  readOfAll<W extends keyof OfAll>(
    what: W,
    first: number,
    count: number,
    value: unknown,
  ): OfAll[W] | undefined {
    if (typeof value === 'object' && value !== null) return undefined
    const reading = this.#holders?.reading(what, first, count, value, this.vector)
    if (reading === undefined) return undefined
    this.#note(reading)
    return reading.field.seen[this.#seen(reading)] as OfAll[W]
  }

  /** The readings of the fields of records of this kind, by position, as far as they were made; for `readField`. */
  fieldsOf(slot: number, kind: Kind): (Reading | undefined)[] {
    const known = this.#fields[slot]?.get(kind)
    if (known !== undefined) return known
    const readings: (Reading | undefined)[] = kind.fields.map(() => undefined)
    this.#fields[slot]?.set(kind, readings)
    return readings
  }

  /** The value of a field of the record in this slot, which is of this kind. */
  readField(slot: number, kind: Kind, at: number, readings: (Reading | undefined)[]): unknown {
    let reading = readings[at]
    if (reading === undefined) {
      reading = this.#reading(slot, this.columnAt(slot).field(kind.fields[at] as string))
      readings[at] = reading
    }
    this.#note(reading)
    return reading.field.seen[this.#seen(reading)]
  }

  /** The readings of the tests of fields of records of this kind, by position. */
  #testsOf(slot: number, kind: Kind): Map<Asked, Reading>[] {
    const known = this.#tests[slot]?.get(kind)
    if (known !== undefined) return known
    const readings = kind.fields.map(() => new Map<Asked, Reading>())
    this.#tests[slot]?.set(kind, readings)
    return readings
  }

  /** Is a field of the record in this slot, which is of this kind, what is asked? Of the field, nothing but that is read. */
  readTest(slot: number, kind: Kind, at: number, asked: Asked): boolean {
    const readings = this.#testsOf(slot, kind)[at] as Map<Asked, Reading>
    let reading = readings.get(asked)
    if (reading === undefined) {
      reading = this.#reading(slot, this.columnAt(slot).test(kind.fields[at] as string, asked))
      readings.set(asked, reading)
    }
    // Who knows the value, knows that as well.
    if (this.fieldsOf(slot, kind)[at]?.run !== this.#run) this.#note(reading)
    return reading.field.seen[this.#seen(reading)] === true
  }

  /** Does the record in this slot, which is of this kind, pass a test? Of it, nothing but that is read. */
  readRecordTest(slot: number, kind: Kind, test: RecordTest): boolean {
    const all = this.#recordTests[slot] as Map<Kind, Map<RecordTest, Reading>>
    let readings = all.get(kind)
    if (readings === undefined) {
      readings = new Map()
      all.set(kind, readings)
    }
    let reading = readings.get(test)
    if (reading === undefined) {
      reading = this.#reading(slot, this.columnAt(slot).recordTest(kind, test))
      readings.set(test, reading)
    }
    this.#note(reading)
    return reading.field.seen[this.#seen(reading)] === true
  }

  /** Does this cell differ after the step? */
  readDiffers(column: number): boolean {
    const reading = this.#note(this.#differs[column] as Reading)
    return this.vector[reading.slot] === 1
  }

  readEvents(): number {
    return this.vector[this.#note(this.#events).slot] as number
  }

  readAction(): number {
    return this.vector[this.#note(this.#action).slot] as number
  }

  #seen({ slot, field }: Reading): number {
    const { numbers, starts } = this.table
    return numbers[(starts[field.index] as number) + (this.vector[slot] as number)] as number
  }

  #note(reading: Reading): Reading {
    if (reading.run !== this.#run) {
      reading.run = this.#run
      this.#read.push(reading)
    }
    return reading
  }

  #reading(slot: number, field: Field): Reading {
    const column = this.slots.columnOf(slot)
    const bit = column === undefined ? noCell : bitOf(column)
    return { slot, field, changes: bit, cells: bit, run: 0 }
  }
}
