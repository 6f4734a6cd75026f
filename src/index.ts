/**
 * The task-exit core of a kernel: tasks, thread groups, PID namespaces, process groups and sessions, and what
 * clone, kill, group stops, ptrace, execve, vfork, exit and wait do to them.
 */
export { type CloneOptions, fork, thread, vfork } from './clone-options.js'
export { addTime, type CPUStats, noTime } from './cpu-stats.js'
export {
  type Errno,
  errnos,
  KernelPanic,
  NotRunningError,
  NoWaitableEvent,
  RestoreError,
  SyscallError,
} from './errors.js'
export { EventQueue, type QueueEntry } from './event-queue.js'
export { ExitStatus } from './exit-status.js'
export type { KernelEvent, Observer } from './kernel-event.js'
export { PIDNamespace } from './pid-namespace.js'
export { ProcessGroup, Session } from './process-group.js'
export {
  gvisor2018,
  gvisor2022,
  gvisorFixed,
  type LaterCall,
  laterCalls,
  linux,
  type Profile,
  profileWith,
  type Switches,
  switchValues,
} from './profile.js'
export * from './ptrace-options.js'
export { type Restored, type RestoreOptions, restore, restoreAll } from './restore.js'
export type { Step } from './run.js'
export { type RunState, runStates } from './run-state.js'
export { save } from './save.js'
export type { SavedTaskSet } from './saved.js'
export type { Seized } from './seize.js'
export * from './signals.js'
export type { Stop } from './stop.js'
export { type ExitState, Task } from './task.js'
export { TaskSet, type TaskSetOptions } from './task-set.js'
export { type GroupStopPhase, type SignalAction, ThreadGroup } from './thread-group.js'
export { newWaiting } from './wait.js'
export {
  EventChildGroupStop,
  EventExit,
  EventGroupContinue,
  type EventMask,
  EventTraceeStop,
  type Finding,
  type ProcessGroupID,
  type ThreadID,
  type WaitOptions,
  type WaitResult,
  waitOptions,
} from './wait-options.js'
export type { Abort } from './waiting.js'
