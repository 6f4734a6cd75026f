/**
 * What the specification sees of the core: the abstraction function, field by field.
 *
 * Here: the cells of the spec, read off the objects of a core.
 * Not here: the way back, a core in the state of given cells (verify/document.ts).
 */
import { is, List, Map } from 'immutable'
import { type ExitStatus as SpecStatus, exited, killedBy } from '../spec/exit-status.js'
import { ImmutableState } from '../spec/immutable-state.js'
import type { CloneForm } from '../spec/menu.js'
import type { Scope } from '../spec/scope.js'
import { slotsOf } from '../spec/scope.js'
import {
  makePIDNamespace,
  makeProcessGroup,
  makePtraceRequest,
  makeSession,
  makeTask,
  makeThreadGroup,
  type PIDNamespaceFields,
  type ProcessGroupFields,
  type SessionFields,
  type TaskFields,
  type ThreadGroupFields,
} from '../spec/state.js'
import type { WaitOptions as SpecWaitOptions } from '../spec/wait-options.js'
import {
  maskOfEvents,
  numberOfSignal,
  optionsOf,
  ptraceCodeOf,
  signalOf,
  signalsOf,
  slotsOfMask,
  usageOf,
} from './verify/codes.js'
import type { Core, World } from './verify/world.js'

/** Where names of calls are looked up, which a core does not keep. */
export interface View {
  readonly scope: Scope
  readonly world: World
}

type Views<F, Object> = { readonly [K in keyof F]: (it: Object, view: View) => F[K] }

const slotOf = (it: { readonly serial: number } | null): number | null => (it === null ? null : it.serial)

const slotsIn = (tasks: Iterable<Core.Task>) => {
  let mask = 0
  for (const { serial } of tasks) mask |= 1 << serial
  return slotsOfMask(mask)
}

const statusOf = ({ code, signo }: Core.ExitStatus): SpecStatus =>
  signo === 0 ? exited(code) : killedBy(signalOf(signo) as never)

/** The wait of the menu that asks for this, with whom it asks for. */
export function waitOf(
  options: Core.WaitOptions,
  block: boolean,
  pidns: Core.PIDNamespace,
  { scope, world }: View,
): SpecWaitOptions {
  const { specificTID, specificPGID, nonCloneTasks, cloneTasks, events, consumeEvent } = options
  const whom = specificTID !== 0 ? 'each task' : specificPGID !== 0 ? 'each process group' : 'any'
  const form = scope.menu.waits.find(
    it =>
      it.whom === whom &&
      it.options.block === block &&
      it.options.consumeEvent === consumeEvent &&
      it.options.nonCloneTasks === nonCloneTasks &&
      it.options.cloneTasks === cloneTasks &&
      maskOfEvents(it.options.events) === events,
  )
  if (form === undefined) throw new Error('the core waits for what no wait of the menu asks for')
  if (whom === 'each task') return form.options.set('specificTID', world.slotOfID(pidns, specificTID))
  if (whom === 'each process group') return form.options.set('specificPGID', world.slotOfID(pidns, specificPGID))
  return form.options
}

/** The clone of the menu that asks for this. */
const formOf = (options: Core.CloneOptions, { scope }: View): CloneForm => {
  const form = scope.menu.clones.find(
    it =>
      it.newThreadGroup === options.newThreadGroup &&
      numberOfSignal(it.terminationSignal) === options.terminationSignal &&
      it.vfork === options.vfork &&
      it.newPIDNamespace === options.newPIDNamespace &&
      it.childClearTID === (options.childClearTID !== 0) &&
      it.untraced === options.untraced &&
      it.inheritTracer === options.inheritTracer,
  )
  if (form === undefined) throw new Error('the core goes on with a clone that is not on the menu')
  return form
}

const taskViews: Views<TaskFields, Core.Task> = {
  exitState: task => task.exitState,
  runState: task => task.runState,
  exitStatus: task => statusOf(task.exitStatus),
  group: task => task.group.serial,
  parent: task => slotOf(task.parent),
  children: task => slotsIn(task.children),
  tracer: task => slotOf(task.tracer),
  tracees: task => slotsIn(task.tracees),
  exitTracerNotified: task => task.exitTracerNotified,
  exitTracerAcked: task => task.exitTracerAcked,
  exitParentNotified: task => task.exitParentNotified,
  exitParentAcked: task => task.exitParentAcked,
  stop: ({ stop, stopFrozen }) => (stopFrozen && stop === 'ptrace' ? 'ptraceFrozen' : stop),
  interrupted: task => task.interrupted,
  pending: task => signalsOf(task.pendingSignals),
  masksAll: task => task.signalMask !== 0,
  groupStopRequired: task => task.groupStopRequired,
  groupStopAcknowledged: task => task.groupStopAcknowledged,
  ptraceCode: task => ptraceCodeOf(task.ptraceCode),
  ptraceOpts: task => optionsOf(task.ptraceOpts),
  parentDeathSignal: task => signalOf(task.parentDeathSignal),
  cleartid: task => task.cleartid !== 0,
  vforkParent: task => slotOf(task.vforkParent),
  cloneChild: task => slotOf(task.cloneChild),
  cloneForm: (task, view) => task.cloneOptions && formOf(task.cloneOptions, view),
  wait: ({ waiting, group }, view) => waiting && waitOf(waiting.options, true, group.pidns, view),
  waitNotified: task => task.waiting?.notified ?? false,
  inHand: task => signalOf(task.inHand),
  request: ({ request }) =>
    request &&
    makePtraceRequest({
      request: request.request,
      target: request.target.serial,
      signal: signalOf(request.signal),
      options: optionsOf(request.options),
    }),
  cpuStats: task => List(usageOf(task.cpuStats.userTime)),
  mmMaxRSS: task => task.mmMaxRSS,
}

