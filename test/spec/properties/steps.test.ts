import { List, Map, Set } from 'immutable'
import { describe, expect, it } from 'vitest'
import type { Cover, Invariant, StepProperty } from '../../../checker/model.js'
import type { Event } from '../../../spec/events.js'
import { exited, killedBy } from '../../../spec/exit-status.js'
import type { ImmutableState } from '../../../spec/immutable-state.js'
import * as p from '../../../spec/properties/index.js'
import { covers, invariants, stepProperties } from '../../../spec/properties/index.js'
import type { Step } from '../../../spec/properties/property.js'
import type { Signal } from '../../../spec/signals.js'
import type { TaskId } from '../../../spec/state.js'
import { makeWaitOptions, type WaitEvent, type WaitOptionsFields } from '../../../spec/wait-options.js'
import { change, dead, initiated, step, stepTo, tree, waitable, zombie } from './states.js'

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
/** 0 init, 1 child that its parent traces. */
const tracedChild = tree({ ...child, tracer: 'init' })
/** 0 init, 1 child, stopped. */
const stopped = tree({ ...child, stopped: 'unreported' })
/** 0 init, 1 shell that leads a session, 2 job of its own process group, stopped. */
const job = tree(
  { name: 'shell', parent: 'init', leads: 'session' },
  { name: 'job', parent: 'shell', leads: 'process group', stopped: 'unreported' },
)

const onlyInit = Map([[0, 0]])
const exit1 = waitable
const reaped = {
  0: { children: Set<TaskId>() },
  1: dead,
  namespaces: { 0: { tasks: onlyInit, tids: onlyInit } },
}

// Events.

const signal = (name: Signal, to: TaskId, group = true): Event => ({
  kind: 'signal',
  signal: name,
  to,
  group,
  outcome: 'queued',
})
const released = (task: TaskId, tid = task): Event => ({ kind: 'released', task, tid })

type Returned = {
  readonly of?: TaskId
  readonly tid?: number
  readonly event?: WaitEvent
  readonly status?: number
}

/** Task 0 waits, and is returned an event of task 1 unless said otherwise. */
const waited = (
  { of = 1, tid = of, event = 'Exit', status = 0 }: Returned = {},
  options: Partial<WaitOptionsFields> = {},
): Event => ({
  kind: 'waited',
  by: 0,
  options: makeWaitOptions(options),
  result: { task: of, tid, event, status },
})
const failed = (
  error: 'ECHILD' | 'EINTR' | 'ErrNoWaitableEvent',
  options: Partial<WaitOptionsFields> = {},
): Event => ({
  kind: 'wait failed',
  by: 0,
  options: makeWaitOptions(options),
  error,
})
const blocked = (options: Partial<WaitOptionsFields> = {}): Event => ({
  kind: 'wait blocked',
  by: 0,
  options: makeWaitOptions(options),
})

/** A step that does nothing but return from a wait. */
const returning = (s: ImmutableState, event: Event): p.Step => step(s, {}, event)

const everything = Set<WaitEvent>(['Exit', 'ChildGroupStop', 'TraceeStop', 'GroupContinue'])

type Case = {
  readonly of: p.StepProperty
  /** A step in which the premise is reached, and the property holds. */
  readonly holds: p.Step
  /** By clause: a step that breaks it. */
  readonly broken: { readonly [clause: string]: p.Step }
}

const deadChild = change(pair, { 1: exit1 })
const ignoring = change(pair, { 1: initiated, groups: { 0: { sigchld: 'ignore' } } })
const aboutToTell = change(pair, { 1: initiated })
const tracedExit = change(stranger, { 2: initiated })

