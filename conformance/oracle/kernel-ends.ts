/**
 * Calls by which a whole kernel ends, in some profiles: nothing is seen after them.
 *
 * Both are faults of the sentry, confirmed on gVisor: counterexamples/session-counted-below-zero.md and
 * counterexamples/setsid-locks-the-kernel.md.
 */
import { listsGone } from '../../checks/verify/panic.js'
import type { ImmutableState } from '../../spec/immutable-state.js'
import { childThreadGroups, countsAsAncestor, parentPG } from '../../spec/kernel/process-group.js'
import type { GroupId, TaskId } from '../../spec/state.js'

const ends = {
  gone: 'a count of a process group that is gone',
  itself: 'a setsid that waits for itself',
} as const

/** Is this, of what is not modelled, the end of the kernel? */
export const isEndOfKernel = (what: string): boolean => Object.values<string>(ends).includes(what)

/** May a step of this rule be the end of a kernel? */
export const mayEndKernel = (rule: string): boolean => rule === 'setsid' || rule === 'setpgid'

/** How the kernel ends by this step; undefined if it does not. */
export function whyKernelEnds(
  s: ImmutableState,
  rule: { readonly name: string; effect(state: ImmutableState, choice: unknown): unknown },
  choice: unknown,
): string | undefined {
  if (!mayEndKernel(rule.name)) return undefined
  const { task, target = task } = choice as { readonly task: TaskId; readonly target?: TaskId }
  const isRefused = () =>
    (rule.effect(s, choice) as ImmutableState).events.some(({ kind }) => kind === 'failed')
  if (listsGone(s, target)) return isRefused() ? undefined : ends.gone
  const locksUp = rule.name === 'setsid' && s.scope.profile.answers.setsidOfOrphan === 'locks up'
  return locksUp && meetsItself(s, s.task(task).group) && !isRefused() ? ends.itself : undefined
}

/**
 * Does `createSession` find the process group of `g` an orphan when it counts a child of `g` out of it? `g` is a member
 * then still, and holds the mutex that it is looked at under.
 */
function meetsItself(s: ImmutableState, g: GroupId): boolean {
  const { processGroup: own } = s.group(g)
  const before = s.processGroup(own).ancestors
  const each = countsAsAncestor(s, own, parentPG(s, g)) ? 1 : 0
  return childThreadGroups(s, g)
    .filter(child => s.group(child).processGroup === own)
    .some((_, i) => before - each * (i + 1) === 0)
}
