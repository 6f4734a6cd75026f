/**
 * A model of one's own: named fields, rules of guard and effect, and what is asked of them.
 *
 * Here: what an author writes, and the `Model` that is made of it.
 * Not here: how states are made of cells (layout.ts), fields with a cell for each process (each.ts).
 */
import { UsageError } from '../errors.js'
import type { Cover, Initial, Invariant, Model, Property, Rule, StepProperty, Touched } from '../model.js'
import { show } from '../report/value.js'
import { assertDefinition } from './definition.js'
import { Cells } from './each.js'
import { frozen } from './frozen.js'
import { type Changes, type Fields, Layout, type PlaceOf, type State } from './layout.js'
import { type Symmetric, symmetryOf } from './symmetric.js'
import { type TemporalDefinition, temporalProperty } from './temporal.js'

/** A rule: when it may fire, and what it changes. Both are pure: they read their arguments and nothing else. */
export interface RuleDefinition<F, C> {
  /** What the rule is tried with, one by one: processes, values, pairs. Plain JSON data. Without it, once. */
  readonly choices?: readonly C[]
  /** May the rule fire? Without it, always. */
  guard?(state: State<F>, choice: C): boolean
  /**
   * The fields that change, with their values after the step. Asked only where the guard holds. TypeScript takes a string
   * for a mere string here: write `({ decision: 'commit' as const })` for a field of a union type.
   */
  effect(state: State<F>, choice: C): Changes<F>
  /** Where the rule comes from: a function of the source, a paper. */
  readonly source?: string
  /** `external`: a step of the environment. The default is `internal`. */
  readonly kind?: 'external' | 'internal'
  /**
   * All that guard and effect read and write with a choice: fields, or fields with a key: `{ writes: [['pc', i]] }`. What is
   * written may be read as well. Anything else throws, if it is declared at all. Where all rules declare it, searches for deadlocks and
   * violations of invariants may leave out orders of steps that make no difference (partial-order reduction).
   */
  touches?(choice: C): {
    readonly reads?: readonly PlaceOf<keyof F & string>[]
    readonly writes?: readonly PlaceOf<keyof F & string>[]
  }
}

/** A property as an author writes it: a test, or a test with more to say. Its name is its sentence. */
export type Asked<P, Test extends keyof P> =
  | Exclude<P[Test], undefined>
  | (Omit<P, 'kind' | 'name' | 'says' | 'reads'> & { readonly says?: string })

/** An invariant may say all that it reads, for partial-order reduction, and is given nothing else then. */
export type AskedInvariant<F> =
  | Asked<Invariant<State<F>>, 'holds'>
  | (Exclude<Asked<Invariant<State<F>>, 'holds'>, (state: never) => boolean> & {
      readonly reads: readonly PlaceOf<keyof F & string>[]
    })

export interface ModelDefinition<F extends Fields, C, X = unknown> {
  readonly name: string
  /** What is modelled, in one sentence. */
  readonly says?: string
  /**
   * The fields with their initial values: `{ turn: 0, pc: each(2, 'idle') }`.
   *
   * A field is one cell: a primitive, data of `immutable`, or an array or plain object, which is frozen. `each` gives a
   * field with one cell for each process. Small cells make fast searches.
   */
  readonly state: F
  /** Where there is more than one initial state, or another than declared: what differs in each. */
  readonly initial?: readonly Changes<F>[]
  readonly rules: { readonly [N in keyof C]: RuleDefinition<F, C[N]> }
  /** True in every reachable state. */
  readonly invariants?: { readonly [name: string]: AskedInvariant<F> }
  /** True of every step. */
  readonly steps?: { readonly [name: string]: Asked<StepProperty<State<F>>, 'holds'> }
  /** Reached at least once. */
  readonly covers?: { readonly [name: string]: Asked<Cover<State<F>>, 'reached'> }
  /** What must stay possible, and what must eventually happen. It is judged when the whole space has been seen. */
  readonly temporal?: { readonly [N in keyof X]: TemporalDefinition<F, X[N]> }
  /** Is it legitimate that nothing can happen in this state? Without this, every such state is a deadlock. */
  readonly isEnd?: (state: State<F>) => boolean
  /** The states that are searched: those outside are judged, and neither counted nor expanded. */
  readonly constraint?: (state: State<F>) => boolean
  /**
   * Values that may be exchanged for one another, list by list: `[managers]`. Fields made by `each` that have a cell
   * for all of a list are exchanged with it. Where fields have such values, alone or in collections, name them: `[{ of: managers, in: ['next'] }]`.
   *
   * A search that uses it finds the same verdicts among fewer states, in any order of the values: no rule may take the
   * first or the lowest of them. It is looked after, and where it is not so, not used.
   */
  readonly symmetric?: readonly Symmetric<keyof F & string>[]
}

/** A model, with the properties that it is asked for. */
export interface DefinedModel<S> extends Model<S> {
  readonly says: string
  readonly properties: readonly Property<S>[]
}

/** The states of a model, or of its fields: `type State = StateOf<typeof fields>`. */
export type StateOf<M> = M extends DefinedModel<infer S> ? S : State<M>

/**
 * A model of one's own, to be explored (`explore`) or checked on the command line (`zombieproof check --model FILE`).
 *
 * Throws `UsageError` for a definition that cannot be: a name that means nothing, no field, a value that no state can hold,
 * choices that are equal or no data, a temporal property that asks nothing.
 */
