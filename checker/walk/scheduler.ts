/**
 * Schedulers: in which order the actions of a state are tried, the first enabled one being taken.
 *
 * An order is random, and depends on the seed alone. Trying in a random order and taking the first that is enabled
 * chooses evenly among the enabled ones, and evaluates few guards.
 */
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import type { Action } from '../explore/result.js'
import type { Initial, Model } from '../model.js'

export const schedulers = ['uniform', 'priorities', 'rare'] as const
export type SchedulerName = (typeof schedulers)[number]

export const schedulerSays: Readonly<Record<SchedulerName, string>> = {
  uniform: 'every enabled step alike',
  priorities:
    'actors by priorities that change at few points (PCT), so that one runs far ahead of the others',
  rare: 'rules that have fired seldom first',
}

/** Random numbers from a seed. */
export class Dice {
  readonly #generator
  constructor(seed: number) {
    this.#generator = xoroshiro128plus(seed)
  }

  /** One of 0 … n − 1. */
  below(n: number): number {
    return uniformInt(this.#generator, 0, n - 1)
  }

  /** Strictly between 0 and 1. */
  fraction(): number {
    return (this.below(2 ** 30) + 0.5) / 2 ** 30
  }

  /** The elements in a random order, of which only as many are drawn as are asked for. */
  *shuffled<T>(elements: T[]): Generator<T> {
    for (let i = 0; i < elements.length; i++) {
      const j = i + this.below(elements.length - i)
      const drawn = elements[j] as T
      elements[j] = elements[i] as T
      elements[i] = drawn
      yield drawn
    }
  }
}

export interface Scheduler<S> {
  /** Actions in the order in which they are to be tried. */
  order(): Iterable<Action<S>>
  /** This one was taken. */
  took(action: Action<S>): void
}

/** How often the priorities change in one walk. */
const changes = 3

/** @param steps the longest that the walk can be @param firings how often each rule has fired, over all walks */
export function newScheduler<S>(
  name: SchedulerName,
  model: Model<S>,
  initial: Initial<S>,
  dice: Dice,
  { steps, firings }: { readonly steps: number; readonly firings: ReadonlyMap<string, number> },
): Scheduler<S> {
  const actions = model.rules.flatMap(rule => rule.choices.map(choice => ({ rule, choice })))
  if (name === 'uniform') return { order: () => dice.shuffled(actions), took: () => {} }
  if (name === 'rare')
    return rareFirst(
      groups(actions, ({ rule }) => rule.name),
      dice,
      firings,
    )
  const lanes = groups(actions, ({ rule, choice }) => model.lane?.(rule, choice, initial) ?? rule.name)
  return byPriority(lanes, dice, steps)
}

type Groups<S> = ReadonlyMap<string, Action<S>[]>

function groups<S>(actions: readonly Action<S>[], of: (action: Action<S>) => string): Groups<S> {
  const found = new Map<string, Action<S>[]>()
  for (const action of actions) {
    const name = of(action)
    const group = found.get(name)
    if (group === undefined) found.set(name, [action])
    else group.push(action)
  }
  return found
}

/** Rules are drawn without replacement, each with a weight of 1 / (1 + how often it has fired). */
const rareFirst = <S>(rules: Groups<S>, dice: Dice, firings: ReadonlyMap<string, number>): Scheduler<S> => ({
  *order() {
    const drawn = [...rules].map(([name, actions]) => ({
      actions,
      key: -Math.log(dice.fraction()) * (1 + (firings.get(name) ?? 0)),
    }))
    for (const { actions } of drawn.sort((a, b) => a.key - b.key)) yield* dice.shuffled(actions)
  },
  took: () => {},
})

/**
 * Whoever has the highest priority goes on for as long as it can; at a few random points it falls to the lowest.
 * After Burckhardt and others, A randomized scheduler with probabilistic guarantees of finding bugs, 2010.
 */
function byPriority<S>(lanes: Groups<S>, dice: Dice, steps: number): Scheduler<S> {
  const order = [...dice.shuffled([...lanes.keys()])]
  const points = new Set(Array.from({ length: changes }, () => dice.below(Math.max(1, steps))))
  const laneOf = new Map(
    [...lanes].flatMap(([lane, actions]) => actions.map(action => [action, lane] as const)),
  )
  let taken = 0
  return {
    *order() {
      for (const lane of order) yield* dice.shuffled(lanes.get(lane) as Action<S>[])
    },
    took(action) {
      if (!points.has(taken++)) return
      const lane = laneOf.get(action) as string
      order.splice(order.indexOf(lane), 1)
      order.push(lane)
    },
  }
}
