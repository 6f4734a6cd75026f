/**
 * Where two models first behave differently, as far as that can be seen from outside.
 *
 * Asked both ways, depth by depth, so that the answer is a shortest way whichever of the two takes it.
 *
 * Most of two similar models is the same: they are first walked in lockstep, and only where they part is it asked what
 * can be seen of it, as if nothing were believed but that the other is in the state paired with this one. If all of that
 * can be followed, so can everything. Where it cannot, it may be by another way from the start: then all is asked from
 * there.
 */
import { Unfolding } from '../engine/unfolding.js'
import { Limits } from '../explore/limits.js'
import type { ExploreOptions, Stop, Trace } from '../explore/result.js'
import type { Initial, Model } from '../model.js'
import { Beliefs } from './beliefs.js'
import { actionsAt, type Departure, Inclusion } from './inclusion.js'
import { Lockstep } from './lockstep.js'
import { Labels, Observed, type Observer } from './observed.js'

/** Which of the two. */
export type Side = 'first' | 'second'

export interface Difference<S> {
  /** Whose behaviour the trace is; the other cannot follow it. */
  readonly of: Side
  readonly trace: Trace<S>
  /** What is seen at the end of the trace, and cannot be seen of the other. */
  readonly seen: string
  /** What may be seen of the other instead, in the order of the alphabet. */
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
  /** Ask everything from the start: slower, and the same answer. */
  readonly plain?: boolean | undefined
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
  return new Comparing(first, second, observer, options).run()
}

/** One model from one initial state, whose every behaviour the other is to follow. */
interface Way<S> {
  readonly of: Side
  readonly own: Observed<S>
  readonly beliefs: Beliefs<S>
  /** From where they part, or from the start. */
  inclusion: Inclusion<S>
}

/** Both from one initial state. */
interface Start<S> {
  readonly lockstep: Lockstep<S>
  readonly ways: readonly [Way<S>, Way<S>]
}

class Comparing<S> {
  readonly #limits: Limits
  readonly #sides: readonly [Unfolding<S>, Unfolding<S>]
  readonly #labels = new Labels()
  readonly #starts: readonly Start<S>[]
  #depth = 0
  /** Pairs of what was thrown away. */
  #pairsBefore = 0

  constructor(
    first: Model<S>,
    second: Model<S>,
    observer: Observer<S>,
    private readonly options: CompareOptions,
  ) {
    this.#limits = new Limits(options)
    this.#sides = [new Unfolding(first), new Unfolding(second)]
    this.#starts = first.initial.map(initial => this.#startFrom(initial, twinOf(initial, second), observer))
  }

  async run(): Promise<Comparison<S>> {
    const parted =
      this.options.plain !== true && this.#haveSameActions() ? await this.#inLockstep() : 'parted'
    return parted === 'parted' ? await this.#fromTheStart() : parted
  }

