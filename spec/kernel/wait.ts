/**
 * What a wait finds and how it takes it: one hold of the TaskSet mutex.
 *
 * Here: matchesTask, waitOnce, the four waitCollect…Locked.
 * Not here: blocking and waking up (rules/wait.ts).
 *
 * The source looks through children and tracees in the random order of Go's maps. Everything that some order
 * could find first is found here, and the rule chooses.
 */
import { match } from 'ts-pattern'
import type { WaitResult } from '../events.js'
import { statusWord } from '../exit-status.js'
import { numberOf } from '../signals.js'
import type { ExitState, NamespaceId, PtraceCode, PtraceEvent, State, TaskId } from '../state.js'
import type { WaitEvent, WaitOptions } from '../wait-options.js'
import { exitNotify } from './exit-notify.js'
import { groupOf, inOrder, inOrderOfIds, inSameGroup, isLeader } from './members.js'
import { isVisible } from './process-group.js'
import { isPtraceStop } from './stop.js'

/** An event that a wait may return: of whom, which, and whether as a tracer. */
export type Finding = { readonly target: TaskId; readonly event: WaitEvent; readonly asPtracer: boolean }

export type Look = {
  /** What some order of looking finds first; empty if there is no event. */
  readonly found: readonly Finding[]
  /** Some task may still produce an event; otherwise the answer is ECHILD. */
  readonly anyWaitableTasks: boolean
}

/** Does the wait care for `t`, a child or a tracee? Source: `matchesTask`. Ids are those of the waiter's namespace. */
function matchesTask(
  s: State,
  o: WaitOptions,
  t: TaskId,
  pidns: NamespaceId,
  as: 'child' | 'tracee',
): boolean {
  if (o.specificTID !== null && o.specificTID !== s.namespace(pidns).tids.get(t)) return false
  const { processGroup, terminationSignal } = groupOf(s, t)
  if (o.specificPGID !== null && (o.specificPGID !== processGroup || !isVisible(s, processGroup, pidns)))
    return false
  if (as === 'child' && !isLeader(s, t) && s.scope.profile.switches.threadsOfChildren === 'are no children')
    return false
  // In Linux: `eligible_child`, which asks `ptrace` first.
  if (as === 'tracee' && s.scope.profile.switches.tracees === 'are always eligible') return true
  return isLeader(s, t) && terminationSignal === 'SIGCHLD' ? o.nonCloneTasks : o.cloneTasks
}

const exitStates: readonly ExitState[] = ['None', 'Initiated', 'Zombie', 'Dead']
const hasBegunToExit = (s: State, t: TaskId): boolean => exitStates.indexOf(s.task(t).exitState) >= 1

/** Can it tell of no stop of its group any more? A leader that has begun to exit can, where it is asked for all its threads. */
function takesNoPartInStops(s: State, t: TaskId): boolean {
  const isForAll = s.scope.profile.switches.leaderlessStops !== 'are not looked for' && isLeader(s, t)
  return isForAll ? groupOf(s, t).activeTasks === 0 : hasBegunToExit(s, t)
}

/** What there is to say of one task: an event, or that one may come, or nothing for ever. */
type Looked = { readonly event: WaitEvent | null; readonly waitable: boolean }

/** The part of `waitOnce` that looks at one child of a task in the waiter's group. */
function lookAtChild(s: State, parent: TaskId, child: TaskId, o: WaitOptions): Looked {
  const nothing: Looked = { event: null, waitable: false }
  if (!matchesTask(s, o, child, groupOf(s, parent).pidns, 'child')) return nothing
  if (isLookedForToTheEnd(s)) return lookToTheEnd(s, child, o, 'child')
  let waitable = false
  if (o.events.has('Exit') && isLeader(s, child) && !s.task(child).exitParentAcked) {
    waitable = true
    if (isZombieCollectable(s, child, false)) return { event: 'Exit', waitable }
  }
  if (!o.events.has('ChildGroupStop') && !o.events.has('GroupContinue')) return { event: null, waitable }
  if (takesNoPartInStops(s, child)) return { event: null, waitable }
  // The group stops of a tracee are reported to its tracer's group as ptrace-stops instead, its continuations when the
  // tracees are looked at; unless it has begun to exit.
  const { tracer } = s.task(child)
  const isTracedHere = tracer !== null && inSameGroup(s, tracer, parent)
  if (isTracedHere && !hasBegunToExit(s, child)) return { event: null, waitable }
  if (o.events.has('ChildGroupStop') && !isTracedHere && groupOf(s, child).groupStopWaitable)
    return { event: 'ChildGroupStop', waitable: true }
  if (o.events.has('GroupContinue') && groupOf(s, child).groupContWaitable)
    return { event: 'GroupContinue', waitable: true }
  return { event: null, waitable: waitable || !isTracedHere || o.events.has('GroupContinue') }
}

