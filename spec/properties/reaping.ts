/**
 * From Initiated to Dead: exit states, who is told of an exit, and when a task may be reaped.
 *
 * Here: the state and step properties of exit states, exit statuses and the four notification flags.
 * Not here: what a wait returns (waits.ts), who belongs to whom (family.ts, tracing.ts).
 */
import { statusWord } from '../exit-status.js'
import type { Signal } from '../signals.js'
import type { ExitState, RunState, State, TaskId } from '../state.js'
import { aTaskHasBegunToExit, aTaskIsAZombie, aTaskIsDead, aTaskLives } from './covers.js'
import {
  changedGroups,
  changedTasks,
  eventsOf,
  groups,
  invariant,
  type Step,
  stepProperty,
  stepTasks,
  tasks,
} from './property.js'
import {
  exitRank,
  groupOf,
  isAloneInGroup,
  isBorn,
  isDead,
  isInUse,
  isLive,
  isZombie,
  leads,
  parentGroup,
  someMember,
  tracerGroup,
} from './questions.js'

// States.

export const aLeaderIsGoneBeforeAThread = groups(
  {
    name: 'a leader is a zombie before its group is empty',
    says: 'A thread group leader has become a zombie while another task of its group is not dead.',
  },
  (s, g) => {
    const { leader } = s.group(g)
    return leader !== null && !isLive(s, leader) && someMember(s, g, t => t !== leader && !isDead(s, t))
  },
)

/** A thread group leader is dead only when every other task of its group is dead. */
export const aLeaderIsReapedLast = invariant(aLeaderIsGoneBeforeAThread, {
  name: 'a leader is reaped last',
  says: 'A thread group leader is dead only when every other task of its group is dead.',
  clauses: { 'the leader is not dead': (s, g) => !isDead(s, s.group(g).leader as TaskId) },
})

export const anExitIsAcknowledged = tasks(
  { name: 'an exit is acknowledged', says: 'A tracer or a parent has taken note of an exit.' },
  (s, t) => s.task(t).exitTracerAcked || s.task(t).exitParentAcked,
)

/** Nobody takes note of an exit before being told. */
export const acknowledgedImpliesNotified = invariant(anExitIsAcknowledged, {
  name: 'acknowledged implies notified',
  says: 'A tracer or parent has taken note of an exit only if it was told of it before.',
  clauses: {
    'if the tracer has taken note, it was told': (s, t) =>
      !s.task(t).exitTracerAcked || s.task(t).exitTracerNotified,
    'if the parent has taken note, it was told': (s, t) =>
      !s.task(t).exitParentAcked || s.task(t).exitParentNotified,
  },
})

export const anExitIsSettled = tasks(
  { name: 'an exit is settled', says: 'Both tracer and parent have taken note of an exit.' },
  (s, t) => s.task(t).exitTracerAcked && s.task(t).exitParentAcked,
)

/** A task whose exit both tracer and parent have taken note of is dead. */
export const aSettledExitIsADeath = invariant(anExitIsSettled, {
  name: 'a task whose exit is fully acknowledged is dead',
  says: 'A task whose exit both tracer and parent have taken note of is dead.',
  clauses: { 'the task is dead': isDead },
})

/** A task is dead only when both tracer and parent have taken note of its exit. */
export const aDeathIsSettled = invariant(aTaskIsDead, {
  name: 'a dead task was acknowledged by all',
  says: 'A task is dead only when both tracer and parent have taken note of its exit, or did not have to.',
  clauses: {
    'the tracer has taken note': (s, t) => s.task(t).exitTracerAcked,
    'the parent has taken note': (s, t) => s.task(t).exitParentAcked,
  },
})

/** Nobody is told of an exit before the task is a zombie. */
export const nobodyHearsOfTheLiving = invariant(aTaskLives, {
  name: 'nobody is told of an exit before there is a zombie',
  says: 'Neither tracer nor parent is told of an exit before the task has become a zombie.',
  clauses: {
    'no tracer has been told': (s, t) => !s.task(t).exitTracerNotified,
    'no parent has been told': (s, t) => !s.task(t).exitParentNotified,
  },
})

/** Whoever has to be told of a zombie has been told. */
export const aZombieIsAnnounced = invariant(aTaskIsAZombie, {
  name: 'a zombie is announced',
  says: 'The tracer of a zombie has been told; so has the parent, once no tracer and no other thread comes first.',
  clauses: {
    'its tracer has been told, or there was none': (s, t) => s.task(t).exitTracerNotified,
    'its parent has been told, unless a tracer or a thread comes first': (s, t) =>
      s.task(t).exitParentNotified || !s.task(t).exitTracerAcked || !leads(s, t) || !isAloneInGroup(s, t),
  },
})

