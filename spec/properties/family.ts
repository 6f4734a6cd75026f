/**
 * Parents and children, and who adopts the orphans.
 *
 * Source of the facts: wait(2), pid_namespaces(7), findReparentTargetLocked in task_exit.go.
 */
import type { GroupId, State, TaskId } from '../state.js'
import { aTaskHasAParent, aTaskIsAZombie, aTaskIsDead } from './covers.js'
import { changedTasks, invariant, stepProperty, tasks } from './property.js'
import { groupOf, initGroup, isActive, isDead, listTasks, someMember, someTask } from './questions.js'

/** A parent knows its children. */
export const aParentListsItsChildren = invariant(aTaskHasAParent, {
  name: 'a parent lists its children',
  says: 'The parent of a task has the task among its children.',
  clauses: {
    'the parent lists it': (s, t) => s.task(s.task(t).parent as TaskId).children.has(t),
  },
  about: (s, t) => `its parent is task ${s.task(t).parent}`,
})

export const aTaskListsChildren = tasks(
  { name: 'a task lists children', says: 'Some task has children.' },
  (s, t) => s.task(t).children.size > 0,
)

/** Whoever a task lists as its child has it as parent. */
export const aListedChildNamesItsParent = invariant(aTaskListsChildren, {
  name: 'a listed child names its parent',
  says: 'Every task among the children of a task has that task as its parent.',
  clauses: {
    'every child that it lists has it as parent': (s, t) =>
      s.task(t).children.every(c => s.task(c).parent === t),
  },
  about: (s, t) =>
    s
      .task(t)
      .children.filter(c => s.task(c).parent !== t)
      .map(
        c =>
          `the parent of task ${c} is ${s.task(c).parent === null ? 'nobody' : `task ${s.task(c).parent}`}`,
      )
      .join(', '),
})

/** A task whose parent has given its children away would be a zombie for ever. */
export const aParentCanStillReparent = invariant(aTaskHasAParent, {
  name: 'a live task’s parent is never past its reparenting',
  says: 'The parent of a task that is not dead has not yet given its children away.',
  clauses: {
    'the parent has still to give its children away': (s, t) => {
      const { runState } = s.task(s.task(t).parent as TaskId)
      return runState !== 'exitNotify' && runState !== 'exited'
    },
  },
  about: (s, t) => `its parent is task ${s.task(t).parent}`,
})

/** A zombie has given its children away. */
export const aZombieHasNoChildren = invariant(aTaskIsAZombie, {
  name: 'a zombie has no children',
  says: 'A task that has become a zombie has no children any more.',
  clauses: {
    'no task has it as parent': (s, t) => !someTask(s, c => s.task(c).parent === t),
    'it lists no children': (s, t) => s.task(t).children.size === 0,
  },
  about: (s, t) => `it lists ${listTasks(s, c => s.task(t).children.has(c))}`,
})

/** Whoever is dead has no parent. */
export const theDeadHaveNoParent = invariant(aTaskIsDead, {
  name: 'a dead task has no parent',
  says: 'A dead task has no parent.',
  clauses: { 'it has no parent': (s, t) => s.task(t).parent === null },
})

/** Whoever is dead is nobody's child. */
export const theDeadAreNobodysChildren = invariant(aTaskIsDead, {
  name: 'a dead task is nobody’s child',
  says: 'No task has a dead task among its children, or as its parent.',
  clauses: {
    'nobody lists it as a child': (s, t) => !someTask(s, p => s.task(p).children.has(t)),
    'nobody has it as parent': (s, t) => !someTask(s, c => s.task(c).parent === t),
  },
  about: (s, t) => `listed by ${listTasks(s, p => s.task(p).children.has(t))}`,
})

/** Nobody is born into the family of the own thread group. */
export const aParentIsAnotherProcess = invariant(aTaskHasAParent, {
  name: 'a parent is in another thread group',
  says: 'The parent of a task is a task of another thread group.',
  clauses: {
    'the parent is in another group': (s, t) => s.task(s.task(t).parent as TaskId).group !== s.task(t).group,
  },
  about: (s, t) => `its parent is task ${s.task(t).parent}`,
})

export const aTaskIsReparented = changedTasks(
  { name: 'a task is reparented', says: 'A step takes a task that is not dead from its parent.' },
  ({ before, after }, t) =>
    before.task(t).parent !== null && before.task(t).parent !== after.task(t).parent && !isDead(after, t),
)

/** Where the init of the namespace that the old parent belongs to is. */
const adoptingInitGroup = (s: State, oldParent: TaskId): GroupId => initGroup(groupOf(s, oldParent).pidns)

const hasActiveTask = (s: State, g: GroupId): boolean => someMember(s, g, t => isActive(s, t))

/** An orphan goes to whoever can reap it. */
export const orphansAreAdopted = stepProperty(aTaskIsReparented, {
  name: 'an orphan is adopted by a live task',
  says: 'A task that loses its parent, because the parent exits, goes to a thread of the parent’s group or to the init of the parent’s namespace, which has not begun to exit; to nobody only if there is no such task.',
  clauses: {
    'the old parent is exiting': ({ before }, t) => !isActive(before, before.task(t).parent as TaskId),
    'the new parent has not begun to exit': ({ after }, t) => {
      const { parent } = after.task(t)
      return parent === null || isActive(after, parent)
    },
    'the new parent is a sibling thread of the old one, or the init of its namespace': (
      { before, after },
      t,
    ) => {
      const { parent } = after.task(t)
      if (parent === null) return true
      const oldParent = before.task(t).parent as TaskId
      const { group } = after.task(parent)
      return group === before.task(oldParent).group || group === adoptingInitGroup(before, oldParent)
    },
    'it goes to init only if no sibling thread is left': ({ before, after }, t) => {
      const { parent } = after.task(t)
      const { group } = before.task(before.task(t).parent as TaskId)
      return parent === null || after.task(parent).group === group || !hasActiveTask(after, group)
    },
    'it goes to nobody only if nobody is left': ({ before, after }, t) => {
      if (after.task(t).parent !== null) return true
      const oldParent = before.task(t).parent as TaskId
      const { group } = before.task(oldParent)
      return !hasActiveTask(after, group) && !hasActiveTask(after, adoptingInitGroup(before, oldParent))
    },
  },
  about: ({ before, after }, t) =>
    `parent ${before.task(t).parent} before, ${after.task(t).parent ?? 'nobody'} after`,
})
