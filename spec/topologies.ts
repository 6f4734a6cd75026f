/**
 * The named topologies: the smallest trees in which something about exits can be asked.
 *
 * Here: the trees, each with what it is there for. What can be said of a task is in topology.ts.
 * Not here: every tree of a size (topology-enumerate.ts).
 */
import type { Topology, TopologyTask } from './topology.js'

const topology = (name: string, says: string, tasks: readonly TopologyTask[]): Topology => ({
  name,
  says,
  tasks,
})

const init: TopologyTask = { name: 'init' }
const parent: TopologyTask = { name: 'parent', parent: 'init' }
const leader: TopologyTask = { name: 'leader', parent: 'init' }
const thread: TopologyTask = { name: 'thread', group: 'leader' }

export const topologies: readonly Topology[] = [
  topology('lonely-init', 'A single process: whatever else there is, it creates.', [init]),

  topology('pair', 'The init and a child of it.', [init, { name: 'child', parent: 'init' }]),

  topology('family', 'A parent with a child; if it dies first, the child becomes a child of the init.', [
    init,
    parent,
    { name: 'child', parent: 'parent' },
  ]),

  topology(
    'grandchild',
    'Three generations below the init: an orphan goes to the init, not to its grandparent.',
    [
      init,
      { name: 'grandparent', parent: 'init' },
      { name: 'parent', parent: 'grandparent' },
      { name: 'child', parent: 'parent' },
    ],
  ),

  // Threads.

  topology('threaded-child', 'A child of the init that has a second thread.', [init, leader, thread]),

  topology('threaded-init', 'An init of two threads, the second of which has a child.', [
    init,
    { name: 'worker', group: 'init' },
    { name: 'child', parent: 'worker' },
  ]),

  topology('threaded-adopter', 'An init of two threads that may adopt the child of its child.', [
    init,
    { name: 'worker', group: 'init' },
    parent,
    { name: 'child', parent: 'parent' },
  ]),

  topology('execing-threads', 'A process of three threads, any of which may execve and outlive the others.', [
    init,
    leader,
    { name: 'second', group: 'leader' },
    { name: 'third', group: 'leader' },
  ]),

  topology('vfork', 'A parent that waits in vfork until its child gives up the memory that both use.', [
    init,
    parent,
    { name: 'child', parent: 'parent', vforked: true },
  ]),

  topology('vforking-thread', 'The second thread of a process waits in vfork.', [
    init,
    leader,
    thread,
    { name: 'child', parent: 'thread', vforked: true },
  ]),

  // Tracers.

  topology('traced-pair', 'The init traces its only child, as a debugger does that is all there is.', [
    init,
    { name: 'child', parent: 'init', tracer: 'init' },
  ]),

  topology('parent-traces', 'A parent traces its child, as a debugger that has started its program.', [
    init,
    parent,
    { name: 'child', parent: 'parent', tracer: 'parent' },
  ]),

  topology('grandparent-traces', 'A process is traced by the parent of its parent.', [
    init,
    parent,
    { name: 'child', parent: 'parent', tracer: 'init' },
  ]),

  topology(
    'stranger-traces',
    'A process is traced by one that is not its parent, as by a debugger that has attached.',
    [init, { name: 'tracer', parent: 'init' }, { name: 'child', parent: 'init', tracer: 'tracer' }],
  ),

  topology(
    'sibling-thread-traces',
    'The parent of a process is one thread, its tracer another thread of the same group.',
    [init, { name: 'tracer', group: 'init' }, { name: 'child', parent: 'init', tracer: 'tracer' }],
  ),

  topology(
    'parent-traces-threaded-child',
    'A parent traces the leader of a process of two threads, but not the other thread.',
    [init, parent, { name: 'leader', parent: 'parent', tracer: 'parent' }, thread],
  ),

  topology('traced-sibling', 'The init traces the elder of its two children.', [
    init,
    { name: 'child', parent: 'init', tracer: 'init' },
    { name: 'sibling', parent: 'init' },
  ]),

  topology('threads-with-children', 'An init of two threads, each with a child.', [
    init,
    { name: 'worker', group: 'init' },
    { name: 'child', parent: 'init' },
    { name: 'child of worker', parent: 'worker' },
  ]),

  topology('parent-traces-a-leader', 'A parent traces the leader of its child, but not the second thread.', [
    init,
    { ...leader, tracer: 'init' },
    thread,
  ]),

  topology('parent-traces-a-thread', 'A parent traces the second thread of its child, but not the leader.', [
    init,
    leader,
    { ...thread, tracer: 'init' },
  ]),

  topology(
    'worker-traces-threaded-child',
    'The parent of a process of two threads is one thread, the tracer of its leader another thread of the same group.',
    [
      init,
      { name: 'worker', group: 'init' },
      { name: 'leader', parent: 'init', tracer: 'worker' },
      { name: 'thread', group: 'leader' },
    ],
  ),

  topology(
    'stranger-traces-a-leader',
    'A stranger traces the leader of a process of two threads, but not the other thread, as a debugger that has attached to a process.',
    [init, { name: 'tracer', parent: 'init' }, { ...leader, tracer: 'tracer' }, thread],
  ),

  topology('stranger-traces-one-of-three', 'A stranger traces the leader of a process of three threads.', [
    init,
    { name: 'tracer', parent: 'init' },
    { ...leader, tracer: 'tracer' },
    thread,
    { name: 'third', group: 'leader' },
  ]),

  topology('threaded-tracer', 'A process of two threads without children, one of which traces the init.', [
    { name: 'init', tracer: 'tracer' },
    { name: 'tracer', parent: 'init' },
    { name: 'helper', group: 'tracer' },
  ]),

  topology(
    'child-traces-a-thread',
    'A child of the init traces the second thread of the init, and nobody else, as a debugger that has attached to a thread.',
    [init, { name: 'worker', group: 'init', tracer: 'tracer' }, { name: 'tracer', parent: 'init' }],
  ),

  topology('traced-threads', 'A process of two threads, both traced by a stranger.', [
    init,
    { name: 'tracer', parent: 'init' },
    { ...leader, tracer: 'tracer' },
    { ...thread, tracer: 'tracer' },
  ]),

  topology('two-strangers-tracing', 'A process of two threads, each traced by another stranger.', [
    init,
    { name: 'first tracer', parent: 'init' },
    { name: 'second tracer', parent: 'init' },
    { ...leader, tracer: 'first tracer' },
    { ...thread, tracer: 'second tracer' },
  ]),

  topology(
    'traced-parent-of-stopped',
    'A stranger traces a process, whose child has stopped; if the process exits, the tracer hears of it, and the init gets the child.',
    [
      init,
      { name: 'tracer', parent: 'init' },
      { ...parent, tracer: 'tracer' },
      { name: 'child', parent: 'parent', stopped: 'unreported' },
    ],
  ),

  topology('mutual-tracing', 'Two children of the init that trace each other.', [
    init,
    { name: 'left', parent: 'init', tracer: 'right' },
    { name: 'right', parent: 'init', tracer: 'left' },
  ]),

  // Namespaces.

  topology(
    'namespace',
    'A process outside a PID namespace is the parent of its init, which has a child inside.',
    [
      init,
      { name: 'outer parent', parent: 'init' },
      { name: 'inner init', parent: 'outer parent', founds: 'namespace' },
      { name: 'member', parent: 'inner init' },
    ],
  ),

  topology('inner-siblings', 'The init of a PID namespace, with two children.', [
    init,
    { name: 'inner init', parent: 'init', founds: 'namespace' },
    { name: 'member', parent: 'inner init' },
    { name: 'sibling', parent: 'inner init' },
  ]),

  topology(
    'inner-job',
    'The init of a PID namespace, with a child that leads a process group and has a child.',
    [
      init,
      { name: 'inner init', parent: 'init', founds: 'namespace' },
      { name: 'job', parent: 'inner init', leads: 'process group' },
      { name: 'helper', parent: 'job' },
    ],
  ),

  // Job control.

  topology('job', 'A shell that leads a session, with a stopped job that it has not heard of yet.', [
    init,
    { name: 'shell', parent: 'init', leads: 'session' },
    { name: 'job', parent: 'shell', leads: 'process group', stopped: 'unreported' },
  ]),

  topology(
    'daemon-in-job',
    'A stopped job of three processes, one of which, a daemon to be, is the parent of another.',
    [
      init,
      { name: 'job', parent: 'init', leads: 'process group', stopped: 'reported' },
      { name: 'daemon', parent: 'init', processGroup: 'job' },
      { name: 'helper', parent: 'daemon', processGroup: 'job' },
    ],
  ),

  topology(
    'two-jobs',
    'A shell that leads a session, with a stopped job that it knows of and one that runs.',
    [
      init,
      { name: 'shell', parent: 'init', leads: 'session' },
      { name: 'stopped job', parent: 'shell', leads: 'process group', stopped: 'reported' },
      { name: 'running job', parent: 'shell', leads: 'process group' },
    ],
  ),

  topology('left-job', 'A parent with a child that leads a process group and has stopped.', [
    init,
    parent,
    { name: 'job', parent: 'parent', leads: 'process group', stopped: 'reported' },
  ]),

  topology('threaded-job', 'A job of a process of two threads, its stopped child, and another process.', [
    init,
    { name: 'job', parent: 'init', leads: 'process group' },
    { name: 'thread', group: 'job' },
    { name: 'helper', parent: 'job', processGroup: 'job', stopped: 'reported' },
    { name: 'mate', parent: 'init', processGroup: 'job' },
  ]),

  topology(
    'job-of-three',
    'A shell that leads a session, with a job of two processes, the first of which has a stopped child in it.',
    [
      init,
      { name: 'shell', parent: 'init', leads: 'session' },
      { name: 'job', parent: 'shell', leads: 'process group' },
      { name: 'mate', parent: 'shell', processGroup: 'job' },
      { name: 'helper', parent: 'job', processGroup: 'job', stopped: 'reported' },
    ],
  ),
]
