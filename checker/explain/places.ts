/**
 * Places of a state: a field of a cell, or a cell that is no record.
 *
 * Here: in which places two states differ, and states put together from the places of two.
 * Not here: how a value is shown (report/).
 */
import { isRecord } from 'immutable'
import { canonical } from '../encode/canonical.js'
import type { Initial, Model } from '../model.js'
import { show } from '../report/value.js'

export interface Place {
  readonly cell: number
  /** Undefined: the cell as a whole. */
  readonly field: string | undefined
}

/** One text for each place; equal places have equal texts. */
export const placeKey = ({ cell, field }: Place): string => `${cell}.${field ?? ''}`

/** The places in which the states differ, in the order of the cells. */
export function differences<S>(model: Model<S>, a: S, b: S): readonly Place[] {
  const others = model.cells(b)
  return model.cells(a).flatMap((cell, at): readonly Place[] => {
    const other = others[at]
    if (cell === other || canonical(cell) === canonical(other)) return []
    const [ownRecord, otherRecord] = [asRecord(cell), asRecord(other)]
    if (ownRecord === undefined || otherRecord === undefined) return [{ cell: at, field: undefined }]
    const [was, is] = [fieldsOf(ownRecord), fieldsOf(otherRecord)]
    return Object.keys(was)
      .filter(field => canonical(was[field]) !== canonical(is[field]))
      .map(field => ({ cell: at, field }))
  })
}

/** A record of which nothing is known but that it is one. */
interface AnyRecord {
  toObject(): object
  set(field: string, value: unknown): unknown
}

const asRecord = (cell: unknown): AnyRecord | undefined =>
  isRecord(cell) ? (cell as unknown as AnyRecord) : undefined

const fieldsOf = (record: AnyRecord): { readonly [field: string]: unknown } =>
  record.toObject() as { readonly [field: string]: unknown }

/** Are all cells the same? Events are no part of a state. */
export const isSameState = <S>(model: Model<S>, a: S, b: S): boolean => {
  const others = model.cells(b)
  return model.cells(a).every((cell, at) => cell === others[at] || canonical(cell) === canonical(others[at]))
}

/** The first state with what the second has in these places. */
export function withPlaces<S>(model: Model<S>, state: S, from: S, places: readonly Place[]): S {
  const cells = [...model.cells(state)]
  const others = model.cells(from)
  for (const { cell, field } of places) {
    const [own, other] = [asRecord(cells[cell]), asRecord(others[cell])]
    cells[cell] =
      field !== undefined && own !== undefined && other !== undefined
        ? own.set(field, fieldsOf(other)[field])
        : others[cell]
  }
  return model.restore(cells)
}

/** `leader.exitState`, and its value as people read it. */
export function placeText<S>(
  model: Model<S>,
  initial: Initial<S>,
  state: S,
  { cell, field }: Place,
): { readonly place: string; readonly value: string } {
  const name = model.cellNames(initial)[cell] ?? `cell ${cell}`
  const whole = model.cells(state)[cell]
  const record = asRecord(whole)
  const value = field !== undefined && record !== undefined ? fieldsOf(record)[field] : whole
  return {
    place: field === undefined ? name : `${name}.${field}`,
    value: model.describeField?.(whole, field ?? '', value, initial) ?? show(value),
  }
}