export const aThreadIsAZombie = tasks(
  {
    name: 'a thread that is no leader is a zombie',
    says: 'A task that does not lead its group is a zombie.',
  },
  (s, t) => isZombie(s, t) && !leads(s, t),
)

/** Nobody but a tracer keeps a thread from being reaped at once. */
export const aThreadIsAZombieForItsTracer = invariant(aThreadIsAZombie, {
  name: 'a thread is a zombie only for its tracer',
  says: 'A task that does not lead its group is a zombie only while a tracer has not taken note of its exit.',
  clauses: {
    'it has a tracer': (s, t) => s.task(t).tracer !== null,
    'the tracer has not taken note': (s, t) => !s.task(t).exitTracerAcked,
  },
})

export const aTracerIsToTakeNote = tasks(
  {
    name: 'a tracer is to take note of an exit',
    says: 'A tracer was told of an exit and has not taken note.',
  },
  (s, t) => s.task(t).exitTracerNotified && !s.task(t).exitTracerAcked,
)

/** An exit that waits for its tracer has a tracer. */
export const aTracerToTakeNoteExists = invariant(aTracerIsToTakeNote, {
  name: 'an exit that waits for its tracer has one',
  says: 'A task whose exit the tracer was told of, and has not taken note of, has a tracer.',
  clauses: { 'it has a tracer': (s, t) => s.task(t).tracer !== null },
})

export const aParentIsToTakeNote = tasks(
  {
    name: 'a parent is to take note of an exit',
    says: 'A parent was told of an exit and has not taken note.',
  },
  (s, t) => s.task(t).exitParentNotified && !s.task(t).exitParentAcked,
)

/** An exit that waits for its parent has a parent. */
export const aParentToTakeNoteExists = invariant(aParentIsToTakeNote, {
  name: 'an exit that waits for its parent has one',
  says: 'A task whose exit the parent was told of, and has not taken note of, has a parent.',
  clauses: { 'it has a parent': (s, t) => s.task(t).parent !== null },
})

const runStatesOfInitiated: ReadonlySet<RunState> = new Set<RunState>([
  'exitClearTid',
  'exitRelease',
  'exitUnstopVforkParent',
  'exitPtrace',
  'exitChildren',
  'exitNotify',
])

/** The exit state in which a task is in this run state; null is Zombie or Dead. */
const exitStateIn = (runState: RunState): ExitState | null =>
  runState === 'exited' ? null : runStatesOfInitiated.has(runState) ? 'Initiated' : 'None'

export const aTaskIsBorn = tasks({ name: 'a task is born', says: 'There is a task.' }, () => true)

/** How far a task is in its control flow and how far it is in exiting go together. */
export const runStateFitsExitState = invariant(aTaskIsBorn, {
  name: 'run state and exit state agree',
  says: 'A task is Initiated exactly in the stages of the exit path after exitThreadGroup, and its goroutine has ended exactly when it is Zombie or Dead.',
  clauses: {
    'the run state belongs to the exit state': (s, t) => {
      const { runState, exitState } = s.task(t)
      const expected = exitStateIn(runState)
      return expected === null ? exitState === 'Zombie' || exitState === 'Dead' : exitState === expected
    },
  },
})

/** A task that has begun to exit handles no more signals. */
export const theExitingMaskSignals = invariant(aTaskHasBegunToExit, {
  name: 'a task that has begun to exit masks all signals',
  says: 'A task that has begun to exit masks all signals, so that its siblings handle those of the group.',
  clauses: { 'it masks all signals': (s, t) => s.task(t).masksAll },
})

// Steps.

export const anExitStateAdvances = changedTasks(
  { name: 'an exit state changes', says: 'A step changes the exit state of a task.' },
  ({ before, after }, t) => before.task(t).exitState !== after.task(t).exitState,
)

/**
 * An exit state advances one at a time and never goes back. A step may pass through Zombie: whoever nobody waits
 * for is reaped in the very step that makes it a zombie.
 */
export const exitStatesAdvance = stepProperty(anExitStateAdvances, {
  name: 'exit states advance one at a time and never go back',
  says: 'A task goes from None to Initiated, to Zombie, to Dead, in this order; one step may take it through Zombie to Dead.',
  clauses: {
    'it advances': ({ before, after }, t) => exitRank(after, t) > exitRank(before, t),
    'it leaves None for Initiated': ({ before, after }, t) =>
      exitRank(before, t) > 0 || exitRank(after, t) === 1,
    'its slot is not freed': ({ after }, t) => isBorn(after, t),
  },
})

