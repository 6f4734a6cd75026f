/**
 * A rule of the spec: a named guard and effect, tried with every choice.
 *
 * One firing is one critical section of the source: what happens under one hold of the TaskSet mutex, or of
 * a signal mutex where only that is held.
 */
import { type Scope, slotsOf } from './scope.js'
import type { State, TaskId } from './state.js'

/** What a check can leave out. */
export const features = {
  exit: 'exit and exit_group, and the whole exit path',
  fork: 'fork and clone of processes',
  threads: 'clone of threads',
  kill: 'kill and tgkill with signals that end a process',
  stop: 'stop signals, SIGCONT, group stops',
  killmany: 'kill of a process group, and kill -1',
  killall: 'TaskSet.Kill, as before a save',
  sigchld: 'sigaction of SIGCHLD: ignore, handle, SA_NOCLDWAIT, SA_NOCLDSTOP',
  pdeathsig: 'prctl(PR_SET_PDEATHSIG)',
  wait: 'wait4 and waitid',
  ptrace: 'traceme, attach, continue, detach, kill, options, events',
  exec: 'execve',
  vfork: 'vfork',
  pidns: 'clone of a new PID namespace',
  jobs: 'setpgid and setsid',
  timer: 'process timer signals',
  seize: 'PTRACE_SEIZE, PTRACE_INTERRUPT, PTRACE_LISTEN, in profiles that know them',
  subreaper: 'prctl(PR_SET_CHILD_SUBREAPER), in profiles that have it',
} as const

export type Feature = keyof typeof features

export interface Rule<C = { readonly task: TaskId }> {
  readonly name: string
  readonly feature: Feature
  /** Where choices of one rule belong to different features: the feature of a choice. */
  featureOf?(choice: C): Feature
  /** `external`: what a program or another process does; `internal`: what the kernel does on its own. */
  readonly kind: 'external' | 'internal'
  /** The function of the source, with its file unless that is task_exit.go. */
  readonly source: string
  /** Plain data; the fields `task`, `target`, `pick` and `caller` are task ids. */
  choices(scope: Scope): readonly C[]
  guard(s: State, choice: C): boolean
  effect(s: State, choice: C): State
}

/** Fixes the type of the choices of a rule. */
export const rule = <C extends object>(it: Rule<C>): Rule<C> => it

/** One choice for each task. */
export const eachTask = (scope: Scope): readonly { readonly task: TaskId }[] =>
  slotsOf(scope).map(task => ({ task }))

/** One choice for each ordered pair of different tasks. */
export const eachPair = (scope: Scope): readonly { readonly task: TaskId; readonly target: TaskId }[] =>
  slotsOf(scope).flatMap(task =>
    slotsOf(scope).flatMap(target => (task === target ? [] : [{ task, target }])),
  )
