/**
 * Models that are legal and odd, or not legal at all: the engines say the same of them, and neither says nonsense.
 */
import { List, Record } from 'immutable'
import { describe, expect, it } from 'vitest'
import { exploreFast } from '../../../checker/engine/explore.js'
import { explore } from '../../../checker/explore/explore.js'
import type { ExploreOptions } from '../../../checker/explore/result.js'
import type { Model, Property, Rule } from '../../../checker/model.js'
import { comparable } from './same.js'

type Found = ReturnType<typeof comparable>

/** What both engines find; the message, if they throw. */
const bothSay = async <S>(
  model: Model<S>,
  properties: readonly Property<S>[] = [],
  options: ExploreOptions = {},
): Promise<Found | string> => {
  const said = (engine: typeof explore) =>
    engine(model, properties, options).then(comparable, (error: Error) => error.message)
  const simple = await said(explore)
  expect(await said(exploreFast)).toEqual(simple)
  return simple
}

interface Cells {
  readonly cells: readonly unknown[]
}

const rule = <S>(name: string, guard: Rule<S>['guard'], effect: Rule<S>['effect']): Rule<S> => ({
  name,
  feature: 'all',
  kind: 'internal',
  source: 'this test',
  choices: [null],
  guard,
  effect,
})

const model = <S>(
  initial: S,
  rules: readonly Rule<S>[],
  of: Pick<Model<S>, 'cells' | 'restore'>,
): Model<S> => ({
  name: 'odd',
  initial: [{ name: 'start', says: 'where it starts', state: initial }],
  rules,
  events: () => [],
  cellNames: () => [],
  label: ({ name }) => name,
  ...of,
})

const vector = (cells: readonly unknown[], ...rules: readonly Rule<Cells>[]): Model<Cells> =>
  model<Cells>({ cells }, rules, { cells: state => state.cells, restore: restored => ({ cells: restored }) })

const put = (state: Cells, at: number, value: unknown): Cells => ({ cells: state.cells.with(at, value) })
const always = () => true

describe('records that are equal are one value', () => {
  const One = Record({ x: 0, y: 0 })
  const Other = Record({ y: 0, x: 0 })

  it('whatever class they are of', async () => {
    const found = await bothSay(
      vector(
        [One(), Other()],
        rule('other', always, state => put(state, 0, Other())),
        rule('one', always, state => put(state, 1, One())),
        rule('move', always, state => put(state, 0, Other({ x: 1 }))),
        rule('copy', always, state => put(state, 1, state.cells[0])),
      ),
    )
    // Each cell is { 0, 0 } or { x: 1 }; 1 comes from the first cell alone, which never forgets it but to `other`.
    expect(found).toMatchObject({ states: 4, complete: true })
  })
})

it('a field that the model makes of its cells is not taken for a constant', async () => {
  const State = Record({ a: 0, b: 0, same: false })
  type State = InstanceType<typeof State>
  const made = (a: number, b: number) => State({ a, b, same: a === b })
  const found = await bothSay(
    model<State>(
      made(0, 1),
      [
        rule(
          'a',
          state => !state.same,
          state => made((state.a + 1) % 5, state.b),
        ),
        rule('b', always, state => made(state.a, (state.b + 1) % 5)),
      ],
      { cells: ({ a, b }) => [a, b], restore: ([a, b]) => made(a as number, b as number) },
    ),
    [{ kind: 'invariant', name: 'differ', says: 'They do.', holds: ({ same }) => !same }],
  )
  // 5 × 5; `a` may not fire in the 5 states where they are the same.
  expect(found).toMatchObject({ states: 25, transitions: 45, verdicts: [{ verdict: 'violated', count: 5 }] })
})

it('a step that writes what is there already changes nothing, even by identity', async () => {
  const found = await bothSay(
    vector(
      [List([0]), 0],
      rule(
        'again',
        ({ cells }) => (cells[1] as number) < 3,
        ({ cells }) => ({
          cells: [List([0]), (cells[1] as number) + 1],
        }),
      ),
    ),
    [
      {
        kind: 'step',
        name: 'stays',
        says: 'The list stays.',
        holds: ({ before, after }) => before.cells[0] === after.cells[0],
      },
    ],
  )
  expect(found).toMatchObject({ verdicts: [{ verdict: 'holds' }] })
})

it('a model without cells has one state', async () => {
  expect(
    await bothSay(
      vector(
        [],
        rule('stay', always, state => state),
      ),
    ),
  ).toMatchObject({ states: 1, transitions: 1 })
})

it('a cell may have more values than 16 bits can count', async () => {
  const count = rule<Cells>(
    'count',
    ({ cells }) => (cells[0] as number) < 70_000,
    state => put(state, 0, (state.cells[0] as number) + 1),
  )
  const found = await bothSay({ ...vector([0], count), isEnd: always })
  expect(found).toMatchObject({ states: 70_001, diameter: 70_000 })
})

