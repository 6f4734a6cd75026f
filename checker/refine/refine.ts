/**
 * Refinement: every behaviour of a concrete model, seen through a mapping, is a behaviour of an abstract one.
 *
 * Initial states map to initial states; every step maps to a step of the abstract model, or to none (a stutter); and
 * where the abstract side has fairness, every fair behaviour of the concrete side maps to a fair one.
 *
 * Here: these as properties of the concrete model, so that an ordinary search decides them and shows traces; and what
 * of the abstract side was never exercised. Not here: the abstract side itself (abstract.ts).
 */

import { differences, placeText } from '../explain/places.js'
import { explore } from '../explore/explore.js'
import type { ExploreOptions, Verdict } from '../explore/result.js'
import { Store } from '../explore/store.js'
import type { Fairness, Invariant, Liveness, Model, Property, StepProperty } from '../model.js'
import { AbstractSide } from './abstract.js'

export interface RefinementQuestion<C, A> {
  readonly concrete: Model<C>
  readonly abstract: Model<A>
  /** What the abstract side sees of a concrete state. */
  map(state: C): A
  /** What a concrete behaviour may be presumed to do. */
  fairness?(model: Model<C>): readonly Fairness<C>[]
  /** What an abstract behaviour has to do. */
  abstractFairness?(model: Model<A>): readonly Fairness<A>[]
}

export interface Refinement<C> {
  /**
   * `stopped`: nothing was found, and not everything was seen. A violation is in `verdicts`, with its trace, or is one
   * of the initial states in `strayInitial`.
   */
  readonly verdict: 'refines' | 'violated' | 'stopped'
  readonly verdicts: readonly Verdict<C>[]
  /** Names of initial states that do not map to an initial state. */
  readonly strayInitial: readonly string[]
  /** Concrete states and steps; of the steps, those that the abstract side does not see. */
  readonly states: number
  readonly steps: number
  readonly stutters: number
  /** Abstract states that some concrete state maps to; of them, and of all steps between them, those exercised. */
  readonly abstractStates: number
  readonly abstractSteps: number
  /** What the abstract side can do and the concrete side never does; undefined: the abstract side does not close. */
  readonly unexercised:
    | {
        readonly states: number
        readonly steps: number
        /** The rules of the abstract model none of whose steps is exercised. */
        readonly rules: readonly string[]
      }
    | undefined
}

/**
 * The refinement as properties of the concrete model, to be checked like any others: that it starts as the abstract model
 * may, takes its steps or none, and leaves out for ever nothing that it has to do.
 */
export function refinementProperties<C, A>(question: RefinementQuestion<C, A>): readonly Property<C>[] {
  const side = new AbstractSide(question.abstract)
  return [
    startsAreAbstract(question, side),
    stepsAreAbstract(question, side),
    ...fairnessIsAbstract(question, side),
  ]
}

/** Beyond so many states, the abstract side is not asked what it can do on its own. */
const closureLimit = 200_000

export async function refines<C, A>(
  question: RefinementQuestion<C, A>,
  options: ExploreOptions = {},
): Promise<Refinement<C>> {
  const { concrete, abstract: model } = question
  const side = new AbstractSide(model)
  const seen = new Seen(question, side)
  const strayInitial = concrete.initial.filter(({ state }) => !side.initial.has(seen.initial(state)))
  const properties: readonly Property<C>[] = [
    stepsAreAbstract(question, side, seen),
    ...fairnessIsAbstract(question, side),
  ]
  const { verdicts, states, complete } = await explore(concrete, properties, options)
  const isViolated = strayInitial.length > 0 || verdicts.some(({ verdict }) => verdict === 'violated')
  // All states may have been found, and no time left to judge what asks for fairness.
  const isJudged = complete && verdicts.every(({ verdict }) => verdict !== 'stopped')
  return {
    verdict: isViolated ? 'violated' : isJudged ? 'refines' : 'stopped',
    verdicts,
    strayInitial: strayInitial.map(({ name }) => name),
    states,
    steps: seen.steps,
    stutters: seen.stutters,
    abstractStates: seen.states.size,
    abstractSteps: seen.pairs.size,
    unexercised: unexercised(side, seen),
  }
}

/** What of the abstract side the concrete steps have exercised. */
class Seen<C, A> {
  readonly states = new Set<string>()
  /** The keys of both states of each abstract step. */
  readonly pairs = new Set<string>()
  readonly rules = new Set<string>()
  steps = 0
  stutters = 0
  #last: { readonly state: C; readonly key: string } | undefined

  constructor(
    private readonly question: RefinementQuestion<C, A>,
    private readonly side: AbstractSide<A>,
  ) {}

