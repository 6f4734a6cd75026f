/**
 * A search by representatives finds what the search of all states finds: the orbits, exactly, and the same verdicts.
 */
import { describe, expect, it } from 'vitest'
import { canonical } from '../../../checker/encode/canonical.js'
import type { Exploration } from '../../../checker/explore/result.js'
import { type DefinedModel, each, model, replay, type StateOf, upTo } from '../../../checker/index.js'
import type { Permutation, Property, Symmetry } from '../../../checker/model.js'
import { generated, generatorsOf } from '../../../checker/symmetry/permutations.js'
import { renamedCells } from '../../../checker/symmetry/renaming.js'
import { engines } from '../engines.js'
import { bits, givers, increment, phases, queue, twoPhaseCommit } from './models.js'

type AnyModel = DefinedModel<unknown>

/** By hand: every state with all its renamed copies. */
const orbitsOf = ({
  model: its,
  graph,
}: {
  model: AnyModel
  graph: NonNullable<Exploration<unknown>['graph']>
}) => {
  const symmetry = its.symmetry as Symmetry
  const all: readonly Permutation[] = generated(symmetry.things, generatorsOf(symmetry))
  const orbits = new Set<string>()
  for (const index of upTo(graph.size)) {
    const cells = its.cells(graph.stateAt(index))
    const copies = all.map(to => renamedCells(symmetry, cells, to).map(canonical).join(''))
    orbits.add(copies.sort()[0] as string)
  }
  return orbits.size
}

/** What is the same of both: everything but the traces, of which only the length is, and the number of steps. */
const verdictsOf = ({ verdicts }: Exploration<unknown>) =>
  verdicts.map(verdict => ({
    name: verdict.property.name,
    verdict: verdict.verdict,
    ...('trace' in verdict && { count: verdict.count, steps: verdict.trace.actions.length }),
  }))

const models = [
  ...[2, 3, 4].map(twoPhaseCommit),
  bits(5),
  phases(2),
  phases(4),
  increment(2),
  increment(4),
  queue(2),
  queue(4),
  givers(2, 2),
  givers(3, 2),
  givers(2, 3),
] as readonly unknown[] as readonly AnyModel[]

