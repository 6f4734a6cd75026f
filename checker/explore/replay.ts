/**
 * A trace, run again: what every step of it does.
 *
 * Rules are found by their name and choices by their value, so that a trace can be replayed on a model that was
 * built anew, or on another one: a mutant, another profile.
 */
import type { Model, Step } from '../model.js'
import { asBoolean } from './answers.js'
import { attempt } from './model-error.js'
import type { Action, Trace } from './result.js'

/** The states that the trace passes, the initial one first, and the steps between them. */
interface Behaviour<S> {
  readonly states: readonly S[]
  readonly steps: readonly Step<S>[]
}

/** The whole behaviour, or the part of it before the first action that is not enabled. */
export type Replay<S> =
  | (Behaviour<S> & { readonly replayed: true })
  | (Behaviour<S> & {
      readonly replayed: false
      /** The step that cannot be taken, counted from 1, and what it should have done. */
      readonly failedAt: number
      readonly action: Action<S>
      /** What could be done instead. */
      readonly enabled: readonly Action<S>[]
    })

export const replay = <S>(model: Model<S>, trace: Trace<S>): Replay<S> => {
  const { initial, actions } = trace
  let state = withoutEvents(model, initial.state)
  const states: S[] = [state]
  const steps: Step<S>[] = []
  for (const [position, asked] of actions.entries()) {
    const before = state
    const wayHere = () => ({ initial, actions: actions.slice(0, position) })
    const action = ownAction(model, asked)
    const canBeTaken =
      action !== undefined &&
      attempt(model, { part: 'guard', action }, wayHere, () =>
        asBoolean(action.rule.guard(before, action.choice)),
      )
    if (!canBeTaken) {
      return {
        replayed: false,
        states,
        steps,
        failedAt: position + 1,
        action: asked,
        enabled: enabled(model, before),
      }
    }
    const { rule, choice } = action
    const after = attempt(model, { part: 'effect', action }, wayHere, () => rule.effect(before, choice))
    steps.push({ before, rule, choice, after, events: model.events(after) })
    state = withoutEvents(model, after)
    states.push(state)
  }
  return { replayed: true, states, steps }
}

/** The state after that many steps of a trace that is known to replay; without a number, its last state. */
export const stateAt = <S>(model: Model<S>, trace: Trace<S>, steps = trace.actions.length): S => {
  const replayed = replay(model, { initial: trace.initial, actions: trace.actions.slice(0, steps) })
  const state = replayed.states[steps]
  if (state === undefined) throw new RangeError(`The trace has no state after step ${steps}.`)
  return state
}

/** Every action that may be taken in this state, in the order of the rules and of their choices. */
export const enabled = <S>(model: Model<S>, state: S): readonly Action<S>[] =>
  model.rules.flatMap(rule =>
    rule.choices.filter(choice => rule.guard(state, choice)).map(choice => ({ rule, choice })),
  )

/** The same action, in the rules of this model. */
const ownAction = <S>(model: Model<S>, { rule, choice }: Action<S>): Action<S> | undefined => {
  const written = JSON.stringify(choice)
  for (const own of model.rules.filter(({ name }) => name === rule.name)) {
    const same = own.choices.findIndex(candidate => JSON.stringify(candidate) === written)
    if (same >= 0) return { rule: own, choice: own.choices[same] }
  }
  return undefined
}

/** A state as the search has it: its cells. The events of the step that led to it are not part of it. */
const withoutEvents = <S>(model: Model<S>, state: S): S => model.restore(model.cells(state))
