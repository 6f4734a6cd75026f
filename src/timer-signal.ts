/**
 * Signals of process timers go through the next task, in turn, that is on a processor. Source: `SendTimerSignal`,
 * `onCPULocked` in task_signals.go.
 */
import { sendSignal } from './send-signal.js'
import type { Signal } from './signals.js'
import type { Task } from './task.js'
import type { ThreadGroup } from './thread-group.js'

export function sendTimerSignal(group: ThreadGroup, sig: Signal): void {
  const receiver = nextOnCPU(group) ?? group.leader
  group.lastTimerSignalTask = receiver
  sendSignal(receiver, sig, true)
}

/** The first behind the last one, or else the first up to it. */
function nextOnCPU(group: ThreadGroup): Task | null {
  const last = group.lastTimerSignalTask
  let first: Task | null = null
  let isBehind = last === null
  for (const task of group.tasks) {
    if (isOnCPU(task)) {
      if (isBehind) return task
      first ??= task
    }
    if (task === last) isBehind = true
  }
  return first
}

/** Does it run its program, or a system call of it? */
const isOnCPU = ({ exitState, stop, runState }: Task): boolean =>
  exitState === 'None' && stop === null && runState !== 'wait' && runState !== 'starting'
