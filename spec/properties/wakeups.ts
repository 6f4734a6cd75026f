/**
 * Nobody sleeps through what it waits for: no lost wakeup, no lost signal.
 *
 * Here: invariants on tasks that run their program or sleep in a wait, and that nobody has interrupted or notified.
 * A state is no violation while somebody who will tell them is still on the way.
 *
 * What a wait would find is asked of the rules (kernel/wait.ts): the question is whether a sleeper would find
 * what it does not look for, not whether it looks rightly (waits.ts judges that).
 */
import { type Finding, lookForEvents } from '../kernel/wait.js'
import type { GroupId, State, TaskId } from '../state.js'
import type { WaitOptions } from '../wait-options.js'
import { groups, invariant, tasks } from './property.js'
import {
  exitRank,
  groupOf,
  hasMember,
  isAtLarge,
  isDead,
  isFree,
  isZombie,
  leads,
  membersWho,
  parentGroup,
  someMember,
  someTask,
  tracerGroup,
  willLook,
} from './questions.js'

export const aWaiterSleeps = tasks(
  { name: 'a waiter is blocked', says: 'A task sleeps in a wait, neither notified nor interrupted.' },
  (s, t) => {
    const { runState, wait, waitNotified, interrupted } = s.task(t)
    return runState === 'wait' && wait !== null && !waitNotified && !interrupted
  },
)

const look = (s: State, t: TaskId) => lookForEvents(s, t, s.task(t).wait as WaitOptions)

const someMemberIsIn = (s: State, g: GroupId, ...states: readonly string[]): boolean =>
  someMember(s, g, t => states.includes(s.task(t).runState))

/**
 * Is `t`, in its next step, about to tell group `g` of the end of a process? It then tells of its leader, who is the last
 * of the group but for `t` itself, to its parent, unless a tracer in another group comes first. That wakes every wait.
 */
function tellsOfAnExit(s: State, t: TaskId, g: GroupId): boolean {
  if (s.task(t).runState !== 'exitNotify') return false
  const leader = groupOf(s, t).leader as TaskId
  if (
    parentGroup(s, leader) !== g ||
    someMember(s, s.task(t).group, o => o !== t && o !== leader && !isDead(s, o))
  )
    return false
  if (t === leader) return s.task(t).tracer === null || tracerGroup(s, t) === g
  return isZombie(s, leader) && s.task(leader).tracer === null && s.task(t).tracer === null
}

/**
 * Is somebody about to tell the waiter of this event, or of another that makes it look?
 *
 * Exits and ptrace-stops are told in the step that makes them. The end of a group stop is told by the first
 * task that notices, and its completion by the task that completed it, each in a step of its own. A process that
 * has given a stopped child to the waiter will next tell the waiter of its own end.
 */
const isYetToBeTold = (s: State, waiter: TaskId, { target, event }: Finding): boolean => {
  const { group } = s.task(target)
  if (event !== 'Exit' && someTask(s, t => tellsOfAnExit(s, t, s.task(waiter).group))) return true
  if (event === 'ChildGroupStop') return someMemberIsIn(s, group, 'enterGroupStopLast', 'groupStopEntered')
  if (event === 'GroupContinue')
    return (
      s.group(group).groupContNotify || someMemberIsIn(s, group, 'notifyContinue', 'notifyInterruptedStop')
    )
  return false
}

/** No lost wakeup, first half: whoever sleeps has nothing to return. */
export const noSleeperHasAnEvent = invariant(aWaiterSleeps, {
  name: 'no lost wakeup: a blocked waiter has no event to return',
  says: 'A wait that sleeps and was not notified would find no event, unless somebody is about to tell of it.',
  clauses: {
    'no event is there that nobody will tell of': (s, t) =>
      look(s, t).found.every(found => isYetToBeTold(s, t, found)),
  },
  about: (s, t) => {
    const events = look(s, t).found.map(({ target, event }) => `${event} of task ${target}`)
    return `${s.task(t).wait?.call} would find ${events.join(', ')}`
  },
})

/** Is a child or tracee of the group on its way to tell it of its exit? */
const isExitYetToBeTold = (s: State, g: GroupId): boolean =>
  someTask(s, t => {
    if (exitRank(s, t) === 0 || isDead(s, t)) return false
    const { exitParentNotified, exitTracerNotified } = s.task(t)
    if (tracerGroup(s, t) === g && !exitTracerNotified) return true
    return parentGroup(s, t) === g && leads(s, t) && !exitParentNotified
  })

