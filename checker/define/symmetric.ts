/**
 * Values of a model that may be exchanged for one another, as an author declares them, and the symmetry that this is.
 */
import { UsageError } from '../errors.js'
import type { Symmetry } from '../model.js'
import { show } from '../report/value.js'
import type { Key } from './each.js'
import type { CellPlace } from './layout.js'
import { holdsAny, textOf, withNames } from './mentions.js'

/** Values that may be exchanged for one another: a list of them; or with the fields whose values are or hold some of them. */
export type Symmetric<Name extends string> =
  | readonly Key[]
  | { readonly of: readonly Key[]; readonly in: readonly Name[] }

type Exchanged = { readonly of: readonly Key[]; readonly in: readonly string[] }

/** Throws `UsageError` for a declaration that says nothing or contradicts itself. */
export function symmetryOf(
  model: string,
  lists: readonly Symmetric<string>[],
  cells: readonly CellPlace[],
): Symmetry {
  const sets: readonly Exchanged[] = lists.map(one => ('of' in one ? one : { of: one, in: [] }))
  const values = sets.flatMap(set => set.of)
  for (const [at, set] of sets.entries()) check(model, set, at, values, cells)
  const numberOf = new Map(values.map((value, thing) => [value, thing]))
  const setOf = sets.flatMap((set, at) => set.of.map(() => at))
  const known = cells.map(({ field }) => {
    const held = sets.flatMap((set, at) => (set.in.includes(field) ? [at] : []))
    /** The thing that a value in this cell stands for. */
    return (value: unknown): number | undefined => {
      const thing = numberOf.get(value as Key)
      return thing !== undefined && held.includes(setOf[thing] as number) ? thing : undefined
    }
  })
  const thingIn = (cell: number, value: unknown): number | undefined => known[cell]?.(value)
  const fields = [...new Set(cells.map(({ field }) => field))]
  return {
    says: sets.map(({ of: exchanged }) => listed(exchanged)).join('; '),
    things: values.length,
    group: { sets: sets.map(set => set.of.map(value => numberOf.get(value) as number)) },
    owners: cells.map(({ field, key, keys }) => {
      const set = sets.findIndex(
        ({ of }) => of.includes(key as Key) && of.every(value => keys.includes(value)),
      )
      if (set < 0) return undefined
      return { family: fields.indexOf(field) * sets.length + set, thing: numberOf.get(key as Key) as number }
    }),
    rename: (value, to, cell) =>
      withNames(value, leaf => {
        const thing = thingIn(cell, leaf)
        return thing === undefined ? leaf : values[to[thing] as number]
      }),
    about: (value, thing, cell) =>
      textOf(value, leaf => {
        const found = thingIn(cell, leaf)
        if (found === undefined) return undefined
        return found === thing ? 'it' : `another ${setOf[found]}`
      }),
    overlooked: states => adviceOn(sets, cells, states),
  }
}

/** Which fields hold values of a list in these states although it does not name them; of the first list that has some. */
function adviceOn(
  sets: readonly Exchanged[],
  cells: readonly CellPlace[],
  states: readonly (readonly unknown[])[],
): string | undefined {
  for (const { of, in: named } of sets) {
    const holding = cells.filter(
      ({ field }, at) => !named.includes(field) && states.some(state => holdsAny(state[at], of)),
    )
    const fields = [...new Set(holding.map(({ field }) => field))]
    if (fields.length === 0) continue
    const what = fields.length === 1 ? `the field '${fields[0]}' holds` : `the fields ${quoted(fields)} hold`
    return `${what} values of the list ${listed(of)}, which does not name ${fields.length === 1 ? 'it' : 'them'}: where these are meant, declare ${declared(of, [...named, ...fields])}`
  }
  return undefined
}

/** As an author writes it. */
const declared = (of: readonly Key[], fields: readonly string[]): string =>
  `symmetric: [{ of: [${quoted(of)}], in: [${quoted(fields)}] }]`

const quoted = (keys: readonly Key[]): string =>
  keys.map(key => (typeof key === 'string' ? `'${key}'` : key)).join(', ')

/** `r1, r2 and r3`. */
const listed = (values: readonly Key[]): string => `${values.slice(0, -1).join(', ')} and ${values.at(-1)}`

function check(
  model: string,
  set: Exchanged,
  at: number,
  all: readonly Key[],
  cells: readonly CellPlace[],
): void {
  const where = `The model '${model}' declares as symmetric`
  if (set.of.length < 2)
    throw new UsageError(`${where} a list of ${set.of.length} values, the ${at + 1}th.`, 'List two or more.')
  const twice = set.of.find(value => all.indexOf(value) !== all.lastIndexOf(value))
  if (twice !== undefined)
    throw new UsageError(`${where} the value ${show(twice)} twice.`, 'Put each value in one list.')
  const fields = [...new Set(cells.map(({ field }) => field))]
  const unknown = set.in.find(field => !fields.includes(field))
  if (unknown !== undefined)
    throw new UsageError(
      `${where} values in the field '${unknown}', which there is not.`,
      `The fields are ${fields.join(', ')}.`,
    )
  const isCellOf = ({ keys }: CellPlace) => set.of.every(value => keys.includes(value))
  if (set.in.length > 0 || cells.some(isCellOf)) return
  const alike = cells.find(({ key }) => key !== undefined && set.of.map(String).includes(String(key)))
  throw new UsageError(
    `${where} ${listed(set.of)}, and no field has a cell for each of them or is named to hold them.`,
    `Give a field such cells, each([${quoted(set.of)}], …), or name those that hold them: ${declared(set.of, ['owner'])}.`,
    alike && `The cells of '${alike.field}' are those of ${quoted(alike.keys)}.`,
  )
}
