/**
 * Profiles: which kernel the rules describe.
 *
 * A profile is a set of semantic switches. Each switch is one documented place where kernels differ, on
 * purpose or by mistake; a rule asks `scope.profile.switches` at that place and nowhere else.
 */

/** Every switch, with the value that the seed has first. */
export type Switches = {
  /**
   * `waitCollectZombieLocked`: from whose `tracees` a collected zombie is taken: those of the task that
   * waits, even when another thread of its group is the tracer, or those of the tracer.
   */
  readonly collectedTraceeLeaves: 'the waiter' | 'its tracer'
  /**
   * `waitCollectZombieLocked`: what a non-consuming wait reports while the group is exiting: the status of
   * the task, or, as a consuming wait does, that of the group.
   */
  readonly peekReports: 'task status' | 'group status'
  /** `exitChildren`: does a task that has given its children away still list them? */
  readonly givenAwayChildren: 'stay listed' | 'are forgotten'
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
  /** `endGroupStopLocked`: can a wait still report a group stop, with signal 0, that SIGCONT has ended meanwhile? */
  readonly continuedStops: 'are still reported' | 'are forgotten'
  /**
   * `sendSignalLocked`: is a process killed by a fatal signal when a task of it takes the signal, or at once when it is
   * sent, as by SIGKILL, unless a tracer is to see it first?
   */
  readonly fatalSignals: 'kill when taken' | 'kill when sent'
  /** `CreateProcessGroup`, `JoinProcessGroup`: may the leader of a session leave its process group? */
  readonly sessionLeaders: 'may move' | 'stay in their process group'
  /** `matchesTask`: does __WCLONE decide about tracees as it does about children, or does a tracer see all of them? */
  readonly tracees: 'are chosen like children' | 'are always eligible'
}

/** What calls answer where the rules leave the answer out, because nothing else depends on it. */
export type Answers = {
  /** setsid(2): 0, or the id of the new session. */
  readonly setsid: '0' | 'the session'
  /** waitid(2): does the siginfo say what happened, or does it show stops and continues as deaths? */
  readonly waitid: 'what happened' | 'stops as deaths'
  /** prctl(PR_SET_CHILD_SUBREAPER), prctl(PR_GET_CHILD_SUBREAPER). */
  readonly subreaper: 'EINVAL' | 'known'
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
    collectedTraceeLeaves: 'the waiter',
    peekReports: 'task status',
    givenAwayChildren: 'stay listed',
    initProtection: 'none',
    killOfTheDying: 'changes the status',
    continuedStops: 'are still reported',
    fatalSignals: 'kill when taken',
    sessionLeaders: 'may move',
    tracees: 'are chosen like children',
  },
  answers: { setsid: '0', waitid: 'what happened', subreaper: 'EINVAL' },
}

/** The sentry of the release 20221219, which Debian ships as the package runsc. */
export const gvisor2022: Profile = {
  name: 'gvisor-2022',
  says: 'the sentry of gVisor release 20221219',
  switches: { ...gvisor2018.switches, tracees: 'are always eligible' },
  answers: { setsid: '0', waitid: 'stops as deaths', subreaper: 'EINVAL' },
}

export const linux: Profile = {
  name: 'linux',
  says: 'Linux, as of version 6.18',
  switches: {
    ...gvisor2018.switches,
    initProtection: 'from unwanted signals',
    killOfTheDying: 'comes too late',
    continuedStops: 'are forgotten',
    fatalSignals: 'kill when sent',
    sessionLeaders: 'stay in their process group',
    tracees: 'are always eligible',
  },
  answers: { setsid: 'the session', waitid: 'what happened', subreaper: 'known' },
}

export const profiles: readonly Profile[] = [gvisor2018, gvisor2022, linux]
