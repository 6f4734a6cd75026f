/** Transaction commit, the abstract problem: resource managers agree, and nobody says how. */
import { List, Record, type RecordOf } from 'immutable'
import type { Invariant } from '../../checker/model.js'
import { holds, type KnownAnswer, recordModel, rulesOn, upTo } from './known-answer.js'

export type ResourceManager = 'working' | 'prepared' | 'committed' | 'aborted'

interface Fields {
  rm: List<ResourceManager>
}

type State = RecordOf<Fields>

const State = Record<Fields>({ rm: List() }, 'TCommit')

/** No resource manager has committed while another has aborted. */
export const consistent: Invariant<{ readonly rm: List<ResourceManager> }> = {
  kind: 'invariant',
  name: 'consistent',
  says: 'No resource manager has committed while another has aborted.',
  holds: ({ rm }) => !(rm.includes('committed') && rm.includes('aborted')),
}

const rule = rulesOn<State>()

const transactionCommit = (n: number) =>
  recordModel<Fields>({
    name: `transaction commit, ${n} resource managers`,
    State,
    initial: [State({ rm: List(upTo(n).map(() => 'working' as const)) })],
    rules: [
      rule({
        name: 'prepare',
        choices: upTo(n),
        guard: ({ rm }, i) => rm.get(i) === 'working',
        effect: (s, i) => becomes(s, i, 'prepared'),
      }),
      rule({
        name: 'commit',
        choices: upTo(n),
        guard: ({ rm }, i) => rm.get(i) === 'prepared' && rm.every(isReady),
        effect: (s, i) => becomes(s, i, 'committed'),
      }),
      rule({
        name: 'abort',
        choices: upTo(n),
        guard: ({ rm }, i) => isUndecided(rm.get(i)) && !rm.includes('committed'),
        effect: (s, i) => becomes(s, i, 'aborted'),
      }),
    ],
    isEnd: ({ rm }) => !rm.some(isUndecided),
  })

const isReady = (state: ResourceManager): boolean => state === 'prepared' || state === 'committed'

const isUndecided = (state: ResourceManager | undefined): boolean =>
  state === 'working' || state === 'prepared'

const becomes = (s: State, i: number, state: ResourceManager): State => s.update('rm', rm => rm.set(i, state))

export const K27: KnownAnswer<State> = {
  id: 'K27',
  says: 'transaction commit, 3 resource managers',
  source: 'tlaplus/Examples transaction_commit/TCommit.cfg',
  model: transactionCommit(3),
  properties: [consistent],
  expected: { distinct: 34, generated: 94, depth: 7, verdicts: { consistent: holds } },
}