/** The part of `waitOnce` that looks at one tracee of a task in the waiter's group. */
function lookAtTracee(s: State, parent: TaskId, tracee: TaskId, o: WaitOptions): Looked {
  if (!matchesTask(s, o, tracee, groupOf(s, parent).pidns, 'tracee')) return { event: null, waitable: false }
  if (isLookedForToTheEnd(s)) return lookToTheEnd(s, tracee, o, 'tracee')
  let waitable = false
  if (o.events.has('Exit') && !s.task(tracee).exitTracerAcked) {
    waitable = true
    if (isZombieCollectable(s, tracee, true)) return { event: 'Exit', waitable }
  }
  // It stops for itself, and continues with its group.
  const maySayStop = o.events.has('TraceeStop') && !hasBegunToExit(s, tracee)
  const maySayContinue = o.events.has('GroupContinue') && !takesNoPartInStops(s, tracee)
  const { stop, ptraceCode, seized } = s.task(tracee)
  if (maySayStop && isPtraceStop(stop) && ptraceCode !== null && seized?.listen !== 'does')
    return { event: 'TraceeStop', waitable: true }
  if (maySayContinue && groupOf(s, tracee).groupContWaitable)
    return { event: 'GroupContinue', waitable: true }
  return { event: null, waitable: waitable || maySayStop || maySayContinue }
}

const isLookedForToTheEnd = (s: State): boolean =>
  s.scope.profile.switches.leaderlessStops === 'are looked for until it is collected'

/**
 * What there is to say of `t`, where its changes are looked for until it is collected.
 *
 * Of a zombie that can be collected there is nothing but its exit. One that cannot, since threads of it live or another
 * process traces it, may still continue; what more it may do its parent waits for, and its tracer does not.
 * Not in the source: `wait_consider_task` of Linux.
 */
function lookToTheEnd(s: State, t: TaskId, o: WaitOptions, as: 'child' | 'tracee'): Looked {
  const { exitState, stop, ptraceCode, seized, tracer } = s.task(t)
  const isTracee = as === 'tracee'
  const isZombie = exitState === 'Zombie'
  if (isZombie && isZombieCollectable(s, t, isTracee) && (isTracee || tracer === null))
    return o.events.has('Exit') ? { event: 'Exit', waitable: true } : { event: null, waitable: false }
  const { groupStopWaitable, groupContWaitable } = groupOf(s, t)
  const hasStopped = isTracee
    ? o.events.has('TraceeStop') && isPtraceStop(stop) && ptraceCode !== null && seized?.listen !== 'does'
    : o.events.has('ChildGroupStop') && groupStopWaitable
  if (hasStopped) return { event: isTracee ? 'TraceeStop' : 'ChildGroupStop', waitable: true }
  if (o.events.has('GroupContinue') && groupContWaitable) return { event: 'GroupContinue', waitable: true }
  const isAskedFor = o.events.has('Exit') || o.events.has('GroupContinue')
  return { event: null, waitable: !isTracee || !isZombie || isAskedFor }
}

/** May the exit of `target` be collected? Source: the refusals of `waitCollectZombieLocked`. */
function isZombieCollectable(s: State, target: TaskId, asPtracer: boolean): boolean {
  const { exitTracerNotified, exitParentNotified } = s.task(target)
  if (asPtracer ? !exitTracerNotified : !exitParentNotified) return false
  return !(isLeader(s, target) && groupOf(s, target).tasksCount !== 1)
}

/**
 * What `waiter` finds among the children and tracees of its thread group. Source: `waitOnce`.
 *
 * The siblings are asked in the order of the group, each for its children and then for its tracees; the first
 * set with an event ends the search.
 */
export function lookForEvents(s: State, waiter: TaskId, o: WaitOptions): Look {
  let anyWaitableTasks = false
  const amongChildren = s.scope.profile.switches.tracedChildren === 'come among children'
  for (const parent of o.siblings ? inOrderOfLooking(s, waiter) : [waiter]) {
    for (const asPtracer of [false, true]) {
      const { children, tracees } = s.task(parent)
      const found: Finding[] = []
      for (const target of inOrder(asPtracer ? tracees : children)) {
        const { tracer } = s.task(target)
        const isTraced = asPtracer || (amongChildren && tracer !== null && inSameGroup(s, tracer, parent))
        const { event, waitable } = isTraced
          ? lookAtTracee(s, parent, target, o)
          : lookAtChild(s, parent, target, o)
        anyWaitableTasks ||= waitable
        if (event !== null) found.push({ target, event, asPtracer: isTraced })
      }
      if (found.length > 0) return { found, anyWaitableTasks: true }
    }
  }
  return { found: [], anyWaitableTasks }
}

/** The threads of the waiter's group, whose children and tracees are looked at one after another. */
function inOrderOfLooking(s: State, waiter: TaskId): Iterable<TaskId> {
  const { tasks } = groupOf(s, waiter)
  if (s.scope.profile.switches.waitBegins === 'with the oldest thread') return tasks
  const at = tasks.indexOf(waiter)
  return tasks.slice(at).concat(tasks.slice(0, at))
}

export type Collected = { readonly state: State; readonly result: WaitResult }

