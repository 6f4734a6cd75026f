/**
 * Two-phase commit: a transaction manager asks resource managers whether they can commit.
 *
 * Messages stay in the set for ever, so that one is received again and again: many steps change nothing.
 */
import { List, Record, type RecordOf, Set } from 'immutable'
import type { Invariant } from '../../checker/model.js'
import { holds, type KnownAnswer, recordModel, rulesOn, upTo } from './known-answer.js'
import { consistent, type ResourceManager } from './transaction-commit.js'

interface Fields {
  rm: List<ResourceManager>
  tm: 'init' | 'committed' | 'aborted'
  tmPrepared: Set<number>
  /** `Commit`, `Abort`, or who is prepared. */
  messages: Set<'Commit' | 'Abort' | number>
}

type State = RecordOf<Fields>

const State = Record<Fields>({ rm: List(), tm: 'init', tmPrepared: Set(), messages: Set() }, 'TwoPhase')

const rule = rulesOn<State>()

export const twoPhaseCommit = (n: number) =>
  recordModel<Fields>({
    name: `two-phase commit, ${n} resource managers`,
    State,
    initial: [State({ rm: List(upTo(n).map(() => 'working' as const)) })],
    rules: [
      rule({
        name: 'TMRcvPrepared',
        choices: upTo(n),
        guard: ({ tm, messages }, i) => tm === 'init' && messages.has(i),
        effect: (s, i) => s.update('tmPrepared', prepared => prepared.add(i)),
      }),
      rule({
        name: 'TMCommit',
        guard: ({ tm, tmPrepared }) => tm === 'init' && tmPrepared.size === n,
        effect: s => s.set('tm', 'committed').update('messages', messages => messages.add('Commit')),
      }),
      rule({
        name: 'TMAbort',
        guard: ({ tm }) => tm === 'init',
        effect: s => s.set('tm', 'aborted').update('messages', messages => messages.add('Abort')),
      }),
      rule({
        name: 'RMPrepare',
        choices: upTo(n),
        guard: ({ rm }, i) => rm.get(i) === 'working',
        effect: (s, i) => becomes(s, i, 'prepared').update('messages', messages => messages.add(i)),
      }),
      rule({
        name: 'RMChooseToAbort',
        choices: upTo(n),
        guard: ({ rm }, i) => rm.get(i) === 'working',
        effect: (s, i) => becomes(s, i, 'aborted'),
      }),
      rule({
        name: 'RMRcvCommit',
        choices: upTo(n),
        guard: ({ messages }) => messages.has('Commit'),
        effect: (s, i) => becomes(s, i, 'committed'),
      }),
      rule({
        name: 'RMRcvAbort',
        choices: upTo(n),
        guard: ({ messages }) => messages.has('Abort'),
        effect: (s, i) => becomes(s, i, 'aborted'),
      }),
    ],
  })

const becomes = (s: State, i: number, state: ResourceManager): State => s.update('rm', rm => rm.set(i, state))

const properties: readonly Invariant<State>[] = [consistent]

export const K28: KnownAnswer<State> = {
  id: 'K28',
  says: 'two-phase commit, 3 resource managers',
  source: 'tlaplus/Examples transaction_commit/TwoPhase.cfg; stateright examples/2pc.rs',
  model: twoPhaseCommit(3),
  properties,
  expected: { distinct: 288, generated: 1_146, depth: 11, verdicts: { consistent: holds } },
}

const ofSize = (n: number, counts: KnownAnswer['expected']): KnownAnswer<State> => ({
  id: `K28, ${n}`,
  says: `two-phase commit, ${n} resource managers`,
  source: 'computed by an independent search for known-answers.md',
  model: twoPhaseCommit(n),
  properties,
  expected: { ...counts, verdicts: { consistent: holds } },
})

export const K28With4 = ofSize(4, { distinct: 1_568, generated: 8_258, depth: 14 })
export const K28With6 = ofSize(6, { distinct: 50_816, generated: 402_306, depth: 20 })
export const K28With7 = ofSize(7, { distinct: 296_448, generated: 2_744_706, depth: 23 })

export const K29: KnownAnswer<State> = {
  id: 'K29',
  says: 'two-phase commit, 5 resource managers',
  source: 'stateright examples/2pc.rs',
  model: twoPhaseCommit(5),
  properties,
  expected: { distinct: 8_832, verdicts: { consistent: holds } },
}
