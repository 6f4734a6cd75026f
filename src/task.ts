/**
 * A task: a thread of a process, from its birth until it is reaped.
 *
 * Here: what is known of a task, the system calls that its program makes, and `step`, by which a scheduler moves
 * it on. What the calls do is in the file that each names by its function.
 */
import { clone } from './clone.js'
import { type CloneOptions, fork, thread, vfork } from './clone-options.js'
import { type CPUStats, noTime } from './cpu-stats.js'
import { SyscallError } from './errors.js'
import { execve } from './exec.js'
import { prepareExit, prepareGroupExit } from './exit.js'
import { ExitStatus } from './exit-status.js'
import { createProcessGroup, createSession, joinProcessGroup, refuseToMove } from './process-group.js'
import { knowsCall } from './profile.js'
import {
  ptraceAttach,
  ptraceFreeze,
  ptraceInterrupt,
  ptraceKill,
  ptraceListen,
  ptraceSeize,
  ptraceTraceme,
} from './ptrace.js'
import {
  knownPtraceOptions,
  type PtraceCode,
  type PtraceOptions,
  type PtraceRequest,
} from './ptrace-options.js'
import { nextSteps, runStep, type Step } from './run.js'
import type { RunState } from './run-state.js'
import type { Seized } from './seize.js'
import { discard, sendSignal } from './send-signal.js'
import { computeAction, isSignal, noSignals, SIGCHLD, type Signal, type SignalSet, setOf } from './signals.js'
import type { Stop } from './stop.js'
import { endSyscall, enterExitPath, requireRunning } from './syscall.js'
import type { TaskSet } from './task-set.js'
import type { SignalAction, ThreadGroup } from './thread-group.js'
import { lookForEvents, resultOf, wait, waitNow } from './wait.js'
import {
  type Finding,
  type ProcessGroupID,
  type ThreadID,
  type WaitOptions,
  type WaitResult,
  waitOptions,
} from './wait-options.js'
import type { Abort, Waiting } from './waiting.js'

/**
 * Progress through the exit path. "Exiting" and "exited" would be ambiguous: name the state.
 *
 * - `Initiated`: takes no part in group stops and signals of the group any more.
 * - `Zombie`: has released its resources, and keeps no sibling from finishing an execve.
 * - `Dead`: has no id any more, and keeps its leader from nothing; it was *reaped*.
 */
export const exitStates = ['None', 'Initiated', 'Zombie', 'Dead'] as const
export type ExitState = (typeof exitStates)[number]

/** Its fields are for everybody to read, and for this library to write. */
export class Task {
  parent: Task | null = null
  readonly children = new Set<Task>()
  tracer: Task | null = null
  readonly tracees = new Set<Task>()
  exitState: ExitState = 'None'
  runState: RunState = 'starting'
  exitStatus = ExitStatus.none
  /** The tracer was told of the exit, or there was none. */
  exitTracerNotified = false
  /** The tracer has taken note, has detached, or there was none. */
  exitTracerAcked = false
  /** The parent was told of the exit, or did not have to be. */
  exitParentNotified = false
  /** The parent has taken note, ignores its children, or did not have to be told. */
  exitParentAcked = false
  /** What keeps it from running. */
  stop: Stop | null = null
  /** Its ptrace-stop is frozen: its tracer operates on it. */
  stopFrozen = false
  /** It is to look for a reason before it returns to its program. */
  interrupted = false
  pendingSignals: SignalSet = noSignals
  /** Everything, once the task has begun to exit; until then nothing. */
  signalMask: SignalSet = noSignals
  groupStopRequired = false
  groupStopAcknowledged = false
  /** What its ptrace-stop reports; after it, the signal that the tracer delivers. */
  ptraceCode: PtraceCode = 0
  ptraceOpts: PtraceOptions = 0
  /** Traced by PTRACE_SEIZE, or born of one that is; null if not. */
  seized: Seized | null = null
  /** Sent to it when its parent exits; 0 is none. */
  parentDeathSignal: Signal = 0
  /** The address of its thread id in memory, cleared at its exit; 0 is nowhere. */
  cleartid = 0
  /** The task that waits in vfork until this one lets go of the memory of both. */
  vforkParent: Task | null = null
  /** Of a clone in progress. */
  cloneChild: Task | null = null
  cloneOptions: CloneOptions | null = null
  /** The wait that it is blocked in, or restarts after an interrupt. */
  waiting: Waiting | null = null
  /** The signal that it acts upon next, or the one of the group stop that it enters. */
  inHand: Signal = 0
  /** The ptrace request that it carries out next. */
  request: (PtraceRequest & { readonly target: Task }) | null = null
  cpuStats: CPUStats = noTime
  /** Maximum resident set size of its address space, in bytes. */
  mmMaxRSS = 0

