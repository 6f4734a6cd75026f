/**
 * Checks that only the comparison of the core asks, besides those of the suite: what tells a fault of the core apart, and
 * what programs can do under some profiles only.
 *
 * They judge no property, so that they have no counterexamples.
 */

import { Set } from 'immutable'
import type { CheckDefinition } from '../../checker/suite.js'
import type { ImmutableState } from '../../spec/immutable-state.js'
import { clones, dispositions, ptraceOptionSets, type WaitForm, waits } from '../../spec/menu.js'
import type { Answers, Switches } from '../../spec/profile.js'
import { makeWaitOptions, type WaitEvent } from '../../spec/wait-options.js'
import { define, type Question } from '../build.js'
import { listedChecks } from '../listed.js'
import { profileNamed } from '../profiles.js'

type Further = Omit<Question, 'covers'> & {
  /** What a profile has to answer for the check to be asked of it. */
  readonly where?: Partial<Answers & Switches>
}

const noThread: WaitForm = {
  call: 'wait4(-1, __WNOTHREAD)',
  whom: 'any',
  options: makeWaitOptions({ call: 'wait4(-1, __WNOTHREAD)', siblings: false }),
}
/** Threads that wait for their own children only. */
const noThreadContinued: WaitForm = {
  call: 'waitid(P_ALL, WCONTINUED|__WNOTHREAD)',
  whom: 'any',
  options: waits.continued.options.merge({ call: 'waitid(P_ALL, WCONTINUED|__WNOTHREAD)', siblings: false }),
}
const everyStop: WaitForm = {
  call: 'waitid(P_ALL, WSTOPPED|__WALL)',
  whom: 'any',
  options: waits.stopped.options.merge({ call: 'waitid(P_ALL, WSTOPPED|__WALL)', cloneTasks: true }),
}

/** Of one event only: no system call asks so, and the core can be asked so all the same. */
const only = (event: WaitEvent): WaitForm => ({
  call: `wait for ${event} alone`,
  whom: 'any',
  options: makeWaitOptions({ call: `wait for ${event} alone`, events: Set([event]) }),
})
const anyThread: WaitForm = {
  call: 'wait4(TID, __WALL)',
  whom: 'each task',
  options: waits.all.options.merge({ call: 'wait4(TID, __WALL)' }),
}
/** Its end is told by another signal than SIGCHLD, and it has the tracer of its parent. */
const tracedUsr1 = clones.ptrace.merge({ call: 'clone(CLONE_PTRACE|SIGUSR1)', terminationSignal: 'SIGUSR1' })