const exiting: readonly Case[] = [
  {
    of: p.exitStatesAdvance,
    holds: step(pair, { 1: initiated }),
    broken: {
      'it advances': step(deadChild, { 1: { exitState: 'None' } }),
      'it leaves None for Initiated': step(pair, { 1: zombie }),
      'its slot is not freed': step(deadChild, { 1: { exitState: 'Dead', runState: 'unborn' } }),
    },
  },
  {
    of: p.anExitStatusIsFinal,
    holds: step(deadChild, { 1: dead }),
    broken: { 'its exit status is the same': step(deadChild, { 1: { exitStatus: exited(3) } }) },
  },
  {
    of: p.aReportedStatusIsFinal,
    holds: step(deadChild, { groups: { 1: { terminationSignal: null } } }),
    broken: {
      'the status to report is the same': step(deadChild, {
        groups: { 1: { exiting: true, exitStatus: killedBy('SIGKILL') } },
      }),
    },
  },
  {
    of: p.aGroupExitIsFinal,
    holds: step(change(pair, { groups: { 1: { exiting: true } } }), {
      1: initiated,
      groups: { 1: { activeTasks: 0 } },
    }),
    broken: {
      'the group is still exiting': step(change(pair, { groups: { 1: { exiting: true } } }), {
        groups: { 1: { exiting: false } },
      }),
      'its status is the same': step(change(pair, { groups: { 1: { exiting: true } } }), {
        groups: { 1: { exitStatus: exited(2) } },
      }),
    },
  },
  {
    of: p.acknowledgementsAreFinal,
    holds: step(deadChild, { 1: dead }),
    broken: {
      'the tracer has still been told': step(deadChild, { 1: { exitTracerNotified: false } }),
      'the tracer has still taken note': step(deadChild, { 1: { exitTracerAcked: false } }),
      'the parent has still been told': step(deadChild, { 1: { exitParentNotified: false } }),
      'the parent has still taken note': step(change(pair, { 1: dead }), { 1: { exitParentAcked: false } }),
    },
  },
  {
    of: p.ignoredSigchldLeavesNoZombie,
    holds: step(ignoring, { 1: dead }),
    broken: { 'the task is dead': step(ignoring, { 1: waitable }) },
  },
  {
    of: p.aParentIsToldBySignal,
    holds: step(aboutToTell, { 1: waitable }, signal('SIGCHLD', 0)),
    broken: { 'the signal is sent': step(aboutToTell, { 1: waitable }, signal('SIGUSR1', 0)) },
  },
  {
    of: p.aTracerIsToldBySignal,
    holds: step(tracedExit, { 2: { ...zombie, exitTracerAcked: false } }, signal('SIGCHLD', 1)),
    broken: { 'SIGCHLD is sent': step(tracedExit, { 2: zombie }, signal('SIGCHLD', 0)) },
  },
]

/** Of three threads' ids, thread 2 takes that of its leader 1. */
const swapped = {
  tasks: Map([
    [0, 0],
    [1, 2],
  ]),
  tids: Map([
    [0, 0],
    [2, 1],
  ]),
} // prettier-ignore
const takeover = { 1: dead, groups: { 1: { leader: 2 } }, namespaces: { 0: swapped } }
const execing = change(threads, { 1: zombie })

const identities: readonly Case[] = [
  {
    of: p.aDeathReleasesItsId,
    holds: step(deadChild, reaped, released(1)),
    broken: {
      'one id is released for it': step(deadChild, reaped),
      'the id is free now': step(deadChild, { 1: dead }, released(1)),
      'its namespace has as many ids less as tasks of it died': step(
        deadChild,
        { ...reaped, namespaces: { 0: { tasks: Map(), tids: Map() } } },
        released(1),
      ),
    },
  },
  {
    of: p.onlyADeathReleasesAnId,
    holds: step(deadChild, reaped, released(1)),
    broken: { 'the task dies in this step': step(deadChild, {}, released(1)) },
  },
  {
    of: p.execveKeepsTheId,
    holds: step(execing, takeover, released(1, 2)),
    broken: {
      'the new leader has the ids of the old one': step(execing, { ...takeover, namespaces: {} }),
      'the old leader is dead': step(execing, { ...takeover, 1: zombie }),
      'every other thread is a zombie or dead': step(execing, {
        ...takeover,
        3: { runState: 'app', group: 1, parent: 0 },
      }),
    },
  },
]

const orphaning = change(family, { 1: initiated })
const adopted = { 1: { children: Set<TaskId>() }, 2: { parent: 0 } }
/** 0 init, 1 leader, 2 thread, 3 child of the leader. */
const threadsWithChild = tree(leader, thread, { name: 'child', parent: 'leader' })

const adoptions: readonly Case[] = [
  {
    of: p.orphansAreAdopted,
    holds: step(orphaning, adopted),
    broken: {
      'the old parent is exiting': step(family, adopted),
      'the new parent has not begun to exit': step(change(orphaning, { 0: initiated }), adopted),
      'the new parent is a sibling thread of the old one, or the init of its namespace': step(
        change(tree({ name: 'parent', parent: 'init' }, { name: 'child', parent: 'parent' }, tracer), {
          1: initiated,
        }),
        { 2: { parent: 3 } },
      ),
      'it goes to init only if no sibling thread is left': step(change(threadsWithChild, { 1: initiated }), {
        3: { parent: 0 },
      }),
      'it goes to nobody only if nobody is left': step(orphaning, { 2: { parent: null } }),
    },
  },
]

