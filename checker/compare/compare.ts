/**
 * Where two models first behave differently, as far as that can be seen from outside.
 *
 * Asked both ways, level by level, so that the answer is a shortest way whichever of the two takes it.
 */
import { Unfolding } from '../engine/unfolding.js'
import { Limits } from '../explore/limits.js'
import type { ExploreOptions, Stop, Trace } from '../explore/result.js'
import type { Initial, Model } from '../model.js'
import { Beliefs } from './beliefs.js'
import { actionsAt, type Departure, Inclusion } from './inclusion.js'
import { Labels, Observed, type Observer } from './observed.js'

/** Which of the two. */
export type Side = 'first' | 'second'

export interface Difference<S> {
  /** Whose behaviour the trace is; the other cannot follow it. */
  readonly of: Side
  readonly trace: Trace<S>
  /** What is seen at the end of the trace, and cannot be seen of the other. */
  readonly seen: string
  /** What may be seen of the other instead. */
  readonly instead: readonly string[]
}

export interface Comparison<S> {
  /** A shortest one; undefined if none was found. */
  readonly difference: Difference<S> | undefined
  /** Every difference of fewer steps would have been found. */
  readonly depth: number
  /** Why it was not looked further; undefined if everything was compared, or a difference was found. */
  readonly stop: Stop | undefined
  /** States met of each, and pairs of a state of one and what the other may be in. */
  readonly states: readonly [number, number]
  readonly pairs: number
  readonly seconds: number
}

export type CompareOptions = Pick<
  ExploreOptions,
  'depth' | 'timeout' | 'maxMemory' | 'signal' | 'onProgress'
> & {
  /** Of both models together. */
  readonly maxStates?: number | undefined
}

/** Pairs that are looked at between two looks at the clock. */
const stretch = 256

/** The initial states of both are paired by their names; both must have the same. */
export async function compare<S>(
  first: Model<S>,
  second: Model<S>,
  observer: Observer<S>,
  options: CompareOptions = {},
): Promise<Comparison<S>> {
  const limits = new Limits(options)
  const sides = [new Unfolding(first), new Unfolding(second)] as const
  const labels = new Labels()
  const ways = first.initial.flatMap(initial =>
    waysFrom(sides, initial, twinOf(initial, second), observer, labels),
  )
  let depth = 0
  const done = (stop: Stop | undefined, difference?: Difference<S>): Comparison<S> => ({
    difference,
    depth,
    stop,
    states: [sides[0].size, sides[1].size],
    pairs: ways.reduce((sum, { inclusion }) => sum + inclusion.pairs, 0),
    seconds: limits.seconds,
  })
  /** All ways, a little at a time, until one departs or none has anything left. */
  const through = async (
    look: (way: Way<S>) => Departure | undefined,
    left: (way: Way<S>) => number,
  ): Promise<Comparison<S> | undefined> => {
    for (const way of ways) {
      while (left(way) > 0) {
        if (limits.pauseIsDue) {
          await limits.pause()
          options.onProgress?.(progressOf(sides, ways, depth, limits))
        }
        const stop = limits.exceeded() ?? tooMany(sides, options.maxStates)
        if (stop !== undefined) return done(stop)
        const departure = look(way)
        if (departure !== undefined) return done(undefined, differenceOf(departure, way, labels))
      }
    }
    return undefined
  }
  for (;;) {
    const atRest = await through(
      ({ inclusion }) => inclusion.lookAtRests(stretch),
      ({ inclusion }) => inclusion.restsLeft,
    )
    if (atRest !== undefined) return atRest
    if (ways.every(({ inclusion }) => inclusion.isClosed)) return done(undefined)
    if (options.depth !== undefined && depth >= options.depth)
      return done({ by: 'depth', depth: options.depth })
    const inStep = await through(
      ({ inclusion }) => inclusion.takeSteps(stretch),
      ({ inclusion }) => inclusion.left,
    )
    if (inStep !== undefined) return inStep
    for (const { inclusion } of ways) inclusion.deepen()
    depth++
  }
}

/** One model from one initial state, whose every behaviour the other is to follow. */
interface Way<S> {
  readonly of: Side
  readonly initial: Initial<S>
  readonly unfolding: Unfolding<S>
  readonly inclusion: Inclusion<S>
  readonly beliefs: Beliefs<S>
}

function waysFrom<S>(
  [first, second]: readonly [Unfolding<S>, Unfolding<S>],
  initial: Initial<S>,
  twin: Initial<S>,
  observer: Observer<S>,
  labels: Labels,
): readonly Way<S>[] {
  const one = new Observed(first, initial, observer, labels)
  const other = new Observed(second, twin, observer, labels)
  const way = (of: Side, unfolding: Unfolding<S>, own: Observed<S>, others: Observed<S>): Way<S> => {
    const beliefs = new Beliefs(others)
    return { of, initial: own.initial, unfolding, beliefs, inclusion: new Inclusion(own, beliefs) }
  }
  return [way('first', first, one, other), way('second', second, other, one)]
}

function twinOf<S>({ name }: Initial<S>, { initial }: Model<S>): Initial<S> {
  const twin = initial.find(other => other.name === name)
  if (twin === undefined) throw new RangeError(`only one of two models that are compared starts from ${name}`)
  return twin
}

const tooMany = <S>(
  [first, second]: readonly [Unfolding<S>, Unfolding<S>],
  limit: number | undefined,
): Stop | undefined =>
  limit !== undefined && first.size + second.size > limit ? { by: 'max-states', limit } : undefined

const progressOf = <S>(
  [first, second]: readonly [Unfolding<S>, Unfolding<S>],
  ways: readonly Way<S>[],
  depth: number,
  { seconds, memory }: Limits,
) => ({
  states: first.size + second.size,
  transitions: ways.reduce((sum, { inclusion }) => sum + inclusion.pairs, 0),
  depth,
  frontier: ways.reduce((sum, { inclusion }) => sum + inclusion.left, 0),
  seconds,
  memory,
})

function differenceOf<S>(
  { actions, label, belief }: Departure,
  { of, initial, unfolding, beliefs }: Way<S>,
  labels: Labels,
): Difference<S> {
  return {
    of,
    trace: { initial, actions: actionsAt(actions, unfolding.actions) },
    seen: labels.textOf(label),
    instead: [...beliefs.next(belief).keys()].map(other => labels.textOf(other)),
  }
}
