/**
 * Leaving out orders of steps loses no deadlock and no violation.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Evidence } from '../../../checker/explore/evidence.js'
import { Judge } from '../../../checker/explore/judge.js'
import { replay } from '../../../checker/explore/replay.js'
import { Search } from '../../../checker/explore/search.js'
import { type DefinedModel, each, model, type StateOf, upTo } from '../../../checker/index.js'
import type { Invariant, LocalProperty, Model, Rule } from '../../../checker/model.js'
import { partialOrderOf } from '../../../checker/por/partial-order.js'
import { engines } from '../engines.js'

/** The whole of a search, without a second one where something is found. */
const searched = <S>(its: Model<S>, properties: readonly LocalProperty<S>[], isReduced: boolean) => {
  const evidence = new Evidence(properties)
  const partialOrder = isReduced ? partialOrderOf(its, properties) : undefined
  const search = new Search(its, new Judge(its, properties, evidence), undefined, partialOrder)
  while (search.frontier > 0) search.expand(search.lookAhead())
  return {
    states: search.states,
    reduced: search.partialOrder?.reduced,
    stuck: search.deadlocks + search.ends,
    verdicts: evidence.verdicts(true).map(({ property, verdict }) => [property.name, verdict]),
  }
}

/** Workers that go their ways, and meet nobody. */
const workers = (n: number, steps: number) =>
  model({
    name: `${n} workers`,
    state: { at: each(n, 0) },
    rules: {
      step: {
        choices: upTo(n),
        touches: i => ({ writes: [['at', i]] }),
        guard: (s, i) => s.at.get(i) < steps,
        effect: (s, i) => ({ at: s.at.update(i, at => at + 1) }),
      },
    },
    invariants: { 'the first gets somewhere': { reads: [['at', 0]], holds: s => s.at.get(0) <= steps } },
    isEnd: s => s.at.every(at => at === steps),
  })

/** Philosophers who take the left fork first, and then the right one: two neighbours share a fork. */
const philosophers = (n: number) =>
  model({
    name: `${n} philosophers`,
    state: { fork: each(n, false), hungry: each(n, false), hands: each(n, 0) },
    rules: {
      think: {
        choices: upTo(n),
        touches: i => ({ writes: [['hungry', i]] }),
        guard: (s, i) => !s.hungry.get(i),
        effect: (s, i) => ({ hungry: s.hungry.set(i, true) }),
      },
      takeLeft: {
        choices: upTo(n),
        touches: i => ({
          reads: [['hungry', i]],
          writes: [
            ['fork', i],
            ['hands', i],
          ],
        }),
        guard: (s, i) => s.hungry.get(i) && s.hands.get(i) === 0 && !s.fork.get(i),
        effect: (s, i) => ({ fork: s.fork.set(i, true), hands: s.hands.set(i, 1) }),
      },
      takeRight: {
        choices: upTo(n),
        touches: i => ({
          writes: [
            ['fork', (i + 1) % n],
            ['hands', i],
          ],
        }),
        guard: (s, i) => s.hands.get(i) === 1 && !s.fork.get((i + 1) % n),
        effect: (s, i) => ({ fork: s.fork.set((i + 1) % n, true), hands: s.hands.set(i, 2) }),
      },
      putDown: {
        choices: upTo(n),
        touches: i => ({
          writes: [
            ['fork', i],
            ['fork', (i + 1) % n],
            ['hands', i],
            ['hungry', i],
          ],
        }),
        guard: (s, i) => s.hands.get(i) === 2,
        effect: (s, i) => ({
          fork: s.fork.set(i, false).set((i + 1) % n, false),
          hands: s.hands.set(i, 0),
          hungry: s.hungry.set(i, false),
        }),
      },
    },
    invariants: {
      'the first two do not eat together': {
        reads: [
          ['hands', 0],
          ['hands', 1],
        ],
        holds: s => s.hands.get(0) < 2 || s.hands.get(1) < 2,
      },
      'the first never eats': { reads: [['hands', 0]], holds: s => s.hands.get(0) < 2 },
    },
  })

