/**
 * The resources of children: who is told of them, and that they are told once.
 *
 * Source of the facts: getrusage(2), RUSAGE_CHILDREN: "all children of the calling process that have terminated
 * and been waited for"; the comments in waitCollectZombieLocked.
 */
import { is, type List } from 'immutable'
import type { GroupId, TaskId, Usage } from '../state.js'
import {
  changedGroups,
  changedTasks,
  eventsOf,
  groups,
  invariant,
  type Step,
  stepEvents,
  stepProperty,
} from './property.js'
import { groupOf, isChildOfGroup, isDead, leads } from './questions.js'

const sorted = (usage: Usage): List<TaskId> => usage.sort((a, b) => a - b)

/** The same resources, in whatever order. */
const isSameUsage = (a: Usage, b: Usage): boolean => is(sorted(a), sorted(b))

export const aGroupHasAccounts = groups(
  {
    name: 'a group has taken over resources',
    says: 'A thread group has taken over the CPU time of a child or of a thread that was reaped.',
  },
  (s, g) => s.group(g).childCPUStats.size > 0 || s.group(g).exitedCPUStats.size > 0,
)

export const aResidentSetIsRemembered = groups(
  {
    name: 'a largest resident set is remembered',
    says: 'A thread group has kept the largest resident set of a task that has released its memory.',
  },
  (s, g) => s.group(g).maxRSS > 0,
)

/** Nobody's time is counted twice. */
export const nobodyIsCountedTwice = invariant(aGroupHasAccounts, {
  name: 'no task’s resources are counted twice',
  says: 'The CPU time of a task is counted at most once among the reaped threads and the children of a group.',
  clauses: {
    'no task is there twice': (s, g) => {
      const { exitedCPUStats, childCPUStats } = s.group(g)
      const all = exitedCPUStats.concat(childCPUStats)
      return all.toSet().size === all.size
    },
  },
  about: (s, g) =>
    `threads [${s.group(g).exitedCPUStats.join(', ')}], children [${s.group(g).childCPUStats.join(', ')}]`,
})

/** Does this step let the group `g` collect the process that `t` leads, as its parent? */
const isCollectedBy = (step: Step, t: TaskId, g: GroupId): boolean =>
  isChildOfGroup(step.before, t, g) &&
  leads(step.before, t) &&
  !step.before.task(t).exitParentAcked &&
  step.after.task(t).exitParentAcked &&
  eventsOf(step).some(
    event =>
      event.kind === 'waited' &&
      event.options.consumeEvent &&
      event.result.event === 'Exit' &&
      event.result.task === t &&
      step.before.task(event.by).group === g,
  )

/** All that a dead process has used: its leader, its other threads, its own children. */
const usageOf = ({ before }: Step, t: TaskId): Usage => {
  const { exitedCPUStats, childCPUStats } = groupOf(before, t)
  return before.task(t).cpuStats.concat(exitedCPUStats, childCPUStats)
}

/** What `g` has to have taken over from its children after this step. */
function expectedAccounts(step: Step, g: GroupId): Usage {
  let expected = step.before.group(g).childCPUStats
  for (let t = 0; t < step.before.scope.slots; t++)
    if (step.before.task(t).runState !== 'unborn' && isCollectedBy(step, t, g))
      expected = expected.concat(usageOf(step, t))
  return expected
}

const accountsAddUp = (step: Step, g: GroupId): boolean =>
  isSameUsage(step.after.group(g).childCPUStats, expectedAccounts(step, g))

const aboutAccounts = (step: Step, g: GroupId): string =>
  `children's CPU time [${step.after.group(g).childCPUStats.join(', ')}], expected [${expectedAccounts(step, g).join(', ')}]`

export const accountsChange = changedGroups(
  {
    name: 'the resources of children are taken over',
    says: 'A step changes what a group has taken over from its children.',
  },
  ({ before, after }, g) => !is(before.group(g).childCPUStats, after.group(g).childCPUStats),
)

/** Nothing is taken over but by waiting. */
export const resourcesAreTakenOverByWaiting = stepProperty(accountsChange, {
  name: 'the resources of a child are accounted only to the parent that waits',
  says: 'What a group has taken over from its children changes only by what the children that it collects in the step have used.',
  clauses: { 'the change is what the collected children have used': accountsAddUp },
  about: aboutAccounts,
})

export const aParentCollectsAChild = stepEvents(
  {
    name: 'a parent collects a child',
    says: 'A consuming wait by its parent’s group acknowledges the exit of a process.',
  },
  'waited',
  (step, { by, options, result }) =>
    options.consumeEvent &&
    result.event === 'Exit' &&
    isCollectedBy(step, result.task, step.before.task(by).group),
)

/** Whoever waits takes over everything. */
export const collectedResourcesAreTakenOver = stepProperty(aParentCollectsAChild, {
  name: 'the resources of a child are accounted when it is waited for',
  says: 'The parent that collects a process takes over what its leader, its other threads and its own children have used, and the largest resident set.',
  clauses: {
    'the CPU time is taken over': (step, { by }) => accountsAddUp(step, step.before.task(by).group),
    'the largest resident set is remembered': ({ before, after }, { by, result }) => {
      const { group } = before.task(by)
      const { maxRSS, childMaxRSS } = groupOf(before, result.task)
      return after.group(group).childMaxRSS === Math.max(before.group(group).childMaxRSS, maxRSS, childMaxRSS)
    },
  },
  about: (step, { by }) => aboutAccounts(step, step.before.task(by).group),
})

export const aTaskThatHasRunDies = changedTasks(
  { name: 'a task that has used CPU time dies', says: 'A step reaps a task that has used CPU time.' },
  ({ before, after }, t) => isDead(after, t) && !isDead(before, t) && before.task(t).cpuStats.size > 0,
)

/** The time of a reaped thread stays with its group. */
export const aReapedTaskLeavesItsTime = stepProperty(aTaskThatHasRunDies, {
  name: 'the resources of a reaped task stay with its group',
  says: 'The step that reaps tasks adds what they have used to their group, and nothing else.',
  clauses: {
    'the group has it now': ({ before, after }, t) => {
      const { group } = before.task(t)
      let expected: Usage = before.group(group).exitedCPUStats
      for (let other = 0; other < before.scope.slots; other++) {
        const { group: its, cpuStats, runState } = before.task(other)
        if (runState === 'unborn' || its !== group) continue
        if (isDead(after, other) && !isDead(before, other)) expected = expected.concat(cpuStats)
      }
      return isSameUsage(after.group(group).exitedCPUStats, expected)
    },
  },
})
