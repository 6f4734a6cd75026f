/**
 * How the states of a model are made from cells, and what was written to one.
 *
 * Most models keep the cells that they are handed, and read them when they need them. A model whose states are records
 * takes all cells at once; that a field of it is nothing but a cell is found out by handing it tokens instead of cells,
 * and such a state is tracked field by field like a cell.
 */
import { is, isRecord, type Record } from 'immutable'
import { cellsOf } from '../explore/answers.js'
import type { Model } from '../model.js'
import { CellSource, type Elements, isTrackedCells, trackedCells, ViewInValue } from './cells.js'
import { type Asked, isAsked, type Kind, type Kinds } from './columns.js'
import { unwritten } from './overlay.js'
import type { Tracker } from './tracker.js'
import { isView, recordOf, type Source, type View, viewOf } from './view.js'

type AnyRecord = Record<{ [field: string]: unknown }>

/** What became of a cell: some of its fields were written (overlay.ts), or all of it. */
export type Change = { readonly fields: readonly unknown[] } | { readonly value: unknown }

/** The same, and which cell it is. */
export interface PlacedChange {
  readonly column: number
  readonly change: Change
}

/** A state that is a record: its kind, and the column that each field is, if it is one. */
interface RecordShape {
  readonly kind: Kind
  readonly columnOf: readonly (number | undefined)[]
  /** Throws `NotKept` where the model takes another value from the field than the one that was put there. */
  assertKept(column: number, value: unknown): void
}

/** A model keeps another value than a rule has written: which one, only it can tell. */
class NotKept extends Error {
  override readonly name = 'NotKept'
}

/** A state that is a record, read field by field. */
class StateSource implements Source {
  constructor(
    private readonly shape: RecordShape,
    readonly elements: Elements,
    private readonly restore: (cells: readonly unknown[]) => unknown,
    private readonly tracker: Tracker,
  ) {}
  get kind(): Kind {
    return this.shape.kind
  }
  read(field: number): unknown {
    const column = this.shape.columnOf[field]
    if (column !== undefined) return this.elements.at(column)
    // The model may have made it of any of the cells.
    return this.whole().get(this.kind.fields[field] as string)
  }
  isField(field: number, asked: Asked): boolean {
    return isAsked(this.read(field), asked)
  }
  passes(): undefined {
    return undefined
  }
  whole(): AnyRecord {
    const cells = Array.from({ length: this.elements.count }, (_, column) => this.elements.at(column))
    return this.restore(cells.map(cell => (isView(cell) ? recordOf(cell) : cell))) as AnyRecord
  }
  assertMayLeave(): void {
    if (this.tracker.isEncoding) throw new ViewInValue('a view of a state is part of a value')
  }
}

export class Shape<S> {
  readonly #record: RecordShape | undefined

  constructor(
    private readonly model: Model<S>,
    private readonly tracker: Tracker,
    kinds: Kinds,
  ) {
    this.#record = recordShapeOf(model, tracker.columns.length, kinds)
  }

  /** A state with these elements, that tells what is read of it. */
  stateOf(elements: Elements): S {
    if (this.#record === undefined) return this.model.restore(trackedCells(elements))
    const source = new StateSource(this.#record, elements, cells => this.model.restore(cells), this.tracker)
    return viewOf(source) as unknown as S
  }

  /**
   * What differs in a state that was made from the state with these elements, in an order that only the model decides. A cell that
   * was written is among it, be it with the value that it had.
   */
  changes(state: S, elements: Elements): readonly PlacedChange[] {
    const changes: PlacedChange[] = []
    const note = (column: number, value: unknown) => {
      const change = changeOf(value, this.tracker.slots.before(column))
      if (change !== undefined) changes.push({ column, change })
    }
    const record = this.#record
    if (record !== undefined && isView(state) && state.viewSource instanceof StateSource) {
      const { viewWritten: written } = state
      for (const [field, column] of record.columnOf.entries()) {
        const value = written === undefined ? unwritten : written[field]
        if (column === undefined || value === unwritten) continue
        if (!isView(value)) record.assertKept(column, value)
        note(column, value)
      }
      return changes
    }
    const cells = cellsOf(this.model, state, elements.count)
    const isOurs = isTrackedCells(cells) && cells.trackedElements === elements
    const written = isOurs ? cells.trackedWritten : cells
    if (written === undefined) return changes
    for (let column = 0; column < elements.count; column++)
      if (written[column] !== unwritten) note(column, written[column])
    return changes
  }
}

/** Undefined: this is the cell as it was. */
function changeOf(value: unknown, slot: number): Change | undefined {
  if (!isView(value)) return { value }
  const source = (value as View).viewSource
  if (!(source instanceof CellSource) || source.slot !== slot) return { value: recordOf(value) }
  const { viewWritten: fields } = value
  return fields === undefined ? undefined : { fields }
}

/**
 * Does the model put every cell, whatever it is, into a field of a record, and take it from there again?
 *
 * A token is a symbol that nobody else has: a model that finds it in a field has put it there without looking at it.
 */
function recordShapeOf<S>(model: Model<S>, count: number, kinds: Kinds): RecordShape | undefined {
  try {
    const tokens = Array.from({ length: count }, (_, at) => Symbol(at))
    const probe: unknown = model.restore(tokens)
    const kind = kinds.of(probe)
    if (!isRecord(probe) || kind === undefined) return undefined
    const cells = model.cells(probe as S)
    if (cells.length !== count || cells.some((cell, at) => cell !== tokens[at])) return undefined
    const template = probe as unknown as AnyRecord
    const columnOf = kind.fields.map(field => {
      const column = tokens.indexOf(template.get(field) as symbol)
      return column < 0 ? undefined : column
    })
    const all = new Set(columnOf.filter(column => column !== undefined))
    // Tokens tell nothing of a model that looks for certain values: that turns -1 into 0, say.
    const assertKept = (column: number, value: unknown): void => {
      const kept = model.cells(model.restore(tokens.with(column, value as symbol)))[column]
      if (!is(kept, value)) throw new NotKept('a cell is not what was written')
    }
    return all.size === count ? { kind, columnOf, assertKept } : undefined
  } catch {
    return undefined
  }
}