export const anExitingTaskChanges = changedTasks(
  { name: 'a task that has begun to exit changes', says: 'A step changes a task that had begun to exit.' },
  ({ before }, t) => exitRank(before, t) >= 1,
)

/** Once a task has begun to exit, its exit status is settled. */
export const anExitStatusIsFinal = stepProperty(anExitingTaskChanges, {
  name: 'the exit status of a zombie never changes',
  says: 'Once a task has begun to exit, its own exit status never changes.',
  clauses: {
    'its exit status is the same': ({ before, after }, t) =>
      before.task(t).exitStatus === after.task(t).exitStatus ||
      statusWord(before.task(t).exitStatus) === statusWord(after.task(t).exitStatus),
  },
})

/** What a consuming wait would report of a leader: the status of its group, if that was ended as a whole, or its own. */
export const statusToReport = (s: State, t: TaskId): number => {
  const { exiting, exitStatus } = groupOf(s, t)
  return statusWord(exiting ? exitStatus : s.task(t).exitStatus)
}

export const aZombieProcessChanges = stepTasks(
  {
    name: 'a process that remains a zombie changes',
    says: 'A step changes something of a process that is a zombie before and after it, all of whose other threads are dead.',
  },
  ({ before, after }, t) => {
    if (!isZombie(before, t) || !isZombie(after, t)) return false
    const { group } = before.task(t)
    if (before.task(t) === after.task(t) && before.group(group) === after.group(group)) return false
    return leads(before, t) && isAloneInGroup(before, t)
  },
)

/** What a wait would report of a process that has died does not change afterwards. */
export const aReportedStatusIsFinal = stepProperty(aZombieProcessChanges, {
  name: 'what a wait would report of a dead process never changes',
  says: 'The status that a consuming wait would report of a zombie whose group is otherwise empty never changes.',
  clauses: {
    'the status to report is the same': ({ before, after }, t) =>
      statusToReport(before, t) === statusToReport(after, t),
  },
  about: ({ before, after }, t) => `before ${statusToReport(before, t)}, after ${statusToReport(after, t)}`,
})

export const anExitingGroupChanges = changedGroups(
  { name: 'a group that is exiting changes', says: 'A step changes a thread group that was exiting.' },
  ({ before, after }, g) => before.group(g).exiting && isInUse(after, g),
)

/** Whoever ends a group first decides how it ended. */
export const aGroupExitIsFinal = stepProperty(anExitingGroupChanges, {
  name: 'a group exit is final',
  says: 'A thread group that is exiting goes on exiting, with the same status.',
  clauses: {
    'the group is still exiting': ({ after }, g) => after.group(g).exiting,
    'its status is the same': ({ before, after }, g) =>
      statusWord(before.group(g).exitStatus) === statusWord(after.group(g).exitStatus),
  },
})

export const aToldExitChanges = changedTasks(
  {
    name: 'a task changes whose exit somebody was told of',
    says: 'A step changes a task of whose exit a tracer or a parent was told.',
  },
  ({ before }, t) => before.task(t).exitTracerNotified || before.task(t).exitParentNotified,
)

/** What was told and noted stays told and noted; only a new parent has to be told anew. */
export const acknowledgementsAreFinal = stepProperty(aToldExitChanges, {
  name: 'an acknowledgement is never taken back',
  says: 'A tracer that was told or took note of an exit has been told or taken note for ever; so has a parent, until there is a new one.',
  clauses: {
    'the tracer has still been told': ({ before, after }, t) =>
      !before.task(t).exitTracerNotified || after.task(t).exitTracerNotified,
    'the tracer has still taken note': ({ before, after }, t) =>
      !before.task(t).exitTracerAcked || after.task(t).exitTracerAcked,
    'the parent has still been told': ({ before, after }, t) =>
      !before.task(t).exitParentNotified ||
      after.task(t).exitParentNotified ||
      parentGroup(before, t) !== parentGroup(after, t),
    'the parent has still taken note': ({ before, after }, t) =>
      !before.task(t).exitParentAcked || after.task(t).exitParentAcked,
  },
})

/**
 * The parent that a step tells of the exit of `t`; null if it tells none.
 *
 * A task that the step also reaps has no parent any more; it had the one from before the step.
 */
function parentTold({ before, after }: Step, t: TaskId): TaskId | null {
  if (!leads(after, t) || !after.task(t).exitParentNotified) return null
  if (!before.task(t).exitParentNotified)
    return isDead(after, t) ? before.task(t).parent : after.task(t).parent
  const movesToAnotherGroup = !isDead(after, t) && parentGroup(before, t) !== parentGroup(after, t)
  return movesToAnotherGroup ? after.task(t).parent : null
}

