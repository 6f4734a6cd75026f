/**
 * From the names in a topology to slots: where every task stands, or why it cannot stand there.
 *
 * Here: threads get the parent of their leader; namespace, session and process group are inherited from the
 * parent where nothing else is said; and every topology that no kernel could be in is refused.
 * Not here: the state (topology.ts).
 */
import type { TaskId } from './state.js'
import type { Topology, TopologyTask } from './topology.js'
import { TopologyError } from './topology-error.js'

/** A task of a topology, in slots. */
export type Place = {
  readonly id: TaskId
  /** What a task founded has its slot: thread groups, namespaces, process groups, sessions. */
  readonly group: TaskId
  readonly parent: TaskId | null
  readonly tracer: TaskId | null
  /** The namespaces that it has an id in, innermost first. */
  readonly namespaces: readonly TaskId[]
  readonly processGroup: TaskId
  readonly session: TaskId
  readonly stopped: 'unreported' | 'reported' | null
  readonly vforked: boolean
}

/** The place of every task, in the order of the topology. */
export function placesOf(topology: Topology): readonly Place[] {
  return new Places(topology).all()
}

/** Answers for one topology; every answer about a task checks what was said of it. */
class Places {
  private readonly names: readonly string[]

  constructor(private readonly topology: Topology) {
    this.names = topology.tasks.map(({ name }) => name)
    this.checkNames()
  }

  all(): readonly Place[] {
    const { tasks } = this.topology
    // One kind of check for all tasks before the next kind, which relies on it.
    tasks.forEach(task => this.checkGroup(task))
    tasks.forEach(task => this.checkParent(task))
    tasks.forEach(task => this.checkTree(task))
    tasks.forEach(task => this.checkTracer(task))
    tasks.forEach(task => this.checkJob(task))
    tasks.forEach(task => this.checkStops(task))
    return tasks.map(task => {
      const leader = this.leaderOf(task)
      const parent = this.parentOf(task)
      return {
        id: this.idOf(task),
        group: this.idOf(leader),
        parent: parent && this.idOf(parent),
        tracer: task.tracer === undefined ? null : this.idOf(this.named(task.tracer)),
        namespaces: this.namespacesOf(task).map(founder => this.idOf(founder)),
        processGroup: this.idOf(this.processGroupOf(leader)),
        session: this.idOf(this.sessionOf(leader)),
        stopped: leader.stopped ?? null,
        vforked: task.vforked ?? false,
      }
    })
  }

  // Answers. A task stands for the thread group, namespace, process group or session that it founded.

  private idOf({ name }: TopologyTask): TaskId {
    return this.names.indexOf(name)
  }

  private named(name: string): TopologyTask {
    return this.topology.tasks[this.names.indexOf(name)] as TopologyTask
  }

  private isInit(task: TopologyTask): boolean {
    return task === this.topology.tasks[0]
  }

  private leaderOf(task: TopologyTask): TopologyTask {
    return task.group === undefined ? task : this.named(task.group)
  }

  private parentOf(task: TopologyTask): TopologyTask | null {
    const { parent } = this.leaderOf(task)
    return parent === undefined ? null : this.named(parent)
  }

  /** Innermost first. */
  private namespacesOf(task: TopologyTask): readonly TopologyTask[] {
    const leader = this.leaderOf(task)
    const parent = this.parentOf(leader)
    if (parent === null) return [leader]
    return leader.founds === 'namespace' ? [leader, ...this.namespacesOf(parent)] : this.namespacesOf(parent)
  }

  /** The nearest session leader above, or the init. */
  private sessionOf(task: TopologyTask): TopologyTask {
    const leader = this.leaderOf(task)
    const parent = this.parentOf(leader)
    return parent === null || leader.leads === 'session' ? leader : this.sessionOf(parent)
  }

  private processGroupOf(task: TopologyTask): TopologyTask {
    const leader = this.leaderOf(task)
    if (leader.processGroup !== undefined) return this.named(leader.processGroup)
    const parent = this.parentOf(leader)
    return parent === null || leader.leads !== undefined ? leader : this.processGroupOf(parent)
  }

  // Refusals.

  private refuse(what: string, next: string): never {
    throw new TopologyError(`${this.topology.name}: ${what}`, next)
  }

  private checkNames(): void {
    if (this.names.length === 0) this.refuse('there is no task.', 'Give it an init at least.')
    this.names.forEach((name, index) => {
      if (!/^[a-z][a-z0-9]*([- ][a-z0-9]+)*$/.test(name))
        this.refuse(
          `a task cannot be named '${name}'.`,
          'Use small letters and digits, with single spaces or hyphens.',
        )
      if (/^new\d+$/.test(name))
        this.refuse(`a task cannot be named ${name}: free slots are.`, 'Name it otherwise.')
      if (this.names.indexOf(name) !== index)
        this.refuse(`two tasks are named ${name}.`, 'Name one of them otherwise.')
    })
  }

  private checkKnown({ name }: TopologyTask, role: string, other: string | undefined): void {
    if (other === undefined || this.names.includes(other)) return
    this.refuse(
      `${role} of ${name} is ${other}, which is no task.`,
      `The tasks are ${this.names.join(', ')}.`,
    )
  }

