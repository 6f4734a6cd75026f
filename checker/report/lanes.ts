/**
 * Lanes: one column for each task that acts in a trace, so that the eye sees who interleaves with whom.
 */

/** The columns of a trace. Without lanes, everything is empty. */
export interface Lanes {
  /** With the space on its right. */
  readonly width: number
  readonly header: string
  /** The column with a mark at who acts, and a line through the others. */
  row(acting: string | undefined): string
}

export const noLanes: Lanes = { width: 0, header: '', row: () => '' }

/** More lanes than this blur; the labels name who acts. */
const most = 12
/** Long names are cut so that the lanes together take no more than about this. */
const budget = 42

/** `order` lists the names in the order people expect; a single lane would say nothing. */
export function lanesOf(acting: readonly (string | undefined)[], order: readonly string[]): Lanes {
  const names = [...new Set(acting)].filter(name => name !== undefined).toSorted(by(order))
  if (names.length < 2 || names.length > most) return noLanes
  const longest = Math.max(3, Math.floor(budget / names.length) - 1)
  const columns = names.map(name => ({
    name,
    title: name.length > longest ? `${name.slice(0, longest - 1)}…` : name,
  }))
  const drawn = (cell: (column: (typeof columns)[number]) => string): string =>
    `${columns.map(column => centred(cell(column), column.title.length)).join(' ')}   `
  const header = drawn(({ title }) => title)
  return { width: header.length, header, row: who => drawn(({ name }) => (name === who ? '●' : '│')) }
}

const by =
  (order: readonly string[]) =>
  (a: string, b: string): number =>
    placeIn(order, a) - placeIn(order, b)

const placeIn = (order: readonly string[], name: string): number => {
  const place = order.indexOf(name)
  return place < 0 ? order.length : place
}

const centred = (text: string, width: number): string => {
  const left = Math.floor((width - text.length) / 2)
  return `${' '.repeat(left)}${text}`.padEnd(width)
}
