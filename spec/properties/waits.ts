/**
 * What a wait may return, judged from outside: by wait(2), ptrace(2) and POSIX, in the state in which it looked.
 *
 * Not here: whether a wait wakes up (wakeups.ts), the resources that it takes over (accounting.ts).
 *
 * Children and tracees are found by their own `parent` and `tracer`, not by the lists in which the rules look.
 */
import type { Event } from '../events.js'
import { collect, lookForEvents } from '../kernel/wait.js'
import type { State, TaskId } from '../state.js'
import type { WaitEvent, WaitOptions } from '../wait-options.js'
import { aDeathIsConsumed } from './covers.js'
import { type Premise, type Step, stepEvents, stepProperty } from './property.js'
import {
  groupOf,
  isActive,
  isAloneInGroup,
  isBorn,
  isChildOfGroup,
  isDead,
  isTraceeOfGroup,
  isZombie,
  leads,
  listTasks,
  someMember,
  someTask,
} from './questions.js'
import { statusToReport } from './reaping.js'

type Waited = Extract<Event, { readonly kind: 'waited' }>
type WaitFailed = Extract<Event, { readonly kind: 'wait failed' }>

/** A leader whose termination signal is SIGCHLD; all others are clone children. Source: wait(2), `__WCLONE`. */
const isCloneChild = (s: State, t: TaskId): boolean =>
  !(leads(s, t) && groupOf(s, t).terminationSignal === 'SIGCHLD')

const idFor = (s: State, waiter: TaskId, t: TaskId) => s.namespace(groupOf(s, waiter).pidns).tids.get(t)

const hasTheId = (s: State, waiter: TaskId, o: WaitOptions, t: TaskId): boolean =>
  o.specificTID === null || idFor(s, waiter, t) === o.specificTID

const isInTheProcessGroup = (s: State, o: WaitOptions, t: TaskId): boolean =>
  o.specificPGID === null || groupOf(s, t).processGroup === o.specificPGID

/** Without __WNOTHREAD, the children and tracees of every thread of the group may be waited for. */
const isChild = (s: State, waiter: TaskId, t: TaskId): boolean => isChildOfGroup(s, t, s.task(waiter).group)
const isTracee = (s: State, waiter: TaskId, t: TaskId): boolean => isTraceeOfGroup(s, t, s.task(waiter).group)

/** A tracer sees all of its tracees: "__WALL … is automatically implied if the child is being ptraced". Source: wait(2). */
const isOfTheKind = (s: State, waiter: TaskId, o: WaitOptions, t: TaskId): boolean =>
  isTracee(s, waiter, t) || (isCloneChild(s, t) ? o.cloneTasks : o.nonCloneTasks)

const isAskedFor = (s: State, waiter: TaskId, o: WaitOptions, t: TaskId): boolean =>
  hasTheId(s, waiter, o, t) && isInTheProcessGroup(s, o, t) && isOfTheKind(s, waiter, o, t)

// What is returned.

export const aWaitReturnsAnEvent = stepEvents(
  { name: 'a wait returns an event', says: 'A wait returns an event.' },
  'waited',
)

/** A wait returns what it was asked for. */
export const aWaitReturnsWhatIsAskedFor = stepProperty(aWaitReturnsAnEvent, {
  name: 'a wait returns only what its options make eligible',
  says: 'What a wait returns is an event that was asked for, of a child or tracee of the waiter’s group that was asked for, under the id that it has for the waiter.',
  clauses: {
    'the task is a child or a tracee of a thread of the waiter’s group': ({ before }, { by, result }) =>
      isChild(before, by, result.task) || isTracee(before, by, result.task),
    'the task has the id that was asked for': ({ before }, { by, options, result }) =>
      hasTheId(before, by, options, result.task),
    'the task is in the process group that was asked for': ({ before }, { options, result }) =>
      isInTheProcessGroup(before, options, result.task),
    'the task is a clone child, or is none, as was asked for, or a tracee': (
      { before },
      { by, options, result },
    ) => isOfTheKind(before, by, options, result.task),
    'the kind of event was asked for': (_, { options, result }) => options.events.has(result.event),
    'the id returned is the id of the task for the waiter': ({ before }, { by, result }) =>
      idFor(before, by, result.task) === result.tid,
  },
})

