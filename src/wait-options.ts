/**
 * What a wait asks for and what it returns. Source: `WaitOptions`, `WaitResult` and the events in task_exit.go.
 */
import type { Task } from './task.js'

export type ThreadID = number
export type ProcessGroupID = number

/** A set of the events below. */
export type EventMask = number

/** A child, if it leads its group, or a tracee has exited. */
export const EventExit: EventMask = 1
/** The group of a child has stopped. */
export const EventChildGroupStop: EventMask = 2
/** A tracee has entered a ptrace-stop. */
export const EventTraceeStop: EventMask = 4
/** The group of a child, or of a tracee, was continued. */
export const EventGroupContinue: EventMask = 8

export interface WaitOptions {
  /** Only the task with this id in the waiter's namespace; 0 is any. */
  readonly specificTID: ThreadID
  /** Only groups of the process group with this id in the waiter's namespace; 0 is any. */
  readonly specificPGID: ProcessGroupID
  /** Leaders whose termination signal is SIGCHLD. */
  readonly nonCloneTasks: boolean
  /** All others: threads, and children that announce their end by another signal or by none. */
  readonly cloneTasks: boolean
  /** Children and tracees of the other threads of the process as well: not with __WNOTHREAD, which the source has not. */
  readonly siblings: boolean
  readonly events: EventMask
  /** Take the event, so that no other wait returns it; a zombie is reaped by that, as a rule. */
  readonly consumeEvent: boolean
}

/** `wait4(-1, 0)`, with what is given instead. */
export const waitOptions = (given: Partial<WaitOptions> = {}): WaitOptions => ({
  specificTID: 0,
  specificPGID: 0,
  nonCloneTasks: true,
  cloneTasks: false,
  siblings: true,
  events: EventExit | EventTraceeStop,
  consumeEvent: true,
  ...given,
})

export interface WaitResult {
  readonly task: Task
  /** Its id in the waiter's namespace, even if reaping it has released the id. */
  readonly tid: ThreadID
  /** One event. */
  readonly event: EventMask
  /** The status word of wait(2). */
  readonly status: number
}

/** Something that a wait may return, found and not yet taken. */
export interface Finding {
  readonly task: Task
  readonly event: EventMask
}
