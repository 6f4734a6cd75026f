/** A rule that asks what a field of a record is, and does not read it, is evaluated for each answer, not for each value. */
import { Record, type RecordOf } from 'immutable'
import { expect, it } from 'vitest'
import { exploreFast } from '../../../checker/engine/explore.js'
import type { Model, Rule } from '../../../checker/model.js'
import { isField, passes } from '../../../spec/immutable-state.js'

type Counter = RecordOf<{ n: number; found: boolean }>
const makeCounter = Record({ n: 0, found: false }, 'Counter')

const most = 9
const isOdd = (n: number): boolean => n % 2 === 1
const isOddAndNotFound = ({ n, found }: Counter): boolean => isOdd(n) && !found

const rule = (
  name: string,
  guard: (counter: Counter) => boolean,
  effect: (counter: Counter) => Counter,
): Rule<readonly Counter[]> => ({
  name,
  feature: 'all',
  kind: 'internal',
  source: 'this test',
  choices: [0],
  guard: ([counter]) => guard(counter as Counter),
  effect: ([counter]) => [effect(counter as Counter)],
})

const found = (counter: Counter): Counter => counter.set('found', true)

const counting: Model<readonly Counter[]> = {
  name: 'counting',
  initial: [{ name: 'zero', says: 'Nothing is counted.', state: [makeCounter()] }],
  rules: [
    rule(
      'count',
      ({ n }) => n < most,
      counter => counter.set('n', counter.n + 1),
    ),
    rule('at 3', counter => isField(counter, 'n', 3), found),
    rule('odd', counter => isField(counter, 'n', isOdd), found),
    rule('odd and not found', counter => passes(counter, isOddAndNotFound), found),
    // What was written is not asked of what was there before.
    rule('found, then asked', counter => passes(found(counter), isOddAndNotFound), found),
    // Who has read the field, knows the answer.
    rule('read', counter => counter.n >= 0 && isField(counter, 'n', 3), found),
  ],
  cells: state => state,
  restore: cells => cells as readonly Counter[],
  events: () => [],
  cellNames: () => ['counter'],
  label: ({ name }) => name,
}

it('is evaluated for each answer', async () => {
  const { states, statistics } = await exploreFast(counting, [], { statistics: true })
  expect(states).toBe(most + 1 + most)
  const runsOf = (name: string) => statistics?.rules.expensive.find(it => it.name === name)?.runs
  expect(['count', 'read', 'at 3', 'odd', 'odd and not found'].map(runsOf)).toEqual([
    most + 1,
    most + 1,
    2,
    2,
    2,
  ])
  expect(runsOf('found, then asked')).toBe(most + 1)
})
