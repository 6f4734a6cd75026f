/**
 * How a state with named fields is made of cells, and back.
 *
 * Here: the place of each field in the vector of cells, states that read a cell when a field is read and no sooner,
 * and the state after an effect.
 * Not here: what an author writes (model.ts).
 */
import { canonical, EncodeError } from '../encode/canonical.js'
import { areEqual } from '../encode/equal.js'
import { UsageError } from '../errors.js'
import type { Touched } from '../model.js'
import { type AskOfAll, Cells, type Key, type Keys, type Source } from './each.js'
import { frozen } from './frozen.js'
import { kindOf } from './kinds.js'

/** Fields by their names, each with its initial value. */
export type Fields = { readonly [name: string]: unknown }

/** A state with these fields. Immutable. Reading a field is reading its cell. */
export type State<F> = { readonly [N in keyof F]: F[N] }

/** What an effect gives back: the fields that change, with their values after the step. */
export type Changes<F> = { readonly [N in keyof F]?: F[N] }

/**
 * The cells of a state. A changed state is made by the own `with` of the cells: an engine may hand in cells that know
 * what is read of them, and for those it reads nothing.
 */
class Vector implements Source {
  constructor(readonly cells: readonly unknown[] & Partial<Pick<Source, 'isAt' | 'ofAll'>>) {}

  read(at: number): unknown {
    return this.cells.at(at)
  }

  isAt(at: number, value: unknown): boolean {
    const { cells } = this
    return cells.isAt === undefined ? areEqual(cells.at(at), value) : cells.isAt(at, value)
  }

  get ofAll(): AskOfAll | undefined {
    const { cells } = this
    return cells.ofAll && ((what, first, count, value) => cells.ofAll?.(what, first, count, value))
  }

  write(cells: readonly unknown[], at: number, value: unknown): readonly unknown[] {
    return cells.with(at, value)
  }
}

/** The cells of a state for somebody who has said which of them are read and written. */
class PartOfVector extends Vector {
  /** Those that were read. */
  readonly seen = new Set<number>()

  constructor(
    cells: readonly unknown[],
    private readonly touched: Touched,
    private readonly names: readonly string[],
  ) {
    super(cells)
  }

  override read(at: number): unknown {
    const { reads, writes } = this.touched
    if (!reads.includes(at) && !writes.includes(at))
      throw new TypeError(`it reads ${this.names[at]}, which it does not declare`)
    this.seen.add(at)
    return super.read(at)
  }

  override isAt(at: number, value: unknown): boolean {
    return areEqual(this.read(at), value)
  }

  override get ofAll(): undefined {
    return undefined
  }

  override write(cells: readonly unknown[], at: number, value: unknown): readonly unknown[] {
    if (!this.touched.writes.includes(at))
      throw new TypeError(`it writes ${this.names[at]}, which it does not declare`)
    return super.write(cells, at, value)
  }
}

const vector = Symbol('vector of cells')

/** What all states have; the fields are getters of the class that each layout derives from it. */
class VectorState {
  readonly [vector]: Vector
  constructor(cells: Vector) {
    this[vector] = cells
  }
}

/** A field of one cell; or, with keys, of one cell for each of them. */
interface Place {
  readonly first: number
  readonly keys: Keys<Key> | undefined
}

/** A field, with all its cells; or the cell of a field for a key. */
export type PlaceOf<Name extends string> = Name | readonly [Name, Key]

/** What a cell is: of which field, and for which of the keys of the field, if it has any. */
export interface CellPlace {
  readonly field: string
  readonly key: Key | undefined
  readonly keys: readonly Key[]
}

export class Layout<F extends Fields> {
  readonly #places = new Map<string, Place>()
  readonly #State = class extends VectorState {}
  /** A name for each cell: `turn`, `pc[0]`. */
  readonly cellNames: readonly string[]
  /** The state with the values that the fields were declared with. */
  readonly initial: State<F>

