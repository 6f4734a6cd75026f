/**
 * Profiles: which kernel the rules describe.
 *
 * A profile is a set of semantic switches. Each switch is one documented place where kernels differ, on
 * purpose or by mistake; a rule asks `scope.profile.switches` at that place and nowhere else.
 */

/** Every switch, with the value that the seed has first. */
export type Switches = {
  // Who belongs to whom.

  /** `exitChildren`: does a task that has given its children away still list them? Mended by fe4f47896 (2021-02-09). */
  readonly givenAwayChildren: 'stay listed' | 'are forgotten'
  /**
   * `exitChildren`: is a zombie that the new parent's disposition has reaped entered among that parent's
   * children all the same? In the source to this day. In Linux a child is taken off its list before it is reaped.
   */
  readonly adoptedAndReaped: 'is listed' | 'is not listed'
  /**
   * `waitCollectZombieLocked`: from whose `tracees` a collected zombie is taken: those of the task that
   * waits, even when another thread of its group is the tracer, or those of the tracer. In the source to this
   * day. In Linux `__ptrace_unlink` takes the tracee off whatever list it is in.
   */
  readonly collectedTraceeLeaves: 'the waiter' | 'its tracer'
  /**
   * `waitCollectZombieLocked`: what a non-consuming wait reports while the group is exiting: the status of
   * the task, or, as a consuming wait does, that of the group. Mended by 149ca7467 (2026-04-21).
   */
  readonly peekReports: 'task status' | 'group status'

  // How a process ends.

  /**
   * `PrepareExit`, `exitThreadGroup`: a process whose last thread calls exit(2) is not marked as exiting, and a
   * later SIGKILL gives its zombie another status; or the last thread to go settles the status of the group.
   * 024d75d26 (2022-08-30) asks in `PrepareExit` whether the thread is the last, which two that exit at once both
   * deny. Linux counts the threads that have not called it (`synchronize_group_exit`), before the last one's exit stop.
   */
  readonly lastExit:
    | 'leaves the group open'
    | 'ends the group if alone'
    | 'ends the group'
    | 'ends the group at once'
  /**
   * `exitChildren`: does the init of a PID namespace wait, once it has killed the others, until they are dead? In
   * the source a TODO to this day. In Linux (`zap_pid_ns_processes`) it does so before it gives its children away, reaps
   * them, ignoring SIGCHLD, and adopts those whom the others leave.
   */
  readonly dyingInit: 'goes ahead' | 'waits for its namespace' | 'adopts until its namespace is empty'
  /**
   * `Execve`: what does a thread wait for: for others that have not been reaped, even if they are zombies already
   * and will wake nobody, or for others that live? In the source to this day. Linux waits by `notify_count`, which
   * does not count a leader that has exited, and counts a thread until it is reaped, which may be up to its tracer.
   */
  readonly execveWaits: 'for tasks not reaped' | 'for live tasks' | 'for threads not reaped and a live leader'

  // Who is told.

  /**
   * `exitNotifyLocked`: the tracer of a leader hears of its exit at once, but cannot collect it before the other
   * threads are reaped; does it hear again when they are? And the parent, if it has heard with a tracer in its own
   * process? In the source to this day they do not; in Linux `release_task` tells them.
   */
  readonly leaderLeftAlone: 'is announced to no tracer' | 'is announced again'
  /**
   * `reparentLocked`: is the new parent of a process whose stop or continuation can be waited for woken, in case that
   * it waits? In the source to this day it is not, nor in Linux (`reparent_leader`).
   */
  readonly adoptedStop: 'wakes nobody' | 'wakes the new parent'
  /**
   * `forgetTracerLocked`: a tracee that its tracer lets go may be all that another thread of the tracer's process waits
   * for. Is that thread woken, to return ECHILD? In the source to this day it is not, nor in Linux (`__ptrace_detach`).
   */
  readonly letGoTracee: 'wakes nobody' | 'wakes who waits with its tracer'
  /**
   * `waitOnce`: does a wait look for stops and continuations of a process whose leader has begun to exit, as long as other
   * threads of it live, and a tracer for its continuations? In the source to this day it does not; in Linux
   * `wait_consider_task` does, also of a zombie that another process traces. Where that ends with the last active thread, that
   * one wakes a tracer who waits (`exitThreadGroup`).
   */
  readonly leaderlessStops: 'are not looked for' | 'are looked for' | 'are looked for until it is collected'
  /**
   * `ptraceClone`: a child that inherits the tracer of its parent may have got another one meanwhile, since the clone lets
   * the TaskSet mutex go. Who is its tracer then, and by whose list? In the source to this day the child changes hands,
   * and the first tracer keeps it listed; Linux makes the child a tracee before anybody sees it (`ptrace_init_task`).
   */
  readonly bornTracee: 'changes hands' | 'keeps its tracer'

  // Stops.

  /**
   * `endInternalStopLocked`: a task in a stop is not interrupted for signals; is it when the stop ends? Mended by
   * 63d8c3537 (2026-01-05).
   */
  readonly signalsSentInStop: 'are overlooked' | 'interrupt at its end'
  /**
   * `endGroupStopLocked`: have tasks that were required to stop still to, after the group stop has ended? Mended by
   * 3d0b96011 (2019-03-22).
   */
  readonly endedGroupStop: 'is still required' | 'is required of nobody'
  /**
   * `endGroupStopLocked`: does SIGCONT cancel a stop whose signal has been dequeued and has not begun to stop the group, as
   * while a tracer is shown the signal? Not from 3d0b96011 (2019-03-22) to f7324fa64 (2026-03-17).
   */
  readonly dequeuedStop: 'is cancelled' | 'outlives SIGCONT'
  /**
   * `runInterrupt`: is the signal mutex let go between acknowledging a group stop and entering it, so that SIGCONT
   * may come between? Mended by f7324fa64 (2026-03-17) for tasks without a tracer. A tracee has to let it go; here
   * one whose tracer has left meanwhile looks again whether there still is a stop to enter, which the source does not.
   */
  readonly groupStopEntry: 'may be overtaken' | 'goes with the acknowledgement'
  /**
   * `forgetTracerLocked`: which tracees join the stop that their group is in, when their tracer lets go: those in a
   * ptrace-stop, if they happen to look, or all, and they are interrupted to look. Mended by 3d0b96011 (2019-03-22).
   */
  readonly letGoInGroupStop: 'stopped tracees join' | 'all are interrupted to join'
  /**
   * `newTask`: does a new thread take part in a group stop that is in progress or complete? In the source to this
   * day it does not; in Linux it does (`task_join_group_stop`).
   */
  readonly newThread: 'runs in a stopped group' | 'joins the group stop'

  // Job control.

  /**
   * `reparentLocked`: is the process group of a child told that its parent is in another process group now, which
   * may make an orphan of it? In the source to this day it is not; Linux asks in `reparent_leader`.
   */
  readonly reparentedMembers: 'keep their count' | 'are counted anew'
  /**
   * `createSession`, `CreateProcessGroup`: against which process group is a child counted out when its parent
   * moves: against that of the parent's parent, which it never was counted against, or that which the parent
   * leaves, as in `JoinProcessGroup`. In the source to this day. Linux does not count: it looks.
   */
  readonly childrenOfMover: 'counted out of the grandparent’s group' | 'counted out of the group left'
  /**
   * `createSession`: is a process that calls setsid still a member of the process group that it leaves when that is hung up
   * for it? Not since 0a8a75f3d (2019-09-19). Linux hangs nobody up then.
   */
  readonly setsidLeaves: 'when it is counted out' | 'before it is counted out'
  /**
   * `createSession`, `CreateProcessGroup`: a process without a parent keeps its process group from being an orphan
   * (`incRefWithParent`). Does it count in a group that it founds? In the source to this day such a group starts with
   * nobody. In Linux every process has a parent.
   */
  readonly founderWithoutParent: 'is not counted' | 'is counted'

  // What else Linux, or a later sentry, does differently.

  /**
   * `sendSignalLocked`: does a signal end or stop the init of a PID namespace as it would any other process? Or
   * is it dropped, if the init has not asked for it: all of them from inside, from outside all but SIGKILL and
   * SIGSTOP?
   */
  readonly initProtection: 'none' | 'from unwanted signals'
  /**
   * `sendSignalLocked`: SIGKILL to a process of which every task has begun to exit gives it a new status, unless
   * it has had one for the whole group; or it comes too late.
   */
  readonly killOfTheDying: 'changes the status' | 'comes too late'
  /**
   * `endGroupStopLocked`: can a wait still report a group stop, with signal 0, that SIGCONT has ended meanwhile? Mended
   * by 3d0b96011 (2019-03-22).
   */
  readonly continuedStops: 'are still reported' | 'are forgotten'
  /**
   * `sendSignalLocked`: is a process killed by a fatal signal when a task of it takes the signal, or at once when it is
   * sent, as by SIGKILL, unless a tracer is to see it first?
   */
  readonly fatalSignals: 'kill when taken' | 'kill when sent'
  /**
   * `canReceiveSignalLocked`: is a signal for the process given to a thread that waits for its vfork child, or for the others
   * to end before it executes a program? Linux may choose it (`wants_signal`), and nobody looks before it goes on.
   */
  readonly heldThreads: 'are passed over' | 'are chosen'
  /**
   * `CreateProcessGroup`, `JoinProcessGroup`: may the leader of a session leave its process group; and may a process move a
   * child that is in another session? See EPERM in setpgid(2).
   */
  readonly sessionLeaders: 'may move' | 'stay in their process group'
  /**
   * `CreateProcessGroup`: may a process give a child that has executed a new program a process group of its own? In the
   * source only `JoinProcessGroup` refuses. Mended by 17563a8af (2025-02-14); see EACCES in setpgid(2).
   */
  readonly execedChildren: 'may found a process group' | 'are not moved'
  /**
   * `matchesTask`: does __WCLONE decide about tracees as it does about children, or does a tracer see all of them? Mended
   * by 507a15dce (2019-05-28); in Linux `eligible_child`.
   */
  readonly tracees: 'are chosen like children' | 'are always eligible'
  /**
   * `ptraceKill`: does PTRACE_KILL let a tracee leave its ptrace-stop with SIGKILL as the signal to deliver, or does it send
   * SIGKILL, whatever the tracee is doing? Linux does so since 5.19 (`ptrace_request`).
   */
  readonly ptraceKill: 'resumes with SIGKILL' | 'sends SIGKILL'
  /**
   * `waitOnce`: does a wait look at the tracees of a thread when it has found nothing among its children, or does it come to
   * a child that its own process traces in its turn among the children, as `wait_consider_task` of Linux does?
   */
  readonly tracedChildren: 'come after children' | 'come among children'
  /**
   * `handleOrphan`: when is an orphaned process group with stopped members hung up: whenever its count of ancestors falls
   * to zero, or when a process of it dies or one of its members is given to another parent, and its last tie was that?
   * Linux has `kill_orphaned_pgrp` in `exit_notify` and `reparent_leader`, and does not ask in setsid and setpgid. In the
   * source even setpgid to the process group that one is in asks (`JoinProcessGroup` counts down what it has counted up).
   */
  readonly orphanedGroups: 'are counted' | 'are looked for at exits'
  /**
   * `exitNotifyLocked`: which thread of the parent's process is the first choice for the signal that tells of an exit: the
   * leader, or the one that is the parent, as in `do_notify_parent` of Linux? There a tracer in that process comes before the
   * parent, as its tracee's `parent`.
   */
  readonly exitSignal: 'goes to the leader' | 'goes to the parent'
  /**
   * `deliverSignal`: does a stop signal other than SIGSTOP stop a process whose process group is an orphan? In Linux
   * `get_signal` drops it: nobody is there to continue the process.
   */
  readonly stopOfOrphan: 'happens' | 'is dropped'
  /**
   * `waitOnce`: with whose children does a wait begin to look: those of the oldest thread of the process, or those of the
   * thread that waits, as `do_wait` of Linux does?
   */
  readonly waitBegins: 'with the oldest thread' | 'with the caller'
  /**
   * `matchesTask`: are the threads of a child waited for like children, where __WALL or __WCLONE ask for clone children? In
   * Linux only processes are children (`do_wait_thread`).
   */
  readonly threadsOfChildren: 'are waited for' | 'are no children'
  /**
   * `exitNotifyLocked`: a child may have asked for another signal than SIGCHLD to announce its end, or for none. Is a parent
   * that has executed another program since told by that, or by SIGCHLD, as in `do_notify_parent` of Linux (`parent_exec_id`)?
   */
  readonly execedParents: 'are told as was asked for' | 'are told by SIGCHLD'
  /**
   * `PrepareGroupExit`, `sendSignalLocked`: can a stop or a continuation that nobody has waited for still be reported when
   * the process has begun to exit as a whole? In Linux `SIGNAL_GROUP_EXIT` takes the place of the flags that tell of them.
   */
  readonly changesOfTheDying: 'are still reported' | 'are forgotten'
}

