/**
 * A task set from a document, which is believed nothing.
 *
 * Checked is whatever could make a step fail or not end: kinds of values, references, and what a run state needs.
 * Not checked is that relations agree: the source has states in which `children` and `parent` do not.
 */

import type { CloneOptions } from './clone-options.js'
import type { CPUStats } from './cpu-stats.js'
import { Place } from './document.js'
import { ExitStatus } from './exit-status.js'
import { PIDNamespace } from './pid-namespace.js'
import { ProcessGroup, Session } from './process-group.js'
import {
  laterCalls,
  type Profile,
  type Switches,
  type SwitchName,
  switchNames,
  switchValues,
} from './profile.js'
import { knownPtraceOptions, type PtraceRequest } from './ptrace-options.js'
import { runStates } from './run-state.js'
import { savedVersion } from './saved.js'
import { listens, type Seized } from './seize.js'
import { allSignals, isSignal, noSignals, type SignalSet } from './signals.js'
import { stops } from './stop.js'
import { exitStates, Task } from './task.js'
import { TaskSet, type TaskSetOptions } from './task-set.js'
import { groupStopPhases, type SignalAction, ThreadGroup } from './thread-group.js'
import { newWaiting } from './wait.js'
import type { WaitOptions } from './wait-options.js'

/** The objects of a restored task set by their serial numbers: the dead as well. */
export interface Restored {
  readonly taskSet: TaskSet
  readonly tasks: ReadonlyMap<number, Task>
  readonly groups: ReadonlyMap<number, ThreadGroup>
  readonly namespaces: ReadonlyMap<number, PIDNamespace>
}

export type RestoreOptions = Omit<TaskSetOptions, 'profile' | 'maxTasks'> & {
  /** Go on with another profile than the one that was saved. */
  readonly profile?: Profile
}

/**
 * The task set goes on where it was saved. Blocked waits go on too; `task.pendingWait` tells of their results.
 *
 * Throws a RestoreError, which says where the document is damaged.
 */
export const restore = (document: unknown, options: RestoreOptions = {}): TaskSet =>
  restoreAll(document, options).taskSet

export function restoreAll(document: unknown, options: RestoreOptions = {}): Restored {
  const top = new Place(document, 'the document')
  const version = top.at('version').integer()
  if (version !== savedVersion) top.at('version').fail(`is ${version}; this library reads ${savedVersion}`)
  return new Restoring(top, options).restored
}

const isSerial = (place: Place): number => place.at('serial').count()

class Restoring {
  readonly #taskSet: TaskSet
  readonly #namespaces = new Map<number, PIDNamespace>()
  readonly #groups = new Map<number, ThreadGroup>()
  readonly #tasks = new Map<number, Task>()
  readonly #sessions = new Map<number, Session>()
  readonly #processGroups = new Map<number, ProcessGroup>()

  constructor(top: Place, options: RestoreOptions) {
    const profile = options.profile ?? readProfile(top.at('profile'))
    const [root, ...inner] = top.at('namespaces').items
    if (root === undefined || isSerial(root) !== 0 || !root.at('parent').isNull)
      top.at('namespaces').fail('does not begin with the root namespace')
    this.#taskSet = new TaskSet({ ...options, profile, maxTasks: (root as Place).at('limit').count() })
    this.#taskSet.nextSerial = top.at('nextSerial').count()

    const [groups, tasks] = [top.at('groups').items, top.at('tasks').items]
    const [sessions, processGroups] = [top.at('sessions').items, top.at('processGroups').items]
    // First everything that others refer to, then what it refers to itself.
    this.#namespaces.set(0, this.#taskSet.root)
    for (const place of inner) this.#makeNamespace(place)
    for (const place of groups) this.#makeGroup(place)
    for (const place of tasks) this.#makeTask(place)
    for (const [i, place] of sessions.entries()) this.#makeSession(i, place)
    for (const [i, place] of processGroups.entries()) this.#makeProcessGroup(i, place)
    for (const place of groups) this.#fillGroup(place)
    for (const place of tasks) this.#fillTask(place)
    for (const place of [root as Place, ...inner]) this.#fillNamespace(place)
    for (const place of tasks) this.#resume(place)
  }

