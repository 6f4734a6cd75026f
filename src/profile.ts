/**
 * Profiles: the places where kernels differ, on purpose or by mistake, as switches.
 */

/** Every switch with its values, that of `gvisor-2018` first. */
export const switchValues = {
  // Who belongs to whom.

  /** Does a task that has exited still list the children that it gave away? */
  givenAwayChildren: ['stay listed', 'are forgotten'],
  /** Is a zombie that its new parent never wants to hear of listed as a child of it, although it is reaped? */
  adoptedAndReaped: ['is listed', 'is not listed'],
  /** From whose tracees a collected zombie is taken. With 'the waiter', a tracer that is another thread keeps it. */
  collectedTraceeLeaves: ['the waiter', 'its tracer'],
  /** What a wait that consumes nothing reports of a group that is exiting. */
  peekReports: ['task status', 'group status'],

  // How a process ends.

  /** Does the last thread that leaves by exit(2) settle the status of its group? */
  lastExit: ['leaves the group open', 'ends the group if alone', 'ends the group', 'ends the group at once'],
  /**
   * Does the init of a namespace become a zombie before the others that it has killed are gone; and is it parent to whom they
   * leave behind until then?
   */
  dyingInit: ['goes ahead', 'waits for its namespace', 'adopts until its namespace is empty'],
  /**
   * Whom an execve waits for. With 'for tasks not reaped', a zombie that nobody reaps holds it up for good; with the last,
   * a thread that is a zombie does, until its tracer reaps it.
   */
  execveWaits: ['for tasks not reaped', 'for live tasks', 'for threads not reaped and a live leader'],

  // Who is told.

  /** A tracer, and a parent in its process, hear of a leader before they can collect it: do they hear again when they can? */
  leaderLeftAlone: ['is announced to no tracer', 'is announced again'],
  /** Is whoever adopts a stopped or continued child woken to look at it? */
  adoptedStop: ['wakes nobody', 'wakes the new parent'],
  /** A tracee is let go: is another thread of the tracer's process woken, that may have waited for nobody else? */
  letGoTracee: ['wakes nobody', 'wakes who waits with its tracer'],
  /**
   * Does a wait look for stops of a process whose leader has begun to exit: while other threads live, or until the leader can
   * be collected, for which its tracer may have to come first?
   */
  leaderlessStops: ['are not looked for', 'are looked for', 'are looked for until it is collected'],
  /** Somebody has attached to a child before it inherits the tracer of its parent. */
  bornTracee: ['changes hands', 'keeps its tracer'],

  // Stops.

  /** Does a task look for signals that came during a stop when that ends? */
  signalsSentInStop: ['are overlooked', 'interrupt at its end'],
  /** A group stop has ended: do tasks that have not acted on it yet still stop? */
  endedGroupStop: ['is still required', 'is required of nobody'],
  /** Does SIGCONT cancel a stop whose signal has been dequeued and has not begun to stop the group? */
  dequeuedStop: ['is cancelled', 'outlives SIGCONT'],
  /** Can SIGCONT come between the acknowledgement of a group stop and the stop itself? */
  groupStopEntry: ['may be overtaken', 'goes with the acknowledgement'],
  /** Who joins the group stop of a tracee's group when its tracer lets go: those in a ptrace-stop, or all? */
  letGoInGroupStop: ['stopped tracees join', 'all are interrupted to join'],
  /** Does a thread that is born into a group stop take part in it? */
  newThread: ['runs in a stopped group', 'joins the group stop'],

  // Job control.

  /** Is a process counted anew for its process group when it gets another parent? */
  reparentedMembers: ['keep their count', 'are counted anew'],
  /** For which process group the children of a process that founds one were counted until then. */
  childrenOfMover: ['counted out of the grandparent’s group', 'counted out of the group left'],
  /** Is the caller of setsid still a member of the process group that it leaves when that is hung up for it? */
  setsidLeaves: ['when it is counted out', 'before it is counted out'],
  /** Does a process without a parent count in the process group that it founds? */
  founderWithoutParent: ['is not counted', 'is counted'],

  // What else Linux, or a later sentry, does differently.

  /** Is the init of a namespace spared signals that it has not asked for? From outside, not SIGKILL and SIGSTOP. */
  initProtection: ['none', 'from unwanted signals'],
  /** Does SIGKILL give a status to a process of which every task has begun to exit? */
  killOfTheDying: ['changes the status', 'comes too late'],
  /** Can a wait still report a group stop that SIGCONT has ended meanwhile? */
  continuedStops: ['are still reported', 'are forgotten'],
  /** Does a fatal signal kill when a task takes it, or, unless a tracer is to see it, when it is sent? */
  fatalSignals: ['kill when taken', 'kill when sent'],
  /** Is a signal for the process given to a thread that a vfork or an execve holds? */
  heldThreads: ['are passed over', 'are chosen'],
  /** May the leader of a session leave its process group, and a process move a child in another session? */
  sessionLeaders: ['may move', 'stay in their process group'],
  /** May a process make a child that has executed a program the founder of a process group? */
  execedChildren: ['may found a process group', 'are not moved'],
  /** Does a wait choose among tracees as among children, or are all of them eligible? */
  tracees: ['are chosen like children', 'are always eligible'],
  /** Does PTRACE_KILL end a ptrace-stop with SIGKILL as its signal, or send SIGKILL, whatever the tracee does? */
  ptraceKill: ['resumes with SIGKILL', 'sends SIGKILL'],
  /** Does a wait come to a child that the process also traces in its turn among the children? */
  tracedChildren: ['come after children', 'come among children'],
  /** When an orphaned process group with stopped members is hung up: at a count of zero, or as its last tie goes. */
  orphanedGroups: ['are counted', 'are looked for at exits'],
  /** Which thread of the parent is the first choice for the signal that tells of an exit. */
  exitSignal: ['goes to the leader', 'goes to the parent'],
  /** Does a stop signal other than SIGSTOP stop a process whose process group is an orphan? */
  stopOfOrphan: ['happens', 'is dropped'],
  /** With whose children a wait begins to look. */
  waitBegins: ['with the oldest thread', 'with the caller'],
  /** Does a wait with __WALL or __WCLONE see the threads of a child as children? */
  threadsOfChildren: ['are waited for', 'are no children'],
  /** By what a parent that has executed a program since is told of the end of a child that asked for another signal. */
  execedParents: ['are told as was asked for', 'are told by SIGCHLD'],
  /** Can a stop or continuation still be reported once the whole process is to exit? */
  changesOfTheDying: ['are still reported', 'are forgotten'],
} as const

