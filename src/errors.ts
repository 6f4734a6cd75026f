/**
 * Errors: those that a system call returns, with their errno, and those of an embedder who breaks a rule.
 */

/** The errors that calls of this subsystem can return, with their numbers on Linux. */
export const errnos = {
  EPERM: 1,
  ESRCH: 3,
  EINTR: 4,
  EIO: 5,
  ECHILD: 10,
  EAGAIN: 11,
  ENOMEM: 12,
  EACCES: 13,
  EINVAL: 22,
} as const

export type Errno = keyof typeof errnos

/** A system call that failed. `code` is the name that errno.h has, `errno` its number. */
export class SyscallError extends Error {
  override readonly name = 'SyscallError'
  readonly errno: number

  constructor(
    readonly code: Errno,
    readonly syscall: string,
  ) {
    super(`${syscall}: ${code}`)
    this.errno = errnos[code]
  }
}

/**
 * A wait that was not to block has found tasks that may report something later, and nothing yet.
 * Source: `ErrNoWaitableEvent`.
 */
export class NoWaitableEvent extends Error {
  override readonly name = 'NoWaitableEvent'
  constructor() {
    super('no event yet: the wait found eligible tasks, and was not to block')
  }
}

/** A call was made for a task that is not running its program: it is stopped, blocked, exiting or dead. */
export class NotRunningError extends Error {
  override readonly name = 'NotRunningError'
}

/**
 * The kernel cannot go on, because one of its faults has led it to where its own checks fail: the sentry panics at this
 * place. The task set is left in the middle of the step.
 */
export class KernelPanic extends Error {
  override readonly name = 'KernelPanic'
}

/** A document that `restore` cannot take: where it is damaged, and how. */
export class RestoreError extends Error {
  override readonly name = 'RestoreError'
  constructor(
    readonly path: string,
    readonly problem: string,
  ) {
    super(`the saved task set is damaged: ${path} ${problem}`)
  }
}