/** What calls answer where the rules leave the answer out, because nothing else depends on it. */
export type Answers = {
  /** setsid(2): 0, or the id of the new session. */
  readonly setsid: '0' | 'the session'
  /** setsid(2) with a child in the caller's process group, which is an orphan: does the call return? */
  readonly setsidOfOrphan: 'returns' | 'locks up'
  /** waitid(2): does the siginfo say what happened, or does it show stops and continues as deaths? */
  readonly waitid: 'what happened' | 'stops as deaths'
  /** prctl(PR_SET_CHILD_SUBREAPER), prctl(PR_GET_CHILD_SUBREAPER): are there subreapers, which adopt orphans? */
  readonly subreaper: 'EINVAL' | 'pid 1 may ask for it' | 'known'
  /** PTRACE_SEIZE, PTRACE_INTERRUPT, PTRACE_LISTEN: are they described? */
  readonly seize: 'is left out' | 'is known'
  /**
   * An execve of another thread ends a signal-delivery-stop: what becomes of the signal that the tracer was shown? Linux
   * queues it again where it came from (`ptrace_signal`, where a fatal signal is pending; older versions do not), so that one
   * for the process is for the new program: scenario shown-signal-after-execve. That is left out, since the state does not
   * say where a signal came from.
   */
  readonly shownSignal: 'is lost' | 'is left out'
}

