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

export const excuses: readonly Excuse[] = [
  {
    mutants:
      /^(wait\.ts (wait|waitNow|resultOf|abortable|listener|forget|cancel|resolve|reject)|waiting\.ts (tell|settle|abandon))\b/,
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
      /^(exit\.ts inOrder: .*\(false\)|task-set\.ts ordered: .*\(false\)|wait\.ts finding: .*\(false\)|wait\.ts lookForEvents: if \(!all\).*\(\(false\)\))/,
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
      /^pid-namespace\.ts (nextFree: tid >= this\.limit|nextFree: initTID|refusal: (if \()?ns\.tasks\.size|admit: if \(refusal)/,
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
]
