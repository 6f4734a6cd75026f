/**
 * The judgement of each property on each state and step.
 *
 * Not here: what becomes of it (evidence.ts).
 */
import type { LocalProperty, Model, Step } from '../model.js'
import type { Evidence } from './evidence.js'
import { attempt } from './model-error.js'
import type { Trace } from './result.js'

export class Judge<S> {
  /** Without properties of steps, no step need be made up to be judged. */
  readonly judgesSteps: boolean

  constructor(
    private readonly model: Model<S>,
    private readonly properties: readonly LocalProperty<S>[],
    private readonly evidence: Evidence<S>,
  ) {
    this.judgesSteps = properties.some(isAboutSteps)
  }

  /** @param trace a shortest trace to the state */
  judgeState(state: S, trace: () => Trace<S>): void {
    this.#judge(trace, property => isShownByState(property, state))
  }

  /** @param trace a shortest trace that ends with the step */
  judgeStep(step: Step<S>, trace: () => Trace<S>): void {
    this.#judge(trace, property => isShownByStep(property, step))
  }

  #judge(trace: () => Trace<S>, isShown: (property: LocalProperty<S>) => boolean): void {
    for (const [at, property] of this.properties.entries()) {
      if (attempt(this.model, { part: 'property', property }, trace, () => isShown(property)))
        this.evidence.add(at, trace)
    }
  }
}

export const isAboutSteps = <S>(property: LocalProperty<S>): boolean =>
  property.kind === 'step' || (property.kind === 'cover' && property.reachedBy !== undefined)

/** Is the property judged on states at all? */
export const isAboutStates = <S>(property: LocalProperty<S>): boolean =>
  property.kind === 'invariant' || (property.kind === 'cover' && property.reached !== undefined)

/** Does the state break the property, or reach the cover? */
export const isShownByState = <S>(property: LocalProperty<S>, state: S): boolean => {
  if (property.kind === 'invariant') return !property.holds(state)
  return property.kind === 'cover' && property.reached !== undefined && property.reached(state)
}

/** Does the step break the property, or reach the cover? */
export const isShownByStep = <S>(property: LocalProperty<S>, step: Step<S>): boolean => {
  if (property.kind === 'step') return !property.holds(step)
  return property.kind === 'cover' && property.reachedBy !== undefined && property.reachedBy(step)
}
