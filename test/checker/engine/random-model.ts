/**
 * Small models made up by fast-check: a few cells of every kind, rules that read and write them, and properties.
 *
 * Every value is below `base`, so that each model can be searched completely.
 */
import fc from 'fast-check'
import { List, Record, type RecordOf, Set } from 'immutable'
import type { Model, Property, Rule, Step, StepEvent } from '../../../checker/model.js'
import { isField } from '../../../spec/immutable-state.js'

const base = 3

interface PairFields {
  x: number
  y: number
}
type Pair = RecordOf<PairFields>
const Pair = Record<PairFields>({ x: 0, y: 0 }, 'Pair')

interface BoxFields {
  x: number
  held: Set<number>
}
type Box = RecordOf<BoxFields>
const Box = Record<BoxFields>({ x: 0, held: Set() }, 'Box')

/** A record; a record with a collection; now a record and now nothing; a number; a list. */
type Cells = readonly [Pair, Pair, Box, Pair | null, number, List<number>]

/** A number that can be read of a state, and written to it. */
interface Place {
  get(cells: Cells): number
  set(cells: Cells, value: number): Cells
}

const at = <N extends keyof Cells & number>(cells: Cells, cell: N): Cells[N] => cells[cell]
const put = (cells: Cells, cell: number, value: unknown): Cells =>
  cells.with(cell, value as never) as unknown as Cells

const pairPlace = (cell: 0 | 1, field: keyof PairFields): Place => ({
  get: cells => at(cells, cell)[field],
  set: (cells, value) => put(cells, cell, at(cells, cell).set(field, value)),
})

const isLarge = (value: number): boolean => value > 0

const places: readonly Place[] = [
  pairPlace(0, 'x'),
  pairPlace(0, 'y'),
  pairPlace(1, 'x'),
  pairPlace(1, 'y'),
  {
    get: cells => at(cells, 2).held.size,
    set: (cells, value) =>
      put(
        cells,
        2,
        at(cells, 2).update('held', held => (held.has(value) ? held.remove(value) : held.add(value))),
      ),
  },
  {
    get: cells => at(cells, 2).x,
    set: (cells, x) => put(cells, 2, at(cells, 2).merge({ x })),
  },
  {
    get: cells => at(cells, 3)?.x ?? 0,
    set: (cells, x) =>
      put(cells, 3, x === 0 ? null : (at(cells, 3) ?? Pair()).withMutations(open => open.set('x', x))),
  },
  // A whole cell that goes where another one was.
  {
    get: cells => (at(cells, 0).equals(at(cells, 1)) ? 1 : 0),
    set: (cells, value) => (value === 0 ? cells : put(cells, 1, at(cells, 0))),
  },
  // A field that is not read, but asked for what it is: alone, after it was written, before it is read.
  { get: cells => Number(isField(at(cells, 0), 'x', 1)), set: pairPlace(0, 'x').set },
  {
    get: cells => Number(isField(at(cells, 1), 'y', isLarge)),
    set: (cells, value) =>
      put(
        cells,
        1,
        at(cells, 1).withMutations(open => open.set('y', value)),
      ),
  },
  {
    get: cells => Number(isField(at(cells, 0).set('x', 2), 'x', 2)) + Number(isField(at(cells, 0), 'y', 2)),
    set: pairPlace(0, 'y').set,
  },
  {
    get: cells => {
      const pair = at(cells, 3)
      return pair !== null && isField(pair, 'x', isLarge) ? pair.x : at(cells, 2).x
    },
    set: (cells, value) => put(cells, 3, value === 0 ? null : Pair({ x: value })),
  },
  {
    get: cells => at(cells, 4),
    set: (cells, value) => put(cells, 4, value),
  },
  {
    get: cells => at(cells, 5).get(0) ?? 0,
    set: (cells, value) => put(cells, 5, at(cells, 5).set(0, value)),
  },
]

/** How a state holds its cells: a model of each kind must be tracked. */
export type Holding = 'as they are' | 'in a record' | 'in an object, all read at once'

interface State {
  readonly cells: Cells
  readonly events: readonly StepEvent[]
}

