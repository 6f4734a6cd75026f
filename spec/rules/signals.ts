/**
 * Signals that programs send: kill, tgkill, kill of many, and the signals of process timers.
 *
 * The sender is left out, but where it says who is meant: what is sent is the same whoever sends it (only siginfo tells), and
 * some process outside of those in the model could always have done it. Looking up the target and sending are one step:
 * a target that dies in between is looked up again, or is as if it had died before.
 */
import { endSyscall, mayCall } from '../kernel/control-flow.js'
import { initTID, isLeader, leaderOf } from '../kernel/members.js'
import { sendSignal } from '../kernel/send-signal.js'
import { type Feature, rule } from '../rule.js'
import { type Scope, slotsOf } from '../scope.js'
import { isStopSignal, type Signal } from '../signals.js'
import type { GroupId, ProcessGroupId, State, TaskId } from '../state.js'

/** Signals that stop and continue are a feature of their own. */
const featureOf = ({ signal }: { readonly signal: Signal }): Feature =>
  isStopSignal(signal) || signal === 'SIGCONT' ? 'stop' : 'kill'

const eachTargetWith = (scope: Scope, signals: readonly Signal[]) =>
  slotsOf(scope).flatMap(target => signals.map(signal => ({ target, signal })))

/** May `t` be aimed at: is it not of the init's process, or does the menu not spare that? */
const isTarget = (s: State, t: TaskId): boolean => s.scope.menu.signalInit || s.task(t).group !== 0

/** Has the task an id: it is born and not yet reaped. */
const hasId = (s: State, t: TaskId): boolean =>
  !s.taskIs(t, 'runState', 'unborn') && !s.taskIs(t, 'exitState', 'Dead')

/** kill(2) of one process, by the id of any of its tasks: whose mask and tracer then count, and who is woken first. */
export const killProcess = rule<{ readonly target: TaskId; readonly signal: Signal }>({
  name: 'kill',
  feature: 'kill',
  featureOf,
  kind: 'external',
  source: 'Kill in sys_signal.go; SendGroupSignal, sendSignalLocked in task_signals.go; killLocked',
  choices: scope => eachTargetWith(scope, scope.menu.kill),
  guard: (s, { target }) => hasId(s, target) && isTarget(s, target),
  effect: (s, { target, signal }) => sendSignal(s, target, signal, true),
})

/** tgkill(2): to one thread. */
export const tgkill = rule<{ readonly target: TaskId; readonly signal: Signal }>({
  name: 'tgkill',
  feature: 'kill',
  featureOf,
  kind: 'external',
  source: 'Tgkill in sys_signal.go; SendSignal, sendSignalLocked in task_signals.go; killLocked',
  choices: scope => eachTargetWith(scope, scope.menu.tgkill),
  guard: (s, { target }) => hasId(s, target) && isTarget(s, target),
  effect: (s, { target, signal }) => sendSignal(s, target, signal, false),
})

/**
 * One thread group after another, in one step; the source lets others in between. Sending to one group depends on no
 * other's having had its signal, so the order of Go's map does not tell, and what others do in between is what they
 * could do between several calls of kill(2), which every check with that feature has.
 */
function sendToGroups(before: State, groups: readonly GroupId[], signal: Signal): State {
  let s = before
  for (const g of groups) s = sendSignal(s, leaderOf(s, g), signal, true)
  return s
}

/** Thread groups whose leader has an id. */
const groupsWithId = (s: State): readonly GroupId[] =>
  slotsOf(s.scope)
    .filter(t => hasId(s, t) && isLeader(s, t))
    .map(t => s.task(t).group)

/** kill(2) of a process group: `kill(-PGID, SIG)`. */
export const killProcessGroup = rule<{ readonly processGroup: ProcessGroupId; readonly signal: Signal }>({
  name: 'killProcessGroup',
  feature: 'killmany',
  kind: 'external',
  source: 'Kill in sys_signal.go',
  choices: scope =>
    slotsOf(scope).flatMap(processGroup => scope.menu.killMany.map(signal => ({ processGroup, signal }))),
  guard: (s, { processGroup }) => s.processGroup(processGroup).refs > 0,
  effect: (s, { processGroup, signal }) =>
    sendToGroups(
      s,
      groupsWithId(s).filter(g => s.group(g).processGroup === processGroup),
      signal,
    ),
})

/**
 * Whom kill(-1) by `t` means: every process that has an id in its PID namespace, those of namespaces below included, but the
 * init there and its own.
 * Source: Kill in sys_signal.go, `pid == -1`; in Linux, `kill_something_info` in kernel/signal.c: `task_pid_vnr(p) > 1`, and
 * not `same_thread_group`.
 */
export function everybodyElse(s: State, t: TaskId): readonly GroupId[] {
  const { group } = s.task(t)
  const { pidns } = s.group(group)
  const { tids } = s.namespace(pidns)
  return groupsWithId(s).filter(g => {
    const id = tids.get(leaderOf(s, g))
    return g !== group && id !== undefined && id !== initTID(pidns)
  })
}

/**
 * kill(2) of everybody but the init and the caller: `kill(-1, SIG)`. Whom it spares depends on who calls, so this one has a
 * sender. With nobody left it can only fail, with ESRCH, and is not tried.
 */
export const killAll = rule<{ readonly task: TaskId; readonly signal: Signal }>({
  name: 'killAll',
  feature: 'killmany',
  kind: 'external',
  source: 'Kill in sys_signal.go',
  choices: scope => slotsOf(scope).flatMap(task => scope.menu.killMany.map(signal => ({ task, signal }))),
  guard: (s, { task }) => mayCall(s, task) && everybodyElse(s, task).length > 0,
  effect: (s, { task, signal }) => endSyscall(sendToGroups(s, everybodyElse(s, task), signal), task),
})

/** Is the task on a processor: it runs its program or a system call of it. Source: `onCPULocked`, with system time. */
const onCPU = (s: State, t: TaskId): boolean => {
  const { exitState, stop, runState } = s.task(t)
  return exitState === 'None' && stop === null && runState !== 'wait' && runState !== 'starting'
}

/**
 * A process timer goes off: the signal is sent through the next task, in turn, that is on a processor.
 * Timers are armed as long as the group is not released.
 */
export const timerSignal = rule<{ readonly group: GroupId }>({
  name: 'timerSignal',
  feature: 'timer',
  kind: 'external',
  source: 'SendTimerSignal in task_signals.go; ThreadGroup.release in thread_group.go',
  choices: scope => slotsOf(scope).map(group => ({ group })),
  guard: (s, { group }) => s.group(group).leader !== null && s.group(group).activeTasks > 0,
  effect(s, { group }) {
    const { tasks, lastTimerSignalTask } = s.group(group)
    const last = lastTimerSignalTask === null ? -1 : tasks.indexOf(lastTimerSignalTask)
    const inTurn = tasks.slice(last + 1).concat(tasks.slice(0, last + 1))
    const receiver = inTurn.find(t => onCPU(s, t)) ?? leaderOf(s, group)
    return sendSignal(s.withGroup(group, { lastTimerSignalTask: receiver }), receiver, 'SIGPROF', true)
  },
})

export const signalRules = [killProcess, tgkill, killProcessGroup, killAll, timerSignal]
