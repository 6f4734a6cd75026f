/**
 * What was written over a row of things that are not read for it: over the fields of a view, or the elements of a vector.
 *
 * By position. Rows are short and written to often, so each change copies the whole row.
 */

/** Stands where nothing was written. */
export const unwritten = Symbol('unwritten')

/** Undefined: nothing was written anywhere. */
export type Overlay = readonly unknown[] | undefined

/** An overlay that nobody else has, and that may be written to. */
export const overlayOf = (overlay: Overlay, size: number): unknown[] => {
  if (overlay !== undefined) return overlay.slice()
  const row: unknown[] = []
  for (let at = 0; at < size; at++) row.push(unwritten)
  return row
}

/** Is this all that was written there, and nothing else? */
export const isWrittenAlike = (row: readonly unknown[], overlay: Overlay): boolean => {
  for (let at = 0; at < row.length; at++)
    if (row[at] !== (overlay === undefined ? unwritten : overlay[at])) return false
  return true
}
