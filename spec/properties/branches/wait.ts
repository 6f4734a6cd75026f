/**
 * The branches of Wait: matchesTask, waitOnce with its skips, and the four waitCollect…Locked.
 */
import type { Event } from '../../events.js'
import type { State, TaskId } from '../../state.js'
import { type Cover, eventsOf, type Step, stepEvents } from '../property.js'
import { exitRank, groupOf, isAloneInGroup, isZombie, leads, parentGroup, tracerGroup } from '../questions.js'
import { branch, type Looking, passedBranch, ruleBranch } from './branch.js'

const idFor = ({ s, waiter }: Looking, t: TaskId) => s.namespace(groupOf(s, waiter).pidns).tids.get(t)

const hasId = (look: Looking, t: TaskId): boolean =>
  look.o.specificTID === null || idFor(look, t) === look.o.specificTID

const isInProcessGroup = ({ s, o }: Looking, t: TaskId): boolean =>
  o.specificPGID === null || groupOf(s, t).processGroup === o.specificPGID

const isNonClone = (s: State, t: TaskId): boolean =>
  leads(s, t) && groupOf(s, t).terminationSignal === 'SIGCHLD'

const isOfKind = ({ s, o }: Looking, t: TaskId): boolean =>
  isNonClone(s, t) ? o.nonCloneTasks : o.cloneTasks

const matches = (look: Looking, t: TaskId): boolean =>
  hasId(look, t) && isInProcessGroup(look, t) && isOfKind(look, t)

export const matchesTask = [
  passedBranch(
    'matchesTask: another id',
    'A wait for one id passes a child with another.',
    'children',
    (look, t) => !hasId(look, t),
  ),
  passedBranch(
    'matchesTask: another process group',
    'A wait for a process group passes a child in another.',
    'children',
    (look, t) => hasId(look, t) && !isInProcessGroup(look, t),
  ),
  passedBranch(
    'matchesTask: a clone child is not asked for',
    'A wait without __WALL and __WCLONE passes a clone child.',
    'children',
    (look, t) => hasId(look, t) && isInProcessGroup(look, t) && !isNonClone(look.s, t) && !look.o.cloneTasks,
  ),
  passedBranch(
    'matchesTask: only clone children are asked for',
    'A wait with __WCLONE passes a child that is none.',
    'children',
    (look, t) =>
      hasId(look, t) && isInProcessGroup(look, t) && isNonClone(look.s, t) && !look.o.nonCloneTasks,
  ),
  passedBranch(
    'matchesTask: a clone child is asked for',
    'A wait looks at a clone child.',
    'children',
    (look, t) => matches(look, t) && !isNonClone(look.s, t),
  ),
  passedBranch(
    'matchesTask: a child that is asked for',
    'A wait looks at a child that is no clone child.',
    'children',
    (look, t) => matches(look, t) && isNonClone(look.s, t),
  ),
] as const

const failure = (
  name: string,
  says: string,
  error: string,
  which: (step: Step) => boolean = () => true,
): Cover => stepEvents({ name, says }, 'wait failed', (step, event) => event.error === error && which(step))

export const waiting = [
  failure('Wait: it does not block', 'A wait with WNOHANG finds nothing and returns.', 'ErrNoWaitableEvent'),
  stepEvents(
    { name: 'Wait: it blocks', says: 'A wait finds nothing and sleeps.' },
    'wait blocked',
    step => step.rule.name === 'wait',
  ),
  ruleBranch('Wait: it is woken', 'A wait that slept looks again.', ['waitRetry']),
  ruleBranch('Wait: it is interrupted', 'An interrupt ends the sleep of a wait.', ['waitInterrupted']),
  failure(
    'Wait: it fails with EINTR',
    'A handler of the program runs, and the wait that it interrupted fails.',
    'EINTR',
  ),
  failure(
    'waitOnce: ECHILD at once',
    'A wait finds nobody to wait for.',
    'ECHILD',
    step => step.rule.name === 'wait',
  ),
  failure(
    'waitOnce: ECHILD after a sleep',
    'A wait that slept finds nobody left to wait for.',
    'ECHILD',
    step => step.rule.name === 'waitRetry',
  ),
] as const

