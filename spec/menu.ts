/**
 * The menu: which arguments programs pass to system calls with many options.
 *
 * Data, in one place, with the reason of each entry. The whole menu reaches every branch of the seed that a
 * program can reach; a check may take a part of it, to close its state space.
 */
import { Record, type RecordOf, Set } from 'immutable'
import type { Handler, Signal } from './signals.js'
import type { PtraceOption } from './state.js'
import { makeWaitOptions, type WaitEvent, type WaitOptions } from './wait-options.js'

/** A wait, with whom it waits for left open. */
export type WaitForm = {
  readonly call: string
  /** Whom: anybody, each task by its id, or each process group. */
  readonly whom: 'any' | 'each task' | 'each process group'
  readonly options: WaitOptions
}

export type CloneFormFields = {
  /** The call as a program writes it, for people. */
  readonly call: string
  readonly newThreadGroup: boolean
  readonly terminationSignal: Signal | null
  readonly vfork: boolean
  readonly newPIDNamespace: boolean
  readonly childClearTID: boolean
  readonly untraced: boolean
  readonly inheritTracer: boolean
}
export type CloneForm = RecordOf<CloneFormFields>

const makeCloneForm = Record<CloneFormFields>(
  {
    call: 'fork',
    newThreadGroup: true,
    terminationSignal: 'SIGCHLD',
    vfork: false,
    newPIDNamespace: false,
    childClearTID: false,
    untraced: false,
    inheritTracer: false,
  },
  'CloneForm',
)

export type Disposition = {
  readonly handler: Handler
  readonly noCldWait: boolean
  readonly noCldStop: boolean
}

export type Menu = {
  /** Arguments of exit(2). */
  readonly exitCodes: readonly number[]
  /** Arguments of exit_group(2). */
  readonly groupExitCodes: readonly number[]
  /** Signals for a whole process. */
  readonly kill: readonly Signal[]
  /** Signals for one thread. */
  readonly tgkill: readonly Signal[]
  /** Are kill and tgkill aimed at the init's process as well? It is a process like any other. */
  readonly signalInit: boolean
  /** Signals for a process group, or (kill -1) for everybody. */
  readonly killMany: readonly Signal[]
  readonly waits: readonly WaitForm[]
  readonly clones: readonly CloneForm[]
  readonly dispositions: readonly Disposition[]
  readonly parentDeathSignals: readonly (Signal | null)[]
  /** Who attaches to others: everybody, or only threads of the init, as the one debugger that there is. */
  readonly attach: 'everybody' | 'the init'
  /** Signals that PTRACE_CONT and PTRACE_DETACH deliver. */
  readonly resumeWith: readonly (Signal | null)[]
  readonly ptraceOptions: readonly Set<PtraceOption>[]
  /** The calls of job control. */
  readonly jobCalls: readonly ('setsid' | 'setpgid')[]
}

const exit = Set<WaitEvent>(['Exit', 'TraceeStop'])

const wait = (call: string, whom: WaitForm['whom'], options: Partial<WaitOptions> = {}): WaitForm => ({
  call,
  whom,
  options: makeWaitOptions({ call, ...options }),
})

/** wait4 always asks for Exit and TraceeStop; waitid always for TraceeStop. Source: sys_thread.go. */
export const waits = {
  any: wait('wait4(-1, 0)', 'any'),
  // Finds nothing and says so: ErrNoWaitableEvent.
  noHang: wait('wait4(-1, WNOHANG)', 'any', { block: false }),
  // By id: a thread id that is no child, a tracee, a namespace's own numbering.
  task: wait('wait4(TID, 0)', 'each task'),
  processGroup: wait('wait4(-PGID, 0)', 'each process group'),
  // Every event there is; the one a job-control shell asks for.
  job: wait('wait4(-1, WUNTRACED|WCONTINUED)', 'any', {
    events: exit.union(['ChildGroupStop', 'GroupContinue']),
  }),
  untraced: wait('wait4(-1, WUNTRACED)', 'any', { events: exit.add('ChildGroupStop') }),
  // Without Exit: the only wait for which the death of the child is no event, but may leave ECHILD.
  stopped: wait('waitid(P_ALL, WSTOPPED)', 'any', { events: Set(['TraceeStop', 'ChildGroupStop']) }),
  continued: wait('waitid(P_ALL, WCONTINUED)', 'any', { events: Set(['TraceeStop', 'GroupContinue']) }),
  // Leaves what it reports in place.
  peek: wait('waitid(P_ALL, WEXITED|WNOWAIT)', 'any', { consumeEvent: false }),
  peekStopped: wait('waitid(P_ALL, WSTOPPED|WCONTINUED|WNOWAIT)', 'any', {
    events: Set(['TraceeStop', 'ChildGroupStop', 'GroupContinue']),
    consumeEvent: false,
  }),
  // Clone children: threads that are traced, and children with another termination signal.
  all: wait('wait4(-1, __WALL)', 'any', { cloneTasks: true }),
  clone: wait('wait4(-1, __WCLONE)', 'any', { cloneTasks: true, nonCloneTasks: false }),
} as const