const dequeued = change(pair, { groups: { 1: { groupStopPhase: 'Dequeued' } } })

const stops: readonly Case[] = [
  {
    of: p.aGroupStopRunsItsCourse,
    holds: step(dequeued, { groups: { 1: { groupStopPhase: 'Initiated' } } }),
    broken: {
      'the phase follows the one before': step(pair, { groups: { 1: { groupStopPhase: 'Complete' } } }),
    },
  },
  {
    of: p.sigcontContinuesEverybody,
    holds: step(
      stopped,
      { 1: { stop: null }, groups: { 1: { groupStopPhase: 'None' } } },
      signal('SIGCONT', 1),
    ),
    broken: {
      'no member is in a group stop': step(
        stopped,
        { groups: { 1: { groupStopPhase: 'None' } } },
        signal('SIGCONT', 1),
      ),
      'no group stop is in progress': step(stopped, { 1: { stop: null } }, signal('SIGCONT', 1)),
    },
  },
  {
    of: p.sigkillEndsTheProcess,
    holds: step(
      pair,
      { 1: { pending: Set<Signal>(['SIGKILL']) }, groups: { 1: { exiting: true } } },
      signal('SIGKILL', 1, false),
    ),
    broken: {
      'the group is exiting': step(pair, { 1: { pending: Set<Signal>(['SIGKILL']) } }, signal('SIGKILL', 1)),
      'every member is killed or leaving': step(
        pair,
        { groups: { 1: { exiting: true } } },
        signal('SIGKILL', 1),
      ),
    },
  },
]

const stopIsThere = change(stopped, {})
const continued = change(pair, { groups: { 1: { groupContWaitable: true } } })
const tracedStop = change(tracedChild, {
  1: { runState: 'interrupt', stop: 'ptrace', ptraceCode: 'SIGTERM' },
})
const peek = { consumeEvent: false }
const groupKilled = change(deadChild, { groups: { 1: { exiting: true, exitStatus: killedBy('SIGKILL') } } })
const consumed = { ...reaped }
const stopOnly = { events: Set<WaitEvent>(['ChildGroupStop']) }

