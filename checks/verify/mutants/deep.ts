/**
 * Where a mutant shows that few states show: what is recorded is a part of each check, and these checks are asked as a whole
 * besides, walks included.
 */
interface Deep {
  readonly mutants: RegExp
  readonly checks: readonly string[]
  /** Where what it does differs; the seed does the rest. */
  readonly profile: string
}

const shown = (mutants: RegExp, checks: readonly string[], profile = 'gvisor-2018'): Deep => ({
  mutants,
  checks,
  profile,
})

const [fixed, later, linux] = ['gvisor-fixed', 'gvisor-2022', 'linux']

export const deep: readonly Deep[] = [
  shown(/^clone\.ts (maybeBeginVforkStop|afterVforkStop)/, ['traced-vfork']),
  shown(/^exit\.ts tellOfNoChange/, ['leaderless-threads']),
  shown(/^exit\.ts unstopVforkParent/, ['traced-vfork']),
  shown(/^exec\.ts afterExecStop: if .*execedParents/, ['execed-parents']),
  shown(/^exit-notify\.ts reap: if \(execWaits/, ['traced-exec', 'execing-threads']),
  shown(/^exit-notify\.ts leaveLeaderAlone: false/, ['ignored-clones']),
  shown(/^exit-notify\.ts reparent: (.*exitParentNotified|if \(old)/, ['adoption']),
  shown(/^interrupt\.ts deliverSignal: task\.inHand/, ['handled-deliveries']),
  shown(/^interrupt\.ts (alsoStops|notifyContinue|enterGroupStop)/, [
    'single-events',
    'stops-of-the-attached',
    'interrupted-stops',
  ]),
  shown(/^wait\.ts lookAtTracee/, ['single-events']),
  shown(/^wait\.ts lookAtChild/, [
    'named-threads',
    'single-events',
    'own-continuations',
    'continued-tracees',
  ]),
  shown(/^wait\.ts matches/, ['named-threads', 'waits-for-threads']),
  shown(/^wait\.ts (lookForEvents|inOrderOfLooking)/, ['waiting-threads', 'own-waits']),
  shown(/^wait\.ts collectZombie/, ['adopted-tracees', 'killed-grandchildren']),
  shown(/^ptrace\.ts forgetTracer: true/, ['left-grandchildren']),
  shown(/^pid-namespace\.ts idOfProcessGroup/, ['inner-groups']),
  shown(/^pid-namespace\.ts the file/, ['new-namespace']),
  shown(/^process-group\.ts the file/, ['jobs']),
  shown(/^process-group\.ts incRefWithParent/, ['inner-jobs', 'moving-jobs']),
  shown(/^process-group\.ts childThreadGroups/, ['recounted-threads'], fixed),
  shown(/^process-group\.ts joinProcessGroup/, ['moved-programs']),
  shown(/^ptrace-options\.ts knownPtraceOptions/, ['ptrace', 'told-execs', 'traced-vfork', 'traced-births']),
  shown(/^ptrace\.ts (requireSeize|requireStopped|ptrace[A-Z]\w+)/, ['ptrace-stops']),
  shown(/^task\.ts ptraceSeize/, ['kill-all']),
  shown(/^task\.ts (setpgid|kill|pg)\b/, ['signalled-jobs', 'moved-programs', 'kill-many']),
  shown(/^task\.ts (call|ptrace\w+|setChildSubreaper|kill|pg)\b/, ['ptrace-stops', 'orphaned-jobs']),
  shown(/^signals\.ts isSignal/, ['handled-deliveries']),
  shown(/^thread-group\.ts sendTimerSignal/, ['timers']),
  shown(/^send-signal\.ts enqueueAndInterrupt: if \(task\.exitState/, ['exit']),
  shown(/^send-signal\.ts endGroupStop/, ['stops', 'ptrace-stops']),
  shown(/^task-set\.ts sendSignalToAll/, ['signalled-threads', 'kill-many']),
  shown(/^save\.ts (addGroup|follow)/, [
    'killed-vforks',
    'namespaces',
    'tracing-threads',
    'orphaned-jobs',
    'vfork',
    'inner-jobs',
  ]),

  shown(/^clone\.ts joinGroupStop/, ['births-in-stops', 'traced-births'], fixed),
  shown(/^exec\.ts hasNobodyToWaitFor/, ['traced-exec', 'execing-threads'], fixed),
  shown(/^exit-notify\.ts reap: group\.tasksCount === 1/, ['three-threads'], fixed),
  shown(/^exit-notify\.ts reparent: if \(!task\.isLeader/, ['recounted-threads'], fixed),
  shown(/^exit-notify\.ts (reparent: .*offerStop|offerStop)/, ['adopted-stops'], fixed),
  shown(/^exit-notify\.ts (notifyParent: wakeDying|wakeDying|releaseIDs)/, ['namespaces'], fixed),
  shown(/^exit\.ts (exitThreadGroup|settleLastExit)/, ['threads'], fixed),
  shown(/^(exit\.ts waitsForNamespace|run\.ts nextSteps: waits)/, ['namespaces'], fixed),
  shown(/^interrupt\.ts acknowledgeGroupStop: if \(!isKilled/, ['let-go-and-killed'], fixed),
  shown(/^process-group\.ts createSession/, ['founders-without-parents', 'jobs'], fixed),
  shown(/^ptrace\.ts forgetTracer: (if .*letGoTracee|tracer\?|Event)/, ['let-go-waits', 'detach'], fixed),
  shown(/^exit\.ts .*tellOfNoChange/, ['leaderless-threads', 'leaderless-tracees'], fixed),
  shown(
    /^wait\.ts (tellsOfNoStop|lookAtChild)/,
    ['stop-watchers', 'leaderless-stops', 'waits-for-threads'],
    fixed,
  ),

  shown(/^exit\.ts prepareExit/, ['threads'], later),
  shown(/^process-group\.ts move/, ['moving-jobs'], later),
  shown(/^send-signal\.ts endGroupStop/, ['stops', 'ptrace-stops'], later),

  shown(/^exit-notify\.ts (notifyParent: wakeDying|wakeDying|releaseIDs)/, ['namespaces'], linux),
  shown(
    /^(exit-notify\.ts reparent: .*parentExeced|thread-group\.ts announcedBy)/,
    ['execed-parents'],
    linux,
  ),
  shown(
    /^exit-notify\.ts (findReparentTarget: .*subreaper|subreaperAbove|adopter)/,
    ['subreaping-grandparents', 'subreaping-ancestors'],
    linux,
  ),
  shown(/^exit\.ts runExitNotify/, ['left-jobs'], linux),
  shown(/^exit-notify\.ts reparent: (if \()?old !== null/, ['left-jobs'], linux),
  shown(/^exit-notify\.ts (receiver|notifyTracer: wakeDying)/, ['own-waits'], linux),
  shown(/^exit-notify\.ts notifyParent: wakeDying/, ['execed-parents'], linux),
  shown(/^process-group\.ts (looseTie|tiesTheGroup)/, ['left-jobs', 'tied-jobs', 'orphaned-jobs'], linux),
  shown(/^process-group\.ts createSession/, ['jobs'], linux),
  shown(/^ptrace\.ts ptrace(Listen|Freeze)/, ['seizing-and-interrupted', 'seized'], linux),
  shown(/^task\.ts ptrace(Seize|Interrupt|Listen)/, ['seizing-and-interrupted'], linux),
  shown(/^send-signal\.ts (killsWhenSent|wantsSignal)/, ['fatal-signals', 'fatal-vforks'], linux),
  shown(/^thread-group\.ts forgetChanges: task\./, ['exits-in-stops'], linux),
  shown(/^wait\.ts (lookToTheEnd|lookAtChild|lookAtTracee)/, ['single-events', 'waits-for-threads'], linux),
  shown(/^wait\.ts matches/, ['waits-for-threads'], linux),
  shown(/^wait\.ts inOrderOfLooking/, ['waiting-threads'], linux),
]
