/**
 * A core that is in a state of the spec, of which nothing is read before the core reads it.
 *
 * Its objects are of the core's own classes; each of their fields is taken from the cell of the spec when it is first
 * read. So a search that remembers what a rule does by what the rule has read remembers what the core does as well.
 *
 * Not here: the same core from a document, of which everything is read (document.ts).
 */
import type { ImmutableState } from '../../spec/immutable-state.js'
import { slotsOf } from '../../spec/scope.js'
import { groupFields, taskFields } from './document.js'
import { type Core, type CoreModule, idOfSlot, type Suspects, World } from './world.js'

const source = Symbol('source')

/** What an object is made from, and what is known of it: what was read, and what was written. */
interface Source {
  readonly world: LazyWorld
  readonly slot: number
  readonly values: Map<string, unknown>
  readonly written: Set<string>
}

type Fetch = (world: LazyWorld, slot: number) => unknown

/** Makes these fields of an object lazy. */
const lazily = (fetches: Readonly<Record<string, Fetch>>): PropertyDescriptorMap =>
  Object.fromEntries(
    Object.entries(fetches).map(([field, fetch]) => [
      field,
      {
        configurable: true,
        enumerable: true,
        get(this: { readonly [source]: Source }) {
          const { world, slot, values } = this[source]
          if (values.has(field)) return values.get(field)
          const value = fetch(world, slot)
          values.set(field, value)
          return value
        },
        set(this: { readonly [source]: Source }, value: unknown) {
          const { values, written } = this[source]
          values.set(field, value)
          written.add(field)
        },
      },
    ]),
  )

/** For the prototype of each class of a core, one that has its lazy fields too: to give them to each object takes four times as long. */
const lazyKinds = new WeakMap<object, object>()

function lazyKind(kind: object, descriptors: PropertyDescriptorMap): object {
  const known = lazyKinds.get(kind)
  if (known !== undefined) return known
  const made: object = Object.create(kind, descriptors)
  lazyKinds.set(kind, made)
  return made
}

/** The fields of a lazy object that were read or written; undefined for an object that was born in the step. */
export const touchedOf = (object: object): ReadonlyMap<string, unknown> | undefined =>
  sourceOf(object)?.values

/** Fields that are saved as they are. */
const asSaved = <Cell>(
  saving: Readonly<Record<string, (cell: Cell, pidns: () => number) => unknown>>,
  cellIn: (world: LazyWorld, slot: number) => Cell,
): Readonly<Record<string, Fetch>> =>
  Object.fromEntries(
    Object.entries(saving).map(([field, save]) => [
      field,
      (world, slot) => save(cellIn(world, slot), notAsked),
    ]),
  )

/** Only a wait is told otherwise in an inner namespace, and that is fetched in another way. */
const notAsked = (): never => {
  throw new Error('a saved field depends on the namespace that it is in')
}

type SavedStatus = Core.SavedTaskSet['tasks'][number]['exitStatus']

const statusIn = ({ core: { ExitStatus } }: World, { code, signo }: SavedStatus): Core.ExitStatus =>
  signo === 0 ? ExitStatus.exited(code) : ExitStatus.killedBy(signo)

const taskDescriptors = lazily({
  ...asSaved(taskFields, (world, slot) => world.state.task(slot)),
  group: (world, slot) => world.group(world.state.task(slot).group),
  parent: (world, slot) => world.taskOrNone(world.state.task(slot).parent),
  children: (world, slot) => world.tasksOf(taskFields.children(world.state.task(slot), notAsked)),
  tracer: (world, slot) => world.taskOrNone(world.state.task(slot).tracer),
  tracees: (world, slot) => world.tasksOf(taskFields.tracees(world.state.task(slot), notAsked)),
  exitStatus: (world, slot) => statusIn(world, taskFields.exitStatus(world.state.task(slot), notAsked)),
  vforkParent: (world, slot) => world.taskOrNone(world.state.task(slot).vforkParent),
  cloneChild: (world, slot) => world.taskOrNone(world.state.task(slot).cloneChild),
  waiting(world, slot) {
    const { wait, group } = world.state.task(slot)
    return wait === null ? null : world.sleepersOf(group).waits.get(slot)
  },
  request(world, slot) {
    const saved = taskFields.request(world.state.task(slot), notAsked)
    return saved && { ...saved, target: world.task(saved.target) }
  },
})

