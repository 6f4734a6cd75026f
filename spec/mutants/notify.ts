/**
 * Mutants of runExitNotify: who is told of an exit, and what becomes of a task whose exit is settled.
 */
import { isLeader } from '../kernel/members.js'
import { afterwards, forgets, misled, without } from './fault.js'
import { type Mutant, mutant } from './mutant.js'

export const notifyMutants: readonly Mutant[] = [
  // Flags and exit states.

  mutant({
    name: 'tracer-flag-forgotten',
    says: 'An exit without a tracer counts as noted by the tracer, and not as told.',
    rule: 'runExitNotify',
    breaks: ['acknowledged implies notified'],
    check: 'exit',
    topologies: ['lonely-init'],
    depth: 4,
    fault: forgets({ task: ['exitTracerNotified'] }),
  }),
  mutant({
    name: 'missing-tracer-has-to-note',
    says: 'An exit that no tracer is to hear of waits for a tracer to take note.',
    rule: 'runExitNotify',
    breaks: ['an exit that waits for its tracer has one'],
    check: 'exit',
    topologies: ['lonely-init'],
    depth: 4,
    fault: forgets({ task: ['exitTracerAcked'] }),
  }),
  mutant({
    name: 'missing-parent-has-to-note',
    says: 'An exit that no parent is to hear of waits for a parent to take note.',
    rule: 'runExitNotify',
    breaks: ['an exit that waits for its parent has one'],
    check: 'exit',
    topologies: ['lonely-init'],
    depth: 4,
    fault: misled(() => ({
      writeTask: (changes, t, s) =>
        s.task(t).parent === null ? without(changes, ['exitParentAcked']) : changes,
    })),
  }),
  mutant({
    name: 'thread-waits-for-its-parent',
    says: 'A thread that nobody traces remains a zombie, as if its parent had to take note.',
    rule: 'runExitNotify',
    breaks: ['a thread is a zombie only for its tracer'],
    check: 'exit',
    topologies: ['threaded-child'],
    depth: 4,
    fault: misled(() => ({
      writeTask: (changes, t, s) => (!isLeader(s, t) ? without(changes, ['exitParentAcked']) : changes),
    })),
  }),
  mutant({
    name: 'zombie-not-announced',
    says: 'The parent of a zombie is not told.',
    rule: 'runExitNotify',
    breaks: ['a zombie is announced'],
    check: 'exit',
    topologies: ['pair'],
    depth: 4,
    fault: forgets({ task: ['exitParentNotified'] }),
  }),
  mutant({
    name: 'zombie-reaped-unasked',
    says: 'A child is reaped when it has exited, without its parent’s having taken note.',
    rule: 'runExitNotify',
    breaks: ['a dead task was acknowledged by all'],
    check: 'exit',
    topologies: ['pair'],
    depth: 4,
    fault: misled(() => ({
      readTask: ({ exitState }) => (exitState === 'Zombie' ? { exitParentAcked: true } : {}),
    })),
  }),

  // Who hears of it, and how.

  mutant({
    name: 'termination-signal-not-sent',
    says: 'The parent is told of an exit, and not sent the termination signal.',
    rule: 'runExitNotify',
    breaks: ['a parent is told of an exit by the termination signal'],
    check: 'exit',
    topologies: ['pair'],
    depth: 4,
    fault: misled(() => ({ readGroup: () => ({ terminationSignal: null }) })),
  }),
  mutant({
    name: 'parent-told-for-the-tracer',
    says: 'The exit of a tracee is told to its parent, as if that were the tracer.',
    rule: 'runExitNotify',
    breaks: ['a tracer is told of an exit by SIGCHLD'],
    check: 'tracers',
    topologies: ['stranger-traces'],
    depth: 4,
    fault: misled(({ task }) => ({
      readTask: ({ tracer, parent }, t) => (t === task && tracer !== null ? { tracer: parent } : {}),
    })),
  }),
  mutant({
    name: 'ignored-sigchld-overlooked',
    says: 'Whether the parent ignores SIGCHLD is not asked.',
    rule: 'runExitNotify',
    breaks: ['ignored SIGCHLD leaves no zombie'],
    check: 'sigchld',
    topologies: ['pair'],
    depth: 5,
    fault: misled(() => ({ readGroup: () => ({ sigchld: 'default', saNoCldWait: false }) })),
  }),
  mutant({
    name: 'exit-wakes-nobody',
    says: 'Whoever sleeps in a wait is not woken by the exit of a child.',
    rule: 'runExitNotify',
    breaks: ['no lost wakeup: a blocked waiter has no event to return'],
    check: 'exit',
    topologies: ['pair'],
    depth: 5,
    fault: forgets({ task: ['waitNotified'] }),
  }),
  mutant({
    name: 'exit-wakes-only-who-waits-for-exits',
    says: 'An exit wakes only those who wait for exits, not those who wait for a stop that cannot come any more.',
    rule: 'runExitNotify',
    breaks: ['no lost wakeup: a blocked waiter has not ECHILD to return'],
    check: 'stopped-waits',
    topologies: ['pair'],
    depth: 5,
    fault: misled(() => ({
      writeTask: (changes, t, s) =>
        s.task(t).wait?.events.has('Exit') === false ? without(changes, ['waitNotified']) : changes,
    })),
  }),

  // Reaping.

  mutant({
    name: 'live-tasks-not-decremented',
    says: 'A zombie is still counted among the live tasks of its group.',
    rule: 'runExitNotify',
    breaks: ['liveTasks equals the tasks before Zombie'],
    check: 'exit',
    topologies: ['lonely-init'],
    depth: 4,
    fault: forgets({ group: ['liveTasks'] }),
  }),
  mutant({
    name: 'tasks-count-not-decremented',
    says: 'A task that is reaped is still counted among the tasks of its group.',
    rule: 'runExitNotify',
    breaks: ['tasksCount equals the tasks not yet reaped'],
    check: 'exit',
    topologies: ['lonely-init'],
    depth: 4,
    fault: forgets({ group: ['tasksCount'] }),
  }),
  mutant({
    name: 'dead-task-stays-listed',
    says: 'A task that is reaped stays in the list of its group.',
    rule: 'runExitNotify',
    breaks: ['the tasks of a group are its members not yet reaped'],
    check: 'exit',
    topologies: ['lonely-init'],
    depth: 4,
    fault: forgets({ group: ['tasks'] }),
  }),
  mutant({
    name: 'id-stays-taken',
    says: 'The id of a task that is reaped stays taken.',
    rule: 'runExitNotify',
    breaks: ['a dead task has no id', 'the id of a task is released when it dies'],
    check: 'exit',
    topologies: ['lonely-init'],
    depth: 4,
    fault: forgets({ namespace: ['tasks', 'tids'] }),
  }),
  mutant({
    name: 'id-free-too-early',
    says: 'The id of a zombie is free before the parent has taken note of its exit.',
    rule: 'runExitNotify',
    breaks: [
      'an id is released only by a death',
      'a task that is not dead has an id in its namespace and in all above',
    ],
    check: 'exit',
    topologies: ['pair'],
    depth: 4,
    fault: afterwards((after, { task }) => {
      if (after.task(task).exitState !== 'Zombie') return after
      const { pidns } = after.group(after.task(task).group)
      const { tasks, tids } = after.namespace(pidns)
      const freed = after.withNamespace(pidns, { tasks: tasks.remove(task), tids: tids.remove(task) })
      return freed.emit({ kind: 'released', task, tid: task })
    }),
  }),
  mutant({
    name: 'dead-thread-keeps-its-parent',
    says: 'A thread that dies keeps its parent.',
    rule: 'runExitNotify',
    breaks: ['a dead task has no parent'],
    check: 'exit',
    topologies: ['threaded-child'],
    depth: 4,
    fault: forgets({ task: ['parent'] }),
  }),
  mutant({
    name: 'dead-thread-stays-a-child',
    says: 'A thread that dies stays among the children of its parent.',
    rule: 'runExitNotify',
    breaks: ['a dead task is nobody’s child'],
    check: 'exit',
    topologies: ['threaded-child'],
    depth: 4,
    fault: forgets({ task: ['children'] }),
  }),
  mutant({
    name: 'process-group-outlives-its-members',
    says: 'The death of its last member leaves a process group behind.',
    rule: 'runExitNotify',
    breaks: ['the members of a process group are counted'],
    check: 'exit',
    topologies: ['lonely-init'],
    depth: 4,
    fault: forgets({ processGroup: ['refs'] }),
  }),

  // Resources.

  mutant({
    name: 'time-lost-with-the-task',
    says: 'The CPU time of a task that is reaped is not added to its group.',
    rule: 'runExitNotify',
    breaks: ['the resources of a reaped task stay with its group'],
    check: 'accounting',
    topologies: ['family'],
    depth: 5,
    fault: forgets({ group: ['exitedCPUStats'] }),
  }),
  mutant({
    name: 'time-taken-over-at-exit',
    says: 'The parent takes over the CPU time of a child when that exits, not when it waits for it.',
    rule: 'runExitNotify',
    breaks: ['the resources of a child are accounted only to the parent that waits'],
    check: 'accounting',
    topologies: ['family'],
    depth: 5,
    fault: afterwards((after, { task }) => {
      const { parent, cpuStats } = after.task(task)
      if (parent === null) return after
      const { group } = after.task(parent)
      return after.withGroup(group, { childCPUStats: after.group(group).childCPUStats.concat(cpuStats) })
    }),
  }),
]
