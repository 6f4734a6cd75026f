/**
 * Process groups and sessions: membership, and what becomes of orphans. Source: sessions.go.
 *
 * A process group is orphaned when no member has a parent in another process group of the same session.
 * `ancestors` counts such members, as the source does: where that goes wrong, it can fall below zero.
 */
import { KernelPanic, SyscallError } from './errors.js'
import type { PIDNamespace } from './pid-namespace.js'
import { sendSignal } from './send-signal.js'
import { SIGCONT, SIGHUP } from './signals.js'
import type { ThreadGroup } from './thread-group.js'
import type { ProcessGroupID, ThreadID } from './wait-options.js'

export class Session {
  readonly processGroups = new Set<ProcessGroup>()
  /** Process groups in it. At 0 the session is gone. */
  refs = 0

  constructor(
    readonly leader: ThreadGroup,
    /** In the namespace of its leader. */
    readonly id: ThreadID,
  ) {}
}

export class ProcessGroup {
  readonly members = new Set<ThreadGroup>()
  /** Members. At 0 the process group is gone. */
  refs = 0
  ancestors = 0

  constructor(
    readonly originator: ThreadGroup,
    /** In the namespace of its originator. */
    readonly id: ProcessGroupID,
    readonly session: Session,
  ) {}
}

/** The process group of the parent of the group's leader. */
export const parentPG = (group: ThreadGroup): ProcessGroup | null =>
  group.leader.parent === null ? null : group.leader.parent.group.processGroup

/** Does a member whose parent is in `parent` keep `pg` from being orphaned? One without a parent does. */
const counts = (pg: ProcessGroup, parent: ProcessGroup | null): boolean =>
  pg !== parent && (parent === null || pg.session === parent.session)

/**
 * Throws a KernelPanic for a process group that is gone, as the source does. That can be: see `adoptedAndReaped`, and
 * `move`, which counts anew all that are listed.
 */
export function incRefWithParent(pg: ProcessGroup, parent: ProcessGroup | null): void {
  if (pg.refs === 0) throw new KernelPanic('a process group that is gone is to get another member')
  if (counts(pg, parent)) pg.ancestors++
  pg.refs++
}

export function decRefWithParent(pg: ProcessGroup, parent: ProcessGroup | null): void {
  if (counts(pg, parent)) pg.ancestors--
  pg.refs--
  if (pg.refs === 0) destroy(pg)
  else if (pg.ancestors === 0 && isCounted(pg)) hangUpIfStopped(pg)
}

const isCounted = ({ originator }: ProcessGroup): boolean =>
  originator.taskSet.profile.switches.orphanedGroups === 'are counted'

/**
 * The process is dead, or has been taken from `father`: if that was the last tie of its process group to the rest of
 * the session, the group is hung up. Not in the source: `kill_orphaned_pgrp` of Linux.
 *
 * @param father whom it was taken from; null if it is dead, and the tie was its own
 */
export function looseTie(group: ThreadGroup, father: ThreadGroup | null): void {
  const pg = group.processGroup
  if (isCounted(pg)) return
  const other = father ?? group.leader.parent?.group
  if (other === undefined || !isTie(pg, other)) return
  for (const member of pg.members)
    if ((father !== null || member !== group) && tiesTheGroup(pg, member)) return
  hangUpIfStopped(pg)
}

/** Is the parent in another process group of the same session? */
const isTie = (pg: ProcessGroup, parent: ThreadGroup): boolean =>
  parent.processGroup !== pg && parent.processGroup.session === pg.session

/** Does this member, if it is not dead, have a parent that keeps the group from being an orphan? */
function tiesTheGroup(pg: ProcessGroup, { leader, tasksCount }: ThreadGroup): boolean {
  if (leader.exitState === 'Zombie' && tasksCount === 1) return false
  return leader.parent !== null && isTie(pg, leader.parent.group)
}

/** Does nobody in the session watch over the process group of this one? Not in the source: as in Linux. */
export const isOrphaned = ({ processGroup: pg }: ThreadGroup): boolean =>
  ![...pg.members].some(member => tiesTheGroup(pg, member))

function destroy(pg: ProcessGroup): void {
  const { session } = pg
  for (const ns of pg.originator.pidns.up()) {
    ns.processGroups.delete(ns.idOfProcessGroup(pg))
    ns.pgids.delete(pg)
  }
  session.processGroups.delete(pg)
  session.refs--
  if (session.refs > 0) return
  for (const ns of session.leader.pidns.up()) {
    ns.sessions.delete(ns.sids.get(session) ?? 0)
    ns.sids.delete(session)
  }
}

/** The members of an orphan with stopped members are woken, and told that nobody will. Source: `handleOrphan`. */
function hangUpIfStopped(pg: ProcessGroup): void {
  const members = [...pg.members]
  if (!members.some(group => group.groupStopPhase === 'Complete')) return
  for (const leader of pg.originator.taskSet.ordered(members.map(group => group.leader))) {
    sendSignal(leader, SIGHUP, true)
    sendSignal(leader, SIGCONT, true)
  }
}

/** The first process of a task set has no parent whose session it could be in: it founds one. */
export function foundFirstSession(group: ThreadGroup): void {
  const pg = found(group, new Session(group, group.pidns.idOf(group.leader)))
  pg.refs = 1
  pg.ancestors = 1
  register(pg.session)
  enter(group, pg)
}

/** A new process is in the process group of its parent. */
export function inheritProcessGroup(group: ThreadGroup, parent: ThreadGroup): void {
  const pg = parent.processGroup
  incRefWithParent(pg, pg)
  enter(group, pg)
}

