/**
 * Answers to names that nobody knows: the known ones, the closest first among equals.
 */
import { UsageError } from '../errors.js'
import type { Named, Suite } from '../suite.js'

/** The known name, or an error that says what is known. `plural` is of what: `checks`. */
export function known<T extends { readonly name: string }>(
  name: string,
  all: readonly T[],
  { one, many }: { readonly one: string; readonly many: string },
): T {
  const found = all.find(it => it.name === name)
  if (found !== undefined) return found
  throw unknownName(
    name,
    all.map(it => it.name),
    { one, many },
  )
}

/** A profile of the suite, or one between two of them. */
export const knownProfile = <S>({ profiles, variantNamed }: Suite<S>, name: string): Named =>
  variantNamed?.(name) ?? known(name, profiles, { one: 'profile', many: 'profiles' })

export function unknownName(
  name: string,
  names: readonly string[],
  { one, many }: { readonly one: string; readonly many: string },
): UsageError {
  const close = closest(name, names)
  return new UsageError(
    `There is no ${one} '${name}'.`,
    names.length === 0 ? `There are no ${many}.` : `Known ${many}: ${listed(name, names)}.`,
    close === undefined ? undefined : `Did you mean '${close}'?`,
  )
}

/** All of them; of too many to read, the closest. */
function listed(name: string, names: readonly string[]): string {
  if (names.length <= most) return names.join(', ')
  const some = byDistance(name, names).slice(0, most / 4)
  return `${some.join(', ')}, and ${names.length - some.length} more`
}

const most = 40

/** The name that differs least; of those that differ altogether, one that begins with it. */
export function closest(name: string, names: readonly string[]): string | undefined {
  const [best] = byDistance(name, names)
  if (best !== undefined && distance(name, best) <= Math.max(2, Math.floor(name.length / 3))) return best
  return name.length < 3 ? undefined : names.find(known => known.startsWith(name))
}

/** Those that differ least first. */
export const byDistance = (name: string, names: readonly string[]): readonly string[] =>
  names
    .map(known => ({ known, far: distance(name, known) }))
    .toSorted((a, b) => a.far - b.far)
    .map(({ known }) => known)

/** Levenshtein's: insertions, deletions and replacements that turn one into the other. */
export function distance(a: string, b: string): number {
  const letters = [...b]
  let row = [0, ...letters.map((_, j) => j + 1)]
  for (const [i, x] of [...a].entries()) {
    const next = [i + 1]
    for (const [j, y] of letters.entries()) {
      next.push(
        Math.min((row[j + 1] as number) + 1, (next[j] as number) + 1, (row[j] as number) + (x === y ? 0 : 1)),
      )
    }
    row = next
  }
  return row.at(-1) as number
}
