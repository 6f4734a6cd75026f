/**
 * Birth: fork, vfork, clone. Source: task_clone.go, `newTask` in task_start.go, `ptraceClone` in ptrace.go.
 */
import type { CloneOptions } from './clone-options.js'
import { SyscallError } from './errors.js'
import { ptraceEvent, setTracer } from './ptrace.js'
import {
  PTRACE_EVENT_CLONE,
  PTRACE_EVENT_FORK,
  PTRACE_EVENT_VFORK,
  PTRACE_EVENT_VFORK_DONE,
  PTRACE_O_TRACECLONE,
  PTRACE_O_TRACEFORK,
  PTRACE_O_TRACEVFORK,
  PTRACE_O_TRACEVFORKDONE,
} from './ptrace-options.js'
import { newlySeized } from './seize.js'
import { bitOf, SIGCHLD, SIGSTOP } from './signals.js'
import { beginInternalStop, isGroupStopOn, isKilled } from './stop.js'
import { endSyscall, goTo } from './syscall.js'
import type { Task } from './task.js'

/**
 * Makes the child and, where neither a tracer nor a vfork gives the call more to do, starts it.
 *
 * Throws EINTR for a thread in a group that is going, ENOMEM in a namespace that is, EAGAIN without a free id.
 */
export function clone(task: Task, options: CloneOptions): Task {
  const { group } = task
  if (!options.newThreadGroup && (group.exiting || group.execing !== null))
    throw new SyscallError('EINTR', 'clone')

  const child = options.newThreadGroup ? task.taskSet.newProcess(task, options) : task.taskSet.newThread(task)
  if (!options.newThreadGroup) joinGroupStop(child)
  child.cleartid = options.childClearTID
  child.vforkParent = options.vfork ? task : null
  // A thread and a vfork child use the memory of their parent; that of others is their own, and new.
  if (!options.newThreadGroup || options.vfork) child.mmMaxRSS = task.mmMaxRSS

  if (task.tracer !== null || options.inheritTracer) {
    task.cloneChild = child
    task.cloneOptions = options
    goTo(task, 'ptraceClone')
  } else if (options.vfork) {
    task.cloneChild = child
    goTo(task, 'maybeBeginVforkStop')
  } else {
    start(child)
    endSyscall(task)
  }
  return child
}

/** A thread that is born into a group stop enters it; one that is complete does not count it. */
function joinGroupStop(thread: Task): void {
  const { group, taskSet } = thread
  if (taskSet.profile.switches.newThread === 'runs in a stopped group' || !isGroupStopOn(group)) return
  thread.groupStopRequired = true
  thread.groupStopAcknowledged = group.groupStopPhase === 'Complete'
}

/** The child runs, and first looks for a reason to stop: that answers every interrupt from before. */
function start(child: Task): void {
  if (child.runState !== 'starting') return
  child.interrupted = false
  goTo(child, 'interrupt')
}

/** What a tracer may be told of a clone, and the option that asks for it. */
function eventOf({ vfork, terminationSignal }: CloneOptions): readonly [event: number, option: number] {
  if (vfork) return [PTRACE_EVENT_VFORK, PTRACE_O_TRACEVFORK]
  if (terminationSignal === SIGCHLD) return [PTRACE_EVENT_FORK, PTRACE_O_TRACEFORK]
  return [PTRACE_EVENT_CLONE, PTRACE_O_TRACECLONE]
}

const inProgress = (task: Task): Task => {
  if (task.cloneChild === null) throw new Error(`${task} goes on with a clone that has made no child`)
  return task.cloneChild
}

/** Somebody has attached to it since it was made. */
const isTracedAlready = ({ tracer, taskSet }: Task): boolean =>
  tracer !== null && taskSet.profile.switches.bornTracee === 'keeps its tracer'

/** The tracer is told of the clone and gets the child as a tracee, if it asked for that. Then the child runs. */
export function ptraceClone(task: Task): void {
  const child = inProgress(task)
  const options = task.cloneOptions as CloneOptions
  const { tracer, ptraceOpts } = task
  const isTold = !options.untraced && ptraceEvent(task, ...eventOf(options))
  if ((isTold || options.inheritTracer) && tracer !== null && !isTracedAlready(child)) {
    setTracer(child, tracer)
    child.ptraceOpts = ptraceOpts
    if (task.seized === null) child.pendingSignals |= bitOf(SIGSTOP)
    else child.seized = { ...newlySeized, trapStop: true }
  }
  task.cloneOptions = null
  if (options.vfork) {
    // Stopped for the event, the parent gets to wait for the child only afterwards; the child runs meanwhile.
    if (isTold) start(child)
    goTo(task, 'maybeBeginVforkStop')
    return
  }
  start(child)
  task.cloneChild = null
  if (isTold) goTo(task, 'syscallExit')
  else endSyscall(task)
}

/** The parent stops until the child lets go of its memory, unless that has happened or the parent was killed. */
export function maybeBeginVforkStop(task: Task): void {
  const child = inProgress(task)
  task.cloneChild = null
  goTo(task, 'afterVforkStop')
  if (isKilled(task)) child.vforkParent = null
  else if (child.vforkParent === task) beginInternalStop(task, 'vfork')
  start(child)
}

/** The child has let go; the tracer may want to know. */
export function afterVforkStop(task: Task): void {
  if (ptraceEvent(task, PTRACE_EVENT_VFORK_DONE, PTRACE_O_TRACEVFORKDONE)) goTo(task, 'syscallExit')
  else endSyscall(task)
}