/** Somebody looks whether another has moved, and stumbles over it; two more go three steps each, which nobody sees. */
const stumbling = model({
  name: 'stumbling',
  state: { far: each(2, 0), near: false },
  rules: {
    go: {
      choices: upTo(2),
      touches: i => ({ writes: [['far', i]] }),
      guard: (s, i) => s.far.get(i) < 3,
      effect: (s, i) => ({ far: s.far.update(i, far => far + 1) }),
    },
    move: { touches: () => ({ writes: ['near'] }), guard: s => !s.near, effect: () => ({ near: true }) },
    look: {
      touches: () => ({ reads: ['near'] }),
      guard(s) {
        if (s.near) throw new Error('it is there')
        return false
      },
      effect: () => ({}),
    },
  },
})

const local = (its: DefinedModel<never>) => its.properties as readonly LocalProperty<never>[]

describe('a search that leaves out orders', () => {
  it('sees one order of steps that meet nobody', () => {
    const its = workers(4, 3)
    expect(searched(its, [], false)).toMatchObject({ states: 4 ** 4, stuck: 1 })
    expect(searched(its, [], true)).toMatchObject({ states: 4 * 3 + 1, stuck: 1 })
  })

  it('finds every deadlock and every violation that there is', () => {
    const its = philosophers(5) as unknown as DefinedModel<never>
    const whole = searched(its, local(its), false)
    const found = searched(its, local(its), true)
    expect(found).toMatchObject({ stuck: whole.stuck, verdicts: whole.verdicts })
    expect(found.states).toBeLessThan(whole.states)
  })

  it('takes a step for dependent on one that writes what it reads', () => {
    const its = model({
      name: 'reader and writer',
      state: { x: 1, y: 0 },
      rules: {
        read: {
          touches: () => ({ reads: ['x'], writes: ['y'] }),
          guard: s => s.y === 0,
          effect: s => ({ y: s.x }),
        },
        write: { touches: () => ({ writes: ['x'] }), guard: s => s.x === 1, effect: () => ({ x: 2 }) },
      },
    })
    expect(searched(its, [], true)).toMatchObject({ states: 5, stuck: 2 })
  })

  it('waits for what can enable a step that is dependent on another', () => {
    const its = model({
      name: 'enabled later',
      state: { x: 0, y: 0 },
      rules: {
        now: { touches: () => ({ writes: ['x'] }), guard: s => s.x === 0, effect: () => ({ x: 1 }) },
        later: {
          touches: () => ({ reads: ['y'], writes: ['x'] }),
          guard: s => s.x === 0 && s.y === 1,
          effect: () => ({ x: 2 }),
        },
        enable: { touches: () => ({ writes: ['y'] }), guard: s => s.y === 0, effect: () => ({ y: 1 }) },
      },
    })
    expect(searched(its, [], true).stuck).toBe(2)
  })

  it('puts no step off for ever', () => {
    const its = model({
      name: 'spinning',
      state: { spin: false, gone: false },
      rules: {
        spin: { touches: () => ({ writes: ['spin'] }), effect: s => ({ spin: !s.spin }) },
        go: { touches: () => ({ writes: ['gone'] }), guard: s => !s.gone, effect: () => ({ gone: true }) },
      },
      invariants: { stays: { reads: ['gone'], holds: s => !s.gone } },
    }) as unknown as DefinedModel<never>
    expect(searched(its, local(its), true).verdicts).toEqual([['stays', 'violated']])
  })

  it('takes what any step writes for seen, where an invariant does not say what it reads', () => {
    const its = workers(2, 1) as unknown as DefinedModel<never>
    const [{ reads: _, ...silent }] = local(its) as [Invariant<never>]
    const holds = (s: StateOf<ReturnType<typeof workers>>) => s.at.get(0) >= s.at.get(1)
    const found = searched(its, [{ ...silent, name: 'the first goes first', holds }], true)
    expect(found.verdicts).toEqual([['the first goes first', 'violated']])
  })

  it('does so for rules made up by chance', () => {
    fc.assert(
      fc.property(plans, fc.boolean(), (made, isAsked) => {
        const its = modelOf(made) as unknown as DefinedModel<never>
        const properties = isAsked ? local(its) : []
        const whole = searched(its, properties, false)
        const found = searched(its, properties, true)
        expect(found).toMatchObject({ stuck: whole.stuck, verdicts: whole.verdicts })
        expect(found.states).toBeLessThanOrEqual(whole.states)
      }),
      { numRuns: 150 },
    )
  })
})

