/**
 * A core in a given state of the spec: the cells as a document that the core restores.
 */
import type { ExitStatus } from '../../spec/exit-status.js'
import type { ImmutableState } from '../../spec/immutable-state.js'
import type { CloneForm } from '../../spec/menu.js'
import type { Profile } from '../../spec/profile.js'
import { slotsOf } from '../../spec/scope.js'
import type { Task, TaskFields, ThreadGroupFields } from '../../spec/state.js'
import type { WaitOptions } from '../../spec/wait-options.js'
import {
  maskOfEvents,
  maskOfOptions,
  maskOfSignals,
  numberOfPtraceCode,
  numberOfSignal,
  timeOf,
} from './codes.js'
import type { Core } from './world.js'
import { idOfSlot } from './world.js'

type Saved = Core.SavedTaskSet
type SavedTask = Saved['tasks'][number]
type SavedGroup = Saved['groups'][number]

/** The profile of the core that is called like one of the spec, and some switches of it set otherwise. */
export const coreProfile = (
  { name, switches, answers }: Profile,
  others: Partial<Core.Switches> = {},
): Core.Profile => ({
  name,
  switches: { ...switches, ...others },
  knows: [
    ...(answers.subreaper === 'known' ? (['PR_SET_CHILD_SUBREAPER'] as const) : []),
    ...(answers.seize === 'is known' ? (['PTRACE_SEIZE'] as const) : []),
  ],
})

/** The clone of the core that a form of the menu asks for. */
export const cloneOptionsOf = (form: CloneForm): Core.CloneOptions => ({
  newThreadGroup: form.newThreadGroup,
  terminationSignal: numberOfSignal(form.terminationSignal),
  vfork: form.vfork,
  newPIDNamespace: form.newPIDNamespace,
  childClearTID: form.childClearTID ? 1 : 0,
  untraced: form.untraced,
  inheritTracer: form.inheritTracer,
})

/** @param idOf the id of a slot in the waiter's namespace */
export const waitOptionsOf = (options: WaitOptions, idOf: (slot: number) => number): Core.WaitOptions => ({
  specificTID: options.specificTID === null ? 0 : idOf(options.specificTID),
  specificPGID: options.specificPGID === null ? 0 : idOf(options.specificPGID),
  nonCloneTasks: options.nonCloneTasks,
  cloneTasks: options.cloneTasks,
  siblings: options.siblings,
  events: maskOfEvents(options.events),
  consumeEvent: options.consumeEvent,
})

const time = (users: Iterable<number>) => {
  let userTime = 0
  for (const slot of users) userTime += timeOf(slot)
  return { userTime, sysTime: 0 }
}

const status = ({ code, signo }: ExitStatus) => ({ code, signo: numberOfSignal(signo) })

const ascending = (slots: Iterable<number>): number[] => [...slots].sort((a, b) => a - b)

/** How each field of a saved object comes from the cell; `pidns` is asked for only where it is needed. */
type Saving<Cell, Saved> = { readonly [K in keyof Saved]: (cell: Cell, pidns: () => number) => Saved[K] }

export const taskFields: Saving<Readonly<TaskFields>, Omit<SavedTask, 'serial'>> = {
  group: task => task.group,
  parent: task => task.parent,
  children: task => ascending(task.children),
  tracer: task => task.tracer,
  tracees: task => ascending(task.tracees),
  exitState: task => task.exitState,
  runState: task => task.runState as SavedTask['runState'],
  exitStatus: task => status(task.exitStatus),
  exitTracerNotified: task => task.exitTracerNotified,
  exitTracerAcked: task => task.exitTracerAcked,
  exitParentNotified: task => task.exitParentNotified,
  exitParentAcked: task => task.exitParentAcked,
  stop: ({ stop }) => (stop === 'ptraceFrozen' ? 'ptrace' : stop),
  stopFrozen: ({ stop }) => stop === 'ptraceFrozen',
  interrupted: task => task.interrupted,
  pendingSignals: task => maskOfSignals(task.pending),
  signalMask: task => (task.masksAll ? 0x7fff_ffff : 0),
  groupStopRequired: task => task.groupStopRequired,
  groupStopAcknowledged: task => task.groupStopAcknowledged,
  ptraceCode: task => numberOfPtraceCode(task.ptraceCode),
  ptraceOpts: task => maskOfOptions(task.ptraceOpts),
  seized: ({ seized }) =>
    seized && { trapStop: seized.trapStop, trapNotify: seized.trapNotify, listen: seized.listen },
  parentDeathSignal: task => numberOfSignal(task.parentDeathSignal),
  cleartid: task => (task.cleartid ? 1 : 0),
  vforkParent: task => task.vforkParent,
  cloneChild: task => task.cloneChild,
  cloneOptions: task => task.cloneForm && cloneOptionsOf(task.cloneForm),
  waiting: (task, pidns) =>
    task.wait && {
      options: waitOptionsOf(task.wait, slot => idOfSlot(slot, pidns())),
      notified: task.waitNotified,
    },
  inHand: task => numberOfSignal(task.inHand),
  request: ({ request }) =>
    request && {
      request: request.request,
      target: request.target,
      signal: numberOfSignal(request.signal),
      options: maskOfOptions(request.options),
    },
  cpuStats: task => time(task.cpuStats),
  mmMaxRSS: task => task.mmMaxRSS,
}

