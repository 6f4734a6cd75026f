/**
 * Permutations of things, and the groups that they form.
 */
import type { Permutation, Symmetry } from '../model.js'

export const identity = (things: number): Permutation => Array.from({ length: things }, (_, thing) => thing)

/** First the one, then the other. */
export const composed = (first: Permutation, then: Permutation): Permutation =>
  first.map(thing => then[thing] as number)

export const written = (permutation: Permutation): string => permutation.join()

/** The permutation that exchanges two things. */
export const exchange = (things: number, a: number, b: number): Permutation =>
  identity(things).map(thing => (thing === a ? b : thing === b ? a : thing))

/** Everything that these permutations give, one after the other; the identity first. */
export function generated(things: number, by: readonly Permutation[]): readonly Permutation[] {
  const found = new Map<string, Permutation>([[written(identity(things)), identity(things)]])
  for (const one of found.values()) {
    for (const next of by) {
      const product = composed(one, next)
      found.set(written(product), product)
    }
  }
  return [...found.values()]
}

/** A few renamings that give all of them: a state that each of these leaves alone, all leave alone. */
export function generatorsOf({ group, things }: Symmetry): readonly Permutation[] {
  if ('all' in group)
    return group.all.filter(permutation => written(permutation) !== written(identity(things)))
  return group.sets.flatMap(set =>
    set.slice(1).map((thing, before) => exchange(things, set[before] as number, thing)),
  )
}

/** All renamings but the one that changes nothing, if they are at most so many; else a few that give all of them. */
export const renamingsOf = (symmetry: Symmetry, most: number): readonly Permutation[] =>
  'sets' in symmetry.group && orderOf(symmetry) <= most
    ? generated(symmetry.things, generatorsOf(symmetry)).slice(1)
    : generatorsOf(symmetry)

/** How many renamings there are. */
export const orderOf = ({ group }: Symmetry): number =>
  'all' in group
    ? group.all.length
    : group.sets.reduce((product, { length }) => product * factorial(length), 1)

export const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1))