const wantsStops = ({ o }: Looking): boolean =>
  o.events.has('ChildGroupStop') || o.events.has('GroupContinue')
const wantsTraceeStops = ({ o }: Looking): boolean =>
  o.events.has('TraceeStop') || o.events.has('GroupContinue')

/** Does the look come to the stops of this child: it is asked for, and has not begun to exit? */
const comesToStops = (look: Looking, t: TaskId): boolean =>
  matches(look, t) && wantsStops(look) && exitRank(look.s, t) === 0

export const children = [
  passedBranch(
    'waitOnce: the exit of a thread',
    'A wait passes a child that does not lead its group.',
    'children',
    (look, t) => matches(look, t) && look.o.events.has('Exit') && !leads(look.s, t),
  ),
  passedBranch(
    'waitOnce: an exit that is taken note of',
    'A wait passes a child that its parent has taken note of.',
    'children',
    (look, t) =>
      matches(look, t) && look.o.events.has('Exit') && leads(look.s, t) && look.s.task(t).exitParentAcked,
  ),
  passedBranch(
    'waitOnce: an exit that may come',
    'A wait passes a child whose exit it may still return.',
    'children',
    (look, t) =>
      matches(look, t) && look.o.events.has('Exit') && leads(look.s, t) && !look.s.task(t).exitParentAcked,
  ),
  passedBranch(
    'waitOnce: exits are not asked for',
    'A wait that does not ask for exits passes a zombie child.',
    'children',
    (look, t) => matches(look, t) && !look.o.events.has('Exit') && isZombie(look.s, t),
  ),
  passedBranch(
    'waitOnce: stops are not asked for',
    'A wait that asks neither for stops nor for continuations passes a child.',
    'children',
    (look, t) => matches(look, t) && !wantsStops(look),
  ),
  passedBranch(
    'waitOnce: a child past Initiated',
    'A wait for stops passes a child that has begun to exit.',
    'children',
    (look, t) => matches(look, t) && wantsStops(look) && exitRank(look.s, t) >= 1,
  ),
  passedBranch(
    'waitOnce: the tracer is in the group',
    'A wait for stops passes a child that its own group traces.',
    'children',
    (look, t, of) => comesToStops(look, t) && tracerGroup(look.s, t) === look.s.task(of).group,
  ),
  passedBranch(
    'waitCollectChildGroupStopLocked: none',
    'A wait for stops passes a child without one.',
    'children',
    (look, t, of) =>
      comesToStops(look, t) &&
      look.o.events.has('ChildGroupStop') &&
      tracerGroup(look.s, t) !== look.s.task(of).group,
  ),
  passedBranch(
    'waitCollectGroupContinueLocked: none',
    'A wait for continuations passes a child without one.',
    'children',
    (look, t, of) =>
      comesToStops(look, t) &&
      look.o.events.has('GroupContinue') &&
      tracerGroup(look.s, t) !== look.s.task(of).group,
  ),
] as const

/** Does the look come to the ptrace-stop of this tracee? */
const comesToTraceeStop = (look: Looking, t: TaskId): boolean =>
  matches(look, t) && look.o.events.has('TraceeStop') && exitRank(look.s, t) === 0

