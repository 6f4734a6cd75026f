/**
 * What the specification sees of the core: the abstraction function, field by field.
 *
 * Here: the cells of the spec, read off the objects of a core.
 * Not here: the way back, a core in the state of given cells (verify/document.ts).
 *
 * Each field is read as a *code*, a primitive that is equal for equal values, so that millions of states can be
 * compared without building them; what the code stands for in the spec is in its codec.
 */
import { Map as ImmutableMap, List } from 'immutable'
import { exited, killedBy } from '../spec/exit-status.js'
import { ImmutableState } from '../spec/immutable-state.js'
import type { CloneForm } from '../spec/menu.js'
import { type Scope, slotsOf } from '../spec/scope.js'
import type { Signal } from '../spec/signals.js'
import {
  makePIDNamespace,
  makeProcessGroup,
  makePtraceRequest,
  makeSeized,
  makeSession,
  makeTask,
  makeThreadGroup,
  type PIDNamespaceFields,
  type ProcessGroupFields,
  type PtraceRequest,
  type Seized,
  type SessionFields,
  type TaskFields,
  type ThreadGroupFields,
} from '../spec/state.js'
import type { WaitOptions } from '../spec/wait-options.js'
import {
  maskOfEvents,
  maskOfOptions,
  maskOfSignals,
  numberOfPtraceCode,
  numberOfSignal,
  optionsOf,
  ptraceCodeOf,
  signalOf,
  signalsOf,
  slotsOfMask,
  usageOf,
} from './verify/codes.js'
import type { Core, World } from './verify/world.js'

export interface View {
  readonly scope: Scope
  readonly world: World
}

type Code = string | number | boolean | null

/** Values of the spec as codes, and back; calls are looked up on the menu of the scope. */
interface Codec<V> {
  encode(value: V): Code
  decode(code: never, scope: Scope): V
}

const codec = <V, C extends Code>(
  encode: (value: V) => C,
  decode: (code: C, scope: Scope) => V,
): Codec<V> => ({ encode, decode: decode as Codec<V>['decode'] })

/** What is a primitive already. */
const plain = <V extends Code>(): Codec<V> =>
  codec(
    value => value,
    value => value,
  )

const maskOfSlots = (slots: Iterable<number>): number => {
  let mask = 0
  for (const slot of slots) mask |= 1 << slot
  return mask
}

const slots = codec(maskOfSlots, slotsOfMask)
const signals = codec(maskOfSignals, signalsOf)
const options = codec(maskOfOptions, optionsOf)
const signal = codec(numberOfSignal, signalOf)
const ptraceCode = codec(numberOfPtraceCode, ptraceCodeOf)

/** Signals above what an exit code can be. */
const status = codec(
  ({ code, signo }: TaskFields['exitStatus']) => codeOfStatus(code, numberOfSignal(signo)),
  code => (code < 0 ? killedBy(signalOf(-code) as Signal) : exited(code)),
)
const codeOfStatus = (code: number, signo: number): number => (signo === 0 ? code : -signo)

const inOrder = codec(
  (tasks: List<number>) => tasks.join(),
  code => List(code === '' ? [] : code.split(',').map(Number)),
)

/** How often each task is there counts, and not the order. */
const usage = codec(
  (users: List<number>) => users.sort().join(),
  code => List(code === '' ? [] : code.split(',').map(Number)),
)

const pairs = codec(
  (map: ImmutableMap<number, number>) => codeOfPairs(map),
  code => ImmutableMap(code.split(' ').flatMap(pair => (pair === '' ? [] : [pairOf(pair)]))),
)
const pairOf = (pair: string): [number, number] => {
  const [key = 0, value = 0] = pair.split(':').map(Number)
  return [key, value]
}
const codeOfPairs = (entries: Iterable<readonly [number, number]>): string =>
  Array.from(entries, ([key, value]) => `${key}:${value}`)
    .sort()
    .join(' ')

interface Wanted {
  readonly specificTID: number | null
  readonly specificPGID: number | null
  readonly nonCloneTasks: boolean
  readonly cloneTasks: boolean
  readonly siblings: boolean
  readonly events: number
  readonly consumeEvent: boolean
}

const codeOfWait = (o: Wanted): string =>
  JSON.stringify([
    o.specificTID,
    o.specificPGID,
    o.nonCloneTasks,
    o.cloneTasks,
    o.siblings ?? true,
    o.events,
    o.consumeEvent,
  ])

const wantedOf = (o: WaitOptions): Wanted => ({ ...o.toObject(), events: maskOfEvents(o.events) })

