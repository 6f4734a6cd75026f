/**
 * Job control: setpgid and setsid.
 *
 * Known weakness: setpgid looks its target up and moves it in one step. The source lets go of the TaskSet mutex in
 * between; a child that is reaped there is moved all the same, which takes a reference from its old process group a
 * second time (Setpgid in sys_thread.go, CreateProcessGroup and JoinProcessGroup in sessions.go).
 */
import { endSyscall, mayCall } from '../kernel/control-flow.js'
import { groupOf, inSameGroup, isLeader } from '../kernel/members.js'
import {
  createProcessGroup,
  createSession,
  isThere,
  isVisible,
  joinProcessGroup,
  rejoiningIsFelt,
  sessionOf,
  whyNoSession,
} from '../kernel/process-group.js'
import { eachTask, rule } from '../rule.js'
import { slotsOf } from '../scope.js'
import type { ProcessGroupId, State, TaskId } from '../state.js'

/** setsid(2). */
export const setsid = rule({
  name: 'setsid',
  feature: 'jobs',
  kind: 'external',
  source: 'CreateSession, createSession in sessions.go',
  choices: scope => (scope.menu.jobCalls.includes('setsid') ? eachTask(scope) : []),
  guard: (s, { task }) => mayCall(s, task),
  effect(s, { task }) {
    const { group: g } = s.task(task)
    const error = whyNoSession(s, g)
    if (error !== null) return endSyscall(s.emit({ kind: 'failed', by: task, call: 'setsid', error }), task)
    return endSyscall(createSession(s, g), task)
  },
})

type Move = { readonly task: TaskId; readonly target: TaskId; readonly processGroup: ProcessGroupId }

/** May `task` move the process of `target`: its own, or that of a child of its group? */
function mayMove(s: State, { task, target }: Move): boolean {
  if (!mayCall(s, task)) return false
  if (s.taskIs(target, 'runState', 'unborn') || s.taskIs(target, 'exitState', 'Dead')) return false
  if (!isLeader(s, target)) return false
  const { parent } = s.task(target)
  return inSameGroup(s, task, target) || (parent !== null && inSameGroup(s, task, parent))
}

/**
 * May the move make a difference? One to the process group that the process is in already may: where nothing refuses it,
 * `JoinProcessGroup` goes through with it. What refuses it is no error then, but in Linux, where it changes nothing.
 */
function isFelt(s: State, move: Move): boolean {
  const { target, processGroup } = move
  const { group: g } = s.task(target)
  if (!s.groupIs(g, 'processGroup', processGroup)) return processGroup === g || isThere(s, processGroup)
  return processGroup !== g && whyNoMove(s, move) === null && rejoiningIsFelt(s, g)
}

/** setpgid(2), to found a process group or to join one. Moves of which nothing is felt are not tried. */
export const setpgid = rule<Move>({
  name: 'setpgid',
  feature: 'jobs',
  kind: 'external',
  source: 'CreateProcessGroup, JoinProcessGroup in sessions.go; Setpgid in sys_thread.go',
  choices: scope =>
    (scope.menu.jobCalls.includes('setpgid') ? eachTask(scope) : []).flatMap(({ task }) =>
      slotsOf(scope).flatMap(target => slotsOf(scope).map(processGroup => ({ task, target, processGroup }))),
    ),
  guard: (s, move) => mayMove(s, move) && isFelt(s, move),
  effect(s, move) {
    const { task, target, processGroup } = move
    const { group: g } = s.task(target)
    const error = whyNoMove(s, move)
    if (error !== null) return endSyscall(s.emit({ kind: 'failed', by: task, call: 'setpgid', error }), task)
    return endSyscall(
      processGroup === g ? createProcessGroup(s, g) : joinProcessGroup(s, g, processGroup),
      task,
    )
  },
})

/** Why `CreateProcessGroup` or `JoinProcessGroup` refuses; null if it does not. */
function whyNoMove(s: State, { task, target, processGroup }: Move): 'EPERM' | 'EACCES' | null {
  const { group: g } = s.task(target)
  const { execedChildren, sessionLeaders } = s.scope.profile.switches
  const isChild = !inSameGroup(s, task, target)
  const elsewhere = isChild && sessionOf(s, g) !== sessionOf(s, s.task(task).group)
  if (elsewhere && sessionLeaders === 'stay in their process group') return 'EPERM'
  const hasExeced = isChild && s.group(g).execed
  if (hasExeced && execedChildren === 'are not moved') return 'EACCES'
  if (sessionLeaders === 'stay in their process group' && sessionOf(s, g) === g) return 'EPERM'
  if (processGroup === g) return whyNoSession(s, g)
  if (!isVisible(s, processGroup, groupOf(s, task).pidns)) return 'EPERM'
  if (hasExeced) return 'EACCES'
  return s.processGroup(processGroup).session === sessionOf(s, g) ? null : 'EPERM'
}

export const jobRules = [setsid, setpgid]
