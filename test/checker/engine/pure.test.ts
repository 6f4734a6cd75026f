/**
 * What is remembered of a rule is right only if the rule is pure: one that is not is found, and named.
 */
import { Record } from 'immutable'
import { describe, expect, it } from 'vitest'
import { exploreFast } from '../../../checker/engine/explore.js'
import { ModelError } from '../../../checker/explore/model-error.js'
import type { Model, Property, Rule } from '../../../checker/model.js'

const Clock = Record({ hours: 0, minutes: 0 }, 'Clock')
type Clock = InstanceType<typeof Clock>

/** A clock with two hands; the rules move them. */
const clock = (...rules: readonly Pick<Rule<Clock>, 'name' | 'guard' | 'effect'>[]): Model<Clock> => ({
  name: 'clock',
  initial: [{ name: 'midnight', says: 'both hands up', state: Clock() }],
  rules: rules.map(rule => ({
    feature: 'all',
    kind: 'internal',
    source: 'this test',
    choices: [null],
    ...rule,
  })),
  cells: state => [state.hours, state.minutes],
  restore: ([hours, minutes]) => Clock({ hours: hours as number, minutes: minutes as number }),
  events: () => [],
  cellNames: () => ['hours', 'minutes'],
  label: ({ name }) => name,
})

const minutes: Pick<Rule<Clock>, 'name' | 'guard' | 'effect'> = {
  name: 'minutes',
  guard: ({ minutes }) => minutes < 20,
  effect: state => state.update('minutes', n => n + 1),
}

const failure = async (
  model: Model<Clock>,
  properties: readonly Property<Clock>[] = [],
  paranoid = false,
) => {
  const error: unknown = await exploreFast(model, properties, { paranoid }).catch((thrown: unknown) => thrown)
  if (!(error instanceof ModelError)) throw new Error('expected a ModelError', { cause: error })
  return error
}

describe('a rule that is not pure', () => {
  it('is named, if it depends on hidden state', async () => {
    let hidden = 0
    const error = await failure(
      clock(minutes, {
        name: 'hours',
        guard: ({ hours }) => hours < 2 && hidden++ % 3 === 0,
        effect: state => state.update('hours', n => n + 1),
      }),
    )
    expect(error.culprit).toMatchObject({ part: 'rule', action: { rule: { name: 'hours' } } })
    expect(error.message).toBe(
      'the rule of hours is not pure, in the initial state midnight: evaluated again, it does something else. ' +
        'It may read a clock, a random number or hidden state, change what it is given, or compare values by ' +
        'identity; use `is` of immutable for that.',
    )
  })

  it('is named, if what it does depends on how often it was asked', async () => {
    let asked = 0
    const error = await failure(
      clock(minutes, {
        name: 'hours',
        guard: ({ hours }) => hours === 0,
        effect: state => state.set('hours', 1 + (asked++ % 2)),
      }),
    )
    expect(error.culprit).toMatchObject({ part: 'rule', action: { rule: { name: 'hours' } } })
  })

  it('is named in paranoid mode, if it changes its mind late', async () => {
    let asked = 0
    const error = await failure(
      clock(minutes, { name: 'hours', guard: () => asked++ > 10, effect: state => state.set('hours', 1) }),
      [],
      true,
    )
    expect(error.culprit).toMatchObject({ part: 'rule', action: { rule: { name: 'hours' } } })
  })
})

describe('a property that is not pure', () => {
  it('of states is named', async () => {
    let asked = 0
    const error = await failure(clock(minutes), [
      { kind: 'invariant', name: 'fickle', says: 'Now and then.', holds: () => asked++ % 2 === 0 },
    ])
    expect(error.message).toMatch(/^the property 'fickle' is not pure, in the initial state midnight: /)
  })

  it('of steps is named', async () => {
    let asked = 0
    const error = await failure(clock(minutes), [
      { kind: 'step', name: 'fickle', says: 'Now and then.', holds: () => asked++ % 2 === 0 },
    ])
    expect(error.message).toMatch(
      /^the property 'fickle' is not pure, 1 step from the initial state midnight: /,
    )
  })
})

describe('a temporal property that is not pure is named', () => {
  it('with the way to where it was found', async () => {
    let asked = 0
    const error = await failure(clock(minutes), [
      {
        kind: 'possibility',
        name: 'fickle',
        says: 'Now and then.',
        can: ({ minutes }) => minutes === 16 && asked++ > 0,
      },
    ])
    expect(error.message).toMatch(
      /^the property 'fickle' is not pure, 16 steps from the initial state midnight: /,
    )
  })

  it('in paranoid mode, wherever it changes its mind', async () => {
    const fickle = (): Property<Clock> => {
      let asked = 0
      return {
        kind: 'liveness',
        name: 'fickle',
        says: 'Now and then.',
        formula: { kind: 'eventually', holds: ({ minutes }) => minutes === 13 && asked++ > 0 },
        fairness: () => [],
        fairnessSays: 'Nothing need happen.',
      }
    }
    expect((await exploreFast(clock(minutes), [fickle()])).verdicts).toMatchObject([{ verdict: 'violated' }])
    const error = await failure(clock(minutes), [fickle()], true)
    expect(error.message).toMatch(
      /^the property 'fickle' is not pure, 13 steps from the initial state midnight: /,
    )
  })
})

describe('a model that is not pure', () => {
  it.each(['keeps', 'leaves out'])('in its constraint, which %s the state first, is named', async does => {
    let asked = 0
    const constraint = ({ minutes }: Clock) => minutes !== 4 || (does === 'keeps') === (asked++ === 0)
    const error = await failure({ ...clock(minutes), constraint }, [], true)
    expect(error.message).toMatch(
      /^constraint of the model clock is not pure, 4 steps from the initial state midnight: /,
    )
  })

  it('in its constraint, which it reads in another way each time, is named', async () => {
    let asked = 0
    const constraint = (state: Clock) => (asked++ % 3 === 2 ? state.hours : state.minutes) < 10
    const error = await failure({ ...clock(minutes), constraint })
    expect(error.message).toMatch(/^constraint of the model clock is not pure, /)
  })

  it('in what it calls an end is named', async () => {
    let asked = 0
    const error = await failure({ ...clock(minutes), isEnd: () => asked++ > 0 })
    expect(error.message).toMatch(
      /^isEnd of the model clock is not pure, 20 steps from the initial state midnight: /,
    )
  })
})

it('a rule that compares by identity what is equal by value is found', async () => {
  const error = await failure(
    clock(minutes, {
      name: 'hours',
      // Writing what is there already gives the same record, or it does not.
      guard: state => state.set('hours', state.hours) === state && state.hours < 1,
      effect: state => state.set('hours', 1),
    }),
  )
  expect(error.culprit).toMatchObject({ part: 'rule', action: { rule: { name: 'hours' } } })
})

it('what is asked part by part must be what is asked as a whole', async () => {
  const error = await failure(clock(minutes), [
    {
      kind: 'invariant',
      name: 'early',
      says: 'It is early.',
      holds: ({ minutes }) => minutes < 10,
      each: { count: () => 2, isSo: ({ minutes }, half) => minutes < 5 + half },
    },
  ])
  expect(error.message).toMatch(/^the property 'early' is not pure, /)
})
