import { List, Map, Set } from 'immutable'
import { describe, expect, it } from 'vitest'
import type { ImmutableState } from '../../../spec/immutable-state.js'
import * as p from '../../../spec/properties/index.js'
import { covers, invariants } from '../../../spec/properties/index.js'
import type { Signal } from '../../../spec/signals.js'
import { makePtraceRequest, type ThreadGroupFields } from '../../../spec/state.js'
import { topologies } from '../../../spec/topologies.js'
import { initialState } from '../../../spec/topology.js'
import { topologiesOf } from '../../../spec/topology-enumerate.js'
import { makeWaitOptions } from '../../../spec/wait-options.js'
import { type Change, change, dead, initiated, scope, tree, waitable, zombie } from './states.js'

const child = { name: 'child', parent: 'init' } as const
const leader = { name: 'leader', parent: 'init' } as const
const thread = { name: 'thread', group: 'leader' } as const
const tracer = { name: 'tracer', parent: 'init' } as const

/** 0 init, 1 child. */
const pair = tree(child)
/** 0 init, 1 leader, 2 thread. */
const threads = tree(leader, thread)
/** 0 init, 1 parent, 2 child. */
const family = tree({ name: 'parent', parent: 'init' }, { name: 'child', parent: 'parent' })
/** 0 init, 1 tracer, 2 child. */
const stranger = tree(tracer, { ...child, tracer: 'tracer' })
/** 0 init, 1 tracer, 2 leader, 3 thread, traced. */
const tracedThread = tree(tracer, leader, { ...thread, tracer: 'tracer' })
/** 0 init, 1 child, stopped. */
const stopped = tree({ ...child, stopped: 'unreported' })
/** 0 init, 1 inner init, 2 member of its namespace. */
const inner = tree(
  { name: 'inner', parent: 'init', founds: 'namespace' },
  { name: 'member', parent: 'inner' },
)

const killed = { pending: Set<Signal>(['SIGKILL']) }
const stopping = { groupStopPhase: 'Initiated', groupStopSignal: 'SIGSTOP' } as const
const group = (g: number, fields: Partial<ThreadGroupFields>): Change => ({ groups: { [g]: fields } })
const onlyInit = Map([[0, 0]])
const waits = { runState: 'wait', wait: makeWaitOptions() } as const

type Case = {
  readonly of: p.Invariant
  /** A state in which the premise is reached, and the property holds. */
  readonly holds: ImmutableState
  /** By clause: what breaks it. */
  readonly broken: { readonly [clause: string]: Change }
}

const exiting: readonly Case[] = [
  {
    of: p.aLeaderIsReapedLast,
    holds: change(threads, { 1: zombie }),
    broken: { 'the leader is not dead': { 1: dead } },
  },
  {
    of: p.acknowledgedImpliesNotified,
    holds: change(pair, { 1: zombie }),
    broken: {
      'if the tracer has taken note, it was told': { 1: { exitTracerNotified: false } },
      'if the parent has taken note, it was told': { 1: { exitParentAcked: true } },
    },
  },
  {
    of: p.aSettledExitIsADeath,
    holds: change(pair, { 1: dead }),
    broken: { 'the task is dead': { 1: { exitState: 'Zombie' } } },
  },
  {
    of: p.aDeathIsSettled,
    holds: change(pair, { 1: dead }),
    broken: {
      'the tracer has taken note': { 1: { exitTracerAcked: false } },
      'the parent has taken note': { 1: { exitParentAcked: false } },
    },
  },
  {
    of: p.nobodyHearsOfTheLiving,
    holds: change(pair, { 1: initiated }),
    broken: {
      'no tracer has been told': { 1: { exitTracerNotified: true } },
      'no parent has been told': { 1: { exitParentNotified: true } },
    },
  },
  {
    of: p.aZombieIsAnnounced,
    holds: change(pair, { 1: waitable }),
    broken: {
      'its tracer has been told, or there was none': { 1: { exitTracerNotified: false } },
      'its parent has been told, unless a tracer or a thread comes first': {
        1: { exitParentNotified: false },
      },
    },
  },
  {
    of: p.aThreadIsAZombieForItsTracer,
    holds: change(tracedThread, { 3: { ...zombie, exitTracerAcked: false } }),
    broken: {
      'it has a tracer': { 3: { tracer: null } },
      'the tracer has not taken note': { 3: { exitTracerAcked: true } },
    },
  },
  {
    of: p.aTracerToTakeNoteExists,
    holds: change(stranger, { 2: { ...zombie, exitTracerAcked: false } }),
    broken: { 'it has a tracer': { 2: { tracer: null } } },
  },
  {
    of: p.aParentToTakeNoteExists,
    holds: change(pair, { 1: waitable }),
    broken: { 'it has a parent': { 1: { parent: null } } },
  },
  {
    of: p.runStateFitsExitState,
    holds: change(pair, { 1: initiated }),
    broken: { 'the run state belongs to the exit state': { 1: { exitState: 'None' } } },
  },
  {
    of: p.theExitingMaskSignals,
    holds: change(pair, { 1: initiated }),
    broken: { 'it masks all signals': { 1: { masksAll: false } } },
  },
]

