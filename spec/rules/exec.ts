/**
 * execve: a thread kills the others, waits until they are gone, and becomes the leader.
 *
 * Here: Execve, runSyscallAfterExecStop with promoteLocked.
 * Left out: loading the image, credentials, files.
 */
import { endSyscall, isAt, mayCall } from '../kernel/control-flow.js'
import { notify } from '../kernel/event-queue.js'
import { hasNobodyToWaitFor } from '../kernel/exec.js'
import { exitNotify } from '../kernel/exit-notify.js'
import { groupOf, isLeader, leaderOf, namespacesUp } from '../kernel/members.js'
import { forgetTracer, ptraceEvent } from '../kernel/ptrace.js'
import { endGroupStop, kill, sendSignal } from '../kernel/send-signal.js'
import { beginInternalStop, isKilled } from '../kernel/stop.js'
import { eachTask, rule } from '../rule.js'
import type { State, TaskId } from '../state.js'
import { unstopVforkParent, updateRSS } from './exit.js'

/** execve(2): the siblings are killed; the last of them to become a zombie lets the caller go on. */
export const execve = rule({
  name: 'execve',
  feature: 'exec',
  kind: 'external',
  source: 'Execve in task_exec.go',
  choices: eachTask,
  guard: (s, { task }) => mayCall(s, task),
  effect(before, { task }) {
    const { group: g } = before.task(task)
    if (before.group(g).exiting || before.group(g).execing !== null)
      return endSyscall(before.emit({ kind: 'failed', by: task, call: 'execve', error: 'EINTR' }), task)
    let s = endGroupStop(before, g, false).withGroup(g, { execing: task })
    s = s.withTask(task, { runState: 'afterExecStop' })
    if (hasNobodyToWaitFor(s, g, task)) return s
    for (const sibling of s.group(g).tasks) if (sibling !== task) s = kill(s, sibling)
    return beginInternalStop(s, task, 'exec')
  },
})

/** The siblings are gone, or the caller has been killed: promotion, and what else the group needs for its new image. */
export const afterExecStop = rule({
  name: 'afterExecStop',
  feature: 'exec',
  kind: 'internal',
  source: 'runSyscallAfterExecStop.execute in task_exec.go',
  choices: eachTask,
  guard: (s, { task }) => isAt(s, task, 'afterExecStop'),
  effect(before, { task }) {
    const { group: g } = before.task(task)
    let s = before.withGroup(g, { execing: null })
    if (isKilled(s, task)) return s.withTask(task, { runState: 'interrupt' })
    s = promote(s, task)
    // CopyForExec: only what is ignored stays as it is.
    const sigchld = s.group(g).sigchld === 'ignore' ? 'ignore' : 'default'
    s = s.withGroup(g, { sigchld, saNoCldWait: false, saNoCldStop: false })
    s = s.withGroup(g, { terminationSignal: 'SIGCHLD', parentExeced: false, execed: true })
    if (s.scope.profile.switches.execedParents === 'are told by SIGCHLD') s = estrange(s, task)
    s = updateRSS(s, task)
    const holdsParent = s.task(task).vforkParent !== null
    return s.withTask(task, { runState: holdsParent ? 'execUnstopVforkParent' : 'ptraceExec' })
  },
})

/** The new program of `t` knows nothing of the signals that its children were to announce their ends by. */
function estrange(before: State, t: TaskId): State {
  let s = before
  for (const child of s.task(t).children) {
    const { group } = s.task(child)
    const isDue = isLeader(s, child) && !s.task(child).exitParentNotified
    if (isDue && s.group(group).terminationSignal !== 'SIGCHLD')
      s = s.withGroup(group, { parentExeced: true })
  }
  return s
}

/**
 * `t` becomes the leader and takes over the leader's ids; the old leader, a zombie, is reaped at once, and
 * its tracer is not asked. Source: `promoteLocked`.
 */
function promote(before: State, t: TaskId): State {
  const { group: g } = before.task(t)
  const oldLeader = leaderOf(before, g)
  if (t === oldLeader) return before
  let s = swapTIDs(before, t, oldLeader).withGroup(g, { leader: t })
  s = s.withTask(oldLeader, { exitParentNotified: true, exitParentAcked: true })
  const { tracer } = s.task(oldLeader)
  if (tracer !== null) {
    s = s.withTask(tracer, { tracees: s.task(tracer).tracees.remove(oldLeader) })
    s = forgetTracer(s, oldLeader)
    s = notify(s, s.task(tracer).group, ['Exit', 'TraceeStop', 'GroupContinue'])
  }
  return exitNotify(s, oldLeader, false)
}

function swapTIDs(before: State, a: TaskId, b: TaskId): State {
  let s = before
  for (const ns of namespacesUp(s, groupOf(s, a).pidns)) {
    const { tasks, tids } = s.namespace(ns)
    const [ofA, ofB] = [tids.get(a), tids.get(b)]
    if (ofA === undefined || ofB === undefined)
      throw new Error(`task ${a} or ${b} has no id in namespace ${ns}`)
    s = s.withNamespace(ns, {
      tasks: tasks.set(ofA, b).set(ofB, a),
      tids: tids.set(a, ofB).set(b, ofA),
    })
  }
  return s
}

/** The old address space is given up, which frees a parent in vfork. */
export const execUnstopVforkParent = rule({
  name: 'execUnstopVforkParent',
  feature: 'exec',
  kind: 'internal',
  source: 'runSyscallAfterExecStop.execute in task_exec.go; unstopVforkParent in task_clone.go',
  choices: eachTask,
  guard: (s, { task }) => isAt(s, task, 'execUnstopVforkParent'),
  effect: (s, { task }) => unstopVforkParent(s, task).withTask(task, { runState: 'ptraceExec' }),
})

/** The tracer is told by an event stop, if it asked for that, and else by a SIGTRAP to the tracee. */
export const ptraceExec = rule({
  name: 'ptraceExec',
  feature: 'exec',
  kind: 'internal',
  source: 'ptraceExec in ptrace.go',
  choices: eachTask,
  guard: (s, { task }) => isAt(s, task, 'ptraceExec'),
  effect(s, { task }) {
    const { tracer, ptraceOpts, seized } = s.task(task)
    if (tracer === null) return endSyscall(s, task)
    if (ptraceOpts.has('TRACEEXEC'))
      return ptraceEvent(s, task, 'EXEC').withTask(task, { runState: 'syscallExit' })
    if (seized !== null) return endSyscall(s, task)
    return endSyscall(sendSignal(s, task, 'SIGTRAP', false), task)
  },
})

export const execRules = [execve, afterExecStop, execUnstopVforkParent, ptraceExec]
