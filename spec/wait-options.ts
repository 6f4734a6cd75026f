/**
 * What a wait asks for. Source: `WaitOptions` and the event masks in task_exit.go.
 */
import { Record, type RecordOf, Set } from 'immutable'
import type { ProcessGroupId, ThreadId } from './state.js'

/** Source: `EventExit`, `EventChildGroupStop`, `EventTraceeStop`, `EventGroupContinue`. */
export type WaitEvent = 'Exit' | 'ChildGroupStop' | 'TraceeStop' | 'GroupContinue'

export type WaitOptionsFields = {
  /** The call as a program writes it, for people. */
  readonly call: string
  /** Only the task with this id; null is any. */
  readonly specificTID: ThreadId | null
  /** Only groups of this process group; null is any. */
  readonly specificPGID: ProcessGroupId | null
  /** Leaders whose termination signal is SIGCHLD are eligible. */
  readonly nonCloneTasks: boolean
  /** All others are eligible. */
  readonly cloneTasks: boolean
  /** Children and tracees of the other threads of the process as well: not with __WNOTHREAD, which the source refuses. */
  readonly siblings: boolean
  readonly events: Set<WaitEvent>
  readonly consumeEvent: boolean
  /** Sleep until there is something to return; `BlockInterruptErr` is ERESTARTSYS. */
  readonly block: boolean
}

export type WaitOptions = RecordOf<WaitOptionsFields>

export const makeWaitOptions = Record<WaitOptionsFields>(
  {
    call: 'wait4(-1, 0)',
    specificTID: null,
    specificPGID: null,
    nonCloneTasks: true,
    cloneTasks: false,
    siblings: true,
    events: Set<WaitEvent>(['Exit', 'TraceeStop']),
    consumeEvent: true,
    block: true,
  },
  'WaitOptions',
)
