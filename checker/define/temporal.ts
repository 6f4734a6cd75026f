/**
 * What must stay possible and what must eventually happen, as the author of a model writes it.
 *
 * Here: the definition, and the property that is made of it.
 * Not here: how these are judged (temporal/).
 */
import { UsageError } from '../errors.js'
import type { Assumption, Fairness, Liveness, LivenessFormula, Model, TemporalProperty } from '../model.js'
import { eachActor, eachRule } from '../temporal/fairness.js'
import type { Fields, State } from './layout.js'

/**
 * Steps that must not be left out for ever: those of each of these rules; or those that the function gives the same name
 * belong together (one for each process, say), and those that it leaves undefined to nobody. At most 30 for a property.
 */
export type Fair = readonly string[] | ((rule: string, choice: unknown) => string | undefined)

type Test<F, X> = (state: State<F>, x: X) => boolean

/**
 * A temporal property. Its name is its sentence, and exactly one of these says what it asks:
 *
 * - `can`: from every state in which `when` holds, one can be reached in which `can` does (CTL's AG EF);
 * - `leadsTo`: in every fair behaviour, `when` is followed by it, or is it already;
 * - `eventually`, `alwaysEventually`, `eventuallyAlways`: every fair behaviour comes to it; comes to it again and again;
 *   comes to it and stays.
 *
 * A behaviour may stop anywhere unless fairness says that it goes on. Only steps that change something count.
 */
export interface TemporalDefinition<F, X> {
  /** The sentence in more words. */
  readonly says?: string
  /** The things it is asked of one by one: processes, say. Plain data. Without it, it is asked of the state as a whole. */
  readonly each?: readonly X[]
  /** Of `can` and `leadsTo`: in which states it is asked. Without it, `can` is asked in every state. */
  when?(state: State<F>, x: X): boolean
  can?(state: State<F>, x: X): boolean
  leadsTo?(state: State<F>, x: X): boolean
  eventually?(state: State<F>, x: X): boolean
  alwaysEventually?(state: State<F>, x: X): boolean
  eventuallyAlways?(state: State<F>, x: X): boolean
  /** What can be taken from some point on without a break is taken. */
  readonly weak?: Fair
  /** What can be taken again and again is taken. */
  readonly strong?: Fair
  /** The fairness in one sentence that can be judged; without it, a list. */
  readonly fairnessSays?: string
  /** Only behaviours of which all of this is true are asked. */
  readonly assuming?: readonly Assumption<State<F>>[]
  /** The thing, for people, in a state of a counterexample. */
  describe?(state: State<F>, x: X): string
}

const asks = ['can', 'leadsTo', 'eventually', 'alwaysEventually', 'eventuallyAlways'] as const

/** Throws `UsageError` for a property that asks nothing, or too much, or is fair to a rule that there is not. */
export function temporalProperty<F extends Fields, X>(
  name: string,
  definition: TemporalDefinition<F, X>,
  model: Model<State<F>>,
): TemporalProperty<State<F>> {
  const { says = name, each, describe } = definition
  const [asked, ...others] = asks.filter(it => definition[it] !== undefined)
  if (asked === undefined || others.length > 0) {
    throw new UsageError(
      `The temporal property '${name}' of the model '${model.name}' asks ${asked === undefined ? 'nothing' : `both '${asked}' and '${others.join("', '")}'`}.`,
      `Give it one of ${asks.join(', ')}; make another property of each further one.`,
    )
  }
  // A thing is one of `each`: whoever judges gives it nothing else.
  const about = {
    name,
    says,
    ...(each && { each: () => each }),
    ...(describe && { describe: describe as (state: State<F>, x: unknown) => string }),
  }
  const when = definition.when as Test<F, unknown> | undefined
  const holds = definition[asked] as Test<F, unknown>
  if (asked === 'can') return { kind: 'possibility', ...about, ...(when && { when }), can: holds }
  return { ...about, ...fairnessOf(name, definition, model), formula: formula(asked, holds, when) }
}

function formula<F>(
  asked: Exclude<(typeof asks)[number], 'can'>,
  holds: Test<F, unknown>,
  when: Test<F, unknown> = () => true,
): LivenessFormula<State<F>> {
  switch (asked) {
    case 'leadsTo':
      return { kind: 'leads to', when, holds }
    case 'eventually':
      return { kind: 'eventually', holds }
    case 'alwaysEventually':
      return { kind: 'always eventually', holds }
    case 'eventuallyAlways':
      return { kind: 'eventually always', holds }
  }
}

function fairnessOf<F extends Fields, X>(
  name: string,
  { weak = [], strong = [], fairnessSays, assuming }: TemporalDefinition<F, X>,
  model: Model<State<F>>,
): Pick<Liveness<State<F>>, 'kind' | 'fairness' | 'fairnessSays' | 'assuming'> {
  refuseUnknown(name, [weak, strong], model)
  const fairness = (of: Model<State<F>>): readonly Fairness<State<F>>[] => [
    ...conditions(of, 'weak', weak),
    ...conditions(of, 'strong', strong),
  ]
  const named = (strength: Fairness<State<F>>['strength']): readonly string[] => {
    const names = fairness(model).filter(it => it.strength === strength)
    return names.length === 0 ? [] : [`${strength}ly fair: ${names.map(it => it.name).join(', ')}`]
  }
  const all = [...named('weak'), ...named('strong')]
  return {
    kind: 'liveness',
    fairness,
    fairnessSays: fairnessSays ?? (all.length === 0 ? 'no step has to be taken' : all.join('; ')),
    ...(assuming && { assuming }),
  }
}

const conditions = <S>(
  model: Model<S>,
  strength: Fairness<S>['strength'],
  fair: Fair,
): readonly Fairness<S>[] =>
  typeof fair === 'function'
    ? eachActor(model, strength, (rule, choice) => fair(rule.name, choice))
    : eachRule(model, strength, fair)

function refuseUnknown<S>(property: string, fair: readonly Fair[], { name, rules }: Model<S>): void {
  const known = rules.map(rule => rule.name)
  const unknown = fair.flatMap(it => (typeof it === 'function' ? [] : it)).find(rule => !known.includes(rule))
  if (unknown === undefined) return
  throw new UsageError(
    `The temporal property '${property}' of the model '${name}' is fair to the rule '${unknown}', which it does not have.`,
    `Its rules are ${known.join(', ')}.`,
  )
}
