/**
 * Process groups and sessions: membership, and what happens to orphans. Source: sessions.go.
 *
 * `ancestors` is a uint32 in the source; where that wraps below zero, it is negative here. Both are not 0.
 *
 * Known weakness: a process group is named by the thread group that founded it. The source compares ids only among
 * sessions whose leader is in the same PID namespace, so that a process in an inner namespace, whose session is led
 * from outside, can call setsid although it leads a process group, or found that group again. Here this is EPERM.
 */
import type { GroupId, ProcessGroupId, SessionId, State } from '../state.js'
import { leaderOf, namespacesUp } from './members.js'
import { sendSignal } from './send-signal.js'

/** The process group of the group's parent. Source: `parentPG`. */
export const parentPG = (s: State, g: GroupId): ProcessGroupId | null => {
  const { parent } = s.task(leaderOf(s, g))
  return parent === null ? null : s.group(s.task(parent).group).processGroup
}

/** Does a member with this parent process group keep `pg` from being an orphan? A nil parent counts. */
export const countsAsAncestor = (s: State, pg: ProcessGroupId, parent: ProcessGroupId | null): boolean =>
  pg !== parent && (parent === null || s.processGroup(pg).session === s.processGroup(parent).session)

/**
 * Source: `incRefWithParent`, which panics (AtomicRefCount.IncRef in refcounter.go) if the process group is gone. That
 * can be: an init may still list a child that is dead (exitChildren), and setsid and setpgid recount all that are
 * listed. Here the session loses a reference instead, and the invariant on those says so.
 */
export function incRefWithParent(s: State, pg: ProcessGroupId, parent: ProcessGroupId | null): State {
  return countAncestor(s, pg, parent, 1).withProcessGroup(pg, { refs: s.processGroup(pg).refs + 1 })
}

/** One more, or one less, if a member with this parent process group keeps `pg` from being an orphan. */
function countAncestor(s: State, pg: ProcessGroupId, parent: ProcessGroupId | null, more: 1 | -1): State {
  if (!countsAsAncestor(s, pg, parent)) return s
  return s.withProcessGroup(pg, { ancestors: s.processGroup(pg).ancestors + more })
}

/** Source: `decRefWithParent`: the last member takes the process group with it, any other may leave an orphan. */
export function decRefWithParent(before: State, pg: ProcessGroupId, parent: ProcessGroupId | null): State {
  const { refs } = before.processGroup(pg)
  if (refs === 1) {
    const { session } = before.processGroup(pg)
    const s = before.withProcessGroup(pg, { session: 0, ancestors: 0, refs: 0 })
    return s.withSession(session, { refs: s.session(session).refs - 1 })
  }
  return handleOrphan(countAncestor(before, pg, parent, -1).withProcessGroup(pg, { refs: refs - 1 }), pg)
}

/** Thread groups that have a leader with an id in the root namespace. Source: `forEachThreadGroupLocked`. */
const membersOf = (s: State, pg: ProcessGroupId): readonly GroupId[] => {
  const members: GroupId[] = []
  for (const t of [...s.namespace(0).tids.keys()].sort((a, b) => a - b)) {
    const { group } = s.task(t)
    if (s.groupIs(group, 'leader', t) && s.groupIs(group, 'processGroup', pg)) members.push(group)
  }
  return members
}

/** Wakes and hangs up an orphan with stopped members. Source: `handleOrphan`. */
function handleOrphan(s: State, pg: ProcessGroupId): State {
  if (s.scope.profile.switches.orphanedGroups !== 'are counted') return s
  return s.processGroupIs(pg, 'ancestors', 0) ? hangUpIfStopped(s, pg) : s
}

/**
 * `g` is dead, or has been taken from `father`: if that was the last tie of its process group to the rest of the session,
 * the group is hung up.
 *
 * Not in the source: `kill_orphaned_pgrp` of Linux, for a profile that has it.
 *
 * @param father whom `g` was taken from; null if `g` is dead, and its tie was its own
 */
export function looseTie(s: State, g: GroupId, father: GroupId | null): State {
  if (s.scope.profile.switches.orphanedGroups === 'are counted') return s
  const { processGroup: pg } = s.group(g)
  const { parent } = s.task(leaderOf(s, g))
  const other = father ?? (parent === null ? null : s.task(parent).group)
  if (other === null || !isTie(s, pg, other)) return s
  const others = membersOf(s, pg).filter(member => father !== null || member !== g)
  return others.some(member => tiesTheGroup(s, pg, member)) ? s : hangUpIfStopped(s, pg)
}

/** Is `parent` in another process group of the same session? */
const isTie = (s: State, pg: ProcessGroupId, parent: GroupId): boolean =>
  s.group(parent).processGroup !== pg && sessionOf(s, parent) === s.processGroup(pg).session

/** Does this member, if it is not dead, have a parent that keeps the group from being an orphan? */
function tiesTheGroup(s: State, pg: ProcessGroupId, member: GroupId): boolean {
  const { parent, exitState } = s.task(leaderOf(s, member))
  if (exitState === 'Zombie' && s.group(member).tasksCount === 1) return false
  return parent !== null && isTie(s, pg, s.task(parent).group)
}

/**
 * Does nobody in the session watch over the process group of `g`?
 *
 * Not in the source: `is_current_pgrp_orphaned` of Linux, for a profile that asks.
 */
