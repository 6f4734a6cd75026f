/** Two processes that load, and then run and pause for ever. */
import { each, model, type StateOf, upTo } from '../../checker/index.js'
import type { KnownAnswer } from './known-answer.js'

type Phase = 'Loading' | 'Running' | 'Paused'

const next: Readonly<Record<Phase, Phase>> = { Loading: 'Running', Running: 'Paused', Paused: 'Running' }

const phases = model({
  name: 'two processes of three phases',
  state: { phase: each<Phase>(2, 'Loading') },
  rules: {
    step: { choices: upTo(2), effect: (s, i) => ({ phase: s.phase.update(i, phase => next[phase]) }) },
  },
})

export const K67: KnownAnswer<StateOf<typeof phases>> = {
  id: 'K67',
  says: 'two processes of three phases',
  source: 'stateright src/checker/dfs.rs test',
  model: phases,
  properties: [],
  // 3 × 3 states, and both processes may always step.
  expected: { distinct: 9, generated: 1 + 9 * 2 },
}
