/**
 * Mutants that the comparison does not catch, each with the reason why it cannot.
 *
 * A reason is given to the mutants whose names match. It says where else such a fault shows; what no reason is given
 * to is a gap.
 */
export interface Excuse {
  readonly mutants: RegExp
  readonly reason: string
}

/** The first that matches counts. */
export const excuses: readonly Excuse[] = [
  {
    mutants: /^task-set\.ts run: this\.#changed = \[\] → nothing/,
    reason: 'Promises that were kept are kept once more at each change, which does nothing.',
  },
  {
    mutants: /^waiting\.ts the file: false → true/,
    reason:
      'Nobody reads it before it is set: whoever makes a wait lets it sleep, which says that it was not notified (sleep), or restores what was saved.',
  },
  {
    mutants:
      /^(wait\.ts (wait|waitNow|resultOf|abortable|listener|forget|cancel|resolve|reject)|waiting\.ts (tell|settle|abandon)|syscall\.ts enterExitPath: task\.waiting\?\.abandon)\b/,
    reason: 'Promises and their cancelling are not part of the spec: test/src/task.test.ts.',
  },
  {
    mutants:
      /^task-set\.ts (wake|run|nextChange|constructor)\b|^task-set\.ts #run|^task\.ts (returned|step: 0 → 1)/,
    reason:
      'The comparison steps by hand; when those are stepped that it was told of is the scheduler’s: test/src.',
  },
  {
    mutants:
      /^(syscall\.ts why\b|clone\.ts inProgress\b|exit-notify\.ts advanceExitState\b|save\.ts positionIn\b|task\.ts (step: (if|step)|toString)|wait\.ts waitAgain: if \(waiting === null\)|stop\.ts (begin|end)InternalStop: if \(task\.stop|ptrace\.ts runPtraceRequest: if \(task\.request)/,
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
      /^(exit\.ts killNamespace: .*→ if \(\(true\)\)|exit\.ts killNamespace: (moved === null|pidns\.movedSinceKill)|\S+ (goTo|joinGroupStop): noteMove|syscall\.ts noteMove\b)/,
    reason:
      'Saves time in the death of a namespace that nobody observes, as the comparison does: test/src/namespace-death.test.ts.',
  },
  {
    mutants: /^(task-set\.ts ordered: .*\(false\)|wait\.ts finding: (.*\(false\)|0 → 1$))/,
    reason:
      'The comparison always decides itself about orders and picks: without that, test/src/task.test.ts.',
  },
  {
    mutants: /^(wait-options\.ts waitOptions|thread-group\.ts defaultAction|task-set\.ts the file)\b/,
    reason: 'A default, in whose place the comparison puts a value of its own: test/src/task.test.ts.',
  },
  {
    mutants:
      /^pid-namespace\.ts (nextFree: tid >= this\.limit|nextFree: initTID|admit: (if \()?ns\.tasks\.size)/,
    reason: 'No namespace of the comparison runs out of ids: test/src/task.test.ts.',
  },
  {
    mutants: /^signals\.ts computeAction: if \(sig === SIG(KILL|STOP)\)/,
    reason:
      'Says again what follows from the rest: the disposition of all but SIGCHLD is the default (handlerOf of ThreadGroup).',
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
    mutants: /^(dying-init\.ts nextToReap: false → true|wait\.ts lookForEvents: if \(!all\).*\(\(false\)\))/,
    reason:
      'lookForEvents finds the same event first, whether it goes on after that or not, and no other is used.',
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
    mutants: /^exit\.ts isKilledAgain: (!isGoing && .* → !isGoing \|\||.*→ if \(\(true\)\) return false)/,
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
  {
    mutants: /^pid-namespace\.ts nextFree: 1 → 0$/,
    reason: 'The id of the init is taken as long as anybody is born, and so the count goes on behind it.',
  },
]