const groupDescriptors = lazily({
  ...asSaved(groupFields, (world, slot) => world.state.group(slot)),
  eventQueue: (world, slot) => world.sleepersOf(slot).queue,
  leader: (world, slot) => world.taskOrNone(world.state.group(slot).leader),
  tasks: (world, slot) => world.tasksOf(world.state.group(slot).tasks),
  exitStatus: (world, slot) => statusIn(world, groupFields.exitStatus(world.state.group(slot), notAsked)),
  execing: (world, slot) => world.taskOrNone(world.state.group(slot).execing),
  pidns: (world, slot) => world.namespace(world.state.group(slot).pidns),
  processGroup: (world, slot) => world.processGroup(world.state.group(slot).processGroup),
  lastTimerSignalTask: (world, slot) => world.taskOrNone(world.state.group(slot).lastTimerSignalTask),
})

const namespaceDescriptors = lazily({
  parent(world, slot) {
    const { parent } = world.state.namespace(slot)
    return parent === null ? null : world.namespace(parent)
  },
  last: (world, slot) => world.bornBefore - slot,
  tasks: (world, slot) =>
    new Map(
      Array.from(world.state.namespace(slot).tasks, ([id, task]) => [idOfSlot(id, slot), world.task(task)]),
    ),
  tids: (world, slot) =>
    new Map(
      Array.from(world.state.namespace(slot).tids, ([task, id]) => [world.task(task), idOfSlot(id, slot)]),
    ),
  processGroups: (world, slot) =>
    new Map(world.visibleFrom(slot, 'processGroup').map(it => [idOfSlot(it, slot), world.processGroup(it)])),
  pgids: (world, slot) =>
    new Map(world.visibleFrom(slot, 'processGroup').map(it => [world.processGroup(it), idOfSlot(it, slot)])),
  sessions: (world, slot) =>
    new Map(world.visibleFrom(slot, 'session').map(it => [idOfSlot(it, slot), world.session(it)])),
  sids: (world, slot) =>
    new Map(world.visibleFrom(slot, 'session').map(it => [world.session(it), idOfSlot(it, slot)])),
  exiting: (world, slot) => world.state.namespace(slot).exiting,
})

const processGroupDescriptors = lazily({
  id: (world, slot) => idOfSlot(slot, world.state.group(slot).pidns),
  members: (world, slot) => new Set(world.membersOf(slot).map(group => world.group(group))),
  refs: (world, slot) => world.state.processGroup(slot).refs,
  ancestors: (world, slot) => world.state.processGroup(slot).ancestors,
  session: (world, slot) => world.session(world.state.processGroup(slot).session),
})

const sessionDescriptors = lazily({
  id: (world, slot) => idOfSlot(slot, world.state.group(slot).pidns),
  processGroups: (world, slot) => new Set(world.processGroupsOf(slot).map(pg => world.processGroup(pg))),
  refs: (world, slot) => world.state.session(slot).refs,
})

const taskSetDescriptors = lazily({ nextSerial: world => world.bornBefore })

/** The blocked waits of a group, by slot, and the queue that some of them are in. */
interface Sleepers {
  readonly queue: Core.EventQueue
  readonly waits: Map<number, ReturnType<CoreModule['newWaiting']>>
}

