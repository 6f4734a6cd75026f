/**
 * All properties, by name and as lists.
 *
 * Here: which there are. Each is defined, with its premise, in the file of its subject; property.ts says how.
 */
import * as accounting from './accounting.js'
import { branches } from './branches/index.js'
import * as counters from './counters.js'
import * as shared from './covers.js'
import * as family from './family.js'
import * as ids from './ids.js'
import * as jobs from './jobs.js'
import * as killing from './killing.js'
import type { Cover, Invariant, StepProperty } from './property.js'
import * as reaping from './reaping.js'
import * as stops from './stops.js'
import * as tracing from './tracing.js'
import * as waits from './waits.js'
import * as wakeups from './wakeups.js'

export * from './accounting.js'
export * from './counters.js'
export * from './covers.js'
export * from './family.js'
export * from './ids.js'
export * from './jobs.js'
export * from './killing.js'
export type { Cover, Invariant, Step, StepProperty } from './property.js'
export * from './reaping.js'
export * from './stops.js'
export * from './tracing.js'
export * from './waits.js'
export * from './wakeups.js'

/** What no reachable state may break. */
export const invariants: readonly Invariant[] = [
  // From Initiated to Dead.
  reaping.aLeaderIsReapedLast,
  reaping.acknowledgedImpliesNotified,
  reaping.aSettledExitIsADeath,
  reaping.aDeathIsSettled,
  reaping.nobodyHearsOfTheLiving,
  reaping.aZombieIsAnnounced,
  reaping.aThreadIsAZombieForItsTracer,
  reaping.aTracerToTakeNoteExists,
  reaping.aParentToTakeNoteExists,
  reaping.runStateFitsExitState,
  reaping.theExitingMaskSignals,
  // Lists and counters of thread groups.
  counters.theListHoldsTheTasks,
  counters.theLeaderIsAMember,
  counters.tasksCountCounts,
  counters.liveTasksCounts,
  counters.activeTasksCounts,
  counters.groupStopCountCounts,
  // Thread ids.
  ids.idsAndTasksAreInverse,
  ids.whoeverIsNotDeadHasAnId,
  ids.theDeadHaveNoId,
  // Parents and children.
  family.aParentListsItsChildren,
  family.aListedChildNamesItsParent,
  family.aParentCanStillReparent,
  family.aZombieHasNoChildren,
  family.theDeadHaveNoParent,
  family.theDeadAreNobodysChildren,
  family.aParentIsAnotherProcess,
  // Tracers and tracees.
  tracing.aTracerListsItsTracees,
  tracing.aListedTraceeNamesItsTracer,
  tracing.aTracerIsInAnotherGroup,
  tracing.aTracerCanStillDetach,
  tracing.aZombieHasNoTracees,
  tracing.theDeadHaveNoTracer,
  tracing.theDeadAreNobodysTracees,
  tracing.aPtraceStopHasATracer,
  tracing.aFrozenTraceeIsBeingOperatedOn,
  tracing.aRequestHasItsTracee,
  // Stops.
  stops.everybodyIsAskedToStop,
  stops.aCompleteStopIsAcknowledged,
  stops.nobodyRunsInACompleteStop,
  stops.aStoppedTaskIsInAGroupStop,
  stops.aRequiredStopIsInProgress,
  stops.aStopHasASignal,
  stops.anExecveWaitsForSomebody,
  stops.theExecingTaskIsAMember,
  stops.aVforkWaitsForAChild,
  // Killing.
  killing.noKilledTaskIsStopped,
  killing.nobodyIsKilledAlone,
  killing.everybodyLeavesAnExitingGroup,
  killing.everybodyLeavesAnExecingGroup,
  killing.everybodyLeavesAnExitingNamespace,
  killing.anInitGoesLast,
  // Nobody sleeps through what it waits for.
  wakeups.noSleeperHasAnEvent,
  wakeups.noSleeperHasEchild,
  wakeups.noSignalIsOverlooked,
  wakeups.noGroupSignalIsOverlooked,
  wakeups.noRequiredStopIsOverlooked,
  wakeups.noContinuationIsOverlooked,
  // Resources of children.
  accounting.nobodyIsCountedTwice,
  // Process groups and sessions.
  jobs.ancestorsCounts,
  jobs.processGroupRefsCounts,
  jobs.sessionRefsCounts,
]

