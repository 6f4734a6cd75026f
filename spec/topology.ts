/**
 * Topologies: process trees to start from, as data, and the state that each stands for.
 *
 * Here: what can be said of a task, and the initial state built from it.
 * Not here: what cannot be (topology-places.ts), the named ones (topologies.ts), all of a size
 * (topology-enumerate.ts).
 *
 * In an initial state every task runs its program, unless its group is stopped or it waits in vfork.
 */
import { List, Map, Set } from 'immutable'
import { emptyState, type ImmutableState } from './immutable-state.js'
import type { Scope } from './scope.js'
import type { Stop, TaskFields, TaskId, ThreadGroupFields } from './state.js'
import { TopologyError } from './topology-error.js'
import { type Place, placesOf } from './topology-places.js'

/** Tasks are named, and stand for each other by name. */
export type TopologyTask = {
  readonly name: string
  /** The leader of its thread group, listed before it; a task without one leads its own. */
  readonly group?: string | undefined
  /** Whose child it is. The init has no parent, and threads have that of their leader. */
  readonly parent?: string | undefined
  readonly tracer?: string | undefined
  /** It is the init of a PID namespace, in which its descendants are. */
  readonly founds?: 'namespace' | undefined
  /** It has called setsid, or setpgid of itself. */
  readonly leads?: 'session' | 'process group' | undefined
  /** It is in the process group that this task leads, instead of that of its parent. */
  readonly processGroup?: string | undefined
  /** SIGSTOP has stopped its whole thread group, and the parent has waited for that (`reported`) or not. */
  readonly stopped?: 'unreported' | 'reported' | undefined
  /** Its parent waits in vfork until it gives up the memory that both use. */
  readonly vforked?: boolean | undefined
}

/** The first task is the init: the root of the tree, in slot 0. The others take the next slots, in order. */
export type Topology = {
  readonly name: string
  /** One sentence. */
  readonly says: string
  readonly tasks: readonly TopologyTask[]
}

/** The state in which the tasks of the topology have been born, and nothing else has happened. */
export function initialState(topology: Topology, scope: Scope): ImmutableState {
  const places = placesOf(topology)
  if (places.length > scope.slots)
    throw new TopologyError(
      `${topology.name}: there are ${places.length} tasks, but only ${scope.slots} slots in the scope.`,
      `Give the scope at least ${places.length} slots.`,
    )
  let s = emptyState(scope)
  const leaders = places.filter(isLeader)
  for (const place of places) s = s.withTask(place.id, taskFields(place, places, scope))
  for (const leader of leaders) s = s.withGroup(leader.id, groupFields(leader, places))
  for (const [ns, parent] of namespacesOf(places)) {
    const inside = places.filter(({ namespaces }) => namespaces.includes(ns)).map(({ id }) => id)
    const same = Map(inside.map(id => [id, id]))
    s = s.withNamespace(ns, { exists: true, parent, tasks: same, tids: same })
  }
  for (const pg of Set(leaders.map(({ processGroup }) => processGroup))) {
    const members = leaders.filter(({ processGroup }) => processGroup === pg)
    const { session } = at(places, pg)
    const ancestors = members.filter(member => hasAncestor(member, places)).length
    s = s.withProcessGroup(pg, { session, ancestors, refs: members.length })
    s = s.withSession(session, { refs: s.session(session).refs + 1 })
  }
  return s
}

const isLeader = ({ id, group }: Place): boolean => id === group

const at = (places: readonly Place[], id: TaskId): Place => places[id] as Place

const idsOf = (places: readonly Place[], which: (place: Place) => boolean): readonly TaskId[] =>
  places.filter(which).map(({ id }) => id)

function taskFields(place: Place, places: readonly Place[], scope: Scope): Partial<TaskFields> {
  const { id, group, parent, tracer } = place
  return {
    group,
    parent,
    children: Set(idsOf(places, other => other.parent === id)),
    tracer,
    tracees: Set(idsOf(places, other => other.tracer === id)),
    vforkParent: place.vforked ? parent : null,
    cpuStats: List(scope.accounting ? [id] : []),
    mmMaxRSS: scope.accounting ? ownerOfMemory(place, places) + 1 : 0,
    ...flowFields(place, places),
  }
}

/** The leader of the process whose memory the task uses: its own, unless its parent waits for it in vfork. */
const ownerOfMemory = ({ group, parent, vforked }: Place, places: readonly Place[]): TaskId =>
  vforked && parent !== null ? at(places, parent).group : group

/** Where the task is in its control flow, and what keeps it there. */
function flowFields(place: Place, places: readonly Place[]): Partial<TaskFields> {
  const stopped = (runState: TaskFields['runState'], stop: Stop) => ({ runState, stop })
  if (place.stopped !== null)
    return {
      ...stopped('interrupt', 'group'),
      groupStopAcknowledged: true,
      // Who dequeued the signal has interrupted itself as well, and will look once more when it goes on.
      interrupted: isLeader(place),
    }
  if (places.some(({ vforked, parent }) => vforked && parent === place.id))
    return stopped('afterVforkStop', 'vfork')
  return { runState: 'app' }
}

function groupFields(leader: Place, places: readonly Place[]): Partial<ThreadGroupFields> {
  const { id, namespaces, processGroup, stopped } = leader
  const tasks = List(idsOf(places, ({ group }) => group === id))
  const fields = {
    leader: id,
    tasks,
    tasksCount: tasks.size,
    liveTasks: tasks.size,
    activeTasks: tasks.size,
    pidns: namespaces[0] as number,
    processGroup,
  }
  if (stopped === null) return fields
  return {
    ...fields,
    groupStopPhase: 'Complete',
    groupStopSignal: 'SIGSTOP',
    groupStopCount: tasks.size,
    groupStopWaitable: stopped === 'unreported',
  }
}

/** Every namespace with its parent. */
const namespacesOf = (places: readonly Place[]): Map<number, number | null> =>
  Map(places.map(({ namespaces: [own, outer] }) => [own as number, outer ?? null]))

/**
 * Does this member keep its process group from being an orphan? Source: `incRefWithParent` in sessions.go,
 * which counts a parent in another process group of the session, and no parent at all.
 */
function hasAncestor({ parent, processGroup, session }: Place, places: readonly Place[]): boolean {
  if (parent === null) return true
  const from = at(places, parent)
  return from.processGroup !== processGroup && from.session === session
}