/** A blocked wait. */
const wait = codec(
  (value: WaitOptions | null) => (value === null ? null : codeOfWait(wantedOf(value))),
  (code, { menu }) => (code === null ? null : waitNamed(code, menu.waits)),
)

/** The wait of the menu that asks for this, with whom it asks for. */
function waitNamed(code: string, forms: Scope['menu']['waits']): WaitOptions {
  const [specificTID, specificPGID] = JSON.parse(code) as [number | null, number | null]
  for (const { options: form } of forms) {
    const value = form.set('specificTID', specificTID).set('specificPGID', specificPGID)
    if (value.block && codeOfWait(wantedOf(value)) === code) return value
  }
  throw new Error('the core waits for what no wait of the menu asks for')
}

const codeOfForm = (o: Core.CloneOptions): string =>
  JSON.stringify([
    o.newThreadGroup,
    o.terminationSignal,
    o.vfork,
    o.newPIDNamespace,
    o.childClearTID !== 0,
    o.untraced,
    o.inheritTracer,
  ])

const formCode = (form: CloneForm): string =>
  codeOfForm({
    ...form.toObject(),
    terminationSignal: numberOfSignal(form.terminationSignal),
    childClearTID: form.childClearTID ? 1 : 0,
  })

/** A clone in progress. */
const form = codec(
  (value: CloneForm | null) => (value === null ? null : formCode(value)),
  (code, { menu }) => {
    if (code === null) return null
    const found = menu.clones.find(it => formCode(it) === code)
    if (found === undefined) throw new Error('the core goes on with a clone that is not on the menu')
    return found
  },
)

const codeOfRequest = (request: string, target: number, sig: number, opts: number): string =>
  [request, target, sig, opts].join()

/** A ptrace request in progress. */
const request = codec(
  (value: PtraceRequest | null) =>
    value &&
    codeOfRequest(value.request, value.target, numberOfSignal(value.signal), maskOfOptions(value.options)),
  code => {
    if (code === null) return null
    const [kind, target, sig, opts] = code.split(',')
    return makePtraceRequest({
      request: kind as PtraceRequest['request'],
      target: Number(target),
      signal: signalOf(Number(sig)),
      options: optionsOf(Number(opts)),
    })
  },
)

const codeOfSeized = ({ trapStop, trapNotify, listen }: Core.Seized): string =>
  [trapStop, trapNotify, listen].join()

const seized = codec(
  (value: Seized | null) => value && codeOfSeized(value),
  code => {
    if (code === null) return null
    const [trapStop, trapNotify, listen] = code.split(',')
    return makeSeized({
      trapStop: trapStop === 'true',
      trapNotify: trapNotify === 'true',
      listen: listen as Seized['listen'],
    })
  },
)

/** How a field is read off an object of the core. */
export interface Field<V, Object> {
  readonly codec: Codec<V>
  read(it: Object, world: World): Code
  /** The properties of the object that it is read from; without them, the one that is called like the field. */
  readonly from?: readonly string[] | undefined
}

type Fields<F, Object> = { readonly [K in keyof F]: Field<F[K], Object> }

const as = <V, Object>(
  of: Codec<V>,
  read: (it: Object, world: World) => Code,
  ...from: readonly string[]
): Field<V, Object> => ({ codec: of, read, from: from.length === 0 ? undefined : from })

const serialOf = (it: { readonly serial: number } | null): number | null => (it === null ? null : it.serial)

const serials = (tasks: Iterable<Core.Task>): number => {
  let mask = 0
  for (const { serial } of tasks) mask |= 1 << serial
  return mask
}

const statusCode = ({ code, signo }: Core.ExitStatus): number => codeOfStatus(code, signo)