  private checkGroup(task: TopologyTask): void {
    const { name, group } = task
    this.checkKnown(task, 'the leader', group)
    if (group === undefined) return
    const leader = this.named(group)
    if (leader === task)
      this.refuse(`${name} is a thread beside itself.`, `Leave out the group of ${name}: then it leads one.`)
    if (leader.group !== undefined)
      this.refuse(
        `${name} is in the group of ${group}, which leads none.`,
        `Put ${name} into the group of ${leader.group}, as ${group} is.`,
      )
    if (this.idOf(leader) > this.idOf(task))
      this.refuse(
        `${name} is listed before ${group}, the leader of its group.`,
        'List the oldest task of a group first.',
      )
    for (const said of ['parent', 'founds', 'leads', 'processGroup', 'stopped', 'vforked'] as const)
      if (task[said] !== undefined)
        this.refuse(
          `${name} is a thread, but has '${said}', which belongs to a process.`,
          `Say '${said}' of ${group}, if at all.`,
        )
  }

  private checkParent(task: TopologyTask): void {
    const { name, parent, group } = task
    this.checkKnown(task, 'the parent', parent)
    if (this.isInit(task)) {
      if (parent !== undefined)
        this.refuse(`${name} is the init, but has a parent.`, 'List a task without a parent first.')
      if (task.founds !== undefined)
        this.refuse(`${name} is the init: it has founded the root namespace already.`, `Leave out 'founds'.`)
    } else if (group === undefined && parent === undefined)
      this.refuse(
        `${name} has no parent, but is not the init.`,
        `Make it a child of ${this.names[0]}, or of another task.`,
      )
  }

  /** Do all parents lead to the init? */
  private checkTree(task: TopologyTask): void {
    const above: TopologyTask[] = []
    for (let leader = this.leaderOf(task); ; ) {
      if (above.includes(leader)) {
        const cycle = [...above.slice(above.indexOf(leader)), leader].map(({ name }) => name)
        this.refuse(
          cycle.length === 2
            ? `${leader.name} is a child of its own thread group.`
            : `no parent of ${task.name} leads to the init: ${cycle.join(' is below ')}.`,
          `Make ${leader.name} a child of a task that is not below it.`,
        )
      }
      above.push(leader)
      const parent = this.parentOf(leader)
      if (parent === null) return
      leader = this.leaderOf(parent)
    }
  }

  private checkTracer(task: TopologyTask): void {
    const { name, tracer } = task
    this.checkKnown(task, 'the tracer', tracer)
    if (tracer === undefined) return
    if (tracer === name) this.refuse(`${name} traces itself.`, 'Let a task of another thread group trace it.')
    const by = this.named(tracer)
    if (this.leaderOf(by) === this.leaderOf(task))
      this.refuse(
        `${tracer} traces ${name}, which is in its own thread group.`,
        'Let a task of another thread group trace it.',
      )
    const [inside] = this.namespacesOf(by)
    if (!this.namespacesOf(task).includes(inside as TopologyTask))
      this.refuse(
        `${tracer} traces ${name}, which has no id in the namespace of ${inside?.name}.`,
        `Let a task trace it that is in the namespace of ${this.namespacesOf(task)[0]?.name}, or above.`,
      )
  }

  private checkJob(task: TopologyTask): void {
    const { name, processGroup, leads } = task
    this.checkKnown(task, 'the process group', processGroup)
    if (this.isInit(task) && (leads ?? processGroup) !== undefined)
      this.refuse(
        `${name} is the init: it leads a session and a process group already.`,
        `Leave out 'leads' and 'processGroup'.`,
      )
    if (processGroup === undefined) return
    if (leads !== undefined)
      this.refuse(
        `${name} leads a ${leads}, but is in the process group of ${processGroup}.`,
        'Say one of the two.',
      )
    const leader = this.named(processGroup)
    if (leader.leads === undefined && !this.isInit(leader))
      this.refuse(
        `${name} is in the process group of ${processGroup}, which leads none.`,
        `Say that ${processGroup} leads a process group.`,
      )
    if (this.sessionOf(leader) !== this.sessionOf(task))
      this.refuse(
        `${name} joins ${processGroup} from another session, that of ${this.sessionOf(task).name}.`,
        `Choose a process group of that session.`,
      )
  }

  private checkStops(task: TopologyTask): void {
    const { name, tracer, vforked } = task
    if (tracer !== undefined && this.leaderOf(task).stopped !== undefined)
      this.refuse(
        `${name} is in a group stop, but has the tracer ${tracer}: a tracee is in a ptrace-stop instead.`,
        `Leave out the tracer or 'stopped'.`,
      )
    if (!vforked) return
    const parent = this.parentOf(task)
    if (parent === null)
      this.refuse(`${name} is the init: nobody waits for it in vfork.`, `Leave out 'vforked'.`)
    const siblings = this.topology.tasks.filter(other => other.vforked && this.parentOf(other) === parent)
    if (siblings.length > 1)
      this.refuse(
        `${parent.name} waits in vfork for ${siblings.map(other => other.name).join(' and ')}.`,
        `Leave out 'vforked' for all but one.`,
      )
    if (this.leaderOf(parent).stopped !== undefined)
      this.refuse(
        `${parent.name} waits in vfork for ${name}, but is in a group stop.`,
        `Leave out 'vforked' of ${name} or 'stopped' of ${this.leaderOf(parent).name}.`,
      )
  }
}
