/**
 * Behaviours in any number: which sequences of steps are asked for when nobody has written any.
 *
 * Half of them are the shortest there are, in order, so that whatever is odd about few steps is found for certain; half
 * are random ones of several lengths, with a seed, so that longer entanglements come as well.
 */
import type { Profile } from '../spec/profile.js'
import { Enumerator, enumerable } from './enumerate.js'
import type { Scenario } from './scenario.js'

/** Processes and threads born in the short ones, and in the random ones. */
const births = { short: 2, random: 3 }
const randomLengths = [4, 6, 8, 10] as const

/** Exactly `count` sequences, each once, always the same for the same seed. */
export function* behaviours(profile: Profile, count: number, seed: number): Generator<Scenario> {
  const given = new Set<string>()
  // The lengths have no end: there are always more.
  const short = new Enumerator({
    profile,
    steps: Number.POSITIVE_INFINITY,
    births: births.short,
    features: enumerable,
  }).all()
  const random = randomLengths.map((steps, i) =>
    new Enumerator({ profile, steps, births: births.random, features: enumerable }).sample(
      Number.POSITIVE_INFINITY,
      seed * randomLengths.length + i,
    ),
  )
  const sources = random.flatMap(source => [short, source])
  for (let turn = 0; given.size < count; turn++) {
    const next = sources[turn % sources.length]?.next()
    if (next === undefined || next.done === true)
      throw new Error('the enumeration of behaviours has ended, though there is always a longer one')
    if (given.has(next.value.id)) continue
    given.add(next.value.id)
    yield next.value
  }
}
