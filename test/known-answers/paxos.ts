/** Paxos, at the level of its specification: ballots, promises and votes, and messages that stay for ever. */
import { type PaxosState, paxos, voting } from '../../examples/paxos.js'
import { holds, type KnownAnswer, upTo } from './known-answer.js'

const tiny = paxos(upTo(2))

export const K48: KnownAnswer<PaxosState> = {
  id: 'K48',
  says: 'Paxos, 3 acceptors, 2 values, ballots 0 and 1',
  source: 'tlaplus/Examples PaxosHowToWinATuringAward/MCPaxosTiny.cfg',
  model: tiny,
  properties: tiny.properties.filter(({ kind }) => kind === 'invariant'),
  expected: {
    distinct: 3_921,
    generated: 23_563,
    depth: 17,
    verdicts: { 'at most one value is chosen': holds },
  },
}

/** What Paxos refines: tlaplus/Examples PaxosHowToWinATuringAward/MCVoting.cfg, 3 acceptors, 2 values, ballots 0 to 2. */
export const votingOfThreeBallots = voting(upTo(3))