  constructor(
    readonly taskSet: TaskSet,
    /** Counts the tasks of the task set from 0; never given twice, unlike an id. */
    readonly serial: number,
    readonly group: ThreadGroup,
  ) {}

  get isLeader(): boolean {
    return this.group.leader === this
  }

  /** Its id in its own namespace; 0 once it was reaped. */
  get tid(): ThreadID {
    return this.group.pidns.idOf(this)
  }

  /** Does it run its program, so that it may make a system call? */
  get mayCall(): boolean {
    return this.runState === 'app' && this.stop === null
  }

  toString(): string {
    return `task ${this.serial}`
  }

  // The scheduler's side.

  /** What it may do next on its own. More than one of them: a blocked wait was notified and interrupted. */
  nextSteps(): readonly Step[] {
    return nextSteps(this)
  }

  /** Runs one critical section. Throws where the task may not do this next. */
  step(which?: Step): void {
    const possible = this.nextSteps()
    const step = which ?? possible[0]
    if (step === undefined || !possible.includes(step))
      throw new Error(
        `${this} has no step '${step ?? 'run'}': run state '${this.runState}', stop '${this.stop ?? 'none'}'`,
      )
    runStep(this, step)
  }

  /** Resolves when the task is back in its program, or has exited: the end of a vfork, an execve, a request. */
  async returned(): Promise<void> {
    while (!this.mayCall && this.runState !== 'exited') await this.taskSet.nextChange()
  }

  // System calls. Each throws NotRunningError for a task that does not run its program.

  /** exit(2): this thread leaves. */
  exit(code: number): void {
    requireRunning(this, 'exit')
    prepareExit(this, ExitStatus.exited(code))
    enterExitPath(this)
  }

  /** exit_group(2): the whole process leaves. */
  exitGroup(code: number): void {
    requireRunning(this, 'exit_group')
    prepareGroupExit(this, ExitStatus.exited(code))
    enterExitPath(this)
  }

  /**
   * clone(2). Throws EINTR, ENOMEM, EAGAIN. The call may go on after the child exists (vfork, a tracer that wants
   * to know): see `returned`.
   */
  clone(options: CloneOptions): Task {
    return this.#call('clone', () => clone(this, options))
  }

  fork(): Task {
    return this.clone(fork)
  }

  vfork(): Task {
    return this.clone(vfork)
  }

  cloneThread(): Task {
    return this.clone(thread)
  }

  /** execve(2). Throws EINTR. The call goes on until the other threads are gone: see `returned`. */
  execve(): void {
    this.#call('execve', () => execve(this))
  }

  /**
   * Waits for an event of a child or tracee of any thread of the process, and sleeps until there is one.
   *
   * Rejects with a SyscallError: ECHILD if no event can ever come, EINTR if a signal handler ran first (or the
   * task died); and with its reason if `abort` is aborted.
   */
  wait(options: Partial<WaitOptions> = {}, abort?: Abort): Promise<WaitResult> {
    return wait(this, waitOptions(options), abort)
  }

  /** The same without sleeping. Throws ECHILD, or NoWaitableEvent if an event may come later. */
  waitNow(options: Partial<WaitOptions> = {}): WaitResult {
    return waitNow(this, waitOptions(options))
  }

