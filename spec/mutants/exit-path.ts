/**
 * Mutants of the exit path: exit and exit_group, exitThreadGroup, exitChildren.
 *
 * Not here: runExitNotify (notify.ts), exitPtrace (tracing.ts), exit by signals (signals.ts).
 */

import { reparent } from '../kernel/exit-notify.js'
import { inOrder } from '../kernel/members.js'
import { sendSignal } from '../kernel/send-signal.js'
import { afterwards, forgets, misled, without } from './fault.js'
import { type Mutant, mutant } from './mutant.js'

export const exitPathMutants: readonly Mutant[] = [
  // exit_group.

  mutant({
    name: 'group-exit-spares-siblings',
    says: 'exit_group does not kill the other threads.',
    rule: 'exit_group',
    breaks: ['in a group that is exiting every other live task has been killed'],
    check: 'exit',
    topologies: ['threaded-child'],
    depth: 1,
    fault: misled(({ task }) => ({
      writeTask: (changes, t) => (t === task ? changes : without(changes, ['pending'])),
    })),
  }),
  mutant({
    name: 'group-exit-overwrites-status',
    says: 'exit_group sets the status of a group that a signal is ending already.',
    rule: 'exit_group',
    breaks: ['a group exit is final'],
    check: 'exit',
    topologies: ['pair'],
    depth: 2,
    fault: misled(() => ({ readGroup: () => ({ exiting: false }) })),
  }),

  // exitThreadGroup.

  mutant({
    name: 'active-tasks-not-decremented',
    says: 'A task that leaves its thread group is still counted among its active tasks.',
    rule: 'exitThreadGroup',
    breaks: ['activeTasks equals the tasks before Initiated'],
    check: 'exit',
    topologies: ['lonely-init'],
    depth: 2,
    fault: forgets({ group: ['activeTasks'] }),
  }),
  mutant({
    name: 'exiting-task-takes-signals',
    says: 'A task that has begun to exit does not mask its signals.',
    rule: 'exitThreadGroup',
    breaks: ['a task that has begun to exit masks all signals'],
    check: 'exit',
    topologies: ['lonely-init'],
    depth: 2,
    fault: forgets({ task: ['masksAll'] }),
  }),
  mutant({
    name: 'signal-leaves-with-its-thread',
    says: 'A thread that begins to exit does not wake another for the signal of the group that it was woken for.',
    rule: 'exitThreadGroup',
    breaks: ['no lost signal: of a group with a pending signal somebody will look'],
    check: 'timers',
    topologies: ['threaded-child'],
    depth: 3,
    fault: misled(({ task }) => ({
      writeTask: (changes, t) => (t === task ? changes : without(changes, ['interrupted'])),
    })),
  }),
  mutant({
    name: 'parent-told-too-early',
    says: 'The parent counts as told of the exit as soon as the task begins to exit.',
    rule: 'exitThreadGroup',
    breaks: ['nobody is told of an exit before there is a zombie'],
    check: 'exit',
    topologies: ['pair'],
    depth: 2,
    fault: afterwards((after, { task }) => after.withTask(task, { exitParentNotified: true })),
  }),
  mutant({
    name: 'children-not-given-away',
    says: 'A task that exits passes over the stage in which its children get another parent.',
    rule: 'exitThreadGroup',
    breaks: ['a zombie has no children', 'the init of a namespace goes last'],
    check: 'orphans',
    topologies: ['family'],
    depth: 3,
    fault: afterwards((after, { task }) => after.withTask(task, { runState: 'exitNotify' })),
  }),
  mutant({
    name: 'children-given-away-at-once',
    says: 'A task gives its children away as soon as it begins to exit, and nobody looks whether that orphans a stopped process group.',
    rule: 'exitThreadGroup',
    breaks: ['orphaned stopped process groups get SIGHUP and SIGCONT'],
    check: 'jobs',
    topologies: ['job'],
    depth: 2,
    fault: afterwards((after, { task }) => {
      let s = after
      for (const child of inOrder(s.task(task).children)) s = reparent(s, child, s.task(task).parent)
      return s
    }),
  }),

  // exitChildren.

  mutant({
    name: 'orphans-keep-their-parent',
    says: 'The children of a task that exits keep it as their parent.',
    rule: 'exitChildren',
    breaks: ['a live task’s parent is never past its reparenting'],
    check: 'orphans',
    topologies: ['family'],
    depth: 3,
    fault: forgets({ task: ['parent'] }),
  }),
  mutant({
    name: 'orphans-not-entered',
    says: 'An orphan is not entered among the children of its new parent.',
    rule: 'exitChildren',
    breaks: ['a parent lists its children'],
    check: 'orphans',
    topologies: ['family'],
    depth: 3,
    fault: forgets({ task: ['children'] }),
  }),
  mutant({
    name: 'orphans-go-to-the-outer-init',
    says: 'The children of a dying namespace’s init go to the init of the namespace around it.',
    rule: 'exitChildren',
    breaks: ['an orphan is adopted by a live task'],
    check: 'namespaces',
    topologies: ['namespace'],
    depth: 3,
    fault: misled(() => ({
      writeTask: changes => (changes.parent === null ? { ...changes, parent: 0 } : changes),
    })),
  }),
  mutant({
    name: 'namespace-survives-its-init',
    says: 'The exit of a namespace’s init kills nobody.',
    rule: 'exitChildren',
    breaks: ['in a namespace that is exiting everybody has been killed'],
    check: 'exit',
    topologies: ['pair'],
    depth: 3,
    fault: misled(() => ({
      writeTask: changes => without(changes, ['pending', 'interrupted']),
      writeGroup: changes => without(changes, ['exiting', 'exitStatus']),
    })),
  }),
  mutant({
    name: 'namespace-dies-at-once',
    says: 'The exit of a namespace’s init makes zombies of the others in it, wherever they are.',
    rule: 'exitChildren',
    breaks: ['exit states advance one at a time and never go back'],
    check: 'exit',
    topologies: ['pair'],
    depth: 3,
    fault: afterwards((after, { task }, before) => {
      const { pidns } = before.group(before.task(task).group)
      let s = after
      for (const other of after.namespace(pidns).tids.keys())
        if (other !== task) s = s.withTask(other, { exitState: 'Zombie', runState: 'exited' })
      return s
    }),
  }),
  mutant({
    name: 'exit-untold',
    says: 'A task ends after it has given its children away, and tells nobody of its exit.',
    rule: 'exitChildren',
    breaks: ['run state and exit state agree'],
    check: 'exit',
    topologies: ['pair'],
    depth: 3,
    fault: afterwards((after, { task }) => after.withTask(task, { runState: 'exited' })),
  }),
  mutant({
    name: 'every-orphan-hung-up',
    says: 'Whoever loses its parent is sent SIGHUP and SIGCONT, though nobody of its process group is stopped.',
    rule: 'exitChildren',
    breaks: ['only orphaned stopped process groups get SIGHUP and SIGCONT'],
    check: 'orphaned-jobs',
    topologies: ['two-jobs'],
    depth: 3,
    fault: afterwards((after, { task }, before) => {
      let s = after
      for (const child of inOrder(before.task(task).children))
        s = sendSignal(sendSignal(s, child, 'SIGHUP', true), child, 'SIGCONT', true)
      return s
    }),
  }),
]
