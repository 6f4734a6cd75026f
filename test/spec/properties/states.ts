/**
 * States to judge: a topology, and what is changed in it.
 *
 * The first task has number 0, and is the init.
 */
import type { Event } from '../../../spec/events.js'
import type { ImmutableState } from '../../../spec/immutable-state.js'
import { fullMenu } from '../../../spec/menu.js'
import { gvisor2018 } from '../../../spec/profile.js'
import type { Step } from '../../../spec/properties/property.js'
import type { Scope } from '../../../spec/scope.js'
import type {
  PIDNamespaceFields,
  ProcessGroupFields,
  SessionFields,
  TaskFields,
  ThreadGroupFields,
} from '../../../spec/state.js'
import { initialState, type TopologyTask } from '../../../spec/topology.js'

export const scope: Scope = { slots: 5, profile: gvisor2018, menu: fullMenu, accounting: true }

export const tree = (...tasks: readonly TopologyTask[]): ImmutableState =>
  initialState({ name: 'test', says: '', tasks: [{ name: 'init' }, ...tasks] }, scope)

type Cells<F> = { readonly [id: number]: Partial<F> }

/** Fields to change, by kind of cell and number. Task numbers stand alone. */
export type Change = {
  readonly [task: number]: Partial<TaskFields>
  readonly groups?: Cells<ThreadGroupFields>
  readonly namespaces?: Cells<PIDNamespaceFields>
  readonly processGroups?: Cells<ProcessGroupFields>
  readonly sessions?: Cells<SessionFields>
}

export function change(
  before: ImmutableState,
  { groups, namespaces, processGroups, sessions, ...tasks }: Change,
) {
  let s = before
  for (const [id, fields] of Object.entries(tasks)) s = s.withTask(Number(id), fields as Partial<TaskFields>)
  for (const [id, fields] of Object.entries(groups ?? {})) s = s.withGroup(Number(id), fields)
  for (const [id, fields] of Object.entries(namespaces ?? {})) s = s.withNamespace(Number(id), fields)
  for (const [id, fields] of Object.entries(processGroups ?? {})) s = s.withProcessGroup(Number(id), fields)
  for (const [id, fields] of Object.entries(sessions ?? {})) s = s.withSession(Number(id), fields)
  return s
}

export const stepTo = (before: ImmutableState, after: ImmutableState, ...events: readonly Event[]): Step => ({
  before,
  rule: { name: 'test' },
  choice: null,
  after,
  events,
})

/** A step that makes these changes and emits these events. */
export const step = (before: ImmutableState, changes: Change, ...events: readonly Event[]): Step =>
  stepTo(before, change(before, changes), ...events)

// Stages of an exit, of a task without a tracer.

export const initiated = { exitState: 'Initiated', runState: 'exitNotify', masksAll: true } as const
export const zombie = {
  exitState: 'Zombie',
  runState: 'exited',
  masksAll: true,
  exitTracerNotified: true,
  exitTracerAcked: true,
} as const
/** The parent has been told. */
export const waitable = { ...zombie, exitParentNotified: true } as const
export const dead = { ...waitable, exitParentAcked: true, exitState: 'Dead', parent: null } as const
