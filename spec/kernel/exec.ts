/**
 * Whom an execve waits for.
 *
 * Here: the question when it begins, and the end of its wait.
 * Not here: the call itself (rules/exec.ts).
 */
import type { GroupId, State, TaskId } from '../state.js'
import { leaderOf } from './members.js'
import { endInternalStop } from './stop.js'

/** As in the source, a sibling that is a zombie already is waited for, although none is left to end the wait. */
export function hasNobodyToWaitFor(s: State, g: GroupId, execing: TaskId): boolean {
  const { execveWaits } = s.scope.profile.switches
  if (execveWaits === 'for tasks not reaped') return s.group(g).tasks.size === 1
  return execveWaits === 'for live tasks'
    ? s.group(g).liveTasks === 1
    : onlyItsDeadLeaderIsLeft(s, g, execing)
}

const onlyItsDeadLeaderIsLeft = (s: State, g: GroupId, execing: TaskId): boolean =>
  s.group(g).tasks.every(t => t === execing || (t === leaderOf(s, g) && s.task(t).exitState === 'Zombie'))

/** A sibling has become a zombie: that may be what the execve of the group has waited for. Source: `runExitNotify`. */
export function endExecStop(s: State, g: GroupId): State {
  const { execing, liveTasks } = s.group(g)
  if (execing === null || s.task(execing).stop !== 'exec') return s
  const isOver =
    s.scope.profile.switches.execveWaits === 'for threads not reaped and a live leader'
      ? onlyItsDeadLeaderIsLeft(s, g, execing)
      : liveTasks === 1
  return isOver ? endInternalStop(s, execing) : s
}