const counting: readonly Case[] = [
  {
    of: p.theListHoldsTheTasks,
    holds: threads,
    broken: {
      'every listed task is a member that is not dead': group(1, { tasks: List([0, 1, 2]) }),
      'every member that is not dead is listed': group(1, { tasks: List([1]) }),
      'nobody is listed twice': group(1, { tasks: List([1, 2, 1]) }),
    },
  },
  { of: p.theLeaderIsAMember, holds: pair, broken: { 'the leader is a member': group(1, { leader: 0 }) } },
  {
    of: p.tasksCountCounts,
    holds: threads,
    broken: { 'tasksCount is the number of members not dead': { 2: dead } },
  },
  {
    of: p.liveTasksCounts,
    holds: threads,
    broken: { 'liveTasks is the number of members before Zombie': { 2: zombie } },
  },
  {
    of: p.activeTasksCounts,
    holds: threads,
    broken: { 'activeTasks is the number of members before Initiated': { 2: initiated } },
  },
  {
    of: p.groupStopCountCounts,
    holds: change(threads, {
      1: { groupStopAcknowledged: true },
      groups: { 1: { ...stopping, groupStopCount: 1 } },
    }),
    broken: {
      'groupStopCount is the number of active members that have acknowledged': group(1, {
        groupStopCount: 2,
      }),
    },
  },
]

const identities: readonly Case[] = [
  {
    of: p.idsAndTasksAreInverse,
    holds: inner,
    broken: {
      'the task of an id has this id': { namespaces: { 0: { tids: onlyInit } } },
      'the id of a task belongs to this task': { namespaces: { 0: { tasks: onlyInit } } },
      'only tasks of it and of namespaces below it have ids': {
        namespaces: { 1: { tasks: onlyInit, tids: onlyInit } },
      },
    },
  },
  {
    of: p.whoeverIsNotDeadHasAnId,
    holds: inner,
    broken: { 'it has an id in each': { namespaces: { 0: { tasks: onlyInit, tids: onlyInit } } } },
  },
  {
    of: p.theDeadHaveNoId,
    holds: change(pair, { 1: dead, namespaces: { 0: { tasks: onlyInit, tids: onlyInit } } }),
    broken: {
      'no namespace has an id for it': { namespaces: { 0: { tids: onlyInit.set(1, 1) } } },
      'no namespace has it for an id': { namespaces: { 0: { tasks: onlyInit.set(1, 1) } } },
    },
  },
]

const relatives: readonly Case[] = [
  {
    of: p.aParentListsItsChildren,
    holds: pair,
    broken: { 'the parent lists it': { 0: { children: Set() } } },
  },
  {
    of: p.aListedChildNamesItsParent,
    holds: pair,
    broken: { 'every child that it lists has it as parent': { 1: { parent: null } } },
  },
  {
    of: p.aParentCanStillReparent,
    holds: pair,
    broken: { 'the parent has still to give its children away': { 0: initiated } },
  },
  {
    of: p.aZombieHasNoChildren,
    holds: change(family, { 1: { ...zombie, children: Set() }, 2: { parent: 0 } }),
    broken: {
      'no task has it as parent': { 2: { parent: 1 } },
      'it lists no children': { 1: { children: Set([2]) } },
    },
  },
  {
    of: p.theDeadHaveNoParent,
    holds: change(pair, { 1: dead }),
    broken: { 'it has no parent': { 1: { parent: 0 } } },
  },
  {
    of: p.theDeadAreNobodysChildren,
    holds: change(pair, { 0: { children: Set() }, 1: dead }),
    broken: {
      'nobody lists it as a child': { 0: { children: Set([1]) } },
      'nobody has it as parent': { 0: { parent: 1 } },
    },
  },
  {
    of: p.aParentIsAnotherProcess,
    holds: threads,
    broken: { 'the parent is in another group': { 2: { parent: 1 } } },
  },
]

