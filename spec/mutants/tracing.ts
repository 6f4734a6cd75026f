/**
 * Mutants of ptrace: attaching, requests, and the end of a tracer.
 *
 * Not here: collecting a tracee (waits.ts).
 */

import { mayCall } from '../kernel/control-flow.js'
import { inSameGroup } from '../kernel/members.js'
import type { AttachChoice } from './choices.js'
import { afterwards, allowing, forgets, misled, without } from './fault.js'
import { type Mutant, mutant } from './mutant.js'

export const tracingMutants: readonly Mutant[] = [
  mutant({
    name: 'attached-tracee-not-listed',
    says: 'A task that is attached to is not entered among the tracees of its tracer.',
    rule: 'attach',
    breaks: ['a tracer lists its tracees'],
    check: 'ptrace',
    topologies: ['pair'],
    depth: 1,
    fault: forgets({ task: ['tracees'] }),
  }),
  mutant({
    name: 'attach-within-the-group',
    says: 'A thread may attach to another thread of its own group.',
    rule: 'attach',
    breaks: ['a tracer is in another thread group'],
    check: 'detach',
    topologies: ['sibling-thread-traces'],
    depth: 1,
    fault: allowing<AttachChoice>((s, { task, target }) => mayCall(s, task) && inSameGroup(s, task, target)),
  }),
  mutant({
    name: 'attach-requires-a-stop',
    says: 'A task that is attached to is required to enter a group stop, whether its group is in one or not.',
    rule: 'attach',
    breaks: ['a task is required to stop only while its group stops'],
    check: 'ptrace',
    topologies: ['pair'],
    depth: 1,
    fault: afterwards<AttachChoice>((after, { target }) =>
      after.withTask(target, { groupStopRequired: true }),
    ),
  }),
  mutant({
    name: 'traced-by-a-leaving-parent',
    says: 'PTRACE_TRACEME does not look whether the parent has begun to exit.',
    rule: 'traceme',
    breaks: ['a tracer is never past its detaching'],
    check: 'ptrace',
    topologies: ['pair'],
    depth: 3,
    fault: misled(() => ({ readTask: () => ({ exitState: 'None' }) })),
  }),
  mutant({
    name: 'tracees-not-let-go',
    says: 'A tracer that exits still lists its tracees.',
    rule: 'exitPtrace',
    breaks: ['a zombie has no tracees'],
    check: 'tracers',
    topologies: ['stranger-traces'],
    depth: 5,
    fault: misled(({ task }) => ({
      writeTask: (changes, t) => (t === task ? without(changes, ['tracees']) : changes),
    })),
  }),
  mutant({
    name: 'tracee-stopped-for-ever',
    says: 'A tracee in a ptrace-stop remains in it when its tracer exits.',
    rule: 'exitPtrace',
    breaks: ['a task in a ptrace-stop has a tracer'],
    check: 'ptrace-kills',
    topologies: ['traced-pair'],
    depth: 6,
    fault: forgets({ task: ['stop'] }),
  }),
  mutant({
    name: 'tracee-stays-frozen',
    says: 'A tracee remains frozen after PTRACE_SETOPTIONS.',
    rule: 'ptraceRequest',
    breaks: ['a frozen tracee is in the hands of its tracer'],
    check: 'ptrace-kills',
    topologies: ['traced-pair'],
    depth: 5,
    fault: misled(() => ({
      writeTask: changes => (changes.stop === 'ptrace' ? without(changes, ['stop']) : changes),
    })),
  }),
]