/** In the order in which a report names what differs. */
const taskFields: Fields<TaskFields, Core.Task> = {
  exitState: as(plain(), task => task.exitState),
  runState: as(plain(), task => task.runState),
  exitStatus: as(status, task => statusCode(task.exitStatus)),
  group: as(plain(), task => task.group.serial),
  parent: as(plain(), task => serialOf(task.parent)),
  children: as(slots, task => serials(task.children)),
  tracer: as(plain(), task => serialOf(task.tracer)),
  tracees: as(slots, task => serials(task.tracees)),
  exitTracerNotified: as(plain(), task => task.exitTracerNotified),
  exitTracerAcked: as(plain(), task => task.exitTracerAcked),
  exitParentNotified: as(plain(), task => task.exitParentNotified),
  exitParentAcked: as(plain(), task => task.exitParentAcked),
  stop: as(plain(), ({ stop, stopFrozen }) => (stopFrozen ? `${stop}Frozen` : stop), 'stop', 'stopFrozen'),
  interrupted: as(plain(), task => task.interrupted),
  pending: as(signals, task => task.pendingSignals, 'pendingSignals'),
  masksAll: as(plain(), task => task.signalMask !== 0, 'signalMask'),
  groupStopRequired: as(plain(), task => task.groupStopRequired),
  groupStopAcknowledged: as(plain(), task => task.groupStopAcknowledged),
  ptraceCode: as(ptraceCode, task => task.ptraceCode),
  ptraceOpts: as(options, task => task.ptraceOpts),
  // A core of an older revision, with which another is compared, knows nothing of this.
  seized: as(seized, task => (task.seized ?? null) && codeOfSeized(task.seized as Core.Seized)),
  parentDeathSignal: as(signal, task => task.parentDeathSignal),
  cleartid: as(plain(), task => task.cleartid !== 0),
  vforkParent: as(plain(), task => serialOf(task.vforkParent)),
  cloneChild: as(plain(), task => serialOf(task.cloneChild)),
  cloneForm: as(form, ({ cloneOptions }) => cloneOptions && codeOfForm(cloneOptions), 'cloneOptions'),
  wait: as(
    wait,
    ({ waiting, group }, world) => waiting && waitCode(waiting.options, group.pidns, world),
    'waiting',
  ),
  waitNotified: as(plain(), ({ waiting }) => waiting?.notified ?? false, 'waiting'),
  inHand: as(signal, task => task.inHand),
  request: as(request, ({ request: it }) =>
    it === null ? null : codeOfRequest(it.request, it.target.serial, it.signal, it.options),
  ),
  cpuStats: as(usage, task => usageOf(task.cpuStats.userTime).join()),
  mmMaxRSS: as(plain(), task => task.mmMaxRSS),
}

const waitCode = (o: Core.WaitOptions, ns: Core.PIDNamespace, world: World): string =>
  codeOfWait({
    ...o,
    specificTID: o.specificTID === 0 ? null : world.slotOfID(ns, o.specificTID),
    specificPGID: o.specificPGID === 0 ? null : world.slotOfID(ns, o.specificPGID),
  })

const groupFields: Fields<ThreadGroupFields, Core.ThreadGroup> = {
  leader: as(plain(), group => group.leader.serial),
  tasks: as(inOrder, group => Array.from(group.tasks, ({ serial }) => serial).join()),
  tasksCount: as(plain(), group => group.tasksCount),
  liveTasks: as(plain(), group => group.liveTasks),
  activeTasks: as(plain(), group => group.activeTasks),
  exiting: as(plain(), group => group.exiting),
  exitStatus: as(status, group => statusCode(group.exitStatus)),
  execing: as(plain(), group => serialOf(group.execing)),
  terminationSignal: as(signal, group => group.terminationSignal),
  groupStopPhase: as(plain(), group => group.groupStopPhase),
  groupStopSignal: as(signal, group => group.groupStopSignal),
  groupStopCount: as(plain(), group => group.groupStopCount),
  groupStopWaitable: as(plain(), group => group.groupStopWaitable),
  groupContNotify: as(plain(), group => group.groupContNotify),
  groupContInterrupted: as(plain(), group => group.groupContInterrupted),
  groupContWaitable: as(plain(), group => group.groupContWaitable),
  pending: as(signals, group => group.pendingSignals, 'pendingSignals'),
  sigchld: as(plain(), group => group.sigchldAction.handler, 'sigchldAction'),
  saNoCldWait: as(plain(), group => group.sigchldAction.noCldWait, 'sigchldAction'),
  saNoCldStop: as(plain(), group => group.sigchldAction.noCldStop, 'sigchldAction'),
  pidns: as(plain(), group => group.pidns.serial),
  processGroup: as(plain(), group => group.processGroup.originator.serial),
  execed: as(plain(), group => group.execed),
  childSubreaper: as(plain(), group => group.childSubreaper ?? false),
  parentExeced: as(plain(), group => group.parentExeced ?? false),
  exitedCPUStats: as(usage, group => usageOf(group.exitedCPUStats.userTime).join()),
  childCPUStats: as(usage, group => usageOf(group.childCPUStats.userTime).join()),
  maxRSS: as(plain(), group => group.maxRSS),
  childMaxRSS: as(plain(), group => group.childMaxRSS),
  lastTimerSignalTask: as(plain(), group => serialOf(group.lastTimerSignalTask)),
}