describe('a state with more cells than another is refused', () => {
  const said = 'a state has 2 cells, and another 1; every state of a model has the same number'

  it('when a rule makes it', async () => {
    const grow = rule<Cells>('grow', always, ({ cells }) => ({ cells: [...cells, 0] }))
    expect(await bothSay(vector([0], grow))).toBe(
      `cells of the model odd threw 1 step from the initial state start: ${said}`,
    )
  })

  it('when it is initial', async () => {
    const one = vector(
      [0],
      rule('stay', always, state => state),
    )
    const two = { name: 'two', says: 'two cells', state: { cells: [0, 0] } }
    expect(await bothSay({ ...one, initial: [...one.initial, two] })).toBe(
      `cells of the model odd threw in the initial state two: ${said}`,
    )
  })
})

describe('an answer that is neither true nor false is refused', () => {
  const tick = rule<Cells>(
    'tick',
    ({ cells }) => (cells[0] as number) < 3,
    state => put(state, 0, 1),
  )
  const answering = (answer: unknown) => () => answer as boolean

  it.each`
    says                    | answer                   | said
    ${'a promise'}          | ${Promise.resolve(true)} | ${'a promise'}
    ${'a forgotten return'} | ${undefined}             | ${'nothing'}
    ${'a word'}             | ${'no'}                  | ${'a string'}
  `('of a property: $says', async ({ answer, said }) => {
    const holds = answering(answer)
    expect(
      await bothSay(vector([0], tick), [{ kind: 'invariant', name: 'odd', says: 'It is.', holds }]),
    ).toBe(
      `the property 'odd' threw in the initial state start: it answered ${said}, and must answer true or false`,
    )
  })

  it('of a property of behaviours', async () => {
    const possibility = { kind: 'possibility', name: 'odd', says: 'It is.', can: answering(1) } as const
    expect(await bothSay(vector([0], tick), [possibility])).toBe(
      "the property 'odd' threw in the initial state start: it answered a number, and must answer true or false",
    )
  })

  it('of a guard', async () => {
    expect(await bothSay(vector([0], { ...tick, guard: answering(1) }))).toBe(
      'guard of tick threw in the initial state start: it answered a number, and must answer true or false',
    )
  })

  it('of a constraint', async () => {
    expect(await bothSay({ ...vector([0], tick), constraint: answering(Promise.resolve(true)) })).toBe(
      'constraint of the model odd threw in the initial state start: it answered a promise, and must answer true or false',
    )
  })
})

it('every number of states and every depth stops both at the same place', async () => {
  const counters = vector(
    [0, 0],
    rule(
      'first',
      ({ cells }) => (cells[0] as number) < 3,
      state => put(state, 0, (state.cells[0] as number) + 1),
    ),
    rule(
      'second',
      ({ cells }) => (cells[1] as number) < 3,
      state => put(state, 1, (state.cells[1] as number) + 1),
    ),
    rule('stay', always, state => state),
  )
  const properties: Property<Cells>[] = [
    {
      kind: 'invariant',
      name: 'low',
      says: 'Not both at 3.',
      holds: ({ cells }) => cells[0] !== 3 || cells[1] !== 3,
    },
  ]
  for (const constraint of [undefined, ({ cells }: Cells) => cells[0] !== 2]) {
    const bounded = constraint === undefined ? counters : { ...counters, constraint }
    for (let maxStates = 1; maxStates <= 17; maxStates++) await bothSay(bounded, properties, { maxStates })
    for (let depth = 0; depth <= 7; depth++) await bothSay(bounded, properties, { depth })
  }
})

it('a model that keeps another value than a rule has written', async () => {
  interface Fields {
    n: number
    list: List<number>
  }
  const State = Record<Fields>({ n: 0, list: List() })
  type State = ReturnType<typeof State>
  const modulo = model<State>(
    State(),
    [
      rule('count', always, s => s.set('n', s.n + 1)),
      rule(
        'append',
        s => s.n === 2,
        s => s.update('list', list => list.push(s.n)),
      ),
    ],
    {
      cells: ({ n, list }) => [n === 4 ? 0 : n, List.isList(list) && list.size > 3 ? List() : list],
      restore: ([n, list]) => State({ n, list } as Fields),
    },
  )
  // Four numbers, and lists of 0 to 3 elements.
  expect(await bothSay(modulo)).toMatchObject({ states: 16, complete: true })
})

