/**
 * The branches of the exit path: killLocked, PrepareGroupExit, TaskSet.Kill, runExit, runExitMain with its stages,
 * exitThreadGroup, exitChildren, reparentLocked.
 */
import type { Stop, TaskId } from '../../state.js'
import type { Step } from '../property.js'
import {
  exitRank,
  groupOf,
  isActive,
  isDead,
  isKilled,
  leads,
  parentGroup,
  someMember,
} from '../questions.js'
import { branch, ruleBranch, taskBranch } from './branch.js'

const isNewlyKilled = ({ before, after }: Step, t: TaskId): boolean =>
  !isKilled(before, t) && isKilled(after, t)

const killable: ReadonlySet<Stop> = new Set<Stop>(['group', 'ptrace', 'exec', 'vfork'])

export const killLocked = [
  taskBranch(
    'killLocked: a killable stop is ended',
    'A task in a killable stop is killed, and leaves the stop.',
    (step, t) => {
      const { stop } = step.before.task(t)
      return isNewlyKilled(step, t) && stop !== null && killable.has(stop) && step.after.task(t).stop === null
    },
  ),
  taskBranch(
    'killLocked: a frozen stop is left alone',
    'A task in a frozen ptrace-stop is killed, and stays in the stop.',
    (step, t) => isNewlyKilled(step, t) && step.after.task(t).stop === 'ptraceFrozen',
  ),
  taskBranch(
    'killLocked: a task in no stop',
    'A task in no stop is killed.',
    (step, t) => isNewlyKilled(step, t) && step.before.task(t).stop === null,
  ),
  taskBranch(
    'killLocked: a required stop is taken back',
    'A task that was required to stop is killed, and is not required any more.',
    (step, t) =>
      isNewlyKilled(step, t) &&
      step.before.task(t).groupStopRequired &&
      !step.after.task(t).groupStopRequired,
  ),
  ruleBranch(
    'killed: yes',
    'A task that was killed gives up its execve.',
    ['afterExecStop'],
    ({ before }, t) => isKilled(before, t),
  ),
  ruleBranch(
    'killed: no',
    'A task that was not killed goes on with its execve.',
    ['afterExecStop'],
    ({ before }, t) => !isKilled(before, t),
  ),
] as const

const groupExits = ['exit_group', 'signalGroupExit'] as const

export const prepare = [
  ruleBranch('PrepareExit', 'A task calls exit.', ['exit']),
  ruleBranch(
    'PrepareGroupExit: the group is exiting',
    'A task begins a group exit when its group is exiting already, and takes that status.',
    groupExits,
    ({ before }, t) => groupOf(before, t).exiting,
  ),
  ruleBranch(
    'PrepareGroupExit: a sibling executes',
    'A task begins a group exit while another of its group is in execve, and ends alone.',
    groupExits,
    ({ before }, t) => !groupOf(before, t).exiting && groupOf(before, t).execing !== null,
  ),
  ruleBranch(
    'PrepareGroupExit: siblings are killed',
    'A task begins a group exit, and its siblings are killed.',
    groupExits,
    ({ before }, t) =>
      !groupOf(before, t).exiting && groupOf(before, t).execing === null && groupOf(before, t).tasks.size > 1,
  ),
  ruleBranch(
    'PrepareGroupExit: no siblings',
    'The only task of a group begins a group exit.',
    groupExits,
    ({ before }, t) =>
      !groupOf(before, t).exiting &&
      groupOf(before, t).execing === null &&
      groupOf(before, t).tasks.size === 1,
  ),
  branch(
    'TaskSet.Kill: a group is exiting already',
    'Everything is killed while a group is exiting with a status of its own.',
    ({ before, rule }) =>
      rule.name === 'killEverything' &&
      [...before.namespace(0).tids.keys()].some(t => groupOf(before, t).exiting),
  ),
  branch(
    'TaskSet.Kill: a group is not exiting',
    'Everything is killed, and a group that was not exiting gets the status.',
    ({ before, rule }) =>
      rule.name === 'killEverything' &&
      [...before.namespace(0).tids.keys()].some(t => !groupOf(before, t).exiting),
  ),
  taskBranch(
    'advanceExitStateLocked: None to Initiated',
    'A task goes from None to Initiated.',
    ({ before, after }, t) => exitRank(before, t) === 0 && exitRank(after, t) === 1,
  ),
  taskBranch(
    'advanceExitStateLocked: Initiated to Zombie',
    'A task goes from Initiated to Zombie, or through it.',
    ({ before, after }, t) => exitRank(before, t) === 1 && exitRank(after, t) >= 2,
  ),
  taskBranch(
    'advanceExitStateLocked: Zombie to Dead',
    'A task that was a zombie dies.',
    ({ before, after }, t) => exitRank(before, t) === 2 && exitRank(after, t) === 3,
  ),
] as const