export class LazyWorld extends World {
  /** Those that were made, by slot, whether anybody has read them or not. */
  readonly #tasks: (Core.Task | undefined)[] = []
  readonly #groups: (Core.ThreadGroup | undefined)[] = []
  readonly #namespaces: (Core.PIDNamespace | undefined)[] = []
  readonly #processGroups: (Core.ProcessGroup | undefined)[] = []
  readonly #sessions: (Core.Session | undefined)[] = []
  readonly #sleepers: (Sleepers | undefined)[] = []
  override readonly tasks = this.#bySlot(
    slot => (this.state.task(slot).runState === 'unborn' ? undefined : this.task(slot)),
    this.#tasks,
    () => Math.max(this.bornBefore, this.#tasks.length),
  )
  override readonly groups = this.#bySlot(
    slot => (this.state.group(slot).leader === null ? undefined : this.group(slot)),
    this.#groups,
    () => this.slots,
  )
  override readonly namespaces = this.#bySlot(
    slot => (this.state.namespace(slot).exists ? this.namespace(slot) : undefined),
    this.#namespaces,
    () => this.slots,
  )

  constructor(
    core: CoreModule,
    readonly state: ImmutableState,
    options: { readonly profile: Core.Profile; readonly observe?: Core.Observer },
  ) {
    const taskSet = new core.TaskSet({ ...options, schedule: 'by hand' })
    const { slots, accounting } = state.scope
    super(core, slots, accounting, { taskSet, tasks: new Map(), groups: new Map(), namespaces: new Map() })
    this.#overlaid(taskSet, taskSetDescriptors, 0)
    this.#namespaces[0] = this.#overlaid(taskSet.root, namespaceDescriptors, 0)
  }

  task(slot: number): Core.Task {
    this.#tasks[slot] ??= this.#overlaid(
      new this.core.Task(this.taskSet, slot, none as Core.ThreadGroup),
      taskDescriptors,
      slot,
    )
    return this.#tasks[slot]
  }

  group(slot: number): Core.ThreadGroup {
    this.#groups[slot] ??= this.#overlaid(
      new this.core.ThreadGroup(this.taskSet, none as Core.PIDNamespace, slot),
      groupDescriptors,
      slot,
    )
    return this.#groups[slot]
  }

  namespace(slot: number): Core.PIDNamespace {
    this.#namespaces[slot] ??= this.#overlaid(
      new this.core.PIDNamespace(slot, null),
      namespaceDescriptors,
      slot,
    )
    return this.#namespaces[slot]
  }

  processGroup(slot: number): Core.ProcessGroup {
    this.#processGroups[slot] ??= this.#overlaid(
      new this.core.ProcessGroup(this.group(slot), 0, none as Core.Session),
      processGroupDescriptors,
      slot,
    )
    return this.#processGroups[slot]
  }

  session(slot: number): Core.Session {
    this.#sessions[slot] ??= this.#overlaid(
      new this.core.Session(this.group(slot), 0),
      sessionDescriptors,
      slot,
    )
    return this.#sessions[slot]
  }

  /** What the core has read or made: a registry that it has changed it has read. */
  override get suspects(): Suspects {
    const { root } = this.taskSet
    const processGroups = withFounded(this.#processGroups, root, 'processGroups')
    const sessions = withFounded(this.#sessions, root, 'sessions')
    const isAnyIndexed = processGroups.size + sessions.size > 0
    return {
      processGroups,
      sessions,
      namespaces: [...this.namespaces].filter(
        ns => ns !== undefined && (isAnyIndexed || indexes.some(it => knows(ns, it))),
      ),
      groups: this.#groups.filter((_, slot) => this.#sleepers[slot] !== undefined) as Core.ThreadGroup[],
    }
  }

  /** Nobody is asked before it is known who was moved: that would be to read all tasks. */
  override ready(): ReadonlySet<Core.Task> {
    return new Set()
  }

  /** Of those that were moved, and those that may wait in their exit for what has happened to another. */
  override madeReady(): readonly Core.Task[] {
    const moved = this.#tasks.filter(
      (task): task is Core.Task => task !== undefined && progress.some(it => isWritten(task, it)),
    )
    const suspects = new Set([...moved, ...this.#dying()])
    return [...suspects].filter(task => task.nextSteps().length > 0 && !this.#wasReady(task))
  }

  /** Whom the exit of another may let go on. */
  #dying(): readonly Core.Task[] {
    if (this.taskSet.profile.switches.dyingInit === 'goes ahead') return []
    const hasSomebodyLeft = this.#tasks.some(task => task && leaving.some(it => isAssigned(task, it)))
    if (!hasSomebodyLeft) return []
    return [...this.tasks].filter(
      task => task?.runState === 'exitChildren' || task?.runState === 'exitNotify',
    )
  }

  #wasReady({ serial }: Core.Task): boolean {
    if (serial >= this.bornBefore) return false
    const before = new LazyWorld(this.core, this.state, { profile: this.taskSet.profile })
    return before.task(serial).nextSteps().length > 0
  }

  /** To look for one would be to read all tasks. */
  override callerBeside(): undefined {
    return undefined
  }

  taskOrNone(slot: number | null): Core.Task | null {
    return slot === null ? null : this.task(slot)
  }

  tasksOf(slots: Iterable<number>): Set<Core.Task> {
    return new Set(Array.from(slots, slot => this.task(slot)))
  }

  /** How many tasks there are. */
  get bornBefore(): number {
    const slots = slotsOf(this.state.scope)
    const free = slots.find(slot => this.state.task(slot).runState === 'unborn')
    return free ?? slots.length
  }

  /** As they sleep in a restored core: the oldest first. */
  sleepersOf(group: number): Sleepers {
    const known = this.#sleepers[group]
    if (known !== undefined) return known
    const made: Sleepers = { queue: new this.core.EventQueue(), waits: new Map() }
    this.#sleepers[group] = made
    for (const slot of slotsOf(this.state.scope)) {
      const cell = this.state.task(slot)
      if (cell.wait === null || cell.group !== group) continue
      const saved = taskFields.waiting(cell, () => this.state.group(group).pidns)
      if (saved === null) continue
      const waiting = this.core.newWaiting(this.task(slot), saved.options)
      if (cell.runState === 'wait') waiting.sleep()
      waiting.notified = saved.notified
      made.waits.set(slot, waiting)
      // Whatever becomes of the wait becomes of the task.
      void this.task(slot).waiting
    }
    return made
  }

  /** Process groups or sessions that have an id in this namespace. */
  visibleFrom(namespace: number, kind: 'processGroup' | 'session'): readonly number[] {
    return slotsOf(this.state.scope).filter(
      slot => this.state[kind](slot).refs > 0 && this.#isBelow(this.state.group(slot).pidns, namespace),
    )
  }

  #isBelow(namespace: number, above: number): boolean {
    if (namespace === above || above === 0) return true
    const { parent } = this.state.namespace(namespace)
    return parent !== null && this.#isBelow(parent, above)
  }

  membersOf(processGroup: number): readonly number[] {
    const { state } = this
    if (state.processGroup(processGroup).refs === 0) return []
    return slotsOf(state.scope).filter(slot => {
      const { leader, processGroup: its } = state.group(slot)
      return leader !== null && its === processGroup && state.namespace(0).tids.has(leader)
    })
  }

  processGroupsOf(session: number): readonly number[] {
    const { state } = this
    return slotsOf(state.scope).filter(slot => {
      const { refs, session: its } = state.processGroup(slot)
      return refs > 0 && its === session
    })
  }

  /**
   * What of an object the core has read or written, by its properties; kinds are in the order of the cells. What it
   * has made itself was written as a whole.
   */
  touched(kind: number, slot: number): 'nothing' | 'everything' | ReadonlyMap<string, unknown> {
    const made = [this.#tasks, this.#groups, this.#namespaces, this.#processGroups, this.#sessions][kind]
    const object = this.#founded(kind, slot) ?? made?.[slot]
    if (object === undefined) return 'nothing'
    const touched = touchedOf(object)
    if (touched === undefined) return 'everything'
    return touched.size === 0 ? 'nothing' : touched
  }

  /** A process group or session that was founded in the step: it has an id in the root namespace. */
  #founded(kind: number, slot: number): object | undefined {
    const { root } = this.taskSet
    if (kind < 3 || !touchedOf(root)?.has(kind === 3 ? 'processGroups' : 'sessions')) return undefined
    const registered =
      kind === 3
        ? [...root.processGroups.values()].find(it => it.originator.serial === slot)
        : [...root.sessions.values()].find(it => it.leader.serial === slot)
    return registered
  }

  #overlaid<T extends object>(object: T, descriptors: PropertyDescriptorMap, slot: number): T {
    const of: Source = { world: this, slot, values: new Map(), written: new Set() }
    for (const field of Object.keys(descriptors)) delete object[field as keyof T]
    Object.setPrototypeOf(object, lazyKind(Object.getPrototypeOf(object), descriptors))
    return Object.defineProperty(object, source, { value: of })
  }

  /** An array whose elements are found when they are asked for. */
  #bySlot<T>(find: (slot: number) => T | undefined, made: (T | undefined)[], length: () => number): T[] {
    const handler: ProxyHandler<(T | undefined)[]> = {
      get(target, key) {
        if (key === 'length') return length()
        const slot = typeof key === 'string' ? Number(key) : Number.NaN
        if (Number.isInteger(slot)) return isBorn(made[slot]) ? made[slot] : find(slot)
        return Reflect.get(target, key)
      },
    }
    return new Proxy(made, handler) as T[]
  }
}

