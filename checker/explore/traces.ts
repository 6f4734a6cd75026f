/**
 * The actions of a model, as they are stored, and the trace by which a stored state was reached.
 */
import type { Model } from '../model.js'
import type { Action, Trace } from './result.js'
import type { Store } from './store.js'

/** An action with its place: the position of the rule in the model, and of the choice in the rule. */
export interface PlacedAction<S> extends Action<S> {
  readonly ruleAt: number
  readonly choiceAt: number
  /** Its place among all actions. */
  readonly position: number
}

/** Every rule with every choice, in their order. */
export const actionsOf = <S>({ rules }: Model<S>): readonly PlacedAction<S>[] =>
  rules
    .flatMap((rule, ruleAt) => rule.choices.map((choice, choiceAt) => ({ rule, choice, ruleAt, choiceAt })))
    .map((action, position) => ({ ...action, position }))

/** From the firings of each rule, by position, those of each name, 0 included. */
export const firingsByName = <S>(
  { rules }: Model<S>,
  firings: readonly number[],
): ReadonlyMap<string, number> => {
  const named = new Map<string, number>()
  for (const [position, { name }] of rules.entries())
    named.set(name, (named.get(name) ?? 0) + (firings[position] ?? 0))
  return named
}

/** A shortest trace to this state, by the parents; and then, if given, one action more. */
export const traceTo = <S>(model: Model<S>, store: Store, index: number, last?: Action<S>): Trace<S> => {
  const reversed: Action<S>[] = last === undefined ? [] : [{ rule: last.rule, choice: last.choice }]
  let origin = store.originOf(index)
  while ('parent' in origin) {
    const rule = model.rules[origin.rule] as Action<S>['rule']
    reversed.push({ rule, choice: rule.choices[origin.choice] })
    origin = store.originOf(origin.parent)
  }
  const initial = model.initial[origin.initial] as Trace<S>['initial']
  return { initial, actions: reversed.reverse() }
}
