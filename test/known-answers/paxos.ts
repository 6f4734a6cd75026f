/** Paxos, at the level of its specification: ballots, promises and votes, and messages that stay for ever. */
import { each, model, type StateOf } from '../../checker/index.js'
import { holds, type KnownAnswer } from './known-answer.js'

const acceptors = ['a1', 'a2', 'a3']
const quorums = [
  ['a1', 'a2'],
  ['a1', 'a3'],
  ['a2', 'a3'],
]
const values = ['v1', 'v2']
const ballots = [0, 1]

/** The last vote of an acceptor: its ballot and its value. */
interface Vote {
  readonly ballot: number
  readonly value: string
}

const at = (acceptor: string, ballot: number) => `${acceptor} ${ballot}`
const places = acceptors.flatMap(acceptor => ballots.map(ballot => at(acceptor, ballot)))

// A message is known by its sender and ballot: an acceptor promises once in a ballot, and votes once.
const fields = {
  maxBal: each(acceptors, -1),
  lastVote: each<string, Vote | null>(acceptors, null),
  /** Message 1a, by its ballot. */
  begun: each(ballots, false),
  /** Message 1b, by acceptor and ballot: the last vote that it tells; `no vote`; or nothing was sent. */
  promised: each<string, Vote | 'no vote' | null>(places, null),
  /** Message 2a, by its ballot: the value proposed. */
  proposed: each<number, string | null>(ballots, null),
  /** Message 2b, by acceptor and ballot: the value voted for. */
  voted: each<string, string | null>(places, null),
}

export type PaxosState = StateOf<typeof fields>

const turns = acceptors.flatMap(acceptor => ballots.map(ballot => ({ acceptor, ballot })))

interface Proposal {
  readonly ballot: number
  readonly value: string
  readonly quorum: readonly string[]
  /** The acceptor whose promise tells the latest vote; null: no promise tells one. */
  readonly by: string | null
}

// Published counts have a successor for each quorum, and for each promise that justifies the value.
const proposals: readonly Proposal[] = ballots.flatMap(ballot =>
  values.flatMap(value =>
    quorums.flatMap(quorum => [null, ...quorum].map(by => ({ ballot, value, quorum, by }))),
  ),
)

const mayPropose = (s: PaxosState, { ballot, value, quorum, by }: Proposal): boolean => {
  if (s.proposed.get(ballot) !== null) return false
  const promises = quorum.map(acceptor => s.promised.get(at(acceptor, ballot)))
  if (promises.includes(null)) return false
  const votes = promises.filter(promise => promise !== 'no vote' && promise !== null)
  if (by === null) return votes.length === 0
  const told = s.promised.get(at(by, ballot))
  if (told === null || told === 'no vote') return false
  return told.value === value && votes.every(vote => vote.ballot <= told.ballot)
}

/** The values that a quorum has voted for in one ballot. */
export const chosen = (s: PaxosState): readonly string[] =>
  values.filter(value =>
    ballots.some(ballot =>
      quorums.some(quorum => quorum.every(acceptor => s.voted.get(at(acceptor, ballot)) === value)),
    ),
  )

const paxos = model({
  name: 'Paxos, 3 acceptors, 2 values, 2 ballots',
  state: fields,
  rules: {
    phase1a: { choices: ballots, effect: (s, ballot) => ({ begun: s.begun.set(ballot, true) }) },
    phase1b: {
      choices: turns,
      guard: (s, { acceptor, ballot }) => s.begun.get(ballot) && ballot > s.maxBal.get(acceptor),
      effect: (s, { acceptor, ballot }) => ({
        maxBal: s.maxBal.set(acceptor, ballot),
        promised: s.promised.set(at(acceptor, ballot), s.lastVote.get(acceptor) ?? 'no vote'),
      }),
    },
    phase2a: {
      choices: proposals,
      guard: mayPropose,
      effect: (s, { ballot, value }) => ({ proposed: s.proposed.set(ballot, value) }),
    },
    phase2b: {
      choices: turns,
      guard: (s, { acceptor, ballot }) => s.proposed.get(ballot) !== null && ballot >= s.maxBal.get(acceptor),
      effect: (s, { acceptor, ballot }) => {
        const value = s.proposed.get(ballot)
        return {
          maxBal: s.maxBal.set(acceptor, ballot),
          lastVote: s.lastVote.set(acceptor, value === null ? null : { ballot, value }),
          voted: s.voted.set(at(acceptor, ballot), value),
        }
      },
    },
  },
  invariants: { 'at most one value is chosen': s => chosen(s).length <= 1 },
})

export const K48: KnownAnswer<PaxosState> = {
  id: 'K48',
  says: 'Paxos, 3 acceptors, 2 values, ballots 0 and 1',
  source: 'tlaplus/Examples PaxosHowToWinATuringAward/MCPaxosTiny.cfg',
  model: paxos,
  properties: paxos.properties,
  expected: {
    distinct: 3_921,
    generated: 23_563,
    depth: 17,
    verdicts: { 'at most one value is chosen': holds },
  },
}
