/**
 * A model checker is trusted when it gets answers that its authors did not write.
 */
import { describe, expect, it } from 'vitest'
import { exploreFast } from '../../checker/engine/explore.js'
import { replay } from '../../checker/explore/replay.js'
import type { Exploration, Trace, Verdict } from '../../checker/explore/result.js'
import { sources } from '../checker/engine/worker-models.js'
import { engines } from '../checker/engines.js'
import { knownAnswers } from './index.js'
import type { Expected } from './known-answer.js'

it('each is listed once', () => {
  expect(new Set(knownAnswers.map(({ id }) => id)).size).toBe(knownAnswers.length)
})

/**
 * What takes minutes, by engine: run with ZOMBIEPROOF_SLOW=1. The fast engine tells cells apart and not what is in a List,
 * so that a model with one List for all processes teaches it little.
 */
const slow: Readonly<Record<(typeof engines)[number]['name'], readonly string[]>> = {
  simple: ['K28, 6', 'K28, 7', 'K45'],
  fast: ['K18', 'K28, 7'],
}
const isSlowWanted = process.env.ZOMBIEPROOF_SLOW === '1'

describe.each(engines)('the $name engine', ({ name, explore: search }) => {
  describe.each(knownAnswers)('$id: $says', ({ id, model, properties, expected }) => {
    it.skipIf(slow[name].includes(id) && !isSlowWanted)(
      'is found as published',
      async () => {
        const found = await search(model, properties)
        expect(found.complete).toBe(true)
        expect(answerOf(found, model.initial.length, expected)).toMatchObject({ deadlocks: 0, ...expected })
        for (const trace of tracesOf(found)) expect(replay(model, trace).replayed).toBe(true)
      },
      isSlowWanted ? 1_800_000 : 180_000,
    )
  })
})

/** Every state is expanded in turns by threads that have each a model of their own. Two of them; three where there is time. */
describe('the fast engine with several threads', () => {
  it.each(knownAnswers.filter(({ id }) => !slow.fast.includes(id) || isSlowWanted))(
    '$id is found as published',
    async ({ id, model, properties, expected }) => {
      for (const workers of isSlowWanted ? [2, 3] : [2]) {
        const found = await exploreFast(model, properties, {
          source: sources.knownAnswer(id),
          workers,
          workersFrom: 0,
          symmetry: false,
          por: false,
        })
        expect(found.complete).toBe(true)
        expect(answerOf(found, model.initial.length, expected)).toMatchObject({ deadlocks: 0, ...expected })
      }
    },
    isSlowWanted ? 1_800_000 : 180_000,
  )
})

/** What was found, in the terms of what is expected: nothing else was published. */
const answerOf = (found: Exploration<unknown>, initial: number, expected: Expected) => ({
  distinct: found.states,
  ...('generated' in expected && { generated: initial + found.transitions }),
  ...('depth' in expected && { depth: found.levels.length }),
  deadlocks: found.deadlocks,
  ...(found.deadlock && { stepsToDeadlock: found.deadlock.actions.length }),
  ...('verdicts' in expected && { verdicts: verdictsOf(found) }),
})

const verdictsOf = ({ verdicts }: Exploration<unknown>) =>
  Object.fromEntries(verdicts.map(verdict => [verdict.property.name, shortly(verdict)]))

const shortly = (verdict: Verdict<unknown>) =>
  'trace' in verdict
    ? { verdict: verdict.verdict, steps: verdict.trace.actions.length, count: verdict.count }
    : { verdict: verdict.verdict }

const tracesOf = ({ verdicts, deadlock }: Exploration<unknown>): readonly Trace<unknown>[] => [
  ...verdicts.flatMap(verdict => ('trace' in verdict ? [verdict.trace] : [])),
  ...(deadlock ? [deadlock] : []),
]
