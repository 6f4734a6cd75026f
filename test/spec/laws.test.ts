/**
 * Laws of the spec, on random walks with what programs may do.
 *
 * What the searches of the checks see exhaustively in small scopes, these see here and there in a large one.
 */
import fc from 'fast-check'
import { is, Map, type Set } from 'immutable'
import { describe, expect, it } from 'vitest'
import { canonical } from '../../checker/encode/canonical.js'
import { enabled, replay } from '../../checker/explore/replay.js'
import type { Initial, StepEvent } from '../../checker/model.js'
import { ImmutableState } from '../../spec/immutable-state.js'
import { slotsOf } from '../../spec/scope.js'
import { type ExitState, makeTask, makeThreadGroup } from '../../spec/state.js'
import { initialState } from '../../spec/topology.js'
import { reorder } from './reorder.js'
import { typeOfStates } from './state-type.js'
import { modelWith, scope, statesOf, traceOf, type Walk, walks } from './walks.js'

/** 0 init, 1 first, 2 second, both children of the init. */
const family = initialState(
  {
    name: 'two-children',
    says: 'The init and two children.',
    tasks: [{ name: 'init' }, { name: 'first', parent: 'init' }, { name: 'second', parent: 'init' }],
  },
  scope,
)

const typeErrors = typeOfStates(scope)

/**
 * The law holds of every walk. Where it does not, the walk is shown as it is: to look for a shorter one that breaks the
 * law would take many times as long as all walks.
 */
const ofEveryWalk = (law: (walk: Walk) => void, numRuns = 40): void =>
  fc.assert(fc.property(walks(60), law), { numRuns, endOnFailure: true })

const encode = ({ cells }: ImmutableState): string => cells.map(canonical).join()

const isEqual = (a: ImmutableState, b: ImmutableState): boolean =>
  a.cells.every((cell, at) => is(cell, b.cells[at]))

const ranks: Readonly<Record<ExitState, number>> = { None: 0, Initiated: 1, Zombie: 2, Dead: 3 }

/** How far each task is through the exit path. */
const exitRanks = (s: ImmutableState): readonly number[] =>
  slotsOf(s.scope).map(t => ranks[s.task(t).exitState])

describe('canonical encoding', () => {
  it('two states encode alike exactly if they are equal', () => {
    ofEveryWalk(walk => {
      const states = statesOf(walk)
      const codes = states.map(encode)
      for (const [i, a] of states.entries())
        for (const [j, b] of states.slice(0, i).entries()) expect(codes[i] === codes[j]).toBe(isEqual(a, b))
    })
  })

  it('equal states encode alike, in whatever order they were built', () => {
    ofEveryWalk(walk => {
      for (const state of statesOf(walk)) {
        const other = reorder(state)
        expect(isEqual(other, state)).toBe(true)
        expect(encode(other)).toBe(encode(state))
      }
    })
  })

  it('equal sets and maps, and so equal states, iterate in different orders', () => {
    const { children } = family.task(0)
    const { tids } = family.namespace(0)
    const other = reorder(family)
    expect([...other.task(0).children]).toEqual([...children].reverse())
    expect([...other.namespace(0).tids]).toEqual([...tids].reverse())
    expect(is(other.task(0).children, children) && is(other.namespace(0).tids, tids)).toBe(true)
    expect(encode(other)).toBe(encode(family))
  })
})

describe('a rule', () => {
  it('cannot tell equal states apart, in whatever order they were built', () => {
    ofEveryWalk(({ features, initial, steps }) => {
      const model = modelWith(features, initial.name)
      const told = (events: readonly StepEvent[]) => events.map(event => model.describeEvent(event, initial))
      for (const { before, action, after, events } of steps) {
        const other = reorder(before)
        expect(action.rule.guard(other, action.choice)).toBe(true)
        const fired = action.rule.effect(other, action.choice)
        expect(encode(fired)).toBe(encode(after))
        expect(told(model.events(fired))).toEqual(told(events))
      }
      const last = steps.at(-1)?.after ?? initial.state
      expect(enabled(model, reorder(last))).toEqual(enabled(model, last))
    }, 120)
  })
})