const waits: readonly Case[] = [
  {
    of: p.aWaitReturnsWhatIsAskedFor,
    holds: returning(deadChild, waited({}, { specificTID: 1, specificPGID: 0 })),
    broken: {
      'the task is a child or a tracee of a thread of the waiter’s group': returning(
        change(family, { 2: waitable }),
        waited({ of: 2 }),
      ),
      'the task has the id that was asked for': returning(deadChild, waited({}, { specificTID: 2 })),
      'the task is in the process group that was asked for': returning(
        deadChild,
        waited({}, { specificPGID: 1 }),
      ),
      'the task is a clone child, or is none, as was asked for, or a tracee': returning(
        change(deadChild, { groups: { 1: { terminationSignal: 'SIGUSR1' } } }),
        waited(),
      ),
      'the kind of event was asked for': returning(deadChild, waited({}, stopOnly)),
      'the id returned is the id of the task for the waiter': returning(deadChild, waited({ tid: 2 })),
    },
  },
  {
    of: p.aWaitReturnsWhatThereIs,
    holds: returning(deadChild, waited()),
    broken: { 'the event is there': returning(pair, waited()) },
  },
  {
    of: p.aParentWaitsForProcesses,
    holds: returning(threads, waited({ event: 'ChildGroupStop' })),
    broken: {
      'the task leads its group, or is a tracee': returning(
        threads,
        waited({ of: 2, event: 'ChildGroupStop' }),
      ),
    },
  },
  {
    of: p.aReportedStopIsAStop,
    holds: returning(stopIsThere, waited({ event: 'ChildGroupStop', status: 0x137f })),
    broken: {
      'the group is stopped': returning(pair, waited({ event: 'ChildGroupStop', status: 0x137f })),
      'the status names a signal': returning(stopIsThere, waited({ event: 'ChildGroupStop', status: 0x7f })),
    },
  },
  {
    of: p.aReportedContinuationIsOne,
    holds: returning(continued, waited({ event: 'GroupContinue' })),
    broken: { 'the group is not stopped': returning(stopped, waited({ event: 'GroupContinue' })) },
  },
  {
    of: p.aReportedStatusIsTheStatus,
    holds: returning(groupKilled, waited({ status: 9 })),
    broken: { 'the status is the one to report': returning(groupKilled, waited({ status: 0 })) },
  },
  {
    of: p.aPeekTellsTheTruth,
    holds: returning(groupKilled, waited({ status: 9 }, peek)),
    broken: {
      'a consuming wait finds the event too': returning(pair, waited({}, peek)),
      'it reports the same id': returning(deadChild, waited({ tid: 2 }, peek)),
      'it reports the same status': returning(groupKilled, waited({ status: 0 }, peek)),
    },
  },
  {
    of: p.aPeekLeavesAllInPlace,
    holds: returning(deadChild, waited({}, peek)),
    broken: { 'the event is still there': step(deadChild, reaped, waited({}, peek)) },
  },
  {
    of: p.aConsumedStopIsGone,
    holds: step(tracedStop, { 1: { ptraceCode: null } }, waited({ event: 'TraceeStop' })),
    broken: { 'the event is gone': step(tracedStop, {}, waited({ event: 'TraceeStop' })) },
  },
  {
    of: p.aDeathIsConsumedOnce,
    holds: step(deadChild, consumed, waited()),
    broken: {
      'it acknowledges the exit as tracer or as parent, for the first time': step(deadChild, {}, waited()),
      'it is not dead before': stepTo(
        change(deadChild, { 1: { exitState: 'Dead' } }),
        change(deadChild, { 1: { exitState: 'Dead', exitParentAcked: true } }),
        waited(),
      ),
    },
  },
  {
    of: p.echildMeansNobody,
    holds: step(pair, {}, failed('ECHILD', { specificTID: 0 })),
    broken: { 'nothing that was asked for may come': step(pair, {}, failed('ECHILD')) },
  },
  {
    of: p.aWaitSleepsForSomething,
    holds: step(pair, {}, blocked()),
    broken: {
      'it was asked to block': step(pair, {}, blocked({ block: false })),
      'something that was asked for may come': step(change(pair, reaped), {}, blocked()),
    },
  },
  {
    of: p.wnohangMeansNotYet,
    holds: step(pair, {}, failed('ErrNoWaitableEvent', { block: false })),
    broken: {
      'it was not to block': step(pair, {}, failed('ErrNoWaitableEvent')),
      'something that was asked for may come': step(
        change(pair, reaped),
        {},
        failed('ErrNoWaitableEvent', { block: false }),
      ),
    },
  },
]

const collected = { ...reaped, groups: { 0: { childCPUStats: List([1]) }, 1: { exitedCPUStats: List([1]) } } }

const accounts: readonly Case[] = [
  {
    of: p.resourcesAreTakenOverByWaiting,
    holds: step(deadChild, collected, waited()),
    broken: { 'the change is what the collected children have used': step(deadChild, collected) },
  },
  {
    of: p.collectedResourcesAreTakenOver,
    holds: step(deadChild, collected, waited()),
    broken: {
      'the CPU time is taken over': step(deadChild, reaped, waited()),
      'the largest resident set is remembered': step(
        change(deadChild, { groups: { 1: { maxRSS: 7 } } }),
        collected,
        waited(),
      ),
    },
  },
  {
    of: p.aReapedTaskLeavesItsTime,
    holds: step(deadChild, collected),
    broken: { 'the group has it now': step(deadChild, reaped) },
  },
]

const shellExits = change(job, { 1: initiated })
const jobGoesToInit = { 1: { children: Set<TaskId>() }, 2: { parent: 0 } }

const jobs: readonly Case[] = [
  {
    of: p.stoppedOrphansAreHungUp,
    holds: step(shellExits, jobGoesToInit, signal('SIGHUP', 2), signal('SIGCONT', 2)),
    broken: {
      'every live member is sent SIGHUP': step(shellExits, jobGoesToInit, signal('SIGCONT', 2)),
      'every live member is sent SIGCONT after it': step(
        shellExits,
        jobGoesToInit,
        signal('SIGCONT', 2),
        signal('SIGHUP', 2),
      ),
    },
  },
  {
    of: p.onlyStoppedOrphansAreHungUp,
    holds: step(shellExits, jobGoesToInit, signal('SIGHUP', 2), signal('SIGCONT', 2)),
    broken: {
      'its process group is an orphan': step(job, {}, signal('SIGHUP', 2), signal('SIGCONT', 2)),
      'a member was stopped': step(
        change(shellExits, { groups: { 2: { groupStopPhase: 'None' } } }),
        jobGoesToInit,
        signal('SIGHUP', 2),
        signal('SIGCONT', 2),
      ),
    },
  },
]

