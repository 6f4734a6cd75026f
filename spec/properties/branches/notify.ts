/**
 * The branches of exitNotifyLocked: who is told of an exit, who does not care, and what reaping does.
 */
import type { TaskId } from '../../state.js'
import { eventsOf, type Step } from '../property.js'
import { groupOf, isAloneInGroup, isDead, isZombie, leads, parentGroup, tracerGroup } from '../questions.js'
import { branch, taskBranch } from './branch.js'

const isTracerNotifiedNow = ({ before, after }: Step, t: TaskId): boolean =>
  !before.task(t).exitTracerNotified && after.task(t).exitTracerNotified

const isTracedInParentGroup = ({ before }: Step, t: TaskId): boolean =>
  leads(before, t) && parentGroup(before, t) !== null && tracerGroup(before, t) === parentGroup(before, t)

const isTraced = ({ before }: Step, t: TaskId): boolean => before.task(t).tracer !== null

export const toTracer = [
  taskBranch(
    'exitNotifyLocked: no tracer',
    'A task without a tracer becomes a zombie, or dies at once.',
    (step, t) => isTracerNotifiedNow(step, t) && !isTraced(step, t),
  ),
  taskBranch(
    'exitNotifyLocked: the tracer of a thread',
    'The tracer of a thread that does not lead its group is told of its exit.',
    (step, t) => isTracerNotifiedNow(step, t) && isTraced(step, t) && !leads(step.before, t),
  ),
  taskBranch(
    'exitNotifyLocked: the tracer of a leader without a parent',
    'The tracer of a leader without a parent is told of its exit.',
    (step, t) =>
      isTracerNotifiedNow(step, t) &&
      isTraced(step, t) &&
      leads(step.before, t) &&
      step.before.task(t).parent === null,
  ),
  taskBranch(
    'exitNotifyLocked: a tracer outside the parent’s group',
    'A tracer in another group than the parent is told of the exit of a leader.',
    (step, t) =>
      isTracerNotifiedNow(step, t) &&
      isTraced(step, t) &&
      leads(step.before, t) &&
      parentGroup(step.before, t) !== null &&
      !isTracedInParentGroup(step, t),
  ),
  taskBranch(
    'exitNotifyLocked: the parent traces, the group is empty',
    'A parent that traces is told of a leader’s exit by the termination signal.',
    (step, t) =>
      isTracerNotifiedNow(step, t) && isTracedInParentGroup(step, t) && isAloneInGroup(step.before, t),
  ),
  taskBranch(
    'exitNotifyLocked: the parent traces, the group is not empty',
    'A parent that traces is told of a leader’s exit by SIGCHLD while another task of the group is not dead.',
    (step, t) =>
      isTracerNotifiedNow(step, t) && isTracedInParentGroup(step, t) && !isAloneInGroup(step.before, t),
  ),
] as const

/** Does the step tell the parent of the leader `t`, and not as a tracer? */
const isParentTold = ({ before, after }: Step, t: TaskId): boolean =>
  leads(before, t) &&
  before.task(t).tracer === null &&
  !before.task(t).exitParentNotified &&
  after.task(t).exitParentNotified

/** The same, but the tracer has taken note or left in this very step. */
const isParentToldAfterTracer = (step: Step, t: TaskId, by: 'waiting' | 'detaching'): boolean => {
  const { before, after } = step
  if (!leads(before, t) || before.task(t).tracer === null || !isZombie(before, t)) return false
  if (before.task(t).exitParentNotified || !after.task(t).exitParentNotified) return false
  return (eventsOf(step).some(({ kind }) => kind === 'waited') ? 'waiting' : 'detaching') === by
}

const parentOf = (step: Step, t: TaskId) => {
  const g = parentGroup(step.before, t)
  return g === null ? null : step.before.group(g)
}

const terminationSignal = ({ before }: Step, t: TaskId) => groupOf(before, t).terminationSignal