  get #ways(): readonly Way<S>[] {
    return this.#starts.flatMap(({ ways }) => ways)
  }

  /** Undone where they part in a way that can be seen, at least if the other is where it seems. */
  async #inLockstep(): Promise<Comparison<S> | 'parted'> {
    for (;;) {
      for (const { lockstep, ways } of this.#starts) {
        while (lockstep.left > 0) {
          const stop = await this.#pause(lockstep.left)
          if (stop !== undefined) return this.#done(stop)
          for (const pair of lockstep.walk(stretch))
            for (const [at, { inclusion, beliefs }] of ways.entries())
              inclusion.startAt(pair[at] as number, beliefs.from(pair[1 - at] as number))
        }
      }
      const found = await this.#nextDepth(this.#starts.every(({ lockstep }) => lockstep.isClosed))
      if (found === undefined) for (const { lockstep } of this.#starts) lockstep.deepen()
      else return 'departure' in found ? 'parted' : this.#done(found.stop)
    }
  }

  async #fromTheStart(): Promise<Comparison<S>> {
    this.#pairsBefore = this.#pairs
    this.#depth = 0
    for (const { ways } of this.#starts)
      for (const [at, way] of ways.entries()) {
        way.inclusion = new Inclusion(way.own, way.beliefs)
        way.inclusion.startAt(way.own.start, way.beliefs.from((ways[1 - at] as Way<S>).own.start))
      }
    for (;;) {
      const found = await this.#nextDepth(true)
      if (found === undefined) continue
      return 'departure' in found
        ? this.#done(undefined, differenceOf(found.departure, found.way, this.#labels, this.#sides))
        : this.#done(found.stop)
    }
  }

  /**
   * What is to be looked at in this depth, all ways. @returns what ends it, if anything does
   *
   * @param isAll is nothing to be added in later depths?
   */
  async #nextDepth(
    isAll: boolean,
  ): Promise<
    { readonly departure: Departure; readonly way: Way<S> } | { readonly stop: Stop | undefined } | undefined
  > {
    for (const { inclusion } of this.#ways) inclusion.deepen()
    const looks = [
      {
        left: ({ restsLeft }: Inclusion<S>) => restsLeft,
        look: (inclusion: Inclusion<S>) => inclusion.lookAtRests(stretch),
      },
      {
        left: ({ left }: Inclusion<S>) => left,
        look: (inclusion: Inclusion<S>) => inclusion.takeSteps(stretch),
      },
    ]
    for (const [at, { left, look }] of looks.entries()) {
      for (const way of this.#ways) {
        while (left(way.inclusion) > 0) {
          const stop = await this.#pause(left(way.inclusion))
          if (stop !== undefined) return { stop }
          const departure = look(way.inclusion)
          if (departure !== undefined) return { departure, way }
        }
      }
      if (at > 0) break
      if (isAll && this.#ways.every(({ inclusion }) => inclusion.isClosed)) return { stop: undefined }
      const { depth } = this.options
      if (depth !== undefined && this.#depth >= depth) return { stop: { by: 'depth', depth } }
    }
    this.#depth++
    return undefined
  }

  /** Lets others run now and then. @returns why to stop now, if there is a reason */
  async #pause(left: number): Promise<Stop | undefined> {
    const limits = this.#limits
    if (limits.pauseIsDue) {
      await limits.pause()
      const { seconds, memory } = limits
      this.options.onProgress?.({
        states: this.#states[0] + this.#states[1],
        transitions: this.#pairs,
        depth: this.#depth,
        frontier: left,
        seconds,
        memory,
      })
    }
    const { maxStates: limit } = this.options
    const isTooMany = limit !== undefined && this.#states[0] + this.#states[1] > limit
    return limits.exceeded() ?? (isTooMany ? { by: 'max-states', limit } : undefined)
  }

  get #states(): readonly [number, number] {
    return [this.#sides[0].size, this.#sides[1].size]
  }

  get #pairs(): number {
    return this.#starts.reduce(
      (sum, { lockstep, ways: [one, other] }) =>
        sum + lockstep.pairs + one.inclusion.pairs + other.inclusion.pairs,
      0,
    )
  }

  #done(stop: Stop | undefined, difference?: Difference<S>): Comparison<S> {
    return {
      difference,
      depth: this.#depth,
      stop,
      states: this.#states,
      pairs: this.#pairsBefore + this.#pairs,
      seconds: this.#limits.seconds,
    }
  }

  /** Lockstep is by the positions of actions. */
  #haveSameActions(): boolean {
    const [ones, others] = [this.#sides[0].actions, this.#sides[1].actions]
    return (
      ones.length === others.length &&
      ones.every(({ rule, choice }, at) => {
        const other = others[at] as (typeof others)[number]
        return rule.name === other.rule.name && JSON.stringify(choice) === JSON.stringify(other.choice)
      })
    )
  }

  #startFrom(initial: Initial<S>, twin: Initial<S>, observer: Observer<S>): Start<S> {
    const one = new Observed(this.#sides[0], initial, observer, this.#labels)
    const other = new Observed(this.#sides[1], twin, observer, this.#labels)
    const way = (of: Side, own: Observed<S>, others: Observed<S>): Way<S> => {
      const beliefs = new Beliefs(others)
      return { of, own, beliefs, inclusion: new Inclusion(own, beliefs) }
    }
    return {
      lockstep: new Lockstep(one, other),
      ways: [way('first', one, other), way('second', other, one)],
    }
  }
}

function twinOf<S>({ name }: Initial<S>, { initial }: Model<S>): Initial<S> {
  const twin = initial.find(other => other.name === name)
  if (twin === undefined) throw new RangeError(`only one of two models that are compared starts from ${name}`)
  return twin
}

function differenceOf<S>(
  { actions, label, belief }: Departure,
  { of, own, beliefs }: Way<S>,
  labels: Labels,
  [first, second]: readonly [Unfolding<S>, Unfolding<S>],
): Difference<S> {
  return {
    of,
    trace: { initial: own.initial, actions: actionsAt(actions, (of === 'first' ? first : second).actions) },
    seen: labels.textOf(label),
    instead: [...beliefs.next(belief).keys()].map(other => labels.textOf(other)).sort(),
  }
}