/** Fields that say what a task may do next. */
const progress = ['runState', 'stop', 'interrupted', 'waiting']
/** Fields that say how far an exit has come. */
const leaving = ['exitState', 'exitParentNotified']
/** Of a namespace: what it finds by an id. */
const indexes = ['processGroups', 'pgids', 'sessions', 'sids', 'last']

const sourceOf = (object: object): Source | undefined => (object as { readonly [source]?: Source })[source]

/** Has the core read the field, or made the object? */
const knows = (object: object, field: string): boolean => sourceOf(object)?.values.has(field) !== false

const isWritten = (object: object, field: string): boolean => sourceOf(object)?.written.has(field) !== false

/** Has the core written the field of an object that it has not made? */
const isAssigned = (object: object, field: string): boolean => sourceOf(object)?.written.has(field) === true

/** Of the process groups or sessions those that the core has read something of, and those that it has made. */
function withFounded<K extends 'processGroups' | 'sessions'>(
  made: readonly (object | undefined)[],
  root: Core.PIDNamespace,
  kind: K,
): ReadonlySet<Core.PIDNamespace[K] extends Map<number, infer T> ? T : never> {
  const registered: readonly object[] = knows(root, kind) ? [...root[kind].values()] : []
  const all = [...made, ...registered].filter(it => it !== undefined && sourceOf(it)?.values.size !== 0)
  return new Set(all) as never
}

/** An object that the core has made itself. */
const isBorn = (object: unknown): boolean =>
  typeof object === 'object' && object !== null && touchedOf(object) === undefined

const none = undefined as never
