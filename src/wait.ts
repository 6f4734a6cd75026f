/**
 * Waiting: what there is to find among children and tracees, taking it, and sleeping until there is.
 *
 * Source: Wait, waitOnce, matchesTask and the four waitCollect…Locked in task_exit.go.
 */
import { addTime } from './cpu-stats.js'
import { NoWaitableEvent, SyscallError } from './errors.js'
import { exitNotify } from './exit-notify.js'
import type { PIDNamespace } from './pid-namespace.js'
import { SIGCHLD } from './signals.js'
import { endSyscall, goTo, requireRunning } from './syscall.js'
import type { Task } from './task.js'
import {
  EventChildGroupStop,
  EventExit,
  EventGroupContinue,
  type EventMask,
  EventTraceeStop,
  type Finding,
  type WaitOptions,
  type WaitResult,
} from './wait-options.js'
import { type Abort, Waiting } from './waiting.js'

/** Does the wait care for this task, which may have the id that it asks for? Ids are those of the waiter's namespace. */
function matches(options: WaitOptions, task: Task, pidns: PIDNamespace, asTracee: boolean): boolean {
  const { specificPGID, nonCloneTasks, cloneTasks } = options
  if (specificPGID !== 0 && specificPGID !== pidns.idOfProcessGroup(task.group.processGroup)) return false
  const { threadsOfChildren, tracees } = task.taskSet.profile.switches
  if (!asTracee && !task.isLeader && threadsOfChildren === 'are no children') return false
  // In Linux: `eligible_child`, which asks `ptrace` first.
  if (asTracee && tracees === 'are always eligible') return true
  return task.isLeader && task.group.terminationSignal === SIGCHLD ? nonCloneTasks : cloneTasks
}

/** Of one task: an event to return, or that one may come later (0), or that none ever will (null). */
type Seen = EventMask | 0 | null

/** A child of `parent`, which is in the waiter's group. */
function lookAtChild(parent: Task, child: Task, options: WaitOptions): Seen {
  if (isLookedForToTheEnd(child)) return lookToTheEnd(child, options, false)
  const { events } = options
  let seen: Seen = null
  if ((events & EventExit) !== 0 && child.isLeader && !child.exitParentAcked) {
    if (isCollectable(child, child.exitParentNotified)) return EventExit
    seen = 0
  }
  if ((events & (EventChildGroupStop | EventGroupContinue)) === 0 || tellsOfNoStop(child)) return seen
  // The group stops of a tracee are reported to its tracer's group, as ptrace-stops.
  const isTracedHere = child.tracer !== null && child.tracer.group === parent.group
  if (isTracedHere && child.exitState === 'None') return seen
  if ((events & EventChildGroupStop) !== 0 && !isTracedHere && child.group.groupStopWaitable)
    return EventChildGroupStop
  if ((events & EventGroupContinue) !== 0 && child.group.groupContWaitable) return EventGroupContinue
  return isTracedHere && (events & EventGroupContinue) === 0 ? seen : 0
}

/** Has it begun to exit? A leader that has tells of its group still, where it is asked for all its threads. */
function tellsOfNoStop({ exitState, isLeader, group, taskSet }: Task): boolean {
  const isForAll = isLeader && taskSet.profile.switches.leaderlessStops !== 'are not looked for'
  return isForAll ? group.activeTasks === 0 : exitState !== 'None'
}

/** A tracee of a task in the waiter's group. */
function lookAtTracee(tracee: Task, options: WaitOptions): Seen {
  if (isLookedForToTheEnd(tracee)) return lookToTheEnd(tracee, options, true)
  const { events } = options
  let seen: Seen = null
  if ((events & EventExit) !== 0 && !tracee.exitTracerAcked) {
    if (isCollectable(tracee, tracee.exitTracerNotified)) return EventExit
    seen = 0
  }
  if ((events & EventTraceeStop) !== 0 && tracee.exitState === 'None') {
    if (tellsOfPtraceStop(tracee)) return EventTraceeStop
    seen = 0
  }
  if ((events & EventGroupContinue) !== 0 && !tellsOfNoStop(tracee)) {
    if (tracee.group.groupContWaitable) return EventGroupContinue
    seen = 0
  }
  return seen
}

/** Is it in a ptrace-stop that its tracer has not taken note of? */
const tellsOfPtraceStop = ({ stop, ptraceCode, seized }: Task): boolean =>
  stop === 'ptrace' && ptraceCode !== 0 && seized?.listen !== 'does'

const isLookedForToTheEnd = ({ taskSet }: Task): boolean =>
  taskSet.profile.switches.leaderlessStops === 'are looked for until it is collected'

/**
 * A child or a tracee, of which everything is looked for until it can be collected. A zombie that cannot, for its threads or
 * its tracer, may still continue; its parent waits for more, its tracer does not. Not in the source: `wait_consider_task`
 * of Linux.
 */