/** A zombie whose exit the waiter's group may still take note of: as tracer first, then as parent. */
function exitIsThere(s: State, waiter: TaskId, t: TaskId): boolean {
  if (!isZombie(s, t)) return false
  if (leads(s, t) && !isAloneInGroup(s, t)) return false
  const { tracer, exitTracerAcked, exitParentAcked } = s.task(t)
  if (isTracee(s, waiter, t) && !exitTracerAcked) return true
  // The parent comes after a tracer in another group, and hears nothing of threads.
  return (
    isChild(s, waiter, t) && leads(s, t) && !exitParentAcked && (tracer === null || isTracee(s, waiter, t))
  )
}

/**
 * The stops of a child that is also a tracee are reported as ptrace-stops only.
 *
 * Source: `wait_consider_task` of Linux, kernel/exit.c: it looks at a child that a thread of the waiter's own process traces
 * (not `ptrace_reparented`) as a tracee, and then `task_stopped_code` asks for the stop of the task and never for that of
 * the group. Linux was asked: conformance/scenarios/suites.jsonl, own-tracee-group-stop.
 */
const isChildOnly = (s: State, waiter: TaskId, t: TaskId): boolean =>
  isChild(s, waiter, t) && !isTracee(s, waiter, t)

/**
 * A process stops and continues for as long as one of its threads lives, be it the leader or not; a thread does so for itself.
 *
 * Source: `wait_task_continued` of Linux asks for `SIGNAL_STOP_CONTINUED`, a flag of the process, and takes it, whether a parent
 * or a tracer asks. `wait_consider_task` comes to it for whatever is alive, and for a zombie leader that cannot be collected
 * yet (`delay_group_leader`), but not for the zombie of another thread. Linux was asked: zombie-leader-continued and
 * traced-zombie-thread-continued, in the same file.
 */
const canStop = (s: State, t: TaskId): boolean =>
  leads(s, t) ? someMember(s, s.task(t).group, member => isActive(s, member)) : isActive(s, t)

const eventIsThere = (s: State, waiter: TaskId, t: TaskId, event: WaitEvent): boolean => {
  const { stop, ptraceCode } = s.task(t)
  const { groupStopWaitable, groupContWaitable } = groupOf(s, t)
  switch (event) {
    case 'Exit':
      return exitIsThere(s, waiter, t)
    case 'ChildGroupStop':
      return isChildOnly(s, waiter, t) && canStop(s, t) && groupStopWaitable
    case 'TraceeStop':
      return isTracee(s, waiter, t) && (stop === 'ptrace' || stop === 'ptraceFrozen') && ptraceCode !== null
    case 'GroupContinue':
      return canStop(s, t) && groupContWaitable
  }
}

/** A wait returns what has happened, to those who may know. */
export const aWaitReturnsWhatThereIs = stepProperty(aWaitReturnsAnEvent, {
  name: 'a wait returns only events that there are',
  says: 'An exit is returned only of a zombie, of a leader only when its group is otherwise empty, and to a parent only when no other tracer comes first; a stop or continuation only if it is there to be reported.',
  clauses: {
    'the event is there': ({ before }, { by, result }) => eventIsThere(before, by, result.task, result.event),
  },
})

/** wait is about child processes; threads can only be waited for by a tracer. */
export const aParentWaitsForProcesses = stepProperty(aWaitReturnsAnEvent, {
  name: 'a parent waits for processes, not for threads',
  says: 'What a wait returns, unless it is of a tracee, is of the leader of a thread group.',
  clauses: {
    'the task leads its group, or is a tracee': ({ before }, { by, result }) =>
      leads(before, result.task) || isTracee(before, by, result.task),
  },
})

const isOf =
  (event: WaitEvent) =>
  (_: Step, { result }: Waited) =>
    result.event === event

export const aStopIsReported = stepEvents(
  { name: 'a group stop is reported', says: 'A wait returns the group stop of a child.' },
  'waited',
  isOf('ChildGroupStop'),
)

/** POSIX, waitpid, WUNTRACED: "child processes … that are stopped". */
export const aReportedStopIsAStop = stepProperty(aStopIsReported, {
  name: 'a group stop is reported only of a group that is stopped',
  says: 'A wait returns a group stop only while the child is stopped, with the signal that stopped it.',
  clauses: {
    'the group is stopped': ({ before }, { result }) =>
      groupOf(before, result.task).groupStopPhase === 'Complete',
    'the status names a signal': (_, { result }) => result.status >> 8 !== 0,
  },
  about: ({ before }, { result }) =>
    `the phase is ${groupOf(before, result.task).groupStopPhase}, the status 0x${result.status.toString(16)}`,
})

