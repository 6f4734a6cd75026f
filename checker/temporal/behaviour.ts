/**
 * Does one behaviour break a temporal property? Asked of a trace that is replayed, without a graph.
 *
 * A lasso is judged by reading the formula and the fairness conditions off its states, as they are defined. A trace
 * breaks a possibility if nothing that can be reached from its end has what is asked for.
 */
import { match } from 'ts-pattern'
import { isSameState } from '../explain/places.js'
import { enabled } from '../explore/replay.js'
import { Store } from '../explore/store.js'
import type {
  Assumption,
  Fairness,
  Initial,
  Liveness,
  LivenessFormula,
  Model,
  Possibility,
  Step,
} from '../model.js'

/** A behaviour, and the state, counted in steps from the initial one, that its end goes back to. */
export interface LassoBehaviour<S> {
  readonly model: Model<S>
  readonly initial: Initial<S>
  readonly steps: readonly Step<S>[]
  readonly loop: number
}

/** Does it, and of what; or why it does not. */
export type Broken =
  | { readonly shows: true; readonly about: string | undefined }
  | { readonly shows: false; readonly why: string }

const notBroken = (why: string): Broken => ({ shows: false, why })

/** Does the lasso break the property, and is it a fair behaviour? */
export function lassoBreaks<S>(property: Liveness<S>, behaviour: LassoBehaviour<S>): Broken {
  const { model, initial, steps, loop } = behaviour
  const states = [initial.state, ...steps.map(({ after }) => after)].map(state =>
    model.restore(model.cells(state)),
  )
  const rounds = states.slice(loop)
  const [first, last] = [rounds[0], rounds.at(-1)]
  if (first === undefined || last === undefined || !isSameState(model, first, last))
    return notBroken('its end is not the state that the loop begins at')
  const round = steps.slice(loop).filter(step => !isSameState(model, step.before, step.after))
  const unfair = property.fairness(model).find(condition => !isFair(condition, model, round, rounds))
  if (unfair !== undefined) return notBroken(`it is not fair: "${unfair.name}" is left out for ever`)
  const unmet = (property.assuming ?? []).find(assumption => !isMet(assumption, states, rounds, round))
  if (unmet !== undefined) return notBroken(`it is none of those that are asked: ${unmet.says}`)
  const things = property.each?.(initial.state) ?? [undefined]
  const broken = things.filter(x => breaks(property.formula, x, states, loop))
  return broken.length === 0
    ? notBroken('what should happen happens')
    : { shows: true, about: property.describe?.(first, broken[0]) }
}

const breaks = <S>(formula: LivenessFormula<S>, x: unknown, states: readonly S[], loop: number): boolean =>
  match(formula)
    .with({ kind: 'eventually' }, it => !states.some(state => it.holds(state, x)))
    .with({ kind: 'always eventually' }, it => !states.slice(loop).some(state => it.holds(state, x)))
    .with({ kind: 'eventually always' }, it => !states.slice(loop).every(state => it.holds(state, x)))
    .with({ kind: 'leads to' }, it =>
      states.some(
        (state, i) =>
          // What follows a state of the loop is the whole loop.
          it.when(state, x) && !states.slice(Math.min(i, loop)).some(later => it.holds(later, x)),
      ),
    )
    .exhaustive()

const isMet = <S>(
  assumption: Assumption<S>,
  states: readonly S[],
  rounds: readonly S[],
  round: readonly Step<S>[],
): boolean =>
  match(assumption)
    .with({ kind: 'always' }, it => states.every(state => it.holds(state)))
    .with({ kind: 'always eventually' }, it => rounds.some(state => it.holds(state)))
    .with({ kind: 'eventually always' }, it => rounds.every(state => it.holds(state)))
    .with({ kind: 'eventually never' }, it => !round.some(step => it.taken(step)))
    .exhaustive()

/** @param round the steps of the loop that change something @param rounds its states */
function isFair<S>(
  condition: Fairness<S>,
  model: Model<S>,
  round: readonly Step<S>[],
  rounds: readonly S[],
): boolean {
  const serves = (before: S, rule: Step<S>['rule'], choice: unknown): boolean =>
    condition.includes(rule, choice) && (condition.when?.(before, choice) ?? true)
  if (round.some(({ before, rule, choice }) => serves(before, rule, choice))) return true
  const isEnabled = (state: S): boolean =>
    enabled(model, state).some(
      ({ rule, choice }) =>
        serves(state, rule, choice) && !isSameState(model, state, rule.effect(state, choice)),
    )
  return condition.strength === 'weak' ? !rounds.every(isEnabled) : !rounds.some(isEnabled)
}

/** So many states are visited to see that there is no way back. */
const most = 500_000

/**
 * Does `state` ask for something that cannot be reached any more? `undecided` if more states would have to be visited
 * than is reasonable.
 */
export function isStuck<S>(
  model: Model<S>,
  property: Possibility<S>,
  initial: Initial<S>,
  state: S,
  limit = most,
): Broken | 'undecided' {
  const things = property.each?.(initial.state) ?? [undefined]
  const asked = things.filter(x => property.when?.(state, x) ?? true)
  let isOpen = false
  for (const x of asked) {
    const found = reaches(model, state, it => property.can(it, x), limit)
    if (found === 'no') return { shows: true, about: property.describe?.(state, x) }
    isOpen ||= found === 'undecided'
  }
  if (isOpen) return 'undecided'
  return notBroken(asked.length === 0 ? 'nothing there asks for it' : 'from there it can still be reached')
}

function reaches<S>(
  model: Model<S>,
  start: S,
  test: (state: S) => boolean,
  limit: number,
): 'yes' | 'no' | 'undecided' {
  const store = new Store()
  store.add(store.keyOf(model.cells(start)), { initial: 0 })
  for (let next = 0; next < store.size; next++) {
    if (store.size > limit) return 'undecided'
    const state = model.restore(store.cellsOf(store.keyAt(next)).values)
    if (test(state)) return 'yes'
    if (model.constraint?.(state) === false) return 'undecided'
    for (const { rule, choice } of enabled(model, state)) {
      const key = store.keyOf(model.cells(rule.effect(state, choice)))
      if (store.find(key) === undefined) store.add(key, { parent: next, rule: 0, choice: 0 })
    }
  }
  return 'no'
}
