/**
 * One string for each list of events: plain data, with values of immutable in it.
 */
import { isImmutable } from 'immutable'
import { canonical, EncodeError } from '../encode/canonical.js'

/** Throws `EncodeError` for what is no data. */
export const codeOf = (value: unknown): string => {
  if (typeof value !== 'object' || value === null || isImmutable(value)) return canonical(value)
  if (Array.isArray(value)) return `[${value.map(codeOf).join('')}]`
  if (Object.getPrototypeOf(value) !== Object.prototype)
    throw new EncodeError(`A value of class ${value.constructor?.name ?? 'unknown'}, in an event,`)
  const fields = Object.keys(value).sort()
  return `{${fields.map(field => canonical(field) + codeOf((value as Record<string, unknown>)[field])).join('')}}`
}
