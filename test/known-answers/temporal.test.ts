/**
 * Liveness, fairness and possibility, as others have published the verdicts.
 */
import { describe, expect, it } from 'vitest'
import { explore } from '../../checker/explore/explore.js'
import { replay } from '../../checker/explore/replay.js'
import type { Fairness, Liveness, LivenessFormula, Model, Possibility } from '../../checker/model.js'
import { lassoBreaks } from '../../checker/temporal/behaviour.js'
import { eachActor, eachRule } from '../../checker/temporal/fairness.js'
import { type AllocatorState, clients, type Exchange, K39, resources } from './allocator.js'
import { K05 } from './chandy-misra.js'
import { holdsToken, K54, type RingState, tokens } from './dijkstra-ring.js'
import { type Ewd840State, hasTerminated, isDetected, K21, K22 } from './ewd840.js'
import { type KnownAnswer, upTo } from './known-answer.js'
import { K70 } from './philosophers.js'
import { K16, type ReadersWritersState } from './readers-writers.js'
import { K52 } from './small.js'

const liveness = <S>(
  formula: LivenessFormula<S>,
  fairness: (model: Model<S>) => readonly Fairness<S>[],
  more: Partial<Liveness<S>> = {},
): Liveness<S> => ({
  kind: 'liveness',
  name: formula.kind,
  says: formula.kind,
  formula,
  fairness,
  fairnessSays: 'as published',
  ...more,
})

/** The verdict; a lasso is replayed, and has to break the property. */
async function verdictOf<S>(
  { model }: KnownAnswer<S>,
  property: Liveness<S> | Possibility<S>,
): Promise<string> {
  const { verdicts } = await explore(model, [property])
  const [found] = verdicts
  if (found?.verdict === 'violated' && property.kind === 'liveness') {
    const { steps, replayed } = replay(model, found.trace)
    expect(replayed).toBe(true)
    const lasso = { model, initial: found.trace.initial, steps, loop: found.loop as number }
    expect(lassoBreaks(property, lasso)).toMatchObject({ shows: true })
  }
  return found?.verdict ?? 'none'
}

const none = () => []
const weakPerRule = <S>(model: Model<S>) => eachRule(model, 'weak')
const perChoice =
  <S>(strength: 'weak' | 'strong') =>
  (model: Model<S>) =>
    eachActor(model, strength, ({ name }, choice) => `${name} ${choice}`)
/** The process is the choice of each rule. */
const perProcess =
  <S>(strength: 'weak' | 'strong') =>
  (model: Model<S>) =>
    eachActor(model, strength, (_, choice) => String(choice))

describe.each([K05, K16, K21, K22, K39, K54] as KnownAnswer[])('$id: $says', ({ model, expected }) => {
  it('has the states that were published', async () => {
    const { states, transitions, levels } = await explore(model, [])
    const { distinct, generated = 0, depth } = expected
    expect(states).toBe(distinct)
    if (generated > 0) expect(model.initial.length + transitions).toBe(generated)
    if (depth !== undefined) expect(levels.length).toBe(depth)
  })
})

describe('K39, the allocator', () => {
  const clientOf = (choice: unknown) => (choice as Exchange).client
  const unsat = (s: AllocatorState, client: number) => s.unsat.get(client)
  const alloc = (s: AllocatorState, client: number) => s.alloc.get(client)
  const returnsAll = (s: AllocatorState, choice: unknown) =>
    alloc(s, clientOf(choice))?.size === (choice as Exchange).resources.length
  const fairness = (returns: (s: AllocatorState, choice: unknown) => boolean) => () => [
    ...clients.map(
      (client): Fairness<AllocatorState> => ({
        name: `client ${client} returns all it has`,
        strength: 'weak',
        includes: (rule, choice) => rule.name === 'return' && clientOf(choice) === client,
        when: returns,
      }),
    ),
    ...clients.map(
      (client): Fairness<AllocatorState> => ({
        name: `client ${client} is given something`,
        strength: 'strong',
        includes: (rule, choice) => rule.name === 'allocate' && clientOf(choice) === client,
      }),
    ),
  ]
  const simple = fairness(returnsAll)
  /** Who still asks for something need not give anything back. */
  const simple2 = fairness(
    (s, choice) => unsat(s, clientOf(choice))?.isEmpty() === true && returnsAll(s, choice),
  )
  const givesBack: LivenessFormula<AllocatorState, unknown> = {
    kind: 'leads to',
    when: (s, c) => unsat(s, c as number)?.isEmpty() === true,
    holds: (s, c) => alloc(s, c as number)?.isEmpty() === true,
  }
  const isServed: LivenessFormula<AllocatorState, unknown> = {
    kind: 'leads to',
    when: (s, x) => unsat(s, (x as number[])[0] as number)?.has((x as number[])[1] as number) === true,
    holds: (s, x) => alloc(s, (x as number[])[0] as number)?.has((x as number[])[1] as number) === true,
  }
  const isSatisfied: LivenessFormula<AllocatorState, unknown> = {
    kind: 'always eventually',
    holds: (s, c) => unsat(s, c as number)?.isEmpty() === true,
  }
  const eachClient = { each: () => clients }
  const eachPair = { each: () => clients.flatMap(c => resources.map(r => [c, r])) }

  it.each([
    ['gives back', givesBack, eachClient, simple, 'holds'],
    ['is served', isServed, eachPair, simple, 'holds'],
    ['is satisfied', isSatisfied, eachClient, simple, 'holds'],
    ['gives back, asking less', givesBack, eachClient, simple2, 'holds'],
    ['is served, asking less', isServed, eachPair, simple2, 'violated'],
    ['is satisfied, asking less', isSatisfied, eachClient, simple2, 'violated'],
  ] as const)('a client %s', async (_, formula, each, fair, verdict) => {
    expect(await verdictOf(K39, liveness(formula, fair, each))).toBe(verdict)
  })
})

