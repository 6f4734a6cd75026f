/**
 * Where a task is in its control flow.
 *
 * Source: the `taskRunState`s and, where one of them lets go of the mutex in between, its parts: what lies
 * between two run states is one critical section.
 */

export const runStates = [
  'starting', // the clone that creates it is not over
  'app', // runs its program; it may make a system call
  'interrupt', // looks for the reason of an interrupt
  'notifyContinue', // tells parent and tracer that the group continues
  'notifyInterruptedStop', // the same, of a stop that SIGCONT cut short
  'enterGroupStop', // has acknowledged a group stop and enters it
  'enterGroupStopLast', // the same, as the one who completed it
  'groupStopEntered', // is in the group stop already, and tells the parent that it was the last (in some profiles)
  'signalDeliveryStop', // a dequeued signal may have to be shown to the tracer
  'afterSignalDeliveryStop', // the tracer has decided about it
  'deliverStop', // a stop signal is about to stop the group
  'deliverExit', // a fatal signal is about to end the group
  'wait', // blocked in wait, or about to look again
  'ptraceRequest', // the tracee is frozen, the request is carried out next
  'ptraceClone', // the child exists, the tracer is told next
  'maybeBeginVforkStop', // waits for a vfork child, unless it has let go already
  'afterVforkStop', // the vfork child has let go
  'syscallExit', // a system call ends after a stop
  'afterExecStop', // the siblings are gone, or the task was killed
  'execUnstopVforkParent', // the old address space is given up
  'ptraceExec', // the tracer is told of the execve
  'exit', // PTRACE_EVENT_EXIT
  'exitMain', // leaves the thread group
  'exitClearTid', // clears its thread id in memory
  'exitRelease', // releases memory
  'exitUnstopVforkParent', // frees a parent in vfork
  'exitPtrace', // lets its tracees go
  'exitChildren', // gives its children away
  'exitNotify', // becomes a zombie, and says so
  'exited', // never runs again
] as const

export type RunState = (typeof runStates)[number]
