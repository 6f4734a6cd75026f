/**
 * Mutants of wait: whom it looks at, what it returns, what it takes.
 *
 * Not here: who wakes it (notify.ts).
 */
import { noStatus } from '../exit-status.js'
import type { WaitOptions } from '../wait-options.js'
import type { WaitChoice } from './choices.js'
import { afterwards, both, type Fault, forgets, misled, mistaking, without } from './fault.js'
import { type Mutant, mutant } from './mutant.js'

/** The wait acts as if it had been asked for something else, and what the outside sees is what it was asked for. */
const asIfAsked = (other: (options: WaitOptions) => WaitOptions): Fault =>
  both(
    mistaking<WaitChoice>(choice => ({ ...choice, options: other(choice.options) })),
    misled<WaitChoice>(({ options }) => ({
      tell: event => ('options' in event ? { ...event, options } : event),
    })),
  )

export const waitMutants: readonly Mutant[] = [
  // Whom it looks at.

  mutant({
    name: 'wait-for-any-id',
    says: 'A wait for one task takes any.',
    rule: 'wait',
    breaks: ['a wait returns only what its options make eligible'],
    check: 'threads',
    topologies: ['pair'],
    depth: 5,
    fault: asIfAsked(options => options.set('specificTID', null)),
  }),
  mutant({
    name: 'wait-for-clone-children-too',
    says: 'A wait takes clone children, and so threads, though it was not asked for them.',
    rule: 'wait',
    breaks: [
      'a parent waits for processes, not for threads',
      'a wait returns only what its options make eligible',
    ],
    check: 'thread-stops',
    topologies: ['threaded-child'],
    depth: 5,
    fault: asIfAsked(options => options.set('cloneTasks', true)),
  }),
  mutant({
    name: 'wait-for-own-children-only',
    says: 'A thread waits only for its own children, not for those of its siblings.',
    rule: 'wait',
    breaks: ['ECHILD is returned only when nothing eligible exists'],
    check: 'orphans',
    topologies: ['threaded-init'],
    depth: 1,
    fault: misled<WaitChoice>(({ task }, s) => ({
      readGroup: ({ tasks }, g) => (g === s.task(task).group ? { tasks: tasks.filter(t => t === task) } : {}),
    })),
  }),
  mutant({
    name: 'wnohang-overlooked',
    says: 'A wait with WNOHANG sleeps.',
    rule: 'wait',
    breaks: ['a wait sleeps only when something eligible exists'],
    check: 'sigchld',
    topologies: ['pair'],
    depth: 1,
    fault: asIfAsked(options => options.set('block', true)),
  }),
  mutant({
    name: 'wnohang-hides-echild',
    says: 'A wait with WNOHANG and without children finds nothing, instead of failing with ECHILD.',
    rule: 'wait',
    breaks: ['WNOHANG returns nothing only when something eligible exists'],
    check: 'sigchld',
    topologies: ['pair'],
    depth: 1,
    fault: misled<WaitChoice>(({ options }) => ({
      tell: event =>
        event.kind === 'wait failed' && !options.block ? { ...event, error: 'ErrNoWaitableEvent' } : event,
    })),
  }),

  // What it returns.

  mutant({
    name: 'live-child-returned',
    says: 'A wait does not look whether the parent was told of an exit, and returns a child that lives.',
    rule: 'wait',
    breaks: ['a wait returns only events that there are'],
    check: 'exit',
    topologies: ['pair'],
    depth: 1,
    fault: misled(() => ({ readTask: () => ({ exitParentNotified: true }) })),
  }),
  mutant({
    name: 'leader-collected-before-its-threads',
    says: 'A tracer that is the parent collects a leader while another thread of its group is not dead.',
    rule: 'wait',
    breaks: ['a leader is reaped last', 'a wait returns only events that there are'],
    check: 'traced-leaders',
    topologies: ['parent-traces-threaded-child'],
    depth: 5,
    fault: misled(() => ({ readGroup: () => ({ tasksCount: 1 }) })),
  }),
  mutant({
    name: 'status-of-the-task',
    says: 'A consuming wait reports the status of the leader of a group that was ended as a whole.',
    rule: 'wait',
    breaks: ['a consuming wait reports how the process ended'],
    check: 'exit',
    topologies: ['pair'],
    depth: 6,
    fault: misled(() => ({ readGroup: () => ({ exiting: false }) })),
  }),
  mutant({
    name: 'peek-reports-bare-code',
    says: 'A wait with WNOWAIT reports the exit code where the status word belongs.',
    rule: 'wait',
    breaks: ['a non-consuming wait reports what the consuming wait after it reports'],
    check: 'waits',
    topologies: ['pair'],
    depth: 5,
    fault: misled<WaitChoice>(({ options }) => ({
      tell: event =>
        event.kind === 'waited' && !options.consumeEvent
          ? { ...event, result: { ...event.result, status: event.result.status >> 8 } }
          : event,
    })),
  }),

  // What it takes, and what it must not take.

  mutant({
    name: 'peek-takes-the-status',
    says: 'A wait with WNOWAIT leaves the zombie, and takes its status.',
    rule: 'wait',
    breaks: [
      'the exit status of a zombie never changes',
      'what a wait would report of a dead process never changes',
    ],
    check: 'waits',
    topologies: ['pair'],
    depth: 5,
    fault: afterwards<WaitChoice>((after, { options, pick }) =>
      pick === null || options.consumeEvent ? after : after.withTask(pick, { exitStatus: noStatus }),
    ),
  }),
  mutant({
    name: 'peek-takes-the-notification',
    says: 'A wait with WNOWAIT leaves the zombie, and takes back that the parent was told of it.',
    rule: 'wait',
    breaks: ['an acknowledgement is never taken back'],
    check: 'exit',
    topologies: ['pair'],
    depth: 5,
    fault: afterwards<WaitChoice>((after, { options, pick }) =>
      pick === null || options.consumeEvent ? after : after.withTask(pick, { exitParentNotified: false }),
    ),
  }),
  mutant({
    name: 'peek-takes-the-stop',
    says: 'A wait with WNOWAIT takes the group stop that it reports.',
    rule: 'wait',
    breaks: ['a non-consuming wait leaves what it reports in place'],
    check: 'stops',
    topologies: ['pair'],
    depth: 5,
    fault: afterwards<WaitChoice>((after, { options, pick }) =>
      pick === null || options.consumeEvent
        ? after
        : after.withGroup(after.task(pick).group, { groupStopWaitable: false }),
    ),
  }),
  mutant({
    name: 'stop-reported-for-ever',
    says: 'A wait that consumes a group stop leaves it to be reported again.',
    rule: 'wait',
    breaks: ['a stop or continuation is consumed at most once'],
    check: 'orphaned-jobs',
    topologies: ['job'],
    depth: 1,
    fault: forgets({ group: ['groupStopWaitable'] }),
  }),
  mutant({
    name: 'exit-not-acknowledged',
    says: 'A wait that consumes an exit does not take note of it for the parent, and will return it again.',
    rule: 'wait',
    breaks: ['each death is consumed at most once by the parent and at most once by the tracer'],
    check: 'exit',
    topologies: ['pair'],
    depth: 5,
    fault: forgets({ task: ['exitParentAcked'] }),
  }),
  mutant({
    name: 'acknowledged-and-not-reaped',
    says: 'A wait takes note of an exit, and the task is not reaped.',
    rule: 'wait',
    breaks: ['a task whose exit is fully acknowledged is dead'],
    check: 'exit',
    topologies: ['pair'],
    depth: 5,
    fault: misled<WaitChoice>(({ pick }) => ({
      readTask: ({ exitState }, t) =>
        t === pick && exitState === 'Zombie' ? { exitState: 'Initiated' } : {},
    })),
  }),
  mutant({
    name: 'collected-tracee-keeps-its-tracer',
    says: 'A tracee whose exit the tracer has taken note of keeps its tracer.',
    rule: 'wait',
    breaks: ['a dead task has no tracer'],
    check: 'tracers',
    topologies: ['parent-traces'],
    depth: 5,
    fault: forgets({ task: ['tracer'] }),
  }),
  mutant({
    name: 'collected-tracee-stays-listed',
    says: 'A tracee whose exit the tracer has taken note of stays among its tracees.',
    rule: 'wait',
    breaks: ['a dead task is nobody’s tracee', 'a listed tracee names its tracer'],
    check: 'tracers',
    topologies: ['parent-traces'],
    depth: 5,
    fault: forgets({ task: ['tracees'] }),
  }),
  mutant({
    name: 'id-half-released',
    says: 'Of the id of a child that is collected, only the way from the task to the id is removed.',
    rule: 'wait',
    breaks: ['the ids and the tasks of a namespace are inverse'],
    check: 'exit',
    topologies: ['pair'],
    depth: 5,
    fault: forgets({ namespace: ['tasks'] }),
  }),

  // Resources.

  mutant({
    name: 'time-of-the-leader-twice',
    says: 'The CPU time of a leader is added to what its group has used before the parent takes over both.',
    rule: 'wait',
    breaks: ['no task’s resources are counted twice'],
    check: 'accounting',
    topologies: ['family'],
    depth: 6,
    fault: misled<WaitChoice>(({ pick }) => ({
      writeGroup: (changes, _, s) =>
        changes.childCPUStats === undefined || pick === null
          ? changes
          : { ...changes, childCPUStats: changes.childCPUStats.concat(s.task(pick).cpuStats) },
    })),
  }),
  mutant({
    name: 'time-of-the-child-lost',
    says: 'The parent that collects a child does not take over its CPU time.',
    rule: 'wait',
    breaks: ['the resources of a child are accounted when it is waited for'],
    check: 'accounting',
    topologies: ['family'],
    depth: 6,
    fault: misled(() => ({ writeGroup: changes => without(changes, ['childCPUStats']) })),
  }),
]
