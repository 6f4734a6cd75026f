/**
 * Thread ids: who has one in which PID namespace, and when it is released.
 *
 * Source of the facts: the comments on PIDNamespace in threads.go, pid_namespaces(7), execve(2).
 */
import type { NamespaceId, State, TaskId } from '../state.js'
import { aTaskDies, aTaskIsDead, aTaskIsNotDead } from './covers.js'
import { changedGroups, eventsOf, invariant, namespaces, stepEvents, stepProperty } from './property.js'
import { countTasks, everyMember, groupOf, isBorn, isDead, isVisibleIn, isZombie } from './questions.js'

export const aNamespaceExists = namespaces(
  { name: 'a namespace exists', says: 'There is a PID namespace.' },
  () => true,
)

/** A namespace maps ids to tasks and tasks to ids, one to one. */
export const idsAndTasksAreInverse = invariant(aNamespaceExists, {
  name: 'the ids and the tasks of a namespace are inverse',
  says: 'In a PID namespace the map from ids to tasks and the map from tasks to ids are inverse to each other.',
  clauses: {
    'the task of an id has this id': (s, ns) => {
      const { tasks, tids } = s.namespace(ns)
      return tasks.every((t, tid) => tids.get(t) === tid)
    },
    'the id of a task belongs to this task': (s, ns) => {
      const { tasks, tids } = s.namespace(ns)
      return tids.every((tid, t) => tasks.get(tid) === t)
    },
    'only tasks of it and of namespaces below it have ids': (s, ns) =>
      s.namespace(ns).tids.every((_, t) => isBorn(s, t) && isVisibleIn(s, t, ns)),
  },
  about: (s, ns) => `its ids are ${JSON.stringify(s.namespace(ns).tasks.toJSON())}`,
})

/** Does `test` hold of the namespace of `t` and of all above it? */
const everyNamespaceUp = (s: State, t: TaskId, test: (ns: NamespaceId) => boolean): boolean => {
  for (let ns: NamespaceId | null = groupOf(s, t).pidns; ns !== null; ns = s.namespace(ns).parent)
    if (!test(ns)) return false
  return true
}

/** A task that is not dead can be named in its namespace and in all above. */
export const whoeverIsNotDeadHasAnId = invariant(aTaskIsNotDead, {
  name: 'a task that is not dead has an id in its namespace and in all above',
  says: 'A task that is not dead has an id in its PID namespace and in every ancestor of it.',
  clauses: {
    'it has an id in each': (s, t) => everyNamespaceUp(s, t, ns => s.namespace(ns).tids.has(t)),
  },
})

/** A dead task has no id. */
export const theDeadHaveNoId = invariant(aTaskIsDead, {
  name: 'a dead task has no id',
  says: 'A dead task has no id in any PID namespace.',
  clauses: {
    'no namespace has an id for it': (s, t) => {
      for (let ns = 0; ns < s.scope.slots; ns++) if (s.namespace(ns).tids.has(t)) return false
      return true
    },
    'no namespace has it for an id': (s, t) => {
      for (let ns = 0; ns < s.scope.slots; ns++) if (s.namespace(ns).tasks.includes(t)) return false
      return true
    },
  },
})

/** The id of a task is released in the step in which it dies. */
export const aDeathReleasesItsId = stepProperty(aTaskDies, {
  name: 'the id of a task is released when it dies',
  says: 'The step that reaps a task releases its id, once, and no other id; whoever is still there keeps an id.',
  clauses: {
    'one id is released for it': (step, t) =>
      eventsOf(step).filter(event => event.kind === 'released' && event.task === t).length === 1,
    'the id is free now': (step, t) => {
      const released = eventsOf(step).find(event => event.kind === 'released' && event.task === t)
      if (released?.kind !== 'released') return false
      const { pidns } = groupOf(step.before, t)
      return (
        step.before.namespace(pidns).tasks.has(released.tid) &&
        !step.after.namespace(pidns).tasks.has(released.tid)
      )
    },
    'its namespace has as many ids less as tasks of it died': ({ before, after }, t) => {
      const { pidns } = groupOf(before, t)
      const died = countTasks(
        before,
        other => isDead(after, other) && !isDead(before, other) && isVisibleIn(before, other, pidns),
      )
      return after.namespace(pidns).tasks.size === before.namespace(pidns).tasks.size - died
    },
  },
})

export const anIdIsReleased = stepEvents(
  { name: 'an id is released', says: 'A step releases a thread id.' },
  'released',
)

/** An id is released only by the death of the task that had it. */
export const onlyADeathReleasesAnId = stepProperty(anIdIsReleased, {
  name: 'an id is released only by a death',
  says: 'A thread id is released only in the step in which its task dies.',
  clauses: {
    'the task dies in this step': ({ before, after }, { task }) =>
      isDead(after, task) && !isDead(before, task),
  },
})

export const aThreadTakesOver = changedGroups(
  {
    name: 'a thread that is no leader completes an execve',
    says: 'A step makes another task the leader of its thread group.',
  },
  ({ before, after }, g) =>
    before.group(g).leader !== after.group(g).leader && after.group(g).leader !== null,
)

/** execve keeps the process id, whichever thread calls it. Source: execve(2), "Threads and execve()". */
export const execveKeepsTheId = stepProperty(aThreadTakesOver, {
  name: 'execve keeps the process id',
  says: 'A thread that becomes the leader of its group has the ids that the old leader had, and the old leader is dead.',
  clauses: {
    'the new leader has the ids of the old one': ({ before, after }, g) => {
      const old = before.group(g).leader as TaskId
      const leader = after.group(g).leader as TaskId
      return everyNamespaceUp(
        after,
        leader,
        ns => after.namespace(ns).tids.get(leader) === before.namespace(ns).tids.get(old),
      )
    },
    'the old leader is dead': ({ before, after }, g) => isDead(after, before.group(g).leader as TaskId),
    'every other thread is a zombie or dead': ({ after }, g) =>
      everyMember(after, g, t => t === after.group(g).leader || isZombie(after, t) || isDead(after, t)),
  },
  about: ({ before, after }, g) => `leader ${before.group(g).leader} before, ${after.group(g).leader} after`,
})