  /** The wait that the task is blocked in: also one that was restored, whose caller is gone. */
  get pendingWait(): Promise<WaitResult> | null {
    return this.waiting === null ? null : resultOf(this.waiting)
  }

  /** Everything that a wait with these options could return now, depending on the order of its search. */
  findings(options: WaitOptions): readonly Finding[] {
    return lookForEvents(this, options, true).findings
  }

  /** sigaction(2) for SIGCHLD. Ignoring it discards what is pending. */
  sigaction(sig: Signal, action: SignalAction): void {
    this.#call('sigaction', () => {
      if (sig !== SIGCHLD) throw new SyscallError('EINVAL', 'sigaction')
      this.group.sigchldAction = action
      if (computeAction(sig, action.handler) === 'ignore') discard(this.group, setOf(sig))
      endSyscall(this)
    })
  }

  /** prctl(PR_SET_PDEATHSIG); 0 is none. */
  setParentDeathSignal(sig: Signal): void {
    this.#call('prctl', () => {
      if (sig !== 0 && !isSignal(sig)) throw new SyscallError('EINVAL', 'prctl')
      this.parentDeathSignal = sig
      endSyscall(this)
    })
  }

  /** prctl(PR_SET_CHILD_SUBREAPER): whether the process adopts its orphaned descendants. Throws EINVAL where it is not known. */
  setChildSubreaper(adopts: boolean): void {
    this.#call('prctl', () => {
      if (!knowsCall(this.taskSet.profile, 'PR_SET_CHILD_SUBREAPER'))
        throw new SyscallError('EINVAL', 'prctl')
      this.group.childSubreaper = adopts
      endSyscall(this)
    })
  }

  /** setsid(2). Throws EPERM. */
  setsid(): void {
    this.#call('setsid', () => {
      createSession(this.group)
      endSyscall(this)
    })
  }

  /**
   * setpgid(2): 0 is the caller's process, and the process's own id. Throws ESRCH, EINVAL, EPERM, EACCES.
   */
  setpgid(pid: ThreadID, pgid: ProcessGroupID): void {
    this.#call('setpgid', () => {
      const { pidns } = this.group
      const target = pid === 0 ? this.group.leader : pidns.tasks.get(pid)
      if (target === undefined) throw new SyscallError('ESRCH', 'setpgid')
      if (!target.isLeader || pgid < 0) throw new SyscallError('EINVAL', 'setpgid')
      const { group } = target
      if (group !== this.group && target.parent?.group !== this.group)
        throw new SyscallError('ESRCH', 'setpgid')
      const own = pidns.idOf(target)
      const wanted = pgid === 0 ? own : pgid
      const isChild = group !== this.group
      refuseToMove(group, this.group)
      if (wanted !== own) joinProcessGroup(group, pidns, wanted, isChild)
      else if (pidns.idOfProcessGroup(group.processGroup) !== own) createProcessGroup(group)
      endSyscall(this)
    })
  }

  /** kill(2): a process, the own process group (0), everybody but init and oneself (-1), a process group. Throws ESRCH, EINVAL. */
  kill(pid: number, sig: Signal): void {
    this.#call('kill', () => {
      if (sig !== 0 && !isSignal(sig)) throw new SyscallError('EINVAL', 'kill')
      const { pidns, processGroup } = this.group
      if (pid > 0) {
        const target = pidns.tasks.get(pid)
        if (target === undefined) throw new SyscallError('ESRCH', 'kill')
        sendSignal(target, sig, true)
      } else if (pid === -1) {
        if (!this.taskSet.sendSignalToAllBut(this.group, sig)) throw new SyscallError('ESRCH', 'kill')
      } else {
        const pg = pid === 0 ? processGroup : pidns.processGroups.get(-pid)
        if (pg === undefined) throw new SyscallError('ESRCH', 'kill')
        this.taskSet.sendSignalToProcessGroup(pg, sig)
      }
      // A task that has killed itself is not in its program any more only when it looks.
      endSyscall(this)
    })
  }

  /** PTRACE_TRACEME: the parent becomes the tracer. Throws EPERM if there is one already. */
  ptraceTraceme(): void {
    this.#call('ptrace', () => {
      ptraceTraceme(this)
      endSyscall(this)
    })
  }

  /** PTRACE_ATTACH. Throws EPERM for a thread of the same process, one that is traced, and one that is gone. */
  ptraceAttach(target: Task): void {
    this.#call('ptrace', () => {
      if (!this.#sees(target)) throw new SyscallError('ESRCH', 'ptrace')
      ptraceAttach(this, target)
      endSyscall(this)
    })
  }

  /**
   * PTRACE_SEIZE: as PTRACE_ATTACH, but the target goes on. Throws EPERM as that, EIO for options that are not known, and
   * EIO, as the next two do, in a profile that does not know it.
   */
  ptraceSeize(target: Task, options: PtraceOptions = 0): void {
    this.#call('ptrace', () => {
      if (!this.#sees(target)) throw new SyscallError('ESRCH', 'ptrace')
      if ((options & ~knownPtraceOptions) !== 0) throw new SyscallError('EIO', 'ptrace')
      ptraceSeize(this, target, options)
      endSyscall(this)
    })
  }

  /** PTRACE_INTERRUPT: a seized tracee stops. Throws ESRCH, EIO. */
  ptraceInterrupt(target: Task): void {
    this.#call('ptrace', () => {
      ptraceInterrupt(this, target)
      endSyscall(this)
    })
  }

  /** PTRACE_LISTEN: a seized tracee stays in its group stop, and its tracer hears when that ends. Throws ESRCH, EIO. */
  ptraceListen(target: Task): void {
    this.#call('ptrace', () => {
      ptraceListen(this, target)
      endSyscall(this)
    })
  }

  /** PTRACE_KILL. Throws ESRCH for a task that it does not trace. */
  ptraceKill(target: Task): void {
    this.#call('ptrace', () => {
      ptraceKill(this, target)
      endSyscall(this)
    })
  }

  /** PTRACE_CONT: the tracee goes on, with this signal instead of the one that it was stopped with. Throws ESRCH, EIO. */
  ptraceCont(target: Task, sig: Signal = 0): void {
    this.#request(target, { request: 'CONT', signal: sig, options: 0 })
  }

  /** PTRACE_DETACH: the same, and the task traces it no more. Throws ESRCH, EIO. */
  ptraceDetach(target: Task, sig: Signal = 0): void {
    this.#request(target, { request: 'DETACH', signal: sig, options: 0 })
  }

  /** PTRACE_SETOPTIONS. Throws ESRCH, EINVAL. */
  ptraceSetOptions(target: Task, options: PtraceOptions): void {
    this.#request(target, { request: 'SETOPTIONS', signal: 0, options })
  }

  /** The call is over at once if the request cannot be; else it goes on: see `returned`. */
  #request(target: Task, request: PtraceRequest): void {
    this.#call('ptrace', () => {
      if (request.signal !== 0 && !isSignal(request.signal)) throw new SyscallError('EIO', 'ptrace')
      if ((request.options & ~knownPtraceOptions) !== 0) throw new SyscallError('EINVAL', 'ptrace')
      ptraceFreeze(this, target, request)
    })
  }

  /** A call that fails is over all the same. */
  #call<T>(name: string, body: () => T): T {
    requireRunning(this, name)
    try {
      return body()
    } catch (error) {
      if (error instanceof SyscallError) endSyscall(this)
      throw error
    }
  }

  #sees(target: Task): boolean {
    return this.group.pidns.tids.has(target)
  }

  // What others do to it.

  /** tgkill(2): a signal for this thread. */
  sendSignal(sig: Signal): void {
    sendSignal(this, sig, false)
  }

  /** kill(2) with the id of this thread: a signal for its process, of which this thread is woken first. */
  sendGroupSignal(sig: Signal): void {
    sendSignal(this, sig, true)
  }
}
