/**
 * Where a task's control flow goes next: out of a system call, into the exit path.
 *
 * Source: task_run.go, task_syscall.go.
 */
import type { State, TaskFields, TaskId } from '../state.js'
import { isRunning } from './members.js'

/**
 * May `t` make a system call? It runs its program and is in no stop. An interrupt that it has not noticed
 * yet does not keep it from making one more.
 */
export const mayCall = (s: State, t: TaskId): boolean => s.taskIs(t, 'runState', 'app') && isRunning(s, t)

/** Is it the turn of this critical section of `t`? */
export const isAt = (s: State, t: TaskId, runState: TaskFields['runState']): boolean =>
  s.task(t).runState === runState && isRunning(s, t)

/**
 * The system call of `t` is over: back to the program, unless an interrupt is waiting.
 * Source: `runSyscallExit`, and the check at the head of `runApp`.
 *
 * Known weakness: the check is part of the call's last critical section here, and a moment later in the source. A
 * signal for the group that comes in between finds `t` not interrupted any more, and so may wake `t` where the source
 * wakes a sibling (`canReceiveSignalLocked`). No signal is lost by that; whom it wakes without need is different.
 */
export const endSyscall = (s: State, t: TaskId): State =>
  s.task(t).interrupted
    ? s.withTask(t, { runState: 'interrupt', interrupted: false })
    : s.withTask(t, { runState: 'app' })

/**
 * `t` will run `runExit`: PTRACE_EVENT_EXIT first, where its tracer asked for it.
 *
 * Without that option `runExit` does nothing, and none of what may happen before it can set the option (that
 * takes a ptrace-stop); so it takes no step. A wait that `t` was to restart is forgotten.
 */
export const enterExitPath = (s: State, t: TaskId): State =>
  s.withTask(t, {
    runState: s.task(t).ptraceOpts.has('TRACEEXIT') ? 'exit' : 'exitMain',
    wait: null,
    waitNotified: false,
    inHand: null,
  })