  /** Throws `UsageError` for fields that cannot be. */
  constructor(
    private readonly model: string,
    fields: F,
  ) {
    const names: string[] = []
    const values: unknown[] = []
    for (const [name, value] of Object.entries(fields)) {
      const place: Place = { first: names.length, keys: value instanceof Cells ? value.indexed : undefined }
      this.#declare(name, place)
      names.push(...(place.keys === undefined ? [name] : place.keys.list.map(key => `${name}[${key}]`)))
      values.push(...(value instanceof Cells ? value.toArray() : [value]))
    }
    if (names.length === 0) {
      throw new UsageError(
        `The state of the model '${model}' has no field.`,
        "Give each field its initial value: state: { turn: 0, pc: each(2, 'idle') }",
      )
    }
    this.cellNames = Object.freeze(names)
    this.initial = this.state(values.map((value, at) => this.#storable(value, names[at] as string)))
  }

  /** What each cell is. */
  get cellPlaces(): readonly CellPlace[] {
    return [...this.#places].flatMap(([field, { keys }]): CellPlace[] =>
      keys === undefined
        ? [{ field, key: undefined, keys: [] }]
        : keys.list.map(key => ({ field, key, keys: keys.list })),
    )
  }

  /** The state that has these cells. It reads a cell only where a field is read. */
  state(cells: readonly unknown[]): State<F> {
    return new this.#State(new Vector(cells)) as unknown as State<F>
  }

  cells(state: State<F>): readonly unknown[] {
    return this.#vectorOf(state).cells
  }

  /** The state after these changes. Throws for a field that states do not have, and for what are no changes. */
  after(state: State<F>, changes: Changes<F>): State<F> {
    assertChanges(changes)
    const before = this.#vectorOf(state)
    let { cells } = before
    for (const [name, value] of Object.entries(changes)) {
      const place = this.#places.get(name)
      if (place === undefined) {
        throw new TypeError(
          `there is no field '${name}': the fields are ${[...this.#places.keys()].join(', ')}`,
        )
      }
      if (place.keys === undefined) cells = before.write(cells, place.first, frozen(value))
      else
        for (const [at, one] of writtenTo(name, place, value, before))
          cells = before.write(cells, at, frozen(one))
    }
    return this.state(cells)
  }

  /** The state for somebody who reads and writes these cells: of any other, reading and writing throws. */
  part(state: State<F>, touched: Touched): State<F> {
    const part = new PartOfVector(this.#vectorOf(state).cells, touched, this.cellNames)
    return new this.#State(part) as unknown as State<F>
  }

  /** The cells that are read of a state while this runs. */
  seen(state: State<F>, touched: Touched, run: (part: State<F>) => unknown): readonly number[] {
    const part = new PartOfVector(this.#vectorOf(state).cells, touched, this.cellNames)
    run(new this.#State(part) as unknown as State<F>)
    return [...part.seen]
  }

  /** The cells of these places. Throws `UsageError` for a place that there is not. */
  cellsOf(places: readonly PlaceOf<keyof F & string>[], who: string): readonly number[] {
    return places.flatMap(one => {
      const [field, key] = typeof one === 'string' ? [one, undefined] : one
      const place = this.#places.get(field)
      const keys = place?.keys?.list ?? []
      if (place === undefined || (key !== undefined && !keys.includes(key)))
        throw new UsageError(
          `${who} of the model '${this.model}' names ${key === undefined ? field : `${field}[${key}]`}, which there is not.`,
          `The cells are ${this.cellNames.join(', ')}.`,
        )
      if (key !== undefined) return [place.first + keys.indexOf(key)]
      return keys.length === 0 ? [place.first] : keys.map((_, at) => place.first + at)
    })
  }

  /** An initial state that differs from the declared one. Throws `UsageError` for what cannot be in a state. */
  initialWith(changes: Changes<F>): State<F> {
    try {
      const state = this.after(this.initial, changes)
      for (const [at, value] of this.cells(state).entries())
        this.#storable(value, this.cellNames[at] as string)
      return state
    } catch (error) {
      if (error instanceof UsageError) throw error
      throw new UsageError(
        `An initial state of the model '${this.model}' cannot be: ${(error as Error).message}.`,
      )
    }
  }

  #declare(name: string, place: Place): void {
    if (name === '' || name.startsWith('#')) {
      throw new UsageError(
        `The state of the model '${this.model}' cannot have a field named '${name}'.`,
        'Begin the name of a field with a letter.',
      )
    }
    this.#places.set(name, place)
    const { first, keys } = place
    Object.defineProperty(this.#State.prototype, name, {
      enumerable: true,
      get: function (this: VectorState) {
        return keys === undefined ? this[vector].read(first) : new Cells(keys, this[vector], first)
      },
    })
  }

  #vectorOf(state: State<F>): Vector {
    if (state instanceof this.#State) return state[vector]
    throw new TypeError(`this is no state of the model '${this.model}'`)
  }

  #storable(value: unknown, cell: string): unknown {
    try {
      canonical(frozen(value))
      return value
    } catch (error) {
      if (!(error instanceof EncodeError)) throw error
      throw new UsageError(
        `The field ${cell} of the model '${this.model}' cannot be stored: ${error.message}`,
      )
    }
  }
}

/** An effect may give anything, where nobody has looked at its type: a promise has no fields, and would change nothing. */
function assertChanges(changes: unknown): void {
  if (typeof changes === 'object' && changes !== null && !(changes instanceof Promise)) return
  throw new TypeError(
    `it gives ${kindOf(changes)}, and not the fields that change, as in ({ n: s.n + 1 })${changes instanceof Promise ? '; an effect cannot wait for anything' : ''}`,
  )
}

/** The cells that a new value of a field with keys writes. What was made from the field itself writes what differs. */
function writtenTo(name: string, { first, keys }: Place, value: unknown, before: Vector) {
  if (!(value instanceof Cells) || (value.indexed !== keys && String(value.keys) !== String(keys?.list))) {
    throw new TypeError(`the field '${name}' takes what its own set, update or map give`)
  }
  if (value.source === before && value.first === first) {
    return Array.from(value.written, ([place, one]) => [first + place, one] as const)
  }
  return value.toArray().map((one, place) => [first + place, one] as const)
}