describe.each([
  ['K21', K21, 3],
  ['K22', K22, 4],
] as const)('%s, EWD840', (_, answer, n) => {
  const system = () => [
    {
      name: 'the token moves',
      strength: 'weak' as const,
      includes: ({ name }: { name: string }) => name === 'initiate' || name === 'pass',
    },
  ]
  const next = () => [{ name: 'something happens', strength: 'weak' as const, includes: () => true }]
  const noMoreSends = {
    kind: 'eventually never' as const,
    says: 'from some point on, nothing is sent',
    taken: ({ rule }: { rule: { name: string } }) => rule.name === 'send',
  }
  const nodesRest = upTo(n).map(i => ({
    kind: 'always eventually' as const,
    says: `node ${i} is inactive again and again`,
    holds: ({ active }: Ewd840State) => active.get(i) === false,
  }))

  it.each([
    [
      'termination is detected',
      { kind: 'leads to', when: hasTerminated, holds: isDetected },
      system,
      [],
      'holds',
    ],
    [
      'nodes that rest again and again are detected',
      { kind: 'always eventually', holds: isDetected },
      system,
      nodesRest,
      'violated',
    ],
    [
      'without messages it ends, if the token moves',
      { kind: 'eventually', holds: hasTerminated },
      system,
      [noMoreSends],
      'violated',
    ],
    [
      'without messages it ends, if anything moves',
      { kind: 'eventually', holds: hasTerminated },
      next,
      [noMoreSends],
      'holds',
    ],
  ] as const)('%s', async (_name, formula, fairness, assuming, verdict) => {
    expect(await verdictOf(answer, liveness<Ewd840State>(formula, fairness, { assuming }))).toBe(verdict)
  })
})

describe('K16, readers and writers', () => {
  it('each actor is again and again among and not among the readers and the writers', async () => {
    const fairness = (model: Model<ReadersWritersState>) => [
      ...eachActor(model, 'weak', ({ name }, choice) =>
        name.startsWith('try') ? `${name} ${choice}` : undefined,
      ),
      ...eachRule(model, 'weak', ['read or write', 'stop']),
    ]
    const properties = (['readers', 'writers'] as const).flatMap(set =>
      upTo(3).flatMap(actor =>
        [true, false].map(among =>
          liveness<ReadersWritersState>(
            { kind: 'always eventually', holds: s => s.get(set).has(actor) === among },
            fairness,
          ),
        ),
      ),
    )
    const { verdicts } = await explore(K16.model, properties)
    expect(verdicts.map(({ verdict }) => verdict)).toEqual(Array.from({ length: 12 }, () => 'holds'))
  })
})

describe('K05, Chandy and Misra', () => {
  const eats = (p: number) => ({
    kind: 'always eventually' as const,
    holds: ({ hungry }: { hungry: { get(i: number): boolean | undefined } }) => hungry.get(p) === false,
  })
  it.each(upTo(5))('philosopher %i eats again and again', async p => {
    expect(await verdictOf(K05, liveness(eats(p), perProcess('weak')))).toBe('holds')
  })
  it('nobody need eat without fairness', async () => {
    expect(await verdictOf(K05, liveness(eats(0), none))).toBe('violated')
  })
})

describe('K52, a semaphore', () => {
  const enters = (p: number) => ({
    kind: 'always eventually' as const,
    holds: ({ pc }: { pc: { get(i: number): string | undefined } }) => pc.get(p) === 'cs',
  })
  it.each(upTo(3))('process %i enters again and again if it is strongly fair', async p => {
    expect(await verdictOf(K52, liveness(enters(p), perProcess('strong')))).toBe('holds')
  })
  it.each(upTo(3))('process %i may wait for ever if it is weakly fair', async p => {
    expect(await verdictOf(K52, liveness(enters(p), perProcess('weak')))).toBe('violated')
  })
})

describe("K54, Dijkstra's ring", () => {
  it('comes to have one token for ever', async () => {
    const formula = { kind: 'eventually always' as const, holds: (s: RingState) => tokens(s) === 1 }
    expect(await verdictOf(K54, liveness<RingState>(formula, perProcess('weak')))).toBe('holds')
    expect(await verdictOf(K54, liveness<RingState>(formula, none))).toBe('violated')
  })
  it('always has a token', async () => {
    const { verdicts } = await explore(K54.model, [
      {
        kind: 'invariant',
        name: 'at least one token',
        says: 'Some node may move.',
        holds: s => upTo(4).some(i => holdsToken(s, i)),
      },
    ])
    expect(verdicts[0]?.verdict).toBe('holds')
  })
})

describe('K70, philosophers who take forks in order', () => {
  it.each(upTo(5))('philosopher %i can always come to eat', async i => {
    const canEat: Possibility<{ mood: { get(at: number): string | undefined } }> = {
      kind: 'possibility',
      name: 'can eat',
      says: 'From every state, a state can be reached in which it eats.',
      can: ({ mood }) => mood.get(i) === 'eating',
    }
    expect(await verdictOf(K70 as KnownAnswer<never>, canEat as Possibility<never>)).toBe('holds')
  })
})

it('fairness may be asked for each rule, or for each choice of it', () => {
  expect(weakPerRule(K52.model).map(({ name }) => name)).toEqual(['start', 'enter', 'cs', 'exit'])
  expect(perChoice('strong')(K52.model)).toHaveLength(12)
})
