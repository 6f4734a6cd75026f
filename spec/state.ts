/**
 * The state: everything the model knows at an instant, one line for each field.
 *
 * Here: tasks, thread groups, PID namespaces, process groups and sessions as immutable records, and the
 * one interface through which rules and properties read and write them.
 * Not here: what may happen (rules/), what must hold (properties/).
 *
 * The fields and their names are those of the source (task.go, threads.go, thread_group.go, sessions.go),
 * redundancy included: `children` beside `parent`, `tracees` beside `tracer`, counters beside lists.
 *
 * A state has a fixed number of *slots*. Slot i holds task i, and with it the thread group, namespace,
 * process group and session that task i founds, if it founds one: group 3 is the group whose first leader
 * was task 3. A slot whose task is `unborn` is free; fork takes the lowest. Thread ids are named likewise:
 * id 3 is the id that task 3 was given at birth (execve can pass it on).
 */
import { List, Map, Record, type RecordOf, Set } from 'immutable'
import type { Event } from './events.js'
import { type ExitStatus, noStatus } from './exit-status.js'
import type { CloneForm } from './menu.js'
import type { Scope } from './scope.js'
import type { Handler, Signal } from './signals.js'
import type { WaitOptions } from './wait-options.js'

export type TaskId = number
export type ThreadId = number
export type GroupId = number
export type NamespaceId = number
export type ProcessGroupId = number
export type SessionId = number

/** Progress through the exit path. Source: `TaskExitState`. */
export type ExitState = 'None' | 'Initiated' | 'Zombie' | 'Dead'

/**
 * Where a task is in its control flow: the critical section that it will run next.
 *
 * Source: the `taskRunState`s and, where one of them holds a mutex more than once, its parts.
 */
export type RunState =
  | 'unborn' // the slot is free
  | 'starting' // created by a clone that has not returned yet; its goroutine does not run
  | 'app' // runs the program: may make a system call, or notice an interrupt
  | 'interrupt' // runInterrupt: look for a reason
  | 'notifyContinue' // runInterrupt: tell parent and tracer that the group continues
  | 'notifyInterruptedStop' // runInterrupt: the same, of a stop that SIGCONT cut short
  | 'enterGroupStop' // runInterrupt: stop, for the group stop acknowledged
  | 'enterGroupStopLast' // runInterrupt: the same, as the one whose acknowledgement completed it
  | 'groupStopEntered' // runInterrupt: in the group stop already, tell the parent (only in some profiles)
  | 'signalDeliveryStop' // ptraceSignalLocked: a dequeued signal may have to be shown to the tracer
  | 'afterSignalDeliveryStop' // runInterruptAfterSignalDeliveryStop
  | 'deliverStop' // deliverSignal: initiateGroupStop comes next
  | 'deliverExit' // deliverSignal: PrepareGroupExit comes next
  | 'wait' // Wait: blocked in its event queue, or about to look again
  | 'ptraceRequest' // Ptrace: the tracee is frozen, the request is about to be carried out
  | 'ptraceClone' // Clone: the child exists, ptraceClone comes next
  | 'maybeBeginVforkStop' // Clone, runSyscallAfterPtraceEventClone: wait for the vfork child?
  | 'afterVforkStop' // runSyscallAfterVforkStop
  | 'syscallExit' // runSyscallExit after a stop
  | 'afterExecStop' // runSyscallAfterExecStop
  | 'execUnstopVforkParent' // runSyscallAfterExecStop: the old address space is given up
  | 'ptraceExec' // runSyscallAfterExecStop: tell the tracer
  | 'exit' // runExit
  | 'exitMain' // runExitMain: exitThreadGroup
  | 'exitClearTid' // runExitMain: clear the thread id in memory and wake its futex
  | 'exitRelease' // runExitMain: release resources
  | 'exitUnstopVforkParent' // runExitMain
  | 'exitPtrace' // runExitMain: detach the tracees
  | 'exitChildren' // runExitMain: reparent the children
  | 'exitNotify' // runExitNotify
  | 'exited' // the goroutine has ended

