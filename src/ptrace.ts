/**
 * Tracing: how a tracer gets and loses a tracee, ptrace-stops, and requests. Source: ptrace.go.
 *
 * Left out: registers and memory, stops at system calls, and permissions: every task may trace every other.
 */
import { SyscallError } from './errors.js'
import { exitNotify } from './exit-notify.js'
import { knowsCall } from './profile.js'
import {
  codeOfEvent,
  PTRACE_O_EXITKILL,
  type PtraceCode,
  type PtraceOptions,
  type PtraceRequest,
} from './ptrace-options.js'
import { newlySeized, settleTraps, trapStop } from './seize.js'
import { sendSignal, signalStop } from './send-signal.js'
import { SIGKILL, SIGSTOP, type Signal } from './signals.js'
import { beginInternalStop, endInternalStop, interrupt, isGroupStopOn, isKilled } from './stop.js'
import { endSyscall, goTo, noteMove } from './syscall.js'
import type { Task } from './task.js'
import { EventExit, EventGroupContinue, EventTraceeStop } from './wait-options.js'

/** Stops the task for its tracer, unless it was killed. Says nothing to the tracer. Source: `beginPtraceStopLocked`. */
export function beginPtraceStop(task: Task): boolean {
  if (isKilled(task)) return false
  beginInternalStop(task, 'ptrace')
  return true
}

/** Stops the task with this code, and tells its tracer. Source: `ptraceTrapLocked`. */
export function ptraceTrap(task: Task, tracer: Task, code: PtraceCode): void {
  task.ptraceCode = code
  settleTraps(task, code)
  if (!beginPtraceStop(task)) return
  signalStop(tracer)
  tracer.group.eventQueue.notify(EventTraceeStop)
}

/** Stops the task for an event, if it has a tracer that asked for that. Did it? Source: `ptraceEventLocked`. */
export function ptraceEvent(task: Task, event: number, option: number): boolean {
  const { tracer } = task
  if (tracer === null || (task.ptraceOpts & option) === 0) return false
  ptraceTrap(task, tracer, codeOfEvent(event))
  return true
}

export function setTracer(tracee: Task, tracer: Task): void {
  tracee.tracer = tracer
  tracer.tracees.add(tracee)
}

/**
 * The task has no tracer any more, and is in no ptrace-stop. The tracer's `tracees` are left to the caller.
 * Source: `forgetTracerLocked`.
 */
export function forgetTracer(task: Task): void {
  const { tracer } = task
  task.ptraceOpts = 0
  task.tracer = null
  task.seized = null
  if (task.exitTracerNotified && !task.exitTracerAcked) {
    task.exitTracerAcked = true
    exitNotify(task, true)
  }
  // It may have been all that another thread of the tracer's process waits for.
  if (task.taskSet.profile.switches.letGoTracee === 'wakes who waits with its tracer')
    tracer?.group.eventQueue.notify(EventExit | EventTraceeStop | EventGroupContinue)
  // It goes on to the group stop that it would be in, had it not been traced.
  if (task.exitState === 'None' && isGroupStopOn(task.group)) joinGroupStop(task)
  if (task.stop === 'ptrace') endInternalStop(task)
}

function joinGroupStop(task: Task): void {
  noteMove(task)
  if (task.taskSet.profile.switches.letGoInGroupStop === 'all are interrupted to join') {
    task.groupStopRequired = true
    interrupt(task)
  } else if (task.stop === 'ptrace') {
    task.groupStopRequired = true
  }
}

/** PTRACE_TRACEME. A parent that has begun to exit becomes no tracer, and that is no error. */
export function ptraceTraceme(task: Task): void {
  if (task.tracer !== null) throw new SyscallError('EPERM', 'ptrace')
  if (task.parent?.exitState === 'None') setTracer(task, task.parent)
}

/** PTRACE_ATTACH: the target will stop. From a group stop it is let out, to enter it again as a tracee. */
export function ptraceAttach(task: Task, target: Task): void {
  takeAsTracee(task, target)
  sendSignal(target, SIGSTOP, false)
  enterStopAgain(target)
}

function takeAsTracee(task: Task, target: Task): void {
  if (target.group === task.group || target.tracer !== null || isGone(target))
    throw new SyscallError('EPERM', 'ptrace')
  setTracer(target, task)
}

function enterStopAgain(target: Task): void {
  if (target.stop !== 'group') return
  target.groupStopRequired = true
  endInternalStop(target)
}

