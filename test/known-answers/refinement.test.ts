/**
 * Refinements that others have published. The numbers of edges, stutters and abstract states were computed by an
 * independent search for the list of known answers.
 */
import type { List } from 'immutable'
import { describe, expect, it } from 'vitest'
import { explore } from '../../checker/explore/explore.js'
import { refines } from '../../checker/refine/refine.js'
import { chosenOf, consensus, paxos, votesOf, voting } from '../../examples/paxos.js'
import { AbstractBitState, K37, K38 } from './alternating-bit.js'
import { type BarriersState, K18 } from './barriers.js'
import { isDetected, K21, SyncState, syncTermination } from './ewd840.js'
import { upTo } from './known-answer.js'
import { K25, K26 } from './lock.js'
import { K48, votingOfThreeBallots } from './paxos.js'
import { K17 } from './small.js'
import { K27 } from './transaction-commit.js'
import { K28 } from './two-phase-commit.js'

type StateOf<K> = K extends { model: { restore(cells: never): infer S } } ? S : never

const lockState = (s: StateOf<typeof K26>): StateOf<typeof K25> => {
  const places = { a0: 'l0', a1: 'l1', a2: 'l1', a3: 'l1', cs: 'cs', a4: 'l2' } as const
  const isHeld = s.pc.includes('cs') || s.pc.includes('a4')
  return K25.model.restore([isHeld ? 0 : 1, s.pc.map(at => places[at])])
}

const barrierState = ({ at, gate2 }: BarriersState): StateOf<typeof K17> =>
  K17.model.restore([
    at.map(place => (place === 0 || (place >= 11 && gate2 > 0) ? 'b0' : 'b1')) as List<'b0' | 'b1'>,
  ])

describe('each implementation refines its abstraction', () => {
  it('K26, Peterson, refines K25, a lock', async () => {
    const found = await refines({ concrete: K26.model, abstract: K25.model, map: lockState })
    expect(found).toMatchObject({ verdict: 'refines', steps: 76, stutters: 36, abstractStates: 12 })
    expect(found.unexercised).toEqual({ states: 0, steps: 0, rules: [] })
  })

  it('K18, barriers of semaphores, refines K17, a barrier', async () => {
    const found = await refines({ concrete: K18.model, abstract: K17.model, map: barrierState })
    expect(found).toMatchObject({ verdict: 'refines', steps: 104_514, stutters: 72_894, abstractStates: 64 })
  })

  it('K28, two-phase commit, refines K27, transaction commit', async () => {
    const found = await refines({
      concrete: K28.model,
      abstract: K27.model,
      map: s => K27.model.restore([s.rm]),
    })
    expect(found).toMatchObject({ verdict: 'refines', steps: 1_145, stutters: 497, abstractStates: 34 })
  })

  it('K38, the alternating bit protocol, refines K37', async () => {
    const found = await refines({
      concrete: K38.model,
      abstract: K37.model,
      map: ({ sBit, sAck, rBit, sent, rcvd }) => AbstractBitState({ sBit, sAck, rBit, sent, rcvd }),
    })
    expect(found).toMatchObject({ verdict: 'refines', steps: 1_384, stutters: 1_216, abstractStates: 20 })
  })

  it('K21, EWD840, refines termination detection', async () => {
    const detects = () => [
      {
        name: 'detect',
        strength: 'weak' as const,
        includes: ({ name }: { name: string }) => name === 'detect',
      },
    ]
    const question = {
      concrete: K21.model,
      abstract: syncTermination(3),
      map: (s: StateOf<typeof K21>) => SyncState({ active: s.active, detected: isDetected(s) }),
      abstractFairness: detects,
    }
    const tokenMoves = () => [
      {
        name: 'the token moves',
        strength: 'weak' as const,
        includes: ({ name }: { name: string }) => name === 'initiate' || name === 'pass',
      },
    ]
    const found = await refines({ ...question, fairness: tokenMoves })
    expect(found).toMatchObject({ verdict: 'refines', steps: 1_625, stutters: 723, abstractStates: 9 })
    // Without a token that moves, nobody detects anything.
    const unfair = await refines(question)
    expect(unfair.verdict).toBe('violated')
    expect(unfair.verdicts.map(({ verdict }) => verdict)).toEqual(['holds', 'violated'])
  })
})

