/**
 * The State that keeps its cells as immutable records: the plain implementation of the interface in state.ts.
 *
 * The cells stand in one vector: tasks, thread groups, namespaces, process groups, sessions.
 */
import type { RecordOf } from 'immutable'
import type { Event } from './events.js'
import type { Scope } from './scope.js'
import {
  type Asked,
  type GroupId,
  makePIDNamespace,
  makeProcessGroup,
  makeSession,
  makeTask,
  makeThreadGroup,
  type NamespaceId,
  type PIDNamespace,
  type PIDNamespaceFields,
  type ProcessGroup,
  type ProcessGroupFields,
  type ProcessGroupId,
  type Session,
  type SessionFields,
  type SessionId,
  type State,
  type Task,
  type TaskFields,
  type TaskId,
  type TaskTest,
  type ThreadGroup,
  type ThreadGroupFields,
} from './state.js'

type Cell = Task | ThreadGroup | PIDNamespace | ProcessGroup | Session

/** The kinds of cells, in the order in which they stand in the vector. */
export const cellKinds = ['task', 'group', 'namespace', 'process group', 'session'] as const

const none: readonly Event[] = []

export class ImmutableState implements State {
  /** @param cells may tell an engine what is read of them: such cells are quick to answer to `at`, and slow by index */
  constructor(
    readonly scope: Scope,
    readonly cells: readonly Cell[],
    readonly events: readonly Event[] = none,
  ) {}

  task(id: TaskId): Task {
    return this.cells.at(id) as Task
  }
  group(id: GroupId): ThreadGroup {
    return this.cells.at(this.scope.slots + id) as ThreadGroup
  }
  namespace(id: NamespaceId): PIDNamespace {
    return this.cells.at(2 * this.scope.slots + id) as PIDNamespace
  }
  processGroup(id: ProcessGroupId): ProcessGroup {
    return this.cells.at(3 * this.scope.slots + id) as ProcessGroup
  }
  session(id: SessionId): Session {
    return this.cells.at(4 * this.scope.slots + id) as Session
  }

  taskIs<F extends keyof TaskFields>(id: TaskId, field: F, asked: Asked<TaskFields[F]>): boolean {
    return isField(this.task(id), field, asked)
  }
  taskPasses(id: TaskId, test: TaskTest): boolean {
    return passes(this.task(id), test)
  }
  groupIs<F extends keyof ThreadGroupFields>(
    id: GroupId,
    field: F,
    asked: Asked<ThreadGroupFields[F]>,
  ): boolean {
    return isField(this.group(id), field, asked)
  }
  processGroupIs<F extends keyof ProcessGroupFields>(
    id: ProcessGroupId,
    field: F,
    asked: Asked<ProcessGroupFields[F]>,
  ): boolean {
    return isField(this.processGroup(id), field, asked)
  }

  withTask(id: TaskId, changes: Partial<TaskFields>): ImmutableState {
    return this.withCell(id, changed<TaskFields>(this.task(id), changes))
  }
  withGroup(id: GroupId, changes: Partial<ThreadGroupFields>): ImmutableState {
    return this.withCell(this.scope.slots + id, changed<ThreadGroupFields>(this.group(id), changes))
  }
  withNamespace(id: NamespaceId, changes: Partial<PIDNamespaceFields>): ImmutableState {
    return this.withCell(2 * this.scope.slots + id, changed<PIDNamespaceFields>(this.namespace(id), changes))
  }
  withProcessGroup(id: ProcessGroupId, changes: Partial<ProcessGroupFields>): ImmutableState {
    return this.withCell(
      3 * this.scope.slots + id,
      changed<ProcessGroupFields>(this.processGroup(id), changes),
    )
  }
  withSession(id: SessionId, changes: Partial<SessionFields>): ImmutableState {
    return this.withCell(4 * this.scope.slots + id, changed<SessionFields>(this.session(id), changes))
  }

  emit(event: Event): ImmutableState {
    return new ImmutableState(this.scope, this.cells, [...this.events, event])
  }

  private withCell(index: number, cell: Cell): ImmutableState {
    if (cell === this.cells.at(index)) return this
    return new ImmutableState(this.scope, this.cells.with(index, cell), this.events)
  }
}

/** A record may answer itself, to tell an engine that no more was asked of it. */
type MayAnswer<R> = {
  readonly isField?: (field: PropertyKey, asked: unknown) => boolean
  readonly passes?: (test: (record: R) => boolean) => boolean
}

/** Is a field of the record what is asked? */
export function isField<R extends object, F extends keyof R>(
  record: R,
  field: F,
  asked: Asked<R[F]>,
): boolean {
  const { isField: its } = record as MayAnswer<R>
  if (its !== undefined) return its.call(record, field, asked)
  if (typeof asked === 'function') return (asked as (value: R[F]) => boolean)(record[field])
  return record[field] === asked
}

/** Does the record pass the test? */
export function passes<R extends object>(record: R, test: (record: R) => boolean): boolean {
  const { passes: its } = record as MayAnswer<R>
  return its === undefined ? test(record) : its.call(record, test)
}

/** The record with these fields; the same object where nothing differs. */
function changed<F extends object>(record: RecordOf<F>, changes: Partial<F>): RecordOf<F> {
  return record.withMutations(mutable => {
    for (const key in changes) mutable.set(key, changes[key] as F[typeof key])
  })
}

/** A state of `scope` in which every slot is free. */
export function emptyState(scope: Scope): ImmutableState {
  const { slots } = scope
  const all = (cell: Cell): Cell[] => Array.from({ length: slots }, () => cell)
  return new ImmutableState(scope, [
    ...all(makeTask()),
    ...all(makeThreadGroup()),
    ...all(makePIDNamespace()),
    ...all(makeProcessGroup()),
    ...all(makeSession()),
  ])
}
