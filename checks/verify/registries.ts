/**
 * What of the core the spec does not see: the registries by which a process group, a session or a namespace finds what
 * belongs to it, who sleeps in which event queue, and whom the scheduler was told of.
 *
 * All of it follows from the tasks, and from what is compared with the spec. So it is made anew from these after each step,
 * and what the core has kept has to be the same: an update that is missing shows at the step that misses it, and not only
 * when, many steps later, somebody looks for what is not found.
 */
import type { Seen } from './events.js'
import type { Core, World } from './world.js'

/** The first registry that is not what it is made anew as, in words; nothing if all are. */
export function disagreement(world: World): Seen | undefined {
  const { processGroups, sessions, namespaces, groups } = world.suspects
  for (const pg of processGroups) {
    const wrong = inProcessGroup(pg, world)
    if (wrong !== undefined) return wrong
  }
  for (const session of sessions) {
    const wrong = inSession(session, world)
    if (wrong !== undefined) return wrong
  }
  for (const ns of namespaces) {
    const wrong = inNamespace(ns, world)
    if (wrong !== undefined) return wrong
  }
  for (const group of groups) {
    const wrong = inQueue(group, world)
    if (wrong !== undefined) return wrong
  }
  return undefined
}

/** A task that may go on, and of which the scheduler was not told; nothing if there is none. */
export function overlooked(
  world: World,
  readyBefore: ReadonlySet<Core.Task>,
  woken: ReadonlySet<Core.Task>,
): Seen | undefined {
  const task = world.madeReady(readyBefore).find(it => !woken.has(it))
  return task && `task ${task.serial} may go on, and the scheduler is not told`
}

type Kept = Core.ProcessGroup | Core.Session

/** As the spec counts: one that is gone is still named by its last, dead member. */
const exists = ({ refs }: Kept): boolean => refs > 0

const founderOf = (it: Kept): Core.ThreadGroup => ('originator' in it ? it.originator : it.leader)

const nameOf = (it: Kept): string =>
  `${'originator' in it ? 'process group' : 'session'} ${founderOf(it).serial}`

const nameOfGroup = ({ serial }: Core.ThreadGroup): string => `group ${serial}`

function inProcessGroup(pg: Core.ProcessGroup, world: World): Seen | undefined {
  if (!exists(pg)) return undefined
  const { tids } = world.taskSet.root
  const members = [...world.groups].filter(it => it?.processGroup === pg && tids.has(it.leader))
  return setsDiffer(pg.members, new Set(members), `the members of ${nameOf(pg)}`, nameOfGroup)
}

function inSession(session: Core.Session, world: World): Seen | undefined {
  if (!exists(session)) return undefined
  const due = [...world.processGroups].filter(pg => exists(pg) && pg.session === session)
  return setsDiffer(session.processGroups, new Set(due), `the process groups of ${nameOf(session)}`, nameOf)
}

function inNamespace(ns: Core.PIDNamespace, world: World): Seen | undefined {
  return (
    inIndex(ns, world.processGroups, ns.processGroups, ns.pgids, world) ??
    inIndex(ns, world.sessions, ns.sessions, ns.sids, world) ??
    inTurn(ns) ??
    atItsHead(ns, world)
  )
}

/** Everything that exists and can be seen from the namespace is found there by its id, and its id is found by it. */
function inIndex<T extends Kept>(
  ns: Core.PIDNamespace,
  all: Iterable<T>,
  byID: ReadonlyMap<number, T>,
  idOf: ReadonlyMap<T, number>,
  world: World,
): Seen | undefined {
  const here = `namespace ${ns.serial}`
  const due = new Map<T, number>()
  for (const it of all) {
    const { serial, pidns } = founderOf(it)
    if (exists(it) && [...pidns.up()].includes(ns)) due.set(it, world.idOfSlot(ns, serial))
    if (exists(it) && it.id !== world.idOfSlot(pidns, serial)) return `${nameOf(it)} has the id of another`
  }
  for (const [it, id] of due) {
    if (byID.get(id) !== it) return `${here} does not find ${nameOf(it)} by its id`
    if (idOf.get(it) !== id) return `${here} does not know the id of ${nameOf(it)}`
  }
  for (const [id, it] of byID)
    if (due.get(it) !== id) return `${here} finds ${nameOf(it)} by an id that it does not have there`
  for (const it of idOf.keys())
    if (!due.has(it)) return `${here} knows an id of ${nameOf(it)}, which has none`
  return undefined
}

/** Ids are given out in turn; the count never begins anew here, where few tasks are born. */
function inTurn({ tasks, last, serial }: Core.PIDNamespace): Seen | undefined {
  for (const id of tasks.keys())
    if (id > last) return `namespace ${serial} does not know which id it has given out last`
  return undefined
}

/** Whoever founds a namespace is its init, and so is whoever becomes the leader of that process. */
function atItsHead(ns: Core.PIDNamespace, { groups }: World): Seen | undefined {
  const leader = groups[ns.serial]?.leader
  if (leader === undefined || !ns.tids.has(leader) || ns.init === leader) return undefined
  return `namespace ${ns.serial} does not know its init`
}

/** Who sleeps is told of events, and nobody else is. */
function inQueue(group: Core.ThreadGroup, world: World): Seen | undefined {
  // A core of an older revision, with which another is compared, does not say who is in its queues.
  const { entries } = group.eventQueue as Partial<Core.EventQueue>
  if (entries === undefined) return undefined
  const sleepers = [...world.tasks].filter(task => task?.group === group && task.runState === 'wait')
  for (const { serial, waiting } of sleepers)
    if (waiting === null || !entries.has(waiting)) return `task ${serial} sleeps, and no event is told to it`
  return entries.size === sleepers.length
    ? undefined
    : `the queue of ${nameOfGroup(group)} has a wait of somebody who does not sleep`
}

function setsDiffer<T>(
  kept: ReadonlySet<T>,
  due: ReadonlySet<T | undefined>,
  registry: string,
  name: (it: T) => string,
): Seen | undefined {
  for (const it of kept) if (!due.has(it)) return `${registry} have ${name(it)} too many`
  for (const it of due) if (it !== undefined && !kept.has(it)) return `${registry} lack ${name(it)}`
  return undefined
}
