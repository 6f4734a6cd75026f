/**
 * A trace in real names. A search by representatives goes from one to the next, renaming things on its way; what has
 * happened is a behaviour that passes a copy of each.
 */
import type { Action, Trace } from '../explore/result.js'
import type { Initial, Model, Step } from '../model.js'
import { NotSymmetric } from './equivariance.js'
import { stepsFrom } from './steps.js'

export interface Way<S> {
  readonly initial: Initial<S>
  /** How many steps. */
  readonly length: number
  /** After so many steps: is the state a copy of the representative there? */
  isThere(state: S, steps: number): boolean
  /** Is it the last step that is asked for? Without this, any that leads there is. */
  readonly isAskedFor?: ((step: Step<S>) => boolean) | undefined
}

/** Throws `NotSymmetric` if there is no such behaviour. */
export function realTrace<S>(model: Model<S>, { initial, length, isThere, isAskedFor }: Way<S>): Trace<S> {
  const actions: Action<S>[] = []
  let state = model.restore(model.cells(initial.state))
  for (let steps = 1; steps <= length; steps++) {
    const isRight = (step: Step<S>): boolean =>
      isThere(step.after, steps) && (steps < length || isAskedFor?.(step) !== false)
    const step = firstOf(stepsFrom(model, state), isRight)
    if (step === undefined)
      throw new NotSymmetric(`a renamed copy of a behaviour is none, from step ${steps} on`)
    actions.push({ rule: step.rule, choice: step.choice })
    state = step.after
  }
  return { initial, actions }
}

function firstOf<T>(all: Iterable<T>, test: (one: T) => boolean): T | undefined {
  for (const one of all) if (test(one)) return one
  return undefined
}