export function isOrphaned(s: State, g: GroupId): boolean {
  const { processGroup: pg } = s.group(g)
  return !membersOf(s, pg).some(member => tiesTheGroup(s, pg, member))
}

const hasStopped = (s: State, pg: ProcessGroupId): boolean =>
  membersOf(s, pg).some(g => s.groupIs(g, 'groupStopPhase', 'Complete'))

function hangUpIfStopped(before: State, pg: ProcessGroupId): State {
  if (!hasStopped(before, pg)) return before
  let s = before
  for (const g of membersOf(before, pg)) {
    s = sendSignal(s, leaderOf(s, g), 'SIGHUP', true)
    s = sendSignal(s, leaderOf(s, g), 'SIGCONT', true)
  }
  return s
}

/** The children of the group's tasks that lead thread groups. Source: `forEachChildThreadGroupLocked`. */
export function childThreadGroups(s: State, g: GroupId): readonly GroupId[] {
  const groups: GroupId[] = []
  for (const t of s.group(g).tasks)
    for (const child of [...s.task(t).children].sort((a, b) => a - b)) {
      const { group } = s.task(child)
      if (s.groupIs(group, 'leader', child)) groups.push(group)
    }
  return groups
}

/**
 * Moves `g` to `pg`, and recounts its children against `oldParent`, whatever their count was against.
 *
 * @param hears is `g` still a member of the process group that it leaves, if that is hung up for it?
 */
function leaveFor(
  before: State,
  g: GroupId,
  pg: ProcessGroupId,
  oldParent: ProcessGroupId | null,
  hears = true,
): State {
  let s = before
  for (const child of childThreadGroups(s, g)) {
    const childPG = s.group(child).processGroup
    s = incRefWithParent(s, childPG, pg)
    s = decRefWithParent(s, childPG, oldParent)
  }
  const { processGroup: left } = s.group(g)
  if (!hears) s = s.withGroup(g, { processGroup: pg })
  return decRefWithParent(s, left, parentPG(s, g)).withGroup(g, { processGroup: pg })
}

const positive = (count: number): boolean => count > 0

/** Has the process group members? */
export const isThere = (s: State, pg: ProcessGroupId): boolean => s.processGroupIs(pg, 'refs', positive)

/** Why a new session or process group may not be founded; null if it may. */
export const whyNoSession = (s: State, g: GroupId): 'EPERM' | null =>
  s.session(g).refs > 0 || isThere(s, g) ? 'EPERM' : null

/** `g` founds a session and a process group. Source: `createSession`. */
export function createSession(before: State, g: GroupId): State {
  let s = before.withSession(g, { refs: 1 })
  s = s.withProcessGroup(g, { session: g, ancestors: countsAsFounder(s, g, g) ? 1 : 0, refs: 1 })
  const hears = s.scope.profile.switches.setsidLeaves === 'when it is counted out'
  return leaveFor(s, g, g, countedOutOf(s, g), hears)
}

/** Does `g` keep the process group that it founds in `session` from being an orphan? */
function countsAsFounder(s: State, g: GroupId, session: SessionId): boolean {
  const parent = parentPG(s, g)
  if (parent === null) return s.scope.profile.switches.founderWithoutParent === 'is counted'
  return s.processGroup(parent).session === session
}

/** As in the source, the children are counted out of a process group that they were not counted against. */
const countedOutOf = (s: State, g: GroupId): ProcessGroupId | null =>
  s.scope.profile.switches.childrenOfMover === 'counted out of the group left'
    ? s.group(g).processGroup
    : parentPG(s, g)

/** `g` founds a process group within its session. Source: `CreateProcessGroup`. */
export function createProcessGroup(before: State, g: GroupId): State {
  const { session } = before.processGroup(before.group(g).processGroup)
  let s = before.withSession(session, { refs: before.session(session).refs + 1 })
  s = s.withProcessGroup(g, { session, ancestors: countsAsFounder(before, g, session) ? 1 : 0, refs: 1 })
  return leaveFor(s, g, g, countedOutOf(s, g))
}

/** `g` joins `pg`. Source: `JoinProcessGroup`. */
export function joinProcessGroup(before: State, g: GroupId, pg: ProcessGroupId): State {
  const own = before.group(g).processGroup
  return leaveFor(incRefWithParent(before, pg, parentPG(before, g)), g, pg, own)
}

/**
 * Is anything felt of it if `g` joins the process group that it is in? That one and those of its children are counted up
 * and down again: a reference is taken of one that is gone, and an orphan with stopped members is hung up once more.
 */
export const rejoiningIsFelt = (s: State, g: GroupId): boolean =>
  [g, ...childThreadGroups(s, g)].some(member => {
    const { processGroup: pg } = s.group(member)
    if (s.processGroupIs(pg, 'refs', 0)) return true
    const { orphanedGroups } = s.scope.profile.switches
    return orphanedGroups === 'are counted' && s.processGroupIs(pg, 'ancestors', 0) && hasStopped(s, pg)
  })

/** Is the process group visible in the namespace: was its originator born there or below? */
export const isVisible = (s: State, pg: ProcessGroupId, ns: number): boolean =>
  isThere(s, pg) && namespacesUp(s, s.group(pg).pidns).includes(ns)

export const sessionOf = (s: State, g: GroupId): SessionId => s.processGroup(s.group(g).processGroup).session