export const aContinuationIsReported = stepEvents(
  { name: 'a continuation is reported', says: 'A wait returns that a child or tracee continues.' },
  'waited',
  isOf('GroupContinue'),
)

/** A new stop takes the place of a continuation that nobody asked about. */
export const aReportedContinuationIsOne = stepProperty(aContinuationIsReported, {
  name: 'a continuation is reported only of a group that is not stopped',
  says: 'A wait returns a continuation only while the group is not stopped again.',
  clauses: {
    'the group is not stopped': ({ before }, { result }) =>
      groupOf(before, result.task).groupStopPhase !== 'Complete',
  },
})

/** Whoever collects a process learns how it ended. */
export const aReportedStatusIsTheStatus = stepProperty(aDeathIsConsumed, {
  name: 'a consuming wait reports how the process ended',
  says: 'The status that a consuming wait returns of an exit is that of the group, if it was ended as a whole, or else that of the task.',
  clauses: {
    'the status is the one to report': ({ before }, { result }) =>
      result.status === statusToReport(before, result.task),
  },
  about: ({ before }, { result }) =>
    `returned ${result.status}, to report ${statusToReport(before, result.task)}`,
})

// Peeking and consuming.

export const aPeekReturnsAnEvent = stepEvents(
  { name: 'a wait peeks', says: 'A wait with WNOWAIT returns an event.' },
  'waited',
  (_, { options }) => !options.consumeEvent,
)

/** What consuming waits with the same options could have returned of that event instead. */
const consumed = ({ before }: Step, { by, options, result }: Waited) => {
  const consuming = options.set('consumeEvent', true)
  return lookForEvents(before, by, consuming)
    .found.filter(({ target, event }) => target === result.task && event === result.event)
    .map(found => collect(before, by, consuming, found).result)
}

/** WNOWAIT: "leave the child in a waitable state; a later wait call can be used to again retrieve". Source: waitid(2). */
export const aPeekTellsTheTruth = stepProperty(aPeekReturnsAnEvent, {
  name: 'a non-consuming wait reports what the consuming wait after it reports',
  says: 'What a wait with WNOWAIT returns is what the same wait without WNOWAIT would return.',
  clauses: {
    'a consuming wait finds the event too': (step, waited) => consumed(step, waited).length > 0,
    'it reports the same id': (step, waited) =>
      consumed(step, waited).every(({ tid }) => tid === waited.result.tid),
    'it reports the same status': (step, waited) =>
      consumed(step, waited).every(({ status }) => status === waited.result.status),
  },
  about: (step, waited) =>
    `the peek returned ${waited.result.status}, the wait after it ${consumed(step, waited)
      .map(({ status }) => status)
      .join(' or ')}`,
})

/** A peek takes nothing. */
export const aPeekLeavesAllInPlace = stepProperty(aPeekReturnsAnEvent, {
  name: 'a non-consuming wait leaves what it reports in place',
  says: 'After a wait with WNOWAIT the event that it returned is still there.',
  clauses: {
    'the event is still there': ({ after }, { by, result }) =>
      eventIsThere(after, by, result.task, result.event),
  },
})

export const aStopIsConsumed = stepEvents(
  {
    name: 'a stop or continuation is consumed',
    says: 'A wait returns a stop or a continuation, and takes it.',
  },
  'waited',
  (_, { options, result }) => options.consumeEvent && result.event !== 'Exit',
)

/** What was consumed is not returned again. */
export const aConsumedStopIsGone = stepProperty(aStopIsConsumed, {
  name: 'a stop or continuation is consumed at most once',
  says: 'After a consuming wait, the stop or continuation that it returned is not there any more.',
  clauses: {
    'the event is gone': ({ after }, { by, result }) => !eventIsThere(after, by, result.task, result.event),
  },
})

/**
 * A consuming wait takes note of the exit for a role of the waiter's group that had not taken note. With
 * "an acknowledgement is never taken back", a death is consumed at most once by each of the two.
 */
