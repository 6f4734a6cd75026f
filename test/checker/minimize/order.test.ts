/**
 * The order in which a trace is shown: few switches between those who act, and the same violation, no longer.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { replay } from '../../../checker/explore/replay.js'
import { each, model, type Step, type StepProperty } from '../../../checker/index.js'
import { inFewSwitches } from '../../../checker/minimize/order.js'
import { withFewestSwitches } from '../../../checker/minimize/switches.js'
import { type Shown, Trial } from '../../../checker/minimize/violation.js'
import type { Invariant, Liveness, Property } from '../../../checker/model.js'

const actors = [0, 1, 2]

/** Three actors that count, and that may pass on what they have counted, which the others must then wait for. */
const counting = model({
  name: 'counting',
  state: { count: each(3, 0), passed: 0 },
  rules: {
    up: { choices: actors, effect: (s, i) => ({ count: s.count.set(i, s.count.get(i) + 1) }) },
    pass: {
      choices: actors,
      guard: (s, i) => s.count.get(i) > s.passed,
      effect: (s, i) => ({ passed: s.count.get(i) }),
    },
  },
})
type Counting = (typeof counting)['initial'][number]['state']
const acting = { ...counting, lane: (_: unknown, choice: unknown) => `actor ${String(choice)}` }

const behaviour = (steps: readonly (readonly [string, number])[]) => {
  const initial = acting.initial[0] as (typeof acting)['initial'][number]
  const all = acting.rules.flatMap(rule => rule.choices.map(choice => ({ rule, choice })))
  const actions = steps.flatMap(([rule, choice]) =>
    all.filter(it => it.rule.name === rule && it.choice === choice),
  )
  return { model: acting, initial, steps: replay(acting, { initial, actions }).steps }
}

const labels = (steps: readonly Step<Counting>[]): readonly string[] =>
  steps.map(({ rule, choice }) => `${rule.name} ${choice}`)

const switches = (steps: readonly Step<Counting>[]): number =>
  steps.filter(({ choice }, i) => i > 0 && choice !== steps[i - 1]?.choice).length

const never = (isSo: (s: Counting) => boolean): Invariant<Counting> => ({
  kind: 'invariant',
  name: 'never',
  says: 'It is never so.',
  holds: s => !isSo(s),
})

describe('steps that do not depend on each other', () => {
  it('are put together by who takes them', () => {
    const mixed = behaviour([
      ['up', 0],
      ['up', 1],
      ['up', 0],
      ['up', 1],
    ])
    const ordered = inFewSwitches(
      never(s => s.count.get(0) === 2 && s.count.get(1) === 2),
      mixed,
    )
    expect(labels(ordered.steps)).toEqual(['up 1', 'up 1', 'up 0', 'up 0'])
  })

  it('stay apart where one has to come between', () => {
    // Actor 0 passes 1, actor 1 passes 2, actor 0 passes 3.
    const chained = behaviour([
      ['up', 0],
      ['pass', 0],
      ['up', 1],
      ['up', 1],
      ['pass', 1],
      ['up', 0],
      ['up', 0],
      ['pass', 0],
    ])
    const isIt: StepProperty<Counting> = {
      kind: 'step',
      name: 'never 3 after 2',
      says: 'Nobody passes 3 after 2.',
      holds: ({ before, after }) => !(before.passed === 2 && after.passed === 3),
    }
    const { steps } = inFewSwitches(isIt, chained)
    expect(steps.length).toBe(8)
    expect(switches(steps)).toBe(2)
    expect(isIt.holds(steps.at(-1) as Step<Counting>)).toBe(false)
  })
})