/** Throws EIO in a profile that knows no PTRACE_SEIZE, and so none of its requests. */
function requireSeize({ taskSet }: Task): void {
  if (!knowsCall(taskSet.profile, 'PTRACE_SEIZE')) throw new SyscallError('EIO', 'ptrace')
}

/** PTRACE_SEIZE: the target is traced from now on, and goes on. From a group stop it is let out, to enter it again. */
export function ptraceSeize(task: Task, target: Task, options: PtraceOptions): void {
  requireSeize(task)
  takeAsTracee(task, target)
  target.seized = newlySeized
  target.ptraceOpts = options
  enterStopAgain(target)
}

/** PTRACE_INTERRUPT: the tracee stops, or will when it goes on. */
export function ptraceInterrupt(task: Task, target: Task): void {
  requireSeize(task)
  if (target.tracer !== task) throw new SyscallError('ESRCH', 'ptrace')
  if (target.seized === null) throw new SyscallError('EIO', 'ptrace')
  trapStop(target)
}

/** PTRACE_LISTEN: the tracee stays stopped, and stops anew when its group continues; if it has already, at once. */
export function ptraceListen(task: Task, target: Task): void {
  requireSeize(task)
  requireStopped(task, target)
  const { seized } = target
  if (seized?.listen !== 'can') throw new SyscallError('EIO', 'ptrace')
  target.seized = { ...seized, listen: 'does' }
  if (seized.trapNotify) endInternalStop(target)
}

const isGone = ({ exitState }: Task): boolean => exitState === 'Zombie' || exitState === 'Dead'

/** Throws ESRCH for one that is no tracee of the task, is not in a ptrace-stop, or is being operated on. */
function requireStopped(task: Task, target: Task): void {
  if (target.tracer !== task || target.stop !== 'ptrace' || target.stopFrozen)
    throw new SyscallError('ESRCH', 'ptrace')
}

/**
 * PTRACE_KILL: SIGKILL is the signal with which the tracee leaves its ptrace-stop; it does nothing else. Or it is sent,
 * whatever the tracee does. Not in the source: `ptrace_request` of Linux.
 */
export function ptraceKill(task: Task, target: Task): void {
  if (target.tracer !== task) throw new SyscallError('ESRCH', 'ptrace')
  if (task.taskSet.profile.switches.ptraceKill === 'sends SIGKILL') {
    sendSignal(target, SIGKILL, false)
    return
  }
  if (target.stop !== 'ptrace') return
  target.ptraceCode = SIGKILL
  endInternalStop(target)
}

/** The first half of a request: the tracee's stop is frozen, so that no signal ends it. Source: `ptraceFreeze`. */
export function ptraceFreeze(task: Task, target: Task, request: PtraceRequest): void {
  requireStopped(task, target)
  if (target.seized?.listen === 'does') throw new SyscallError('ESRCH', 'ptrace')
  target.stopFrozen = true
  task.request = { ...request, target }
  goTo(task, 'ptraceRequest')
}

/** The second half: the request is carried out. */
export function runPtraceRequest(task: Task): void {
  if (task.request === null) throw new Error(`${task} carries out a ptrace request that it did not make`)
  const { request, target, signal, options } = task.request
  task.request = null
  switch (request) {
    case 'CONT':
      target.ptraceCode = signal
      endInternalStop(target)
      break
    case 'DETACH':
      detach(task, target, signal)
      break
    case 'SETOPTIONS':
      target.ptraceOpts = options
      unfreeze(target)
      break
  }
  endSyscall(task)
}

function detach(task: Task, target: Task, sig: Signal): void {
  target.ptraceCode = sig
  forgetTracer(target)
  task.tracees.delete(target)
}

/** A tracee that was killed meanwhile leaves its stop. Source: `ptraceUnfreeze`. */
function unfreeze(target: Task): void {
  target.stopFrozen = false
  if (isKilled(target)) endInternalStop(target)
}

/** The tracer exits: all its tracees are let go, and those with EXITKILL killed. Source: `exitPtrace`. */
export function exitPtrace(task: Task): void {
  for (const target of task.taskSet.ordered(task.tracees)) {
    if ((target.ptraceOpts & PTRACE_O_EXITKILL) !== 0) sendSignal(target, SIGKILL, false, 'the kernel')
    forgetTracer(target)
  }
  task.tracees.clear()
}