describe.each(engines)('the $name engine', ({ explore }) => {
  it.each(models)('finds the orbits of $name', async its => {
    const whole = await explore(its, its.properties, { graph: true })
    const found = await explore(its, its.properties, { symmetry: true, paranoid: true })
    expect(found.states).toBe(orbitsOf({ model: its, graph: whole.graph as NonNullable<typeof whole.graph> }))
    expect(found.symmetry).toMatchObject({
      states: whole.states,
      transitions: whole.transitions,
    })
    expect(found.diameter).toBe(whole.diameter)
    expect(verdictsOf(found)).toEqual(verdictsOf(whole))
    expect(found.deadlocks > 0).toBe(whole.deadlocks > 0)
    expect(found.deadlock?.actions.length).toBe(whole.deadlock?.actions.length)
    for (const verdict of found.verdicts)
      if ('trace' in verdict) expect(replay(its, verdict.trace).replayed).toBe(true)
    if (found.deadlock !== undefined) {
      const { states } = replay(its, found.deadlock)
      expect(its.rules.some(rule => rule.choices.some(choice => rule.guard(states.at(-1), choice)))).toBe(
        false,
      )
    }
  })

  it.each`
    name                                           | of                   | orbits | states
    ${'two-phase commit, 3: computed for K28'}     | ${twoPhaseCommit(3)} | ${80}  | ${288}
    ${'two-phase commit, 4: computed for K28'}     | ${twoPhaseCommit(4)} | ${166} | ${1_568}
    ${'two-phase commit, 5: computed for K28'}     | ${twoPhaseCommit(5)} | ${314} | ${8_832}
    ${'two-phase commit, 6: computed for K28'}     | ${twoPhaseCommit(6)} | ${553} | ${50_816}
    ${'two-phase commit, 7: computed for K28'}     | ${twoPhaseCommit(7)} | ${920} | ${296_448}
    ${'increment, 2: stateright'}                  | ${increment(2)}      | ${8}   | ${13}
    ${'two processes of three phases: stateright'} | ${phases(2)}         | ${6}   | ${9}
    ${'five bits: rumur issue 51'}                 | ${bits(5)}           | ${6}   | ${32}
  `('finds the published numbers of $name', async ({ of, orbits, states }) => {
    const found = await explore(of, of.properties, { symmetry: true })
    expect(found).toMatchObject({ complete: true, states: orbits, symmetry: { states } })
  })

  it('keeps all states where a rule takes the lowest of several, and says which rule', async () => {
    const lowest = model({
      name: 'the lowest',
      state: { at: each<'idle' | 'waits' | 'served'>(3, 'idle') },
      symmetric: [upTo(3)],
      rules: {
        come: {
          choices: upTo(3),
          guard: (s, i) => s.at.get(i) === 'idle',
          effect: (s, i) => ({ at: s.at.set(i, 'waits') }),
        },
        serve: {
          guard: s => s.at.includes('waits'),
          effect: s => ({ at: s.at.set(Number(s.at.where(at => at === 'waits')[0]), 'served') }),
        },
      },
      isEnd: () => true,
    })
    const whole = await explore(lowest, [])
    const found = await explore(lowest, [], { symmetry: true })
    expect(found).toMatchObject({ states: whole.states, complete: true })
    expect(found.symmetry).toEqual({
      says: '0, 1 and 2',
      refused: 'the rule serve can do in a state what cannot be done in its renamed copy',
    })
  })

  it('says which fields hold values of the list and are not named, and how that is written', async () => {
    const threads = ['t1', 't2'] as const
    const lock = model({
      name: 'lock',
      state: { at: each(threads, 'idle'), owner: 'nobody', others: [] as readonly string[] },
      symmetric: [threads],
      rules: {
        take: {
          choices: threads,
          guard: s => s.owner === 'nobody',
          effect: (_, t) => ({ owner: t, others: threads.filter(other => other !== t) }),
        },
        work: {
          choices: threads,
          guard: (s, t) => s.owner === t,
          effect: (s, t) => ({ at: s.at.set(t, 'works') }),
        },
      },
      isEnd: () => true,
    })
    expect((await explore(lock, [], { symmetry: true })).symmetry).toEqual({
      says: 't1 and t2',
      refused:
        'the rule work can do in a state what cannot be done in its renamed copy; the fields ' +
        "'owner', 'others' hold values of the list t1 and t2, which does not name them: where these are meant, " +
        "declare symmetric: [{ of: ['t1', 't2'], in: ['owner', 'others'] }]",
    })
  })

  it.each`
    kind           | refused
    ${'invariant'} | ${"the property 'not 0' is not the same of a state and its renamed copy"}
    ${'step'}      | ${'a step of the rule toggle and its renamed copy show different properties'}
  `('keeps all states for an $kind that names one thing', async ({ kind, refused }) => {
    const its = { ...bits(3), properties: [notTheFirst(kind)] }
    const found = await explore(its, its.properties, { symmetry: true })
    expect(found).toMatchObject({ states: 8, symmetry: { refused } })
    expect(found.verdicts[0]?.verdict).toBe('violated')
  })

  it.each`
    what                  | other         | refused
    ${'a constraint'}     | ${firstStays} | ${'the constraint keeps a state and not its renamed copy'}
    ${'an end'}           | ${firstIsEnd} | ${'a state is an end and its renamed copy is not'}
    ${'an initial state'} | ${firstIsSet} | ${'the renamed copy of an initial state is not initial'}
  `('keeps all states for $what that names one thing', async ({ other, refused }) => {
    const plain = bits(3)
    const its = { ...plain, ...other(plain) }
    const whole = await explore(its, [])
    const found = await explore(its, [], { symmetry: true })
    expect(found).toMatchObject({ states: whole.states, ends: whole.ends, symmetry: { refused } })
  })

  it.each([false, true])('notices what is so of one order of three only (paranoid: %s)', async paranoid => {
    const its = orders(s => s.at.toArray().join() !== '2,0,1' && s.at.toArray().join() !== '1,2,0')
    const found = await explore(its, its.properties, { symmetry: true, paranoid })
    expect(found.symmetry).toMatchObject({ refused: expect.stringContaining("'as asked' is not the same") })
    expect(found.verdicts[0]).toMatchObject({ verdict: 'violated', count: 2 })
  })

  it('notices what is so of one thing only outside the constraint', async () => {
    const its = orders(
      s => s.at.get(1) !== 2,
      s => !s.at.includes(2),
    )
    const found = await explore(its, its.properties, { symmetry: true })
    expect(found.symmetry).toMatchObject({ refused: expect.stringContaining("'as asked' is not the same") })
    expect(found.verdicts[0]?.verdict).toBe('violated')
  })

  it('notices what is so of one thing only where it is not expanded any more', async () => {
    const its = orders(s => s.at.get(1) !== 2)
    const found = await explore(its, its.properties, { symmetry: true, depth: 1 })
    expect(found.verdicts[0]).toMatchObject({ verdict: 'violated', count: 1 })
  })

  it('notices what is so of one thing only in one of many states', async () => {
    const its = rarely(300)
    const found = await explore(its, its.properties, { symmetry: true })
    expect(found.symmetry).toMatchObject({ refused: expect.stringContaining("'as asked' is not the same") })
    expect(found.verdicts[0]).toMatchObject({ verdict: 'violated', count: 1 })
  })

  it('stops at the same depth, and never says that it holds', async () => {
    const its = twoPhaseCommit(4)
    const whole = await explore(its, its.properties, { depth: 5 })
    const found = await explore(its, its.properties, { depth: 5, symmetry: true })
    expect(found).toMatchObject({
      complete: false,
      stop: { by: 'depth' },
      depthComplete: whole.depthComplete,
    })
    expect(found.symmetry).toMatchObject({ states: whole.states, transitions: whole.transitions })
    expect(verdictsOf(found)).toEqual(verdictsOf(whole))
  })

  it('keeps no more states than are allowed', async () => {
    const its = twoPhaseCommit(5)
    const found = await explore(its, its.properties, { maxStates: 100, symmetry: true })
    expect(found.states).toBeLessThanOrEqual(100)
    expect(found.stop).toEqual({ by: 'max-states', limit: 100 })
  })

  it('does without where the graph of all states is needed', async () => {
    const its = bits(3)
    const found = await explore(its, its.properties, { symmetry: true, graph: true })
    expect(found).toMatchObject({ states: 8, symmetry: { refused: expect.stringContaining('graph') } })
  })
})