interface Plan {
  readonly test: number
  readonly is: number
  readonly from: number
  readonly plus: number
  readonly to: number
}

const cells = 5
const base = 3
const plans = fc.array(
  fc.record<Plan>({
    test: fc.nat(cells - 1),
    is: fc.nat(base - 1),
    from: fc.nat(cells - 1),
    plus: fc.nat(base - 1),
    to: fc.nat(cells - 1),
  }),
  { minLength: 2, maxLength: 7 },
)

const modelOf = (made: readonly Plan[]) =>
  model({
    name: 'by chance',
    state: { x: each(cells, 0) },
    rules: {
      rule: {
        choices: upTo(made.length),
        touches(at) {
          const { test, from, to } = made[at] as Plan
          return {
            reads: [
              ['x', test],
              ['x', from],
            ],
            writes: [['x', to]],
          }
        },
        guard: (s, at) => s.x.get((made[at] as Plan).test) === (made[at] as Plan).is,
        effect(s, at) {
          const { from, plus, to } = made[at] as Plan
          return { x: s.x.set(to, (s.x.get(from) + plus) % base) }
        },
      },
    },
    invariants: Object.fromEntries(
      upTo(cells).map(cell => [
        `cell ${cell} is not 2`,
        {
          reads: [['x', cell] as const],
          holds: (s: { x: { get(i: number): number } }) => s.x.get(cell) !== 2,
        },
      ]),
    ),
  })

const farAway: LocalProperty<unknown> = {
  kind: 'cover',
  name: 'far away',
  says: 'Both have gone one step.',
  reached: state => (state as StateOf<ReturnType<typeof workers>>).at.every(at => at === 1),
}

/** It keeps out what no order of steps but one passes. */
const constraint = (state: StateOf<ReturnType<typeof workers>>): boolean => state.at.get(0) <= state.at.get(1)

const twins = model({
  name: 'twins',
  state: { at: each(2, 0) },
  symmetric: [upTo(2)],
  rules: {
    step: {
      choices: upTo(2),
      touches: i => ({ writes: [['at', i]] }),
      guard: (s, i) => s.at.get(i) < 2,
      effect: (s, i) => ({ at: s.at.update(i, at => at + 1) }),
    },
  },
})

/** With a rule more, that does not say what it reads and writes. */
const silent = <S>(its: Model<S>): Model<S> => {
  const { touches: _, ...first } = its.rules[0] as Rule<S>
  return { ...its, rules: [...its.rules, { ...first, name: 'silent' }] }
}