const groupViews: Views<ThreadGroupFields, Core.ThreadGroup> = {
  leader: group => group.leader.serial,
  tasks: group => List(Array.from(group.tasks, ({ serial }) => serial)),
  tasksCount: group => group.tasksCount,
  liveTasks: group => group.liveTasks,
  activeTasks: group => group.activeTasks,
  exiting: group => group.exiting,
  exitStatus: group => statusOf(group.exitStatus),
  execing: group => slotOf(group.execing),
  terminationSignal: group => signalOf(group.terminationSignal),
  groupStopPhase: group => group.groupStopPhase,
  groupStopSignal: group => signalOf(group.groupStopSignal),
  groupStopCount: group => group.groupStopCount,
  groupStopWaitable: group => group.groupStopWaitable,
  groupContNotify: group => group.groupContNotify,
  groupContInterrupted: group => group.groupContInterrupted,
  groupContWaitable: group => group.groupContWaitable,
  pending: group => signalsOf(group.pendingSignals),
  sigchld: group => group.sigchldAction.handler,
  saNoCldWait: group => group.sigchldAction.noCldWait,
  saNoCldStop: group => group.sigchldAction.noCldStop,
  pidns: group => group.pidns.serial,
  processGroup: group => group.processGroup.originator.serial,
  execed: group => group.execed,
  exitedCPUStats: group => List(usageOf(group.exitedCPUStats.userTime)),
  childCPUStats: group => List(usageOf(group.childCPUStats.userTime)),
  maxRSS: group => group.maxRSS,
  childMaxRSS: group => group.childMaxRSS,
  lastTimerSignalTask: group => slotOf(group.lastTimerSignalTask),
}

const namespaceViews: Views<PIDNamespaceFields, Core.PIDNamespace> = {
  exists: () => true,
  parent: ns => slotOf(ns.parent),
  tasks: (ns, { world }) =>
    Map(Array.from(ns.tasks, ([id, task]) => [world.slotOfID(ns, id), task.serial] as const)),
  tids: (ns, { world }) =>
    Map(Array.from(ns.tids, ([task, id]) => [task.serial, world.slotOfID(ns, id)] as const)),
  exiting: ns => ns.exiting,
}

const processGroupViews: Views<ProcessGroupFields, Core.ProcessGroup> = {
  session: pg => pg.session.leader.serial,
  ancestors: pg => pg.ancestors,
  refs: pg => pg.refs,
}

const sessionViews: Views<SessionFields, Core.Session> = { refs: session => session.refs }

/** The objects of the core behind the cells of a state, in their order. */
type Objects = readonly (readonly [
  views: Views<object, object>,
  make: (fields: object) => unknown,
  objects: readonly (object | undefined)[],
])[]

const bySlot = <T>(all: Iterable<T>, slot: (it: T) => number): (T | undefined)[] => {
  const found: (T | undefined)[] = []
  for (const it of all) found[slot(it)] = it
  return found
}

function objectsOf({ world }: View): Objects {
  const { root } = world.taskSet
  const processGroups = bySlot(root.processGroups.values(), pg => pg.originator.serial)
  const sessions = bySlot(root.sessions.values(), session => session.leader.serial)
  return [
    [taskViews, makeTask, world.tasks],
    [groupViews, makeThreadGroup, world.groups],
    [namespaceViews, makePIDNamespace, world.namespaces],
    [processGroupViews, makeProcessGroup, processGroups],
    [sessionViews, makeSession, sessions],
  ] as unknown as Objects
}

/** The state of the spec that the core is in. */
export function stateOf(view: View): ImmutableState {
  const cells = objectsOf(view).flatMap(([views, make, objects]) =>
    slotsOf(view.scope).map(slot => {
      const object = objects[slot]
      if (object === undefined) return make({})
      const fields = Object.entries(views).map(([field, read]) => [field, read(object as never, view)])
      return make(Object.fromEntries(fields))
    }),
  )
  return new ImmutableState(view.scope, cells as unknown as ImmutableState['cells'])
}

/** Fields in which only how often each task is there counts, and not the order. */
const unordered: ReadonlySet<string> = new Set(['exitedCPUStats', 'childCPUStats'])

const sameUsage = (a: unknown, b: unknown): boolean =>
  is((a as List<number>).sort(), (b as List<number>).sort())

const blanks = [makeTask(), makeThreadGroup(), makePIDNamespace(), makeProcessGroup(), makeSession()]

/** Is the core in this state? Says the same as comparing it with `stateOf`, and builds no state. */
export function isIn(view: View, state: ImmutableState): boolean {
  const { slots } = view.scope
  for (const [kind, [views, , objects]] of objectsOf(view).entries())
    for (let slot = 0; slot < slots; slot++) {
      const cell = state.cells[kind * slots + slot] as unknown as { get(field: string): unknown }
      const object = objects[slot]
      if (object === undefined) {
        if (!is(cell, blanks[kind])) return false
        continue
      }
      for (const field in views) {
        const value = (views as Record<string, (it: object, view: View) => unknown>)[field]?.(object, view)
        const expected = cell.get(field)
        if (value === expected || is(value, expected)) continue
        if (!(unordered.has(field) && sameUsage(value, expected))) return false
      }
    }
  return true
}
