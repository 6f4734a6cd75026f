/**
 * The switches of the profiles as data for people: what each asks, since when which kernel answers how, where that
 * is to be read, and what shows it.
 *
 * Here: one entry for each switch and each answer of `profile.ts`. PROFILES.md is made from it (profiles-page.ts).
 * Not here: the values of the profiles (profile.ts), what the rules make of them (rules/, kernel/).
 */
import type { Answers, Switches } from './profile.js'

/** One step of a scenario: an actor, and the call that it makes. Every scenario starts with INIT and its child P. */
export type ShownStep = readonly [actor: string, call: string]

export type SwitchEntry<Value extends string> = {
  readonly asks: string
  /** Its values, that of the seed first. */
  readonly values: readonly [Value, ...Value[]]
  /** Where the seed has it, and who does otherwise, since when. */
  readonly source: string
  /** The shortest steps with rest between them after which the values differ in what programs see. */
  readonly scenario?: readonly ShownStep[]
  /** Others, where one sequence does not tell all values apart. */
  readonly another?: readonly ShownStep[]
  /** Where no such steps are known: a race, or bookkeeping that no program sees. */
  readonly counterexample?: string
  /** Why no program sees it. It shows in the records of a kernel in which other faults are mended. */
  readonly unseen?: string
}

type Entries<T extends { readonly [K in keyof T]: string }> = { readonly [K in keyof T]: SwitchEntry<T[K]> }