type Bits = StateOf<ReturnType<typeof bits>>

const firstIsEnd = () => ({ isEnd: (s: Bits) => s.bit.get(0) })
const firstStays = () => ({ constraint: (s: Bits) => !s.bit.get(0) })
const firstIsSet = (its: ReturnType<typeof bits>) => ({
  initial: its.initial.map(one => ({ ...one, state: its.restore([true, false, false]) })),
})

const notTheFirst = (kind: 'invariant' | 'step'): Property<Bits> => {
  const common = { name: 'not 0', says: 'Bit 0 is never set.' }
  return kind === 'invariant'
    ? { ...common, kind, holds: s => !s.bit.get(0) }
    : { ...common, kind, holds: ({ after }) => !after.bit.get(0) }
}

const orderFields = { at: each(3, 0) }

/** Three things, each of which gets 1 or 2. */
const orders = (
  asked: (s: StateOf<typeof orderFields>) => boolean,
  constraint: (s: StateOf<typeof orderFields>) => boolean = () => true,
) =>
  model({
    name: 'orders',
    state: orderFields,
    symmetric: [upTo(3)],
    rules: {
      set: {
        choices: upTo(3).flatMap(i => [[i, 1] as const, [i, 2] as const]),
        guard: (s, [i]) => s.at.get(i) === 0,
        effect: (s, [i, to]) => ({ at: s.at.set(i, to) }),
      },
    },
    isEnd: () => true,
    constraint,
    invariants: { 'as asked': asked },
  })

/** A bit of two may be set once; the invariant is broken in one state of so many. */
const rarely = (ticks: number) =>
  model({
    name: 'rarely',
    state: { bit: each(2, false), clock: 0 },
    symmetric: [upTo(2)],
    rules: {
      set: {
        choices: upTo(2),
        guard: s => !s.bit.includes(true),
        effect: (s, i) => ({ bit: s.bit.set(i, true) }),
      },
      tick: { guard: s => s.clock < ticks, effect: s => ({ clock: s.clock + 1 }) },
    },
    isEnd: () => true,
    invariants: {
      'as asked': s => !(s.clock === 57 && s.bit.get(1)),
    },
  })
