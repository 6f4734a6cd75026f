/**
 * What a saved task set looks like: plain JSON.
 *
 * Tasks, thread groups and namespaces are referred to by their serial numbers, process groups and sessions by their
 * positions. Whoever still waits for a promise is not part of it, nor are observers and policies.
 */
import type { CloneOptions } from './clone-options.js'
import type { CPUStats } from './cpu-stats.js'
import type { Profile } from './profile.js'
import type { PtraceRequest } from './ptrace-options.js'
import type { RunState } from './run-state.js'
import type { Seized } from './seize.js'
import type { Stop } from './stop.js'
import type { ExitState } from './task.js'
import type { GroupStopPhase, SignalAction } from './thread-group.js'
import type { WaitOptions } from './wait-options.js'

export const savedVersion = 1

export interface SavedExitStatus {
  readonly code: number
  readonly signo: number
}

export interface SavedWait {
  readonly options: WaitOptions
  readonly notified: boolean
}

export interface SavedTask {
  readonly serial: number
  readonly group: number
  readonly parent: number | null
  readonly children: readonly number[]
  readonly tracer: number | null
  readonly tracees: readonly number[]
  readonly exitState: ExitState
  readonly runState: RunState
  readonly exitStatus: SavedExitStatus
  readonly exitTracerNotified: boolean
  readonly exitTracerAcked: boolean
  readonly exitParentNotified: boolean
  readonly exitParentAcked: boolean
  readonly stop: Stop | null
  readonly stopFrozen: boolean
  readonly interrupted: boolean
  readonly pendingSignals: number
  readonly signalMask: number
  readonly groupStopRequired: boolean
  readonly groupStopAcknowledged: boolean
  readonly ptraceCode: number
  readonly ptraceOpts: number
  readonly seized: Seized | null
  readonly parentDeathSignal: number
  readonly cleartid: number
  readonly vforkParent: number | null
  readonly cloneChild: number | null
  readonly cloneOptions: CloneOptions | null
  readonly waiting: SavedWait | null
  readonly inHand: number
  readonly request: (PtraceRequest & { readonly target: number }) | null
  readonly cpuStats: CPUStats
  readonly mmMaxRSS: number
}

export interface SavedThreadGroup {
  readonly serial: number
  readonly leader: number
  readonly tasks: readonly number[]
  readonly tasksCount: number
  readonly liveTasks: number
  readonly activeTasks: number
  readonly exiting: boolean
  readonly exitStatus: SavedExitStatus
  readonly execing: number | null
  readonly terminationSignal: number
  readonly groupStopPhase: GroupStopPhase
  readonly groupStopSignal: number
  readonly groupStopCount: number
  readonly groupStopWaitable: boolean
  readonly groupContNotify: boolean
  readonly groupContInterrupted: boolean
  readonly groupContWaitable: boolean
  readonly pendingSignals: number
  readonly sigchldAction: SignalAction
  readonly pidns: number
  readonly processGroup: number
  readonly execed: boolean
  readonly childSubreaper: boolean
  readonly parentExeced: boolean
  readonly exitedCPUStats: CPUStats
  readonly childCPUStats: CPUStats
  readonly maxRSS: number
  readonly childMaxRSS: number
  readonly lastTimerSignalTask: number | null
}

export interface SavedPIDNamespace {
  readonly serial: number
  readonly parent: number | null
  readonly limit: number
  readonly last: number
  readonly exiting: boolean
  readonly tasks: readonly (readonly [tid: number, task: number])[]
  readonly processGroups: readonly (readonly [pgid: number, processGroup: number])[]
  readonly sessions: readonly (readonly [sid: number, session: number])[]
}

export interface SavedProcessGroup {
  readonly originator: number
  readonly id: number
  readonly session: number
  readonly members: readonly number[]
  readonly refs: number
  readonly ancestors: number
}

export interface SavedSession {
  readonly leader: number
  readonly id: number
  readonly refs: number
}

export interface SavedTaskSet {
  readonly version: typeof savedVersion
  readonly profile: Profile
  readonly nextSerial: number
  readonly tasks: readonly SavedTask[]
  readonly groups: readonly SavedThreadGroup[]
  /** A namespace comes behind the one that it is in. */
  readonly namespaces: readonly SavedPIDNamespace[]
  readonly processGroups: readonly SavedProcessGroup[]
  readonly sessions: readonly SavedSession[]
}
