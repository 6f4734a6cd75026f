/**
 * Premises that several properties share, and covers that nothing presupposes but a thorough check must reach.
 *
 * A premise that only one property has stands beside that property.
 */
import { type Cover, changedTasks, eventsOf, groups, stepEvents, tasks } from './property.js'
import {
  groupOf,
  isActive,
  isAloneInGroup,
  isDead,
  isLive,
  isZombie,
  leads,
  parentGroup,
  tracerGroup,
} from './questions.js'

export const aTaskLives = tasks({ name: 'a task lives', says: 'Some task has not become a zombie.' }, isLive)

export const aTaskIsNotDead = tasks(
  { name: 'a task is not dead', says: 'Some task has not been reaped.' },
  (s, t) => !isDead(s, t),
)

export const aTaskHasBegunToExit = tasks(
  { name: 'a task has begun to exit', says: 'Some task is in exit state Initiated or Zombie.' },
  (s, t) => s.task(t).exitState === 'Initiated' || isZombie(s, t),
)

export const aTaskIsAZombie = tasks(
  { name: 'a task is a zombie', says: 'Some task waits to be reaped.' },
  isZombie,
)

export const aTaskIsDead = tasks({ name: 'a task is dead', says: 'Some task has been reaped.' }, isDead)

export const aTaskHasAParent = tasks(
  { name: 'a task has a parent', says: 'Some task that is not dead has a parent.' },
  (s, t) => s.task(t).parent !== null && !isDead(s, t),
)

export const aTaskHasATracer = tasks(
  { name: 'a task has a tracer', says: 'Some task is traced.' },
  (s, t) => s.task(t).tracer !== null,
)

export const aGroupHasThreads = groups(
  { name: 'a group is in use', says: 'Some thread group has a leader.' },
  () => true,
)

export const aTaskDies = changedTasks(
  { name: 'a task dies', says: 'A step reaps a task.' },
  ({ before, after }, t) => isDead(after, t) && !isDead(before, t),
)

export const aDeathIsConsumed = stepEvents(
  { name: 'a death is consumed', says: 'A wait returns an exit, and takes it.' },
  'waited',
  (_, { options, result }) => options.consumeEvent && result.event === 'Exit',
)

const someState = (name: string, says: string, reached: NonNullable<Cover['reached']>): Cover => ({
  kind: 'cover',
  name,
  says,
  reached,
})

export const aTracerHearsFirst: Cover = tasks(
  {
    name: 'a tracer outside the parent’s group has to hear first',
    says: 'A leader is a zombie whose tracer, in another group than its parent, has not taken note yet.',
  },
  (s, t) => {
    const { tracer, parent, exitTracerAcked } = s.task(t)
    if (!isZombie(s, t) || tracer === null || parent === null || exitTracerAcked) return false
    return leads(s, t) && tracerGroup(s, t) !== parentGroup(s, t)
  },
)

export const aParentTracesItsZombieChild: Cover = tasks(
  {
    name: 'a parent traces its zombie child',
    says: 'A leader is a zombie whose tracer is in the group of its parent.',
  },
  (s, t) =>
    isZombie(s, t) && leads(s, t) && tracerGroup(s, t) !== null && tracerGroup(s, t) === parentGroup(s, t),
)

export const aTracedLeaderIsNotAlone: Cover = tasks(
  {
    name: 'a traced leader is a zombie before its group is empty',
    says: 'A leader with a tracer is a zombie while another task of its group is not dead.',
  },
  (s, t) => isZombie(s, t) && leads(s, t) && s.task(t).tracer !== null && !isAloneInGroup(s, t),
)

export const aTaskStopsAtItsExit: Cover = tasks(
  {
    name: 'a task stops in PTRACE_EVENT_EXIT',
    says: 'A task on its way to the exit path is in a ptrace-stop.',
  },
  (s, t) => s.task(t).runState === 'exitMain' && s.task(t).stop !== null,
)

export const aStopIsCutShort: Cover = groups(
  {
    name: 'a group stop is cut short',
    says: 'SIGCONT has ended a group stop that was not complete, and parent and tracer are to be told.',
  },
  (s, g) => s.group(g).groupContNotify && s.group(g).groupContInterrupted,
)

export const aThreadExitsAlone: Cover = tasks(
  {
    name: 'a thread exits while its group goes on',
    says: 'A task has begun to exit while another of its group has not.',
  },
  (s, t) => s.task(t).exitState === 'Initiated' && groupOf(s, t).activeTasks > 0,
)

export const everybodyIsDead: Cover = someState('everybody is dead', 'No task is left.', s => {
  let born = 0
  for (let t = 0; t < s.scope.slots; t++) {
    if (s.task(t).runState === 'unborn') continue
    born++
    if (!isDead(s, t)) return false
  }
  return born > 0
})

export const aWaitIsInterrupted: Cover = stepEvents(
  { name: 'a wait is interrupted', says: 'A wait fails with EINTR.' },
  'wait failed',
  (_, { error }) => error === 'EINTR',
)

export const aPeekFindsADeath: Cover = stepEvents(
  { name: 'a wait leaves a zombie in place', says: 'A wait with WNOWAIT returns an exit.' },
  'waited',
  (_, { options, result }) => !options.consumeEvent && result.event === 'Exit',
)

export const aGroupDiesAtOnce: Cover = {
  kind: 'cover',
  name: 'one step reaps two tasks',
  says: 'The death of a last thread lets its leader, a zombie that nobody waits for, die in the same step.',
  reachedBy: step => eventsOf(step).filter(({ kind }) => kind === 'released').length > 1,
}

export const twoThreadsWait: Cover = groups(
  { name: 'two threads of a group wait', says: 'Two threads of one group sleep in waits at the same time.' },
  (s, g) => s.group(g).tasks.count(t => isActive(s, t) && s.task(t).runState === 'wait') > 1,
)
