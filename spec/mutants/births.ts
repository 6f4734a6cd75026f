/**
 * Mutants of clone and vfork.
 */
import { slotsOf } from '../scope.js'
import type { State, TaskId } from '../state.js'
import { afterwards, type Fault, misled, without } from './fault.js'
import { type Mutant, mutant } from './mutant.js'

/** The clone does something more to the task that it has created, if it has. */
const withChild = (patch: (s: State, child: TaskId, caller: TaskId) => State): Fault =>
  afterwards((after, { task }, before) => {
    const child = slotsOf(after.scope).find(
      t => before.task(t).runState === 'unborn' && after.task(t).runState !== 'unborn',
    )
    return child === undefined ? after : patch(after, child, task)
  })

export const birthMutants: readonly Mutant[] = [
  mutant({
    name: 'caller-leads-the-child',
    says: 'The caller of fork is the leader of the new thread group.',
    rule: 'clone',
    breaks: ['the leader of a group is one of its tasks'],
    check: 'traced-births',
    depth: 1,
    fault: withChild((s, child, caller) =>
      s.task(child).group === child ? s.withGroup(child, { leader: caller }) : s,
    ),
  }),
  mutant({
    name: 'grandparent-named-parent',
    says: 'A forked child is entered among the children of its parent, and names the parent of that.',
    rule: 'clone',
    breaks: ['a listed child names its parent'],
    check: 'traced-births',
    depth: 1,
    fault: withChild((s, child, caller) => s.withTask(child, { parent: s.task(caller).parent })),
  }),
  mutant({
    name: 'thread-is-a-child',
    says: 'A new thread is a child of the thread that has created it.',
    rule: 'clone',
    breaks: ['a parent is in another thread group'],
    check: 'threads',
    depth: 1,
    fault: withChild((s, child, caller) => s.withTask(child, { parent: caller })),
  }),
  mutant({
    name: 'no-id-in-outer-namespaces',
    says: 'A task has an id in its own PID namespace only.',
    rule: 'clone',
    breaks: ['a task that is not dead has an id in its namespace and in all above'],
    check: 'new-namespace',
    depth: 1,
    fault: misled((_, s) => ({
      writeNamespace: (changes, ns) => (s.namespace(ns).exists ? {} : changes),
    })),
  }),
  mutant({
    name: 'child-counts-as-ancestor',
    says: 'A child in the process group of its parent counts as one that keeps it from being an orphan.',
    rule: 'clone',
    breaks: ['the ancestors of a process group are counted'],
    check: 'traced-births',
    depth: 1,
    fault: misled((_, before) => ({
      writeProcessGroup: (changes, pg) =>
        changes.refs === undefined
          ? changes
          : { ...changes, ancestors: before.processGroup(pg).ancestors + 1 },
    })),
  }),
  mutant({
    name: 'born-into-an-exiting-group',
    says: 'A thread is born into a group that has been killed.',
    rule: 'clone',
    breaks: ['in a group that is exiting every other live task has been killed'],
    check: 'stop-and-exit',
    depth: 2,
    fault: misled(() => ({ readGroup: () => ({ exiting: false }) })),
  }),
  mutant({
    name: 'child-never-starts',
    says: 'A forked child is never started.',
    rule: 'clone',
    breaks: ['no deadlock'],
    check: 'new-namespace',
    depth: 6,
    fault: misled(({ task }) => ({
      writeTask: (changes, t) =>
        t !== task && changes.runState === 'interrupt' ? without(changes, ['runState']) : changes,
    })),
  }),
  mutant({
    name: 'vfork-parent-not-woken',
    says: 'A vfork child that exits gives up the memory of its parent, and does not wake it.',
    rule: 'exitUnstopVforkParent',
    breaks: ['a vfork that waits has a live child to wait for'],
    check: 'vfork',
    depth: 6,
    fault: misled(() => ({ writeTask: changes => without(changes, ['stop']) })),
  }),
]
