/**
 * Arrays and plain objects become data that cannot change, as the cells of states must be.
 *
 * What is no plain data (a class, a function) is left as it is, and is refused where it is encoded (encode/).
 */

/** The same value; arrays and plain objects are frozen on the spot, with all that they hold. */
export function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value) || !isPlain(value)) return value
  for (const part of Object.values(value)) frozen(part)
  return Object.freeze(value)
}

const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Array.prototype || prototype === Object.prototype
}
