/**
 * What a clone asks for. Source: `CloneOptions` in task_clone.go.
 *
 * Left out: what is shared of memory, files and signal handlers; each process has handlers of its own.
 */
import { SIGCHLD, type Signal } from './signals.js'

export interface CloneOptions {
  /** A process, and not a thread. */
  readonly newThreadGroup: boolean
  /** Sent to the parent when the process exits; 0 is none. */
  readonly terminationSignal: Signal
  /** The caller waits until the child exits or executes a program. */
  readonly vfork: boolean
  /** The child is the init of a PID namespace of its own. */
  readonly newPIDNamespace: boolean
  /** Where the child's thread id is cleared at its exit; 0 is nowhere. */
  readonly childClearTID: number
  /** No tracer is told, or gets the child. */
  readonly untraced: boolean
  /** The tracer gets the child in any case. */
  readonly inheritTracer: boolean
}

/** `fork()`. */
export const fork: CloneOptions = {
  newThreadGroup: true,
  terminationSignal: SIGCHLD,
  vfork: false,
  newPIDNamespace: false,
  childClearTID: 0,
  untraced: false,
  inheritTracer: false,
}

/** `vfork()`. */
export const vfork: CloneOptions = { ...fork, vfork: true }

/** `clone(CLONE_THREAD)`. */
export const thread: CloneOptions = { ...fork, newThreadGroup: false, terminationSignal: 0 }