/** The signal that is due to that parent. A leader with a new parent, or of a new program, goes back to SIGCHLD. */
function signalDue({ before }: Step, t: TaskId): Signal | null {
  const { terminationSignal, parentExeced } = groupOf(before, t)
  return before.task(t).exitParentNotified || parentExeced ? 'SIGCHLD' : terminationSignal
}

const ignoresItsChildren = (s: State, parent: TaskId): boolean => {
  const { sigchld, saNoCldWait } = groupOf(s, parent)
  return sigchld === 'ignore' || saNoCldWait
}

export const anIgnoringParentIsTold = changedTasks(
  {
    name: 'a parent that ignores its children is told of an exit',
    says: 'A step tells a parent that ignores SIGCHLD, or set SA_NOCLDWAIT, of the exit of an untraced child whose termination signal is SIGCHLD.',
  },
  (step, t) => {
    const { before, after } = step
    const parent = parentTold(step, t)
    if (parent === null || after.task(t).tracer !== null) return false
    return signalDue(step, t) === 'SIGCHLD' && ignoresItsChildren(before, parent)
  },
)

/** A parent that ignores SIGCHLD has no zombies to collect. Source: wait(2), "do not become zombies". */
export const ignoredSigchldLeavesNoZombie = stepProperty(anIgnoringParentIsTold, {
  name: 'ignored SIGCHLD leaves no zombie',
  says: 'The step that tells a parent who ignores its children of an exit also reaps the task.',
  clauses: { 'the task is dead': ({ after }, t) => isDead(after, t) },
})

export const aParentIsTold = changedTasks(
  { name: 'a parent is told of an exit', says: 'A step tells a parent of an exit.' },
  (step, t) => parentTold(step, t) !== null,
)

/** Is a signal sent to the group of `receiver` in this step, whatever becomes of it? */
const isSentToGroup = (step: Step, signal: Signal, receiver: TaskId): boolean => {
  const { group } = step.before.task(receiver)
  return eventsOf(step).some(
    event => event.kind === 'signal' && event.signal === signal && step.before.task(event.to).group === group,
  )
}

/** Does a wait return the exit of `t` in this step? */
const isReturnedByAWait = (step: Step, t: TaskId): boolean =>
  eventsOf(step).some(event => event.kind === 'waited' && event.result.task === t)

/** The parent hears of an exit by the group's termination signal, if there is one and it is not ignored. */
export const aParentIsToldBySignal = stepProperty(aParentIsTold, {
  name: 'a parent is told of an exit by the termination signal',
  says: 'The step that tells a parent of an exit sends the termination signal to the parent’s group, unless there is none or SIGCHLD is ignored.',
  clauses: {
    'the signal is sent': (step, t) => {
      const { before, after } = step
      const parent = parentTold(step, t) as TaskId
      // A tracer in the parent's group hears of a leader whose group is not empty by SIGCHLD.
      const tellsATracer = after.task(t).tracer !== null && !isAloneInGroup(after, t)
      const signal = tellsATracer ? 'SIGCHLD' : signalDue(step, t)
      if (signal === null) return true
      // When a tracer has just left, the disposition of SIGCHLD counts whatever the signal is; not when it has waited.
      const tracerLeft = before.task(t).tracer !== null && !isReturnedByAWait(step, t)
      const dispositionCounts = signal === 'SIGCHLD' || tracerLeft
      if (dispositionCounts && groupOf(before, parent).sigchld === 'ignore') return true
      return isSentToGroup(step, signal, parent)
    },
  },
  about: (step, t) => `the parent is task ${parentTold(step, t)}`,
})

export const aTracerIsTold = changedTasks(
  {
    name: 'a tracer is told of an exit',
    says: 'A step tells a tracer of an exit, and the tracer is not in the group of a parent that is told instead.',
  },
  ({ before, after }, t) =>
    before.task(t).tracer !== null &&
    !before.task(t).exitTracerNotified &&
    after.task(t).exitTracerNotified &&
    !(leads(before, t) && parentGroup(before, t) === tracerGroup(before, t)),
)

/** The tracer hears of an exit by SIGCHLD. */
export const aTracerIsToldBySignal = stepProperty(aTracerIsTold, {
  name: 'a tracer is told of an exit by SIGCHLD',
  says: 'The step that tells a tracer of an exit sends SIGCHLD to the tracer’s group.',
  clauses: {
    'SIGCHLD is sent': (step, t) => isSentToGroup(step, 'SIGCHLD', step.before.task(t).tracer as TaskId),
  },
})