export type Profile = {
  readonly name: string
  readonly says: string
  readonly switches: Switches
  readonly answers: Answers
}

/** The sentry of 2018-08-02 (google/gvisor, commit 57d0fcbdb), exactly as written. */
export const gvisor2018: Profile = {
  name: 'gvisor-2018',
  says: 'the sentry of gVisor as of 2018-08-02 (commit 57d0fcbdb), exactly as written, bugs included',
  switches: {
    givenAwayChildren: 'stay listed',
    adoptedAndReaped: 'is listed',
    collectedTraceeLeaves: 'the waiter',
    peekReports: 'task status',
    lastExit: 'leaves the group open',
    dyingInit: 'goes ahead',
    execveWaits: 'for tasks not reaped',
    leaderLeftAlone: 'is announced to no tracer',
    adoptedStop: 'wakes nobody',
    letGoTracee: 'wakes nobody',
    leaderlessStops: 'are not looked for',
    bornTracee: 'changes hands',
    signalsSentInStop: 'are overlooked',
    endedGroupStop: 'is still required',
    dequeuedStop: 'is cancelled',
    groupStopEntry: 'may be overtaken',
    letGoInGroupStop: 'stopped tracees join',
    newThread: 'runs in a stopped group',
    reparentedMembers: 'keep their count',
    childrenOfMover: 'counted out of the grandparent’s group',
    setsidLeaves: 'when it is counted out',
    founderWithoutParent: 'is not counted',
    initProtection: 'none',
    killOfTheDying: 'changes the status',
    continuedStops: 'are still reported',
    fatalSignals: 'kill when taken',
    heldThreads: 'are passed over',
    sessionLeaders: 'may move',
    execedChildren: 'may found a process group',
    tracees: 'are chosen like children',
    ptraceKill: 'resumes with SIGKILL',
    tracedChildren: 'come after children',
    orphanedGroups: 'are counted',
    exitSignal: 'goes to the leader',
    stopOfOrphan: 'happens',
    waitBegins: 'with the oldest thread',
    threadsOfChildren: 'are waited for',
    execedParents: 'are told as was asked for',
    changesOfTheDying: 'are still reported',
  },
  answers: {
    setsid: '0',
    setsidOfOrphan: 'returns',
    waitid: 'what happened',
    subreaper: 'EINVAL',
    seize: 'is left out',
    shownSignal: 'is lost',
  },
}

