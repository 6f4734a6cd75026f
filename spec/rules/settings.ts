/**
 * What a program sets for later: the disposition of SIGCHLD, its parent death signal, whether it adopts orphans.
 */
import { endSyscall, mayCall } from '../kernel/control-flow.js'
import { groupOf } from '../kernel/members.js'
import { discardSpecific, isPending } from '../kernel/send-signal.js'
import type { Disposition } from '../menu.js'
import { eachTask, rule } from '../rule.js'
import { computeAction, type Signal } from '../signals.js'
import type { TaskId } from '../state.js'

const ignores = ({ handler }: Disposition): boolean => computeAction('SIGCHLD', handler) === 'ignore'

/**
 * sigaction(2) for SIGCHLD. A disposition that ignores it discards what is pending, even if it is set already:
 * a tracee has ignored signals pending. To set again what changes nothing is not tried.
 */
export const sigaction = rule<{ readonly task: TaskId; readonly disposition: Disposition }>({
  name: 'sigaction',
  feature: 'sigchld',
  kind: 'external',
  source: 'SetSignalAct in task_signals.go',
  choices: scope =>
    eachTask(scope).flatMap(({ task }) =>
      scope.menu.dispositions.map(disposition => ({ task, disposition })),
    ),
  guard(s, { task, disposition }) {
    if (!mayCall(s, task)) return false
    const { sigchld, saNoCldWait, saNoCldStop } = groupOf(s, task)
    const { handler, noCldWait, noCldStop } = disposition
    if (sigchld !== handler || saNoCldWait !== noCldWait || saNoCldStop !== noCldStop) return true
    return ignores(disposition) && isPending(s, s.task(task).group, 'SIGCHLD')
  },
  effect(s, { task, disposition }) {
    const { group: g } = s.task(task)
    const { handler, noCldWait, noCldStop } = disposition
    const set = s.withGroup(g, { sigchld: handler, saNoCldWait: noCldWait, saNoCldStop: noCldStop })
    return endSyscall(ignores(disposition) ? discardSpecific(set, g, 'SIGCHLD') : set, task)
  },
})

/** prctl(PR_SET_PDEATHSIG). */
export const setParentDeathSignal = rule<{ readonly task: TaskId; readonly signal: Signal | null }>({
  name: 'setParentDeathSignal',
  feature: 'pdeathsig',
  kind: 'external',
  source: 'SetParentDeathSignal; Prctl in sys_prctl.go',
  choices: scope =>
    eachTask(scope).flatMap(({ task }) => scope.menu.parentDeathSignals.map(signal => ({ task, signal }))),
  guard: (s, { task, signal }) => mayCall(s, task) && s.task(task).parentDeathSignal !== signal,
  effect: (s, { task, signal }) => endSyscall(s.withTask(task, { parentDeathSignal: signal }), task),
})

/** prctl(PR_SET_CHILD_SUBREAPER), in profiles that have it. */
export const setChildSubreaper = rule<{ readonly task: TaskId; readonly adopts: boolean }>({
  name: 'setChildSubreaper',
  feature: 'subreaper',
  kind: 'external',
  source: 'Prctl in sys_prctl.go, which refuses it; prctl of Linux, kernel/sys.c',
  choices: scope =>
    scope.profile.answers.subreaper === 'known'
      ? eachTask(scope).flatMap(({ task }) => [true, false].map(adopts => ({ task, adopts })))
      : [],
  guard: (s, { task, adopts }) => mayCall(s, task) && groupOf(s, task).childSubreaper !== adopts,
  effect: (s, { task, adopts }) =>
    endSyscall(s.withGroup(s.task(task).group, { childSubreaper: adopts }), task),
})

export const settingsRules = [sigaction, setParentDeathSignal, setChildSubreaper]
