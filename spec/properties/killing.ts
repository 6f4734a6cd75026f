/**
 * Killing: whoever has to die cannot go on living.
 *
 * Source of the facts: signal(7), exit_group(2), execve(2), pid_namespaces(7).
 */
import type { GroupId, State, TaskId } from '../state.js'
import {
  eventsOf,
  groups,
  invariant,
  namespaces,
  type Step,
  stepEvents,
  stepGroups,
  stepProperty,
  tasks,
} from './property.js'
import {
  activeMembers,
  everyMember,
  goesOn,
  groupOf,
  hasMember,
  initGroup,
  isActive,
  isDead,
  isKilled,
  isLive,
  isVisibleIn,
  listTasks,
  membersWho,
  someMember,
  someTask,
} from './questions.js'

export const aTaskIsKilled = tasks(
  { name: 'a task is killed', says: 'SIGKILL is pending for a task that has not begun to exit.' },
  (s, t) => isKilled(s, t) && isActive(s, t),
)

/** SIGKILL ends every stop but one that a tracer holds on to for the length of a request. */
export const noKilledTaskIsStopped = invariant(aTaskIsKilled, {
  name: 'no killed task remains in a killable stop',
  says: 'A task for which SIGKILL is pending is in no stop, or its tracer is operating on it right now.',
  clauses: {
    'it is in no killable stop': (s, t) => s.task(t).stop === null || s.task(t).stop === 'ptraceFrozen',
  },
})

/** Signals kill processes, not threads. */
export const nobodyIsKilledAlone = invariant(aTaskIsKilled, {
  name: 'nobody is killed alone',
  says: 'SIGKILL is pending for a task only if its whole group is exiting, or another thread of it is in execve.',
  clauses: {
    'its group is exiting, or another thread executes': (s, t) => {
      const { exiting, execing } = groupOf(s, t)
      return exiting || (execing !== null && execing !== t)
    },
  },
})

const mayGoOn = (s: State, t: TaskId): boolean => s.taskPasses(t, goesOn)
const membersWhoMayGoOn = membersWho(goesOn)

export const aGroupIsExiting = groups(
  {
    name: 'a group is exiting',
    says: 'A thread group is ending as a whole while some task of it has not begun to exit.',
  },
  (s, g) => s.group(g).exiting && hasMember(s, g, activeMembers),
)

const leftOut = (s: State, g: GroupId): string =>
  `left out: ${listTasks(s, t => s.task(t).group === g && mayGoOn(s, t))}`

/** A group exit leaves nobody out. */
export const everybodyLeavesAnExitingGroup = invariant(aGroupIsExiting, {
  name: 'in a group that is exiting every other live task has been killed',
  says: 'In a thread group that is exiting, each task that has not begun to exit is killed or already leaving.',
  clauses: { 'every member is killed or leaving': (s, g) => !hasMember(s, g, membersWhoMayGoOn) },
  about: leftOut,
})

export const anExecveEndsTheOthers = groups(
  {
    name: 'an execve ends other threads',
    says: 'A task has begun an execve while another thread of its group has not begun to exit.',
  },
  (s, g) => s.group(g).execing !== null && someMember(s, g, t => t !== s.group(g).execing && isActive(s, t)),
)

/** An execve leaves nobody out. */
export const everybodyLeavesAnExecingGroup = invariant(anExecveEndsTheOthers, {
  name: 'during an execve every other thread has been killed',
  says: 'While a task is in execve, each other task of its group that has not begun to exit is killed or already leaving.',
  clauses: {
    'every other member is killed or leaving': (s, g) =>
      everyMember(s, g, t => t === s.group(g).execing || !mayGoOn(s, t)),
  },
  about: (s, g) =>
    `left out: ${listTasks(s, t => s.task(t).group === g && t !== s.group(g).execing && mayGoOn(s, t))}`,
})

export const aNamespaceIsExiting = namespaces(
  { name: 'a namespace is exiting', says: 'The init of a PID namespace is exiting or has exited.' },
  (s, ns) => s.namespace(ns).exiting,
)

const isOutsideInit = (s: State, ns: number, t: TaskId): boolean =>
  isVisibleIn(s, t, ns) && s.task(t).group !== initGroup(ns)

