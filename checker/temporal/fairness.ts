/**
 * Fairness conditions, and what they ask of a graph.
 *
 * Here: ways to write them down, and which state enables and which edge serves each of them.
 * Not here: whether a loop is fair (fair-loop.ts).
 *
 * A step that changes nothing neither serves a condition nor makes it enabled.
 */
import type { StateGraph } from '../graph/state-graph.js'
import type { Fairness, Model, Rule } from '../model.js'

type Includes<S> = Fairness<S>['includes']

export const weak = <S>(name: string, includes: Includes<S>): Fairness<S> => ({
  name,
  strength: 'weak',
  includes,
})

export const strong = <S>(name: string, includes: Includes<S>): Fairness<S> => ({
  name,
  strength: 'strong',
  includes,
})

/** One condition for each actor: all actions that `actorOf` gives the same name belong together. */
export function eachActor<S>(
  model: Model<S>,
  strength: Fairness<S>['strength'],
  actorOf: (rule: Rule<S>, choice: unknown) => string | undefined,
): readonly Fairness<S>[] {
  const actors = model.rules.flatMap(rule => rule.choices.map(choice => actorOf(rule, choice)))
  return [...new Set(actors)]
    .filter(actor => actor !== undefined)
    .map(name => ({ name, strength, includes: (rule, choice) => actorOf(rule, choice) === name }))
}

/** One condition for each rule, or for each of those named. */
export const eachRule = <S>(
  { rules }: Model<S>,
  strength: Fairness<S>['strength'],
  names: readonly string[] = rules.map(({ name }) => name),
): readonly Fairness<S>[] =>
  [...new Set(names)].map(name => ({ name, strength, includes: rule => rule.name === name }))

/** One bit for each condition. */
export interface FairnessMasks<S> {
  readonly conditions: readonly Fairness<S>[]
  /** By expanded state: which conditions have a step that changes something. */
  readonly enabled: Int32Array
  /** By edge: which conditions it serves. */
  readonly serves: Int32Array
}

/** Bits of a number that stays a small integer. */
const most = 30

export function fairnessMasks<S>(graph: StateGraph<S>, conditions: readonly Fairness<S>[]): FairnessMasks<S> {
  if (conditions.length > most) {
    throw new Error(
      `A liveness property has ${conditions.length} fairness conditions; at most ${most} can be judged.`,
    )
  }
  const { actions, expanded, rows, targets, labels } = graph
  const byAction = actions.map(({ rule, choice }) =>
    conditions.reduce((mask, condition, i) => (condition.includes(rule, choice) ? mask | (1 << i) : mask), 0),
  )
  const enabled = new Int32Array(graph.size)
  const serves = new Int32Array(targets.length)
  const conditional = conditions.reduce(
    (mask, { when }, i) => (when === undefined ? mask : mask | (1 << i)),
    0,
  )
  for (let s = 0; s < expanded; s++) {
    let before: S | undefined
    for (let e = rows[s] as number; e < (rows[s + 1] as number); e++) {
      if (targets[e] === s) continue
      const action = labels[e] as number
      let mask = byAction[action] as number
      if ((mask & conditional) !== 0) {
        before ??= graph.stateAt(s)
        mask = narrowed(mask, conditions, before, actions[action]?.choice)
      }
      serves[e] = mask
      enabled[s] = (enabled[s] as number) | mask
    }
  }
  return { conditions, enabled, serves }
}

/** Without the conditions whose `when` is false here. */
const narrowed = <S>(mask: number, conditions: readonly Fairness<S>[], before: S, choice: unknown): number =>
  conditions.reduce(
    (left, { when }, i) =>
      (left & (1 << i)) !== 0 && when?.(before, choice) === false ? left & ~(1 << i) : left,
    mask,
  )