describe.each(engines)('the $name engine', ({ explore }) => {
  it('leaves out orders where nothing is found', async () => {
    const its = workers(4, 3)
    const found = await explore(its, its.properties, { por: true })
    expect(found).toMatchObject({ complete: true, por: { reduced: expect.any(Number) } })
    expect(found.verdicts.map(({ verdict }) => verdict)).toEqual(['holds'])
    expect(found.states).toBeLessThan((await explore(its, its.properties)).states)
  })

  it('puts no step off for one that changes nothing', async () => {
    const its = model({
      name: 'staying',
      state: { kept: 0, gone: false },
      rules: {
        stay: { touches: () => ({ writes: ['kept'] }), effect: () => ({ kept: 0 }) },
        go: { touches: () => ({ writes: ['gone'] }), guard: s => !s.gone, effect: () => ({ gone: true }) },
      },
      invariants: { stays: { reads: ['gone'], holds: s => !s.gone } },
    })
    const found = await explore(its, its.properties, { por: true })
    expect(found.verdicts.map(({ verdict }) => verdict)).toEqual(['violated'])
  })

  it('searches again where something is found, and gives a shortest trace', async () => {
    const its = philosophers(4)
    const whole = await explore(its, its.properties)
    const found = await explore(its, its.properties, { por: true })
    expect({ ...found, seconds: 0, por: undefined }).toEqual({ ...whole, seconds: 0 })
    expect(found.por).toEqual({ refused: 'something was found, and the shortest trace to it is wanted' })
    for (const verdict of found.verdicts)
      if ('trace' in verdict) expect(replay(its, verdict.trace).replayed).toBe(true)
  })

  it('does not say that nothing is to be found up to some depth, if it is stopped', async () => {
    const its = workers(4, 3)
    const found = await explore(its, its.properties, { por: true, maxStates: 9 })
    expect(found).toMatchObject({ complete: false, depthComplete: 0, por: { reduced: expect.any(Number) } })
    expect(found.levels.length).toBeGreaterThan(2)
  })

  it('loses nothing that it has found, if it is stopped while it searches again', async () => {
    const its = philosophers(4) as unknown as DefinedModel<never>
    const { states: maxStates } = searched(its, local(its), true)
    expect((await explore(its, its.properties, { maxStates })).deadlock).toBeUndefined()
    const found = await explore(its, its.properties, { por: true, maxStates })
    expect(found).toMatchObject({ complete: false, stop: { by: 'max-states' }, deadlocks: 1 })
    expect(found.por).toEqual({
      refused: 'something was found, and the search for the shortest trace to it was stopped',
      mayBeLonger: true,
    })
    const { deadlock } = found
    if (deadlock === undefined) throw new Error('the deadlock is lost')
    expect(replay(its, deadlock).replayed).toBe(true)
  })

  it('shows a shortest way to what throws', async () => {
    await expect(explore(stumbling, [], { por: true })).rejects.toThrow(
      'guard of look threw 1 step from the initial state initial: it is there',
    )
  })

  it('loses nothing that throws, if it is stopped while it searches again', async () => {
    await expect(explore(stumbling, [], { por: true, maxStates: 8 })).rejects.toThrow(
      'guard of look threw 7 steps from the initial state initial: it is there',
    )
  })

  it.each`
    how                | options            | refused
    ${'to a depth'}    | ${{ depth: 2 }}    | ${'a depth is given'}
    ${'for the graph'} | ${{ graph: true }} | ${'the graph of all states is wanted'}
  `('takes every order $how', async ({ options, refused }) => {
    const its = workers(2, 2)
    expect((await explore(its, [], { por: true, ...options })).por).toEqual({ refused })
  })

  it.each`
    where                                   | its                                 | asked        | refused
    ${'something else than an invariant'}   | ${workers(2, 2)}                    | ${[farAway]} | ${"'far away' is no invariant"}
    ${'a constraint'}                       | ${{ ...workers(2, 2), constraint }} | ${[]}        | ${'the model has a constraint'}
    ${'things that may be exchanged'}       | ${twins}                            | ${[]}        | ${'symmetry is used instead'}
    ${'a rule that does not say its cells'} | ${silent(workers(2, 2))}            | ${[]}        | ${'not every rule says what it reads and writes'}
  `('takes every order where there is $where', async ({ its, asked, refused }) => {
    const whole = await explore(its, asked)
    const found = await explore(its, asked, { por: true, symmetry: refused.startsWith('symmetry') })
    expect(found.por).toEqual({ refused })
    expect(found.verdicts).toEqual(whole.verdicts)
    expect(found.symmetry ?? found).toMatchObject({ states: whole.states })
  })

  it('tells a rule that reads or writes what it does not declare', async () => {
    const its = model({
      name: 'sly',
      state: { a: 0, b: 0 },
      rules: { sly: { touches: () => ({ writes: ['a'] }), effect: s => ({ a: s.b }) } },
    })
    await expect(explore(its, [], { por: true })).rejects.toThrow('it reads b, which it does not declare')
  })
})