/** The parent of the process was in `oldParent` before it was where it is now: the process group may be an orphan. */
export function recount(group: ThreadGroup, oldParent: ProcessGroup | null): void {
  const pg = group.processGroup
  incRefWithParent(pg, parentPG(group))
  decRefWithParent(pg, oldParent)
}

/** The process leaves the process group, for good. The group is dead. */
export function leaveProcessGroup(group: ThreadGroup): void {
  const pg = group.processGroup
  pg.members.delete(group)
  decRefWithParent(pg, parentPG(group))
}

/** setsid. Throws EPERM where a session or process group has the id already. Source: `createSession`. */
export function createSession(group: ThreadGroup): void {
  refuseIfIdIsTaken(group, 'setsid')
  const pg = found(group, new Session(group, group.pidns.idOf(group.leader)))
  pg.refs = 1
  if (countsAsFounder(group, pg)) pg.ancestors = 1
  register(pg.session)
  move(group, pg, countedFor(group))
}

/** Does the process keep the process group that it founds from being an orphan? */
function countsAsFounder(group: ThreadGroup, { session }: ProcessGroup): boolean {
  const parent = parentPG(group)
  return parent === null
    ? group.taskSet.profile.switches.founderWithoutParent === 'is counted'
    : parent.session === session
}

/** As in the source: the children are uncounted for the parent's process group and not for the one that is left. */
const countedFor = (group: ThreadGroup): ProcessGroup | null =>
  group.taskSet.profile.switches.childrenOfMover === 'counted out of the group left'
    ? group.processGroup
    : parentPG(group)

/** setpgid to found a process group. Throws EPERM as `createSession`. Source: `CreateProcessGroup`. */
export function createProcessGroup(group: ThreadGroup): void {
  refuseIfIdIsTaken(group, 'setpgid')
  const pg = found(group, group.processGroup.session)
  pg.refs = 1
  if (countsAsFounder(group, pg)) pg.ancestors = 1
  move(group, pg, countedFor(group))
}

/**
 * setpgid to join a process group; `pgid` is that of the caller's namespace. Who is there already joins again, as in the
 * source: all counts are as before, but an orphan with stopped members is hung up once more.
 *
 * @param checkExec refuse a group that has executed a program since its fork, unless it is there: EACCES
 * Throws EPERM for a process group of another session or none at all. Source: `JoinProcessGroup`.
 */
export function joinProcessGroup(
  group: ThreadGroup,
  pidns: PIDNamespace,
  pgid: ProcessGroupID,
  checkExec: boolean,
): void {
  const pg = pidns.processGroups.get(pgid)
  if (pg === undefined) throw new SyscallError('EPERM', 'setpgid')
  if (checkExec && group.execed) {
    if (group.processGroup === pg) return
    throw new SyscallError('EACCES', 'setpgid')
  }
  if (pg.session !== group.processGroup.session) throw new SyscallError('EPERM', 'setpgid')
  incRefWithParent(pg, parentPG(group))
  move(group, pg, group.processGroup)
}

function refuseIfIdIsTaken(group: ThreadGroup, call: string): void {
  const { pidns } = group
  const id = pidns.idOf(group.leader)
  if (pidns.processGroups.has(id) || pidns.sessions.has(id)) throw new SyscallError('EPERM', call)
}

function found(group: ThreadGroup, session: Session): ProcessGroup {
  const pg = new ProcessGroup(group, group.pidns.idOf(group.leader), session)
  session.refs++
  session.processGroups.add(pg)
  for (const ns of group.pidns.up()) {
    const id = ns.idOf(group.leader)
    ns.processGroups.set(id, pg)
    ns.pgids.set(pg, id)
  }
  return pg
}

function register(session: Session): void {
  for (const ns of session.leader.pidns.up()) {
    const id = ns.idOf(session.leader.leader)
    ns.sessions.set(id, session)
    ns.sids.set(session, id)
  }
}

function enter(group: ThreadGroup, pg: ProcessGroup): void {
  group.processGroup = pg
  pg.members.add(group)
}

/** From its process group to `pg`, which counts it already. Its children are uncounted for `uncounted`. */
function move(group: ThreadGroup, pg: ProcessGroup, uncounted: ProcessGroup | null): void {
  for (const child of childThreadGroups(group)) {
    incRefWithParent(child.processGroup, pg)
    decRefWithParent(child.processGroup, uncounted)
  }
  const left = group.processGroup
  decRefWithParent(left, parentPG(group))
  left.members.delete(group)
  enter(group, pg)
}

/** Source: `forEachChildThreadGroupLocked`. */
function childThreadGroups(group: ThreadGroup): readonly ThreadGroup[] {
  const groups: ThreadGroup[] = []
  for (const task of group.tasks)
    for (const child of group.taskSet.ordered(task.children)) if (child.isLeader) groups.push(child.group)
  return groups
}

/**
 * What setpgid refuses in some profiles, wherever the process is to go: EPERM for a child in another session, EACCES for
 * one that has executed a program since its fork, EPERM for the leader of a session. Later than the source; and Linux.
 */
export function refuseToMove(group: ThreadGroup, by: ThreadGroup): void {
  const { sessionLeaders, execedChildren } = group.taskSet.profile.switches
  const { session } = group.processGroup
  const leadersStay = sessionLeaders === 'stay in their process group'
  if (leadersStay && by.processGroup.session !== session) throw new SyscallError('EPERM', 'setpgid')
  if (group !== by && group.execed && execedChildren === 'are not moved')
    throw new SyscallError('EACCES', 'setpgid')
  if (leadersStay && session.leader === group) throw new SyscallError('EPERM', 'setpgid')
}
