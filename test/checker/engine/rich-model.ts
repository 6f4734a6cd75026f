/**
 * Models made up by fast-check that have cells of many kinds, as many as wanted: rows whose holders are asked for, records in
 * records, values that appear late, cells that hold now this and now that; many actions, some of which throw or cannot be tracked;
 * and properties of every kind.
 *
 * Such a model may have more states than anybody wants to search: it is searched up to a number of states.
 */
import fc from 'fast-check'
import { List, Record, type RecordOf, Set } from 'immutable'
import { Layout } from '../../../checker/define/layout.js'
import type { SourcedModel } from '../../../checker/engine/source.js'
import { each, type StateOf, upTo } from '../../../checker/index.js'
import type { Model, Property, Step, StepEvent } from '../../../checker/model.js'
import { isField, passes } from '../../../spec/immutable-state.js'

type Pair = RecordOf<{ x: number; y: number }>
const Pair = Record({ x: 0, y: 0 }, 'Pair')
type Twin = RecordOf<{ y: number; x: number }>
const Twin = Record({ y: 0, x: 0 }, 'Twin')
const Outer = Record({ inner: Pair(), held: Set<number>(), n: 0 }, 'Outer')

/** How large a model is. */
export interface Size {
  /** Keys of each row: so many actions has each rule. */
  readonly keys: number
  /** Numbers that are mostly left alone. */
  readonly more: number
  /** Values of a number that grows. */
  readonly most: number
}

const fieldsOf = ({ keys, more }: Size) => ({
  a: each(keys, 0),
  more: each(more, 0),
  pairs: each(keys, k => Pair({ x: k % 2 })),
  late: 0,
  b: each(keys, k => k % 3),
  outer: Outer(),
  now: null as Pair | Twin | number | null,
  list: List([0]),
  grows: each(2, 0),
})
type State = StateOf<ReturnType<typeof fieldsOf>>

/** What is asked of a state, or written to it: which of the possibilities, of which key, and about which value. */
export interface Term {
  readonly is: number
  readonly of: number
  readonly value: number
}

const isLarge = (value: unknown): boolean => (value as number) > 1
const isEven = ({ x, y }: Pair): boolean => (x + y) % 2 === 0

/** A record, if that is what it is now. */
const nowOf = ({ now }: State): Pair | Twin | undefined =>
  now === null || typeof now === 'number' ? undefined : now

type Ask = (s: State, k: number, value: number, size: Size) => number

const asks: readonly Ask[] = [
  (s, k) => s.a.get(k),
  (s, k) => s.b.get(k),
  (s, k, v) => Number(s.a.is(k, v)),
  (s, k, v) => Number(s.b.is(k, v)),
  (s, _, v) => s.a.count(v),
  (s, _, v) => s.a.where(v)[0] ?? 2,
  (s, _, v) => Number(s.a.some(v)),
  (s, _, v) => Number(s.b.every(v)),
  (s, _, v) => s.b.count(v),
  (s, _, v) => s.b.where(v).length,
  (s, _, v) => s.a.get(s.b.where(v)[0] ?? 0),
  (s, k, v) => s.a.set(k, v).count(v),
  (s, k, v) => s.a.count((it, key) => it === v && s.b.is(key, k % 3)),
  (s, k, v, { more }) => Number(s.more.is((7 * k + v) % more, v)),
  (s, k, v, { more }) => s.more.get((k + v) % more),
  (s, _, v) => s.more.count(v),
  (s, k) => s.pairs.get(k).x,
  (s, k) => s.pairs.get(k).y,
  (s, k, v) => Number(isField(s.pairs.get(k), 'x', v)),
  (s, k) => Number(isField(s.pairs.get(k), 'y', isLarge)),
  (s, k) => Number(passes(s.pairs.get(k), isEven)),
  (s, k, v) => Number(passes(s.pairs.get(k).set('x', v), isEven)),
  (s, k) => Number(s.pairs.get(k).equals(s.pairs.get(0))),
  s => s.late % 3,
  (s, _, v) => Number(s.late > 2 * v),
  (s, k, v) => Number(s.grows.is(k % 2, v)),
  s => Number(s.grows.get(0) > s.grows.get(1)),
  s => s.outer.inner.x,
  (s, _, v) => Number(s.outer.held.has(v)),
  s => s.outer.held.size,
  (s, _, v) => Number(isField(s.outer, 'n', v)),
  s => s.outer.n,
  s => nowOf(s)?.x ?? 0,
  s => Number(nowOf(s) !== undefined),
  s => (typeof s.now === 'number' ? s.now : 2),
  s => s.list.get(0) ?? 0,
  s => s.list.size % 3,
  (_, k) => k % 3,
  (_, __, v) => v,
]