  initial(state: C): string {
    const key = this.side.keyOf(this.question.map(state))
    this.states.add(key)
    return key
  }

  /** The key of a state before a step; the steps from one state come one after the other. */
  from(state: C): string {
    if (this.#last?.state !== state) this.#last = { state, key: this.side.keyOf(this.question.map(state)) }
    return this.#last.key
  }

  step(from: string, to: string): void {
    this.steps++
    this.states.add(to)
    if (from === to) {
      this.stutters++
      return
    }
    const actions = this.side.successors(from).get(to)
    if (actions === undefined || this.pairs.has(pair(from, to))) return
    this.pairs.add(pair(from, to))
    for (const { rule } of actions) this.rules.add(rule.name)
  }
}

/** Keys have no fixed length; a length in front makes a pair of them one key. */
const pair = (from: string, to: string): string => `${from.length}:${from}${to}`

function startsAreAbstract<C, A>(
  { concrete, abstract, map }: RefinementQuestion<C, A>,
  side: AbstractSide<A>,
): Invariant<C> {
  const starts = new Store()
  const keyOf = (state: C): string => starts.keyOf(concrete.cells(state))
  const initial = new Set(concrete.initial.map(({ state }) => keyOf(state)))
  return {
    kind: 'invariant',
    name: `it starts as ${abstract.name} may start`,
    says: `What ${abstract.name} sees of an initial state is one of its own initial states.`,
    holds: state => !initial.has(keyOf(state)) || side.initial.has(side.keyOf(map(state))),
  }
}

/** @param seen is told of every step; with an engine that remembers judgements, it would hear of too few */
function stepsAreAbstract<C, A>(
  { abstract, map }: RefinementQuestion<C, A>,
  side: AbstractSide<A>,
  seen?: Seen<C, A>,
): StepProperty<C> {
  return {
    kind: 'step',
    name: `every step is a step of ${abstract.name}, or a stutter`,
    says: `What ${abstract.name} sees of a step is nothing, or one of its own steps.`,
    holds({ before, after }) {
      const [from, to] = [seen?.from(before) ?? side.keyOf(map(before)), side.keyOf(map(after))]
      seen?.step(from, to)
      return from === to || side.successors(from).has(to)
    },
    explain({ before, after }) {
      const [from, to] = [map(before), map(after)]
      const [initial] = abstract.initial
      if (initial === undefined) return `${abstract.name} has no states at all`
      const changed = differences(abstract, from, to).map(place => {
        const was = placeText(abstract, initial, from, place)
        return `${was.place} from ${was.value} to ${placeText(abstract, initial, to, place).value}`
      })
      return `no step of ${abstract.name} takes ${changed.join(', ')}`
    },
  }
}

/** One property for each abstract condition: no fair concrete behaviour leaves it out for ever. */
function fairnessIsAbstract<C, A>(
  { concrete, abstract, map, fairness = () => [], abstractFairness = () => [] }: RefinementQuestion<C, A>,
  side: AbstractSide<A>,
): readonly Liveness<C>[] {
  const assumed = fairness(concrete)
  return abstractFairness(abstract).map(condition => {
    const isDisabled = (state: C): boolean => !side.isEnabled(side.keyOf(map(state)), condition)
    return {
      kind: 'liveness',
      name: `${condition.name} is ${condition.strength}ly fair in ${abstract.name}`,
      says: `A fair behaviour does not leave out "${condition.name}" for ever.`,
      // Left out for ever: always enabled (weak), or again and again (strong), and never taken.
      formula:
        condition.strength === 'weak'
          ? { kind: 'always eventually', holds: isDisabled }
          : { kind: 'eventually always', holds: isDisabled },
      assuming: [
        {
          kind: 'eventually never',
          says: `"${condition.name}" is taken only finitely often`,
          taken: ({ before, after }) =>
            side.serves(side.keyOf(map(before)), side.keyOf(map(after)), condition),
        },
      ],
      fairness,
      fairnessSays: assumed.map(({ name, strength }) => `${name} is ${strength}ly fair`).join(', ') || 'none',
    }
  })
}

function unexercised<C, A>(side: AbstractSide<A>, seen: Seen<C, A>): Refinement<C>['unexercised'] {
  const { states, isWhole } = side.closure(closureLimit)
  if (!isWhole) return undefined
  const steps = states.flatMap(from => [...side.successors(from).keys()].map(to => pair(from, to)))
  return {
    states: states.filter(key => !seen.states.has(key)).length,
    steps: steps.filter(step => !seen.pairs.has(step)).length,
    rules: [...new Set(side.model.rules.map(({ name }) => name))].filter(name => !seen.rules.has(name)),
  }
}