const tracers: readonly Case[] = [
  {
    of: p.aTracerListsItsTracees,
    holds: stranger,
    broken: { 'the tracer lists it': { 1: { tracees: Set() } } },
  },
  {
    of: p.aListedTraceeNamesItsTracer,
    holds: stranger,
    broken: { 'every tracee that it lists has it as tracer': { 2: { tracer: 0 } } },
  },
  {
    of: p.aTracerIsInAnotherGroup,
    holds: tracedThread,
    broken: { 'the tracer is in another group': { 3: { tracer: 2 } } },
  },
  {
    of: p.aTracerCanStillDetach,
    holds: stranger,
    broken: {
      'the tracer has still to detach its tracees': { 1: { ...initiated, runState: 'exitChildren' } },
    },
  },
  {
    of: p.aZombieHasNoTracees,
    holds: change(stranger, { 1: { ...zombie, tracees: Set() }, 2: { tracer: null } }),
    broken: {
      'no task has it as tracer': { 2: { tracer: 1 } },
      'it lists no tracees': { 1: { tracees: Set([2]) } },
    },
  },
  {
    of: p.theDeadHaveNoTracer,
    holds: change(pair, { 1: dead }),
    broken: { 'it has no tracer': { 1: { tracer: 0 } } },
  },
  {
    of: p.theDeadAreNobodysTracees,
    holds: change(pair, { 1: dead }),
    broken: {
      'nobody lists it as a tracee': { 0: { tracees: Set([1]) } },
      'nobody has it as tracer': { 0: { tracer: 1 } },
    },
  },
  {
    of: p.aPtraceStopHasATracer,
    holds: change(stranger, { 2: { runState: 'interrupt', stop: 'ptrace' } }),
    broken: { 'it has a tracer': { 2: { tracer: null } }, 'it has not begun to exit': { 2: initiated } },
  },
  {
    of: p.aFrozenTraceeIsBeingOperatedOn,
    holds: change(stranger, {
      1: { runState: 'ptraceRequest', request: makePtraceRequest({ target: 2 }) },
      2: { runState: 'interrupt', stop: 'ptraceFrozen' },
    }),
    broken: { 'its tracer is carrying out a request on it': { 1: { runState: 'app', request: null } } },
  },
  {
    of: p.aRequestHasItsTracee,
    holds: change(stranger, {
      1: { runState: 'ptraceRequest', request: makePtraceRequest({ target: 2 }) },
      2: { runState: 'interrupt', stop: 'ptraceFrozen' },
    }),
    broken: { 'the target is a frozen tracee of the caller': { 2: { stop: null } } },
  },
]

const stops: readonly Case[] = [
  {
    of: p.everybodyIsAskedToStop,
    holds: change(threads, {
      1: { groupStopAcknowledged: true },
      2: { groupStopRequired: true, interrupted: true },
      groups: { 1: { ...stopping, groupStopCount: 1 } },
    }),
    broken: {
      'every member has acknowledged the stop, is required to stop, or is on its way out': {
        2: { groupStopRequired: false },
      },
    },
  },
  {
    of: p.aCompleteStopIsAcknowledged,
    holds: stopped,
    broken: { 'every active member has acknowledged it': { 1: { groupStopAcknowledged: false } } },
  },
  {
    of: p.nobodyRunsInACompleteStop,
    holds: stopped,
    broken: { 'no member runs on': { 1: { stop: null, runState: 'app' } } },
  },
  {
    of: p.aStoppedTaskIsInAGroupStop,
    holds: stopped,
    broken: {
      'the group stop is initiated or complete': group(1, { groupStopPhase: 'None' }),
      'it has not begun to exit': { 1: initiated },
    },
  },
  {
    of: p.aRequiredStopIsInProgress,
    holds: change(pair, { 1: { groupStopRequired: true, interrupted: true }, groups: { 1: stopping } }),
    broken: { 'the group stop is initiated or complete': group(1, { groupStopPhase: 'None' }) },
  },
  {
    of: p.aStopHasASignal,
    holds: stopped,
    broken: { 'the signal of the stop is a stop signal': group(1, { groupStopSignal: null }) },
  },
  {
    of: p.anExecveWaitsForSomebody,
    holds: change(threads, {
      1: killed,
      2: { runState: 'afterExecStop', stop: 'exec' },
      groups: { 1: { execing: 2 } },
    }),
    broken: {
      'its group executes for it': group(1, { execing: null }),
      'another thread has not become a zombie': { 1: zombie },
    },
  },
  {
    of: p.theExecingTaskIsAMember,
    holds: change(threads, { 2: { runState: 'afterExecStop', stop: 'exec' }, groups: { 1: { execing: 2 } } }),
    broken: {
      'it is a member': group(1, { execing: 0 }),
      'it has not begun to exit': { 2: initiated },
      'it is on its way to complete the execve': { 2: { runState: 'app' } },
    },
  },
  {
    of: p.aVforkWaitsForAChild,
    holds: tree({ ...child, vforked: true }),
    broken: { 'a live task names it as the one to wake': { 1: { vforkParent: null } } },
  },
]

