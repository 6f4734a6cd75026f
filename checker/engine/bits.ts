/** Cells, or what is kept of several cells, as bits of one integer. */

/** The bit of a cell. With many cells, some share one: a change of the one is then taken for a change of the other too. */
export const bitOf = (column: number): number => 1 << (column % 30)

/**
 * Makes one vector of cells equal to another, which may go on with more than cells.
 *
 * @returns the bits of the cells that were others
 */
export function catchUp(cells: Int32Array, vector: Int32Array): number {
  let bits = 0
  for (let column = 0; column < cells.length; column++) {
    if (cells[column] === vector[column]) continue
    cells[column] = vector[column] as number
    bits |= bitOf(column)
  }
  return bits
}

/** The bit of what is read but is no cell. */
export const noCell = 1 << 30