  get restored(): Restored {
    return {
      taskSet: this.#taskSet,
      tasks: this.#tasks,
      groups: this.#groups,
      namespaces: this.#namespaces,
    }
  }

  #makeNamespace(place: Place): void {
    const parent = place.at('parent').reference(this.#namespaces, 'namespace')
    const serial = isSerial(place)
    if (this.#namespaces.has(serial)) place.fail(`is a second namespace ${serial}`)
    this.#namespaces.set(serial, new PIDNamespace(serial, parent, place.at('limit').count()))
  }

  #makeGroup(place: Place): void {
    const serial = isSerial(place)
    if (this.#groups.has(serial)) place.fail(`is a second group ${serial}`)
    const pidns = place.at('pidns').reference(this.#namespaces, 'namespace')
    const group = new ThreadGroup(this.#taskSet, pidns, serial, signalOrNone(place.at('terminationSignal')))
    this.#groups.set(serial, group)
  }

  #makeTask(place: Place): void {
    const serial = isSerial(place)
    if (this.#tasks.has(serial)) place.fail(`is a second task ${serial}`)
    if (serial >= this.#taskSet.nextSerial) place.at('serial').fail('is still to be given')
    this.#tasks.set(
      serial,
      new Task(this.#taskSet, serial, place.at('group').reference(this.#groups, 'group')),
    )
  }

  #makeSession(position: number, place: Place): void {
    const session = new Session(place.at('leader').reference(this.#groups, 'group'), place.at('id').count())
    session.refs = place.at('refs').count()
    this.#sessions.set(position, session)
  }

  #makeProcessGroup(position: number, place: Place): void {
    const pg = new ProcessGroup(
      place.at('originator').reference(this.#groups, 'group'),
      place.at('id').count(),
      place.at('session').reference(this.#sessions, 'session'),
    )
    pg.refs = place.at('refs').count()
    pg.ancestors = place.at('ancestors').integer()
    if (pg.refs > 0) pg.session.processGroups.add(pg)
    for (const member of place.at('members').items) pg.members.add(member.reference(this.#groups, 'group'))
    this.#processGroups.set(position, pg)
  }

  #fillGroup(place: Place): void {
    const group = this.#groups.get(isSerial(place)) as ThreadGroup
    group.leader = this.#task(place.at('leader'))
    if (group.leader.group !== group) place.at('leader').fail('is of another group')
    for (const it of place.at('tasks').items) {
      const task = this.#task(it)
      if (task.group !== group) it.fail('is of another group')
      group.tasks.add(task)
    }
    group.tasksCount = place.at('tasksCount').count()
    group.liveTasks = place.at('liveTasks').count()
    group.activeTasks = place.at('activeTasks').count()
    group.exiting = place.at('exiting').bool()
    group.exitStatus = readStatus(place.at('exitStatus'))
    group.execing = place.at('execing').orNull(it => this.#task(it))
    group.groupStopPhase = place.at('groupStopPhase').oneOf(groupStopPhases)
    group.groupStopSignal = signalOrNone(place.at('groupStopSignal'))
    group.groupStopCount = place.at('groupStopCount').count()
    group.groupStopWaitable = place.at('groupStopWaitable').bool()
    group.groupContNotify = place.at('groupContNotify').bool()
    group.groupContInterrupted = place.at('groupContInterrupted').bool()
    group.groupContWaitable = place.at('groupContWaitable').bool()
    group.pendingSignals = signalSet(place.at('pendingSignals'))
    group.sigchldAction = readAction(place.at('sigchldAction'))
    group.processGroup = place.at('processGroup').reference(this.#processGroups, 'process group')
    group.execed = place.at('execed').bool()
    group.childSubreaper = place.has('childSubreaper') && place.at('childSubreaper').bool()
    group.parentExeced = place.has('parentExeced') && place.at('parentExeced').bool()
    group.exitedCPUStats = readStats(place.at('exitedCPUStats'))
    group.childCPUStats = readStats(place.at('childCPUStats'))
    group.maxRSS = place.at('maxRSS').number()
    group.childMaxRSS = place.at('childMaxRSS').number()
    group.lastTimerSignalTask = place.at('lastTimerSignalTask').orNull(it => this.#task(it))
  }

  #fillTask(place: Place): void {
    const task = this.#task(place.at('serial'))
    task.parent = place.at('parent').orNull(it => this.#task(it))
    for (const it of place.at('children').items) task.children.add(this.#task(it))
    task.tracer = place.at('tracer').orNull(it => this.#task(it))
    for (const it of place.at('tracees').items) task.tracees.add(this.#task(it))
    task.exitState = place.at('exitState').oneOf(exitStates)
    task.runState = place.at('runState').oneOf(runStates)
    task.exitStatus = readStatus(place.at('exitStatus'))
    task.exitTracerNotified = place.at('exitTracerNotified').bool()
    task.exitTracerAcked = place.at('exitTracerAcked').bool()
    task.exitParentNotified = place.at('exitParentNotified').bool()
    task.exitParentAcked = place.at('exitParentAcked').bool()
    task.stop = place.at('stop').orNull(it => it.oneOf(stops))
    task.stopFrozen = place.at('stopFrozen').bool()
    if (task.stopFrozen && task.stop !== 'ptrace')
      place.at('stopFrozen').fail('is true without a ptrace-stop')
    task.interrupted = place.at('interrupted').bool()
    task.pendingSignals = signalSet(place.at('pendingSignals'))
    task.signalMask = signalSet(place.at('signalMask'))
    if (task.signalMask !== noSignals && task.signalMask !== allSignals)
      place.at('signalMask').fail('is neither nothing nor everything')
    task.groupStopRequired = place.at('groupStopRequired').bool()
    task.groupStopAcknowledged = place.at('groupStopAcknowledged').bool()
    task.ptraceCode = place.at('ptraceCode').count()
    task.ptraceOpts = ptraceOptions(place.at('ptraceOpts'))
    task.seized = place.has('seized') ? place.at('seized').orNull(readSeized) : null
    if (task.seized !== null && task.tracer === null) place.at('seized').fail('is there without a tracer')
    task.parentDeathSignal = signalOrNone(place.at('parentDeathSignal'))
    task.cleartid = place.at('cleartid').count()
    task.vforkParent = place.at('vforkParent').orNull(it => this.#task(it))
    task.cloneChild = place.at('cloneChild').orNull(it => this.#task(it))
    task.cloneOptions = place.at('cloneOptions').orNull(readCloneOptions)
    task.inHand = signalOrNone(place.at('inHand'))
    task.request = place
      .at('request')
      .orNull(it => ({ ...readRequest(it), target: this.#task(it.at('target')) }))
    task.cpuStats = readStats(place.at('cpuStats'))
    task.mmMaxRSS = place.at('mmMaxRSS').number()
  }

  #fillNamespace(place: Place): void {
    const ns = this.#namespaces.get(isSerial(place)) as PIDNamespace
    ns.last = place.at('last').count()
    ns.exiting = place.at('exiting').bool()
    const fill = <T>(
      field: string,
      byID: Map<number, T>,
      idOf: Map<T, number>,
      read: (it: Place) => T,
    ): void => {
      for (const it of place.at(field).items) {
        const [key, value] = it.pair
        const [id, owner] = [key.count(), read(value)]
        if (id === 0) key.fail('is 0, which is no id')
        if (byID.has(id)) key.fail(`is given a second time: ${id}`)
        if (idOf.has(owner)) value.fail('has a second id')
        byID.set(id, owner)
        idOf.set(owner, id)
      }
    }
    fill('tasks', ns.tasks, ns.tids, it => this.#task(it))
    fill('processGroups', ns.processGroups, ns.pgids, it =>
      it.reference(this.#processGroups, 'process group'),
    )
    fill('sessions', ns.sessions, ns.sids, it => it.reference(this.#sessions, 'session'))
  }

  /** The task sleeps where it slept, and runs what it had to run. */
  #resume(place: Place): void {
    const task = this.#task(place.at('serial'))
    const wait = place.at('waiting').orNull(it => ({
      options: readWaitOptions(it.at('options')),
      notified: it.at('notified').bool(),
    }))
    if (wait !== null) {
      task.waiting = newWaiting(task, wait.options)
      if (task.runState === 'wait') task.waiting.sleep()
      task.waiting.notified = wait.notified
    }
    const has: Readonly<Record<string, boolean>> = {
      wait: wait !== null,
      ptraceRequest: task.request !== null,
      ptraceClone: task.cloneChild !== null && task.cloneOptions !== null,
      maybeBeginVforkStop: task.cloneChild !== null,
    }
    if (has[task.runState] === false)
      place.at('runState').fail(`is '${task.runState}', but what that is about is not there`)
    this.#taskSet.wake(task)
  }

  #task(place: Place): Task {
    return place.reference(this.#tasks, 'task')
  }
}

const readStatus = (place: Place): ExitStatus => {
  const [code, signo] = [place.at('code').integer(), signalOrNone(place.at('signo'))]
  return signo === 0 ? ExitStatus.exited(code) : ExitStatus.killedBy(signo)
}

const readStats = (place: Place): CPUStats => ({
  userTime: place.at('userTime').number(),
  sysTime: place.at('sysTime').number(),
})

const readAction = (place: Place): SignalAction => ({
  handler: place.at('handler').oneOf(['default', 'ignore', 'handler']),
  noCldWait: place.at('noCldWait').bool(),
  noCldStop: place.at('noCldStop').bool(),
})

const readCloneOptions = (place: Place): CloneOptions => ({
  newThreadGroup: place.at('newThreadGroup').bool(),
  terminationSignal: signalOrNone(place.at('terminationSignal')),
  vfork: place.at('vfork').bool(),
  newPIDNamespace: place.at('newPIDNamespace').bool(),
  childClearTID: place.at('childClearTID').count(),
  untraced: place.at('untraced').bool(),
  inheritTracer: place.at('inheritTracer').bool(),
})

const readRequest = (place: Place): PtraceRequest => ({
  request: place.at('request').oneOf(['CONT', 'DETACH', 'SETOPTIONS']),
  signal: signalOrNone(place.at('signal')),
  options: ptraceOptions(place.at('options')),
})

const readSeized = (place: Place): Seized => ({
  trapStop: place.at('trapStop').bool(),
  trapNotify: place.at('trapNotify').bool(),
  listen: place.at('listen').oneOf(listens),
})

const readWaitOptions = (place: Place): WaitOptions => ({
  specificTID: place.at('specificTID').count(),
  specificPGID: place.at('specificPGID').count(),
  nonCloneTasks: place.at('nonCloneTasks').bool(),
  cloneTasks: place.at('cloneTasks').bool(),
  siblings: !place.has('siblings') || place.at('siblings').bool(),
  events: place.at('events').count(),
  consumeEvent: place.at('consumeEvent').bool(),
})

const readProfile = (place: Place): Profile => {
  const switches = place.at('switches')
  // A library that did not have the switch yet did as the seed does; so it is with everything that has come later.
  const read = (name: SwitchName) =>
    [
      name,
      switches.has(name) ? switches.at(name).oneOf<string>(switchValues[name]) : switchValues[name][0],
    ] as const
  return {
    name: place.at('name').text(),
    switches: Object.fromEntries(switchNames.map(read)) as Switches,
    knows: place.has('knows') ? place.at('knows').items.map(it => it.oneOf(laterCalls)) : [],
  }
}

const signalOrNone = (place: Place): number => {
  const sig = place.count()
  return sig === 0 || isSignal(sig) ? sig : place.fail('is no signal')
}

const signalSet = (place: Place): SignalSet => {
  const set = place.count()
  return (set & ~allSignals) === 0 && set <= allSignals ? set : place.fail('is no set of signals')
}

const ptraceOptions = (place: Place): number => {
  const options = place.count()
  return (options & ~knownPtraceOptions) === 0 ? options : place.fail('has unknown ptrace options')
}
