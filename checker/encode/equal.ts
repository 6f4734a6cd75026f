/**
 * Are two values the same value in a cell? As immutable says, or as they are encoded: frozen arrays and plain objects are
 * compared by what they hold, as searches compare states.
 */
import { is } from 'immutable'
import { canonical } from './canonical.js'

/** Throws `EncodeError` for two objects of which one is what no state can hold. */
export function areEqual(value: unknown, asked: unknown): boolean {
  if (is(value, asked)) return true
  const areObjects = isObject(value) && isObject(asked)
  return areObjects && canonical(value) === canonical(asked)
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null
