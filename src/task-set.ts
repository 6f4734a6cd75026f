/**
 * A task set: all tasks of a kernel, with what they share: the root namespace, the profile, the scheduler's queue.
 * Source: `TaskSet` in threads.go and task_exit.go, `newTask` in task_start.go.
 */
import type { CloneOptions } from './clone-options.js'
import type { ExitStatus } from './exit-status.js'
import type { Observer } from './kernel-event.js'
import { PIDNamespace } from './pid-namespace.js'
import { foundFirstSession, inheritProcessGroup, type ProcessGroup } from './process-group.js'
import { gvisor2018, type Profile } from './profile.js'
import { killTask, sendSignal } from './send-signal.js'
import type { Signal } from './signals.js'
import { Task } from './task.js'
import { ThreadGroup } from './thread-group.js'
import type { Finding } from './wait-options.js'

export interface TaskSetOptions {
  /** Semantics; the default is `gvisor2018`. */
  readonly profile?: Profile
  /** Is told of every step, and of what it did that the outside can see. */
  readonly observe?: Observer
  /**
   * Who runs the steps that tasks have to do: a microtask as soon as there are some, or the embedder, by `run` or
   * by `task.step`.
   */
  readonly schedule?: 'automatically' | 'by hand'
  /** How many ids a namespace has. */
  readonly maxTasks?: number
}

export class TaskSet {
  readonly root: PIDNamespace
  readonly profile: Profile
  observe: Observer | undefined
  /**
   * The order in which a set of tasks is gone through where the source leaves that to chance. Without it, the
   * order in which they came.
   */
  order: ((tasks: readonly Task[]) => readonly Task[]) | undefined
  /** Which of several events a wait returns, where the source leaves that to chance. Without it, the first found. */
  pick: ((findings: readonly Finding[]) => Finding) | undefined
  /** The serial number of the next task. */
  nextSerial = 0
  readonly #schedule: 'automatically' | 'by hand'
  /** Tasks that something has happened to, and may have a step to run. */
  readonly #woken = new Set<Task>()
  #isRunScheduled = false
  #changed: (() => void)[] = []

  constructor({ profile = gvisor2018, observe, schedule = 'automatically', maxTasks }: TaskSetOptions = {}) {
    this.profile = profile
    this.observe = observe
    this.#schedule = schedule
    this.root = new PIDNamespace(0, null, maxTasks)
  }

  /** The first process. Throws if there is one. */
  createInit(): Task {
    if (this.nextSerial > 0) throw new Error('the task set has an init')
    const init = this.#newTask(this.root, null, undefined)
    foundFirstSession(init.group)
    init.runState = 'app'
    return init
  }

  /** A process, born of `parent`. Its clone is not over: it does not run yet. */
  newProcess(parent: Task, { terminationSignal, newPIDNamespace }: CloneOptions): Task {
    const { group } = parent
    const pidns = newPIDNamespace
      ? new PIDNamespace(this.nextSerial, group.pidns, group.pidns.limit)
      : group.pidns
    const child = this.#newTask(pidns, parent, terminationSignal)
    child.group.sigchldAction = group.sigchldAction
    inheritProcessGroup(child.group, group)
    return child
  }

  /** A thread of the process of `sibling`, with the same parent. */
  newThread(sibling: Task): Task {
    const child = new Task(this, this.nextSerial, sibling.group)
    this.#admit(child, sibling.parent)
    return child
  }

  #newTask(pidns: PIDNamespace, parent: Task | null, terminationSignal: Signal | undefined): Task {
    const group = new ThreadGroup(this, pidns, this.nextSerial, terminationSignal)
    const task = new Task(this, this.nextSerial, group)
    group.leader = task
    this.#admit(task, parent)
    return task
  }

  #admit(task: Task, parent: Task | null): void {
    const { group } = task
    group.pidns.admit(task)
    this.nextSerial++
    task.parent = parent
    parent?.children.add(task)
    group.tasks.add(task)
    group.tasksCount++
    group.liveTasks++
    group.activeTasks++
  }

  /** All tasks in the root namespace: all that were not reaped. */
  get tasks(): Iterable<Task> {
    return this.root.tids.keys()
  }

  /** The task with this id in the root namespace. */
  taskWithID(tid: number): Task | undefined {
    return this.root.tasks.get(tid)
  }

  /** In an order that the policy decides; a copy, which stays as it is whatever happens to the set. */
  ordered(tasks: Iterable<Task>): readonly Task[] {
    const copy = [...tasks]
    return this.order === undefined ? copy : this.order(copy)
  }

  /** Everything is to exit, as if exit_group had been called with this status. Source: `TaskSet.Kill`. */
  kill(status: ExitStatus): void {
    this.root.exiting = true
    for (const task of this.ordered(this.root.tids.keys())) {
      const { group } = task
      if (!group.exiting) group.beginExit(status)
      killTask(task)
    }
  }

  sendSignalToProcessGroup(pg: ProcessGroup, sig: Signal): void {
    for (const leader of this.ordered([...pg.members].map(group => group.leader)))
      sendSignal(leader, sig, true)
  }

  /** kill(-1): to every process of the caller's namespace but its init and the caller's own. Says whether there was one. */
  sendSignalToAllBut(caller: ThreadGroup, sig: Signal): boolean {
    const { tids, init } = caller.pidns
    const others = [...tids.keys()].filter(
      ({ isLeader, group }) => isLeader && group !== caller && group !== init?.group,
    )
    for (const leader of this.ordered(others)) sendSignal(leader, sig, true)
    return others.length > 0
  }

  // The scheduler's queue.

  /** Something has happened to the task that may let it run. */
  wake(task: Task): void {
    this.#woken.add(task)
    if (this.#schedule === 'automatically') this.#runSoon()
  }

  /**
   * Runs every step that tasks have to do, until all of them run their programs, are stopped, sleep, or have
   * exited. Gives the number of steps.
   */
  run(): number {
    let steps = 0
    for (const task of this.#woken) {
      this.#woken.delete(task)
      for (; task.nextSteps().length > 0; steps++) task.step()
    }
    const changed = this.#changed
    this.#changed = []
    for (const tell of changed) tell()
    return steps
  }

  /** Resolves when the tasks have run next. */
  nextChange(): Promise<void> {
    return new Promise(resolve => this.#changed.push(resolve))
  }

  #runSoon(): void {
    if (this.#isRunScheduled) return
    this.#isRunScheduled = true
    void Promise.resolve().then(() => {
      this.#isRunScheduled = false
      this.run()
    })
  }
}
