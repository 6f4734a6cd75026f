/**
 * Paxos refines Voting refines Consensus: three views of how acceptors come to agree on one value.
 *
 * After L. Lamport, "The Paxos algorithm, or how to win a Turing Award" (2019), and the modules Consensus, Voting and
 * Paxos of tlaplus/Examples, PaxosHowToWinATuringAward. Three acceptors, of which any two are a quorum; two values.
 *
 * Each refinement is a few properties of the finer model, so that a step which the coarser one does not have is shown with
 * the shortest trace to it: `pnpm check --model examples/paxos.ts`.
 */
import { each, model, refinementProperties, type StateOf } from 'zombieproof/checker'

const acceptors = ['a1', 'a2', 'a3']
const quorums = [
  ['a1', 'a2'],
  ['a1', 'a3'],
  ['a2', 'a3'],
]
const values = ['v1', 'v2']

const at = (acceptor: string, ballot: number) => `${acceptor} ${ballot}`
const upTo = (n: number): readonly number[] => Array.from({ length: n }, (_, i) => i)

/** What an acceptor has voted for in a ballot; null: it has not voted there. */
type Votes = { get(place: string): string | null }

/** The values that a quorum has voted for in one ballot. */
const chosenBy = (votes: Votes, ballots: readonly number[]): readonly string[] =>
  values.filter(value =>
    ballots.some(ballot =>
      quorums.some(quorum => quorum.every(acceptor => votes.get(at(acceptor, ballot)) === value)),
    ),
  )

// One value is chosen, somehow.

export const consensus = model({
  name: 'consensus',
  says: 'At most one value is chosen, and stays chosen.',
  state: { chosen: [] as readonly string[] },
  rules: {
    choose: {
      choices: values,
      guard: s => s.chosen.length === 0,
      effect: (_, value) => ({ chosen: [value] }),
    },
  },
  isEnd: s => s.chosen.length > 0,
})

// Acceptors vote in numbered ballots, and see each other's votes.

const votingFields = (ballots: readonly number[]) => ({
  /** The acceptor will cast no further vote in a ballot below this. */
  maxBal: each(acceptors, -1),
  votes: each<string, string | null>(
    acceptors.flatMap(acceptor => ballots.map(ballot => at(acceptor, ballot))),
    null,
  ),
})
type VotingState = StateOf<ReturnType<typeof votingFields>>

/** Do the acceptors of the quorum show that no other value has been or will be chosen in a lower ballot? */
const showSafe = (s: VotingState, quorum: readonly string[], ballot: number, value: string): boolean => {
  if (quorum.some(acceptor => s.maxBal.get(acceptor) < ballot)) return false
  const votesIn = (lower: number) => quorum.map(acceptor => s.votes.get(at(acceptor, lower)))
  const latest = upTo(ballot).findLast(lower => votesIn(lower).some(vote => vote !== null))
  return latest === undefined || votesIn(latest).includes(value)
}

/** May the acceptor vote for the value in the ballot? */
const mayVote = (s: VotingState, acceptor: string, ballot: number, value: string): boolean =>
  s.maxBal.get(acceptor) <= ballot &&
  s.votes.get(at(acceptor, ballot)) === null &&
  acceptors.every(other => [null, value].includes(s.votes.get(at(other, ballot)))) &&
  quorums.some(quorum => showSafe(s, quorum, ballot, value))

export const voting = (ballots: readonly number[]) => {
  const turns = acceptors.flatMap(acceptor => ballots.map(ballot => ({ acceptor, ballot })))
  return model({
    name: 'voting',
    says: 'Acceptors vote in numbered ballots, only for what they see to be safe.',
    state: votingFields(ballots),
    rules: {
      increaseMaxBal: {
        choices: turns,
        guard: (s, { acceptor, ballot }) => ballot > s.maxBal.get(acceptor),
        effect: (s, { acceptor, ballot }) => ({ maxBal: s.maxBal.set(acceptor, ballot) }),
      },
      voteFor: {
        choices: turns.flatMap(turn => values.map(value => ({ ...turn, value }))),
        guard: (s, { acceptor, ballot, value }) => mayVote(s, acceptor, ballot, value),
        effect: (s, { acceptor, ballot, value }) => ({
          maxBal: s.maxBal.set(acceptor, ballot),
          votes: s.votes.set(at(acceptor, ballot), value),
        }),
      },
    },
    invariants: { 'at most one value is chosen': s => chosenBy(s.votes, ballots).length <= 1 },
    isEnd: () => true,
  })
}

/** What consensus sees of votes. */
export const chosenOf =
  (ballots: readonly number[]) =>
  (s: { readonly votes: Votes }): StateOf<typeof consensus> =>
    consensus.restore([Object.freeze(chosenBy(s.votes, ballots))])