export const toParent = [
  taskBranch(
    'exitNotifyLocked: a thread is reaped at once',
    'A thread that does not lead its group, and has no tracer to wait for, dies.',
    ({ before, after }, t) => !leads(before, t) && !isDead(before, t) && isDead(after, t),
  ),
  taskBranch(
    'exitNotifyLocked: the group is not empty',
    'An untraced leader becomes a zombie while another task of its group is not dead, and nobody is told.',
    (step, t) => isTracerNotifiedNow(step, t) && !isTraced(step, t) && !step.after.task(t).exitParentNotified,
  ),
  taskBranch(
    'exitNotifyLocked: no parent',
    'A leader without a parent dies of itself.',
    (step, t) => isParentTold(step, t) && parentOf(step, t) === null && isDead(step.after, t),
  ),
  taskBranch(
    'exitNotifyLocked: SIGCHLD is ignored',
    'A parent that ignores SIGCHLD does not hear of an exit, and the task dies.',
    (step, t) =>
      isParentTold(step, t) &&
      terminationSignal(step, t) === 'SIGCHLD' &&
      parentOf(step, t)?.sigchld === 'ignore',
  ),
  taskBranch(
    'exitNotifyLocked: SA_NOCLDWAIT',
    'A parent that set SA_NOCLDWAIT hears of an exit, and the task dies.',
    (step, t) =>
      isParentTold(step, t) &&
      terminationSignal(step, t) === 'SIGCHLD' &&
      parentOf(step, t)?.sigchld !== 'ignore' &&
      parentOf(step, t)?.saNoCldWait === true,
  ),
  taskBranch(
    'exitNotifyLocked: the parent is told',
    'A parent that wants to know is told by SIGCHLD, and the task stays a zombie.',
    (step, t) => isParentTold(step, t) && terminationSignal(step, t) === 'SIGCHLD' && isZombie(step.after, t),
  ),
  taskBranch(
    'exitNotifyLocked: another termination signal',
    'A parent is told by another signal than SIGCHLD, and its disposition of SIGCHLD does not count.',
    (step, t) =>
      isParentTold(step, t) &&
      parentOf(step, t) !== null &&
      terminationSignal(step, t) !== 'SIGCHLD' &&
      terminationSignal(step, t) !== null,
  ),
  taskBranch(
    'exitNotifyLocked: no termination signal',
    'A parent is woken, but sent no signal, as the child has none to send.',
    (step, t) => isParentTold(step, t) && parentOf(step, t) !== null && terminationSignal(step, t) === null,
  ),
  taskBranch(
    'exitNotifyLocked: after a tracer that waited',
    'A parent is told because the tracer has collected the exit.',
    (step, t) => isParentToldAfterTracer(step, t, 'waiting'),
  ),
  taskBranch(
    'exitNotifyLocked: after a tracer that detached',
    'A parent is told because the tracer has gone (fromPtraceDetach).',
    (step, t) => isParentToldAfterTracer(step, t, 'detaching'),
  ),
  taskBranch(
    'exitNotifyLocked: the parent has been told as tracer',
    'A tracer leaves a zombie of whose exit it was told as parent, and nobody is told again.',
    (step, t) => {
      const { before, after } = step
      const { tracer, exitTracerAcked, exitParentNotified } = before.task(t)
      if (!isZombie(before, t) || !isZombie(after, t)) return false
      return tracer !== null && exitParentNotified && !exitTracerAcked && after.task(t).exitTracerAcked
    },
  ),
] as const

const diesIn = ({ before, after }: Step, t: TaskId): boolean => !isDead(before, t) && isDead(after, t)

export const reaping = [
  taskBranch(
    'exitNotifyLocked: ids in more than one namespace',
    'A task of an inner PID namespace dies, and its ids in all above are free.',
    (step, t) => diesIn(step, t) && step.before.namespace(groupOf(step.before, t).pidns).parent !== null,
  ),
  taskBranch(
    'exitNotifyLocked: the last to be sent a timer signal',
    'The task that was last sent a timer signal dies.',
    (step, t) => diesIn(step, t) && groupOf(step.before, t).lastTimerSignalTask === t,
  ),
  taskBranch(
    'exitNotifyLocked: the leader is next',
    'The last thread beside a zombie leader dies, and somebody hears of the leader, or it dies too.',
    (step, t) => {
      const { before, after } = step
      const leader = groupOf(before, t).leader ?? t
      if (!diesIn(step, t) || t === leader || !isZombie(before, leader)) return false
      return before.task(leader).exitParentNotified !== after.task(leader).exitParentNotified
    },
  ),
  taskBranch(
    'exitNotifyLocked: the leader is no zombie',
    'The last thread beside a leader dies, and the leader lives on.',
    (step, t) => {
      const leader = groupOf(step.after, t).leader ?? t
      if (!diesIn(step, t) || t === leader || groupOf(step.after, t).tasksCount !== 1) return false
      return !isZombie(step.after, leader) && !isDead(step.after, leader)
    },
  ),
  taskBranch(
    'exitNotifyLocked: threads remain',
    'A thread dies while two more tasks of its group are not dead.',
    (step, t) => diesIn(step, t) && groupOf(step.after, t).tasksCount > 1,
  ),
  taskBranch(
    'exitNotifyLocked: the group is gone',
    'The last task of a group dies, and the group leaves its process group.',
    (step, t) => diesIn(step, t) && groupOf(step.after, t).tasksCount === 0,
  ),
  taskBranch(
    'exitNotifyLocked: a dying child is taken from its parent',
    'A task that dies had a parent that listed it.',
    (step, t) => {
      const { parent } = step.before.task(t)
      return (
        diesIn(step, t) &&
        parent !== null &&
        step.before.task(parent).children.has(t) &&
        !step.after.task(parent).children.has(t)
      )
    },
  ),
  taskBranch(
    'exitNotifyLocked: a dying task has no parent',
    'A task dies that has no parent.',
    (step, t) => diesIn(step, t) && step.before.task(t).parent === null,
  ),
  branch(
    'exitNotificationSignal: sent for an exit',
    'The exit of a task is announced by a signal.',
    step =>
      ['runExitNotify', 'exitPtrace', 'exitChildren'].includes(step.rule.name) &&
      eventsOf(step).some(event => event.kind === 'signal' && event.signal === 'SIGCHLD'),
  ),
] as const