describe('K48, Paxos, refines Voting, which refines Consensus', () => {
  const ballots = upTo(2)
  const coarser = voting(ballots)
  const map = votesOf(coarser, ballots)

  it('Voting has the states that were published', async () => {
    const { states, levels } = await explore(votingOfThreeBallots, [])
    // MCVoting.cfg; its generated states count each quorum that shows a value to be safe.
    expect({ states, depth: levels.length }).toEqual({ states: 6_752, depth: 16 })
  })

  it('Paxos refines Voting', async () => {
    const found = await refines({ concrete: K48.model, abstract: coarser, map })
    expect(found).toMatchObject({ verdict: 'refines', steps: 23_562 })
    // No message is lost on the way: all that Voting can do, Paxos does.
    expect(found.unexercised).toMatchObject({ rules: [] })
  })

  it('Voting refines Consensus', async () => {
    const found = await refines({ concrete: coarser, abstract: consensus, map: chosenOf(ballots) })
    expect(found).toMatchObject({ verdict: 'refines', abstractStates: 3 })
    expect(found.unexercised).toEqual({ states: 0, steps: 0, rules: [] })
  })

  it('leaders that do not look at promises are refuted, before two values are chosen', async () => {
    const found = await refines({ concrete: paxos(ballots, { careless: true }), abstract: coarser, map })
    expect(found).toMatchObject({ verdict: 'violated', strayInitial: [] })
    const [step] = found.verdicts
    expect(step?.verdict === 'violated' && step.trace.actions.at(-1)).toMatchObject({
      rule: { name: 'phase2b' },
      choice: { acceptor: 'a1', ballot: 1 },
    })
    expect(step?.verdict === 'violated' && step.trace.actions.length).toBe(10)
  })
})

describe('what is no refinement', () => {
  it('shows the shortest trace to a step that the abstraction does not have', async () => {
    // The lock is said to be free while a process leaves, so that the leaving one frees a free lock.
    const map = (s: StateOf<typeof K26>) => lockState(s).set('lock', s.pc.includes('cs') ? 0 : 1)
    const found = await refines({ concrete: K26.model, abstract: K25.model, map })
    expect(found).toMatchObject({ verdict: 'violated', strayInitial: [] })
    const [step] = found.verdicts
    // a0, a1, a2, a3 of one process, and then it leaves.
    expect(step?.verdict === 'violated' && step.trace.actions.length).toBe(5)
  })

  it('names initial states that are none of the abstraction', async () => {
    const map = (s: StateOf<typeof K26>) =>
      K25.model.restore([1, s.pc.map(at => (at === 'cs' ? 'cs' : 'l1'))])
    const found = await refines({ concrete: K26.model, abstract: K25.model, map })
    expect(found.verdict).toBe('violated')
    expect(found.strayInitial).toEqual(['initial 1'])
  })

  it('says nothing of what a bounded search has not seen', async () => {
    const found = await refines({ concrete: K26.model, abstract: K25.model, map: lockState }, { depth: 3 })
    expect(found.verdict).toBe('stopped')
    expect(found.unexercised?.states).toBeGreaterThan(0)
  })

  it('names rules of the abstraction that are never exercised', async () => {
    const idle = { ...K26.model, rules: K26.model.rules.filter(({ name }) => name !== 'a4') }
    const found = await refines({ concrete: idle, abstract: K25.model, map: lockState })
    expect(found.unexercised?.rules).toEqual(['unlock'])
  })
})
