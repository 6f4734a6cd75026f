/**
 * Models that ask of the values of a field with keys whether they are a certain one: the fast engine remembers no more of
 * them, and finds what the simple engine finds all the same.
 */
import fc from 'fast-check'
import { List } from 'immutable'
import { describe, expect, it } from 'vitest'
import { exploreFast } from '../../../checker/engine/explore.js'
import { explore } from '../../../checker/explore/explore.js'
import { each, model, type StateOf, upTo } from '../../../checker/index.js'
import { comparable } from './same.js'

const keys = [0, 1, 2]
const fields = { a: each(keys, 0), b: each(keys, k => k), lists: each(1, List.of(1)), n: 0 }
type State = StateOf<typeof fields>

/** What is asked of a state: a number below 4. */
const questions: readonly ((s: State, x: number) => number)[] = [
  // Is a value this one?
  (s, x) => Number(s.a.some(x)),
  (s, x) => Number(s.b.every(x)),
  (s, x) => s.a.count(x),
  (s, x) => s.a.where(x)[0] ?? 3,
  (s, x) => Number(s.b.includes(x)),
  (s, x) => Number(s.a.is(1, x)) + Number(s.b.set(2, x).is(2, 2)),
  (s, x) => (s.a.is(0, x) ? s.a.get(0) : s.b.get(1)),
  (s, x) => Number(s.lists.is(0, List.of(x))),
  // Which one it is, is asked after that, or before.
  (s, x) => s.a.get(s.b.where(x)[0] ?? 0),
  (s, x) => s.a.get(0) + Number(s.a.some(x)),
  // Is what was written this one?
  (s, x) => s.a.set(1, x).count(x),
  (s, x) => s.b.map(v => (v + x) % 3).count(x),
  // Is the list this one?
  (s, x) => s.lists.count(List.of(x)),
  // Does it pass a test, that may tell anything?
  (s, x) => s.a.count((v, k) => v === x && s.b.get(k) === v),
  (s, x) => {
    const seen: number[] = []
    s.b.some(v => v === x || seen.push(v) > 4)
    return seen[0] ?? 3
  },
]

interface Plan {
  readonly asks: number
  readonly of: number
  readonly is: number
  readonly gives: number
  readonly to: number
}
const plan = fc.record<Plan>({
  asks: fc.nat(questions.length - 1),
  of: fc.nat(2),
  is: fc.nat(3),
  gives: fc.nat(questions.length - 1),
  to: fc.nat(3),
})

const answer = (s: State, asks: number, x: number): number => questions[asks]?.(s, x) ?? 0

const modelOf = (plans: readonly Plan[], asked: Plan, judgesSteps: boolean) =>
  model({
    name: 'tests',
    state: fields,
    rules: Object.fromEntries(
      plans.map(({ asks, of, is, gives, to }, at) => [
        `rule ${at}`,
        {
          choices: keys,
          guard: (s: State, k: number) => answer(s, asks, (of + k) % 3) >= is,
          effect: (s: State, k: number) => {
            const value = answer(s, gives, k) % 3
            if (to === 0) return { a: s.a.set(k, value) }
            if (to === 1) return { b: s.b.map((v, key) => (key === k ? value : v)) }
            return to === 2 ? { lists: s.lists.set(0, List.of(value)) } : { n: value }
          },
        },
      ]),
    ),
    invariants: { asked: s => answer(s, asked.asks, asked.of) !== asked.is },
    // Where nobody judges steps, they may sleep.
    steps: judgesSteps
      ? { tested: ({ before, after }) => answer(before, asked.gives, 1) <= answer(after, asked.asks, 2) + 1 }
      : {},
  })

describe.each([
  { paranoid: true, judgesSteps: true },
  { paranoid: false, judgesSteps: true },
  { paranoid: true, judgesSteps: false },
  { paranoid: false, judgesSteps: false },
])('looking twice at everything: $paranoid, judging steps: $judgesSteps', ({ paranoid, judgesSteps }) => {
  it('finds what the simple engine finds', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(plan, { minLength: 1, maxLength: 4 }), plan, async (plans, asked) => {
        const made = modelOf(plans, asked, judgesSteps)
        const simple = comparable(await explore(made, made.properties))
        expect(comparable(await exploreFast(made, made.properties, { paranoid }))).toEqual(simple)
      }),
      { numRuns: 40 },
    )
  })
})

it('evaluates a rule for each answer to what is asked, not for each pattern of values', async () => {
  const most = 6
  const made = model({
    name: 'many values',
    state: { a: each(4, 0), found: false },
    rules: {
      count: {
        choices: [0, 1, 2, 3],
        guard: (s, k) => s.a.get(k) < most,
        effect: (s, k) => ({ a: s.a.update(k, n => n + 1) }),
      },
      find: { guard: s => s.a.count(3) > 1, effect: () => ({ found: true }) },
      look: { guard: s => s.a.where(3).includes(1), effect: () => ({ found: true }) },
    },
  })
  const { statistics, states } = await exploreFast(made, made.properties, { statistics: true })
  expect(states).toBeGreaterThan((most + 1) ** 4)
  const runsOf = (rule: string) => statistics?.rules.expensive.find(({ name }) => name === rule)?.runs
  expect(runsOf('find')).toBe(5)
  expect(runsOf('look')).toBe(2 ** 4)
})

it('finds what the simple engine finds where more sets are asked for than can be kept', async () => {
  const size = 13
  const made = model({
    name: 'many sets',
    state: { isUp: each(size, false), seen: 0, time: 0 },
    rules: {
      // Each set is asked for in several states, lest to remember what was found out be given up as well.
      tick: { guard: s => s.seen === 0 && s.time < 2, effect: s => ({ time: s.time + 1 }) },
      turn: {
        choices: upTo(size),
        guard: (s, k) => s.seen === 0 && (k === 0 || s.isUp.get(k - 1)),
        effect: (s, k) => ({ isUp: s.isUp.update(k, isUp => !isUp) }),
      },
      look: {
        guard: s => s.seen === 0,
        effect: s => ({ seen: s.isUp.where(true).reduce((a, b) => a + b, 1) }),
      },
    },
    invariants: { 'not five': s => s.isUp.count(true) !== 5 },
    isEnd: () => true,
  })
  const found = await exploreFast(made, made.properties)
  expect(found.states).toBeGreaterThan(3 * 2 ** size)
  expect(comparable(found)).toEqual(comparable(await explore(made, made.properties)))
})

it.each([
  ['simple', explore],
  ['fast', exploreFast],
])('the %s engine finds an array by what it holds, whoever has made it', async (_, search) => {
  const its = model({
    name: 'arrays',
    state: { pair: each<number, readonly number[]>([0, 1], [0, 0]) },
    rules: {
      set: {
        choices: [0, 1],
        guard: (s, i) => s.pair.includes([0, 0]) && s.pair.get(i)[0] === 0,
        effect: (s, i) => ({ pair: s.pair.set(i, [1, 2]) }),
      },
    },
    isEnd: () => true,
    invariants: {
      'nobody has 1 and 2': s => !s.pair.includes([1, 2]),
      'not both': s => s.pair.count([1, 2]) < 2,
    },
  })
  const found = await search(its, its.properties)
  expect(found.states).toBe(4)
  expect(
    found.verdicts.map(it => ('trace' in it ? [it.count, it.trace.actions.length] : it.verdict)),
  ).toEqual([
    [3, 1],
    [1, 2],
  ])
})