class Kept implements State {
  constructor(
    readonly cells: Cells,
    readonly events: readonly StepEvent[] = [],
  ) {}
}

type FieldedFields = { readonly [name in (typeof names)[number]]: unknown }
type Fielded = RecordOf<FieldedFields>
const Fielded = Record<FieldedFields>({ c0: 0, c1: 0, c2: 0, c3: 0, c4: 0, c5: 0 }, 'Fielded')
const names = ['c0', 'c1', 'c2', 'c3', 'c4', 'c5'] as const

export interface Plan {
  readonly test: number
  readonly is: number
  readonly from: number
  readonly plus: number
  readonly to: number
  readonly also: number
  readonly tells: boolean
}

const plan = fc.record<Plan>({
  test: fc.nat(places.length - 1),
  is: fc.nat(base - 1),
  from: fc.nat(places.length - 1),
  plus: fc.nat(base - 1),
  to: fc.nat(places.length - 1),
  also: fc.nat(places.length - 1),
  tells: fc.boolean(),
})

const place = (index: number): Place => places[index] as Place

/** What the rule of a plan does to the cells; undefined: it may not fire. */
const carriedOut = (
  { test, is, from, plus, to, also }: Plan,
  choice: number,
  cells: Cells,
): Cells | undefined => {
  if (place(test).get(cells) !== is) return undefined
  const value = (place(from).get(cells) + plus + choice) % base
  return place(also).set(place(to).set(cells, value), (value + choice) % base)
}

const emptyCells: Cells = [Pair(), Pair({ x: 1 }), Box(), null, 0, List([0])]

const common = {
  name: 'random',
  cellNames: () => names,
  label: (rule: { readonly name: string }, choice: unknown) => `${rule.name}(${choice})`,
}

/** The rules of the plans, for states that hold their cells somehow. */
const rulesOf = <S>(
  plans: readonly Plan[],
  cellsOf: (state: S) => Cells,
  made: (cells: Cells, events: readonly StepEvent[]) => S,
): readonly Rule<S>[] =>
  plans.map((it, number) => ({
    name: `rule ${number}`,
    feature: 'all',
    kind: 'internal',
    source: 'this test',
    choices: [0, 1],
    guard: (state, choice) => carriedOut(it, choice as number, cellsOf(state)) !== undefined,
    effect: (state, choice) =>
      made(
        carriedOut(it, choice as number, cellsOf(state)) as Cells,
        it.tells ? [{ kind: 'told', value: place(it.from).get(cellsOf(state)) }] : [],
      ),
  }))

/** Properties of which some hold, some do not: what is compared is what the engines say of them. */
const propertiesOf = <S>(cellsOf: (state: S) => Cells): readonly Property<S>[] => [
  ...places.map(
    (it, number): Property<S> => ({
      kind: 'invariant',
      name: `place ${number} is not 2`,
      says: 'It is not.',
      holds: state => it.get(cellsOf(state)) !== 2,
    }),
  ),
  {
    kind: 'invariant',
    name: 'pairs are not both 2',
    says: 'Neither pair is.',
    holds: state => [0, 1].every(pair => isSmall(at(cellsOf(state), pair as 0 | 1))),
    each: { count: () => 2, isSo: (state, pair) => isSmall(at(cellsOf(state), pair as 0 | 1)) },
  },
  {
    kind: 'step',
    name: 'what changes in the first pair is its y',
    says: 'Its x stays.',
    holds: ({ before, after }: Step<S>) => {
      const [was] = cellsOf(before)
      const [is] = cellsOf(after)
      return was === is || was.x === is.x
    },
  },
  {
    kind: 'step',
    name: 'nobody tells of 1',
    says: 'Nobody does, unless the last rule fires.',
    holds: ({ events, rule }) => rule.name === 'rule 1' || events.every(({ value }) => value !== 1),
  },
  {
    kind: 'cover',
    name: 'the number grows, or the list is 2',
    says: 'Some step makes it grow; some state has it.',
    reached: state => at(cellsOf(state), 5).get(0) === 2,
    reachedBy: ({ before, after }) => at(cellsOf(before), 4) < at(cellsOf(after), 4),
  },
]

