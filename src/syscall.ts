/**
 * Where control flow goes: from run state to run state, into and out of system calls, into the exit path.
 *
 * Source: task_run.go, task_syscall.go.
 */
import { NotRunningError } from './errors.js'
import type { PIDNamespace } from './pid-namespace.js'
import { PTRACE_O_TRACEEXIT } from './ptrace-options.js'
import type { RunState } from './run-state.js'
import type { Task } from './task.js'

/** The next critical section of the task. */
export function goTo(task: Task, runState: RunState): void {
  task.runState = runState
  task.taskSet.wake(task)
  noteMove(task)
}

/** Another SIGKILL may do something to the task that the last one has not done. */
export function noteMove({ group }: Task): void {
  for (let ns: PIDNamespace | null = group.pidns; ns !== null; ns = ns.parent) ns.movedSinceKill?.add(group)
}

/** Only a task that runs its program makes system calls. An interrupt not noticed yet does not keep it from that. */
export function requireRunning(task: Task, call: string): void {
  if (task.mayCall) return
  const why = task.stop === null ? `its run state is '${task.runState}'` : `it is in the stop '${task.stop}'`
  throw new NotRunningError(`${task} cannot call ${call}: ${why}`)
}

/** The system call is over: back to the program, unless an interrupt is waiting. Source: `runSyscallExit`. */
export function endSyscall(task: Task): void {
  const { interrupted } = task
  task.interrupted = false
  goTo(task, interrupted ? 'interrupt' : 'app')
}

/**
 * The task leaves. PTRACE_EVENT_EXIT comes first where the tracer asked for it; a wait that was to be restarted
 * is not.
 */
export function enterExitPath(task: Task): void {
  task.waiting?.abandon()
  task.waiting = null
  task.inHand = 0
  goTo(task, (task.ptraceOpts & PTRACE_O_TRACEEXIT) !== 0 ? 'exit' : 'exitMain')
}