const clone = (call: string, form: Partial<CloneFormFields>): CloneForm => makeCloneForm({ call, ...form })

export const clones = {
  fork: clone('fork', {}),
  vfork: clone('vfork', { vfork: true }),
  thread: clone('clone(CLONE_THREAD)', { newThreadGroup: false, terminationSignal: null }),
  // As pthread_create does it: the exit clears the id and wakes whoever joins.
  pthread: clone('clone(CLONE_THREAD|CLONE_CHILD_CLEARTID)', {
    newThreadGroup: false,
    terminationSignal: null,
    childClearTID: true,
  }),
  // A child that announces its end by another signal, and one that does not announce it.
  usr1: clone('clone(SIGUSR1)', { terminationSignal: 'SIGUSR1' }),
  silent: clone('clone(0)', { terminationSignal: null }),
  newpid: clone('clone(CLONE_NEWPID|SIGCHLD)', { newPIDNamespace: true }),
  untraced: clone('clone(CLONE_UNTRACED|SIGCHLD)', { untraced: true }),
  ptrace: clone('clone(CLONE_PTRACE|SIGCHLD)', { inheritTracer: true }),
} as const

export const dispositions = {
  default: { handler: 'default', noCldWait: false, noCldStop: false },
  ignore: { handler: 'ignore', noCldWait: false, noCldStop: false },
  // Interrupts a wait: EINTR.
  handler: { handler: 'handler', noCldWait: false, noCldStop: false },
  // Children are not kept, but the signal is sent.
  noCldWait: { handler: 'handler', noCldWait: true, noCldStop: false },
  noCldStop: { handler: 'handler', noCldWait: false, noCldStop: true },
} as const satisfies { [name: string]: Disposition }

export const ptraceOptionSets = {
  exitKill: Set<PtraceOption>(['EXITKILL']),
  traceExit: Set<PtraceOption>(['TRACEEXIT']),
  traceExec: Set<PtraceOption>(['TRACEEXEC']),
  // As strace -f sets them.
  follow: Set<PtraceOption>(['TRACEFORK', 'TRACEVFORK', 'TRACECLONE']),
  vforkDone: Set<PtraceOption>(['TRACEVFORK', 'TRACEVFORKDONE']),
} as const

/** The whole menu. */
export const fullMenu: Menu = {
  // 0 and another: a status word of 0 is also what a task has that never set one.
  exitCodes: [0, 1],
  groupExitCodes: [2],
  // Certain death, a death that a tracer may stop, the stop that cannot be ignored, and its end.
  kill: ['SIGKILL', 'SIGTERM', 'SIGSTOP', 'SIGCONT'],
  // To one thread: the same group-wide death, a stop signal that does start in one thread.
  tgkill: ['SIGKILL', 'SIGSTOP'],
  signalInit: true,
  killMany: ['SIGKILL', 'SIGSTOP', 'SIGCONT'],
  waits: Object.values(waits),
  clones: Object.values(clones),
  dispositions: Object.values(dispositions),
  parentDeathSignals: [null, 'SIGKILL', 'SIGTERM'],
  attach: 'everybody',
  // Swallow it, deliver it, replace it by a stop.
  resumeWith: [null, 'SIGTERM', 'SIGSTOP'],
  ptraceOptions: Object.values(ptraceOptionSets),
  jobCalls: ['setsid', 'setpgid'],
}
