/**
 * Who belongs to what: small questions that many functions of the kernel ask.
 */
import type { Set } from 'immutable'
import type { GroupId, NamespaceId, State, TaskId, ThreadGroupFields, Usage } from '../state.js'

/** The members of a set of tasks, lowest id first. The source ranges over a Go map, in random order. */
export const inOrder = (tasks: Set<TaskId>): readonly TaskId[] => [...tasks].sort((a, b) => a - b)

/** Sums do not depend on the order in which they were added up: one order for all. */
export const inOrderOfIds = (usage: Usage): Usage => usage.sort((a, b) => a - b)

/** The thread group of a task. */
export const groupOf = (s: State, t: TaskId): Readonly<ThreadGroupFields> => s.group(s.task(t).group)

export const leaderOf = (s: State, g: GroupId): TaskId => {
  const { leader } = s.group(g)
  if (leader === null) throw new Error(`group ${g} has no leader: a group in use always has one`)
  return leader
}

export const isLeader = (s: State, t: TaskId): boolean => s.groupIs(s.task(t).group, 'leader', t)

/** Are both tasks in one thread group? */
export const inSameGroup = (s: State, a: TaskId, b: TaskId): boolean => s.task(a).group === s.task(b).group

/** A namespace and its ancestors, innermost first: where a task of it has an id. */
export const namespacesUp = (s: State, ns: NamespaceId): readonly NamespaceId[] => {
  const { parent } = s.namespace(ns)
  return parent === null ? [ns] : [ns, ...namespacesUp(s, parent)]
}

/** The id, in every namespace, of the task that founded it: `InitTID`. Ids are named by slot, and so are namespaces. */
export const initTID = (ns: NamespaceId): number => ns

/** The thread group of a namespace's init: the task that founded the namespace has founded it too. */
export const initGroup = (ns: NamespaceId): GroupId => ns

/** May `t` run its next critical section: it is in no stop. Source: `doStop` in task_run.go. */
export const isRunning = (s: State, t: TaskId): boolean => s.taskIs(t, 'stop', null)