it('steps to values of a cell that nobody has met, taken before the cell beside it changes', async () => {
  const Pair = Record({ x: 0, y: 0 })
  type Pair = ReturnType<typeof Pair>
  const pair = ({ cells }: Cells, at: number) => cells[at] as Pair
  const count = (at: number, field: 'x' | 'y') =>
    rule<Cells>(
      `${field} of ${at}`,
      state => pair(state, at)[field] < 7,
      state => put(state, at, pair(state, at).set(field, pair(state, at)[field] + 1)),
    )
  const pairs = vector([Pair(), Pair()], count(0, 'x'), count(0, 'y'), count(1, 'x'), count(1, 'y'))
  expect(await bothSay(pairs)).toMatchObject({ states: 8 ** 4, complete: true })
})

describe('of two pieces that throw, the one that is met first', () => {
  const thrownAt = (at: number, what: string) => (state: Cells) => {
    if (state.cells[0] === at) throw new Error(`${what} of ${at}`)
    return true
  }
  // 0 leads to 1 and 2, 1 to 3, and so on.
  const heap = (at: number): Model<Cells> =>
    vector(
      [0],
      rule(
        'left',
        state => thrownAt(at, 'guard')(state) && (state.cells[0] as number) < 7,
        state => put(state, 0, 2 * (state.cells[0] as number) + 1),
      ),
      rule(
        'right',
        state => (state.cells[0] as number) < 7,
        state => put(state, 0, 2 * (state.cells[0] as number) + 2),
      ),
    )
  const upTo = (most: number) => Array.from({ length: most }, (_, n) => n)
  it.each(upTo(8))('a guard in state %i, and a property in any', async guard => {
    for (const property of upTo(15)) {
      const said = await bothSay(heap(guard), [
        { kind: 'invariant', name: 'fine', says: 'All is well.', holds: thrownAt(property, 'property') },
      ])
      // A state is judged when it is found, and asked for its steps when its turn comes.
      const isJudgedFirst = property === 0 || Math.floor((property - 1) / 2) < guard
      expect(said).toContain(isJudgedFirst ? `property of ${property}` : `guard of ${guard}`)
    }
  })

  it('a property in a state that is not expanded any more', async () => {
    for (const options of [{ depth: 2 }, { maxStates: 7 }, {}]) {
      const said = await bothSay(
        heap(-1),
        [{ kind: 'invariant', name: 'fine', says: 'All is well.', holds: thrownAt(5, 'property') }],
        options,
      )
      expect(said).toContain('property of 5')
    }
  })
})

describe('of what shows the same property, the one that is found first', () => {
  const is =
    (n: number, ...others: readonly number[]) =>
    (state: Cells) =>
      [n, ...others].includes(state.cells[0] as number)
  const to = (from: number, ...targets: readonly number[]): readonly Rule<Cells>[] =>
    targets.map(target => rule(`${from} to ${target}`, is(from), state => put(state, 0, target)))
  const not = (...numbers: readonly [number, ...number[]]): Property<Cells> => ({
    kind: 'invariant',
    name: 'not',
    says: 'It is none of these.',
    holds: state => !is(...numbers)(state),
  })
  const traceOf = (found: Found | string) =>
    typeof found === 'string' ? found : found.verdicts.map(it => 'trace' in it && it.trace)

  it('a state, and not a step of the same expansion', async () => {
    const cover: Property<Cells> = {
      kind: 'cover',
      name: 'reached',
      says: 'Some state or some step does it.',
      reached: is(1),
      reachedBy: ({ after }) => is(2)(after),
    }
    for (const targets of [
      [1, 2],
      [2, 1],
    ]) {
      const found = await bothSay(vector([0], ...to(0, ...targets)), [cover])
      expect(traceOf(found)).toEqual([['start', [`0 to ${targets[0]}`, null]]])
    }
  })

  it('a state within the constraint, and not one outside of it that is farther away', async () => {
    // 3 is outside, and its parent is expanded before 2.
    const found = await bothSay({ ...vector([0], ...to(0, 1, 2), ...to(1, 3)), constraint: s => !is(3)(s) }, [
      not(2, 3),
    ])
    expect(traceOf(found)).toEqual([['start', ['0 to 2', null]]])
  })

  it('a state within the constraint, and not one outside of it that is as far away', async () => {
    const found = await bothSay({ ...vector([0], ...to(0, 1, 2)), constraint: s => !is(2)(s) }, [not(1, 2)])
    expect(traceOf(found)).toEqual([['start', ['0 to 1', null]]])
  })

  it('an initial state, and not one outside of the constraint that comes after it', async () => {
    const one = vector([0], ...to(0, 1))
    const two = { name: 'two', says: 'Outside.', state: { cells: [2] } }
    const found = await bothSay({ ...one, initial: [...one.initial, two], constraint: s => !is(2)(s) }, [
      not(0, 2),
    ])
    expect(traceOf(found)).toEqual([['start']])
  })
})
