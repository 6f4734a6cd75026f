/**
 * How a task or thread group ended. Source: `ExitStatus` in task_exit.go; wait(2).
 */
import type { Signal } from './signals.js'

/** Immutable. Of a task that has not begun to exit it means nothing. */
export class ExitStatus {
  /** The zero value, which a task keeps if nobody sets one: it reads as exit code 0. */
  static readonly none = new ExitStatus(0, 0)

  /**
   * @param code the argument of exit or exit_group; 0 when a signal was the cause
   * @param signo the signal that was the cause; 0 when none was
   */
  private constructor(
    readonly code: number,
    readonly signo: Signal,
  ) {}

  static exited(code: number): ExitStatus {
    return new ExitStatus(code, 0)
  }

  static killedBy(signo: Signal): ExitStatus {
    return new ExitStatus(0, signo)
  }

  get signaled(): boolean {
    return this.signo !== 0
  }

  /** The status word of wait4: the exit code in bits 8 to 15, the signal in bits 0 to 7. */
  get status(): number {
    return ((this.code & 0xff) << 8) | (this.signo & 0xff)
  }

  /** What a shell reports in `$?`. */
  get shellExitCode(): number {
    return this.signaled ? 128 + this.signo : this.code
  }
}
