/**
 * Tracees that are seized: they stop by PTRACE_EVENT_STOP, without a signal.
 *
 * Not in the source: ptrace(2); kernel/ptrace.c and kernel/signal.c of Linux, for a profile that knows PTRACE_SEIZE.
 * Not here: the requests of the tracer (ptrace.ts).
 */
import { codeOfEvent, codeOfStop, PTRACE_EVENT_STOP, type PtraceCode } from './ptrace-options.js'
import { endInternalStop, interrupt, isGroupStopOn } from './stop.js'
import type { Task } from './task.js'

export const listens = ['cannot', 'can', 'does'] as const

/** What is asked of a tracee that is seized. Replaced as a whole when it changes. */
export interface Seized {
  /** A PTRACE_EVENT_STOP is to come: the tracer has asked for it. */
  readonly trapStop: boolean
  /** One is to come: the group has begun to stop, or continues. */
  readonly trapNotify: boolean
  /** Is it in one, so that its tracer may let it listen for the end of a group stop; and does it? */
  readonly listen: (typeof listens)[number]
}

export const newlySeized: Seized = { trapStop: false, trapNotify: false, listen: 'cannot' }

const isStopEvent = (code: PtraceCode): boolean => code >> 8 === PTRACE_EVENT_STOP

/** With what it stops now: with the signal of the group stop, if there is one. Source: `do_jobctl_trap` of Linux. */
export const stopCodeOf = ({ group }: Task): PtraceCode =>
  isGroupStopOn(group) ? codeOfStop(group.groupStopSignal) : codeOfEvent(PTRACE_EVENT_STOP)

/** It is about to stop with this code. Source: `ptrace_stop` of Linux. */
export function settleTraps(task: Task, code: PtraceCode): void {
  const { seized } = task
  if (seized === null) return
  task.seized = isStopEvent(code)
    ? { trapStop: false, trapNotify: false, listen: 'can' }
    : { ...seized, trapStop: false, listen: 'cannot' }
}

/** Is it to stop for its tracer before it looks at its signals? */
export const isToTrap = ({ seized }: Task): boolean =>
  seized !== null && (seized.trapStop || seized.trapNotify)

/** The tracer wants it to stop. Source: PTRACE_INTERRUPT in `ptrace_request` of Linux. */
export const trapStop = (task: Task): void => ask(task, 'trapStop')

/** Its group has begun to stop, or continues: the tracer is to know. Source: `ptrace_trap_notify` of Linux. */
export const trapNotify = (task: Task): void => ask(task, 'trapNotify')

/** One that listens leaves its stop; one that is stopped otherwise finds out when it goes on. */
function ask(task: Task, trap: 'trapStop' | 'trapNotify'): void {
  const { seized } = task
  if (seized === null) return
  task.seized = { ...seized, [trap]: true }
  if (seized.listen === 'does') endInternalStop(task)
  else if (task.stop === null) interrupt(task)
}