/** Of a group that exists. Not here: the process group, which a document names by a position. */
export const groupFields: Saving<Readonly<ThreadGroupFields>, Omit<SavedGroup, 'serial' | 'processGroup'>> = {
  leader: group => group.leader as number,
  tasks: group => group.tasks.toArray(),
  tasksCount: group => group.tasksCount,
  liveTasks: group => group.liveTasks,
  activeTasks: group => group.activeTasks,
  exiting: group => group.exiting,
  exitStatus: group => status(group.exitStatus),
  execing: group => group.execing,
  terminationSignal: group => numberOfSignal(group.terminationSignal),
  groupStopPhase: group => group.groupStopPhase,
  groupStopSignal: group => numberOfSignal(group.groupStopSignal),
  groupStopCount: group => group.groupStopCount,
  groupStopWaitable: group => group.groupStopWaitable,
  groupContNotify: group => group.groupContNotify,
  groupContInterrupted: group => group.groupContInterrupted,
  groupContWaitable: group => group.groupContWaitable,
  pendingSignals: group => maskOfSignals(group.pending),
  sigchldAction: group => ({
    handler: group.sigchld,
    noCldWait: group.saNoCldWait,
    noCldStop: group.saNoCldStop,
  }),
  pidns: group => group.pidns,
  execed: group => group.execed,
  childSubreaper: group => group.childSubreaper,
  parentExeced: group => group.parentExeced,
  exitedCPUStats: group => time(group.exitedCPUStats),
  childCPUStats: group => time(group.childCPUStats),
  maxRSS: group => group.maxRSS,
  childMaxRSS: group => group.childMaxRSS,
  lastTimerSignalTask: group => group.lastTimerSignalTask,
}

const saved = <Cell, Saved>(fields: Saving<Cell, Saved>, cell: Cell, pidns: () => number): Saved =>
  Object.fromEntries(
    (Object.keys(fields) as (keyof Saved)[]).map(name => [name, fields[name](cell, pidns)]),
  ) as Saved

/** Cells are shared by many states. */
const savedTasks = new WeakMap<Task, Map<string, SavedTask>>()

/** @param pidns the founder of the task's namespace */
function savedTask(task: Task, serial: number, pidns: number): SavedTask {
  const key = `${serial} ${pidns}`
  const of = savedTasks.get(task) ?? new Map<string, SavedTask>()
  savedTasks.set(task, of)
  const known = of.get(key)
  if (known !== undefined) return known
  const made = { serial, ...saved(taskFields, task, () => pidns) }
  of.set(key, made)
  return made
}

const saveGroup = (group: Readonly<ThreadGroupFields>, serial: number, processGroup: number): SavedGroup => ({
  serial,
  processGroup,
  ...saved(groupFields, group, () => group.pidns),
})

export function documentOf(state: ImmutableState): Saved {
  const { scope } = state
  const slots = slotsOf(scope)
  const born = slots.filter(slot => state.task(slot).runState !== 'unborn')
  const groups = slots.filter(slot => state.group(slot).leader !== null)
  const spaces = slots.filter(slot => state.namespace(slot).exists)
  const up = (ns: number): number[] => {
    const { parent } = state.namespace(ns)
    return parent === null ? [ns] : [ns, ...up(parent)]
  }
  const pidnsOf = (group: number): number => state.group(group).pidns
  const canSee = (ns: number, group: number): boolean => up(pidnsOf(group)).includes(ns)
  const ownID = (group: number): number => idOfSlot(group, pidnsOf(group))

  // A process group that is gone is still named by its last member, which is dead.
  const isAlive = (pg: number): boolean => state.processGroup(pg).refs > 0
  const processGroups = slots.filter(
    pg => isAlive(pg) || groups.some(g => state.group(g).processGroup === pg),
  )
  const sessions = [...new Set(processGroups.map(pg => state.processGroup(pg).session))]
  const leads = (g: number): boolean => {
    const leader = state.group(g).leader as number
    return state.namespace(0).tids.has(leader)
  }
  return {
    version: 1,
    profile: coreProfile(scope.profile),
    nextSerial: born.length,
    tasks: born.map(slot => {
      const task = state.task(slot)
      return savedTask(task, slot, pidnsOf(task.group))
    }),
    groups: groups.map(g => saveGroup(state.group(g), g, processGroups.indexOf(state.group(g).processGroup))),
    namespaces: spaces.map(ns => ({
      serial: ns,
      parent: state.namespace(ns).parent,
      limit: 1 << 16,
      last: born.length - ns,
      exiting: state.namespace(ns).exiting,
      tasks: [...state.namespace(ns).tasks].map(([id, task]) => [idOfSlot(id, ns), task] as const),
      processGroups: processGroups.flatMap((pg, i) =>
        isAlive(pg) && canSee(ns, pg) ? [[idOfSlot(pg, ns), i] as const] : [],
      ),
      sessions: sessions.flatMap((session, i) =>
        state.session(session).refs > 0 && canSee(ns, session) ? [[idOfSlot(session, ns), i] as const] : [],
      ),
    })),
    processGroups: processGroups.map(pg => ({
      originator: pg,
      id: ownID(pg),
      session: sessions.indexOf(state.processGroup(pg).session),
      members: isAlive(pg) ? groups.filter(g => state.group(g).processGroup === pg && leads(g)) : [],
      refs: state.processGroup(pg).refs,
      ancestors: state.processGroup(pg).ancestors,
    })),
    sessions: sessions.map(session => ({
      leader: session,
      id: ownID(session),
      refs: state.session(session).refs,
    })),
  }
}