describe('replay', () => {
  it('of a trace, as a file has it, on a model built anew, passes the same states and tells the same', () => {
    ofEveryWalk(walk => {
      const model = modelWith(walk.features, walk.initial.name)
      const [initial] = model.initial
      const actions = traceOf(walk).actions.map(({ rule, choice }) => ({
        rule,
        choice: JSON.parse(JSON.stringify(choice)) as unknown,
      }))
      const replayed = replay(model, { initial: initial as Initial<ImmutableState>, actions })
      expect(replayed.replayed).toBe(true)
      expect(replayed.states.map(encode)).toEqual(statesOf(walk).map(encode))
      expect(replayed.steps.map(({ events }) => events)).toEqual(walk.steps.map(({ events }) => events))
    })
  })

  it('of a trace without its first step says that the second cannot be taken', () => {
    ofEveryWalk(walk => {
      const [first, second] = walk.steps
      if (first === undefined || second === undefined) return
      const { rule, choice } = second.action
      const isPossibleAtOnce = rule.guard(walk.initial.state, choice)
      const { initial, actions } = traceOf(walk)
      const replayed = replay(modelWith(walk.features, initial.name), {
        initial,
        actions: actions.slice(1, 2),
      })
      expect(replayed).toMatchObject(isPossibleAtOnce ? { replayed: true } : { replayed: false, failedAt: 1 })
    })
  })
})

describe('exit states', () => {
  it('never go back, in a whole walk', () => {
    ofEveryWalk(walk => {
      const ranks = statesOf(walk).map(exitRanks)
      for (const [at, after] of ranks.entries()) {
        const before = ranks[at - 1] ?? after
        expect(after.every((rank, t) => rank >= (before[t] ?? 0))).toBe(true)
      }
    })
  })

  it('skip no stage but that of a zombie nobody waits for', () => {
    ofEveryWalk(({ steps }) => {
      for (const { before, after } of steps)
        for (const [t, rank] of exitRanks(after).entries()) {
          const was = exitRanks(before)[t] ?? 0
          expect([was, was + 1, ...(was === 1 ? [3] : [])]).toContain(rank)
        }
    })
  })

  it('of the dead are the end: a dead task never changes', () => {
    ofEveryWalk(({ steps }) => {
      for (const { before, after } of steps)
        for (const t of slotsOf(scope))
          if (before.task(t).exitState === 'Dead') expect(is(after.task(t), before.task(t))).toBe(true)
    })
  })
})

describe('every reachable state', () => {
  it('satisfies the type', () => {
    ofEveryWalk(walk => {
      expect(statesOf(walk).flatMap(typeErrors)).toEqual([])
    })
  })

  it('keeps the slots of the unborn blank', () => {
    ofEveryWalk(walk => {
      for (const state of statesOf(walk))
        for (const t of slotsOf(scope))
          if (state.task(t).runState === 'unborn') {
            expect(is(state.task(t), makeTask())).toBe(true)
            expect(is(state.group(t), makeThreadGroup())).toBe(true)
          }
    })
  })
})

describe('the type', () => {
  it.each<[string, ImmutableState, string]>([
    [
      'a task that is not there',
      family.withTask(1, { parent: 9 }),
      'task 1: parent: Too big: expected number to be <=6',
    ],
    ['a counter below 0', family.withGroup(2, { liveTasks: -1 }), 'group 2: liveTasks: Too small'],
    [
      'a state that there is not',
      family.withTask(0, { exitState: 'Gone' as ExitState }),
      'task 0: exitState: Invalid option',
    ],
    [
      'an array for a Set',
      family.withTask(0, { children: [] as unknown as Set<number> }),
      'task 0: children: not a Set',
    ],
    [
      'an id that there is not',
      family.withNamespace(0, { tids: Map([[0, 7]]) }),
      'namespace 0: tids.0.1: Too big',
    ],
    [
      'a cell of another kind',
      new ImmutableState(scope, family.cells.with(0, makeThreadGroup())),
      'task 0: not a Task',
    ],
  ])('does not fit %s', (_, state, error) => {
    expect(typeErrors(state)).toEqual([expect.stringContaining(error)])
  })
})
