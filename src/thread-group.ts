/**
 * Thread groups: what the threads of a process share. Source: thread_group.go, `threadGroupNode` in threads.go.
 */
import type { CPUStats } from './cpu-stats.js'
import { noTime } from './cpu-stats.js'
import { EventQueue } from './event-queue.js'
import { ExitStatus } from './exit-status.js'
import type { PIDNamespace } from './pid-namespace.js'
import type { ProcessGroup } from './process-group.js'
import { sendSignal } from './send-signal.js'
import { type Handler, noSignals, SIGCHLD, type Signal, type SignalSet } from './signals.js'
import type { Task } from './task.js'
import type { TaskSet } from './task-set.js'
import { sendTimerSignal } from './timer-signal.js'

/**
 * Progress of a group stop: none; a stop signal was dequeued, and its action may still be cancelled by SIGCONT;
 * the tasks were told to stop; all of them have acknowledged that.
 */
export const groupStopPhases = ['None', 'Dequeued', 'Initiated', 'Complete'] as const
export type GroupStopPhase = (typeof groupStopPhases)[number]

/** What is to be done with a signal. Of the signals here, programs can tell that only of SIGCHLD. */
export interface SignalAction {
  readonly handler: Handler
  /** SA_NOCLDWAIT: children are not kept as zombies. */
  readonly noCldWait: boolean
  /** SA_NOCLDSTOP: no signal when children stop or continue. */
  readonly noCldStop: boolean
}

export const defaultAction: SignalAction = { handler: 'default', noCldWait: false, noCldStop: false }

/** Its fields are for everybody to read, and for this library to write. */
export class ThreadGroup {
  /** Where its blocked waits sleep. */
  readonly eventQueue = new EventQueue()
  /** The first task, or the one that has executed a program since. Undefined only while the group is made. */
  leader!: Task
  /** Those not yet reaped, oldest first. */
  readonly tasks = new Set<Task>()
  /** The size of `tasks`. */
  tasksCount = 0
  /** Tasks that are not zombies yet. */
  liveTasks = 0
  /** Tasks that have not begun to exit. */
  activeTasks = 0
  /** The whole group is to exit, with `exitStatus`. */
  exiting = false
  exitStatus = ExitStatus.none
  /** The task that has killed the others to execute a program. */
  execing: Task | null = null
  groupStopPhase: GroupStopPhase = 'None'
  groupStopSignal: Signal = 0
  /** Tasks that have acknowledged the group stop. */
  groupStopCount = 0
  /** A parent may wait for the stop. */
  groupStopWaitable = false
  /** The next task to look tells parent and tracer that the group continues. */
  groupContNotify = false
  /** The stop that was ended had not been completed. */
  groupContInterrupted = false
  /** A parent may wait for the continuation. */
  groupContWaitable = false
  /** Signals for whichever task takes them. */
  pendingSignals: SignalSet = noSignals
  sigchldAction: SignalAction = defaultAction
  /** Undefined only while the group is made. */
  processGroup!: ProcessGroup
  /** A program was executed since the fork. */
  execed = false
  /** Does it adopt its orphaned descendants? Only in profiles that know PR_SET_CHILD_SUBREAPER. */
  childSubreaper = false
  /**
   * Its parent has executed a program since the fork, and is told by SIGCHLD in place of another termination signal. Only in
   * profiles that have it so.
   */
  parentExeced = false
  /** CPU time of the tasks that were reaped. */
  exitedCPUStats: CPUStats = noTime
  /** CPU time of the processes that were waited for. */
  childCPUStats: CPUStats = noTime
  /** Maximum resident set sizes, in bytes: of its tasks, and of the processes that were waited for. */
  maxRSS = 0
  childMaxRSS = 0
  /** The task that the last timer signal was sent through. */
  lastTimerSignalTask: Task | null = null

  /** @param terminationSignal sent to the parent at exit; 0 is none */
  constructor(
    readonly taskSet: TaskSet,
    readonly pidns: PIDNamespace,
    /** That of the task that founds it. */
    readonly serial: number,
    public terminationSignal: Signal = SIGCHLD,
  ) {}

  handlerOf(sig: Signal): Handler {
    return sig === SIGCHLD ? this.sigchldAction.handler : 'default'
  }

  /** The signal that tells the parent of its end. */
  get announcedBy(): Signal {
    return this.parentExeced ? SIGCHLD : this.terminationSignal
  }

  /** All of it is to exit, with this status. */
  beginExit(status: ExitStatus): void {
    this.exiting = true
    this.exitStatus = status
    if (this.taskSet.profile.switches.changesOfTheDying === 'are forgotten') this.forgetChanges()
  }

  /** It has never stopped or continued, for all that a wait can say, and nobody is told any more. */
  private forgetChanges(): void {
    this.groupStopPhase = 'None'
    this.groupStopSignal = 0
    this.groupStopWaitable = false
    this.groupContNotify = false
    this.groupContInterrupted = false
    this.groupContWaitable = false
    for (const task of this.tasks) task.groupStopRequired = false
  }

  /** What a wait that consumes the exit of the group reports. Source: `ThreadGroup.ExitStatus`. */
  get reportedStatus(): ExitStatus {
    return this.exiting ? this.exitStatus : this.leader.exitStatus
  }

  /** kill(2) of this process: a signal for whichever thread takes it. */
  sendSignal(sig: Signal): void {
    sendSignal(this.leader, sig, true)
  }

  /** A process timer goes off. Does nothing once every task has begun to exit: the timers are released then. */
  sendTimerSignal(sig: Signal): void {
    if (this.activeTasks > 0) sendTimerSignal(this, sig)
  }
}
