/**
 * Numbers of ptrace(2): options, events, codes of stops.
 */
import { SIGTRAP, type Signal } from './signals.js'

/** A bit mask of PTRACE_O_…, and of them those that the exit cycle can tell apart. */
export type PtraceOptions = number

export const PTRACE_O_TRACEFORK = 0x02
export const PTRACE_O_TRACEVFORK = 0x04
export const PTRACE_O_TRACECLONE = 0x08
export const PTRACE_O_TRACEEXEC = 0x10
export const PTRACE_O_TRACEVFORKDONE = 0x20
export const PTRACE_O_TRACEEXIT = 0x40
export const PTRACE_O_EXITKILL = 0x10_0000

export const knownPtraceOptions: PtraceOptions =
  PTRACE_O_TRACEFORK |
  PTRACE_O_TRACEVFORK |
  PTRACE_O_TRACECLONE |
  PTRACE_O_TRACEEXEC |
  PTRACE_O_TRACEVFORKDONE |
  PTRACE_O_TRACEEXIT |
  PTRACE_O_EXITKILL

export const PTRACE_EVENT_FORK = 1
export const PTRACE_EVENT_VFORK = 2
export const PTRACE_EVENT_CLONE = 3
export const PTRACE_EVENT_EXEC = 4
export const PTRACE_EVENT_VFORK_DONE = 5
export const PTRACE_EVENT_EXIT = 6
/** Only of tracees that are seized. */
export const PTRACE_EVENT_STOP = 128

/** What a ptrace-stop reports: a signal, or SIGTRAP with an event above it; 0 is nothing, or nothing any more. */
export type PtraceCode = number

export const codeOfEvent = (event: number): PtraceCode => SIGTRAP | (event << 8)

/** PTRACE_EVENT_STOP in a group stop: with its signal, and not with SIGTRAP. */
export const codeOfStop = (sig: Signal): PtraceCode => sig | (PTRACE_EVENT_STOP << 8)

/** Does the stop report an event, and no signal? */
export const isEventCode = (code: PtraceCode): boolean => code > 0xff

/** A request between the freezing of the tracee and its execution. */
export interface PtraceRequest {
  readonly request: 'CONT' | 'DETACH' | 'SETOPTIONS'
  /** CONT, DETACH: the signal to deliver; 0 is none. */
  readonly signal: number
  /** SETOPTIONS. */
  readonly options: PtraceOptions
}
