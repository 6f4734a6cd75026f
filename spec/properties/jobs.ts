/**
 * Job control: process groups, sessions, orphans.
 *
 * Source of the facts: setpgid(2), credentials(7), POSIX _exit ("Consequences of Process Termination"), the comments
 * of sessions.go.
 *
 * A process group is an orphan if the parent of every member is in the group itself or in another session. A group
 * without a parent counts as having one outside that keeps it from being an orphan: init cannot be orphaned
 * (comment of incRefWithParent). A member is a thread group that has not been reaped, zombies included, as POSIX
 * has it; Linux looks past members that are zombies.
 */
import type { GroupId, ProcessGroupId, SessionId, State, TaskId } from '../state.js'
import {
  type Cover,
  eventsOf,
  invariant,
  processGroups,
  type Step,
  sessions,
  stepEvents,
  stepProcessGroups,
  stepProperty,
} from './property.js'
import { isActive, isInUse, membersOf, parentGroup, someMember } from './questions.js'

/** Does this member keep its process group from being an orphan? */
const keepsFromOrphanhood = (s: State, g: GroupId): boolean => {
  const parent = parentGroup(s, s.group(g).leader as TaskId)
  if (parent === null) return true
  const own = s.group(g).processGroup
  const its = s.group(parent).processGroup
  return its !== own && s.processGroup(its).session === s.processGroup(own).session
}

const countAncestors = (s: State, pg: ProcessGroupId): number =>
  membersOf(s, pg).filter(g => keepsFromOrphanhood(s, g)).length

const isOrphan = (s: State, pg: ProcessGroupId): boolean => {
  const members = membersOf(s, pg)
  return members.length > 0 && !members.some(g => keepsFromOrphanhood(s, g))
}

const isStopped = (s: State, g: GroupId): boolean => s.group(g).groupStopPhase === 'Complete'

/** Asked first, because it is cheap and hardly ever true. */
const hasStoppedGroup = (s: State, pg: ProcessGroupId): boolean => {
  for (let g = 0; g < s.scope.slots; g++) if (isStopped(s, g) && s.group(g).processGroup === pg) return true
  return false
}

export const aProcessGroupExists = processGroups(
  { name: 'a process group exists', says: 'There is a process group, or a thread group that names one.' },
  (s, pg) => s.processGroup(pg).refs > 0 || membersOf(s, pg).length > 0,
)

/** The counter that decides orphanhood counts what decides orphanhood. */
export const ancestorsCounts = invariant(aProcessGroupExists, {
  name: 'the ancestors of a process group are counted',
  says: 'The ancestors of a process group are its members whose parent is in another process group of the same session, or who have no parent.',
  clauses: {
    'ancestors is the number of such members': (s, pg) =>
      s.processGroup(pg).ancestors === countAncestors(s, pg),
  },
  about: (s, pg) => `ancestors is ${s.processGroup(pg).ancestors}, there are ${countAncestors(s, pg)}`,
})

/** A process group exists for as long as it has members. */
export const processGroupRefsCounts = invariant(aProcessGroupExists, {
  name: 'the members of a process group are counted',
  says: 'The refs of a process group are the thread groups in it that have a task not yet reaped.',
  clauses: {
    'refs is the number of members': (s, pg) => s.processGroup(pg).refs === membersOf(s, pg).length,
  },
  about: (s, pg) =>
    `refs is ${s.processGroup(pg).refs}, the members are groups ${membersOf(s, pg).join(', ')}`,
})

const processGroupsOf = (s: State, session: SessionId): readonly ProcessGroupId[] => {
  const found: ProcessGroupId[] = []
  for (let pg = 0; pg < s.scope.slots; pg++)
    if (s.processGroup(pg).refs > 0 && s.processGroup(pg).session === session) found.push(pg)
  return found
}

export const aSessionExists = sessions(
  { name: 'a session exists', says: 'There is a session, or a process group that names one.' },
  (s, session) => s.session(session).refs > 0 || processGroupsOf(s, session).length > 0,
)

/** A session exists for as long as it has process groups. */
export const sessionRefsCounts = invariant(aSessionExists, {
  name: 'the process groups of a session are counted',
  says: 'The refs of a session are the process groups in it.',
  clauses: {
    'refs is the number of process groups': (s, id) => s.session(id).refs === processGroupsOf(s, id).length,
  },
  about: (s, id) =>
    `refs is ${s.session(id).refs}, the process groups are ${processGroupsOf(s, id).join(', ')}`,
})