const questions: readonly Further[] = [
  {
    name: 'stop-watchers',
    says: 'Tracer and parent wait for stops alone, while the tracees exit or execute a program.',
    features: ['exec', 'exit', 'wait'],
    topologies: ['stranger-traces', 'parent-traces-a-leader'],
    menu: { exitCodes: [1], groupExitCodes: [], waits: [waits.stopped] },
  },
  {
    name: 'traced-clones',
    says: 'A child whose end is told by another signal than SIGCHLD has its parent trace it, and leaves a thread behind.',
    features: ['ptrace', 'fork', 'threads', 'exit'],
    topologies: ['lonely-init'],
    births: 2,
    menu: {
      exitCodes: [1],
      groupExitCodes: [],
      resumeWith: [],
      attach: 'the init',
      ptraceOptions: [],
      clones: [clones.usr1, clones.thread],
    },
  },
  {
    name: 'own-waits',
    says: 'Threads wait for their own children and tracees only, or for those of all.',
    features: ['exit', 'wait'],
    topologies: ['sibling-thread-traces', 'threaded-init'],
    menu: { exitCodes: [1], groupExitCodes: [], waits: [noThread, waits.any] },
  },
  {
    name: 'moved-programs',
    says: 'Processes that have executed a program are moved to other process groups by their parents.',
    features: ['jobs', 'exec'],
    topologies: ['pair', 'job'],
    menu: { jobCalls: ['setpgid'] },
  },
  {
    name: 'terminal-stops',
    says: 'Processes in orphaned and in other process groups are stopped as by a terminal.',
    features: ['stop'],
    topologies: ['pair', 'job'],
    menu: { kill: ['SIGTSTP'], tgkill: [], signalInit: false },
  },
  {
    name: 'unwanted-stops',
    says: 'A child stops and continues, whose parent does not want to hear of that, or not to keep zombies.',
    features: ['stop', 'sigchld'],
    topologies: ['pair'],
    menu: {
      kill: ['SIGSTOP', 'SIGCONT'],
      tgkill: [],
      signalInit: false,
      dispositions: [dispositions.noCldStop, dispositions.noCldWait],
    },
  },
  {
    name: 'moving-threads',
    says: 'A process of two threads, each with a child, moves to other process groups.',
    features: ['jobs'],
    topologies: ['threads-with-children'],
    menu: { jobCalls: ['setpgid'] },
    bound: { depth: 3, reason: 'a count that is wrong goes further wrong with every move, without end' },
  },
  {
    name: 'told-execs',
    says: 'A tracer is told of an execve by an event, if it has asked for that.',
    features: ['ptrace', 'exec'],
    topologies: ['traced-pair'],
    menu: { resumeWith: [null], ptraceOptions: [ptraceOptionSets.traceExec] },
  },
  {
    name: 'waiting-threads',
    says: 'Both threads of a process wait for whatever there is, each with a child of its own.',
    features: ['exit', 'wait'],
    topologies: ['threads-with-children'],
    menu: { exitCodes: [1], groupExitCodes: [], waits: [waits.any] },
  },
  {
    name: 'children-and-tracees',
    says: 'A process waits for two children, one of which it traces.',
    features: ['stop', 'ptrace', 'exit', 'wait'],
    topologies: ['traced-sibling'],
    menu: {
      kill: ['SIGSTOP'],
      tgkill: [],
      signalInit: false,
      exitCodes: [1],
      groupExitCodes: [],
      waits: [waits.any],
      resumeWith: [],
      ptraceOptions: [],
      attach: 'the init',
    },
  },
  {
    name: 'let-go-in-stops',
    says: 'A tracer attaches to a process that is about to stop, and exits.',
    features: ['stop', 'ptrace', 'exit'],
    topologies: ['family'],
    menu: {
      kill: ['SIGSTOP'],
      tgkill: [],
      signalInit: false,
      exitCodes: [1],
      groupExitCodes: [],
      resumeWith: [],
      ptraceOptions: [],
    },
    bound: {
      depth: 8,
      reason: 'everybody may trace everybody, and it takes no more to let one go in a group stop',
    },
  },
  {
    name: 'execed-parents',
    says: 'A process whose child is to announce its end by another signal, or by none, executes a program.',
    features: ['fork', 'exec', 'exit'],
    topologies: ['lonely-init', 'pair'],
    births: 1,
    menu: { exitCodes: [1], groupExitCodes: [], clones: [clones.usr1, clones.silent] },
  },
  {
    name: 'waits-for-threads',
    says: 'A process waits for stops of its child, and of every thread of it.',
    features: ['stop', 'exit', 'wait'],
    topologies: ['threaded-child'],
    menu: {
      kill: ['SIGSTOP'],
      tgkill: [],
      signalInit: false,
      exitCodes: [1],
      groupExitCodes: [],
      waits: [everyStop],
    },
  },
  {
    name: 'born-users',
    says: 'Processes, threads and a vfork child that are born use memory and time, execute programs, and exit.',
    features: ['fork', 'vfork', 'threads', 'exec', 'exit'],
    topologies: ['lonely-init'],
    births: 1,
    accounting: true,
    menu: { exitCodes: [1], groupExitCodes: [], clones: [clones.fork, clones.vfork, clones.thread] },
  },
  {
    name: 'ignoring-programs',
    says: 'Programs ignore SIGCHLD, or handle it in one way or another, and others are executed in their place.',
    features: ['sigchld', 'exec', 'fork'],
    topologies: ['lonely-init'],
    births: 1,
    menu: {
      clones: [clones.fork],
      dispositions: [dispositions.ignore, dispositions.noCldWait, dispositions.noCldStop],
    },
  },
  {
    name: 'inner-programs',
    says: 'A thread of a process in a new PID namespace executes a program, and becomes the leader there.',
    features: ['pidns', 'threads', 'exec', 'exit'],
    topologies: ['lonely-init'],
    births: 2,
    menu: { exitCodes: [1], groupExitCodes: [], clones: [clones.newpid, clones.thread] },
  },
  {
    name: 'single-events',
    says: 'A debugger waits for one kind of event alone, while its child stops and continues.',
    features: ['ptrace', 'stop', 'wait'],
    topologies: ['pair'],
    menu: {
      kill: ['SIGSTOP', 'SIGCONT'],
      tgkill: [],
      signalInit: false,
      waits: [only('ChildGroupStop'), only('TraceeStop'), only('GroupContinue')],
      attach: 'the init',
      resumeWith: ['SIGSTOP'],
      ptraceOptions: [],
    },
  },
  {
    name: 'named-threads',
    says: 'A process waits for its child, and for a thread of it, each by its id.',
    features: ['exit', 'wait'],
    topologies: ['threaded-child'],
    menu: { exitCodes: [1], groupExitCodes: [], waits: [anyThread] },
  },
  {
    name: 'inner-groups',
    says: 'Processes of a PID namespace wait for process groups, their own being outside.',
    features: ['wait'],
    topologies: ['namespace'],
    menu: { waits: [waits.processGroup] },
  },
  {
    name: 'killed-grandchildren',
    says: 'A debugger traces its child and the child of it, whose end another signal than SIGCHLD is to announce, and waits for both.',
    features: ['fork', 'kill', 'wait', 'sigchld'],
    topologies: ['traced-pair'],
    births: 1,
    menu: {
      kill: ['SIGKILL'],
      tgkill: [],
      signalInit: false,
      waits: [waits.all],
      dispositions: [dispositions.ignore],
      clones: [tracedUsr1],
    },
  },
  {
    name: 'left-grandchildren',
    says: 'A debugger is killed that traces its child and the child of it, whose end another signal than SIGCHLD is to announce.',
    features: ['fork', 'kill', 'sigchld'],
    topologies: ['traced-pair'],
    births: 1,
    menu: { kill: ['SIGKILL'], tgkill: [], dispositions: [dispositions.ignore], clones: [tracedUsr1] },
    bound: {
      depth: 14,
      reason: 'it takes no more to leave a zombie whose parent does not want to hear of it',
    },
  },
  {
    name: 'signalled-threads',
    says: 'A process of two threads is signalled with everybody else, or ended with everything.',
    features: ['killmany', 'killall'],
    topologies: ['threaded-child'],
    menu: { killMany: ['SIGCONT'] },
  },
  {
    name: 'leaders-of-threads',
    says: 'The parent of a process of two threads founds a session.',
    features: ['jobs'],
    topologies: ['parent-traces-threaded-child'],
    menu: { jobCalls: ['setsid'] },
  },
  {
    name: 'handled-deliveries',
    says: 'A tracee handles a signal that was to be shown to a tracer who has gone.',
    features: ['kill', 'sigchld', 'exit'],
    topologies: ['traced-pair'],
    menu: {
      kill: ['SIGCHLD'],
      tgkill: [],
      signalInit: false,
      exitCodes: [1],
      groupExitCodes: [],
      dispositions: [dispositions.handler],
    },
  },
  {
    name: 'ignored-clones',
    says: 'A parent that ignores SIGCHLD has a child that announces its end by another signal, and leaves a thread behind.',
    features: ['fork', 'threads', 'exit', 'sigchld'],
    topologies: ['lonely-init'],
    births: 2,
    menu: {
      exitCodes: [1],
      groupExitCodes: [],
      dispositions: [dispositions.ignore],
      clones: [clones.usr1, clones.thread],
    },
  },
  {
    name: 'own-continuations',
    says: 'Threads wait for continuations of their own children, one of which another thread traces.',
    features: ['wait'],
    topologies: ['sibling-thread-traces'],
    menu: { waits: [noThreadContinued] },
  },
  {
    name: 'killed-vforks',
    says: 'A thread waits in vfork, and its process is killed, whose parent ignores SIGCHLD: the child outlives it.',
    features: ['kill', 'sigchld'],
    topologies: ['vforking-thread'],
    menu: { kill: ['SIGKILL'], tgkill: [], signalInit: false, dispositions: [dispositions.ignore] },
  },
  {
    name: 'stops-of-the-attached',
    says: 'A thread waits for stops of children alone, while another one traces its child, which stops and continues.',
    features: ['ptrace', 'stop', 'wait'],
    topologies: ['threaded-init'],
    menu: {
      kill: ['SIGCONT'],
      tgkill: [],
      signalInit: false,
      waits: [only('ChildGroupStop')],
      attach: 'the init',
      resumeWith: ['SIGSTOP'],
      ptraceOptions: [],
    },
  },
  {
    name: 'adopted-tracees',
    says: 'A debugger traces a grandchild, and becomes its parent when it has heard of its exit.',
    features: ['exit', 'wait'],
    topologies: ['grandparent-traces'],
    menu: { exitCodes: [1], groupExitCodes: [], waits: [waits.noHang] },
  },
  {
    name: 'interrupted-stops',
    says: 'A debugger that waits for stops of children alone traces a grandchild, which is about to stop and continues.',
    features: ['ptrace', 'stop', 'wait'],
    topologies: ['grandparent-traces'],
    menu: {
      kill: ['SIGSTOP', 'SIGCONT'],
      tgkill: [],
      signalInit: false,
      waits: [only('ChildGroupStop')],
      attach: 'the init',
      resumeWith: ['SIGSTOP'],
      ptraceOptions: [],
    },
    bound: {
      depth: 11,
      reason: 'two processes that stop and continue; it takes no more to tell of one stop that was cut short',
    },
  },
  {
    name: 'leaderless-threads',
    says: 'A stranger that traces the leader of three threads waits for continuations alone, while they leave.',
    features: ['exit', 'wait'],
    topologies: ['stranger-traces-one-of-three'],
    menu: { exitCodes: [1], groupExitCodes: [], waits: [only('GroupContinue')] },
    bound: { depth: 7, reason: 'five tasks that exit; it takes two of them' },
  },
  {
    name: 'signalled-jobs',
    says: 'The process groups of a session are signalled.',
    features: ['killmany'],
    topologies: ['job'],
    menu: { killMany: ['SIGCONT'] },
  },
  {
    name: 'seizing-and-interrupted',
    says: 'A debugger that handles SIGCHLD, and so is interrupted itself, seizes a process, interrupts it, and lets it listen.',
    features: ['seize', 'stop', 'sigchld'],
    topologies: ['pair'],
    menu: {
      kill: ['SIGSTOP'],
      tgkill: [],
      signalInit: false,
      dispositions: [dispositions.handler],
      attach: 'the init',
      ptraceOptions: [Set()],
    },
    where: { seize: 'is known' },
  },
  {
    name: 'continued-tracees',
    says: 'A debugger waits for continuations of two children, one of which it traces.',
    features: ['ptrace', 'stop', 'wait'],
    topologies: ['traced-sibling'],
    menu: {
      kill: ['SIGSTOP', 'SIGCONT'],
      tgkill: [],
      signalInit: false,
      waits: [only('GroupContinue')],
      attach: 'the init',
      resumeWith: ['SIGSTOP'],
      ptraceOptions: [],
    },
    bound: { depth: 6, reason: 'two children that stop and continue do not close it; walks go further' },
  },
  {
    name: 'let-go-and-killed',
    says: 'A stopped tracee is killed, and its tracer exits before it has looked.',
    features: ['ptrace', 'stop', 'kill', 'exit'],
    topologies: ['traced-pair'],
    menu: {
      kill: ['SIGSTOP', 'SIGKILL'],
      tgkill: [],
      signalInit: false,
      exitCodes: [1],
      groupExitCodes: [],
      attach: 'the init',
      resumeWith: ['SIGSTOP'],
      ptraceOptions: [],
    },
    where: { groupStopEntry: 'goes with the acknowledgement' },
  },
  {
    name: 'three-threads',
    says: 'A traced process starts threads, and its leader leaves first.',
    features: ['threads', 'exit'],
    topologies: ['traced-pair'],
    births: 2,
    menu: { exitCodes: [1], groupExitCodes: [], clones: [clones.thread] },
    where: { leaderLeftAlone: 'is announced again' },
  },
  {
    name: 'recounted-threads',
    says: 'The parent of a process of two threads founds a process group, and exits.',
    features: ['jobs', 'exit'],
    topologies: ['parent-traces-threaded-child'],
    menu: { exitCodes: [1], groupExitCodes: [], jobCalls: ['setpgid'] },
    where: { reparentedMembers: 'are counted anew' },
  },
  {
    name: 'fatal-signals',
    says: 'A fatal signal, and one that dumps core, come to a process of two threads that leave, or to one of them.',
    features: ['kill', 'exit'],
    topologies: ['threaded-child'],
    menu: {
      kill: ['SIGTERM', 'SIGTRAP'],
      tgkill: ['SIGTERM'],
      signalInit: false,
      exitCodes: [1],
      groupExitCodes: [],
    },
    where: { fatalSignals: 'kill when sent' },
  },
  {
    name: 'fatal-vforks',
    says: 'A fatal signal, and one that dumps core, come to a process that waits in vfork.',
    features: ['kill', 'vfork'],
    topologies: ['pair'],
    births: 1,
    menu: { kill: ['SIGTERM', 'SIGTRAP'], tgkill: [], signalInit: false, clones: [clones.vfork] },
    where: { fatalSignals: 'kill when sent' },
  },
  {
    name: 'tied-jobs',
    says: 'Members of a stopped job are killed, one after the other.',
    features: ['kill'],
    topologies: ['daemon-in-job', 'two-jobs'],
    menu: { kill: ['SIGKILL'], tgkill: [], signalInit: false },
    where: { orphanedGroups: 'are looked for at exits' },
  },
  {
    name: 'let-go-waits',
    says: 'A thread waits for stops alone, and another one that traces exits.',
    features: ['exit', 'wait'],
    topologies: ['sibling-thread-traces'],
    menu: { exitCodes: [1], groupExitCodes: [], waits: [waits.stopped, waits.continued] },
    where: { letGoTracee: 'wakes who waits with its tracer' },
  },
  {
    name: 'founders-without-parents',
    says: 'A process whose init has exited founds a session.',
    features: ['jobs', 'exit'],
    topologies: ['pair'],
    menu: { exitCodes: [1], groupExitCodes: [], jobCalls: ['setsid'] },
    where: { founderWithoutParent: 'is counted' },
  },
  {
    name: 'exits-in-stops',
    says: 'A process of two threads exits as a whole while it is to stop.',
    features: ['stop', 'exit'],
    topologies: ['threaded-child'],
    menu: { kill: ['SIGSTOP'], tgkill: [], signalInit: false, exitCodes: [], groupExitCodes: [1] },
    where: { changesOfTheDying: 'are forgotten' },
  },
  {
    name: 'left-jobs',
    says: 'The processes that keep a job with a stopped member from being an orphan exit, one after the other.',
    features: ['exit'],
    topologies: ['left-job', 'threaded-job', 'job-of-three'],
    menu: { exitCodes: [1], groupExitCodes: [] },
    where: { orphanedGroups: 'are looked for at exits' },
    bound: { depth: 8, reason: 'five processes; it takes two of them to be gone' },
  },
  {
    name: 'subreapers',
    says: 'Processes ask to adopt orphans, or no longer to, while their children and they themselves exit.',
    features: ['exit', 'wait', 'subreaper'],
    topologies: ['family', 'namespace'],
    menu: { exitCodes: [1], groupExitCodes: [], waits: [waits.any] },
    where: { subreaper: 'known' },
  },
  {
    name: 'subreaping-grandparents',
    says: 'A grandparent asks to adopt orphans, or no longer to, while its child and the child of that exit.',
    features: ['exit', 'subreaper'],
    topologies: ['grandchild'],
    menu: { exitCodes: [1], groupExitCodes: [] },
    where: { subreaper: 'known' },
  },
  {
    name: 'subreaping-ancestors',
    says: 'A process asks to adopt orphans, and the child of its grandchild exits, which has a child.',
    features: ['fork', 'exit', 'subreaper'],
    topologies: ['grandchild'],
    births: 1,
    menu: { exitCodes: [1], groupExitCodes: [], clones: [clones.fork] },
    where: { subreaper: 'known' },
    bound: { depth: 6, reason: 'four processes that fork and exit; it takes no more to find another parent' },
  },
  {
    name: 'seized',
    says: 'A debugger seizes a process, interrupts it, and lets it listen, while it stops, continues and exits.',
    features: ['seize', 'ptrace', 'stop', 'exit'],
    topologies: ['pair'],
    menu: {
      kill: ['SIGSTOP', 'SIGCONT'],
      tgkill: [],
      signalInit: false,
      exitCodes: [1],
      groupExitCodes: [],
      attach: 'the init',
      resumeWith: [null],
      ptraceOptions: [ptraceOptionSets.exitKill],
    },
    where: { seize: 'is known' },
  },
  {
    name: 'seized-waits',
    says: 'A debugger waits for a process that it has seized, and that stops and continues.',
    features: ['seize', 'ptrace', 'stop', 'wait'],
    topologies: ['pair'],
    menu: {
      kill: ['SIGSTOP', 'SIGCONT'],
      tgkill: [],
      signalInit: false,
      waits: [waits.job],
      attach: 'the init',
      resumeWith: [null],
      ptraceOptions: [ptraceOptionSets.exitKill],
    },
    where: { seize: 'is known' },
  },
  {
    name: 'seized-threads',
    says: 'A process of two threads stops and continues, one or both of which are seized.',
    features: ['seize', 'stop'],
    topologies: ['threaded-child'],
    menu: {
      kill: ['SIGSTOP', 'SIGCONT'],
      tgkill: [],
      signalInit: false,
      attach: 'the init',
      ptraceOptions: [ptraceOptionSets.exitKill],
    },
    where: { seize: 'is known' },
  },
  {
    name: 'seized-births',
    says: 'A seized process forks, vforks, and starts a thread, with its tracer told of it.',
    features: ['seize', 'ptrace', 'fork', 'vfork', 'threads'],
    topologies: ['pair'],
    births: 1,
    menu: {
      attach: 'the init',
      resumeWith: [],
      ptraceOptions: [ptraceOptionSets.follow],
      clones: [clones.fork, clones.vfork, clones.thread],
    },
    where: { seize: 'is known' },
  },
  {
    name: 'seized-execs',
    says: 'A seized process executes a program, with its tracer told of it or not.',
    features: ['seize', 'ptrace', 'exec'],
    topologies: ['pair'],
    menu: {
      attach: 'the init',
      resumeWith: [null],
      ptraceOptions: [ptraceOptionSets.exitKill, ptraceOptionSets.traceExec],
    },
    where: { seize: 'is known' },
  },
]

const further: ReadonlyMap<string, CheckDefinition<ImmutableState>> = new Map(
  questions.map(({ where: _, ...question }) => [question.name, define({ ...question, covers: [] })]),
)

/** All that are asked besides, under some profile. */
export const furtherChecks = [...further.values()]

/** The checks of the suite, and the further ones that say something of this profile. */
export function checksFor(profile: string): readonly CheckDefinition<ImmutableState>[] {
  const { answers, switches } = profileNamed(profile)
  const all: Answers & Switches = { ...answers, ...switches }
  const isAsked = ({ where = {} }: Further): boolean =>
    Object.entries(where).every(([name, answer]) => all[name as keyof typeof all] === answer)
  return [...listedChecks, ...questions.filter(isAsked).flatMap(({ name }) => further.get(name) ?? [])]
}

/** A check of either kind. */
export const checkNamed = (name: string): CheckDefinition<ImmutableState> | undefined =>
  listedChecks.find(check => check.name === name) ?? further.get(name)