export const tracees = [
  passedBranch(
    'waitOnce: a tracee that is not asked for',
    'A wait passes a tracee that it was not asked for.',
    'tracees',
    (look, t) => !matches(look, t),
  ),
  passedBranch(
    'waitOnce: the exit of a tracee may come',
    'A wait passes a tracee whose exit it may still return.',
    'tracees',
    (look, t) => matches(look, t) && look.o.events.has('Exit') && !look.s.task(t).exitTracerAcked,
  ),
  passedBranch(
    'waitOnce: the exit of a tracee is taken note of',
    'A wait passes a listed tracee that a tracer has taken note of.',
    'tracees',
    (look, t) => matches(look, t) && look.o.events.has('Exit') && look.s.task(t).exitTracerAcked,
  ),
  passedBranch(
    'waitOnce: a tracee past Initiated',
    'A wait for stops passes a tracee that has begun to exit.',
    'tracees',
    (look, t) => matches(look, t) && wantsTraceeStops(look) && exitRank(look.s, t) >= 1,
  ),
  passedBranch(
    'waitCollectTraceeStopLocked: not stopped',
    'A wait passes a tracee that is in no stop.',
    'tracees',
    (look, t) => comesToTraceeStop(look, t) && look.s.task(t).stop === null,
  ),
  passedBranch(
    'waitCollectTraceeStopLocked: another stop',
    'A wait passes a tracee that is stopped, but not for its tracer.',
    'tracees',
    (look, t) => {
      const { stop } = look.s.task(t)
      return comesToTraceeStop(look, t) && stop !== null && stop !== 'ptrace' && stop !== 'ptraceFrozen'
    },
  ),
  passedBranch(
    'waitCollectTraceeStopLocked: reported already',
    'A wait passes a tracee whose ptrace-stop was returned before.',
    'tracees',
    (look, t) => {
      const { stop, ptraceCode } = look.s.task(t)
      return (
        comesToTraceeStop(look, t) && (stop === 'ptrace' || stop === 'ptraceFrozen') && ptraceCode === null
      )
    },
  ),
  passedBranch(
    'waitCollectGroupContinueLocked: none of a tracee',
    'A wait for continuations passes a tracee without one.',
    'tracees',
    (look, t) => matches(look, t) && look.o.events.has('GroupContinue') && exitRank(look.s, t) === 0,
  ),
  passedBranch(
    'waitCollectZombieLocked: the tracer is not told',
    'A wait passes a tracee that is no zombie yet.',
    'tracees',
    (look, t) => matches(look, t) && look.o.events.has('Exit') && !look.s.task(t).exitTracerNotified,
  ),
  passedBranch(
    'waitCollectZombieLocked: the parent is not told',
    'A wait passes a zombie child that its parent has not been told of.',
    'children',
    (look, t) =>
      matches(look, t) &&
      look.o.events.has('Exit') &&
      leads(look.s, t) &&
      isZombie(look.s, t) &&
      !look.s.task(t).exitParentNotified,
  ),
  passedBranch(
    'waitCollectZombieLocked: the group is not empty',
    'A wait passes a zombie leader that it was told of, as another task of its group is not dead.',
    'tracees',
    (look, t) =>
      matches(look, t) &&
      look.o.events.has('Exit') &&
      look.s.task(t).exitTracerNotified &&
      leads(look.s, t) &&
      !isAloneInGroup(look.s, t),
  ),
] as const

type Waited = Extract<Event, { readonly kind: 'waited' }>

const returned = (name: string, says: string, takes: (step: Step, waited: Waited) => boolean): Cover =>
  stepEvents({ name, says }, 'waited', takes)

const isTracee = ({ before }: Step, { by, result }: Waited): boolean =>
  tracerGroup(before, result.task) === before.task(by).group
const isChild = ({ before }: Step, { by, result }: Waited): boolean =>
  parentGroup(before, result.task) === before.task(by).group

const isExit = ({ options, result }: Waited, consumed: boolean): boolean =>
  result.event === 'Exit' && options.consumeEvent === consumed

