/**
 * execve: a thread kills the others, waits until they are zombies, and becomes the leader. Source: task_exec.go.
 *
 * Left out: the image, credentials, files.
 */
import { SyscallError } from './errors.js'
import { unstopVforkParent, updateRSS } from './exit.js'
import { exitNotify, isFreeToExec } from './exit-notify.js'
import { forgetTracer, ptraceEvent } from './ptrace.js'
import { PTRACE_EVENT_EXEC, PTRACE_O_TRACEEXEC } from './ptrace-options.js'
import { endGroupStop, killTask, sendSignal } from './send-signal.js'
import { SIGCHLD, SIGTRAP } from './signals.js'
import { beginInternalStop, isKilled } from './stop.js'
import { endSyscall, goTo } from './syscall.js'
import type { Task } from './task.js'
import { EventExit, EventGroupContinue, EventTraceeStop } from './wait-options.js'

/** Throws EINTR where the group exits, or another thread was first. */
export function execve(task: Task): void {
  const { group } = task
  if (group.exiting || group.execing !== null) throw new SyscallError('EINTR', 'execve')
  endGroupStop(group, false)
  group.execing = task
  goTo(task, 'afterExecStop')
  if (hasNobodyToWaitFor(task)) return
  for (const sibling of group.tasks) if (sibling !== task) killTask(sibling)
  beginInternalStop(task, 'exec')
}

/** A sibling that is a zombie already may be waited for, although none is left to end the wait. */
function hasNobodyToWaitFor(task: Task): boolean {
  const { group } = task
  const { execveWaits } = task.taskSet.profile.switches
  if (execveWaits === 'for tasks not reaped') return group.tasks.size === 1
  return execveWaits === 'for live tasks' ? group.liveTasks === 1 : isFreeToExec(group, task)
}

/** The siblings are gone, or the task was killed. */
export function afterExecStop(task: Task): void {
  const { group } = task
  group.execing = null
  if (isKilled(task)) {
    goTo(task, 'interrupt')
    return
  }
  promote(task)
  // A new program has no handlers; it inherits only what is ignored.
  const handler = group.sigchldAction.handler === 'ignore' ? 'ignore' : 'default'
  group.sigchldAction = { handler, noCldWait: false, noCldStop: false }
  group.terminationSignal = SIGCHLD
  group.parentExeced = false
  group.execed = true
  if (task.taskSet.profile.switches.execedParents === 'are told by SIGCHLD') estrange(task)
  updateRSS(task)
  goTo(task, task.vforkParent === null ? 'ptraceExec' : 'execUnstopVforkParent')
}

/** The new program knows nothing of the signals that its children were to announce their ends by. */
function estrange({ children }: Task): void {
  for (const { group, isLeader, exitParentNotified } of children)
    if (isLeader && !exitParentNotified && group.terminationSignal !== SIGCHLD) group.parentExeced = true
}

/**
 * The task becomes the leader, with the leader's ids. The old leader, a zombie, is reaped at once, and its tracer
 * is not asked. Source: `promoteLocked`.
 */
function promote(task: Task): void {
  const { group } = task
  const old = group.leader
  if (task === old) return
  group.pidns.exchange(task, old)
  group.leader = task
  old.exitParentNotified = true
  old.exitParentAcked = true
  const { tracer } = old
  if (tracer !== null) {
    tracer.tracees.delete(old)
    forgetTracer(old)
    tracer.group.eventQueue.notify(EventExit | EventTraceeStop | EventGroupContinue)
  }
  exitNotify(old, false)
}

/** The old address space is given up, which frees a parent in vfork. */
export function execUnstopVforkParent(task: Task): void {
  unstopVforkParent(task)
  goTo(task, 'ptraceExec')
}

/** The tracer is told by an event, if it asked for that, and else by a SIGTRAP for the tracee. */
export function ptraceExec(task: Task): void {
  if (ptraceEvent(task, PTRACE_EVENT_EXEC, PTRACE_O_TRACEEXEC)) {
    goTo(task, 'syscallExit')
  } else {
    if (task.tracer !== null && task.seized === null) sendSignal(task, SIGTRAP, false)
    endSyscall(task)
  }
}
