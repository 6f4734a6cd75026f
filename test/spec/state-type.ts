/**
 * The type of a state as a schema: what state.ts says to the compiler, asked of values.
 *
 * The compiler checks that every field, and every name of a union, is here. Beyond the type, ids are those of slots
 * of the scope, and counters are not negative.
 */
import { isList, isMap, isRecord, isSet, Record } from 'immutable'
import { z } from 'zod'
import type { ExitStatusFields } from '../../spec/exit-status.js'
import { cellKinds, type ImmutableState } from '../../spec/immutable-state.js'
import type { CloneFormFields } from '../../spec/menu.js'
import type { Scope } from '../../spec/scope.js'
import { allSignals, type Handler } from '../../spec/signals.js'
import type {
  ExitState,
  GroupStopPhase,
  PIDNamespaceFields,
  ProcessGroupFields,
  PtraceEvent,
  PtraceOption,
  PtraceRequestFields,
  RunState,
  SeizedFields,
  SessionFields,
  Stop,
  TaskFields,
  ThreadGroupFields,
} from '../../spec/state.js'
import type { WaitEvent, WaitOptionsFields } from '../../spec/wait-options.js'

/** Every name of a union: the compiler misses a forgotten one. */
const names = <N extends string>(all: { readonly [name in N]: true }) =>
  z.enum(Object.keys(all) as [N, ...N[]])

const exitState = names<ExitState>({ None: true, Initiated: true, Zombie: true, Dead: true })
const stop = names<Stop>({ group: true, ptrace: true, ptraceFrozen: true, exec: true, vfork: true })
const phase = names<GroupStopPhase>({ None: true, Dequeued: true, Initiated: true, Complete: true })
const handler = names<Handler>({ default: true, ignore: true, handler: true })
const signal = z.enum(allSignals)
const waitEvent = names<WaitEvent>({
  Exit: true,
  ChildGroupStop: true,
  TraceeStop: true,
  GroupContinue: true,
})
const ptraceEvent = names<PtraceEvent>({
  EXIT: true,
  EXEC: true,
  FORK: true,
  VFORK: true,
  CLONE: true,
  VFORK_DONE: true,
  STOP: true,
  'STOP SIGSTOP': true,
  'STOP SIGTSTP': true,
})
const ptraceOption = names<PtraceOption>({
  EXITKILL: true,
  TRACEEXIT: true,
  TRACEEXEC: true,
  TRACEFORK: true,
  TRACEVFORK: true,
  TRACECLONE: true,
  TRACEVFORKDONE: true,
})
const runState = names<RunState>({
  unborn: true,
  starting: true,
  app: true,
  interrupt: true,
  notifyContinue: true,
  notifyInterruptedStop: true,
  enterGroupStop: true,
  enterGroupStopLast: true,
  groupStopEntered: true,
  signalDeliveryStop: true,
  afterSignalDeliveryStop: true,
  deliverStop: true,
  deliverExit: true,
  wait: true,
  ptraceRequest: true,
  ptraceClone: true,
  maybeBeginVforkStop: true,
  afterVforkStop: true,
  syscallExit: true,
  afterExecStop: true,
  execUnstopVforkParent: true,
  ptraceExec: true,
  exit: true,
  exitMain: true,
  exitClearTid: true,
  exitRelease: true,
  exitUnstopVforkParent: true,
  exitPtrace: true,
  exitChildren: true,
  exitNotify: true,
  exited: true,
})

const listOf = (element: z.ZodType) => collection('a List', isList, z.array(element))
const setOf = (element: z.ZodType) => collection('a Set', isSet, z.array(element))
const mapOf = (key: z.ZodType, value: z.ZodType) => collection('a Map', isMap, z.array(z.tuple([key, value])))

/** A collection of immutable, whose elements, in the order of its iteration, are as `elements` says. */
const collection = <E>(what: string, is: (value: unknown) => boolean, elements: z.ZodType<unknown, E[]>) =>
  z
    .custom<Iterable<E>>(is, `not ${what}`)
    .transform(it => [...it])
    .pipe(elements)

type Schema<Fields> = { readonly [field in keyof Fields]: z.ZodType }

/** A record of immutable with this name and exactly these fields. */
const recordOf = <Fields>(name: string, fields: Schema<Fields>) =>
  z
    .custom<Record<object>>(
      value => isRecord(value) && Record.getDescriptiveName(value) === name,
      `not a ${name}`,
    )
    .transform(it => it.toObject())
    .pipe(z.strictObject(fields))

const exitStatus = recordOf<ExitStatusFields>('ExitStatus', {
  code: z.int().min(0),
  signo: signal.nullable(),
})

const cloneForm = recordOf<CloneFormFields>('CloneForm', {
  call: z.string(),
  newThreadGroup: z.boolean(),
  terminationSignal: signal.nullable(),
  vfork: z.boolean(),
  newPIDNamespace: z.boolean(),
  childClearTID: z.boolean(),
  untraced: z.boolean(),
  inheritTracer: z.boolean(),
})

const count = z.int().min(0)

