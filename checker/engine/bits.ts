/** Cells, or what is kept of several cells, as bits of one integer. */

/** The bit of a cell. With many cells, some share one: a change of the one is then taken for a change of the other too. */
export const bitOf = (column: number): number => 1 << (column % 30)

/** The bit of what is read but is no cell. */
export const noCell = 1 << 30