export const runExit = [
  taskBranch(
    'runExit: no event asked for',
    'A task that is to exit, and whose tracer has not asked for PTRACE_EVENT_EXIT, goes on at once.',
    ({ before, after, rule }, t) =>
      rule.name !== 'runExit' &&
      before.task(t).runState !== 'exitMain' &&
      after.task(t).runState === 'exitMain',
  ),
  ruleBranch(
    'runExit: the tracer has left',
    'The tracer that had asked for PTRACE_EVENT_EXIT has left before the task came to it.',
    ['runExit'],
    ({ before }, t) => before.task(t).tracer === null,
  ),
  ruleBranch(
    'runExit: the stop',
    'A task stops in PTRACE_EVENT_EXIT.',
    ['runExit'],
    ({ after }, t) => after.task(t).stop === 'ptrace',
  ),
  ruleBranch(
    'runExit: killed, no stop',
    'A task with a pending SIGKILL does not stop in PTRACE_EVENT_EXIT.',
    ['runExit'],
    ({ before }, t) => before.task(t).tracer !== null && isKilled(before, t),
  ),
] as const

const isGroupKilled = ({ before }: Step, t: TaskId): boolean =>
  groupOf(before, t).exiting && groupOf(before, t).exitStatus.signo !== null

export const runExitMain = [
  ruleBranch(
    'runExitMain: no cleartid',
    'A task without a cleartid address leaves its group.',
    ['exitThreadGroup'],
    ({ before }, t) => !before.task(t).cleartid,
  ),
  ruleBranch(
    'runExitMain: cleartid is cleared',
    'The id in memory is cleared and its futex woken.',
    ['exitClearTid'],
    (step, t) => !isGroupKilled(step, t),
  ),
  ruleBranch(
    'runExitMain: cleartid, killed by a signal',
    'The id in memory is left, as the group was killed by a signal.',
    ['exitClearTid'],
    isGroupKilled,
  ),
  ruleBranch(
    'updateRSSLocked: a new maximum',
    'The maximum resident set size of a group grows.',
    ['exitRelease', 'afterExecStop'],
    ({ before, after }, t) => groupOf(after, t).maxRSS > groupOf(before, t).maxRSS,
  ),
  ruleBranch(
    'updateRSSLocked: no new maximum',
    'A thread exits whose group knows its maximum resident set size already.',
    ['exitThreadGroup'],
    ({ before }, t) => groupOf(before, t).maxRSS > 0 && groupOf(before, t).maxRSS >= before.task(t).mmMaxRSS,
  ),
  ruleBranch(
    'runExitMain: a vfork parent is stopped',
    'An exiting task lets its vfork parent go on.',
    ['exitUnstopVforkParent'],
    ({ before }, t) => before.task(before.task(t).vforkParent ?? t).stop === 'vfork',
  ),
  ruleBranch(
    'runExitMain: a vfork parent is not stopped',
    'An exiting task has a vfork parent that is in no vfork stop, not yet or not any more.',
    ['exitUnstopVforkParent'],
    ({ before }, t) => {
      const { vforkParent } = before.task(t)
      return vforkParent !== null && before.task(vforkParent).stop !== 'vfork'
    },
  ),
  ruleBranch(
    'exitPtrace: a tracee is let go',
    'An exiting tracer lets a tracee go that is not to be killed.',
    ['exitPtrace'],
    ({ before }, t) => before.task(t).tracees.some(c => !before.task(c).ptraceOpts.has('EXITKILL')),
  ),
  ruleBranch(
    'exitPtrace: a tracee is killed',
    'An exiting tracer kills a tracee with EXITKILL.',
    ['exitPtrace'],
    ({ before }, t) =>
      before.task(t).tracees.some(c => isActive(before, c) && before.task(c).ptraceOpts.has('EXITKILL')),
  ),
] as const

const leavesIn = (phase: string, step: Step, t: TaskId): boolean =>
  groupOf(step.before, t).groupStopPhase === phase

