/**
 * Redundant state: the lists and counters of a thread group agree with its tasks.
 *
 * Not here: the counts of process groups and sessions (jobs.ts), thread ids (ids.ts).
 */
import { slotsOf } from '../scope.js'
import type { TaskId } from '../state.js'
import { aGroupHasThreads } from './covers.js'
import { groups, invariant } from './property.js'
import {
  activeMembers,
  countMembers,
  isActive,
  isMemberNotDead,
  listTasks,
  liveMembers,
  membersNotDead,
  membersWho,
} from './questions.js'

/** The list of a group holds its tasks that have not been reaped, each once. */
export const theListHoldsTheTasks = invariant(aGroupHasThreads, {
  name: 'the tasks of a group are its members not yet reaped',
  says: 'The list of a thread group holds each of its tasks that is not dead, and each once.',
  clauses: {
    'every listed task is a member that is not dead': (s, g) =>
      s.group(g).tasks.every(t => isMemberNotDead(s, t, g)),
    'every member that is not dead is listed': (s, g) =>
      slotsOf(s.scope).every(t => !isMemberNotDead(s, t, g) || s.group(g).tasks.includes(t)),
    'nobody is listed twice': (s, g) => {
      const { tasks } = s.group(g)
      return tasks.every((t, index) => tasks.indexOf(t) === index)
    },
  },
  about: (s, g) => `its list is [${s.group(g).tasks.join(', ')}]`,
})

/** The leader of a group is a member of it. */
export const theLeaderIsAMember = invariant(aGroupHasThreads, {
  name: 'the leader of a group is one of its tasks',
  says: 'The leader of a thread group is a task of this group.',
  clauses: { 'the leader is a member': (s, g) => s.task(s.group(g).leader as TaskId).group === g },
  about: (s, g) => `the leader is task ${s.group(g).leader}`,
})

/** tasksCount is the number of tasks that have not been reaped. */
export const tasksCountCounts = invariant(aGroupHasThreads, {
  name: 'tasksCount equals the tasks not yet reaped',
  says: 'The tasksCount of a thread group is the number of its tasks that are not dead.',
  clauses: {
    'tasksCount is the number of members not dead': (s, g) =>
      s.group(g).tasksCount === countMembers(s, g, membersNotDead),
  },
  about: (s, g) => `tasksCount is ${s.group(g).tasksCount}`,
})

/** liveTasks is the number of tasks that have not become zombies. */
export const liveTasksCounts = invariant(aGroupHasThreads, {
  name: 'liveTasks equals the tasks before Zombie',
  says: 'The liveTasks of a thread group is the number of its tasks that have not reached Zombie.',
  clauses: {
    'liveTasks is the number of members before Zombie': (s, g) =>
      s.group(g).liveTasks === countMembers(s, g, liveMembers),
  },
  about: (s, g) => `liveTasks is ${s.group(g).liveTasks}`,
})

/** activeTasks is the number of tasks that have not begun to exit. */
export const activeTasksCounts = invariant(aGroupHasThreads, {
  name: 'activeTasks equals the tasks before Initiated',
  says: 'The activeTasks of a thread group is the number of its tasks that have not reached Initiated.',
  clauses: {
    'activeTasks is the number of members before Initiated': (s, g) =>
      s.group(g).activeTasks === countMembers(s, g, activeMembers),
  },
  about: (s, g) => `activeTasks is ${s.group(g).activeTasks}`,
})

export const aGroupStopIsInitiated = groups(
  { name: 'a group stop is initiated', says: 'A group stop has begun that not every task has acknowledged.' },
  (s, g) => s.group(g).groupStopPhase === 'Initiated',
)

const acknowledgedMembers = membersWho(
  ({ exitState, groupStopAcknowledged }) => exitState === 'None' && groupStopAcknowledged,
)

/** groupStopCount is the number of tasks that have acknowledged the stop in progress. */
export const groupStopCountCounts = invariant(aGroupStopIsInitiated, {
  name: 'groupStopCount equals the acknowledgements',
  says: 'While a group stop is initiated, groupStopCount is the number of active tasks that have acknowledged it.',
  clauses: {
    'groupStopCount is the number of active members that have acknowledged': (s, g) =>
      s.group(g).groupStopCount === countMembers(s, g, acknowledgedMembers),
  },
  about: (s, g) =>
    `groupStopCount is ${s.group(g).groupStopCount}, acknowledged by ${listTasks(
      s,
      t => s.task(t).group === g && isActive(s, t) && s.task(t).groupStopAcknowledged,
    )}`,
})