const killing: readonly Case[] = [
  {
    of: p.noKilledTaskIsStopped,
    holds: change(pair, { 1: killed }),
    broken: { 'it is in no killable stop': { 1: { stop: 'vfork' } } },
  },
  {
    of: p.nobodyIsKilledAlone,
    holds: change(pair, { 1: killed, groups: { 1: { exiting: true } } }),
    broken: { 'its group is exiting, or another thread executes': group(1, { exiting: false }) },
  },
  {
    of: p.everybodyLeavesAnExitingGroup,
    holds: change(threads, { 1: { runState: 'exitMain' }, 2: killed, groups: { 1: { exiting: true } } }),
    broken: { 'every member is killed or leaving': { 2: { pending: Set() } } },
  },
  {
    of: p.everybodyLeavesAnExecingGroup,
    holds: change(threads, { 1: killed, groups: { 1: { execing: 2 } } }),
    broken: { 'every other member is killed or leaving': { 1: { pending: Set() } } },
  },
  {
    of: p.everybodyLeavesAnExitingNamespace,
    holds: change(inner, { 1: initiated, 2: killed, namespaces: { 1: { exiting: true } } }),
    broken: { 'every task outside the init’s group is killed or leaving': { 2: { pending: Set() } } },
  },
  {
    of: p.anInitGoesLast,
    holds: change(inner, { 1: zombie, 2: dead }),
    broken: { 'every other task of the namespace is dead': { 2: zombie } },
  },
]

const sleepers: readonly Case[] = [
  {
    of: p.noSleeperHasAnEvent,
    holds: change(pair, { 0: waits }),
    broken: { 'no event is there that nobody will tell of': { 1: waitable } },
  },
  {
    of: p.noSleeperHasEchild,
    holds: change(pair, { 0: waits }),
    broken: { 'something may still come': { 0: { children: Set() }, 1: { parent: null } } },
  },
  {
    of: p.noSignalIsOverlooked,
    holds: change(pair, { 1: { pending: Set<Signal>(['SIGTERM']), interrupted: true } }),
    broken: { 'it has been interrupted': { 1: { interrupted: false } } },
  },
  {
    of: p.noGroupSignalIsOverlooked,
    holds: change(threads, { 2: { interrupted: true }, ...group(1, { pending: Set<Signal>(['SIGTERM']) }) }),
    broken: { 'some task was interrupted or will look': { 2: { interrupted: false } } },
  },
  {
    of: p.noRequiredStopIsOverlooked,
    holds: change(pair, { 1: { groupStopRequired: true, interrupted: true } }),
    broken: { 'it has been interrupted': { 1: { interrupted: false } } },
  },
  {
    of: p.noContinuationIsOverlooked,
    holds: change(threads, { 1: { runState: 'interrupt' }, ...group(1, { groupContNotify: true }) }),
    broken: { 'some task was interrupted or will look': { 1: { runState: 'app' } } },
  },
]

