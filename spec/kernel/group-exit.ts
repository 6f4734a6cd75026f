/**
 * The beginning of the end of a whole thread group.
 *
 * Here: what every way to end a group does to its record.
 * Not here: killing its tasks (kernel/send-signal.ts), the exit path (rules/exit.ts).
 */
import type { ExitStatus } from '../exit-status.js'
import type { GroupId, State } from '../state.js'

/** All of `g` is to exit, with this status. Source: `PrepareGroupExit`, `applySignalSideEffectsLocked`, `TaskSet.Kill`. */
export function beginGroupExit(before: State, g: GroupId, exitStatus: ExitStatus): State {
  const s = before.withGroup(g, { exiting: true, exitStatus })
  return s.scope.profile.switches.changesOfTheDying === 'are still reported' ? s : forgetChanges(s, g)
}

/** It has never stopped or continued, for all that a wait can say, and nobody is told any more. */
function forgetChanges(before: State, g: GroupId): State {
  let s = before.withGroup(g, {
    groupStopPhase: 'None',
    groupStopSignal: null,
    groupStopWaitable: false,
    groupContNotify: false,
    groupContInterrupted: false,
    groupContWaitable: false,
  })
  for (const t of s.group(g).tasks)
    if (s.task(t).groupStopRequired) s = s.withTask(t, { groupStopRequired: false })
  return s
}