export const switchEntries: Entries<Switches> = {
  givenAwayChildren: {
    asks: 'Does a task that has given its children away still list them?',
    values: ['stay listed', 'are forgotten'],
    source: '`exitChildren`; gVisor fe4f47896 (2021-02-09); Linux `forget_original_parent`, kernel/exit.c',
    counterexample: 'given-away-child-listed',
  },
  adoptedAndReaped: {
    asks: 'Is a zombie that its new parent’s disposition has reaped listed among that parent’s children?',
    values: ['is listed', 'is not listed'],
    source: '`exitChildren`, to this day; Linux `__unhash_process`, kernel/exit.c',
    counterexample: 'session-counted-below-zero',
  },
  collectedTraceeLeaves: {
    asks: 'Whose list of tracees does a collected zombie leave: that of the thread that waits, or of its tracer?',
    values: ['the waiter', 'its tracer'],
    source: '`waitCollectZombieLocked`, to this day; Linux `__ptrace_unlink`, kernel/ptrace.c',
    counterexample: 'collected-tracee-listed',
  },
  peekReports: {
    asks: 'What does a wait that consumes nothing report of a group that is exiting?',
    values: ['task status', 'group status'],
    source:
      '`waitCollectZombieLocked`; gVisor 149ca7467 (2026-04-21); Linux `wait_task_zombie`, kernel/exit.c: `SIGNAL_GROUP_EXIT`',
    counterexample: 'peek-tells-another-status',
  },
  lastExit: {
    asks: 'Does exit(2) of the last thread settle the status of the process: never, if no other thread is active when it calls, whenever it is the last to leave, or whenever it is the last to call?',
    values: ['leaves the group open', 'ends the group if alone', 'ends the group', 'ends the group at once'],
    source:
      '`PrepareExit`, `exitThreadGroup`; gVisor 024d75d26 (2022-08-30), in part; Linux `synchronize_group_exit`, kernel/exit.c, since 5.17',
    scenario: [
      ['P', 'exit(1)'],
      ['INIT', 'kill(P, SIGKILL)'],
      ['INIT', 'wait4(-1, 0)'],
    ],
    another: [
      ['P', 'thread C'],
      ['INIT', 'ptrace(ATTACH, C)'],
      ['INIT', 'ptrace(SETOPTIONS, C, 0, O_TRACEEXIT)'],
      ['INIT', 'ptrace(CONT, C, 0, 0)'],
      ['C', 'exit(2)'],
      ['P', 'exit(1)'],
      ['INIT', 'ptrace(CONT, C, 0, 0)'],
      ['INIT', 'wait4(C, __WALL)'],
      ['INIT', 'kill(P, SIGKILL)'],
      ['INIT', 'wait4(P, 0)'],
    ],
  },
  dyingInit: {
    asks: 'Does the init of a PID namespace wait, once it has killed the others, until they are dead; and does it adopt and reap until then?',
    values: ['goes ahead', 'waits for its namespace', 'adopts until its namespace is empty'],
    source: '`exitChildren`, a TODO to this day; Linux `zap_pid_ns_processes`, kernel/pid_namespace.c',
    counterexample: 'init-gone-before-its-namespace',
  },
  execveWaits: {
    asks: 'Which other threads does execve wait for?',
    values: ['for tasks not reaped', 'for live tasks', 'for threads not reaped and a live leader'],
    source:
      '`Execve`, to this day; Linux `de_thread`, fs/exec.c, and `__exit_signal`, kernel/exit.c: `notify_count`',
    scenario: [
      ['P', 'thread C'],
      ['P', 'exit(1)'],
      ['C', 'execve()'],
    ],
    another: [
      ['P', 'thread C'],
      ['INIT', 'ptrace(ATTACH, C)'],
      ['P', 'execve()'],
    ],
  },
  leaderLeftAlone: {
    asks: 'Is the tracer of a dead leader told again when the last other thread is reaped?',
    values: ['is announced to no tracer', 'is announced again'],
    source: '`exitNotifyLocked`, to this day; Linux `release_task`, kernel/exit.c: `do_notify_parent`',
    scenario: [
      ['P', 'thread C'],
      ['INIT', 'ptrace(ATTACH, P)'],
      ['INIT', 'wait4(P, __WALL)'],
      ['INIT', 'ptrace(CONT, P, 0, 0)'],
      ['P', 'exit(1)'],
      ['INIT', 'wait4(P, __WALL)'],
      ['C', 'exit(1)'],
    ],
  },
  adoptedStop: {
    asks: 'Is the new parent of a stopped process, if it waits, woken by the adoption?',
    values: ['wakes nobody', 'wakes the new parent'],
    source: '`reparentLocked`, to this day, and Linux `reparent_leader`, kernel/exit.c',
    counterexample: 'adopted-stop-not-told',
  },
  letGoTracee: {
    asks: 'Is a thread woken whose wait has nothing left to wait for, since another thread of its process has let a tracee go?',
    values: ['wakes nobody', 'wakes who waits with its tracer'],
    source: '`forgetTracerLocked`, to this day, and Linux `__ptrace_detach`, kernel/ptrace.c',
    counterexample: 'wait-without-anybody-left',
  },
  leaderlessStops: {
    asks: 'Does a wait look for stops of a process whose leader has begun to exit: never, while other threads of it live, or until it can be collected, which may be up to its tracer?',
    values: ['are not looked for', 'are looked for', 'are looked for until it is collected'],
    source: '`waitOnce`, to this day; Linux `wait_consider_task`, kernel/exit.c',
    scenario: [
      ['P', 'thread C'],
      ['P', 'exit(1)'],
      ['INIT', 'waitid(P_ALL, 0, WSTOPPED|WNOHANG)'],
    ],
    another: [
      ['P', 'fork C'],
      ['INIT', 'ptrace(ATTACH, C)'],
      ['INIT', 'ptrace(CONT, C, 0, 0)'],
      ['C', 'exit(1)'],
      ['P', 'waitid(P_ALL, 0, WSTOPPED|WNOHANG)'],
    ],
  },
  bornTracee: {
    asks: 'Does a child that somebody has attached to before it gets the tracer of its parent change hands?',
    values: ['changes hands', 'keeps its tracer'],
    source:
      '`ptraceClone`, to this day; in Linux `ptrace_init_task`, linux/ptrace.h, before anybody sees the child',
    counterexample: 'born-tracee-listed-twice',
  },
  signalsSentInStop: {
    asks: 'Is a task that a signal was sent to while it was stopped interrupted for it when the stop ends?',
    values: ['are overlooked', 'interrupt at its end'],
    source:
      '`endInternalStopLocked`; gVisor 63d8c3537 (2026-01-05); Linux `recalc_sigpending`, kernel/signal.c',
    scenario: [
      ['P', 'vfork C'],
      ['INIT', 'kill(P, SIGTERM)'],
      ['C', 'exit_group(2)'],
    ],
  },
  endedGroupStop: {
    asks: 'Have tasks that were required to stop still to stop after SIGCONT has ended the group stop?',
    values: ['is still required', 'is required of nobody'],
    source:
      '`endGroupStopLocked`; gVisor 3d0b96011 (2019-03-22); Linux `prepare_signal`, kernel/signal.c: `task_clear_jobctl_pending`',
    counterexample: 'stop-required-after-sigcont',
  },
  dequeuedStop: {
    asks: 'Does SIGCONT cancel a stop of which only the signal has been dequeued?',
    values: ['is cancelled', 'outlives SIGCONT'],
    source:
      '`endGroupStopLocked`; gVisor 3d0b96011 (2019-03-22), mended by f7324fa64 (2026-03-17); Linux `prepare_signal`, kernel/signal.c: `JOBCTL_STOP_DEQUEUED`',
    scenario: [
      ['P', 'ptrace(TRACEME, 0)'],
      ['INIT', 'kill(P, SIGSTOP)'],
      ['INIT', 'kill(P, SIGCONT)'],
      ['INIT', 'ptrace(CONT, P, 0, SIGSTOP)'],
      ['INIT', 'wait4(P, 0)'],
    ],
  },
  groupStopEntry: {
    asks: 'May SIGCONT come between the acknowledgement of a group stop and its entry?',
    values: ['may be overtaken', 'goes with the acknowledgement'],
    source:
      '`runInterrupt`; gVisor f7324fa64 (2026-03-17); Linux `do_signal_stop`, kernel/signal.c: under `siglock`',
    counterexample: 'stopped-after-sigcont',
  },
  letGoInGroupStop: {
    asks: 'Which tracees join the stop that their group is in when their tracer lets go?',
    values: ['stopped tracees join', 'all are interrupted to join'],
    source: '`forgetTracerLocked`; gVisor 3d0b96011 (2019-03-22); Linux `__ptrace_unlink`, kernel/ptrace.c',
    counterexample: 'let-go-tracee-runs-in-stopped-group',
  },
  newThread: {
    asks: 'Does a thread that is born into a group stop take part in it?',
    values: ['runs in a stopped group', 'joins the group stop'],
    source: '`newTask`, to this day; Linux `task_join_group_stop`, kernel/signal.c, since 5.10',
    counterexample: 'new-thread-runs-in-stopped-group',
  },
  reparentedMembers: {
    asks: 'Is the process group of an orphan asked whether it is orphaned now?',
    values: ['keep their count', 'are counted anew'],
    source: '`reparentLocked`, to this day; Linux `kill_orphaned_pgrp` in `reparent_leader`, kernel/exit.c',
    counterexample: 'orphaned-job-not-hung-up',
  },
  childrenOfMover: {
    asks: 'Against which process group is a child counted out when its parent moves?',
    values: ['counted out of the grandparent’s group', 'counted out of the group left'],
    source:
      '`createSession`, `CreateProcessGroup`, to this day; Linux does not count: `will_become_orphaned_pgrp`, kernel/exit.c',
    counterexample: 'job-hung-up-by-setsid',
  },
  setsidLeaves: {
    asks: 'Is the caller of setsid still a member of the process group that it leaves when that is hung up for it?',
    values: ['when it is counted out', 'before it is counted out'],
    source: '`createSession`; gVisor 0a8a75f3d (2019-09-19); Linux hangs nobody up by setsid',
    scenario: [
      ['INIT', 'kill(P, SIGSTOP)'],
      ['INIT', 'fork C'],
      ['C', 'setsid()'],
    ],
  },
  founderWithoutParent: {
    asks: 'Does a process without a parent keep the process group that it founds from being an orphan?',
    values: ['is not counted', 'is counted'],
    source:
      '`createSession`, `CreateProcessGroup`, to this day; in Linux every process has a parent: `will_become_orphaned_pgrp`, kernel/exit.c',
    unseen:
      'its init has exited, so the process has been killed and comes to no call; and whoever else is in its process group is of the same namespace, and killed as well, so that it makes no difference whether they are hung up. `compare` finds no difference in `inner-jobs`, closed',
  },
  initProtection: {
    asks: 'Is the init of a PID namespace spared the signals that it has not asked for?',
    values: ['none', 'from unwanted signals'],
    source:
      'nothing in the seed; pid_namespaces(7); Linux `sig_task_ignored`, `get_signal`, kernel/signal.c: `SIGNAL_UNKILLABLE`',
    scenario: [['P', 'kill(INIT, SIGTERM)']],
  },
  killOfTheDying: {
    asks: 'Does SIGKILL give a new status to a process of which every task has begun to exit?',
    values: ['changes the status', 'comes too late'],
    source: '`sendSignalLocked`; Linux `prepare_signal`, kernel/signal.c: `SIGNAL_GROUP_EXIT`',
    scenario: [
      ['P', 'exit(1)'],
      ['INIT', 'kill(P, SIGKILL)'],
      ['INIT', 'wait4(-1, 0)'],
    ],
  },
  continuedStops: {
    asks: 'Can a wait still report a group stop that SIGCONT has ended meanwhile?',
    values: ['are still reported', 'are forgotten'],
    source:
      '`endGroupStopLocked`; gVisor 3d0b96011 (2019-03-22); Linux `signal_set_stop_flags`, linux/sched/signal.h',
    scenario: [
      ['INIT', 'kill(P, SIGSTOP)'],
      ['INIT', 'kill(P, SIGCONT)'],
      ['INIT', 'wait4(-1, WUNTRACED|WNOHANG)'],
    ],
  },
  fatalSignals: {
    asks: 'Does a fatal signal kill when somebody takes it, or when it is sent?',
    values: ['kill when taken', 'kill when sent'],
    source: '`sendSignalLocked`; Linux `complete_signal`, kernel/signal.c',
    scenario: [
      ['P', 'vfork C'],
      ['INIT', 'kill(P, SIGTERM)'],
    ],
  },
  heldThreads: {
    asks: 'Is a signal for the process given to a thread that a vfork or an execve holds?',
    values: ['are passed over', 'are chosen'],
    source: '`canReceiveSignalLocked`; Linux `wants_signal`, kernel/signal.c',
    scenario: [
      ['P', 'thread C'],
      ['P', 'vfork D'],
      ['D', 'kill(P, SIGSTOP)'],
    ],
  },
  sessionLeaders: {
    asks: 'May the leader of a session leave its process group, and a process move a child in another session?',
    values: ['may move', 'stay in their process group'],
    source: '`CreateProcessGroup`, `JoinProcessGroup`; setpgid(2), EPERM; Linux `setpgid`, kernel/sys.c',
    scenario: [['INIT', 'setpgid(0, 0)']],
  },
  execedChildren: {
    asks: 'May a process give a child that has executed a new program a process group of its own?',
    values: ['may found a process group', 'are not moved'],
    source:
      '`CreateProcessGroup`; gVisor 17563a8af (2025-02-14); setpgid(2), EACCES; Linux `setpgid`, kernel/sys.c: `PF_FORKNOEXEC`',
    scenario: [
      ['P', 'execve()'],
      ['INIT', 'setpgid(P, P)'],
    ],
  },
  tracees: {
    asks: 'Does __WCLONE choose among tracees as it does among children?',
    values: ['are chosen like children', 'are always eligible'],
    source: '`matchesTask`; ptrace(2), wait4(2); Linux `eligible_child`, kernel/exit.c',
    scenario: [
      ['P', 'ptrace(TRACEME, 0)'],
      ['INIT', 'wait4(P, __WCLONE|WNOHANG)'],
    ],
  },
  ptraceKill: {
    asks: 'Does PTRACE_KILL end a ptrace-stop with SIGKILL as its signal, or does it send SIGKILL, whatever the tracee does?',
    values: ['resumes with SIGKILL', 'sends SIGKILL'],
    source: '`ptraceKill`, to this day; Linux `ptrace_request`, kernel/ptrace.c, since 5.19',
    scenario: [
      ['P', 'ptrace(TRACEME, 0)'],
      ['INIT', 'ptrace(KILL, P)'],
    ],
  },
  tracedChildren: {
    asks: 'When does a wait come to a child that its own process traces: after all children, or in its turn among them?',
    values: ['come after children', 'come among children'],
    source: '`waitOnce`; Linux `wait_consider_task`, kernel/exit.c: `ptrace_reparented`',
    scenario: [
      ['INIT', 'fork C'],
      ['C', 'exit(1)'],
      ['P', 'ptrace(TRACEME, 0)'],
      ['P', 'kill(P, SIGSTOP)'],
      ['INIT', 'wait4(-1, 0)'],
    ],
  },
  orphanedGroups: {
    asks: 'When is an orphaned process group with stopped members hung up: when its count of ancestors is 0, or at exits and adoptions?',
    values: ['are counted', 'are looked for at exits'],
    source:
      '`handleOrphan`, also of a setpgid to the own process group, `JoinProcessGroup`; Linux `kill_orphaned_pgrp` in `exit_notify` and `reparent_leader`, kernel/exit.c',
    scenario: [
      ['INIT', 'kill(P, SIGSTOP)'],
      ['INIT', 'setpgid(P, INIT)'],
    ],
  },
  exitSignal: {
    asks: 'Which thread of the parent’s process is the first choice for the signal that tells of an exit?',
    values: ['goes to the leader', 'goes to the parent'],
    source: '`exitNotifyLocked`; Linux `do_notify_parent`, kernel/signal.c: `tsk->parent`',
    scenario: [
      ['P', 'thread C'],
      ['P', 'sigaction(SIGCHLD, handler)'],
      ['C', 'fork D'],
      ['D', 'exit(1)'],
    ],
  },
  stopOfOrphan: {
    asks: 'Does a stop signal other than SIGSTOP stop a process whose process group is an orphan?',
    values: ['happens', 'is dropped'],
    source: '`deliverSignal`; Linux `get_signal`, kernel/signal.c: `is_current_pgrp_orphaned`',
    scenario: [['INIT', 'kill(P, SIGTSTP)']],
  },
  waitBegins: {
    asks: 'With whose children does a wait begin to look?',
    values: ['with the oldest thread', 'with the caller'],
    source: '`waitOnce`; Linux `__do_wait`, kernel/exit.c: `while_each_thread`',
    scenario: [
      ['INIT', 'kill(P, SIGKILL)'],
      ['INIT', 'thread C'],
      ['C', 'fork D'],
      ['D', 'exit(1)'],
      ['C', 'wait4(-1, 0)'],
    ],
  },
  threadsOfChildren: {
    asks: 'Are the threads of a child waited for like children by a wait with __WALL or __WCLONE?',
    values: ['are waited for', 'are no children'],
    source: '`matchesTask`, `waitOnce`; Linux `do_wait_thread`, kernel/exit.c: `children`',
    scenario: [
      ['P', 'thread C'],
      ['INIT', 'waitid(P_PID, C, WSTOPPED|WNOHANG|__WALL)'],
    ],
  },
  execedParents: {
    asks: 'Is a parent that has executed another program told of the end of an older child by the signal that was asked for, or by SIGCHLD?',
    values: ['are told as was asked for', 'are told by SIGCHLD'],
    source: '`exitNotifyLocked`; Linux `do_notify_parent`, kernel/signal.c: `parent_exec_id`',
    scenario: [
      ['P', 'clone C SIGTERM'],
      ['P', 'execve()'],
      ['C', 'exit(1)'],
    ],
  },
  changesOfTheDying: {
    asks: 'Can a stop or a continuation still be reported of a process that has begun to exit as a whole?',
    values: ['are still reported', 'are forgotten'],
    source:
      '`PrepareGroupExit`, `sendSignalLocked`; Linux `do_group_exit`, `complete_signal`: `SIGNAL_GROUP_EXIT` instead of `SIGNAL_STOP_CONTINUED`',
    scenario: [
      ['INIT', 'kill(P, SIGSTOP)'],
      ['INIT', 'kill(P, SIGCONT)'],
      ['INIT', 'ptrace(ATTACH, P)'],
      ['INIT', 'ptrace(SETOPTIONS, P, 0, O_TRACEEXIT)'],
      ['INIT', 'kill(P, SIGKILL)'],
      ['INIT', 'wait4(P, 0)'],
      ['INIT', 'waitid(P_PID, P, WCONTINUED|WNOHANG)'],
    ],
  },
}

