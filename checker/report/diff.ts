/**
 * What a step changed: the fields of cells whose values differ before and after it.
 */
import { isRecord } from 'immutable'
import { canonical } from '../encode/canonical.js'
import type { Initial, Model } from '../model.js'
import { show } from './value.js'

/** One field of one cell, with both values as people read them. */
export interface Change {
  /** `leader.exitState`; of a cell that is no record, its name. */
  readonly place: string
  readonly from: string
  readonly to: string
}

export function changes<S>(model: Model<S>, initial: Initial<S>, before: S, after: S): Change[] {
  const names = model.cellNames(initial)
  const now = model.cells(after)
  return model
    .cells(before)
    .flatMap((cell, i) => cellChanges(model, initial, names[i] ?? `cell ${i}`, cell, now[i]))
}

function cellChanges<S>(
  model: Model<S>,
  initial: Initial<S>,
  name: string,
  was: unknown,
  is: unknown,
): Change[] {
  if (canonical(was) === canonical(is)) return []
  const [old, now] = [fieldsOf(was), fieldsOf(is)]
  const says = (cell: unknown, field: string, value: unknown): string =>
    model.describeField?.(cell, field, value, initial) ?? show(value)
  if (old === undefined || now === undefined)
    return [{ place: name, from: says(was, '', was), to: says(is, '', is) }]
  return Object.keys({ ...old, ...now })
    .filter(field => canonical(old[field]) !== canonical(now[field]))
    .map(field => ({
      place: `${name}.${field}`,
      from: says(was, field, old[field]),
      to: says(is, field, now[field]),
    }))
}

const fieldsOf = (cell: unknown): Readonly<Record<string, unknown>> | undefined =>
  isRecord(cell) ? cell.toObject() : undefined
