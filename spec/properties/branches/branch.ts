/**
 * How a branch of the source is recognized in a step: the makers of the covers in this folder.
 *
 * A branch has a cover that is reached exactly when the branch is taken. Its name says function and branch, its
 * sentence what a reader sees of it. TRACEABILITY.md lists the branches, and which have no cover for which reason.
 */
import type { State, TaskId } from '../../state.js'
import type { WaitOptions } from '../../wait-options.js'
import { type Cover, changedTasks, type Step } from '../property.js'
import { isBorn } from '../questions.js'

export const branch = (name: string, says: string, reachedBy: (step: Step) => boolean): Cover => ({
  kind: 'cover',
  name,
  says,
  reachedBy,
})

/** Taken by a step of one of these rules, by the task that acts. */
export const ruleBranch = (
  name: string,
  says: string,
  rules: readonly string[],
  takes: (step: Step, t: TaskId) => boolean = () => true,
): Cover =>
  branch(
    name,
    says,
    step => rules.includes(step.rule.name) && takes(step, (step.choice as { task: TaskId }).task),
  )

/** Taken on behalf of a task that the step changes, whichever rule it is. */
export const taskBranch = (name: string, says: string, takes: (step: Step, t: TaskId) => boolean): Cover =>
  changedTasks({ name, says }, takes)

/** A look of a wait: who looks, and for what. */
export type Looking = { readonly s: State; readonly waiter: TaskId; readonly o: WaitOptions }

const lookRules: readonly string[] = ['wait', 'waitRetry']

function lookingOf({ before, rule, choice }: Step): (Looking & { readonly pick: TaskId | null }) | null {
  if (!lookRules.includes(rule.name)) return null
  const { task, pick, options } = choice as { task: TaskId; pick: TaskId | null; options?: WaitOptions }
  const o = options ?? before.task(task).wait
  return o === null ? null : { s: before, waiter: task, o, pick }
}

/** Taken for a child or tracee that a look without result has passed, of a task `of` of the waiter's group. */
export const passedBranch = (
  name: string,
  says: string,
  which: 'children' | 'tracees',
  takes: (look: Looking, t: TaskId, of: TaskId) => boolean,
): Cover =>
  branch(name, says, step => {
    const look = lookingOf(step)
    // A look that returns an event may have ended before it came to this one.
    if (look === null || look.pick !== null) return false
    const { s, waiter } = look
    for (const of of s.group(s.task(waiter).group).tasks)
      for (const t of s.task(of)[which]) if (isBorn(s, t) && takes(look, t, of)) return true
    return false
  })
