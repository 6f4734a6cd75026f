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
    mutants:
      /taskSet\.wake\(|^task-set\.ts (wake|run|nextChange|constructor)\b|^task-set\.ts #run|^task\.ts returned/,
    reason: 'The comparison steps by hand; who is stepped when is the scheduler’s: test/src.',
  },
  {
    mutants:
      /requireRunning\(|^syscall\.ts (requireRunning|why)\b|^\S+ inProgress\b|^exit-notify\.ts advanceExitState\b/,
    reason:
      'Refuses what nobody who keeps to the rules asks for, and words the refusal: test/src/task.test.ts.',
  },
]