/** What keeps a task from running. `ptraceFrozen` is a ptraceStop while its tracer operates on it. */
export type Stop = 'group' | 'ptrace' | 'ptraceFrozen' | 'exec' | 'vfork'

/** What a ptrace-stop reports: a signal, or an event (`SIGTRAP | event << 8`). */
export type PtraceEvent = 'EXIT' | 'EXEC' | 'FORK' | 'VFORK' | 'CLONE' | 'VFORK_DONE' | StopEvent
/** PTRACE_EVENT_STOP, with SIGTRAP or with the signal of the group stop: only of tracees that are seized. */
export type StopEvent = 'STOP' | 'STOP SIGSTOP' | 'STOP SIGTSTP'
export type PtraceCode = Signal | PtraceEvent | null

/** The options of PTRACE_SETOPTIONS that the exit cycle can tell apart. Source: `ptraceOptions`. */
export type PtraceOption =
  | 'EXITKILL'
  | 'TRACEEXIT'
  | 'TRACEEXEC'
  | 'TRACEFORK'
  | 'TRACEVFORK'
  | 'TRACECLONE'
  | 'TRACEVFORKDONE'

/** A ptrace request between the freezing of the tracee and its execution. */
export type PtraceRequestFields = {
  readonly request: 'CONT' | 'DETACH' | 'SETOPTIONS'
  readonly target: TaskId
  /** CONT, DETACH: the signal to deliver. */
  readonly signal: Signal | null
  /** SETOPTIONS. */
  readonly options: Set<PtraceOption>
}
export type PtraceRequest = RecordOf<PtraceRequestFields>
export const makePtraceRequest = Record<PtraceRequestFields>(
  { request: 'CONT', target: 0, signal: null, options: Set() },
  'PtraceRequest',
)

/** What is asked of a tracee that is seized. */
export type SeizedFields = {
  /** A PTRACE_EVENT_STOP is to come: the tracer has asked for it. */
  readonly trapStop: boolean
  /** One is to come: the group has begun to stop, or continues. */
  readonly trapNotify: boolean
  /** Is it in one, so that its tracer may let it listen for the end of a group stop; and does it? */
  readonly listen: 'cannot' | 'can' | 'does'
}
export type Seized = RecordOf<SeizedFields>
export const makeSeized = Record<SeizedFields>(
  { trapStop: false, trapNotify: false, listen: 'cannot' },
  'Seized',
)

/** Resources that were used, as the tasks that used them, in order; a task counted twice is there twice. */
export type Usage = List<TaskId>

export type TaskFields = {
  /** The thread group; for an unborn task, meaningless. */
  group: GroupId
  parent: TaskId | null
  children: Set<TaskId>
  /** `ptraceTracer`. */
  tracer: TaskId | null
  /** `ptraceTracees`. */
  tracees: Set<TaskId>
  exitState: ExitState
  runState: RunState
  exitStatus: ExitStatus
  /** The tracer has been told of the exit, or there was none to tell. */
  exitTracerNotified: boolean
  /** The tracer has taken note, has detached, or there was none. */
  exitTracerAcked: boolean
  /** The parent has been told of the exit, or did not have to be. */
  exitParentNotified: boolean
  /** The parent has taken note, ignores its children, or did not have to be told. */
  exitParentAcked: boolean
  stop: Stop | null
  /** `interruptChan` is not empty. */
  interrupted: boolean
  /** `pendingSignals` of the task. Real-time signals, and so several instances of one, are left out. */
  pending: Set<Signal>
  /** The signal mask, as far as the exit path sets it: everything once the task has begun to exit. */
  masksAll: boolean
  groupStopRequired: boolean
  groupStopAcknowledged: boolean
  ptraceCode: PtraceCode
  ptraceOpts: Set<PtraceOption>
  /** Traced by PTRACE_SEIZE, or born of one that is; null if not. Only in some profiles. */
  seized: Seized | null
  parentDeathSignal: Signal | null
  /** An address to clear and wake at exit is set. */
  cleartid: boolean
  /** The task that waits in vfork until this one gives up its address space. */
  vforkParent: TaskId | null
  /** The child that a clone in progress has created. */
  cloneChild: TaskId | null
  /** How it was asked for, as far as the rest of the call needs it. */
  cloneForm: CloneForm | null
  /** The wait that the task is blocked in, or will restart after its interrupt. */
  wait: WaitOptions | null
  /** The channel of the blocked wait has been written to. */
  waitNotified: boolean
  /** A signal taken off its queue and not yet acted upon, or the signal of the group stop being entered. */
  inHand: Signal | null
  /** The ptrace request being carried out. */
  request: PtraceRequest | null
  /** CPU time used by the task itself: empty in scopes that do not follow it. */
  cpuStats: Usage
  /** Maximum resident set size of the task's memory, as a number that tells whose it is; 0 where cpuStats are empty. */
  mmMaxRSS: number
}