/** The death of an init kills its namespace. */
export const everybodyLeavesAnExitingNamespace = invariant(aNamespaceIsExiting, {
  name: 'in a namespace that is exiting everybody has been killed',
  says: 'In a PID namespace whose init is exiting, and in those below it, each task outside the init’s group that has not begun to exit is killed or already leaving.',
  clauses: {
    'every task outside the init’s group is killed or leaving': (s, ns) =>
      !someTask(s, t => isOutsideInit(s, ns, t) && mayGoOn(s, t)),
  },
  about: (s, ns) => `left out: ${listTasks(s, t => isOutsideInit(s, ns, t) && mayGoOn(s, t))}`,
})

export const anInitIsGone = namespaces(
  { name: 'an init is gone', says: 'No task of the init’s group of a PID namespace is live.' },
  (s, ns) => s.group(initGroup(ns)).leader !== null && !someMember(s, initGroup(ns), t => isLive(s, t)),
)

/** An init waits for its namespace. Source: the comment on zap_pid_ns_processes in exitChildren. */
export const anInitGoesLast = invariant(anInitIsGone, {
  name: 'the init of a namespace goes last',
  says: 'The last task of the init’s group becomes a zombie only when every other task of the PID namespace is dead.',
  clauses: {
    'every other task of the namespace is dead': (s, ns) =>
      !someTask(s, t => isOutsideInit(s, ns, t) && !isDead(s, t)),
  },
  about: (s, ns) => `not dead: ${listTasks(s, t => isOutsideInit(s, ns, t) && !isDead(s, t))}`,
})

export const sigkillIsSent = stepEvents(
  {
    name: 'SIGKILL is sent',
    says: 'A step sends SIGKILL to a process some task of which has not begun to exit.',
  },
  'signal',
  ({ after }, { signal, outcome, to }) =>
    signal === 'SIGKILL' && outcome !== 'ESRCH' && hasMember(after, after.task(to).group, activeMembers),
)

/** SIGKILL cannot be blocked, ignored or waited out. */
export const sigkillEndsTheProcess = stepProperty(sigkillIsSent, {
  name: 'SIGKILL ends the whole process',
  says: 'After SIGKILL was sent to a task, its group is exiting, and each of its tasks that has not begun to exit is killed or already leaving.',
  clauses: {
    'the group is exiting': ({ after }, { to }) => groupOf(after, to).exiting,
    'every member is killed or leaving': ({ after }, { to }) =>
      !hasMember(after, after.task(to).group, membersWhoMayGoOn),
  },
  about: ({ after }, { to }) => leftOut(after, after.task(to).group),
})

const callerOf = ({ choice }: Step): TaskId => (choice as { readonly task: TaskId }).task

/** Has the process an id in the namespace of the caller: is its leader visible there, and not reaped? */
const hasAnIdForTheCaller = (step: Step, g: GroupId): boolean => {
  const { before } = step
  const { leader } = before.group(g)
  return (
    leader !== null &&
    !isDead(before, leader) &&
    isVisibleIn(before, leader, groupOf(before, callerOf(step)).pidns)
  )
}

const isSparedByTheCaller = (step: Step, g: GroupId): boolean => {
  const { group } = step.before.task(callerOf(step))
  return g === group || g === initGroup(step.before.group(group).pidns)
}

const hasGotASignal = (step: Step, g: GroupId): boolean =>
  eventsOf(step).some(event => event.kind === 'signal' && step.before.task(event.to).group === g)

export const everybodyIsSignalled = stepGroups(
  {
    name: 'a kill(-1) is carried out',
    says: 'A process sends a signal to everybody else, while there is this one.',
  },
  step => step.rule.name === 'killAll',
)

/** kill(-1) spares two processes. Source: kill(2). */
export const everybodyElseIsSignalled = stepProperty(everybodyIsSignalled, {
  name: 'kill(-1) goes to everybody but the caller and the init',
  says: 'A kill(-1) sends a signal to a process exactly if that has an id in the PID namespace of the caller, and is neither the caller’s nor that of the init there.',
  clauses: {
    'whoever is meant gets a signal': (step, g) =>
      !hasAnIdForTheCaller(step, g) || isSparedByTheCaller(step, g) || hasGotASignal(step, g),
    'the caller and the init are spared': (step, g) =>
      !isSparedByTheCaller(step, g) || !hasGotASignal(step, g),
    'who cannot be seen from there is spared': (step, g) =>
      hasAnIdForTheCaller(step, g) || !hasGotASignal(step, g),
  },
})
