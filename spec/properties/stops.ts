/**
 * Stops: group stops, execve and vfork, and that none of them lasts for ever.
 *
 * Source of the facts: signal(7), "Signal dispositions" (SIGSTOP, SIGCONT); ptrace(2), "Group-stop"; execve(2);
 * vfork(2); the comments on groupStopPhase in task_signals.go.
 * Not here: ptrace-stops (tracing.ts), what wakes whom (wakeups.ts).
 */
import { isStopSignal } from '../signals.js'
import type { GroupStopPhase, State, TaskId } from '../state.js'
import { aGroupStopIsInitiated } from './counters.js'
import { changedGroups, groups, invariant, stepEvents, stepProperty, tasks } from './property.js'
import {
  everyMember,
  goesOn,
  hasMember,
  isActive,
  isAtLarge,
  isDead,
  isKilled,
  isLive,
  listTasks,
  membersWho,
  someMember,
  someTask,
} from './questions.js'

// Group stops.

/** Has `t` no part in the stops of its group any more? */
const isOutOfIt = (s: State, t: TaskId): boolean => !s.taskPasses(t, goesOn)

/** A stop that some task neither has acknowledged nor will would never complete. */
export const everybodyIsAskedToStop = invariant(aGroupStopIsInitiated, {
  name: 'every active task of a stopping group is asked to stop',
  says: 'While a group stop is initiated, each task that goes on living has acknowledged it or is required to.',
  clauses: {
    'every member has acknowledged the stop, is required to stop, or is on its way out': (s, g) =>
      everyMember(
        s,
        g,
        t => isOutOfIt(s, t) || s.task(t).groupStopAcknowledged || s.task(t).groupStopRequired,
      ),
  },
  about: (s, g) =>
    `not asked: ${listTasks(
      s,
      t =>
        s.task(t).group === g &&
        !isOutOfIt(s, t) &&
        !s.task(t).groupStopAcknowledged &&
        !s.task(t).groupStopRequired,
    )}`,
})

export const aGroupStopIsComplete = groups(
  { name: 'a group stop is complete', says: 'A thread group is stopped.' },
  (s, g) => s.group(g).groupStopPhase === 'Complete',
)

const activeMembersWhoHaveNot = membersWho(
  ({ exitState, groupStopAcknowledged }) => exitState === 'None' && !groupStopAcknowledged,
)

/** Nobody is passed over. */
export const aCompleteStopIsAcknowledged = invariant(aGroupStopIsComplete, {
  name: 'a completed group stop was acknowledged by every active task',
  says: 'When a group stop is complete, every task that has not begun to exit has acknowledged it.',
  clauses: {
    'every active member has acknowledged it': (s, g) => !hasMember(s, g, activeMembersWhoHaveNot),
  },
  about: (s, g) =>
    `not acknowledged by ${listTasks(
      s,
      t => s.task(t).group === g && isActive(s, t) && !s.task(t).groupStopAcknowledged,
    )}`,
})

/** May `t` run its program although its group is stopped: nobody has told it to stop? A tracer may let it run. */
const runsOn = (s: State, t: TaskId): boolean =>
  isAtLarge(s, t) && !isKilled(s, t) && s.task(t).tracer === null && !s.task(t).groupStopRequired

/** A process that its parent was told is stopped is stopped. */
export const nobodyRunsInACompleteStop = invariant(aGroupStopIsComplete, {
  name: 'nobody runs in a stopped group',
  says: 'When a group stop is complete, no task of the group runs its program, unless a tracer lets it.',
  clauses: { 'no member runs on': (s, g) => !someMember(s, g, t => runsOn(s, t)) },
  about: (s, g) => `running: ${listTasks(s, t => s.task(t).group === g && runsOn(s, t))}`,
})

export const aTaskIsGroupStopped = tasks(
  { name: 'a task is in a group stop', says: 'A task without a tracer is stopped with its group.' },
  (s, t) => s.task(t).stop === 'group',
)

/** SIGCONT ends a group stop only while it is initiated or complete: outside, nobody would end it. */
export const aStoppedTaskIsInAGroupStop = invariant(aTaskIsGroupStopped, {
  name: 'a task in a group stop can be continued',
  says: 'A task in a group stop is an active task of a group whose stop is initiated or complete, so that SIGCONT ends it.',
  clauses: {
    'the group stop is initiated or complete': (s, t) => {
      const { groupStopPhase } = s.group(s.task(t).group)
      return groupStopPhase === 'Initiated' || groupStopPhase === 'Complete'
    },
    'it has not begun to exit': (s, t) => isActive(s, t),
  },
  about: (s, t) => `the phase is ${s.group(s.task(t).group).groupStopPhase}`,
})

export const aTaskIsRequiredToStop = tasks(
  { name: 'a task is required to stop', says: 'A task that goes on living is to enter a group stop.' },
  (s, t) => s.task(t).groupStopRequired && !isOutOfIt(s, t),
)

/** What SIGCONT has cancelled is not carried out. */
export const aRequiredStopIsInProgress = invariant(aTaskIsRequiredToStop, {
  name: 'a task is required to stop only while its group stops',
  says: 'A task is required to stop only while a group stop of its group is initiated or complete.',
  clauses: {
    'the group stop is initiated or complete': (s, t) => {
      const { groupStopPhase } = s.group(s.task(t).group)
      return groupStopPhase === 'Initiated' || groupStopPhase === 'Complete'
    },
  },
  about: (s, t) => `the phase is ${s.group(s.task(t).group).groupStopPhase}`,
})

