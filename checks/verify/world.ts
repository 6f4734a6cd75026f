/**
 * A core under test, with its objects named as the spec names them.
 *
 * The spec names a task by its slot, which is the serial number of a core's task; what a task founds is named after
 * it; and a thread id is named after the task that it was given to first. Of ids a core knows only the numbers, so
 * the world keeps who got each.
 */
import type { CloneForm } from '../../spec/menu.js'
import type * as Core from '../../src/index.js'
import { timeOf } from './codes.js'

export type CoreModule = typeof Core
export type { Core }

/** Ids that a core never gives out: they stand for tasks that have none in a namespace. */
const noSuchID = 1_000_000

/**
 * The id of the task in a slot in the namespace that another one founded, in a world made from a state of the spec:
 * as if nobody had been born elsewhere.
 */
export const idOfSlot = (slot: number, founder: number): number =>
  slot >= founder ? slot - founder + 1 : noSuchID + slot

/** Objects of the core whose registries are looked at (registries.ts). */
export interface Suspects {
  readonly processGroups: Iterable<Core.ProcessGroup>
  readonly sessions: Iterable<Core.Session>
  readonly namespaces: Iterable<Core.PIDNamespace>
  /** Of these, who sleeps in the event queue. */
  readonly groups: Iterable<Core.ThreadGroup>
}

export class World {
  readonly tasks: Core.Task[] = []
  readonly groups: Core.ThreadGroup[] = []
  readonly namespaces: (Core.PIDNamespace | undefined)[] = []
  readonly #slotOfID: (Map<number, number> | undefined)[] = []
  readonly #idOfSlot: (Map<number, number> | undefined)[] = []

  constructor(
    readonly core: CoreModule,
    readonly slots: number,
    /** Does every task use time and memory of its own, so that accounts tell whose it was? */
    private readonly accounting: boolean,
    restored: Core.Restored,
  ) {
    this.taskSet = restored.taskSet
    this.#take(restored)
  }

  taskSet: Core.TaskSet

  /** Takes over the objects of a restored task set; the dead that were not saved stay as they are. */
  adopt(restored: Core.Restored): void {
    this.taskSet = restored.taskSet
    this.#take(restored)
  }

  #take({ tasks, groups, namespaces }: Core.Restored): void {
    for (const [slot, task] of tasks) this.tasks[slot] = task
    for (const [slot, group] of groups) this.groups[slot] = group
    for (const [slot, ns] of namespaces) this.namespaces[slot] = ns
  }

  /** Everything whose registries the last step may have changed. */
  get suspects(): Suspects {
    const groups = this.#current()
    return {
      processGroups: this.processGroups,
      sessions: this.sessions,
      namespaces: new Set([this.taskSet.root, ...groups.flatMap(({ pidns }) => [...pidns.up()])]),
      groups,
    }
  }

  /** All of them, also such as are gone and still named by a dead member, or registered although they are gone. */
  get processGroups(): ReadonlySet<Core.ProcessGroup> {
    const named = this.#current().map(group => group.processGroup)
    return new Set([...named, ...this.taskSet.root.processGroups.values()])
  }

  get sessions(): ReadonlySet<Core.Session> {
    const named = Array.from(this.processGroups, pg => pg.session)
    return new Set([...named, ...this.taskSet.root.sessions.values()])
  }

  /** Not those of the dead that were not saved, and are of a task set of before. */
  #current(): readonly Core.ThreadGroup[] {
    return [...this.groups].filter(group => group?.taskSet === this.taskSet) as Core.ThreadGroup[]
  }

  /** Tasks that may take a step of their own: nobody has to tell the scheduler of them. */
  ready(): ReadonlySet<Core.Task> {
    return new Set(this.tasks.filter(task => task !== undefined && task.nextSteps().length > 0))
  }

  /** Tasks that may take a step after the last step, and could not before it. */
  madeReady(before: ReadonlySet<Core.Task>): readonly Core.Task[] {
    return [...this.ready()].filter(task => !before.has(task))
  }

  /** Somebody of none of these processes who may make a system call, in a namespace from where it can be made; if there is anybody. */
  callerBeside(
    groups: Iterable<Core.ThreadGroup>,
    isFrom: (ns: Core.PIDNamespace) => boolean,
  ): Core.Task | undefined {
    const concerned = new Set(groups)
    return [...this.tasks].find(
      task =>
        task?.mayCall === true && !task.interrupted && !concerned.has(task.group) && isFrom(task.group.pidns),
    )
  }

  /** A task was born: it and what it founds get their names. */
  born(task: Core.Task, form: CloneForm): void {
    const { serial: slot, group } = task
    if (this.accounting) {
      task.cpuStats = { userTime: timeOf(slot), sysTime: 0 }
      // Memory of its own is new, and has been used by nobody.
      if (form.newThreadGroup && !form.vfork) task.mmMaxRSS += slot + 1
    }
    this.tasks[slot] = task
    if (group.serial === slot) this.groups[slot] = group
    if (group.pidns.serial === slot) this.namespaces[slot] = group.pidns
    const seenIn = new Set(group.pidns.up())
    for (const ns of this.namespaces)
      if (ns !== undefined) this.#name(ns.serial, seenIn.has(ns) ? ns.idOf(task) : noSuchID + slot, slot)
  }

  /** Does the slot have a name in this namespace, or will it have the expected one, whoever is born meanwhile? */
  canName(ns: Core.PIDNamespace, slot: number): boolean {
    return ns.parent === null || slot < this.tasks.length
  }

  #name(ns: number, id: number, slot: number): void {
    const slots = this.#slotOfID[ns] ?? new Map<number, number>()
    const ids = this.#idOfSlot[ns] ?? new Map<number, number>()
    this.#slotOfID[ns] = slots.set(id, slot)
    this.#idOfSlot[ns] = ids.set(slot, id)
  }

  /** The name of an id in a namespace; that of no id is 0, as in the spec. */
  slotOfID(ns: Core.PIDNamespace, id: number): number {
    if (id === 0) return 0
    const named = this.#slotOfID[ns.serial]?.get(id)
    if (named !== undefined) return named
    return id >= noSuchID ? id - noSuchID : id + ns.serial - 1
  }

  /** The id that the task in a slot got in a namespace at its birth, or would get. */
  idOfSlot(ns: Core.PIDNamespace, slot: number): number {
    return this.#idOfSlot[ns.serial]?.get(slot) ?? idOfSlot(slot, ns.serial)
  }
}