export function model<F extends Fields, C, X>(definition: ModelDefinition<F, C, X>): DefinedModel<State<F>> {
  assertDefinition(definition)
  const { name, says = name, isEnd, constraint, symmetric } = definition
  const layout = new Layout(name, definition.state)
  const rules = Object.entries<RuleDefinition<F, unknown>>(definition.rules)
  const made: Model<State<F>> = {
    name,
    initial: initialOf(definition, layout),
    rules: rules.map(([ruleName, rule]) => ruleOf(ruleName, rule, layout, name)),
    cells: state => layout.cells(state),
    restore: cells => layout.state(cells),
    events: () => [],
    cellNames: () => layout.cellNames,
    label: (rule, choice) => label(rule.name, choice),
    ...(isEnd && { isEnd }),
    ...(constraint && { constraint }),
    ...(symmetric && { symmetry: symmetryOf(name, symmetric, layout.cellPlaces) }),
  }
  const temporal = Object.entries<TemporalDefinition<F, unknown>>(definition.temporal ?? {})
  return {
    ...made,
    says,
    properties: [
      ...propertiesOf(definition, layout),
      ...temporal.map(([sentence, asked]) => temporalProperty(sentence, asked, made)),
    ],
  }
}

function ruleOf<F extends Fields>(
  name: string,
  {
    choices,
    guard = () => true,
    effect,
    touches,
    source = 'the model',
    kind = 'internal',
  }: RuleDefinition<F, unknown>,
  layout: Layout<F>,
  model: string,
): Rule<State<F>> {
  const rule = {
    name,
    feature: 'all',
    kind,
    source,
    choices: choices === undefined ? [null] : data(choices, name, model),
  }
  if (touches === undefined)
    return { ...rule, guard, effect: (state, choice) => layout.after(state, effect(state, choice)) }
  const touched = new Map(
    rule.choices.map(choice => {
      const { reads = [], writes = [] } = touches(choice)
      const who = `The rule '${name}'`
      return [choice, { reads: layout.cellsOf(reads, who), writes: layout.cellsOf(writes, who) }] as const
    }),
  )
  const touchedBy = (choice: unknown): Touched => {
    const found = touched.get(choice)
    if (found === undefined) throw new RangeError(`the rule ${name} has no such choice`)
    return found
  }
  return {
    ...rule,
    touches: touchedBy,
    readsOfGuard: (state, choice) => layout.seen(state, touchedBy(choice), part => guard(part, choice)),
    guard: (state, choice) => guard(layout.part(state, touchedBy(choice)), choice),
    effect(state, choice) {
      const part = layout.part(state, touchedBy(choice))
      return layout.after(part, effect(part, choice))
    },
  }
}

/** Choices are found again by how they are written, in counterexamples and elsewhere. */
function data(choices: readonly unknown[], rule: string, model: string): readonly unknown[] {
  const seen = new Set<string>()
  for (const choice of choices) {
    const written = JSON.stringify(frozen(choice)) as string | undefined
    if (written !== undefined && !seen.has(written)) seen.add(written)
    else {
      throw new UsageError(
        `The rule '${rule}' of the model '${model}' cannot have the choice ${written ?? String(choice)}${written === undefined ? '' : ' twice'}.`,
        'Choices are numbers, strings, and arrays and objects of these, each listed once.',
      )
    }
  }
  return Object.freeze([...choices])
}

function initialOf<F extends Fields>(
  { initial, name }: ModelDefinition<F, unknown>,
  layout: Layout<F>,
): readonly Initial<State<F>>[] {
  if (initial === undefined) return [{ name: 'initial', says: 'as declared', state: layout.initial }]
  if (initial.length === 0) {
    throw new UsageError(
      `The model '${name}' has an empty list of initial states.`,
      'Leave out `initial` to start from the values of `state`.',
    )
  }
  return initial.map((changes, at) => ({
    name: `initial-${at + 1}`,
    says:
      Object.entries(changes)
        .map(([field, value]) => `${field} ${show(value instanceof Cells ? value.toArray() : value)}`)
        .join(', ') || 'as declared',
    state: layout.initialWith(changes),
  }))
}

const propertiesOf = <F extends Fields>(
  { invariants = {}, steps = {}, covers = {} }: Omit<ModelDefinition<F, unknown>, 'temporal'>,
  layout: Layout<F>,
): readonly Property<State<F>>[] => [
  ...Object.entries(invariants).map(([name, asked]): Invariant<State<F>> => {
    const { reads, ...given } = {
      reads: undefined,
      ...(typeof asked === 'function' ? { holds: asked } : asked),
    }
    const invariant = { ...given, ...sentence('invariant', name, asked) }
    if (reads === undefined) return invariant
    const cells = layout.cellsOf(reads, `The invariant '${name}'`)
    const holds = (state: State<F>) => given.holds(layout.part(state, { reads: cells, writes: [] }))
    return { ...invariant, reads: cells, holds }
  }),
  ...Object.entries(steps).map(
    ([name, asked]): StepProperty<State<F>> => ({
      ...(typeof asked === 'function' ? { holds: asked } : asked),
      ...sentence('step', name, asked),
    }),
  ),
  ...Object.entries(covers).map(
    ([name, asked]): Cover<State<F>> => ({
      ...(typeof asked === 'function' ? { reached: asked } : asked),
      ...sentence('cover', name, asked),
    }),
  ),
]

const sentence = <K extends Property<unknown>['kind']>(
  kind: K,
  name: string,
  asked: object & { readonly says?: string },
): { readonly kind: K; readonly name: string; readonly says: string } => ({
  kind,
  name,
  says: asked.says ?? name,
})

/** `move(2, 1)` for the choices [2, 1] and { disc: 2, tower: 1 }; a rule that is tried once has none. */
function label(rule: string, choice: unknown): string {
  if (choice === null) return rule
  const parts = typeof choice === 'object' ? Object.values(choice) : [choice]
  return `${rule}(${parts.map(show).join(', ')})`
}