// Leaders and acceptors send each other messages, which may be lost, and may be received again.

/** The last vote of an acceptor: its ballot and its value. */
interface Vote {
  readonly ballot: number
  readonly value: string
}

interface Proposal {
  readonly ballot: number
  readonly value: string
  readonly quorum: readonly string[]
  /** The acceptor whose promise tells the latest vote; null: no promise tells one. */
  readonly by: string | null
}

// A message is known by its sender and ballot: an acceptor promises once in a ballot, and votes once.
const paxosFields = (ballots: readonly number[]) => {
  const places = acceptors.flatMap(acceptor => ballots.map(ballot => at(acceptor, ballot)))
  return {
    maxBal: each(acceptors, -1),
    lastVote: each<string, Vote | null>(acceptors, null),
    /** Message 1a, by its ballot. */
    begun: each<number, boolean>(ballots, false),
    /** Message 1b, by acceptor and ballot: the last vote that it tells; `no vote`; or nothing was sent. */
    promised: each<string, Vote | 'no vote' | null>(places, null),
    /** Message 2a, by its ballot: the value proposed. */
    proposed: each<number, string | null>(ballots, null),
    /** Message 2b, by acceptor and ballot: the value voted for. */
    votes: each<string, string | null>(places, null),
  }
}
export type PaxosState = StateOf<ReturnType<typeof paxosFields>>

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

/** A leader that has a quorum of promises, and does not look at what they tell. */
const proposesRegardless = (s: PaxosState, { ballot, quorum }: Proposal): boolean =>
  s.proposed.get(ballot) === null && quorum.every(acceptor => s.promised.get(at(acceptor, ballot)) !== null)

/** @param careless leaders propose a value of their own, whatever the promises tell */
export const paxos = (ballots: readonly number[], { careless = false } = {}) => {
  const turns = acceptors.flatMap(acceptor => ballots.map(ballot => ({ acceptor, ballot })))
  // Published counts have a successor for each quorum, and for each promise that justifies the value.
  const proposals: readonly Proposal[] = ballots.flatMap(ballot =>
    values.flatMap(value =>
      quorums.flatMap(quorum => [null, ...quorum].map(by => ({ ballot, value, quorum, by }))),
    ),
  )
  return model({
    name: careless ? 'careless-paxos' : 'paxos',
    says: careless
      ? 'Paxos with leaders that propose what they like.'
      : 'Leaders collect promises of a quorum, and propose a value that these show to be safe.',
    state: paxosFields(ballots),
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
        guard: careless ? proposesRegardless : mayPropose,
        effect: (s, { ballot, value }) => ({ proposed: s.proposed.set(ballot, value) }),
      },
      phase2b: {
        choices: turns,
        guard: (s, { acceptor, ballot }) =>
          s.proposed.get(ballot) !== null && ballot >= s.maxBal.get(acceptor),
        effect: (s, { acceptor, ballot }) => {
          const value = s.proposed.get(ballot)
          return {
            maxBal: s.maxBal.set(acceptor, ballot),
            lastVote: s.lastVote.set(acceptor, value === null ? null : { ballot, value }),
            votes: s.votes.set(at(acceptor, ballot), value),
          }
        },
      },
    },
    invariants: { 'at most one value is chosen': s => chosenBy(s.votes, ballots).length <= 1 },
    covers: { 'a value is chosen': s => chosenBy(s.votes, ballots).length > 0 },
  })
}

/** What voting sees of Paxos: the votes are the messages 2b, and maxBal is what it is. */
export const votesOf =
  (coarser: ReturnType<typeof voting>, ballots: readonly number[]) =>
  (s: PaxosState): VotingState =>
    coarser.restore([
      ...acceptors.map(acceptor => s.maxBal.get(acceptor)),
      ...acceptors.flatMap(acceptor => ballots.map(ballot => s.votes.get(at(acceptor, ballot)))),
    ])

// What is checked, with two ballots.

const ballots = upTo(2)
const coarser = voting(ballots)

const refiningVoting = (finer: ReturnType<typeof paxos>) => ({
  ...finer,
  properties: [
    ...finer.properties,
    ...refinementProperties({ concrete: finer, abstract: coarser, map: votesOf(coarser, ballots) }),
  ],
})

export const checks = [
  {
    ...coarser,
    properties: [
      ...coarser.properties,
      ...refinementProperties({ concrete: coarser, abstract: consensus, map: chosenOf(ballots) }),
    ],
  },
  refiningVoting(paxos(ballots)),
  refiningVoting(paxos(ballots, { careless: true })),
]
