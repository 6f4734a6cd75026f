/**
 * One critical section of a task: what each run state does.
 */
import { afterVforkStop, maybeBeginVforkStop, ptraceClone } from './clone.js'
import { hasWorkForChildren } from './dying-init.js'
import { afterExecStop, execUnstopVforkParent, ptraceExec } from './exec.js'
import {
  exitChildren,
  exitClearTid,
  exitRelease,
  exitThreadGroup,
  exitTracees,
  exitUnstopVforkParent,
  runExit,
  runExitNotify,
  waitsForNamespace,
} from './exit.js'
import {
  afterSignalDeliveryStop,
  enterGroupStop,
  initiateGroupStop,
  notifyContinue,
  runInterrupt,
  signalDeliveryStop,
  signalGroupExit,
  tellGroupStop,
} from './interrupt.js'
import { runPtraceRequest } from './ptrace.js'
import type { RunState } from './run-state.js'
import { endSyscall } from './syscall.js'
import type { Task } from './task.js'
import { waitAgain, waitInterrupted } from './wait.js'

/** What a task does next: its run state's own step, or, of a blocked wait, one of the two that end the sleep. */
export type Step = 'run' | 'wait again' | 'be interrupted'

/** Not here: run states in which a task does nothing on its own, and `wait`, which has two ways to go on. */
const sections: Readonly<Record<Exclude<RunState, 'starting' | 'wait' | 'exited'>, (task: Task) => void>> = {
  app: runInterrupt,
  interrupt: runInterrupt,
  notifyContinue,
  notifyInterruptedStop: notifyContinue,
  enterGroupStop,
  enterGroupStopLast: enterGroupStop,
  groupStopEntered: tellGroupStop,
  signalDeliveryStop,
  afterSignalDeliveryStop,
  deliverStop: initiateGroupStop,
  deliverExit: signalGroupExit,
  ptraceRequest: runPtraceRequest,
  ptraceClone,
  maybeBeginVforkStop,
  afterVforkStop,
  syscallExit: endSyscall,
  afterExecStop,
  execUnstopVforkParent,
  ptraceExec,
  exit: runExit,
  exitMain: exitThreadGroup,
  exitClearTid,
  exitRelease,
  exitUnstopVforkParent,
  exitPtrace: exitTracees,
  exitChildren,
  exitNotify: runExitNotify,
}

/** What the task may do next; nothing while it is stopped, or waits for its program or for an event. */
export function nextSteps(task: Task): readonly Step[] {
  // It has stopped on its way, and only then tells of it.
  if (task.runState === 'groupStopEntered') return ['run']
  if (task.stop !== null) return []
  switch (task.runState) {
    case 'starting':
    case 'exited':
      return []
    case 'app':
      return task.interrupted ? ['run'] : []
    case 'wait': {
      const steps: Step[] = []
      if (task.waiting?.notified) steps.push('wait again')
      if (task.interrupted) steps.push('be interrupted')
      return steps
    }
    case 'exitChildren':
      return hasWorkForChildren(task) ? ['run'] : []
    case 'exitNotify':
      return waitsForNamespace(task) ? [] : ['run']
    default:
      return ['run']
  }
}

/** Runs one critical section. */
export function runStep(task: Task, step: Step): void {
  const from = task.runState
  if (step === 'wait again') waitAgain(task)
  else if (step === 'be interrupted') waitInterrupted(task)
  else sections[from as keyof typeof sections](task)
  task.taskSet.observe?.({ kind: 'step', task, from, to: task.runState })
}
