/**
 * What a look for a violation has seen.
 */
import { describe, expect, it } from 'vitest'
import { look } from '../../../checker/minimize/look.js'
import type { Liveness } from '../../../checker/model.js'
import { graph, slowAt } from '../graph.js'

const neverZ: Liveness<string> = {
  kind: 'liveness',
  name: 'z is reached',
  says: 'Somebody goes there.',
  formula: { kind: 'eventually', holds: state => state === 'z' },
  fairness: () => [],
  fairnessSays: 'nobody has to go on',
}

describe('a look for a lasso', () => {
  const lookAt = (time: number, timeout: number) => {
    const model = slowAt(graph('a>b>c'), 'c', time)
    return look(model, model, { property: neverZ, clause: undefined } as never, { timeout })
  }

  it('has seen all when it is judged', async () => {
    expect(await lookAt(0, 60)).toMatchObject({ trace: { actions: [] }, states: 3, isWhole: true })
  })

  it('has not seen all when no time is left to judge it, although all states are found', async () => {
    const looked = await lookAt(500, 0.4)
    expect(looked.trace).toBeUndefined()
    expect(looked).toMatchObject({ states: 3, isWhole: false })
  })
})
