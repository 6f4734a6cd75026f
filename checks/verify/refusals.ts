/**
 * Calls that can only fail, or that do nothing. The spec does not try them, for they lead nowhere; the core has to refuse
 * each, with the error that the manual pages name, or to take it, and to be in the same state thereafter.
 *
 * Asked in every state of a walk. Not here: calls that fail in some states and do something in others, which the spec
 * tries (driver.ts).
 */

import type { ImmutableState } from '../../spec/immutable-state.js'
import { isIn } from '../abstraction.js'
import { isAnybodyElse } from './driver.js'
import type { Core, CoreModule, World } from './world.js'

/** What a call should have been refused with, and what became of it. */
export interface Refusal {
  readonly call: string
  readonly due: string
  readonly got: string
}

const noError = 'no error'

type Call = readonly [text: string, due: Core.Errno | 'NotRunningError' | typeof noError, make: () => unknown]

/** No id, no signal and no option is called so. */
const [noID, noSignal, noOption] = [999_999, 99, 1 << 30]

/** The first call that the core does not refuse as it has to; nothing if there is none. */
export function wrongRefusal(core: CoreModule, world: World, state: ImmutableState): Refusal | undefined {
  const wrong = withoutStackTraces(() => firstWrong(core, world))
  if (wrong !== undefined) return wrong
  if (isIn({ scope: state.scope, world }, state)) return undefined
  return { call: 'a call that is refused', due: 'and changes nothing', got: 'and something is different' }
}

function firstWrong(core: CoreModule, world: World): Refusal | undefined {
  for (const [call, due, make] of callsThatFail(core, world)) {
    const got = outcomeOf(core, make)
    if (got !== due) return { call, due, got }
  }
  return undefined
}

/** Of an error that is due, nobody wants to know where it comes from, and to find out takes most of the time. */
function withoutStackTraces<T>(run: () => T): T {
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0
  try {
    return run()
  } finally {
    Error.stackTraceLimit = stackTraceLimit
  }
}

function outcomeOf(core: CoreModule, make: () => unknown): string {
  try {
    // A call that is a promise fails at once, or not in time.
    void Promise.resolve(make()).catch(() => undefined)
    return noError
  } catch (error) {
    return error instanceof core.SyscallError
      ? error.code
      : error instanceof Error
        ? error.name
        : String(error)
  }
}

function callsThatFail(core: CoreModule, world: World): readonly Call[] {
  const tasks = [...world.tasks].filter(task => task !== undefined)
  const ofTasks = tasks.flatMap(task => {
    if (!task.mayCall) return callsOfTheBusy(core, task)
    // A call is over, and one that an interrupt waits for goes elsewhere from there.
    if (task.interrupted) return [callOfTheInterrupted(task)]
    return [
      ...callsWithNonsense(core, task),
      ...callsWithoutEffect(task),
      ...tasks.flatMap(target => callsAbout(task, target)),
    ]
  })
  const timers = [...world.groups].flatMap(group => (group === undefined ? [] : timersOf(core, group)))
  return [...ofTasks, ...timers, ...tasks.flatMap(task => signalsForTheDead(core, task))]
}

const signalsForTheDead = ({ SIGKILL }: CoreModule, task: Core.Task): readonly Call[] =>
  task.exitState === 'Dead'
    ? [
        [
          `a signal for task ${task.serial}, which is dead`,
          noError,
          () => tells(task.taskSet, ['ESRCH'], () => task.sendSignal(SIGKILL)),
        ],
        [
          `a signal for the process of task ${task.serial}, which is dead`,
          noError,
          () => tells(task.taskSet, ['ESRCH'], () => task.sendGroupSignal(SIGKILL)),
        ],
      ]
    : []

/** @throws if the observer is told of anything else than signals with these outcomes */
function tells(taskSet: Core.TaskSet, due: readonly string[], send: () => void): void {
  const { observe } = taskSet
  const told: string[] = []
  taskSet.observe = event => told.push(event.kind === 'signal' ? event.outcome : event.kind)
  try {
    send()
  } finally {
    taskSet.observe = observe
  }
  if (told.join() !== due.join()) throw new Error(`the observer is told: ${told.join() || 'nothing'}`)
}