it('any trace: as long, with no more switches, and the same at its end and nowhere before', () => {
  const action = fc.tuple(fc.constantFrom('up', 'pass'), fc.constantFrom(...actors))
  fc.assert(
    fc.property(fc.array(action, { minLength: 1, maxLength: 10 }), actions => {
      const given = behaviour(actions)
      const end = JSON.stringify(acting.cells(given.steps.at(-1)?.after ?? given.initial.state))
      const states = [given.initial.state, ...given.steps.map(({ after }) => after)]
      const isAtEnd = (s: Counting): boolean => JSON.stringify(acting.cells(s)) === end
      fc.pre(states.findIndex(isAtEnd) === given.steps.length)
      const property: Property<Counting> = never(isAtEnd)
      const { steps } = inFewSwitches(property, given)
      const after = steps.map(step => step.after)
      expect(after.findIndex(isAtEnd)).toBe(given.steps.length - 1)
      expect(steps.length).toBe(given.steps.length)
      expect(switches(steps)).toBeLessThanOrEqual(switches(given.steps))
    }),
  )
})

describe('the fewest switches', () => {
  const action = fc.tuple(fc.constantFrom('up', 'pass'), fc.constantFrom(...actors))

  function* permutations<T>(things: readonly T[]): Generator<readonly T[]> {
    if (things.length === 0) yield []
    for (const [i, first] of things.entries())
      for (const rest of permutations(things.toSpliced(i, 1))) yield [first, ...rest]
  }

  const fewestOf = (trial: Trial<Counting>, { steps, loop }: Shown<Counting>): number => {
    const orders =
      loop === undefined
        ? [...permutations(steps)]
        : [...permutations(steps.slice(0, loop))].flatMap(stem =>
            [...permutations(steps.slice(loop))].map(round => [...stem, ...round]),
          )
    const shown = orders.map(actions => trial.show({ actions, loop }))
    return Math.min(...shown.map(it => (it?.steps.length === steps.length ? switches(it.steps) : Infinity)))
  }

  const ordered = (property: Property<Counting>, given: ReturnType<typeof behaviour>, loop?: number) => {
    const trial = new Trial(acting, given.initial, { property, clause: undefined })
    const shown = { steps: given.steps, loop }
    return { ...withFewestSwitches(trial, shown, () => false), fewest: () => fewestOf(trial, shown) }
  }

  it('are those of the best of all orders, where moving one step at a time finds no better', () => {
    fc.assert(
      fc.property(fc.array(action, { minLength: 1, maxLength: 6 }), actions => {
        const given = behaviour(actions)
        const end = JSON.stringify(acting.cells(given.steps.at(-1)?.after ?? given.initial.state))
        const isAtEnd = (s: Counting): boolean => JSON.stringify(acting.cells(s)) === end
        const states = [given.initial.state, ...given.steps.map(({ after }) => after)]
        fc.pre(given.steps.length > 0 && states.findIndex(isAtEnd) === given.steps.length)
        const { shown, order, fewest } = ordered(never(isAtEnd), given)
        expect(order).toBe('fewest')
        expect(shown.steps.at(-1)?.after).toSatisfy(isAtEnd)
        expect(switches(shown.steps)).toBe(fewest())
      }),
      { numRuns: 300 },
    )
  })

  it('of a lasso are those of the best of all orders of its stem and of its loop', () => {
    const idle: Liveness<Counting> = {
      kind: 'liveness',
      name: 'somebody passes on 9',
      says: 'Somebody passes on 9.',
      formula: { kind: 'eventually', holds: s => s.passed === 9 },
      fairness: () => [],
      fairnessSays: 'nobody is obliged to anything',
    }
    fc.assert(
      fc.property(fc.array(action, { minLength: 1, maxLength: 5 }), actions => {
        const given = behaviour(actions)
        fc.pre(given.steps.length > 0)
        // Nothing more happens: a loop without steps.
        const { shown, order, fewest } = ordered(idle, given, given.steps.length)
        expect({ order, loop: shown.loop }).toEqual({ order: 'fewest', loop: given.steps.length })
        expect(switches(shown.steps)).toBe(fewest())
      }),
      { numRuns: 200 },
    )
  })

  it('are not promised of a trace that is too long to try every order', () => {
    const long = behaviour(Array.from({ length: 33 }, (_, i) => ['up', i % 3] as const))
    const { shown, order } = ordered(
      never(s => actors.every(i => s.count.get(i) === 11)),
      long,
    )
    expect(order).toBe('few')
    expect(shown.steps.length).toBe(33)
  })
})
