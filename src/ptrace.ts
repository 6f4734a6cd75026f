/**
 * Tracing: how a tracer gets and loses a tracee, ptrace-stops, and requests. Source: ptrace.go.
 *
 * Left out: registers and memory, stops at system calls, and permissions: every task may trace every other.
 */
import { SyscallError } from './errors.js'
import { exitNotify } from './exit-notify.js'
import { codeOfEvent, PTRACE_O_EXITKILL, type PtraceCode, type PtraceRequest } from './ptrace-options.js'
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
  if (target.group === task.group || target.tracer !== null || isGone(target))
    throw new SyscallError('EPERM', 'ptrace')
  setTracer(target, task)
  sendSignal(target, SIGSTOP, false)
  if (target.stop !== 'group') return
  target.groupStopRequired = true
  endInternalStop(target)
}

const isGone = ({ exitState }: Task): boolean => exitState === 'Zombie' || exitState === 'Dead'

/** PTRACE_KILL: SIGKILL is the signal with which the tracee leaves its ptrace-stop; it does nothing else. */
export function ptraceKill(task: Task, target: Task): void {
  if (target.tracer !== task) throw new SyscallError('ESRCH', 'ptrace')
  if (target.stop !== 'ptrace') return
  target.ptraceCode = SIGKILL
  endInternalStop(target)
}

/** The first half of a request: the tracee's stop is frozen, so that no signal ends it. Source: `ptraceFreeze`. */
export function ptraceFreeze(task: Task, target: Task, request: PtraceRequest): void {
  if (target.tracer !== task || target.stop !== 'ptrace' || target.stopFrozen)
    throw new SyscallError('ESRCH', 'ptrace')
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