/** 0 init, 1 inner init of a namespace, 2 member of it. */
const inner = tree(
  { name: 'inner init', parent: 'init', founds: 'namespace' },
  { name: 'member', parent: 'inner init' },
)
const killAllBy = (before: ImmutableState, task: TaskId, ...signals: readonly Event[]): Step => ({
  ...step(before, {}, ...signals),
  rule: { name: 'killAll' },
  choice: { task, signal: 'SIGTERM' },
})

const kills: readonly Case[] = [
  {
    of: p.everybodyElseIsSignalled,
    holds: killAllBy(family, 1, signal('SIGTERM', 2)),
    broken: {
      'whoever is meant gets a signal': killAllBy(family, 1),
      'the caller and the init are spared': killAllBy(family, 1, signal('SIGTERM', 2), signal('SIGTERM', 0)),
      'who cannot be seen from there is spared': killAllBy(inner, 2, signal('SIGTERM', 0)),
    },
  },
]

const cases = [exiting, identities, adoptions, stops, waits, accounts, jobs, kills].flat()

const coverOf = ({ cover }: p.StepProperty) => covers.find(({ name }) => name === cover)

describe.each(cases)('$of.name', ({ of, holds, broken }) => {
  it('holds where its premise is reached', () => {
    expect(coverOf(of)?.reachedBy?.(holds)).toBe(true)
    expect(of.explain(holds)).toBe('')
    expect(of.holds(holds)).toBe(true)
  })

  it.each(Object.entries(broken))('breaks without: %s', (clause, taken) => {
    expect(of.holds(taken)).toBe(false)
    expect(of.explain(taken)).toContain(`"${clause}" is false for `)
  })
})

it('every step property is shown to hold and to break', () => {
  const shown = cases.map(({ of }) => of)
  expect(stepProperties.filter(property => !shown.includes(property)).map(({ name }) => name)).toEqual([])
})

describe('which events there are', () => {
  const threadGone = change(threads, { 2: dead })

  it.each`
    state                                                                  | event               | by          | there
    ${change(threads, { 1: waitable })}                                    | ${'Exit'}           | ${'parent'} | ${false}
    ${change(threadGone, { 1: waitable })}                                 | ${'Exit'}           | ${'parent'} | ${true}
    ${change(tracedChild, { 1: { ...waitable, exitTracerAcked: false } })} | ${'Exit'}           | ${'tracer'} | ${true}
    ${stopped}                                                             | ${'ChildGroupStop'} | ${'parent'} | ${true}
    ${pair}                                                                | ${'ChildGroupStop'} | ${'parent'} | ${false}
    ${change(tracedChild, { groups: { 1: { groupStopWaitable: true } } })} | ${'ChildGroupStop'} | ${'tracer'} | ${false}
    ${tracedStop}                                                          | ${'TraceeStop'}     | ${'tracer'} | ${true}
    ${change(tracedStop, { 1: { ptraceCode: null } })}                     | ${'TraceeStop'}     | ${'tracer'} | ${false}
    ${continued}                                                           | ${'GroupContinue'}  | ${'parent'} | ${true}
    ${pair}                                                                | ${'GroupContinue'}  | ${'parent'} | ${false}
  `('$event to the $by: $there', ({ state, event, there }) => {
    expect(p.aWaitReturnsWhatThereIs.holds(returning(state, waited({ event })))).toBe(there)
  })

  it('a parent is returned no exit that a tracer elsewhere has not taken note of', () => {
    const exit = change(stranger, { 2: { ...waitable, exitTracerAcked: false } })
    expect(p.aWaitReturnsWhatThereIs.holds(returning(exit, waited({ of: 2 })))).toBe(false)
  })
})

