/**
 * Equal states that were built in another order.
 *
 * Small sets and maps of immutable iterate in the order in which they were built, and are equal all the same.
 */
import { isList, isMap, isRecord, isSet, type List, Map, type Record, Set } from 'immutable'
import { ImmutableState } from '../../spec/immutable-state.js'

/** An equal value, all sets and maps of which are built in the reverse of the order in which this one iterates. */
function reversed(value: unknown): unknown {
  if (isRecord(value)) {
    const record = value as Record<{ [field: string]: unknown }>
    return Object.entries(record.toObject()).reduce(
      (it, [field, old]) => it.set(field, reversed(old)),
      record,
    )
  }
  if (isSet(value)) return Set([...value].reverse().map(reversed))
  if (isMap(value)) return Map([...value].reverse().map(([key, of]) => [reversed(key), reversed(of)]))
  if (isList(value)) return (value as List<unknown>).map(reversed)
  return value
}

export const reorder = ({ scope, cells }: ImmutableState): ImmutableState =>
  new ImmutableState(scope, cells.map(reversed) as ImmutableState['cells'])