export const aDeathIsConsumedOnce = stepProperty(aDeathIsConsumed, {
  name: 'each death is consumed at most once by the parent and at most once by the tracer',
  says: 'A wait that consumes an exit acknowledges it, as tracer or as parent, where it was not acknowledged before.',
  clauses: {
    'it acknowledges the exit as tracer or as parent, for the first time': (
      { before, after },
      { by, result },
    ) => {
      const was = before.task(result.task)
      const is = after.task(result.task)
      const asTracer = isTracee(before, by, result.task) && !was.exitTracerAcked && is.exitTracerAcked
      const asParent = isChild(before, by, result.task) && !was.exitParentAcked && is.exitParentAcked
      return asTracer || asParent
    },
    'it is not dead before': ({ before }, { result }) => !isDead(before, result.task),
  },
})

// Waits without an event.

/**
 * Has the waiter a child process or a tracee that may yet produce an event that it asks for?
 *
 * A tracer may yet be told that a process continues whose leader is a zombie: `wait_consider_task` of Linux clears
 * `notask_error` there for WCONTINUED, and not for WSTOPPED. Linux was asked: zombie-leader-continued-nohang.
 */
export function mayProduceAnEvent(s: State, waiter: TaskId, o: WaitOptions, t: TaskId): boolean {
  if (isDead(s, t) || !isAskedFor(s, waiter, o, t)) return false
  const { exitParentAcked, exitTracerAcked } = s.task(t)
  if (isChild(s, waiter, t) && leads(s, t)) {
    if (o.events.has('Exit') && !exitParentAcked) return true
    const asksForStops = o.events.has('ChildGroupStop') && isChildOnly(s, waiter, t)
    if (canStop(s, t) && (asksForStops || o.events.has('GroupContinue'))) return true
  }
  if (isTracee(s, waiter, t)) {
    if (o.events.has('Exit') && !exitTracerAcked) return true
    // A tracee stops for itself, and continues with its process.
    if (isActive(s, t) && o.events.has('TraceeStop')) return true
    if (canStop(s, t) && o.events.has('GroupContinue')) return true
  }
  return false
}

const somethingMayCome = (s: State, waiter: TaskId, o: WaitOptions): boolean =>
  someTask(s, t => mayProduceAnEvent(s, waiter, o, t))

const aboutTheEligible = ({ before }: Step, { by, options }: { by: TaskId; options: WaitOptions }): string =>
  `may produce an event: ${listTasks(before, t => isBorn(before, t) && mayProduceAnEvent(before, by, options, t))}`

export const aWaitFindsNobody = stepEvents(
  { name: 'a wait fails with ECHILD', says: 'A wait fails with ECHILD.' },
  'wait failed',
  (_, { error }) => error === 'ECHILD',
)

/** ECHILD: "the calling process does not have any unwaited-for children". Source: wait(2). */
export const echildMeansNobody = stepProperty(aWaitFindsNobody, {
  name: 'ECHILD is returned only when nothing eligible exists',
  says: 'A wait fails with ECHILD only if no child process and no tracee that it asks for may yet produce an event that it asks for.',
  clauses: {
    'nothing that was asked for may come': ({ before }, { by, options }) =>
      !somethingMayCome(before, by, options),
  },
  about: aboutTheEligible,
})

export const aWaitSleeps = stepEvents(
  { name: 'a wait goes to sleep', says: 'A wait finds nothing and blocks.' },
  'wait blocked',
)

/** Nobody goes to sleep for nothing. */
export const aWaitSleepsForSomething = stepProperty(aWaitSleeps, {
  name: 'a wait sleeps only when something eligible exists',
  says: 'A wait goes to sleep only if it was asked to, and some child or tracee may yet produce an event that it asks for.',
  clauses: {
    'it was asked to block': (_, { options }) => options.block,
    'something that was asked for may come': ({ before }, { by, options }) =>
      somethingMayCome(before, by, options),
  },
  about: aboutTheEligible,
})

export const aWaitReturnsAtOnce: Premise<Step, WaitFailed> = stepEvents(
  { name: 'a wait with WNOHANG finds nothing', says: 'A wait with WNOHANG returns without an event.' },
  'wait failed',
  (_, { error }) => error === 'ErrNoWaitableEvent',
)

/** WNOHANG finds nothing only where ECHILD is not the answer. */
export const wnohangMeansNotYet = stepProperty(aWaitReturnsAtOnce, {
  name: 'WNOHANG returns nothing only when something eligible exists',
  says: 'A wait returns without an event only if it was not to block, and some child or tracee may yet produce an event that it asks for.',
  clauses: {
    'it was not to block': (_, { options }) => !options.block,
    'something that was asked for may come': ({ before }, { by, options }) =>
      somethingMayCome(before, by, options),
  },
  about: aboutTheEligible,
})
