/**
 * How the steps of a trace hang together: which earlier steps each of them depends on, and which of them the violation at
 * the end depends on. The rest is noise.
 *
 * A step depends on the last earlier step that wrote what it reads. Of those, the ones that *enable* it are those without
 * whose change its guard would be false.
 */
import type { LocalProperty, Property, Step } from '../model.js'
import type { Behaviour } from '../report/trace.js'
import { differences, type Place, placeKey, withPlaces } from './places.js'
import { readsOf } from './reads.js'

/** Something that was read, and the step that last wrote it: counted from 1; 0: it is as in the initial state. */
export interface Cause {
  readonly place: Place
  readonly writtenBy: number
}

export interface StepCauses {
  /** What the guard reads and the step could not be taken without. */
  readonly enabledBy: readonly Cause[]
  /** Whatever else guard and effect read that some step had written. */
  readonly reads: readonly Cause[]
  readonly writes: readonly Place[]
}

/** What all questions about a trace share, by its list of steps. */
const known = new WeakMap<object, { readonly states: readonly unknown[]; readonly writers: Writers }>()

function factsOf<S>(behaviour: Behaviour<S>): { readonly states: readonly S[]; readonly writers: Writers } {
  const { model, initial, steps } = behaviour
  const facts = known.get(steps) ?? {
    states: [initial.state, ...steps.map(({ after }) => after)].map(state =>
      model.restore(model.cells(state)),
    ),
    writers: writersOf(behaviour),
  }
  known.set(steps, facts)
  return facts as { readonly states: readonly S[]; readonly writers: Writers }
}

/** The states that a trace passes, the initial one first, without the events. */
export const statesOf = <S>(behaviour: Behaviour<S>): readonly S[] => factsOf(behaviour).states

/** By place: the steps that wrote it, in order. */
type Writers = ReadonlyMap<string, readonly number[]>

function writersOf<S>(behaviour: Behaviour<S>): Writers {
  const writers = new Map<string, number[]>()
  for (const [i, { before, after }] of behaviour.steps.entries()) {
    for (const place of differences(behaviour.model, before, after)) {
      const known = writers.get(placeKey(place))
      if (known === undefined) writers.set(placeKey(place), [i + 1])
      else known.push(i + 1)
    }
  }
  return writers
}

/** The last step that wrote the place, of those before this one. */
const lastWriter = (writers: Writers, place: Place, before: number): number =>
  writers.get(placeKey(place))?.findLast(step => step < before) ?? 0

/** @param number of the step, counted from 1 */
export function causesOf<S>(behaviour: Behaviour<S>, number: number): StepCauses {
  const { model, steps } = behaviour
  const { rule, choice, after } = steps[number - 1] as Step<S>
  const { states, writers } = factsOf(behaviour)
  const before = states[number - 1] as S
  const cause = (place: Place): Cause => ({ place, writtenBy: lastWriter(writers, place, number) })
  const ofGuard = readsOf(model, before, state => rule.guard(state, choice)).map(cause)
  const ofAll = readsOf(model, before, state => {
    if (rule.guard(state, choice)) rule.effect(state, choice)
  }).map(cause)
  const enabledBy = ofGuard.filter(({ place, writtenBy }) => {
    if (writtenBy === 0) return false
    const reverted = withPlaces(model, before, states[writtenBy - 1] as S, [place])
    return !holds(() => rule.guard(reverted, choice))
  })
  return {
    enabledBy,
    reads: ofAll.filter(it => it.writtenBy > 0 && !enabledBy.some(({ place }) => isSame(place, it.place))),
    writes: differences(model, before, after),
  }
}

const isSame = (a: Place, b: Place): boolean => placeKey(a) === placeKey(b)

/** A state put together from two may be none that the question was made for. */
const holds = (ask: () => boolean): boolean => {
  try {
    return ask()
  } catch {
    return false
  }
}

/**
 * What the violation at the end is made of: the places read there that some step has changed, and without whose last
 * change the property would hold. If no single change matters, all that were read.
 */
export function ingredientsOf<S>(behaviour: Behaviour<S>, property: Property<S>): readonly Cause[] {
  const { model, steps } = behaviour
  if (property.kind === 'possibility' || property.kind === 'liveness') return []
  const { states, writers } = factsOf(behaviour)
  const end = states.at(-1) as S
  const last = steps.at(-1)
  const isBroken = (state: S): boolean => isBrokenBy(property, last, state)
  const read = readsOf(model, end, isBroken)
    .map(place => ({ place, writtenBy: lastWriter(writers, place, steps.length + 1) }))
    .filter(({ writtenBy }) => writtenBy > 0)
  const matter = read.filter(({ place, writtenBy }) => {
    const reverted = withPlaces(model, end, states[writtenBy - 1] as S, [place])
    return !holds(() => isBroken(reverted))
  })
  return matter.length > 0 ? matter : read
}

/** Does the state, as the one after the last step, break the property, or reach the cover? */
function isBrokenBy<S>(property: LocalProperty<S>, last: Step<S> | undefined, state: S): boolean {
  const step = last && { ...last, after: state }
  switch (property.kind) {
    case 'invariant':
      return !property.holds(state)
    case 'step':
      return step !== undefined && !property.holds(step)
    case 'cover':
      return property.reached?.(state) === true || (step !== undefined && property.reachedBy?.(step) === true)
  }
}

/**
 * The steps that the violation depends on, directly or by other steps: the causal core of the trace. The last step of it
 * always belongs to it.
 */
export function coreOf<S>(behaviour: Behaviour<S>, property: Property<S>): ReadonlySet<number> {
  const core = new Set<number>()
  const todo = [
    behaviour.steps.length,
    ...ingredientsOf(behaviour, property).map(({ writtenBy }) => writtenBy),
  ]
  for (let step = todo.pop(); step !== undefined; step = todo.pop()) {
    if (step === 0 || core.has(step)) continue
    core.add(step)
    const { enabledBy, reads } = causesOf(behaviour, step)
    todo.push(...[...enabledBy, ...reads].map(({ writtenBy }) => writtenBy))
  }
  return core
}
