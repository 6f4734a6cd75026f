/**
 * The last thread of a dying init, where it stays with its children until its namespace is empty.
 *
 * Not in the source: `zap_pid_ns_processes` of Linux. Here: who that is, what it waits for, and the reaping.
 * Not here: killing the namespace (exit.ts), whom the others leave their children to (exit-notify.ts).
 */
import { findReparentTarget } from './exit-notify.js'
import type { Task } from './task.js'
import { collect, lookForEvents } from './wait.js'
import { EventExit, type Finding, waitOptions } from './wait-options.js'

const everyExit = waitOptions({ cloneTasks: true, events: EventExit })

export const outlivesItsNamespace = (task: Task): boolean =>
  task.taskSet.profile.switches.dyingInit === 'adopts until its namespace is empty' &&
  task.group.pidns.serial === task.group.serial &&
  findReparentTarget(task) === null

/** Has it killed the others? It ignores SIGCHLD from then on, so that most of its children leave nothing behind. */
export const seesNamespaceDie = ({ group: { pidns, sigchldAction } }: Task): boolean =>
  pidns.exiting && sigchldAction.handler === 'ignore'

/** Nobody has an id there but the task itself, and a leader before it. */
export const isNamespaceEmpty = ({ group, isLeader }: Task): boolean =>
  group.pidns.tids.size === (isLeader ? 1 : 2)

const nextToReap = (task: Task): Finding | undefined => lookForEvents(task, everyExit, false).findings[0]

/** Takes note of every exit that there is among its children, whatever signal was to tell of it. */
export function reapAll(task: Task): void {
  for (let found = nextToReap(task); found !== undefined; found = nextToReap(task))
    collect(task, everyExit, found)
}

/** May it go on, at the stage in which it gives its children away? */
export const hasWorkForChildren = (task: Task): boolean =>
  !outlivesItsNamespace(task) ||
  !seesNamespaceDie(task) ||
  isNamespaceEmpty(task) ||
  nextToReap(task) !== undefined