type Changes = Partial<State>
type Write = (s: State, k: number, value: number, size: Size) => Changes

const writes: readonly Write[] = [
  (s, k, v) => ({ a: s.a.set(k, v) }),
  (s, k, v) => ({ b: s.b.set(k, v) }),
  (s, k) => ({ a: s.a.update(k, it => (it + 1) % 3) }),
  (s, k) => ({ b: s.b.update(k, it => (it + 1) % 3) }),
  (s, k, v) => ({ b: s.b.map((it, key) => (key === k ? v : it)) }),
  (s, k) => ({ a: s.a.set(k, s.b.get(k)) }),
  (s, k, v, { more }) => ({ more: s.more.set((7 * k + 1) % more, v) }),
  (s, k, v, { more }) => ({ more: s.more.set((k + v) % more, v) }),
  (s, k, v) => ({ pairs: s.pairs.set(k, s.pairs.get(k).set('x', v)) }),
  (s, k, v) => ({ pairs: s.pairs.update(k, pair => pair.merge({ y: v })) }),
  (s, k, v) => ({
    pairs: s.pairs.update(k, pair => pair.withMutations(open => open.set('x', v).set('y', v))),
  }),
  (s, k) => ({ pairs: s.pairs.set(k, s.pairs.get(0)) }),
  (s, k, v, { most }) => ({ late: Math.min(most, s.late + 1 + ((k + v) % 2)) }),
  (s, k, _, { most }) => ({ grows: s.grows.update(k % 2, n => (n < most ? n + 1 : n)) }),
  (s, _, v) => ({ outer: s.outer.update('inner', inner => inner.set('x', v)) }),
  (s, _, v) => ({ outer: s.outer.update('held', held => (held.has(v) ? held.remove(v) : held.add(v))) }),
  (s, _, v) => ({ outer: s.outer.set('n', v) }),
  // A view that becomes part of a value: such a rule cannot be tracked.
  (s, k) => ({ outer: s.outer.set('inner', s.pairs.get(k)) }),
  (_, k, v) => ({ now: v === 0 ? null : k % 2 === 0 ? Pair({ x: v }) : Twin({ x: v }) }),
  (_, __, v) => ({ now: v }),
  (s, _, v) => ({ now: nowOf(s)?.set('y', v) ?? Twin({ y: v }) }),
  (s, k) => ({ now: s.pairs.get(k) }),
  (s, _, v) => ({ list: s.list.size > 2 ? List([v]) : s.list.push(v) }),
  (_, __, v) => ({ list: List([v]) }),
]

export interface RulePlan {
  readonly guard: readonly Term[]
  readonly value: Term
  readonly writes: readonly Term[]
  readonly tells: boolean
}

type Thrower = (typeof throwers)[number]
const throwers = ['guard', 'effect', 'property', 'step', 'constraint', 'end'] as const

export interface RichPlan {
  readonly size: Size
  readonly initial: number
  readonly rules: readonly RulePlan[]
  readonly asked: readonly Term[]
  readonly judgesSteps: boolean
  readonly isConstrained: boolean
  /** What throws, and where that is; null: nothing does. */
  readonly throws: { readonly where: Thrower; readonly at: Term } | null
}

const term = fc.record<Term>({ is: fc.nat(1000), of: fc.nat(12), value: fc.nat(2) })
const rulePlan = fc.record<RulePlan>({
  guard: fc.array(term, { maxLength: 2 }),
  value: term,
  writes: fc.array(term, { minLength: 1, maxLength: 3 }),
  tells: fc.boolean(),
})

export const richPlans = (sizes: fc.Arbitrary<Size>): fc.Arbitrary<RichPlan> =>
  fc.record<RichPlan>({
    size: sizes,
    initial: fc.integer({ min: 1, max: 3 }),
    rules: fc.array(rulePlan, { minLength: 1, maxLength: 6 }),
    asked: fc.array(term, { minLength: 2, maxLength: 8 }),
    judgesSteps: fc.boolean(),
    isConstrained: fc.boolean(),
    throws: fc.option(fc.record({ where: fc.constantFrom(...throwers), at: term }), { freq: 5 }),
  })

const upToSome = (min: number, max: number) => fc.integer({ min, max })

export const sizes = {
  small: fc.record<Size>({ keys: upToSome(1, 3), more: upToSome(1, 3), most: upToSome(1, 6) }),
  wide: fc.record<Size>({ keys: upToSome(3, 13), more: upToSome(1, 45), most: upToSome(1, 300) }),
} as const

const at = <T>(all: readonly T[], index: number): T => all[index % all.length] as T

/** A state with what a rule has emitted. */
class Told {
  constructor(
    readonly state: State,
    readonly events: readonly StepEvent[] = [],
  ) {}
}