/** It looks for what has interrupted it; and is put back. */
function callOfTheInterrupted(task: Core.Task): Call {
  const make = () => {
    task.kill(0, 0)
    const { runState, interrupted } = task
    task.runState = 'app'
    task.interrupted = true
    if (runState !== 'interrupt' || interrupted) throw new Error('it returns to its program')
  }
  return [`kill of nothing by task ${task.serial}, which is interrupted`, noError, make]
}

/** The timers of a process without active threads are gone. */
const timersOf = (core: CoreModule, group: Core.ThreadGroup): readonly Call[] =>
  group.activeTasks > 0
    ? []
    : [
        [
          `a timer of group ${group.serial}`,
          noError,
          () => tells(group.taskSet, [], () => group.sendTimerSignal(core.SIGPROF)),
        ],
      ]

/** Of one that does so to its own process, or asks whether a signal could be sent. */
function callsWithoutEffect(task: Core.Task): readonly Call[] {
  const { group } = task
  const { pidns, processGroup: pg, taskSet } = group
  const by = `by task ${task.serial}`
  const [id, pgid] = [pidns.idOf(group.leader), pidns.idOfProcessGroup(pg)]
  const calls: Call[] = [[`kill of its process group with nothing ${by}`, noError, () => task.kill(0, 0)]]
  if (id !== 0) calls.push([`kill of its process with nothing ${by}`, noError, () => task.kill(id, 0)])
  // One cannot name the process group of the first process: -1 is everybody.
  if (pgid > 1) calls.push([`kill of a process group with nothing ${by}`, noError, () => task.kill(-pgid, 0)])
  if (id === 0 || pg.originator !== group) return calls
  const staysAsLeader =
    taskSet.profile.switches.sessionLeaders === 'stay in their process group' && pg.session.leader === group
  calls.push([`setpgid of a founder ${by}`, staysAsLeader ? 'EPERM' : noError, () => task.setpgid(0, 0)])
  return calls
}

/** Of one that does not run its program. */
function callsOfTheBusy(core: CoreModule, task: Core.Task): readonly Call[] {
  const calls: readonly (readonly [string, () => unknown])[] = [
    ['exit', () => task.exit(0)],
    ['exit_group', () => task.exitGroup(0)],
    ['clone', () => task.clone(core.fork)],
    ['execve', () => task.execve()],
    ['wait', () => task.waitNow()],
    ['blocking wait', () => task.wait()],
    ['setsid', () => task.setsid()],
    ['setpgid', () => task.setpgid(0, 0)],
    ['kill', () => task.kill(0, 0)],
    ['ptrace', () => task.ptraceTraceme()],
  ]
  return calls.map(([name, make]) => [`${name} by task ${task.serial}`, 'NotRunningError', make])
}

/** With arguments that mean nothing. */
function callsWithNonsense(core: CoreModule, task: Core.Task): readonly Call[] {
  const { profile } = task.taskSet
  const by = `by task ${task.serial}`
  const action = task.group.sigchldAction
  const calls: Call[] = [
    [`sigaction of another signal ${by}`, 'EINVAL', () => task.sigaction(core.SIGKILL, action)],
    [`a death signal that is none ${by}`, 'EINVAL', () => task.setParentDeathSignal(noSignal)],
    [`a death signal below all ${by}`, 'EINVAL', () => task.setParentDeathSignal(-1)],
    [`kill with no signal ${by}`, 'EINVAL', () => task.kill(0, noSignal)],
    [`kill with a signal below all ${by}`, 'EINVAL', () => task.kill(0, -1)],
    [`kill with half a signal ${by}`, 'EINVAL', () => task.kill(0, 1.5)],
    [`kill of nobody ${by}`, 'ESRCH', () => task.kill(noID, 0)],
    [`kill of nobody with the first signal ${by}`, 'ESRCH', () => task.kill(noID, 1)],
    [`kill of nobody with the last signal ${by}`, 'ESRCH', () => task.kill(noID, 31)],
    [`kill of no process group ${by}`, 'ESRCH', () => task.kill(-noID, 0)],
    [`kill of all others ${by}`, isAnybodyElse(task) ? noError : 'ESRCH', () => task.kill(-1, 0)],
    [`setpgid of nobody ${by}`, 'ESRCH', () => task.setpgid(noID, 0)],
    [`setpgid to a number below all ${by}`, 'EINVAL', () => task.setpgid(0, -1)],
    [`setpgid to no process group ${by}`, 'EPERM', () => task.setpgid(0, noID)],
  ]
  if (profile.knows?.includes('PR_SET_CHILD_SUBREAPER') !== true)
    calls.push([`prctl that is not known ${by}`, 'EINVAL', () => task.setChildSubreaper(true)])
  return calls
}