export const answerEntries: Entries<Answers> = {
  setsid: {
    asks: 'What does setsid(2) return?',
    values: ['0', 'the session'],
    source: '`Setsid` in sys_thread.go; setsid(2)',
    scenario: [['P', 'setsid()']],
  },
  setsidOfOrphan: {
    asks: 'Does setsid(2) return if the caller has a child in its own process group, and that is an orphan?',
    values: ['returns', 'locks up'],
    source:
      '`CreateSession`, `handleOrphan` in sessions.go since gVisor 0a8a75f3d (2019-09-19): a mutex is taken twice',
    scenario: [
      ['P', 'fork C'],
      ['P', 'setsid()'],
    ],
  },
  waitid: {
    asks: 'What does the siginfo of waitid(2) say of a stop?',
    values: ['what happened', 'stops as deaths'],
    source: '`Waitid` in sys_thread.go as of release 20221219; waitid(2)',
    scenario: [
      ['INIT', 'kill(P, SIGSTOP)'],
      ['INIT', 'waitid(P_ALL, 0, WSTOPPED)'],
    ],
  },
  subreaper: {
    asks: 'Is there prctl(PR_SET_CHILD_SUBREAPER)?',
    values: ['EINVAL', 'pid 1 may ask for it', 'known'],
    source:
      '`Prctl` in sys_prctl.go: pid 1, to whom it is nothing new, may since gVisor 43e3d29b9 (2021-08-04), and everybody since e7bd1b4c9 (2023-07-14); PR_SET_CHILD_SUBREAPER(2const), since Linux 3.4',
    scenario: [['P', 'prctl(PR_GET_CHILD_SUBREAPER)']],
    another: [['INIT', 'prctl(PR_SET_CHILD_SUBREAPER, 1)']],
  },
  seize: {
    asks: 'Are PTRACE_SEIZE, PTRACE_INTERRUPT and PTRACE_LISTEN described?',
    values: ['is left out', 'is known'],
    source: '`Ptrace` in ptrace.go of the seed refuses them; ptrace(2), since Linux 3.4',
    scenario: [['INIT', 'ptrace(SEIZE, P, 0, 0)']],
  },
  shownSignal: {
    asks: 'An execve of another thread kills a thread that is shown to its tracer before it takes a signal: what becomes of a signal that was sent to the process?',
    values: ['is lost', 'is left out'],
    source:
      '`ptraceSignalLocked`; Linux `ptrace_signal`, kernel/signal.c, queues it again, and the new program takes it',
    scenario: [
      ['P', 'thread C'],
      ['INIT', 'ptrace(ATTACH, P)'],
      ['C', 'execve()'],
    ],
  },
}
