/**
 * What is known of each property while a search runs, and the verdict when it ends.
 *
 * States and steps come in the order of their distance, so that the first trace kept is a shortest one.
 */
import type { LocalProperty, Model, Step } from '../model.js'
import { attempt } from './model-error.js'
import type { Trace, Verdict } from './result.js'

/** What was seen of a property: of an invariant or step property, violations; of a cover, where it is reached. */
interface Evidence<S> {
  readonly property: LocalProperty<S>
  count: number
  trace?: Trace<S>
}

export class Judge<S> {
  readonly #evidence: readonly Evidence<S>[]
  /** Without properties of steps, no step need be made up to be judged. */
  readonly judgesSteps: boolean

  constructor(
    private readonly model: Model<S>,
    properties: readonly LocalProperty<S>[],
  ) {
    this.#evidence = properties.map(property => ({ property, count: 0 }))
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

  /** @param complete was every reachable state and step judged? */
  verdicts(complete: boolean): readonly Verdict<S>[] {
    return this.#evidence.map(({ property, count, trace }) => {
      const isCover = property.kind === 'cover'
      if (trace !== undefined) return { verdict: isCover ? 'reached' : 'violated', property, trace, count }
      if (!complete) return { verdict: 'stopped', property }
      return { verdict: isCover ? 'not reached' : 'holds', property }
    })
  }

  #judge(trace: () => Trace<S>, isShown: (property: LocalProperty<S>) => boolean): void {
    for (const evidence of this.#evidence) {
      const { property } = evidence
      if (!attempt(this.model, { part: 'property', property }, trace, () => isShown(property))) continue
      evidence.count++
      evidence.trace ??= trace()
    }
  }
}

const isAboutSteps = <S>(property: LocalProperty<S>): boolean =>
  property.kind === 'step' || (property.kind === 'cover' && property.reachedBy !== undefined)

const isShownByState = <S>(property: LocalProperty<S>, state: S): boolean => {
  if (property.kind === 'invariant') return !property.holds(state)
  return property.kind === 'cover' && property.reached !== undefined && property.reached(state)
}

const isShownByStep = <S>(property: LocalProperty<S>, step: Step<S>): boolean => {
  if (property.kind === 'step') return !property.holds(step)
  return property.kind === 'cover' && property.reachedBy !== undefined && property.reachedBy(step)
}
