/**
 * Mutants of signals and group stops.
 *
 * Not here: what a thread that exits does with those of its group (exit-path.ts).
 */
import { killedBy } from '../exit-status.js'
import { sendSignal } from '../kernel/send-signal.js'
import type { KillAllChoice, KillChoice } from './choices.js'
import { afterwards, forgets, misled, mistaking, without } from './fault.js'
import { type Mutant, mutant } from './mutant.js'

export const signalMutants: readonly Mutant[] = [
  // kill with SIGKILL.

  mutant({
    name: 'sigkill-to-one-thread',
    says: 'SIGKILL kills the threads that there are, and does not end the group.',
    rule: 'kill',
    breaks: ['nobody is killed alone', 'SIGKILL ends the whole process'],
    check: 'exit',
    topologies: ['pair'],
    depth: 1,
    fault: forgets({ group: ['exiting', 'exitStatus'] }),
  }),
  mutant({
    name: 'sigkill-interrupts-nobody',
    says: 'SIGKILL is queued, and nobody is interrupted.',
    rule: 'kill',
    breaks: ['no lost signal: a task with a pending signal has been interrupted'],
    check: 'exit',
    topologies: ['pair'],
    depth: 1,
    fault: misled<KillChoice>(({ signal }) => ({
      writeTask: changes => (signal === 'SIGKILL' ? without(changes, ['interrupted']) : changes),
    })),
  }),
  mutant({
    name: 'sigkill-overwrites-status',
    says: 'SIGKILL sets the status of a task that is exiting already.',
    rule: 'kill',
    breaks: ['the exit status of a zombie never changes'],
    check: 'exit',
    topologies: ['pair'],
    depth: 3,
    fault: afterwards<KillChoice>((after, { target, signal }) =>
      signal === 'SIGKILL' ? after.withTask(target, { exitStatus: killedBy('SIGKILL') }) : after,
    ),
  }),
  mutant({
    name: 'sigkill-ends-no-stop',
    says: 'SIGKILL does not end the stop of the task that it kills.',
    rule: 'kill',
    breaks: ['no killed task remains in a killable stop'],
    check: 'exec',
    topologies: ['threaded-child'],
    depth: 2,
    fault: misled<KillChoice>(({ signal }) => ({
      writeTask: changes => (signal === 'SIGKILL' ? without(changes, ['stop']) : changes),
    })),
  }),
  mutant({
    name: 'sigkill-ends-a-frozen-stop',
    says: 'SIGKILL ends a ptrace-stop that a tracer has frozen for its request.',
    rule: 'kill',
    breaks: ['the target of a ptrace request stays frozen'],
    check: 'ptrace-kills',
    topologies: ['traced-pair'],
    depth: 5,
    fault: misled(() => ({ readTask: ({ stop }) => (stop === 'ptraceFrozen' ? { stop: 'ptrace' } : {}) })),
  }),

  // killAll.

  mutant({
    name: 'kill-all-kills-the-init',
    says: 'kill(-1) does not spare the init.',
    rule: 'killAll',
    breaks: ['kill(-1) goes to everybody but the caller and the init'],
    check: 'kill-all',
    topologies: ['family'],
    depth: 1,
    fault: afterwards<KillAllChoice>((after, { task, signal }) =>
      after.task(task).group === 0 ? after : sendSignal(after, 0, signal, true),
    ),
  }),
  mutant({
    name: 'kill-all-kills-the-caller',
    says: 'kill(-1) does not spare the process that calls.',
    rule: 'killAll',
    breaks: ['kill(-1) goes to everybody but the caller and the init'],
    check: 'kill-all',
    topologies: ['family'],
    depth: 1,
    fault: afterwards<KillAllChoice>((after, { task, signal }) => sendSignal(after, task, signal, true)),
  }),
  mutant({
    name: 'kill-all-as-the-init',
    says: 'kill(-1) spares the init’s process instead of the caller’s, whoever calls, and so nobody that the init would not spare.',
    rule: 'killAll',
    breaks: ['kill(-1) goes to everybody but the caller and the init'],
    check: 'kill-all',
    topologies: ['family'],
    depth: 1,
    fault: mistaking<KillAllChoice>(({ signal }) => ({ task: 0, signal })),
  }),

  // kill with SIGCONT.

  mutant({
    name: 'sigcont-resumes-nobody',
    says: 'SIGCONT ends a group stop, and the tasks remain in it.',
    rule: 'kill',
    breaks: ['SIGCONT continues every thread', 'a task in a group stop can be continued'],
    check: 'orphaned-jobs',
    topologies: ['job'],
    depth: 1,
    fault: misled<KillChoice>(({ signal }) => ({
      writeTask: changes => (signal === 'SIGCONT' ? without(changes, ['stop']) : changes),
    })),
  }),
  mutant({
    name: 'sigcont-leaves-the-phase',
    says: 'SIGCONT resumes the tasks, and the group still counts as stopped.',
    rule: 'kill',
    breaks: [
      'SIGCONT continues every thread',
      'a continuation is reported only of a group that is not stopped',
    ],
    check: 'orphaned-jobs',
    topologies: ['two-jobs'],
    depth: 2,
    fault: forgets({ group: ['groupStopPhase'] }),
  }),

  // initiateGroupStop.

  mutant({
    name: 'cancelled-stop-carried-out',
    says: 'A stop signal that SIGCONT has cancelled since it was dequeued stops the group all the same.',
    rule: 'initiateGroupStop',
    breaks: ['a group stop runs its course'],
    check: 'stops',
    topologies: ['pair'],
    depth: 4,
    fault: misled(() => ({ readGroup: () => ({ groupStopPhase: 'Dequeued' }) })),
  }),
  mutant({
    name: 'stop-without-signal',
    says: 'A group stop does not keep the signal that stopped the group.',
    rule: 'initiateGroupStop',
    breaks: ['a group is stopped by a stop signal'],
    check: 'stops',
    topologies: ['pair'],
    depth: 3,
    fault: forgets({ group: ['groupStopSignal'] }),
  }),
  mutant({
    name: 'stop-reported-too-early',
    says: 'A group stop can be waited for as soon as it is initiated.',
    rule: 'initiateGroupStop',
    breaks: ['a group stop is reported only of a group that is stopped'],
    check: 'stops',
    topologies: ['pair'],
    depth: 4,
    fault: afterwards((after, { task }) =>
      after.withGroup(after.task(task).group, { groupStopWaitable: true }),
    ),
  }),
  mutant({
    name: 'stop-asked-of-one-thread',
    says: 'Only the thread that took the stop signal is asked to stop.',
    rule: 'initiateGroupStop',
    breaks: ['every active task of a stopping group is asked to stop'],
    check: 'thread-stops',
    topologies: ['threaded-child'],
    depth: 3,
    fault: misled(({ task }) => ({
      writeTask: (changes, t) => (t === task ? changes : without(changes, ['groupStopRequired'])),
    })),
  }),
  mutant({
    name: 'stop-interrupts-nobody',
    says: 'The other threads are asked to stop, and not interrupted.',
    rule: 'initiateGroupStop',
    breaks: ['no lost stop: a task that is required to stop has been interrupted'],
    check: 'thread-stops',
    topologies: ['threaded-child'],
    depth: 3,
    fault: forgets({ task: ['interrupted'] }),
  }),

  // runInterrupt, enterGroupStop.

  mutant({
    name: 'acknowledgement-not-counted',
    says: 'A task acknowledges a group stop, and is not counted.',
    rule: 'runInterrupt',
    breaks: ['groupStopCount equals the acknowledgements'],
    check: 'thread-stops',
    topologies: ['threaded-child'],
    depth: 4,
    fault: forgets({ group: ['groupStopCount'] }),
  }),
  mutant({
    name: 'first-acknowledgement-completes',
    says: 'The first acknowledgement completes a group stop, however many tasks are active.',
    rule: 'runInterrupt',
    breaks: ['a completed group stop was acknowledged by every active task'],
    check: 'thread-stops',
    topologies: ['threaded-child'],
    depth: 4,
    fault: misled(() => ({ readGroup: () => ({ activeTasks: 1 }) })),
  }),
  mutant({
    name: 'continuation-not-announced',
    says: 'A task that continues does not look whether the parent is to be told.',
    rule: 'runInterrupt',
    breaks: ['no lost continuation: somebody will tell the parent'],
    check: 'orphaned-jobs',
    topologies: ['job'],
    depth: 3,
    fault: misled(() => ({ readGroup: () => ({ groupContNotify: false }) })),
  }),
  mutant({
    name: 'stop-not-entered',
    says: 'A task that has acknowledged a group stop runs on.',
    rule: 'enterGroupStop',
    breaks: ['nobody runs in a stopped group'],
    check: 'stops',
    topologies: ['pair'],
    depth: 7,
    fault: forgets({ task: ['stop'] }),
  }),
]