/** The model of a plan. */
export function richModel(plan: RichPlan): SourcedModel {
  const { size, rules, asked, throws } = plan
  const layout = new Layout('rich', fieldsOf(size))
  const ask = (s: State, { is, of, value }: Term, k = 0): number =>
    at(asks, is)(s, (of + k) % size.keys, value, size)
  const after = (s: State, { is, of }: Term, k: number, value: number): State =>
    layout.after(s, at(writes, is)(s, (of + k) % size.keys, value, size))
  const mayThrow = (where: Thrower, s: State, k = 0): void => {
    // Not at once, most often.
    if (throws?.where === where && ask(s, throws.at, k) === 2 && s.a.get(0) + s.b.get(0) > 1)
      throw new Error(`${where} throws`)
  }
  const model: Model<Told> = {
    name: 'rich',
    initial: upTo(plan.initial).map(n => ({
      name: `initial ${n}`,
      says: 'made up',
      state: new Told(layout.initialWith(n === 0 ? {} : { late: n, list: List([n, n]) })),
    })),
    rules: rules.map(({ guard, value, writes, tells }, number) => ({
      name: `rule ${number}`,
      feature: 'all',
      kind: 'internal',
      source: 'this test',
      choices: upTo(size.keys),
      guard: ({ state }, choice) => {
        const k = choice as number
        mayThrow('guard', state, k)
        return guard.every((it, nth) => (ask(state, it, k) === (it.of + nth) % 3) === it.value < 1)
      },
      effect: ({ state }, choice) => {
        const k = choice as number
        mayThrow('effect', state, k)
        const now = ask(state, value, k)
        return new Told(
          writes.reduce((s, it, nth) => after(s, it, k, (now + it.value + nth) % 3), state),
          tells ? [{ kind: 'told', value: now, k: k % 2 }] : [],
        )
      },
    })),
    cells: ({ state }) => layout.cells(state),
    restore: cells => new Told(layout.state(cells)),
    events: ({ events }) => events,
    cellNames: () => layout.cellNames,
    label: ({ name }, choice) => `${name}(${choice})`,
    isEnd: ({ state }) => {
      mayThrow('end', state)
      return ask(state, at(asked, 0)) === 1
    },
    ...(plan.isConstrained && {
      constraint: ({ state }: Told) => {
        mayThrow('constraint', state)
        return ask(state, at(asked, 1)) !== 2 && state.grows.get(0) < 4
      },
    }),
  }
  const says = 'made up'
  const keys = upTo(size.keys)
  const things = { count: () => size.keys }
  const propertiesOf = (it: Term, nth: number): readonly Property<Told>[] => {
    const is = (it.of + nth) % 3
    const isSo = ({ state }: Told, thing: number): boolean => {
      if (nth === 0) mayThrow('property', state)
      return ask(state, it, thing) !== is
    }
    const isSoOfStep = (step: Step<Told>, thing: number): boolean => {
      const { before, after, events, rule, choice } = step
      if (nth === 0) mayThrow('step', after.state)
      if (ask(before.state, it, thing) === ask(after.state, it, thing)) return true
      if (nth % 2 === 0) return events.length === 0 || events[0]?.value !== is
      return rule.name === 'rule 0' || choice === thing || before.state.now === after.state.now
    }
    const judgesSteps = plan.judgesSteps ? 1 : 0
    const kinds: readonly (readonly Property<Told>[])[] = [
      [
        {
          kind: 'invariant',
          name: `each ${nth}`,
          says,
          holds: state => keys.every(thing => isSo(state, thing)),
          each: { ...things, isSo },
        },
        {
          kind: 'step',
          name: `each step ${nth}`,
          says,
          holds: step => keys.every(thing => isSoOfStep(step, thing)),
          each: { ...things, isSo: isSoOfStep },
        },
      ],
      [
        { kind: 'invariant', name: `one ${nth}`, says, holds: state => isSo(state, 0) },
        { kind: 'step', name: `step ${nth}`, says, holds: step => isSoOfStep(step, 0) },
      ],
      [
        {
          kind: 'cover',
          name: `cover ${nth}`,
          says,
          reached: state => keys.some(thing => !isSo(state, thing)),
          some: { ...things, isSo: (state, thing) => !isSo(state, thing) },
        },
        {
          kind: 'cover',
          name: `state or step ${nth}`,
          says,
          reached: state => !isSo(state, 0),
          reachedBy: step => keys.some(thing => !isSoOfStep(step, thing)),
          someBy: { ...things, isSo: (step, thing) => !isSoOfStep(step, thing) },
        },
      ],
    ]
    return at(kinds, nth).slice(0, 1 + judgesSteps)
  }
  return {
    model: model as Model<unknown>,
    properties: asked.flatMap(propertiesOf) as readonly Property<unknown>[],
  }
}
