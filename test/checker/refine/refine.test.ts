/**
 * Refinement where the time is short. What it says otherwise is in test/known-answers/refinement.test.ts.
 */
import { expect, it } from 'vitest'
import { refines } from '../../../checker/refine/refine.js'
import { eachRule } from '../../../checker/temporal/fairness.js'
import { graph, slowAt } from '../graph.js'

it('is not said of a model whose fairness there was no time to judge, although all states were found', async () => {
  const abstract = graph('a>b>c')
  const refined = (time: number, timeout: number) =>
    refines(
      {
        concrete: slowAt(abstract, 'c', time),
        abstract,
        map: state => state,
        abstractFairness: model => eachRule(model, 'weak'),
      },
      { timeout },
    )
  expect(await refined(0, 60)).toMatchObject({ verdict: 'violated', states: 3 })
  expect(await refined(500, 0.4)).toMatchObject({ verdict: 'stopped', states: 3 })
})
