/**
 * ptrace(2): requests of tracers.
 *
 * A request to a stopped tracee is two steps: the tracee is looked up and its stop is frozen, so that no kill
 * can end it; then the request is carried out. Requests that can only fail are not tried.
 */
import type { Set } from 'immutable'
import { match } from 'ts-pattern'
import { endSyscall, isAt, mayCall } from '../kernel/control-flow.js'
import { groupOf, inSameGroup } from '../kernel/members.js'
import { forgetTracer, setTracer } from '../kernel/ptrace.js'
import { sendSignal } from '../kernel/send-signal.js'
import { endInternalStop, isKilled, isPtraceStop } from '../kernel/stop.js'
import { eachPair, eachTask, rule } from '../rule.js'
import type { Scope } from '../scope.js'
import type { Signal } from '../signals.js'
import {
  makePtraceRequest,
  type PtraceOption,
  type PtraceRequest,
  type State,
  type TaskId,
} from '../state.js'

type Pair = { readonly task: TaskId; readonly target: TaskId }

/** PTRACE_TRACEME: the parent becomes the tracer; if it is leaving already, nothing happens, and that is no error. */
export const traceme = rule({
  name: 'traceme',
  feature: 'ptrace',
  kind: 'external',
  source: 'ptraceTraceme in ptrace.go',
  choices: eachTask,
  guard: (s, { task }) => mayCall(s, task) && s.taskIs(task, 'tracer', null),
  effect(s, { task }) {
    const { parent } = s.task(task)
    if (parent === null || s.task(parent).exitState !== 'None') return endSyscall(s, task)
    return endSyscall(setTracer(s, task, parent), task)
  },
})

const attaches = (s: State, t: TaskId): boolean =>
  s.scope.menu.attach === 'everybody' || s.task(t).group === 0

/** Is `target` visible in the namespace of `t`, so that `t` can name it? Source: `TaskWithID` in threads.go. */
const canName = (s: State, t: TaskId, target: TaskId): boolean =>
  s.namespace(groupOf(s, t).pidns).tids.has(target)

/** May `t` become the tracer of `target`? */
export function mayAttach(s: State, t: TaskId, target: TaskId): boolean {
  if (!mayCall(s, t) || !attaches(s, t)) return false
  if (s.taskIs(target, 'runState', 'unborn') || inSameGroup(s, t, target)) return false
  const { tracer, exitState } = s.task(target)
  if (tracer !== null || (exitState !== 'None' && exitState !== 'Initiated')) return false
  return canName(s, t, target)
}

/** PTRACE_ATTACH: the target will stop. One that is in a group stop leaves it and enters it again, as a tracee. */
export const attach = rule<Pair>({
  name: 'attach',
  feature: 'ptrace',
  kind: 'external',
  source: 'Ptrace, ptraceAttach in ptrace.go; TaskWithID in threads.go',
  choices: eachPair,
  guard: (s, { task, target }) => mayAttach(s, task, target),
  effect(before, { task, target }) {
    let s = setTracer(before, target, task)
    s = sendSignal(s, target, 'SIGSTOP', false)
    if (s.task(target).stop === 'group')
      s = endInternalStop(s.withTask(target, { groupStopRequired: true }), target)
    return endSyscall(s, task)
  },
})

/**
 * PTRACE_KILL: the tracee leaves its ptrace-stop as if SIGKILL had been the signal to deliver; no more than that. Or, in a
 * profile that has it so, SIGKILL is sent, also to a tracee that is in no stop.
 */
export const ptraceKill = rule<Pair>({
  name: 'ptraceKill',
  feature: 'ptrace',
  kind: 'external',
  source: 'ptraceKill in ptrace.go',
  choices: eachPair,
  guard: (s, { task, target }) =>
    mayCall(s, task) &&
    s.task(target).tracer === task &&
    (sendsSIGKILL(s) || isPtraceStop(s.task(target).stop)),
  effect: (s, { task, target }) =>
    endSyscall(
      sendsSIGKILL(s)
        ? sendSignal(s, target, 'SIGKILL', false)
        : endInternalStop(s.withTask(target, { ptraceCode: 'SIGKILL' }), target),
      task,
    ),
})

const sendsSIGKILL = (s: State): boolean => s.scope.profile.switches.ptraceKill === 'sends SIGKILL'

/** A request of the menu, to each possible tracee. */
const requests = (scope: Scope): readonly PtraceRequest[] => [
  ...scope.menu.resumeWith.map(signal => makePtraceRequest({ request: 'CONT', signal })),
  ...scope.menu.resumeWith.map(signal => makePtraceRequest({ request: 'DETACH', signal })),
  ...scope.menu.ptraceOptions.map(options => makePtraceRequest({ request: 'SETOPTIONS', options })),
]

/** PTRACE_CONT, PTRACE_DETACH, PTRACE_SETOPTIONS: the tracee's stop is frozen. */
export const ptraceFreeze = rule<{ readonly task: TaskId; readonly request: PtraceRequest }>({
  name: 'ptrace',
  feature: 'ptrace',
  kind: 'external',
  source: 'Ptrace, ptraceFreeze in ptrace.go',
  choices: scope =>
    eachPair(scope).flatMap(({ task, target }) =>
      requests(scope).map(request => ({ task, request: request.set('target', target) })),
    ),
  guard: (s, { task, request }) =>
    mayCall(s, task) &&
    s.task(request.target).tracer === task &&
    s.task(request.target).stop === 'ptrace' &&
    s.task(request.target).seized?.listen !== 'does' &&
    !(request.request === 'SETOPTIONS' && sameOptions(s, request)),
  effect: (s, { task, request }) =>
    s
      .withTask(request.target, { stop: 'ptraceFrozen' })
      .withTask(task, { runState: 'ptraceRequest', request }),
})

/** Options that are set already: to set them again changes nothing. */
const sameOptions = (s: State, { target, options }: PtraceRequest): boolean =>
  (s.task(target).ptraceOpts as Set<PtraceOption>).equals(options)

/** The request is carried out; unless it resumes the tracee, the stop is unfrozen, and ends if the tracee was killed. */
export const ptraceRequest = rule({
  name: 'ptraceRequest',
  feature: 'ptrace',
  kind: 'internal',
  source: 'Ptrace, ptraceUnstop, ptraceDetach, forgetTracerLocked, ptraceUnfreeze in ptrace.go',
  choices: eachTask,
  guard: (s, { task }) => isAt(s, task, 'ptraceRequest'),
  effect(before, { task }) {
    const { request, target, signal, options } = before.task(task).request as PtraceRequest
    const s = before.withTask(task, { request: null })
    const done = match(request)
      .with('CONT', () => endInternalStop(s.withTask(target, { ptraceCode: signal }), target))
      .with('DETACH', () => detach(s, task, target, signal))
      .with('SETOPTIONS', () => unfreeze(s.withTask(target, { ptraceOpts: options }), target))
      .exhaustive()
    return endSyscall(done, task)
  },
})

/** Source: `ptraceDetach`. */
function detach(before: State, t: TaskId, target: TaskId, signal: Signal | null): State {
  const s = forgetTracer(before.withTask(target, { ptraceCode: signal }), target)
  return s.withTask(t, { tracees: s.task(t).tracees.remove(target) })
}

/** Source: `ptraceUnfreeze`. */
const unfreeze = (s: State, t: TaskId): State =>
  isKilled(s, t) ? endInternalStop(s, t) : s.withTask(t, { stop: 'ptrace' })

export const ptraceRules = [traceme, attach, ptraceKill, ptraceFreeze, ptraceRequest]