/** The sentry of the release 20221219, which Debian ships as the package runsc. */
export const gvisor2022: Profile = {
  name: 'gvisor-2022',
  says: 'the sentry of gVisor release 20221219',
  switches: {
    ...gvisor2018.switches,
    givenAwayChildren: 'are forgotten',
    lastExit: 'ends the group if alone',
    endedGroupStop: 'is required of nobody',
    continuedStops: 'are forgotten',
    dequeuedStop: 'outlives SIGCONT',
    setsidLeaves: 'before it is counted out',
    letGoInGroupStop: 'all are interrupted to join',
    tracees: 'are always eligible',
  },
  answers: {
    ...gvisor2018.answers,
    setsidOfOrphan: 'locks up',
    waitid: 'stops as deaths',
    subreaper: 'pid 1 may ask for it',
  },
}

export const linux: Profile = {
  name: 'linux',
  says: 'Linux, as of version 6.18',
  switches: {
    ...gvisor2018.switches,
    givenAwayChildren: 'are forgotten',
    adoptedAndReaped: 'is not listed',
    collectedTraceeLeaves: 'its tracer',
    peekReports: 'group status',
    lastExit: 'ends the group at once',
    dyingInit: 'adopts until its namespace is empty',
    execveWaits: 'for threads not reaped and a live leader',
    leaderLeftAlone: 'is announced again',
    leaderlessStops: 'are looked for until it is collected',
    bornTracee: 'keeps its tracer',
    signalsSentInStop: 'interrupt at its end',
    endedGroupStop: 'is required of nobody',
    groupStopEntry: 'goes with the acknowledgement',
    letGoInGroupStop: 'all are interrupted to join',
    newThread: 'joins the group stop',
    reparentedMembers: 'are counted anew',
    childrenOfMover: 'counted out of the group left',
    founderWithoutParent: 'is counted',
    initProtection: 'from unwanted signals',
    killOfTheDying: 'comes too late',
    continuedStops: 'are forgotten',
    fatalSignals: 'kill when sent',
    heldThreads: 'are chosen',
    sessionLeaders: 'stay in their process group',
    execedChildren: 'are not moved',
    tracees: 'are always eligible',
    ptraceKill: 'sends SIGKILL',
    tracedChildren: 'come among children',
    orphanedGroups: 'are looked for at exits',
    exitSignal: 'goes to the parent',
    stopOfOrphan: 'is dropped',
    waitBegins: 'with the caller',
    threadsOfChildren: 'are no children',
    execedParents: 'are told by SIGCHLD',
    changesOfTheDying: 'are forgotten',
  },
  answers: {
    ...gvisor2018.answers,
    setsid: 'the session',
    subreaper: 'known',
    seize: 'is known',
    shownSignal: 'is left out',
  },
}