/** Of another task that it may not do this to. */
function callsAbout(task: Core.Task, target: Core.Task): readonly Call[] {
  const about = `of task ${target.serial} by task ${task.serial}`
  const knowsSeize = task.taskSet.profile.knows?.includes('PTRACE_SEIZE') === true
  const id = task.group.pidns.idOf(target)
  const isGone = target.exitState === 'Zombie' || target.exitState === 'Dead'
  const isItsTracee = target.tracer === task
  const { seized } = target
  const mayBeAsked = isItsTracee && target.stop === 'ptrace' && !target.stopFrozen
  const calls: Call[] = []
  const add = (name: string, due: Call[1], make: () => unknown) => calls.push([`${name} ${about}`, due, make])

  if (id === 0) add('PTRACE_ATTACH', 'ESRCH', () => task.ptraceAttach(target))
  else if (target.group === task.group || target.tracer !== null || isGone)
    add('PTRACE_ATTACH', 'EPERM', () => task.ptraceAttach(target))
  if (target === task && task.tracer !== null) add('PTRACE_TRACEME', 'EPERM', () => task.ptraceTraceme())

  add('PTRACE_CONT with no signal', 'EIO', () => task.ptraceCont(target, noSignal))
  add('PTRACE_SETOPTIONS with no option', 'EINVAL', () => task.ptraceSetOptions(target, noOption))
  if (!mayBeAsked || seized?.listen === 'does') {
    add('PTRACE_CONT', 'ESRCH', () => task.ptraceCont(target))
    add('PTRACE_DETACH', 'ESRCH', () => task.ptraceDetach(target))
    add('PTRACE_SETOPTIONS', 'ESRCH', () => task.ptraceSetOptions(target, 0))
  }
  if (!isItsTracee) add('PTRACE_KILL', 'ESRCH', () => task.ptraceKill(target))
  else if (target.stop !== 'ptrace' && task.taskSet.profile.switches.ptraceKill === 'resumes with SIGKILL')
    add('PTRACE_KILL', noError, () => task.ptraceKill(target))

  if (id === 0) add('PTRACE_SEIZE', 'ESRCH', () => task.ptraceSeize(target))
  if (id !== 0) add('PTRACE_SEIZE with no option', 'EIO', () => task.ptraceSeize(target, noOption))
  if (!knowsSeize) {
    if (id !== 0) add('PTRACE_SEIZE', 'EIO', () => task.ptraceSeize(target))
    add('PTRACE_INTERRUPT', 'EIO', () => task.ptraceInterrupt(target))
    add('PTRACE_LISTEN', 'EIO', () => task.ptraceListen(target))
  } else {
    if (!isItsTracee) add('PTRACE_INTERRUPT', 'ESRCH', () => task.ptraceInterrupt(target))
    else if (seized === null) add('PTRACE_INTERRUPT', 'EIO', () => task.ptraceInterrupt(target))
    if (!mayBeAsked) add('PTRACE_LISTEN', 'ESRCH', () => task.ptraceListen(target))
    else if (seized?.listen !== 'can') add('PTRACE_LISTEN', 'EIO', () => task.ptraceListen(target))
  }

  if (id === 0) return calls
  if (!target.isLeader) add('setpgid of a thread', 'EINVAL', () => task.setpgid(id, 0))
  else if (target.group !== task.group && target.parent?.group !== task.group)
    add('setpgid of a stranger', 'ESRCH', () => task.setpgid(id, 0))
  else if (target.group !== task.group) addStay(task, target, add)
  return calls
}

/** A child that has executed a program may not be moved, except to where it is. */
function addStay(
  task: Core.Task,
  { group }: Core.Task,
  add: (name: string, due: typeof noError, make: () => unknown) => void,
): void {
  const { pidns, taskSet } = task.group
  const { execedChildren, sessionLeaders } = taskSet.profile.switches
  const [id, pgid] = [pidns.idOf(group.leader), pidns.idOfProcessGroup(group.processGroup)]
  const isAllowed = execedChildren === 'may found a process group' && sessionLeaders === 'may move'
  if (isAllowed && group.execed && pgid !== 0 && pgid !== id)
    add('setpgid to where it is', noError, () => task.setpgid(id, pgid))
}
