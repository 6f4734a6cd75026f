/**
 * Mutants that the comparison does not catch, each with the reason why it cannot; and those that it catches only in a whole
 * check, where few states show them.
 *
 * A reason is given to the mutants whose names match. It says where else such a fault shows; what no reason is given
 * to is a gap.
 */
export interface Excuse {
  readonly mutants: RegExp
  readonly reason: string
}

export const excuses: readonly Excuse[] = [
  {
    mutants:
      /^(wait\.ts (wait|waitNow|resultOf|abortable|listener|forget|cancel|resolve|reject)|waiting\.ts (tell|settle|abandon)|syscall\.ts enterExitPath: task\.waiting\?\.abandon)\b/,
    reason: 'Promises and their cancelling are not part of the spec: test/src/task.test.ts.',
  },
  {
    mutants: /^task-set\.ts (wake|run|nextChange|constructor)\b|^task-set\.ts #run|^task\.ts returned/,
    reason:
      'The comparison steps by hand; when those are stepped that it was told of is the scheduler’s: test/src.',
  },
  {
    mutants:
      /^(syscall\.ts why\b|clone\.ts inProgress\b|exit-notify\.ts advanceExitState\b|save\.ts positionIn\b|task\.ts (step|toString)\b|wait\.ts waitAgain: if \(waiting === null\)|stop\.ts (begin|end)InternalStop: if \(task\.stop|ptrace\.ts runPtraceRequest: if \(task\.request)/,
    reason:
      'Notices that the core itself is broken, or words that: nothing gets there that keeps to the rules.',
  },
  {
    mutants: /^wait\.ts waitFailed: waiting\.settle\(|^wait\.ts look: error instanceof SyscallError/,
    reason:
      'Tells the caller by a promise, or an error by its code, of which there is none either way: test/src/task.test.ts.',
  },
  {
    mutants:
      /^(exit\.ts (isKilledAgain|killNamespace): .*→ if \(\(true\)\)|exit\.ts killNamespace: (moved === null|pidns\.movedSinceKill)|\S+ (goTo|joinGroupStop): noteMove|syscall\.ts noteMove\b)/,
    reason:
      'Saves time in the death of a namespace that nobody observes, as the comparison does: test/src/namespace-death.test.ts.',
  },
  {
    mutants:
      /^(task-set\.ts ordered: .*\(false\)|wait\.ts finding: (.*\(false\)|0 → 1$)|wait\.ts lookForEvents: if \(!all\).*\(\(false\)\))/,
    reason:
      'The comparison always decides itself about orders and picks: without that, test/src/task.test.ts.',
  },
  {
    mutants:
      /^(wait-options\.ts waitOptions|thread-group\.ts defaultAction|task-set\.ts the file|waiting\.ts the file)\b/,
    reason: 'A default, in whose place the comparison puts a value of its own: test/src/task.test.ts.',
  },
  {
    mutants:
      /^pid-namespace\.ts (nextFree: tid >= this\.limit|nextFree: (initTID|1 → 0$)|admit: (if \()?ns\.tasks\.size)/,
    reason: 'No namespace of the comparison runs out of ids: test/src/task.test.ts.',
  },
  {
    mutants: /^signals\.ts computeAction: if \(sig === SIG(KILL|STOP)\)/,
    reason: 'Says again what follows from the rest: only SIGCHLD has another disposition than the default.',
  },
  {
    mutants:
      /^signals\.ts lowestOf: set === 0 .*\(false\)|^ptrace-options\.ts isEventCode: code > 0xff → code >= 0xff/,
    reason: 'The same number either way: clz32(0) is 32, and no code is 0xff.',
  },
  {
    mutants:
      /^exit-notify\.ts dropWhatIsNeverRead: (forgetSignals\(|task\.runState|task\.tracees\.clear|task\.vforkParent)/,
    reason: 'Every zombie has let go of it on its exit path: said once more where it is reaped.',
  },
  {
    mutants: /^save\.ts addGroup: if \(this\.(groups|processGroups)\.has/,
    reason: 'What is there already is added to a set once more: that only costs time.',
  },
  {
    mutants: /^run\.ts runStep: task\.taskSet\.observe/,
    reason:
      'That a step was taken is told to observers, and the spec does not tell it: test/src/task.test.ts.',
  },
  {
    mutants: /^clone\.ts clone: if \(!options\.newThreadGroup\) joinGroupStop\(child\) → if \(\(true\)\)/,
    reason: 'A process that has just been made is in no group stop, and joinGroupStop asks that first.',
  },
  {
    mutants: /^dying-init\.ts nextToReap: false → true/,
    reason: 'lookForEvents finds the same event first, whether it goes on after that or not.',
  },
  {
    mutants: /^exec\.ts promote: (false → true|true → false|old\.exitParentNotified = true → nothing)$/,
    reason:
      'The old leader leads no more: exitNotify, called last, settles what concerns its parent (notifyParent), and asks no more.',
  },
  {
    mutants: /^exit-notify\.ts reparent: false → true \(3\)/,
    reason:
      'The line before makes SIGCHLD the termination signal, and then it does not count whether a tracer has left (notifyParent).',
  },
  {
    mutants:
      /^exit-notify\.ts reparent: (if \(task\.exitParentNotified.*\(\(true\)\)|task\.exitParentNotified && !task\.exitParentAcked → )/,
    reason:
      'A zombie whose parent has taken note is reaped in the same step (exitNotify), and one whose parent was not told is told again in vain: its tracer, or a thread of it, comes first.',
  },
  {
    mutants: /^exit-notify\.ts reparent: old === null \? null : .*\(false\)/,
    reason:
      'Only the dead have no parent, and where the dead are listed as children (adoptedAndReaped), no profile counts anew.',
  },
  {
    mutants:
      /^exit-notify\.ts (wakeDying: if \(task\.runState.*\(\(true\)\)|releaseIDs: if .*dyingInit.*\(\(false\)\))/,
    reason: 'Whoever is woken and has no step takes none (TaskSet.run): that only costs time.',
  },
  {
    mutants: /^exit\.ts completeGroupStop: group\.groupContNotify = false → nothing/,
    reason:
      'It is false already: while a continuation is to be told, no stop is on, and runInterrupt tells it before it takes the signal or the acknowledgement that could begin or complete one.',
  },
  {
    mutants: /^exit\.ts isKilledAgain: !isGoing && .* → !isGoing \|\|/,
    reason: 'Nobody is spared another SIGKILL then, which changes nothing: that only costs time.',
  },
  {
    mutants: /^exit\.ts reapNamespace: task\.children\.clear\(\) → nothing/,
    reason:
      'Nobody has an id in the namespace any more (isNamespaceEmpty), and reap takes whoever loses its id from among the children.',
  },
  {
    mutants: /^interrupt\.ts leaveInterrupt: goTo\(task, 'interrupt'\) → nothing/,
    reason:
      'It looks for interrupts already: runInterrupt clears the flag of one that comes from its program, so that the flag is not set there.',
  },
  {
    mutants: /^interrupt\.ts afterSignalDeliveryStop: if \(masksEverything\(task\)\).*\(\(false\)\)/,
    reason: 'Only the exit path masks signals, and from there nobody gets here: as in never-run.ts.',
  },
  {
    mutants: /^process-group\.ts destroy: 0 → 1 \(2\)/,
    reason: 'A session has an id in each of these namespaces from the beginning (register).',
  },
  {
    mutants: /^process-group\.ts the file: 0 → 1 \(2\)/,
    reason: 'Whoever makes a process group counts its first member (pg.refs = 1), or restores the count.',
  },
  {
    mutants: /^signals\.ts isSignal: 1 → 0/,
    reason: 'Everybody who asks has asked for 0 before, which is no signal and allowed.',
  },
  {
    mutants: /^task\.ts call: if \(error instanceof SyscallError\).*\(\(true\)\)/,
    reason: 'What else is thrown is a panic, after which nothing is said of the task.',
  },
  {
    mutants: /^task\.ts the file: 0 → 1 \(4\)/,
    reason: 'clone sets it for everybody but the first task, of which see test/src/task.test.ts.',
  },
  {
    mutants: /^wait\.ts collectZombie: if \(task\.isLeader\).*\(\(true\)\)/,
    reason:
      'The parent of a thread that leads nothing is told and takes note at once (notifyParent), and so the thread is reaped and not collected.',
  },
  {
    mutants: /^wait\.ts isReady: asTracee \? .*\(true\)/,
    reason:
      'Asked of a leader without a tracer that is alone (lookToTheEnd, isCollectable): exitNotify tells its parent in the step in which that comes about.',
  },
]

/**
 * Where a mutant shows that what is recorded, which is a part of each check, does not show: these checks are asked as a
 * whole, walks included.
 */
export const deep: readonly { readonly mutants: RegExp; readonly checks: readonly string[] }[] = [
  { mutants: /^clone\.ts (maybeBeginVforkStop|afterVforkStop)/, checks: ['traced-vfork'] },
  { mutants: /^exit\.ts unstopVforkParent/, checks: ['traced-vfork'] },
  {
    mutants:
      /^(exec\.ts afterExecStop: if .*execedParents|exit-notify\.ts reparent: .*parentExeced|thread-group\.ts announcedBy)/,
    checks: ['execed-parents'],
  },
  {
    mutants: /^(exec\.ts hasNobodyToWaitFor|exit-notify\.ts reap: if \(execWaits)/,
    checks: ['traced-exec', 'execing-threads'],
  },
  { mutants: /^exit-notify\.ts reap: group\.tasksCount === 1/, checks: ['three-threads'] },
  { mutants: /^exit-notify\.ts leaveLeaderAlone: false/, checks: ['ignored-clones'] },
  {
    mutants: /^exit-notify\.ts (findReparentTarget: .*subreaper|subreaperAbove|adopter)/,
    checks: ['subreapers'],
  },
  { mutants: /^exit-notify\.ts reparent: if \(!task\.isLeader/, checks: ['recounted-threads'] },
  {
    mutants: /^exit-notify\.ts (notifyParent: wakeDying|wakeDying|releaseIDs)/,
    checks: ['namespaces', 'new-namespace'],
  },
  {
    mutants:
      /^(exit\.ts runExitNotify|process-group\.ts (looseTie|tiesTheGroup)|exit-notify\.ts reparent: (if \()?old !== null)/,
    checks: ['jobs', 'orphaned-jobs', 'inner-jobs', 'terminal-stops'],
  },
  {
    mutants: /^(exit\.ts exitThreadGroup|exit\.ts prepareExit)/,
    checks: ['exit', 'threads'],
  },
  { mutants: /^interrupt\.ts deliverSignal: task\.inHand/, checks: ['handled-deliveries'] },
  {
    mutants:
      /^(interrupt\.ts (alsoStops|notifyContinue|enterGroupStop)|wait\.ts (lookAtTracee|lookToTheEnd))/,
    checks: ['single-events', 'continued-tracees'],
  },
  {
    mutants: /^wait\.ts (lookAtChild|tellsOfNoStop)/,
    checks: ['named-threads', 'single-events', 'continued-tracees', 'leaderless-stops', 'waits-for-threads'],
  },
  { mutants: /^wait\.ts matches/, checks: ['named-threads', 'waits-for-threads'] },
  { mutants: /^wait\.ts (lookForEvents|inOrderOfLooking)/, checks: ['waiting-threads', 'own-waits'] },
  { mutants: /^clone\.ts joinGroupStop/, checks: ['births-in-stops'] },
  { mutants: /^exit-notify\.ts reparent: .*offerStop/, checks: ['adopted-stops'] },
  { mutants: /^(exit\.ts waitsForNamespace|run\.ts nextSteps: waits)/, checks: ['namespaces'] },
  { mutants: /^interrupt\.ts acknowledgeGroupStop: if \(!isKilled/, checks: ['let-go-and-killed'] },
  { mutants: /^ptrace\.ts forgetTracer: if .*letGoTracee/, checks: ['detach'] },
  { mutants: /^thread-group\.ts forgetChanges: task\./, checks: ['traced-vfork'] },
  { mutants: /^wait\.ts collectZombie/, checks: ['killed-grandchildren'] },
  { mutants: /^ptrace\.ts forgetTracer: true/, checks: ['left-grandchildren'] },
  { mutants: /^pid-namespace\.ts idOfProcessGroup/, checks: ['inner-groups'] },
  { mutants: /^pid-namespace\.ts the file/, checks: ['new-namespace'] },
  { mutants: /^process-group\.ts the file/, checks: ['jobs'] },
  { mutants: /^process-group\.ts incRefWithParent/, checks: ['inner-jobs', 'moving-jobs'] },
  {
    mutants: /^process-group\.ts (createSession|move|childThreadGroups|joinProcessGroup)/,
    checks: ['jobs', 'leaders-of-threads', 'moved-programs'],
  },
  {
    mutants: /^ptrace-options\.ts knownPtraceOptions/,
    checks: ['traced-births', 'told-execs', 'traced-vfork', 'ptrace'],
  },
  {
    mutants:
      /^(ptrace\.ts (requireSeize|requireStopped|ptrace[A-Z]\w+)|task\.ts (call|ptrace\w+|setChildSubreaper|setpgid|kill|pg)|signals\.ts isSignal|thread-group\.ts sendTimerSignal)\b/,
    checks: ['ptrace-stops', 'moved-programs', 'timers', 'namespaces', 'seized', 'seizing-and-interrupted'],
  },
  { mutants: /^send-signal\.ts enqueueAndInterrupt: if \(task\.exitState/, checks: ['exit'] },
  {
    mutants: /^send-signal\.ts (killsWhenSent|wantsSignal)/,
    checks: ['vfork', 'exec', 'ptrace-kills', 'thread-stops'],
  },
  { mutants: /^send-signal\.ts endGroupStop/, checks: ['stops', 'ptrace-stops'] },
  { mutants: /^task-set\.ts sendSignalToAll/, checks: ['signalled-threads'] },
  {
    mutants: /^save\.ts (addGroup|follow)/,
    checks: ['vfork', 'traced-vfork', 'tracing-threads', 'namespaces', 'inner-jobs', 'orphaned-jobs'],
  },
]