function lookToTheEnd(task: Task, { events }: WaitOptions, asTracee: boolean): Seen {
  const { exitState, exitParentNotified, exitTracerNotified, group, tracer } = task
  const isZombie = exitState === 'Zombie'
  const isReady = isCollectable(task, asTracee ? exitTracerNotified : exitParentNotified)
  if (isZombie && isReady && (asTracee || tracer === null))
    return (events & EventExit) === 0 ? null : EventExit
  if (asTracee && (events & EventTraceeStop) !== 0 && tellsOfPtraceStop(task)) return EventTraceeStop
  if (!asTracee && (events & EventChildGroupStop) !== 0 && group.groupStopWaitable) return EventChildGroupStop
  if ((events & EventGroupContinue) !== 0 && group.groupContWaitable) return EventGroupContinue
  return asTracee && isZombie && (events & (EventExit | EventGroupContinue)) === 0 ? null : 0
}

/** A leader is not collected before the rest of its group. */
const isCollectable = (task: Task, notified: boolean): boolean =>
  notified && !(task.isLeader && task.group.tasksCount !== 1)

interface Look {
  /** Of one set of children or tracees; with `all`, everything in it that may be returned. */
  readonly findings: readonly Finding[]
  /** Some task may still produce an event. */
  readonly anyWaitableTasks: boolean
}

/**
 * What `waiter` finds. The tasks of its group are asked in their order, or from itself on, each for its children and then for its
 * tracees; the first set with an event ends the search. Source: `waitOnce`.
 *
 * @param all everything that some order of looking through that set could have found first
 */
export function lookForEvents(waiter: Task, options: WaitOptions, all: boolean): Look {
  const { pidns } = waiter.group
  const amongChildren = waiter.taskSet.profile.switches.tracedChildren === 'come among children'
  let anyWaitableTasks = false
  for (const parent of options.siblings ? inOrderOfLooking(waiter) : [waiter])
    for (const asTracer of [false, true]) {
      const findings: Finding[] = []
      const relatives = asTracer ? parent.tracees : parent.children
      for (const task of candidates(relatives, options, pidns)) {
        const isTraced = asTracer || (amongChildren && task.tracer?.group === parent.group)
        if (!matches(options, task, pidns, isTraced)) continue
        const seen = isTraced ? lookAtTracee(task, options) : lookAtChild(parent, task, options)
        if (seen !== null) anyWaitableTasks = true
        if (seen === null || seen === 0) continue
        findings.push({ task, event: seen })
        if (!all) return { findings, anyWaitableTasks }
      }
      if (findings.length > 0) return { findings, anyWaitableTasks }
    }
  return { findings: [], anyWaitableTasks }
}

function inOrderOfLooking(waiter: Task): Iterable<Task> {
  const { tasks } = waiter.group
  if (waiter.taskSet.profile.switches.waitBegins === 'with the oldest thread') return tasks
  const all = [...tasks]
  const at = all.indexOf(waiter)
  return [...all.slice(at), ...all.slice(0, at)]
}

/** A wait for one task looks at that one only. */
function candidates(relatives: ReadonlySet<Task>, options: WaitOptions, pidns: PIDNamespace): Iterable<Task> {
  if (options.specificTID === 0) return relatives
  const task = pidns.tasks.get(options.specificTID)
  return task !== undefined && relatives.has(task) ? [task] : []
}

/** Takes what was found, unless the wait leaves it in place. */
export function collect(waiter: Task, options: WaitOptions, { task, event }: Finding): WaitResult {
  const tid = waiter.group.pidns.idOf(task)
  return { task, tid, event, status: statusOf(waiter, options, task, event) }
}

function statusOf(waiter: Task, { consumeEvent }: WaitOptions, task: Task, event: EventMask): number {
  const { group } = task
  switch (event) {
    case EventExit:
      return collectZombie(waiter, task, consumeEvent)
    case EventChildGroupStop:
      if (consumeEvent) group.groupStopWaitable = false
      return (group.groupStopSignal << 8) | 0x7f
    case EventGroupContinue:
      if (consumeEvent) group.groupContWaitable = false
      return 0xffff
    default: {
      const status = (task.ptraceCode << 8) | 0x7f
      if (consumeEvent) task.ptraceCode = 0
      return status
    }
  }
}

/** Source: `waitCollectZombieLocked`, from where it has decided that there is something to collect. */
function collectZombie(waiter: Task, task: Task, consume: boolean): number {
  const { switches } = waiter.taskSet.profile
  const { group } = task
  const ofTask = task.exitStatus.status
  const ofGroup = group.exiting ? group.exitStatus.status : ofTask
  if (!consume) return switches.peekReports === 'task status' ? ofTask : ofGroup

  const { tracer, parent } = task
  if (tracer !== null && tracer.group === waiter.group && task.exitTracerNotified) {
    task.exitTracerAcked = true
    task.tracer = null
    const loser = switches.collectedTraceeLeaves === 'the waiter' ? waiter : tracer
    loser.tracees.delete(task)
  }
  if (parent !== null && parent.group === waiter.group && task.exitParentNotified) {
    task.exitParentAcked = true
    if (task.isLeader) accountChild(waiter, task)
  }
  exitNotify(task, false)
  return ofGroup
}

