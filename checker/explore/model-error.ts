/**
 * What a model throws, with the way to the state where it did.
 *
 * A guard, an effect or a property is a total function; that it throws is a fault of the model, and a trace shows
 * it like any other.
 */

import { match } from 'ts-pattern'
import { messageOf } from '../errors.js'
import type { Initial, Model, Property } from '../model.js'
import type { Action, Trace } from './result.js'

/** Which piece of the model was asked. */
export type Culprit<S> =
  /** Guard and effect together. */
  | { readonly part: 'rule'; readonly action: Action<S> }
  | { readonly part: 'guard' | 'effect' | 'events'; readonly action: Action<S> }
  | { readonly part: 'property'; readonly property: Property<S> }
  | { readonly part: 'cells' | 'restore' | 'isEnd' | 'constraint' }

/** Evaluated again in the same situation, a piece of the model did something else: what engines remember is then wrong. */
export class ImpureError extends Error {
  override readonly name = 'ImpureError'
  constructor() {
    super(
      'evaluated again, it does something else. It may read a clock, a random number or hidden state, change what it ' +
        'is given, or compare values by identity; use `is` of immutable for that.',
    )
  }
}

/** It was found when a search had ended, in the state of its graph that has this number. */
export class ImpureAt extends ImpureError {
  constructor(readonly state: number) {
    super()
  }
}

export class ModelError<S = unknown> extends Error {
  override readonly name = 'ModelError'

  /**
   * @param culprit the piece of the model that threw
   * @param trace a shortest way to the state it was asked about, unless the search for one was stopped (por/partial-order.ts);
   *   where the question was a step, the step is the last
   */
  constructor(
    model: Model<S>,
    readonly culprit: Culprit<S>,
    readonly trace: Trace<S>,
    cause: unknown,
  ) {
    const did = cause instanceof ImpureError ? 'is not pure,' : 'threw'
    super(`${nameOf(model, culprit, trace.initial)} ${did} ${whereabouts(trace)}: ${messageOf(cause)}`, {
      cause,
    })
  }

  /** Else it threw. */
  get isImpure(): boolean {
    return this.cause instanceof ImpureError
  }
}

/** Runs a piece of the model; what it throws becomes a `ModelError`. */
export const attempt = <S, T>(
  model: Model<S>,
  culprit: Culprit<S>,
  trace: () => Trace<S>,
  run: () => T,
): T => {
  try {
    return run()
  } catch (cause) {
    throw new ModelError(model, culprit, trace(), cause)
  }
}

const nameOf = <S>(model: Model<S>, culprit: Culprit<S>, initial: Initial<S>): string =>
  match(culprit)
    .with({ part: 'rule' }, ({ action }) => `the rule of ${labelOf(model, action, initial)}`)
    .with({ action: {} }, ({ part, action }) => `${part} of ${labelOf(model, action, initial)}`)
    .with({ part: 'property' }, ({ property }) => `the property '${property.name}'`)
    .otherwise(({ part }) => `${part} of the model ${model.name}`)

/** As the model says it, if it can: its label may be what threw. */
const labelOf = <S>(model: Model<S>, { rule, choice }: Action<S>, initial: Initial<S>): string => {
  try {
    return model.label(rule as Parameters<Model<S>['label']>[0], choice, initial)
  } catch {
    return `${rule.name}(${JSON.stringify(choice)})`
  }
}

const whereabouts = <S>({ initial, actions }: Trace<S>): string => {
  if (actions.length === 0) return `in the initial state ${initial.name}`
  return `${actions.length} ${actions.length === 1 ? 'step' : 'steps'} from the initial state ${initial.name}`
}
