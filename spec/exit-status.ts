/**
 * Exit statuses: how a task ended, and how wait and the shell put it as a number.
 *
 * Source: `ExitStatus` and its methods in task_exit.go; wait(2).
 */
import { Record, type RecordOf } from 'immutable'
import { numberOf, type Signal } from './signals.js'

export type ExitStatusFields = {
  /** The value passed to exit or exit_group; 0 when a signal was the cause. */
  readonly code: number
  /** The signal that was the cause, if one was. */
  readonly signo: Signal | null
}

export type ExitStatus = RecordOf<ExitStatusFields>

const makeExitStatus = Record<ExitStatusFields>({ code: 0, signo: null }, 'ExitStatus')

/** Nobody has set a status yet; the zero value of the source. Reads as exit code 0. */
export const noStatus: ExitStatus = makeExitStatus()

export const exited = (code: number): ExitStatus => makeExitStatus({ code })
export const killedBy = (signo: Signal): ExitStatus => makeExitStatus({ signo })

/** Was the exit caused by a signal? Source: `ExitStatus.Signaled`. */
export const signaled = (es: ExitStatus): boolean => es.signo !== null

/**
 * The status word that wait4 stores: exit code in bits 8 to 15, signal number in bits 0 to 7.
 * Source: `ExitStatus.Status`.
 */
export const statusWord = (es: ExitStatus): number =>
  ((es.code & 0xff) << 8) | (es.signo === null ? 0 : numberOf(es.signo) & 0xff)

/** What a shell reports in `$?`. Source: `ExitStatus.ShellExitCode`. */
export const shellExitCode = (es: ExitStatus): number =>
  es.signo === null ? es.code : 128 + numberOf(es.signo)
