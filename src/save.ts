/**
 * A task set as a document: everything that can be reached from the tasks that have an id.
 */
import type { ExitStatus } from './exit-status.js'
import type { PIDNamespace } from './pid-namespace.js'
import type { ProcessGroup, Session } from './process-group.js'
import {
  type SavedExitStatus,
  type SavedPIDNamespace,
  type SavedProcessGroup,
  type SavedSession,
  type SavedTask,
  type SavedTaskSet,
  type SavedThreadGroup,
  savedVersion,
} from './saved.js'
import type { Task } from './task.js'
import type { TaskSet } from './task-set.js'
import type { ThreadGroup } from './thread-group.js'

/** Plain JSON data, which `restore` takes. The task set goes on as if nothing had happened. */
export function save(taskSet: TaskSet): SavedTaskSet {
  const found = new Reachable(taskSet)
  const positions = {
    processGroups: positionsOf(found.processGroups),
    sessions: positionsOf(found.sessions),
  }
  const { name, switches, knows = [] } = taskSet.profile
  return {
    version: savedVersion,
    profile: { name, switches: { ...switches }, knows: [...knows] },
    nextSerial: taskSet.nextSerial,
    tasks: [...found.tasks].map(saveTask),
    groups: [...found.groups].map(group => saveGroup(group, positions)),
    namespaces: [...found.namespaces].map(ns => saveNamespace(ns, positions)),
    processGroups: [...found.processGroups].map(pg => saveProcessGroup(pg, positions)),
    sessions: [...found.sessions].map(saveSession),
  }
}

interface Positions {
  readonly processGroups: ReadonlyMap<ProcessGroup, number>
  readonly sessions: ReadonlyMap<Session, number>
}

const positionsOf = <T>(all: ReadonlySet<T>): ReadonlyMap<T, number> =>
  new Map(Array.from(all, (it, position) => [it, position]))

/**
 * Also the dead whom somebody still lists. Sets that grow while they are gone through: a depth of recursion that
 * no number of tasks can exceed.
 */
class Reachable {
  readonly tasks = new Set<Task>()
  readonly groups = new Set<ThreadGroup>()
  readonly namespaces = new Set<PIDNamespace>()
  readonly processGroups = new Set<ProcessGroup>()
  readonly sessions = new Set<Session>()

  constructor({ root }: TaskSet) {
    this.namespaces.add(root)
    for (const task of root.tids.keys()) this.tasks.add(task)
    for (const task of this.tasks) this.#follow(task)
  }

  #follow(task: Task): void {
    const { parent, tracer, vforkParent, cloneChild, request } = task
    this.#addTasks(parent, tracer, vforkParent, cloneChild, request?.target ?? null)
    this.#addTasks(...task.children, ...task.tracees)
    this.#addGroup(task.group)
  }

  #addTasks(...tasks: readonly (Task | null)[]): void {
    for (const task of tasks) if (task !== null) this.tasks.add(task)
  }

  #addGroup(group: ThreadGroup): void {
    if (this.groups.has(group)) return
    this.groups.add(group)
    this.#addTasks(group.leader, group.execing, group.lastTimerSignalTask, ...group.tasks)
    for (const ns of [...group.pidns.up()].reverse()) this.namespaces.add(ns)
    const { processGroup: pg } = group
    if (this.processGroups.has(pg)) return
    this.processGroups.add(pg)
    this.sessions.add(pg.session)
    for (const other of [pg.originator, pg.session.leader, ...pg.members]) this.#addTasks(other.leader)
  }
}

const serialOf = (it: { readonly serial: number } | null): number | null => it?.serial ?? null
const serials = (all: Iterable<{ readonly serial: number }>): number[] =>
  Array.from(all, ({ serial }) => serial)

const saveStatus = ({ code, signo }: ExitStatus): SavedExitStatus => ({ code, signo })