/** Takes what was found, unless the wait leaves it in place. */
export function collect(s: State, waiter: TaskId, o: WaitOptions, finding: Finding): Collected {
  const { target, event } = finding
  const tid = s.namespace(groupOf(s, waiter).pidns).tids.get(target) ?? 0
  const taken = (state: State, status: number): Collected => ({
    state,
    result: { task: target, tid, event, status },
  })
  return match(event)
    .with('Exit', () => {
      const { state, status } = waitCollectZombie(s, waiter, o, target)
      return taken(state, status)
    })
    .with('ChildGroupStop', () => taken(...waitCollectChildGroupStop(s, o, target)))
    .with('GroupContinue', () => taken(...waitCollectGroupContinue(s, o, target)))
    .with('TraceeStop', () => taken(...waitCollectTraceeStop(s, o, target)))
    .exhaustive()
}

/** Source: `waitCollectZombieLocked`, from where it has decided that there is something to collect. */
function waitCollectZombie(before: State, waiter: TaskId, o: WaitOptions, target: TaskId) {
  let s = before
  const ofTask = statusWord(s.task(target).exitStatus)
  const { exiting, exitStatus } = groupOf(s, target)
  const ofGroup = exiting ? statusWord(exitStatus) : ofTask
  if (!o.consumeEvent)
    return { state: s, status: s.scope.profile.switches.peekReports === 'task status' ? ofTask : ofGroup }

  const { tracer, parent, exitTracerNotified, exitParentNotified } = s.task(target)
  if (tracer !== null && inSameGroup(s, tracer, waiter) && exitTracerNotified) {
    s = s.withTask(target, { exitTracerAcked: true, tracer: null })
    const leaves = s.scope.profile.switches.collectedTraceeLeaves === 'the waiter' ? waiter : tracer
    s = s.withTask(leaves, { tracees: s.task(leaves).tracees.remove(target) })
  }
  if (parent !== null && inSameGroup(s, parent, waiter) && exitParentNotified) {
    s = s.withTask(target, { exitParentAcked: true })
    if (isLeader(s, target)) s = accountChild(s, waiter, target)
  }
  return { state: exitNotify(s, target, false), status: ofGroup }
}

/**
 * The waiter's group takes over the resources of the child. The leader's own usage is not in
 * `exitedCPUStats` yet: it gets there when the leader is reaped. Source: `waitCollectZombieLocked`.
 */
function accountChild(s: State, waiter: TaskId, target: TaskId): State {
  const { group } = s.task(waiter)
  const { childCPUStats, childMaxRSS } = s.group(group)
  const child = groupOf(s, target)
  return s.withGroup(group, {
    childCPUStats: inOrderOfIds(
      childCPUStats.concat(s.task(target).cpuStats, child.exitedCPUStats, child.childCPUStats),
    ),
    childMaxRSS: Math.max(childMaxRSS, child.maxRSS, child.childMaxRSS),
  })
}

/** Source: `waitCollectChildGroupStopLocked`. */
function waitCollectChildGroupStop(s: State, o: WaitOptions, target: TaskId): [State, number] {
  const { group } = s.task(target)
  const { groupStopSignal } = s.group(group)
  const status = ((groupStopSignal === null ? 0 : numberOf(groupStopSignal)) << 8) | 0x7f
  return [o.consumeEvent ? s.withGroup(group, { groupStopWaitable: false }) : s, status]
}

/** Source: `waitCollectGroupContinueLocked`. */
function waitCollectGroupContinue(s: State, o: WaitOptions, target: TaskId): [State, number] {
  return [o.consumeEvent ? s.withGroup(s.task(target).group, { groupContWaitable: false }) : s, 0xffff]
}

/** Source: `waitCollectTraceeStopLocked`. */
function waitCollectTraceeStop(s: State, o: WaitOptions, target: TaskId): [State, number] {
  const status = (codeNumber(s.task(target).ptraceCode) << 8) | 0x7f
  return [o.consumeEvent ? s.withTask(target, { ptraceCode: null }) : s, status]
}

/** `PTRACE_EVENT_…` of linux/ptrace.h. */
const ptraceEventNumbers: Readonly<Record<PtraceEvent, number>> = {
  FORK: 1,
  VFORK: 2,
  CLONE: 3,
  EXEC: 4,
  VFORK_DONE: 5,
  EXIT: 6,
  STOP: 128,
  'STOP SIGSTOP': 128,
  'STOP SIGTSTP': 128,
}

/** The number that a ptrace-stop reports: a signal, or `SIGTRAP | event << 8`. */
const codeNumber = (code: PtraceCode): number =>
  code === null
    ? 0
    : isPtraceEvent(code)
      ? signalOfEvent(code) | (ptraceEventNumbers[code] << 8)
      : numberOf(code)

const signalOfEvent = (event: PtraceEvent): number =>
  numberOf(event === 'STOP SIGSTOP' ? 'SIGSTOP' : event === 'STOP SIGTSTP' ? 'SIGTSTP' : 'SIGTRAP')

export const isPtraceEvent = (code: PtraceCode): code is PtraceEvent =>
  code !== null && code in ptraceEventNumbers