export type GroupStopPhase = 'None' | 'Dequeued' | 'Initiated' | 'Complete'

export type ThreadGroupFields = {
  /** Null while the slot is free. */
  leader: TaskId | null
  /** The tasks not yet reaped, oldest first. */
  tasks: List<TaskId>
  /** The number of `tasks`. */
  tasksCount: number
  /** Tasks that have not reached Zombie. */
  liveTasks: number
  /** Tasks that have not reached Initiated. */
  activeTasks: number
  exiting: boolean
  exitStatus: ExitStatus
  /** The task that has killed the others to execve. */
  execing: TaskId | null
  /** Sent to the parent at exit; null is signal 0. */
  terminationSignal: Signal | null
  groupStopPhase: GroupStopPhase
  groupStopSignal: Signal | null
  groupStopCount: number
  groupStopWaitable: boolean
  groupContNotify: boolean
  groupContInterrupted: boolean
  groupContWaitable: boolean
  /** `pendingSignals` of the group. */
  pending: Set<Signal>
  /** The disposition of SIGCHLD. */
  sigchld: Handler
  saNoCldWait: boolean
  saNoCldStop: boolean
  pidns: NamespaceId
  processGroup: ProcessGroupId
  /** An execve has been completed since the fork. */
  execed: boolean
  /** Adopts the orphans among its descendants: PR_SET_CHILD_SUBREAPER. Only in some profiles. */
  childSubreaper: boolean
  /**
   * Its parent has executed a program since the fork, and is told by SIGCHLD whatever was asked for then; only of a group
   * with another termination signal. Only in some profiles.
   */
  parentExeced: boolean
  exitedCPUStats: Usage
  childCPUStats: Usage
  maxRSS: number
  childMaxRSS: number
  lastTimerSignalTask: TaskId | null
}

export type PIDNamespaceFields = {
  exists: boolean
  parent: NamespaceId | null
  /** The ids that are taken, and by whom. InitTID is the id of the task that founded the namespace. */
  tasks: Map<ThreadId, TaskId>
  /** The inverse of `tasks`. */
  tids: Map<TaskId, ThreadId>
  exiting: boolean
}

export type ProcessGroupFields = {
  session: SessionId
  /** Member groups whose parent is in another process group of the session; an orphan has none. Wraps below 0. */
  ancestors: number
  /** Member groups; at 0 the process group is gone. */
  refs: number
}

export type SessionFields = {
  /** Process groups; at 0 the session is gone. */
  refs: number
}

export type Task = RecordOf<TaskFields>
export type ThreadGroup = RecordOf<ThreadGroupFields>
export type PIDNamespace = RecordOf<PIDNamespaceFields>
export type ProcessGroup = RecordOf<ProcessGroupFields>
export type Session = RecordOf<SessionFields>

export const makeTask = Record<TaskFields>(
  {
    group: 0,
    parent: null,
    children: Set(),
    tracer: null,
    tracees: Set(),
    exitState: 'None',
    runState: 'unborn',
    exitStatus: noStatus,
    exitTracerNotified: false,
    exitTracerAcked: false,
    exitParentNotified: false,
    exitParentAcked: false,
    stop: null,
    interrupted: false,
    pending: Set(),
    masksAll: false,
    groupStopRequired: false,
    groupStopAcknowledged: false,
    ptraceCode: null,
    ptraceOpts: Set(),
    seized: null,
    parentDeathSignal: null,
    cleartid: false,
    vforkParent: null,
    cloneChild: null,
    cloneForm: null,
    wait: null,
    waitNotified: false,
    inHand: null,
    request: null,
    cpuStats: List(),
    mmMaxRSS: 0,
  },
  'Task',
)

