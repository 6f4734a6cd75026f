/**
 * wait4 and waitid: looking, sleeping, waking, being interrupted.
 *
 * Here: the loop of Wait. Each look is one hold of the TaskSet mutex.
 * Not here: what a look finds and takes (kernel/wait.ts).
 *
 * Registering in the event queue and the first look are one step: what happens between them is seen by the
 * look and costs at most one look more.
 *
 * Known weakness: a wait that is restarted (ERESTARTSYS) is in its sleep again at once here. In the source it passes
 * the program's own code first; a handler that runs there does not make it fail, and the wait goes on after it.
 */
import { endSyscall, isAt, mayCall } from '../kernel/control-flow.js'
import { isRunning } from '../kernel/members.js'
import { collect, lookForEvents } from '../kernel/wait.js'
import type { WaitForm } from '../menu.js'
import { rule } from '../rule.js'
import { type Scope, slotsOf } from '../scope.js'
import type { State, TaskId } from '../state.js'
import type { WaitOptions } from '../wait-options.js'

/** Whose event is returned; null when there is none to return. */
type Pick = { readonly task: TaskId; readonly pick: TaskId | null }

const picks = (scope: Scope): readonly (TaskId | null)[] => [null, ...slotsOf(scope)]

/** A form of the menu with every task, or process group, that it can name. */
const optionsOf = (scope: Scope, { whom, options }: WaitForm): readonly WaitOptions[] => {
  if (whom === 'any') return [options]
  return slotsOf(scope).map(id =>
    whom === 'each task' ? options.set('specificTID', id) : options.set('specificPGID', id),
  )
}

/** Can the look of `task` end with `pick`? */
function mayPick(s: State, { task, pick }: Pick, options: WaitOptions): boolean {
  if (pick !== null && !isRelative(s, task, pick)) return false
  const { found } = lookForEvents(s, task, options)
  return pick === null ? found.length === 0 : found.some(({ target }) => target === pick)
}

/** Is `pick` a child or tracee of a task in the waiter's group? Nobody else can be found; asked first because it is cheap. */
const isRelative = (s: State, waiter: TaskId, pick: TaskId): boolean =>
  s.group(s.task(waiter).group).tasks.some(t => s.task(t).children.has(pick) || s.task(t).tracees.has(pick))

/** One look of a wait: return an event, fail, or sleep. */
function look(s: State, { task, pick }: Pick, options: WaitOptions): State {
  const { found, anyWaitableTasks } = lookForEvents(s, task, options)
  const finding = found.find(({ target }) => target === pick)
  if (finding !== undefined) {
    const { state, result } = collect(s, task, options, finding)
    return endWait(state.emit({ kind: 'waited', by: task, options, result }), task)
  }
  if (!anyWaitableTasks)
    return endWait(s.emit({ kind: 'wait failed', by: task, options, error: 'ECHILD' }), task)
  if (!options.block)
    return endWait(s.emit({ kind: 'wait failed', by: task, options, error: 'ErrNoWaitableEvent' }), task)
  return s
    .withTask(task, { runState: 'wait', wait: options, waitNotified: false })
    .emit({ kind: 'wait blocked', by: task, options })
}

const endWait = (s: State, t: TaskId): State =>
  endSyscall(s.withTask(t, { wait: null, waitNotified: false }), t)

/** A program waits. */
export const wait = rule<Pick & { readonly options: WaitOptions }>({
  name: 'wait',
  feature: 'wait',
  kind: 'external',
  source: 'Wait; waitOnce; matchesTask; wait4, Waitid in sys_thread.go',
  choices: scope =>
    slotsOf(scope).flatMap(task =>
      scope.menu.waits
        .flatMap(form => optionsOf(scope, form))
        .flatMap(options => picks(scope).map(pick => ({ task, options, pick }))),
    ),
  guard: (s, choice) => mayCall(s, choice.task) && mayPick(s, choice, choice.options),
  effect: (s, choice) => look(s, choice, choice.options),
})

/** A blocked wait was notified, or is restarted after an interrupt, and looks again. */
export const waitRetry = rule<Pick>({
  name: 'waitRetry',
  feature: 'wait',
  kind: 'internal',
  source: 'Wait; waitOnce; runApp.execute in task_run.go',
  choices: scope => slotsOf(scope).flatMap(task => picks(scope).map(pick => ({ task, pick }))),
  guard(s, choice) {
    if (!isAt(s, choice.task, 'wait')) return false
    const { wait: options, waitNotified } = s.task(choice.task)
    return waitNotified && options !== null && mayPick(s, choice, options)
  },
  effect: (s, choice) => look(s, choice, s.task(choice.task).wait as WaitOptions),
})

/** An interrupt ends the sleep. The wait is restarted afterwards unless a handler of the program runs first. */
export const waitInterrupted = rule<{ readonly task: TaskId }>({
  name: 'waitInterrupted',
  feature: 'wait',
  kind: 'internal',
  source: 'Wait; block in task_block.go',
  choices: scope => slotsOf(scope).map(task => ({ task })),
  guard: (s, { task }) => s.task(task).runState === 'wait' && isRunning(s, task) && s.task(task).interrupted,
  effect: (s, { task }) =>
    s.withTask(task, { runState: 'interrupt', interrupted: false, waitNotified: false }),
})

export const waitRules = [wait, waitRetry, waitInterrupted]
