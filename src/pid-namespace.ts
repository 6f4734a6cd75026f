/**
 * PID namespaces: which ids are taken, and by whom. Source: `PIDNamespace` in threads.go, `allocateTID` in
 * task_start.go.
 */
import { SyscallError } from './errors.js'
import type { ProcessGroup, Session } from './process-group.js'
import type { Task } from './task.js'
import type { ThreadGroup } from './thread-group.js'
import type { ProcessGroupID, ThreadID } from './wait-options.js'

/** The id of a namespace's init. */
export const initTID: ThreadID = 1

/** Ids above this are not given out. */
export const tasksLimit = 1 << 16

/** A task has an id in its own namespace and in every one above. */
export class PIDNamespace {
  /** The id given out last. */
  last: ThreadID = 0
  readonly tasks = new Map<ThreadID, Task>()
  /** The inverse of `tasks`. */
  readonly tids = new Map<Task, ThreadID>()
  readonly processGroups = new Map<ProcessGroupID, ProcessGroup>()
  /** The inverse of `processGroups`. */
  readonly pgids = new Map<ProcessGroup, ProcessGroupID>()
  readonly sessions = new Map<ThreadID, Session>()
  readonly sids = new Map<Session, ThreadID>()
  /** Its init has gone, or everything was told to: nobody is born into it any more. */
  exiting = false
  /**
   * Once everything in it was killed: the groups of tasks that have moved on since. To the others, another SIGKILL would
   * do nothing.
   */
  movedSinceKill: Set<ThreadGroup> | null = null

  /**
   * @param serial that of the task that founds it
   * @param limit how many ids there are
   */
  constructor(
    readonly serial: number,
    readonly parent: PIDNamespace | null,
    readonly limit: number = tasksLimit,
  ) {}

  get init(): Task | undefined {
    return this.tasks.get(initTID)
  }

  /** 0 if the task cannot be seen from here. */
  idOf(task: Task): ThreadID {
    return this.tids.get(task) ?? 0
  }

  /** 0 if the process group cannot be seen from here. */
  idOfProcessGroup(pg: ProcessGroup): ProcessGroupID {
    return this.pgids.get(pg) ?? 0
  }

  threadGroupWithID(tid: ThreadID): ThreadGroup | undefined {
    const task = this.tasks.get(tid)
    return task === undefined || task.group.leader !== task ? undefined : task.group
  }

  /** This namespace and those above it, innermost first. */
  *up(): Generator<PIDNamespace> {
    for (let ns: PIDNamespace | null = this; ns !== null; ns = ns.parent) yield ns
  }

  /** Gives the task an id here and in every namespace above. Throws ENOMEM in one that is going, EAGAIN without a free id. */
  admit(task: Task): void {
    for (const ns of this.up()) {
      if (ns.exiting) throw new SyscallError('ENOMEM', 'clone')
      if (ns.tasks.size >= ns.limit) throw new SyscallError('EAGAIN', 'clone')
    }
    for (const ns of this.up()) {
      const tid = ns.#nextFree()
      ns.tasks.set(tid, task)
      ns.tids.set(task, tid)
    }
  }

  /** Takes the ids of the task back. Gives the one that it had here. */
  release(task: Task): ThreadID {
    const own = this.idOf(task)
    for (const ns of this.up()) {
      ns.tasks.delete(ns.idOf(task))
      ns.tids.delete(task)
    }
    return own
  }

  /** The tasks trade their ids, here and above. */
  exchange(a: Task, b: Task): void {
    for (const ns of this.up()) {
      const [ofA, ofB] = [ns.idOf(a), ns.idOf(b)]
      ns.tids.set(a, ofB).set(b, ofA)
      ns.tasks.set(ofB, a).set(ofA, b)
    }
  }

  /** Ids are given out in turn; after the highest the count goes on behind the init's. */
  #nextFree(): ThreadID {
    let tid = this.last
    do tid = tid >= this.limit ? initTID + 1 : tid + 1
    while (this.tasks.has(tid))
    this.last = tid
    return tid
  }
}