const constraintOn =
  <S>(cellsOf: (state: S) => Cells) =>
  (state: unknown): boolean => {
    const cells = cellsOf(state as S)
    return at(cells, 4) !== 2 && at(cells, 0).x + at(cells, 1).x < 3
  }

const isSmall = ({ x, y }: Pair): boolean => x + y < 4

export interface RandomModel {
  readonly model: Model<unknown>
  readonly properties: readonly Property<unknown>[]
  /** Keeps out some of the states, be they initial or not. */
  readonly constraint: (state: unknown) => boolean
}

const kept = (plans: readonly Plan[]): RandomModel => {
  const model: Model<Kept> = {
    ...common,
    initial: [emptyCells, put(emptyCells, 4, 1)].map((cells, number) => ({
      name: `initial ${number}`,
      says: 'made up',
      state: new Kept(cells),
    })),
    rules: rulesOf(
      plans,
      state => state.cells,
      (cells, events) => new Kept(cells, events),
    ),
    cells: state => state.cells,
    restore: cells => new Kept(cells as unknown as Cells),
    events: state => state.events,
    isEnd: state => at(state.cells, 4) === 1,
  }
  return {
    model: model as Model<unknown>,
    properties: propertiesOf<Kept>(s => s.cells) as readonly Property<unknown>[],
    constraint: constraintOn<Kept>(s => s.cells),
  }
}

const fielded = (plans: readonly Plan[]): RandomModel => {
  const cellsOf = (state: Fielded) => new Reader(state) as unknown as Cells
  const made = (cells: Cells): Fielded => {
    if (cells instanceof Reader) return cells.state
    throw new Error('the cells of a record are read and written through it')
  }
  const from = (cells: readonly unknown[]): Fielded =>
    Fielded(Object.fromEntries(names.map((name, cell) => [name, cells[cell]])))
  const model: Model<Fielded> = {
    ...common,
    initial: [{ name: 'initial', says: 'made up', state: from(emptyCells) }],
    rules: rulesOf(plans, cellsOf, made),
    cells: state => names.map(name => state.get(name)),
    restore: from,
    events: () => [],
  }
  return {
    model: model as Model<unknown>,
    properties: propertiesOf(cellsOf) as readonly Property<unknown>[],
    constraint: constraintOn(cellsOf),
  }
}

/** The cells of a state that is a record, as if they were an array. */
class Reader {
  constructor(readonly state: Fielded) {}
  get 0() {
    return this.state.c0
  }
  get 1() {
    return this.state.c1
  }
  get 2() {
    return this.state.c2
  }
  get 3() {
    return this.state.c3
  }
  get 4() {
    return this.state.c4
  }
  get 5() {
    return this.state.c5
  }
  with(cell: number, value: unknown): Reader {
    return new Reader(this.state.set(names[cell] as (typeof names)[number], value))
  }
  *[Symbol.iterator]() {
    for (const name of names) yield this.state[name]
  }
}

const copied = (plans: readonly Plan[]): RandomModel => {
  interface Copy {
    readonly all: Cells
  }
  const model: Model<Copy> = {
    ...common,
    initial: [{ name: 'initial', says: 'made up', state: { all: emptyCells } }],
    rules: rulesOf(
      plans,
      state => state.all,
      all => ({ all }),
    ),
    cells: state => [...state.all],
    restore: cells => ({ all: [...cells] as unknown as Cells }),
    events: () => [],
  }
  return {
    model: model as Model<unknown>,
    properties: propertiesOf<Copy>(s => s.all) as readonly Property<unknown>[],
    constraint: constraintOn<Copy>(s => s.all),
  }
}

export const plans: fc.Arbitrary<readonly Plan[]> = fc.array(plan, { minLength: 1, maxLength: 5 })

/** The model of some plans, by how its states hold their cells. */
export const randomModels: { readonly [holding in Holding]: (plans: readonly Plan[]) => RandomModel } = {
  'as they are': kept,
  'in a record': fielded,
  'in an object, all read at once': copied,
}

export const holdings = Object.keys(randomModels) as readonly Holding[]