const completes = ({ before, after }: Step, t: TaskId): boolean =>
  groupOf(before, t).groupStopPhase === 'Initiated' && groupOf(after, t).groupStopPhase === 'Complete'

const leaderOf = ({ before }: Step, t: TaskId): TaskId => groupOf(before, t).leader ?? t

export const exitThreadGroup = [
  ruleBranch(
    'exitThreadGroup: the last task',
    'The last active task of a group leaves it.',
    ['exitThreadGroup'],
    ({ after }, t) => groupOf(after, t).activeTasks === 0,
  ),
  ruleBranch(
    'exitThreadGroup: not the last task',
    'A task leaves its group while another is active.',
    ['exitThreadGroup'],
    ({ after }, t) => groupOf(after, t).activeTasks > 0,
  ),
  ruleBranch(
    'exitThreadGroup: a signal is handed on',
    'A task that was woken for a signal of its group leaves, and another is woken.',
    ['exitThreadGroup'],
    ({ before, after }, t) =>
      someMember(
        after,
        before.task(t).group,
        other => other !== t && !before.task(other).interrupted && after.task(other).interrupted,
      ),
  ),
  ruleBranch(
    'exitThreadGroup: no group stop initiated',
    'A task leaves its group while no group stop is initiated.',
    ['exitThreadGroup'],
    (step, t) => !leavesIn('Initiated', step, t),
  ),
  ruleBranch(
    'exitThreadGroup: an acknowledgement is taken back',
    'A task that has acknowledged an initiated group stop leaves its group.',
    ['exitThreadGroup'],
    (step, t) => leavesIn('Initiated', step, t) && step.before.task(t).groupStopAcknowledged,
  ),
  ruleBranch(
    'exitThreadGroup: others have not acknowledged',
    'A task that has not acknowledged an initiated group stop leaves, and others have not either.',
    ['exitThreadGroup'],
    (step, t) =>
      leavesIn('Initiated', step, t) && !step.before.task(t).groupStopAcknowledged && !completes(step, t),
  ),
  ruleBranch(
    'exitThreadGroup: a group stop is completed',
    'A group stop is complete because the last task that had not acknowledged it leaves, and the parent is told.',
    ['exitThreadGroup'],
    (step, t) => completes(step, t) && step.before.task(leaderOf(step, t)).parent !== null,
  ),
  ruleBranch(
    'exitThreadGroup: a group stop is completed without a parent',
    'A group stop is completed by leaving, and there is no parent to tell.',
    ['exitThreadGroup'],
    (step, t) => completes(step, t) && step.before.task(leaderOf(step, t)).parent === null,
  ),
] as const

/** Does the exit of `t` find nobody to adopt its children? */
const killsNamespace = (step: Step, t: TaskId): boolean => adopter(step, t) === null

/** Who adopts the children of `t`, by the rule's own words: a sibling that has not begun to exit, or one of the init. */
function adopter({ before }: Step, t: TaskId): 'sibling' | 'init' | null {
  const { group } = before.task(t)
  if (someMember(before, group, other => isActive(before, other))) return 'sibling'
  const { pidns } = groupOf(before, t)
  const init = before.namespace(pidns).tasks.get(pidns)
  if (init === undefined) return null
  return someMember(before, before.task(init).group, other => isActive(before, other)) ? 'init' : null
}

/** An exiting task gives away a child of which `takes`. */
const givingAway = (name: string, says: string, takes: (step: Step, child: TaskId, t: TaskId) => boolean) =>
  ruleBranch(name, says, ['exitChildren'], (step, t) =>
    step.before.task(t).children.some(c => takes(step, c, t)),
  )

const changesGroup = (step: Step, c: TaskId, t: TaskId): boolean =>
  leads(step.before, c) && parentGroup(step.before, c) !== null && adopter(step, t) !== 'sibling'