describe('when ECHILD is right', () => {
  const stops = { events: Set<WaitEvent>(['ChildGroupStop']), call: 'waitid(P_ALL, WSTOPPED)' }

  it.each`
    what                                      | state                                                           | options                   | right
    ${'a zombie will not stop any more'}      | ${deadChild}                                                    | ${stops}                  | ${true}
    ${'a thread may stop without its leader'} | ${change(threads, { 1: initiated })}                            | ${stops}                  | ${false}
    ${'a clone child is not asked for'}       | ${change(pair, { groups: { 1: { terminationSignal: null } } })} | ${{}}                     | ${true}
    ${'a clone child is asked for'}           | ${change(pair, { groups: { 1: { terminationSignal: null } } })} | ${{ cloneTasks: true }}   | ${false}
    ${'a tracee is no child'}                 | ${change(tracedChild, { 1: { parent: null } })}                 | ${{}}                     | ${false}
    ${'everything is asked for'}              | ${pair}                                                         | ${{ events: everything }} | ${false}
  `('$what: $right', ({ state, options, right }) => {
    expect(p.echildMeansNobody.holds(step(state, {}, failed('ECHILD', options)))).toBe(right)
  })
})

describe('who is told how', () => {
  it.each`
    what                                              | changes                                                                          | sent         | right
    ${'by SIGCHLD'}                                   | ${{}}                                                                            | ${'SIGCHLD'} | ${true}
    ${'by nothing'}                                   | ${{}}                                                                            | ${'SIGTERM'} | ${false}
    ${'by its own signal'}                            | ${{ groups: { 1: { terminationSignal: 'SIGUSR1' } } }}                           | ${'SIGUSR1'} | ${true}
    ${'by SIGCHLD in place of it'}                    | ${{ groups: { 1: { terminationSignal: 'SIGUSR1' } } }}                           | ${'SIGCHLD'} | ${false}
    ${'not at all, as it asked for'}                  | ${{ groups: { 1: { terminationSignal: null } } }}                                | ${'SIGTERM'} | ${true}
    ${'not at all, as SIGCHLD is ignored'}            | ${{ groups: { 0: { sigchld: 'ignore' } } }}                                      | ${'SIGTERM'} | ${true}
    ${'not at all, although only SIGCHLD is ignored'} | ${{ groups: { 0: { sigchld: 'ignore' }, 1: { terminationSignal: 'SIGUSR1' } } }} | ${'SIGTERM'} | ${false}
  `('$what: $right', ({ changes, sent, right }) => {
    const before = change(aboutToTell, changes)
    expect(p.aParentIsToldBySignal.holds(step(before, { 1: waitable }, signal(sent, 0)))).toBe(right)
  })

  // Source: fromPtraceDetach in exitNotifyLocked.
  it('ignoring SIGCHLD counts against another termination signal only when the tracer leaves, not when it waits', () => {
    const before = change(stranger, {
      2: { ...zombie, exitTracerAcked: false },
      groups: { 0: { sigchld: 'ignore' }, 2: { terminationSignal: 'SIGUSR1' } },
    })
    const told = { 2: { ...waitable, tracer: null } }
    const byWaiting = { ...waited({ of: 2 }), by: 1 }
    expect(p.aParentIsToldBySignal.holds(step(before, told))).toBe(true)
    expect(p.aParentIsToldBySignal.holds(step(before, told, byWaiting))).toBe(false)
    expect(p.aParentIsToldBySignal.holds(step(before, told, byWaiting, signal('SIGUSR1', 0)))).toBe(true)
  })
})

it('the properties have the shapes that the checker asks for', () => {
  expect([...invariants] satisfies Invariant<ImmutableState>[]).not.toEqual([])
  expect([...stepProperties] satisfies StepProperty<ImmutableState>[]).not.toEqual([])
  expect([...covers] satisfies Cover<ImmutableState>[]).not.toEqual([])
})

describe('names', () => {
  const names = [...invariants, ...stepProperties, ...covers].map(({ name }) => name)

  it('are unique', () => {
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
  })

  it('of covers are known', () => {
    const known = covers.map(({ name }) => name)
    const asked = [...invariants, ...stepProperties].map(({ cover }) => cover)
    expect(asked.filter(name => !known.includes(name))).toEqual([])
  })

  it('of lists and exports agree', () => {
    const exported = Object.values(p).filter(it => typeof it === 'object' && 'kind' in it)
    const listed: readonly unknown[] = [...invariants, ...stepProperties, ...covers]
    expect(exported.filter(it => !listed.includes(it)).map(it => (it as { name: string }).name)).toEqual([])
  })

  it('every sentence ends as one', () => {
    const sentences = [...invariants, ...stepProperties, ...covers].map(({ says }) => says)
    expect(sentences.filter(says => !/^[A-Z].*\.$/.test(says))).toEqual([])
  })
})
