/**
 * The event queue of a thread group, in which its blocked waits are registered. Source: waiter.Queue.
 */
import type { GroupId, State } from '../state.js'
import type { WaitEvent } from '../wait-options.js'

/**
 * Wakes the blocked waits of a group that asked for at least one of these events. Source: `Queue.Notify`.
 * A wait is registered exactly while its task is in run state `wait`.
 */
export function notify(before: State, g: GroupId, events: readonly WaitEvent[]): State {
  let s = before
  for (const t of s.group(g).tasks) {
    if (!s.taskIs(t, 'runState', 'wait')) continue
    const { wait } = s.task(t)
    if (wait === null) continue
    if (!events.some(event => wait.events.has(event))) continue
    s = s.withTask(t, { waitNotified: true }).emit({ kind: 'woken', task: t })
  }
  return s
}