function saveTask(task: Task): SavedTask {
  const { waiting, request } = task
  return {
    serial: task.serial,
    group: task.group.serial,
    parent: serialOf(task.parent),
    children: serials(task.children),
    tracer: serialOf(task.tracer),
    tracees: serials(task.tracees),
    exitState: task.exitState,
    runState: task.runState,
    exitStatus: saveStatus(task.exitStatus),
    exitTracerNotified: task.exitTracerNotified,
    exitTracerAcked: task.exitTracerAcked,
    exitParentNotified: task.exitParentNotified,
    exitParentAcked: task.exitParentAcked,
    stop: task.stop,
    stopFrozen: task.stopFrozen,
    interrupted: task.interrupted,
    pendingSignals: task.pendingSignals,
    signalMask: task.signalMask,
    groupStopRequired: task.groupStopRequired,
    groupStopAcknowledged: task.groupStopAcknowledged,
    ptraceCode: task.ptraceCode,
    ptraceOpts: task.ptraceOpts,
    seized: task.seized && { ...task.seized },
    parentDeathSignal: task.parentDeathSignal,
    cleartid: task.cleartid,
    vforkParent: serialOf(task.vforkParent),
    cloneChild: serialOf(task.cloneChild),
    cloneOptions: task.cloneOptions && { ...task.cloneOptions },
    waiting: waiting && { options: { ...waiting.options }, notified: waiting.notified },
    inHand: task.inHand,
    request: request && {
      request: request.request,
      signal: request.signal,
      options: request.options,
      target: request.target.serial,
    },
    cpuStats: { ...task.cpuStats },
    mmMaxRSS: task.mmMaxRSS,
  }
}

function saveGroup(group: ThreadGroup, { processGroups }: Positions): SavedThreadGroup {
  return {
    serial: group.serial,
    leader: group.leader.serial,
    tasks: serials(group.tasks),
    tasksCount: group.tasksCount,
    liveTasks: group.liveTasks,
    activeTasks: group.activeTasks,
    exiting: group.exiting,
    exitStatus: saveStatus(group.exitStatus),
    execing: serialOf(group.execing),
    terminationSignal: group.terminationSignal,
    groupStopPhase: group.groupStopPhase,
    groupStopSignal: group.groupStopSignal,
    groupStopCount: group.groupStopCount,
    groupStopWaitable: group.groupStopWaitable,
    groupContNotify: group.groupContNotify,
    groupContInterrupted: group.groupContInterrupted,
    groupContWaitable: group.groupContWaitable,
    pendingSignals: group.pendingSignals,
    sigchldAction: { ...group.sigchldAction },
    pidns: group.pidns.serial,
    processGroup: positionIn(processGroups, group.processGroup),
    execed: group.execed,
    childSubreaper: group.childSubreaper,
    parentExeced: group.parentExeced,
    exitedCPUStats: { ...group.exitedCPUStats },
    childCPUStats: { ...group.childCPUStats },
    maxRSS: group.maxRSS,
    childMaxRSS: group.childMaxRSS,
    lastTimerSignalTask: serialOf(group.lastTimerSignalTask),
  }
}

function saveNamespace(ns: PIDNamespace, { processGroups, sessions }: Positions): SavedPIDNamespace {
  return {
    serial: ns.serial,
    parent: serialOf(ns.parent),
    limit: ns.limit,
    last: ns.last,
    exiting: ns.exiting,
    tasks: Array.from(ns.tasks, ([tid, task]) => [tid, task.serial] as const),
    processGroups: Array.from(ns.processGroups, ([id, pg]) => [id, positionIn(processGroups, pg)] as const),
    sessions: Array.from(ns.sessions, ([id, session]) => [id, positionIn(sessions, session)] as const),
  }
}

const saveProcessGroup = (pg: ProcessGroup, { sessions }: Positions): SavedProcessGroup => ({
  originator: pg.originator.serial,
  id: pg.id,
  session: positionIn(sessions, pg.session),
  members: serials(pg.members),
  refs: pg.refs,
  ancestors: pg.ancestors,
})

const saveSession = ({ leader, id, refs }: Session): SavedSession => ({ leader: leader.serial, id, refs })

function positionIn<T>(positions: ReadonlyMap<T, number>, it: T): number {
  const position = positions.get(it)
  if (position === undefined)
    throw new Error('a process group or session is registered and has no member: its counter is wrong')
  return position
}