/** What the child has used is counted for the waiter's group. The child's own time is not in its group's yet. */
function accountChild(waiter: Task, child: Task): void {
  const { group } = waiter
  const of = child.group
  group.childCPUStats = addTime(group.childCPUStats, child.cpuStats, of.exitedCPUStats, of.childCPUStats)
  group.childMaxRSS = Math.max(group.childMaxRSS, of.maxRSS, of.childMaxRSS)
}

/** One look of a wait. It is over by that, with a result or an error; or it sleeps (null). */
function look(task: Task, options: WaitOptions, block: boolean): WaitResult | Error | null {
  const { pick, observe } = task.taskSet
  const { findings, anyWaitableTasks } = lookForEvents(task, options, pick !== undefined)
  const finding = pick === undefined ? findings[0] : findings.length === 0 ? undefined : pick(findings)
  if (finding !== undefined) {
    const result = collect(task, options, finding)
    observe?.({ kind: 'waited', by: task, options, result })
    return result
  }
  if (anyWaitableTasks && block) {
    observe?.({ kind: 'wait blocked', by: task, options })
    return null
  }
  const error = anyWaitableTasks ? new NoWaitableEvent() : new SyscallError('ECHILD', 'wait')
  observe?.({
    kind: 'wait failed',
    by: task,
    options,
    error: error instanceof SyscallError ? error.code : null,
  })
  return error
}

/** One look, whatever comes of it. Throws ECHILD, or `NoWaitableEvent`. */
export function waitNow(task: Task, options: WaitOptions): WaitResult {
  requireRunning(task, 'wait')
  const outcome = look(task, options, false) as WaitResult | Error
  endSyscall(task)
  if (outcome instanceof Error) throw outcome
  return outcome
}

/** Looks, and sleeps until there is something to return. Rejects with ECHILD, EINTR, or the reason of the abort. */
export function wait(task: Task, options: WaitOptions, abort: Abort | undefined): Promise<WaitResult> {
  requireRunning(task, 'wait')
  if (abort?.aborted) return Promise.reject(abort.reason)
  const outcome = look(task, options, true)
  if (outcome === null) {
    const waiting = sleep(task, options)
    return abort === undefined ? resultOf(waiting) : abortable(task, waiting, abort)
  }
  endSyscall(task)
  return outcome instanceof Error ? Promise.reject(outcome) : Promise.resolve(outcome)
}

/** The task sleeps in its group's event queue. */
export function sleep(task: Task, options: WaitOptions): Waiting {
  const waiting = newWaiting(task, options)
  task.waiting = waiting
  waiting.sleep()
  goTo(task, 'wait')
  return waiting
}

export const newWaiting = (task: Task, options: WaitOptions): Waiting =>
  new Waiting(options, task.group.eventQueue, () => {
    task.taskSet.observe?.({ kind: 'woken', task })
    task.taskSet.wake(task)
  })

/** How the wait ends. May be asked for more than once, and of a wait that was restored. */
export const resultOf = (waiting: Waiting): Promise<WaitResult> =>
  new Promise((resolve, reject) => waiting.tell({ resolve, reject }))

function abortable(task: Task, waiting: Waiting, abort: Abort): Promise<WaitResult> {
  const listener = () => cancel(task, waiting, abort.reason)
  abort.addEventListener('abort', listener)
  const forget = () => abort.removeEventListener('abort', listener)
  return new Promise((resolve, reject) =>
    waiting.tell({
      resolve(result) {
        forget()
        resolve(result)
      },
      reject(error) {
        forget()
        reject(error)
      },
    }),
  )
}

/** The caller does not want to wait any longer. */
function cancel(task: Task, waiting: Waiting, reason: unknown): void {
  if (task.waiting !== waiting) return
  task.waiting = null
  waiting.settle(reason instanceof Error ? reason : new Error(String(reason)))
  // A task that an interrupt has taken out of its sleep returns to its program when it is done with that.
  if (task.runState === 'wait') endSyscall(task)
}

/** A notified wait looks again. */
export function waitAgain(task: Task): void {
  const { waiting } = task
  if (waiting === null) throw new Error(`${task} looks again for a wait that it is not in`)
  const outcome = look(task, waiting.options, true)
  if (outcome === null) {
    waiting.sleep()
    return
  }
  task.waiting = null
  waiting.settle(outcome)
  endSyscall(task)
}

/** An interrupt ends the sleep. The wait is restarted afterwards, unless a handler of the program runs first. */
export function waitInterrupted(task: Task): void {
  task.waiting?.leaveQueue()
  task.interrupted = false
  goTo(task, 'interrupt')
}

/** The interrupt was dealt with, and the wait goes on: it looks once, for nothing has told it what it missed. */
export function waitRestarted(task: Task, waiting: Waiting): void {
  waiting.sleep()
  waiting.notified = true
  goTo(task, 'wait')
}

/** A handler of the program has run. */
export function waitFailed(task: Task, waiting: Waiting): void {
  task.waiting = null
  task.taskSet.observe?.({ kind: 'wait failed', by: task, options: waiting.options, error: 'EINTR' })
  waiting.settle(new SyscallError('EINTR', 'wait'))
}
