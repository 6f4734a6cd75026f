/**
 * What keeps a task from running, and what makes it look up. Source: task_stop.go, task_block.go.
 */
import { allSignals, bitOf, noSignals, SIGKILL } from './signals.js'
import type { Task } from './task.js'
import type { ThreadGroup } from './thread-group.js'

/** A ptrace-stop may be frozen besides, while its tracer operates on the tracee. */
export const stops = ['group', 'ptrace', 'exec', 'vfork'] as const
export type Stop = (typeof stops)[number]

export function beginInternalStop(task: Task, stop: Stop): void {
  if (task.stop !== null)
    throw new Error(`${task} enters the stop '${stop}' while in the stop '${task.stop}'`)
  task.stop = stop
}

export function endInternalStop(task: Task): void {
  if (task.stop === null) throw new Error(`${task} leaves a stop that it is not in`)
  task.stop = null
  task.stopFrozen = false
  task.taskSet.wake(task)
  const { seized } = task
  if (seized !== null) {
    // It does not listen any more, and looks for a stop that has been asked for meanwhile.
    task.seized = { ...seized, listen: 'cannot' }
    if (seized.trapStop || seized.trapNotify) interrupt(task)
  }
  if (task.taskSet.profile.switches.signalsSentInStop === 'are overlooked') return
  if ((task.pendingSignals | task.group.pendingSignals) !== noSignals) interrupt(task)
}

/** Have the tasks of the group been told to stop, and not to go on since? */
export const isGroupStopOn = ({ groupStopPhase }: ThreadGroup): boolean =>
  groupStopPhase === 'Initiated' || groupStopPhase === 'Complete'

/** Does SIGKILL end it? A frozen ptrace-stop belongs to the tracer. */
export const isKillable = (task: Task): boolean => task.stop !== null && !task.stopFrozen

/** Is a SIGKILL pending? Source: `killedLocked`. */
export const isKilled = (task: Task): boolean => (task.pendingSignals & bitOf(SIGKILL)) !== 0

/** Has it begun to exit, so that every signal is for others? */
export const masksEverything = (task: Task): boolean => task.signalMask === allSignals

/**
 * Makes the task look for a reason before it returns to its program. One that has begun to exit never looks
 * again, so its flag is not kept.
 */
export function interrupt(task: Task): void {
  if (masksEverything(task)) return
  task.interrupted = true
  task.taskSet.wake(task)
}

/** Nothing is pending for the task, and nothing will be looked for. */
export function forgetSignals(task: Task): void {
  task.pendingSignals = noSignals
  task.interrupted = false
}