const namespaceFields: Fields<PIDNamespaceFields, Core.PIDNamespace> = {
  exists: as(plain(), () => true),
  parent: as(plain(), ns => serialOf(ns.parent)),
  tasks: as(pairs, (ns, world) =>
    codeOfPairs(Array.from(ns.tasks, ([id, task]) => [world.slotOfID(ns, id), task.serial] as const)),
  ),
  tids: as(pairs, (ns, world) =>
    codeOfPairs(Array.from(ns.tids, ([task, id]) => [task.serial, world.slotOfID(ns, id)] as const)),
  ),
  exiting: as(plain(), ns => ns.exiting),
}

const processGroupFields: Fields<ProcessGroupFields, Core.ProcessGroup> = {
  session: as(plain(), pg => pg.session.leader.serial),
  ancestors: as(plain(), pg => pg.ancestors),
  refs: as(plain(), pg => pg.refs),
}

const sessionFields: Fields<SessionFields, Core.Session> = { refs: as(plain(), session => session.refs) }

/** A kind of cell, in the order in which they stand in a state. */
export interface Kind {
  readonly names: readonly string[]
  readonly fields: readonly Field<unknown, object>[]
  /** The cell with these fields; without any, that of a free slot. */
  make(fields: object): object
  readonly blank: readonly Code[]
}

export interface Cell {
  get(field: string): unknown
}

const kind = <F extends object, Object>(
  fields: Fields<F, Object>,
  make: (fields: Partial<F>) => object,
): Kind => {
  const names = Object.keys(fields)
  const list = Object.values(fields) as unknown as readonly Field<unknown, object>[]
  return { names, fields: list, make, blank: codesOf(make({}) as unknown as Cell, names, list) }
}

const codesOf = (
  cell: Cell,
  names: readonly string[],
  fields: readonly Field<unknown, object>[],
): readonly Code[] => fields.map(({ codec: { encode } }, i) => encode(cell.get(names[i] as string)))

export const kinds: readonly Kind[] = [
  kind(taskFields, makeTask),
  kind(groupFields, makeThreadGroup),
  kind(namespaceFields, makePIDNamespace),
  kind(processGroupFields, makeProcessGroup),
  kind(sessionFields, makeSession),
]

const bySlot = <T>(all: Iterable<T>, slot: (it: T) => number): (T | undefined)[] => {
  const found: (T | undefined)[] = []
  for (const it of all) found[slot(it)] = it
  return found
}

/** The objects of the core behind the cells, by kind and slot; nothing where a slot is free. */
const objectsOf = (world: World) => objectsBy.map(of => of(world))

/** The same, by kind. */
export const objectsBy: readonly ((world: World) => readonly (object | undefined)[])[] = [
  ({ tasks }) => tasks,
  ({ groups }) => groups,
  ({ namespaces }) => namespaces,
  ({ taskSet: { root } }) => bySlot(root.processGroups.values(), pg => pg.originator.serial),
  ({ taskSet: { root } }) => bySlot(root.sessions.values(), session => session.leader.serial),
]

/** The state of the spec that the core is in. */
export function stateOf({ scope, world }: View): ImmutableState {
  const objects = objectsOf(world)
  const cells = kinds.flatMap(({ names, fields, make }, at) =>
    slotsOf(scope).map(slot => {
      const object = objects[at]?.[slot]
      if (object === undefined) return make({})
      const values = fields.map(
        ({ codec: { decode }, read }, i) => [names[i], decode(read(object, world) as never, scope)] as const,
      )
      return make(Object.fromEntries(values))
    }),
  )
  return new ImmutableState(scope, cells as unknown as ImmutableState['cells'])
}

/** Cells are shared by many states. */
const cellCodes = new WeakMap<object, readonly Code[]>()

function codesOfCell(cell: object, { names, fields }: Kind): readonly Code[] {
  const known = cellCodes.get(cell)
  if (known !== undefined) return known
  const codes = codesOf(cell as Cell, names, fields)
  cellCodes.set(cell, codes)
  return codes
}

/** Is the core in this state? Says the same as comparing it with `stateOf`, and builds no state. */
export function isIn({ scope: { slots: count }, world }: View, state: ImmutableState): boolean {
  const objects = objectsOf(world)
  for (const [at, of] of kinds.entries())
    for (let slot = 0; slot < count; slot++) {
      const codes = codesOfCell(state.cells.at(at * count + slot) as object, of)
      const object = objects[at]?.[slot]
      for (const [i, code] of codes.entries()) {
        const seen = object === undefined ? of.blank[i] : of.fields[i]?.read(object, world)
        if (seen !== code) return false
      }
    }
  return true
}