export type SwitchName = keyof typeof switchValues

export const switchNames = Object.keys(switchValues) as SwitchName[]

export type Switches = {
  readonly [K in SwitchName]: (typeof switchValues)[K][number]
}

/** Calls that the seed refuses, and that a later kernel knows. */
export const laterCalls = ['PR_SET_CHILD_SUBREAPER', 'PTRACE_SEIZE'] as const

export type LaterCall = (typeof laterCalls)[number]

export interface Profile {
  readonly name: string
  readonly switches: Switches
  /** Without it, none. PTRACE_SEIZE stands for PTRACE_INTERRUPT and PTRACE_LISTEN as well. */
  readonly knows?: readonly LaterCall[]
}

const firstOfEach = (): Switches =>
  Object.fromEntries(switchNames.map(name => [name, switchValues[name][0]])) as Switches

export const knowsCall = ({ knows }: Profile, call: LaterCall): boolean => knows?.includes(call) === true

/** Another profile than `gvisor2018` by some of its switches, and by the calls that it knows. */
export const profileWith = (
  name: string,
  switches: Partial<Switches>,
  knows: readonly LaterCall[] = [],
): Profile => ({ name, switches: { ...gvisor2018.switches, ...switches }, knows })

/** The sentry of 2018-08-02 (google/gvisor, commit 57d0fcbdb), bugs included. */
export const gvisor2018: Profile = { name: 'gvisor-2018', switches: firstOfEach(), knows: [] }

/** The same without the faults that are known of it. */
export const gvisorFixed: Profile = profileWith('gvisor-fixed', {
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
})

/** The sentry of the release 20221219. */
export const gvisor2022: Profile = profileWith('gvisor-2022', {
  givenAwayChildren: 'are forgotten',
  lastExit: 'ends the group if alone',
  endedGroupStop: 'is required of nobody',
  continuedStops: 'are forgotten',
  dequeuedStop: 'outlives SIGCONT',
  setsidLeaves: 'before it is counted out',
  letGoInGroupStop: 'all are interrupted to join',
  tracees: 'are always eligible',
})

/** Linux, as of version 6.18. */
export const linux: Profile = profileWith(
  'linux',
  {
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
  laterCalls,
)