/** No lost wakeup, second half: whoever sleeps has something to wait for. */
export const noSleeperHasEchild = invariant(aWaiterSleeps, {
  name: 'no lost wakeup: a blocked waiter has not ECHILD to return',
  says: 'A wait that sleeps and was not notified has a child or tracee to wait for, unless one is about to tell of its exit.',
  clauses: {
    'something may still come': (s, t) => {
      const { found, anyWaitableTasks } = look(s, t)
      return found.length > 0 || anyWaitableTasks || isExitYetToBeTold(s, s.task(t).group)
    },
  },
  about: (s, t) => `${s.task(t).wait?.call} would fail with ECHILD`,
})

export const aTaskAtLargeHasASignal = tasks(
  {
    name: 'a signal is pending for a task at large',
    says: 'A task that runs its program or sleeps in a wait has a pending signal of its own that it does not mask.',
  },
  (s, t) => isAtLarge(s, t) && !s.task(t).masksAll && s.task(t).pending.size > 0,
)

/** A task that could go on running for ever has been told of its signals. */
export const noSignalIsOverlooked = invariant(aTaskAtLargeHasASignal, {
  name: 'no lost signal: a task with a pending signal has been interrupted',
  says: 'A task that runs its program or sleeps, and has a pending signal of its own, has been interrupted.',
  clauses: { 'it has been interrupted': (s, t) => s.task(t).interrupted },
  about: (s, t) => `pending: ${s.task(t).pending.join(', ')}`,
})

const membersAtLarge = membersWho(task => isFree(task) && !task.masksAll)

/** Does some task of the group run its program or sleep, so that it could go on for ever? */
const hasTaskAtLarge = (s: State, g: GroupId): boolean => hasMember(s, g, membersAtLarge)

const somebodyWillLook = (s: State, g: GroupId): boolean => someMember(s, g, t => willLook(s, t))

export const aGroupAtLargeHasASignal = groups(
  {
    name: 'a signal is pending for a group at large',
    says: 'A signal is pending for a thread group of which a task runs its program or sleeps.',
  },
  (s, g) => s.group(g).pending.size > 0 && hasTaskAtLarge(s, g),
)

/** Somebody of the group will take the signal. */
export const noGroupSignalIsOverlooked = invariant(aGroupAtLargeHasASignal, {
  name: 'no lost signal: of a group with a pending signal somebody will look',
  says: 'If a signal is pending for a thread group of which a task runs its program or sleeps, then some task of it has been interrupted or will look before it returns to its program.',
  clauses: { 'some task was interrupted or will look': somebodyWillLook },
  about: (s, g) => `pending: ${s.group(g).pending.join(', ')}`,
})

export const aTaskAtLargeIsToStop = tasks(
  {
    name: 'a task at large is required to stop',
    says: 'A task that runs its program or sleeps in a wait is to enter a group stop.',
  },
  (s, t) => isAtLarge(s, t) && s.task(t).groupStopRequired,
)

/** A task that has to stop has been told. */
export const noRequiredStopIsOverlooked = invariant(aTaskAtLargeIsToStop, {
  name: 'no lost stop: a task that is required to stop has been interrupted',
  says: 'A task that runs its program or sleeps, and is required to stop, has been interrupted.',
  clauses: { 'it has been interrupted': (s, t) => s.task(t).interrupted },
})

export const aContinuationIsToBeTold = groups(
  {
    name: 'a continuation is to be told',
    says: 'SIGCONT has ended a group stop, nobody has told the parent yet, and a task of the group runs its program or sleeps.',
  },
  (s, g) => s.group(g).groupContNotify && hasTaskAtLarge(s, g),
)

/** Somebody of the group will tell that it continues. */
export const noContinuationIsOverlooked = invariant(aContinuationIsToBeTold, {
  name: 'no lost continuation: somebody will tell the parent',
  says: 'If the parent of a continued group is still to be told, and a task of the group runs its program or sleeps, then some task of it will look, and tell.',
  clauses: { 'some task was interrupted or will look': somebodyWillLook },
  about: (s, g) => `groupContInterrupted is ${groupOf(s, s.group(g).leader as TaskId).groupContInterrupted}`,
})