/** The seed with every fault mended that the properties have found. */
export const gvisorFixed: Profile = {
  name: 'gvisor-fixed',
  says: 'gvisor-2018 with every known fault mended, as later versions did, or as Linux does',
  switches: {
    ...gvisor2018.switches,
    givenAwayChildren: 'are forgotten',
    adoptedAndReaped: 'is not listed',
    collectedTraceeLeaves: 'its tracer',
    peekReports: 'group status',
    lastExit: 'ends the group',
    dyingInit: 'waits for its namespace',
    execveWaits: 'for live tasks',
    leaderLeftAlone: 'is announced again',
    adoptedStop: 'wakes the new parent',
    letGoTracee: 'wakes who waits with its tracer',
    leaderlessStops: 'are looked for',
    bornTracee: 'keeps its tracer',
    signalsSentInStop: 'interrupt at its end',
    endedGroupStop: 'is required of nobody',
    continuedStops: 'are forgotten',
    groupStopEntry: 'goes with the acknowledgement',
    letGoInGroupStop: 'all are interrupted to join',
    newThread: 'joins the group stop',
    reparentedMembers: 'are counted anew',
    childrenOfMover: 'counted out of the group left',
    founderWithoutParent: 'is counted',
    tracees: 'are always eligible',
  },
  answers: gvisor2018.answers,
}

export const profiles: readonly Profile[] = [gvisor2018, gvisorFixed, gvisor2022, linux]