export const aStopHasAPhase = groups(
  { name: 'a group stop has a signal', says: 'A group stop is initiated or complete.' },
  (s, g) => s.group(g).groupStopPhase === 'Initiated' || s.group(g).groupStopPhase === 'Complete',
)

/** A group is stopped by a signal that stops. */
export const aStopHasASignal = invariant(aStopHasAPhase, {
  name: 'a group is stopped by a stop signal',
  says: 'While a group stop is initiated or complete, its signal is one that stops.',
  clauses: {
    'the signal of the stop is a stop signal': (s, g) => {
      const { groupStopSignal } = s.group(g)
      return groupStopSignal !== null && isStopSignal(groupStopSignal)
    },
  },
})

export const aStopPhaseChanges = changedGroups(
  { name: 'the phase of a group stop changes', says: 'A step moves a group stop on, or ends it.' },
  ({ before, after }, g) => before.group(g).groupStopPhase !== after.group(g).groupStopPhase,
)

/** None may follow anything; everything else has one phase that it follows. */
const phaseBefore: Readonly<Record<GroupStopPhase, GroupStopPhase | null>> = {
  None: null,
  Dequeued: 'None',
  Initiated: 'Dequeued',
  Complete: 'Initiated',
}

/** A stop completes only if it was initiated, and is initiated only if its signal was not cancelled meanwhile. */
export const aGroupStopRunsItsCourse = stepProperty(aStopPhaseChanges, {
  name: 'a group stop runs its course',
  says: 'A group stop goes from None to Dequeued, to Initiated, to Complete, in this order, and from any of them back to None.',
  clauses: {
    'the phase follows the one before': ({ before, after }, g) => {
      const expected = phaseBefore[after.group(g).groupStopPhase]
      return expected === null || before.group(g).groupStopPhase === expected
    },
  },
  about: ({ before, after }, g) => `${before.group(g).groupStopPhase}, then ${after.group(g).groupStopPhase}`,
})

export const sigcontIsSent = stepEvents(
  { name: 'SIGCONT is sent', says: 'A step sends SIGCONT to a process that is not dead.' },
  'signal',
  (_, { signal, outcome }) => signal === 'SIGCONT' && outcome !== 'ESRCH',
)

/** SIGCONT continues a process even if it ignores it. Source: signal(7), POSIX. */
export const sigcontContinuesEverybody = stepProperty(sigcontIsSent, {
  name: 'SIGCONT continues every thread',
  says: 'After SIGCONT was sent, no task of the group is in a group stop, and no group stop is in progress.',
  clauses: {
    'no member is in a group stop': ({ after }, { to }) =>
      !someMember(after, after.task(to).group, t => after.task(t).stop === 'group'),
    'no group stop is in progress': ({ after }, { to }) => {
      const { groupStopPhase } = after.group(after.task(to).group)
      return groupStopPhase !== 'Initiated' && groupStopPhase !== 'Complete'
    },
  },
  about: ({ after }, { to }) =>
    `still stopped: ${listTasks(after, t => after.task(t).group === after.task(to).group && after.task(t).stop === 'group')}`,
})

// execve and vfork.

export const anExecveWaits = tasks(
  {
    name: 'an execve waits for other threads',
    says: 'A task waits in execve for the other threads of its group to exit.',
  },
  (s, t) => s.task(t).stop === 'exec',
)

/** The last sibling to exit wakes whoever waits in execve, so there has to be one. */
export const anExecveWaitsForSomebody = invariant(anExecveWaits, {
  name: 'an execve that waits has a live thread to wait for',
  says: 'A task that waits in execve is the one that its group executes for, and another thread has still to become a zombie.',
  clauses: {
    'its group executes for it': (s, t) => s.group(s.task(t).group).execing === t,
    'another thread has not become a zombie': (s, t) =>
      someMember(s, s.task(t).group, other => other !== t && isLive(s, other)),
  },
})

export const anExecveIsUnderWay = groups(
  { name: 'an execve is under way', says: 'A task of a group has begun an execve and not yet taken over.' },
  (s, g) => s.group(g).execing !== null,
)

/** Only a living member of the group executes. */
export const theExecingTaskIsAMember = invariant(anExecveIsUnderWay, {
  name: 'the task that a group executes for is one of its live tasks',
  says: 'The task that has begun an execve is an active task of the group, and on its way to complete it.',
  clauses: {
    'it is a member': (s, g) => s.task(s.group(g).execing as TaskId).group === g,
    'it has not begun to exit': (s, g) => isActive(s, s.group(g).execing as TaskId),
    'it is on its way to complete the execve': (s, g) =>
      s.task(s.group(g).execing as TaskId).runState === 'afterExecStop',
  },
  about: (s, g) => `the task is ${s.group(g).execing}, ${s.task(s.group(g).execing as TaskId).runState}`,
})

export const aTaskWaitsInVfork = tasks(
  { name: 'a task waits in vfork', says: 'A task waits for its vfork child to give up the address space.' },
  (s, t) => s.task(t).stop === 'vfork',
)

/** The child wakes whoever waits in vfork, so there has to be one. */
export const aVforkWaitsForAChild = invariant(aTaskWaitsInVfork, {
  name: 'a vfork that waits has a live child to wait for',
  says: 'A task that waits in vfork is named by a task that has not become a zombie, and will wake it.',
  clauses: {
    'a live task names it as the one to wake': (s, t) =>
      someTask(s, c => isLive(s, c) && s.task(c).vforkParent === t),
  },
  about: (s, t) => `named by ${listTasks(s, c => !isDead(s, c) && s.task(c).vforkParent === t)}`,
})