const counted: readonly Case[] = [
  {
    of: p.nobodyIsCountedTwice,
    holds: change(pair, group(0, { exitedCPUStats: List([2]), childCPUStats: List([1]) })),
    broken: { 'no task is there twice': group(0, { childCPUStats: List([1, 2]) }) },
  },
  {
    of: p.ancestorsCounts,
    holds: pair,
    broken: { 'ancestors is the number of such members': { processGroups: { 0: { ancestors: 2 } } } },
  },
  {
    of: p.processGroupRefsCounts,
    holds: pair,
    broken: { 'refs is the number of members': { 1: dead } },
  },
  {
    of: p.sessionRefsCounts,
    holds: pair,
    broken: { 'refs is the number of process groups': { processGroups: { 1: { refs: 1 } } } },
  },
]

const cases = [exiting, counting, identities, relatives, tracers, stops, killing, sleepers, counted].flat()

const coverOf = ({ cover }: p.Invariant) => covers.find(({ name }) => name === cover)

describe.each(cases)('$of.name', ({ of, holds, broken }) => {
  it('holds where its premise is reached', () => {
    expect(coverOf(of)?.reached?.(holds)).toBe(true)
    expect(of.explain(holds)).toBe('')
    expect(of.holds(holds)).toBe(true)
  })

  it.each(Object.entries(broken))('breaks without: %s', (clause, changes) => {
    const state = change(holds, changes)
    expect(of.holds(state)).toBe(false)
    expect(of.explain(state)).toContain(`"${clause}" is false for `)
  })
})

it('every invariant is shown to hold and to break', () => {
  const shown = cases.map(({ of }) => of)
  expect(invariants.filter(invariant => !shown.includes(invariant)).map(({ name }) => name)).toEqual([])
})

it.each([...topologies, ...topologiesOf(3)])(
  'every invariant holds of the initial state of $name',
  topology => {
    const state = initialState(topology, scope)
    expect(invariants.filter(invariant => !invariant.holds(state)).map(({ name }) => name)).toEqual([])
  },
)

describe('what an explanation says', () => {
  it.each`
    of                              | state                                                        | explanation
    ${p.aLeaderIsReapedLast}        | ${change(threads, { 1: dead })}                              | ${'"the leader is not dead" is false for group 1 (task 1 Dead, task 2 None)'}
    ${p.aParentListsItsChildren}    | ${change(pair, { 0: { children: Set() } })}                  | ${'"the parent lists it" is false for task 1 (None, app); its parent is task 0'}
    ${p.aListedChildNamesItsParent} | ${change(pair, { 1: { parent: null } })}                     | ${'"every child that it lists has it as parent" is false for task 0 (None, app); the parent of task 1 is nobody'}
    ${p.noSleeperHasAnEvent}        | ${change(pair, { 0: waits, 1: waitable })}                   | ${'"no event is there that nobody will tell of" is false for task 0 (None, wait); wait4(-1, 0) would find Exit of task 1'}
    ${p.ancestorsCounts}            | ${change(pair, { processGroups: { 0: { ancestors: -1 } } })} | ${'"ancestors is the number of such members" is false for process group 0; ancestors is -1, there are 1'}
  `('$of.name', ({ of, state, explanation }) => {
    expect(of.explain(state)).toBe(explanation)
  })
})

describe('somebody who is still on the way to tell is no lost wakeup', () => {
  const job = makeWaitOptions({ events: Set(['ChildGroupStop', 'GroupContinue']) })
  const asleep = { runState: 'wait', wait: job } as const

  it.each`
    what                                             | of                       | changes
    ${'a stop, by the task that completed it'}       | ${p.noSleeperHasAnEvent} | ${{ 1: { runState: 'enterGroupStopLast' }, groups: { 1: { groupStopWaitable: true } } }}
    ${'a continuation, by whoever notices it first'} | ${p.noSleeperHasAnEvent} | ${{ 1: { interrupted: true }, groups: { 1: { groupContWaitable: true, groupContNotify: true } } }}
    ${'a continuation, by whoever has noticed it'}   | ${p.noSleeperHasAnEvent} | ${{ 1: { runState: 'notifyContinue' }, groups: { 1: { groupContWaitable: true } } }}
    ${'the end of stops, by a task that exits'}      | ${p.noSleeperHasEchild}  | ${{ 1: initiated }}
  `('$what', ({ of, changes }) => {
    const state = change(pair, { 0: asleep, ...changes })
    expect(of.explain(state)).toBe('')
  })
})
