/**
 * PTRACE_SEIZE, PTRACE_INTERRUPT, PTRACE_LISTEN: in profiles that know them.
 *
 * Left out: PTRACE_O_… that the exit cycle cannot tell apart, and what GETSIGINFO says of these stops.
 */
import type { Set } from 'immutable'
import { endSyscall, mayCall } from '../kernel/control-flow.js'
import { setTracer } from '../kernel/ptrace.js'
import { trapStop } from '../kernel/seize.js'
import { endInternalStop } from '../kernel/stop.js'
import { eachPair, rule } from '../rule.js'
import type { Scope } from '../scope.js'
import { makeSeized, type PtraceOption, type Seized, type TaskId } from '../state.js'
import { mayAttach } from './ptrace.js'

type Pair = { readonly task: TaskId; readonly target: TaskId }

const pairs = (scope: Scope): readonly Pair[] =>
  scope.profile.answers.seize === 'is known' ? eachPair(scope) : []

/** PTRACE_SEIZE: the target is traced from now on, and goes on; one in a group stop enters it again, as a tracee. */
export const seize = rule<Pair & { readonly options: Set<PtraceOption> }>({
  name: 'seize',
  feature: 'seize',
  kind: 'external',
  source: 'Ptrace in ptrace.go, which refuses it; `ptrace_attach` of Linux, kernel/ptrace.c',
  choices: scope =>
    pairs(scope).flatMap(pair => scope.menu.ptraceOptions.map(options => ({ ...pair, options }))),
  guard: (s, { task, target }) => mayAttach(s, task, target),
  effect(before, { task, target, options }) {
    let s = setTracer(before, target, task).withTask(target, { seized: makeSeized(), ptraceOpts: options })
    if (s.task(target).stop === 'group')
      s = endInternalStop(s.withTask(target, { groupStopRequired: true }), target)
    return endSyscall(s, task)
  },
})

/** PTRACE_INTERRUPT: the tracee stops, or will when it goes on. */
export const interruptTracee = rule<Pair>({
  name: 'interruptTracee',
  feature: 'seize',
  kind: 'external',
  source: 'Ptrace in ptrace.go, which refuses it; `ptrace_request` of Linux, kernel/ptrace.c',
  choices: pairs,
  guard: (s, { task, target }) =>
    mayCall(s, task) && s.task(target).tracer === task && s.task(target).seized?.trapStop === false,
  effect: (s, { task, target }) => endSyscall(trapStop(s, target), task),
})

/** PTRACE_LISTEN: the tracee stays stopped, and stops anew when its group continues; if it has already, at once. */
export const listen = rule<Pair>({
  name: 'listen',
  feature: 'seize',
  kind: 'external',
  source: 'Ptrace in ptrace.go, which refuses it; `ptrace_request` of Linux, kernel/ptrace.c',
  choices: pairs,
  guard: (s, { task, target }) =>
    mayCall(s, task) &&
    s.task(target).tracer === task &&
    s.task(target).stop === 'ptrace' &&
    s.task(target).seized?.listen === 'can',
  effect(s, { task, target }) {
    const seized = s.task(target).seized as Seized
    const listening = s.withTask(target, { seized: seized.set('listen', 'does') })
    return endSyscall(seized.trapNotify ? endInternalStop(s, target) : listening, task)
  },
})

export const seizeRules = [seize, interruptTracee, listen]