/** The schemas of the five kinds of cells, in their order. */
function cellSchemas({ slots }: Scope): readonly z.ZodType[] {
  const id = z
    .int()
    .min(0)
    .max(slots - 1)
  const usage = listOf(id)

  const waitOptions = recordOf<WaitOptionsFields>('WaitOptions', {
    call: z.string(),
    specificTID: id.nullable(),
    specificPGID: id.nullable(),
    nonCloneTasks: z.boolean(),
    cloneTasks: z.boolean(),
    siblings: z.boolean(),
    events: setOf(waitEvent),
    consumeEvent: z.boolean(),
    block: z.boolean(),
  })
  const request = recordOf<PtraceRequestFields>('PtraceRequest', {
    request: z.enum(['CONT', 'DETACH', 'SETOPTIONS']),
    target: id,
    signal: signal.nullable(),
    options: setOf(ptraceOption),
  })
  const task = recordOf<TaskFields>('Task', {
    group: id,
    parent: id.nullable(),
    children: setOf(id),
    tracer: id.nullable(),
    tracees: setOf(id),
    exitState,
    runState,
    exitStatus,
    exitTracerNotified: z.boolean(),
    exitTracerAcked: z.boolean(),
    exitParentNotified: z.boolean(),
    exitParentAcked: z.boolean(),
    stop: stop.nullable(),
    interrupted: z.boolean(),
    pending: setOf(signal),
    masksAll: z.boolean(),
    groupStopRequired: z.boolean(),
    groupStopAcknowledged: z.boolean(),
    ptraceCode: z.union([signal, ptraceEvent]).nullable(),
    ptraceOpts: setOf(ptraceOption),
    seized: recordOf<SeizedFields>('Seized', {
      trapStop: z.boolean(),
      trapNotify: z.boolean(),
      listen: z.enum(['cannot', 'can', 'does']),
    }).nullable(),
    parentDeathSignal: signal.nullable(),
    cleartid: z.boolean(),
    vforkParent: id.nullable(),
    cloneChild: id.nullable(),
    cloneForm: cloneForm.nullable(),
    wait: waitOptions.nullable(),
    waitNotified: z.boolean(),
    inHand: signal.nullable(),
    request: request.nullable(),
    cpuStats: usage,
    mmMaxRSS: count,
  })
  const group = recordOf<ThreadGroupFields>('ThreadGroup', {
    leader: id.nullable(),
    tasks: listOf(id),
    tasksCount: count,
    liveTasks: count,
    activeTasks: count,
    exiting: z.boolean(),
    exitStatus,
    execing: id.nullable(),
    terminationSignal: signal.nullable(),
    groupStopPhase: phase,
    groupStopSignal: signal.nullable(),
    groupStopCount: count,
    groupStopWaitable: z.boolean(),
    groupContNotify: z.boolean(),
    groupContInterrupted: z.boolean(),
    groupContWaitable: z.boolean(),
    pending: setOf(signal),
    sigchld: handler,
    saNoCldWait: z.boolean(),
    saNoCldStop: z.boolean(),
    pidns: id,
    processGroup: id,
    execed: z.boolean(),
    childSubreaper: z.boolean(),
    parentExeced: z.boolean(),
    exitedCPUStats: usage,
    childCPUStats: usage,
    maxRSS: count,
    childMaxRSS: count,
    lastTimerSignalTask: id.nullable(),
  })
  const namespace = recordOf<PIDNamespaceFields>('PIDNamespace', {
    exists: z.boolean(),
    parent: id.nullable(),
    tasks: mapOf(id, id),
    tids: mapOf(id, id),
    exiting: z.boolean(),
  })
  const processGroup = recordOf<ProcessGroupFields>('ProcessGroup', {
    session: id,
    // A uint32 that wraps in the source; what would wrap is negative here.
    ancestors: z.int(),
    refs: count,
  })
  const session = recordOf<SessionFields>('Session', { refs: count })
  return [task, group, namespace, processGroup, session]
}

/**
 * For states of this scope: what is wrong with the type of one, a line for each error; none if nothing is.
 *
 * States share most of their cells, so what was said of a cell is remembered.
 */
export function typeOfStates(scope: Scope): (state: ImmutableState) => readonly string[] {
  const kinds = cellSchemas(scope).map(schema => ({
    schema,
    known: new WeakMap<object, readonly string[]>(),
  }))
  return ({ cells }) => {
    if (cells.length !== kinds.length * scope.slots) return [`there are ${cells.length} cells`]
    return cells.flatMap((cell, at) => {
      const kind = Math.floor(at / scope.slots)
      const { schema, known } = kinds[kind] as (typeof kinds)[number]
      const errors = known.get(cell) ?? errorsOf(schema, cell)
      known.set(cell, errors)
      return errors.map(error => `${cellKinds[kind]} ${at % scope.slots}: ${error}`)
    })
  }
}

const errorsOf = (schema: z.ZodType, cell: unknown): readonly string[] =>
  (schema.safeParse(cell).error?.issues ?? []).map(({ path, message }) =>
    path.length === 0 ? message : `${path.join('.')}: ${message}`,
  )