/** What no step between reachable states may break. */
export const stepProperties: readonly StepProperty[] = [
  // From Initiated to Dead.
  reaping.exitStatesAdvance,
  reaping.anExitStatusIsFinal,
  reaping.aReportedStatusIsFinal,
  reaping.aGroupExitIsFinal,
  reaping.acknowledgementsAreFinal,
  reaping.ignoredSigchldLeavesNoZombie,
  reaping.aParentIsToldBySignal,
  reaping.aTracerIsToldBySignal,
  // Thread ids.
  ids.aDeathReleasesItsId,
  ids.onlyADeathReleasesAnId,
  ids.execveKeepsTheId,
  // Parents and children.
  family.orphansAreAdopted,
  // Stops.
  stops.aGroupStopRunsItsCourse,
  stops.sigcontContinuesEverybody,
  // Killing.
  killing.sigkillEndsTheProcess,
  killing.everybodyElseIsSignalled,
  // What a wait may return.
  waits.aWaitReturnsWhatIsAskedFor,
  waits.aWaitReturnsWhatThereIs,
  waits.aParentWaitsForProcesses,
  waits.aReportedStopIsAStop,
  waits.aReportedContinuationIsOne,
  waits.aReportedStatusIsTheStatus,
  waits.aPeekTellsTheTruth,
  waits.aPeekLeavesAllInPlace,
  waits.aConsumedStopIsGone,
  waits.aDeathIsConsumedOnce,
  waits.echildMeansNobody,
  waits.aWaitSleepsForSomething,
  waits.wnohangMeansNotYet,
  // Resources of children.
  accounting.resourcesAreTakenOverByWaiting,
  accounting.collectedResourcesAreTakenOver,
  accounting.aReapedTaskLeavesItsTime,
  // Process groups and sessions.
  jobs.stoppedOrphansAreHungUp,
  jobs.onlyStoppedOrphansAreHungUp,
]

/** What has to be reached, so that nothing holds by reaching nothing. */
export const covers: readonly Cover[] = [
  // From Initiated to Dead.
  reaping.aLeaderIsGoneBeforeAThread,
  reaping.anExitIsAcknowledged,
  reaping.anExitIsSettled,
  reaping.aThreadIsAZombie,
  reaping.aTracerIsToTakeNote,
  reaping.aParentIsToTakeNote,
  reaping.aTaskIsBorn,
  reaping.anExitStateAdvances,
  reaping.anExitingTaskChanges,
  reaping.aZombieProcessChanges,
  reaping.anExitingGroupChanges,
  reaping.aToldExitChanges,
  reaping.anIgnoringParentIsTold,
  reaping.aParentIsTold,
  reaping.aTracerIsTold,
  // Lists and counters of thread groups.
  counters.aGroupStopIsInitiated,
  // Thread ids.
  ids.aNamespaceExists,
  ids.anIdIsReleased,
  ids.aThreadTakesOver,
  // Parents and children.
  family.aTaskListsChildren,
  family.aTaskIsReparented,
  // Tracers and tracees.
  tracing.aTaskListsTracees,
  tracing.aTaskIsInAPtraceStop,
  tracing.aTraceeIsFrozen,
  tracing.aTracerCarriesOutARequest,
  // Stops.
  stops.aGroupStopIsComplete,
  stops.aTaskIsGroupStopped,
  stops.aTaskIsRequiredToStop,
  stops.aStopHasAPhase,
  stops.aStopPhaseChanges,
  stops.sigcontIsSent,
  stops.anExecveWaits,
  stops.anExecveIsUnderWay,
  stops.aTaskWaitsInVfork,
  // Killing.
  killing.aTaskIsKilled,
  killing.aGroupIsExiting,
  killing.anExecveEndsTheOthers,
  killing.aNamespaceIsExiting,
  killing.anInitIsGone,
  killing.sigkillIsSent,
  killing.everybodyIsSignalled,
  // Nobody sleeps through what it waits for.
  wakeups.aWaiterSleeps,
  wakeups.aTaskAtLargeHasASignal,
  wakeups.aGroupAtLargeHasASignal,
  wakeups.aTaskAtLargeIsToStop,
  wakeups.aContinuationIsToBeTold,
  // What a wait may return.
  waits.aWaitReturnsAnEvent,
  waits.aStopIsReported,
  waits.aContinuationIsReported,
  waits.aPeekReturnsAnEvent,
  waits.aStopIsConsumed,
  waits.aWaitFindsNobody,
  waits.aWaitSleeps,
  waits.aWaitReturnsAtOnce,
  // Resources of children.
  accounting.aGroupHasAccounts,
  accounting.aResidentSetIsRemembered,
  accounting.accountsChange,
  accounting.aParentCollectsAChild,
  accounting.aTaskThatHasRunDies,
  // Process groups and sessions.
  jobs.aProcessGroupExists,
  jobs.aSessionExists,
  jobs.aStoppedProcessGroupIsOrphaned,
  jobs.aGroupIsHungUp,
  // What several properties presuppose, and what nothing presupposes.
  shared.aTaskLives,
  shared.aTaskIsNotDead,
  shared.aTaskHasBegunToExit,
  shared.aTaskIsAZombie,
  shared.aTaskIsDead,
  shared.aTaskHasAParent,
  shared.aTaskHasATracer,
  shared.aGroupHasThreads,
  shared.aTaskDies,
  shared.aDeathIsConsumed,
  shared.aTracerHearsFirst,
  shared.aParentTracesItsZombieChild,
  shared.aTracedLeaderIsNotAlone,
  shared.aTaskStopsAtItsExit,
  shared.aStopIsCutShort,
  shared.aThreadExitsAlone,
  shared.everybodyIsDead,
  shared.aWaitIsInterrupted,
  shared.aPeekFindsADeath,
  shared.aGroupDiesAtOnce,
  jobs.aGroupIsHungUpByNoMove,
  shared.twoThreadsWait,
  // Every branch of the seed.
  ...branches,
]