export const makeThreadGroup = Record<ThreadGroupFields>(
  {
    leader: null,
    tasks: List(),
    tasksCount: 0,
    liveTasks: 0,
    activeTasks: 0,
    exiting: false,
    exitStatus: noStatus,
    execing: null,
    terminationSignal: 'SIGCHLD',
    groupStopPhase: 'None',
    groupStopSignal: null,
    groupStopCount: 0,
    groupStopWaitable: false,
    groupContNotify: false,
    groupContInterrupted: false,
    groupContWaitable: false,
    pending: Set(),
    sigchld: 'default',
    saNoCldWait: false,
    saNoCldStop: false,
    pidns: 0,
    processGroup: 0,
    execed: false,
    childSubreaper: false,
    parentExeced: false,
    exitedCPUStats: List(),
    childCPUStats: List(),
    maxRSS: 0,
    childMaxRSS: 0,
    lastTimerSignalTask: null,
  },
  'ThreadGroup',
)

export const makePIDNamespace = Record<PIDNamespaceFields>(
  { exists: false, parent: null, tasks: Map(), tids: Map(), exiting: false },
  'PIDNamespace',
)

export const makeProcessGroup = Record<ProcessGroupFields>(
  { session: 0, ancestors: 0, refs: 0 },
  'ProcessGroup',
)

export const makeSession = Record<SessionFields>({ refs: 0 }, 'Session')

/** What is asked of a field: is it this value, or does it pass this test? The test is pure, and one function for all time. */
export type Asked<T> = T | ((value: T) => boolean)

/** A test of a whole task. It is pure, and one function for all time. */
export type TaskTest = (task: Readonly<TaskFields>) => boolean

/**
 * The one way to read and write a state: a field of a cell, or a cell with fields changed.
 *
 * A rule sees nothing else, so that an engine may hand it a State that records what it reads.
 * All methods are pure; those named `with…` and `emit` give a new state.
 */
export interface State {
  /** What is fixed for the whole search: slots, profile, menu. */
  readonly scope: Scope
  task(id: TaskId): Readonly<TaskFields>
  group(id: GroupId): Readonly<ThreadGroupFields>
  namespace(id: NamespaceId): Readonly<PIDNamespaceFields>
  processGroup(id: ProcessGroupId): Readonly<ProcessGroupFields>
  session(id: SessionId): Readonly<SessionFields>
  /**
   * Is this field of a task what is asked? It is the same as to read the field; but an engine sees that nothing else is asked of it,
   * and need not tell apart what differs in it otherwise.
   */
  taskIs<F extends keyof TaskFields>(id: TaskId, field: F, asked: Asked<TaskFields[F]>): boolean
  /** The same of a task as a whole: does it pass this test? */
  taskPasses(id: TaskId, test: TaskTest): boolean
  groupIs<F extends keyof ThreadGroupFields>(
    id: GroupId,
    field: F,
    asked: Asked<ThreadGroupFields[F]>,
  ): boolean
  processGroupIs<F extends keyof ProcessGroupFields>(
    id: ProcessGroupId,
    field: F,
    asked: Asked<ProcessGroupFields[F]>,
  ): boolean
  withTask(id: TaskId, changes: Partial<TaskFields>): State
  withGroup(id: GroupId, changes: Partial<ThreadGroupFields>): State
  withNamespace(id: NamespaceId, changes: Partial<PIDNamespaceFields>): State
  withProcessGroup(id: ProcessGroupId, changes: Partial<ProcessGroupFields>): State
  withSession(id: SessionId, changes: Partial<SessionFields>): State
  /** Adds to what the outside sees of this step. No part of the state: two states that differ in it are equal. */
  emit(event: Event): State
}
