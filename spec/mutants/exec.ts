/**
 * Mutants of execve.
 */
import { afterwards, forgets, misled, without } from './fault.js'
import { type Mutant, mutant } from './mutant.js'

export const execMutants: readonly Mutant[] = [
  mutant({
    name: 'execve-spares-siblings',
    says: 'execve does not kill the other threads.',
    rule: 'execve',
    breaks: ['during an execve every other thread has been killed'],
    check: 'exec',
    topologies: ['threaded-child'],
    depth: 1,
    fault: forgets({ task: ['pending'] }),
  }),
  mutant({
    name: 'execve-waits-for-nobody',
    says: 'A task without siblings stops in execve as well, to wait for them.',
    rule: 'execve',
    breaks: ['an execve that waits has a live thread to wait for'],
    check: 'vfork',
    topologies: ['lonely-init'],
    depth: 1,
    fault: afterwards((after, { task }) =>
      after.task(task).runState === 'afterExecStop' ? after.withTask(task, { stop: 'exec' }) : after,
    ),
  }),
  mutant({
    name: 'execve-never-over',
    says: 'An execve that is over still keeps its group from gaining threads.',
    rule: 'afterExecStop',
    breaks: ['the task that a group executes for is one of its live tasks'],
    check: 'vfork',
    topologies: ['lonely-init'],
    depth: 2,
    fault: forgets({ group: ['execing'] }),
  }),
  mutant({
    name: 'ids-not-swapped',
    says: 'A thread that executes a new program does not take over the ids of the leader.',
    rule: 'afterExecStop',
    breaks: ['execve keeps the process id'],
    check: 'traced-exec',
    topologies: ['traced-threads'],
    depth: 6,
    // A swap leaves as many ids as there were; a release, which comes after it, does not.
    fault: misled(() => ({
      writeNamespace: (changes, ns, s) =>
        changes.tids?.size === s.namespace(ns).tids.size ? without(changes, ['tasks', 'tids']) : changes,
    })),
  }),
]