export const exitChildren = [
  ruleBranch(
    'exitChildren: the namespace dies',
    'A task exits with nobody left to adopt children, and another process of its namespace is killed.',
    ['exitChildren'],
    (step, t) =>
      killsNamespace(step, t) &&
      [...step.before.namespace(groupOf(step.before, t).pidns).tids.keys()].some(
        other => step.before.task(other).group !== step.before.task(t).group,
      ),
  ),
  ruleBranch(
    'exitChildren: the own group is spared',
    'A task exits with nobody left to adopt children, and another task of its own group is not killed.',
    ['exitChildren'],
    (step, t) =>
      killsNamespace(step, t) &&
      someMember(step.before, step.before.task(t).group, other => other !== t && !isDead(step.before, other)),
  ),
  givingAway(
    'exitChildren: a parent death signal',
    'A child that asked for it is sent its parent death signal.',
    ({ before }, c) => before.task(c).parentDeathSignal !== null && !isDead(before, c),
  ),
  givingAway(
    'exitChildren: no parent death signal',
    'A child that did not ask for a signal loses its parent.',
    ({ before }, c) => before.task(c).parentDeathSignal === null && !isDead(before, c),
  ),
  givingAway(
    'findReparentTargetLocked: a sibling thread',
    'A child goes to a sibling thread of its parent.',
    (step, _, t) => adopter(step, t) === 'sibling',
  ),
  givingAway(
    'findReparentTargetLocked: the init',
    'A child goes to the init of the namespace.',
    (step, _, t) => adopter(step, t) === 'init',
  ),
  ruleBranch(
    'findReparentTargetLocked: the init is exiting',
    'Nobody adopts, as no task of the init’s group is active.',
    ['exitChildren'],
    (step, t) => {
      const { pidns } = groupOf(step.before, t)
      return killsNamespace(step, t) && step.before.namespace(pidns).tasks.has(pidns)
    },
  ),
  ruleBranch(
    'findReparentTargetLocked: the init is gone',
    'Nobody adopts, as the id of the init is free.',
    ['exitChildren'],
    (step, t) => {
      const { pidns } = groupOf(step.before, t)
      return killsNamespace(step, t) && !step.before.namespace(pidns).tasks.has(pidns)
    },
  ),
  givingAway(
    'reparentLocked: not a leader',
    'A thread that does not lead its group changes its parent.',
    ({ before }, c) => !leads(before, c),
  ),
  givingAway(
    'reparentLocked: from nobody to nobody',
    'A leader without a parent, that is still listed as a child, gets no parent.',
    (step, c, t) => leads(step.before, c) && step.before.task(c).parent === null && killsNamespace(step, t),
  ),
  givingAway(
    'reparentLocked: within a thread group',
    'A leader gets another thread of its parent’s group as parent, and nothing else changes.',
    (step, c, t) =>
      leads(step.before, c) && parentGroup(step.before, c) !== null && adopter(step, t) === 'sibling',
  ),
  givingAway(
    'reparentLocked: the termination signal is SIGCHLD again',
    'A leader with another termination signal gets a parent in another group, and SIGCHLD.',
    (step, c, t) => changesGroup(step, c, t) && groupOf(step.before, c).terminationSignal !== 'SIGCHLD',
  ),
  givingAway(
    'reparentLocked: the exit is announced again',
    'A zombie that its old parent was told of is announced to the new one.',
    (step, c, t) => {
      const { exitParentNotified, exitParentAcked } = step.before.task(c)
      return changesGroup(step, c, t) && exitParentNotified && !exitParentAcked
    },
  ),
  givingAway(
    'reparentLocked: nothing to announce',
    'A leader whose exit its old parent was not told of gets a parent in another group.',
    (step, c, t) => changesGroup(step, c, t) && !step.before.task(c).exitParentNotified,
  ),
] as const

const execing = (step: Step, t: TaskId): TaskId | null => groupOf(step.before, t).execing

export const runExitNotify = [
  ruleBranch(
    'runExitNotify: no execve',
    'A task becomes a zombie while no task of its group executes.',
    ['runExitNotify'],
    (step, t) => execing(step, t) === null,
  ),
  ruleBranch(
    'runExitNotify: an execve goes on waiting',
    'A task becomes a zombie while another executes, and a third is live.',
    ['runExitNotify'],
    (step, t) => execing(step, t) !== null && groupOf(step.after, t).liveTasks > 1,
  ),
  ruleBranch(
    'runExitNotify: an execve goes on',
    'The last live sibling of a task in execve becomes a zombie, and the execve goes on.',
    ['runExitNotify'],
    (step, t) => {
      const e = execing(step, t)
      return e !== null && step.before.task(e).stop === 'exec' && step.after.task(e).stop === null
    },
  ),
  ruleBranch(
    'runExitNotify: an execve that does not wait',
    'The last live sibling of a task in execve becomes a zombie after the execve was killed.',
    ['runExitNotify'],
    (step, t) => {
      const e = execing(step, t)
      return e !== null && step.before.task(e).stop === null && groupOf(step.after, t).liveTasks === 1
    },
  ),
] as const
