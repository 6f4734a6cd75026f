/**
 * Lists of small integers that grow, as typed arrays.
 */

/** The same integers in an array with room for `length` of them, shared if that was; new places hold `fill`. */
export const withRoom = (items: Int32Array, length: number, fill = 0): Int32Array => {
  if (length <= items.length) return items
  const size = Math.max(length, 2 * items.length, 8)
  const larger = items.buffer instanceof SharedArrayBuffer ? sharedInts(size) : new Int32Array(size)
  larger.set(items)
  if (fill !== 0) larger.fill(fill, items.length)
  return larger
}

/** Integers that other threads can read and write. */
export const sharedInts = (length: number): Int32Array => new Int32Array(new SharedArrayBuffer(4 * length))