/** Members that are there before and after the step. */
const membersThroughout = ({ before, after }: Step, pg: ProcessGroupId): readonly GroupId[] =>
  membersOf(before, pg).filter(g => after.group(g).processGroup === pg && isInUse(after, g))

/** setpgid and setsid make orphans too, but only an exit has consequences for them. Source: setpgid(2), POSIX _exit. */
const nobodyMoves = ({ before, after }: Step): boolean => {
  for (let g = 0; g < before.scope.slots; g++)
    if (
      before.group(g).leader !== null &&
      before.group(g).processGroup !== after.group(g).processGroup &&
      isInUse(after, g)
    )
      return false
  return true
}

export const aStoppedProcessGroupIsOrphaned = stepProcessGroups(
  {
    name: 'a process group with a stopped member is orphaned',
    says: 'An exit makes an orphan of a process group that has a stopped member.',
  },
  (step, pg) => {
    const { before, after } = step
    if (!hasStoppedGroup(before, pg)) return false
    if (!membersThroughout(step, pg).some(g => isStopped(before, g))) return false
    return !isOrphan(before, pg) && isOrphan(after, pg) && nobodyMoves(step)
  },
)

/** Where in the events of the step the group is sent this signal; -1 if it is not. */
const sentAt = (step: Step, g: GroupId, signal: 'SIGHUP' | 'SIGCONT'): number =>
  eventsOf(step).findIndex(
    event =>
      event.kind === 'signal' &&
      event.signal === signal &&
      event.group &&
      step.before.task(event.to).group === g,
  )

const liveMembers = (step: Step, pg: ProcessGroupId): readonly GroupId[] =>
  membersThroughout(step, pg).filter(g => someMember(step.after, g, t => isActive(step.after, t)))

/** Nobody is left who could continue an orphan, so the kernel does. */
export const stoppedOrphansAreHungUp = stepProperty(aStoppedProcessGroupIsOrphaned, {
  name: 'orphaned stopped process groups get SIGHUP and SIGCONT',
  says: 'If an exit makes an orphan of a process group with a stopped member, each of its live members is sent SIGHUP and then SIGCONT.',
  clauses: {
    'every live member is sent SIGHUP': (step, pg) =>
      liveMembers(step, pg).every(g => sentAt(step, g, 'SIGHUP') >= 0),
    'every live member is sent SIGCONT after it': (step, pg) =>
      liveMembers(step, pg).every(g => sentAt(step, g, 'SIGCONT') > sentAt(step, g, 'SIGHUP')),
  },
  about: (step, pg) => `its live members are groups ${liveMembers(step, pg).join(', ')}`,
})

export const aGroupIsHungUp = stepEvents(
  { name: 'a group is hung up', says: 'A step sends SIGHUP and SIGCONT to one thread group.' },
  'signal',
  (step, { signal, to }) => signal === 'SIGHUP' && sentAt(step, step.before.task(to).group, 'SIGCONT') >= 0,
)

/** A move to the process group that the process is in already. */
export const aGroupIsHungUpByNoMove: Cover = {
  kind: 'cover',
  name: 'a group is hung up by a move that leads nowhere',
  says: 'A setpgid sends SIGHUP to a group, and everybody is in the process group of before.',
  reachedBy: step =>
    step.rule.name === 'setpgid' &&
    eventsOf(step).some(event => event.kind === 'signal' && event.signal === 'SIGHUP') &&
    nobodyMoves(step),
}

/** Nobody else is hung up. */
export const onlyStoppedOrphansAreHungUp = stepProperty(aGroupIsHungUp, {
  name: 'only orphaned stopped process groups get SIGHUP and SIGCONT',
  says: 'A step sends SIGHUP and SIGCONT to a group only if its process group is an orphan now, and had a stopped member.',
  clauses: {
    'its process group is an orphan': ({ before, after }, { to }) => {
      const { group } = before.task(to)
      return (
        isOrphan(after, before.group(group).processGroup) || isOrphan(after, after.group(group).processGroup)
      )
    },
    'a member was stopped': ({ before }, { to }) => {
      const { processGroup } = before.group(before.task(to).group)
      return membersOf(before, processGroup).some(g => isStopped(before, g))
    },
  },
})
