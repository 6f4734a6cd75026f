/**
 * The judgement of each property on each state and step.
 *
 * Not here: what becomes of it (evidence.ts).
 */
import type { LocalProperty, Model, Step } from '../model.js'
import { asBoolean } from './answers.js'
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

  /**
   * @param trace a shortest trace to the state
   * @param times how many states it stands for
   */
  judgeState(state: S, trace: () => Trace<S>, times = 1): void {
    this.#judge(trace, property => isShownByState(property, state), times)
  }

  /** @param trace a shortest trace that ends with the step, and shows the property */
  judgeStep(step: Step<S>, trace: (shows?: LocalProperty<S>) => Trace<S>, times = 1): void {
    this.#judge(trace, property => isShownByStep(property, step), times)
  }

  #judge(
    trace: (shows?: LocalProperty<S>) => Trace<S>,
    isShown: (property: LocalProperty<S>) => boolean,
    times: number,
  ): void {
    for (const [at, property] of this.properties.entries()) {
      if (attempt(this.model, { part: 'property', property }, trace, () => isShown(property)))
        this.evidence.add(at, () => trace(property), times)
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
  if (property.kind === 'invariant') return !asBoolean(property.holds(state))
  return property.kind === 'cover' && property.reached !== undefined && asBoolean(property.reached(state))
}

/** Does the step break the property, or reach the cover? */
export const isShownByStep = <S>(property: LocalProperty<S>, step: Step<S>): boolean => {
  if (property.kind === 'step') return !asBoolean(property.holds(step))
  return property.kind === 'cover' && property.reachedBy !== undefined && asBoolean(property.reachedBy(step))
}