export const collected = [
  returned('waitCollectZombieLocked: a peek', 'A wait with WNOWAIT returns an exit.', (_, w) =>
    isExit(w, false),
  ),
  returned(
    'waitCollectZombieLocked: the group was exiting',
    'A consuming wait returns the status of a group.',
    ({ before }, w) => isExit(w, true) && groupOf(before, w.result.task).exiting,
  ),
  returned(
    'waitCollectZombieLocked: the group was not exiting',
    'A consuming wait returns the status of a task.',
    ({ before }, w) => isExit(w, true) && !groupOf(before, w.result.task).exiting,
  ),
  returned(
    'waitCollectZombieLocked: by the tracer',
    'A tracer that is not in the parent’s group collects an exit.',
    (step, w) => isExit(w, true) && isTracee(step, w) && !isChild(step, w),
  ),
  returned(
    'waitCollectZombieLocked: by the parent',
    'A parent that does not trace collects an exit.',
    (step, w) => isExit(w, true) && isChild(step, w) && !isTracee(step, w),
  ),
  returned(
    'waitCollectZombieLocked: by a parent that traces',
    'A parent whose group traces the task collects an exit.',
    (step, w) =>
      isExit(w, true) && isChild(step, w) && isTracee(step, w) && leads(step.before, w.result.task),
  ),
  returned(
    'waitCollectZombieLocked: a thread of a child',
    'A parent’s group that traces a thread of a child collects the exit of that thread.',
    (step, w) =>
      isExit(w, true) && isChild(step, w) && isTracee(step, w) && !leads(step.before, w.result.task),
  ),
  returned(
    'waitCollectZombieLocked: the tracer is another thread',
    'A thread collects a tracee of another thread of its group.',
    (step, w) => isExit(w, true) && isTracee(step, w) && step.before.task(w.result.task).tracer !== w.by,
  ),
  returned(
    'waitCollectZombieLocked: a new maximum of the children',
    'A collected child had the largest resident set so far.',
    ({ before, after }, w) =>
      isExit(w, true) && groupOf(after, w.by).childMaxRSS > groupOf(before, w.by).childMaxRSS,
  ),
  returned(
    'waitCollectZombieLocked: the maximum of a grandchild',
    'A collected child brings the largest resident set of its own children.',
    ({ before, after }, w) => {
      const { maxRSS, childMaxRSS } = groupOf(before, w.result.task)
      return isExit(w, true) && childMaxRSS > maxRSS && groupOf(after, w.by).childMaxRSS === childMaxRSS
    },
  ),
  returned(
    'waitCollectChildGroupStopLocked: consumed',
    'A wait returns a group stop and takes it.',
    (_, { options, result }) => result.event === 'ChildGroupStop' && options.consumeEvent,
  ),
  returned(
    'waitCollectChildGroupStopLocked: a peek',
    'A wait with WNOWAIT returns a group stop.',
    (_, { options, result }) => result.event === 'ChildGroupStop' && !options.consumeEvent,
  ),
  returned(
    'waitCollectGroupContinueLocked: consumed',
    'A wait returns a continuation and takes it.',
    (_, { options, result }) => result.event === 'GroupContinue' && options.consumeEvent,
  ),
  returned(
    'waitCollectGroupContinueLocked: a peek',
    'A wait with WNOWAIT returns a continuation.',
    (_, { options, result }) => result.event === 'GroupContinue' && !options.consumeEvent,
  ),
  returned(
    'waitCollectGroupContinueLocked: of a tracee',
    'A tracer outside the parent’s group is returned a continuation.',
    (step, w) => w.result.event === 'GroupContinue' && isTracee(step, w) && !isChild(step, w),
  ),
  returned(
    'waitCollectTraceeStopLocked: consumed',
    'A wait returns a ptrace-stop and takes it.',
    (_, { options, result }) => result.event === 'TraceeStop' && options.consumeEvent,
  ),
  returned(
    'waitCollectTraceeStopLocked: a peek',
    'A wait with WNOWAIT returns a ptrace-stop.',
    (_, { options, result }) => result.event === 'TraceeStop' && !options.consumeEvent,
  ),
  returned(
    'Signaled: yes',
    'A wait returns the exit of a task that a signal ended.',
    (_, { result }) => result.event === 'Exit' && (result.status & 0x7f) !== 0,
  ),
  returned(
    'Signaled: no',
    'A wait returns the exit of a task that ended by itself.',
    (_, { result }) => result.event === 'Exit' && (result.status & 0x7f) === 0,
  ),
] as const

export const settings = [
  ruleBranch('SetParentDeathSignal', 'A task asks for a signal at its parent’s death, or asks no more.', [
    'setParentDeathSignal',
  ]),
  branch('Wait: a sleeper is woken', 'A step notifies a wait that sleeps.', step =>
    eventsOf(step).some(({ kind }) => kind === 'woken'),
  ),
] as const
