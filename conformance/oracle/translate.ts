/**
 * A call of a scenario in the terms of the spec: which rule, with which choices.
 *
 * The spec does not try calls that can only fail or change nothing; their results are plain consequences of its
 * state, and are worked out here. What it does not describe at all is said to be not modelled.
 */
import { Set as ImmutableSet } from 'immutable'
import type { ImmutableState } from '../../spec/immutable-state.js'
import { groupOf, initTID, inSameGroup, isLeader, leaderOf } from '../../spec/kernel/members.js'
import { sessionOf } from '../../spec/kernel/process-group.js'
import { type CloneForm, clones, type Disposition } from '../../spec/menu.js'
import { setpgid as setpgidRule } from '../../spec/rules/jobs.js'
import { everybodyElse } from '../../spec/rules/signals.js'
import { slotsOf } from '../../spec/scope.js'
import { type Signal, signalNumbers as specSignals } from '../../spec/signals.js'
import { makePtraceRequest, type PtraceOption, type TaskId } from '../../spec/state.js'
import { makeWaitOptions, type WaitEvent, type WaitOptions } from '../../spec/wait-options.js'
import {
  type Birth,
  type Call,
  CLONE_CHILD_CLEARTID,
  CLONE_NEWPID,
  CLONE_PARENT,
  CLONE_PTRACE,
  CLONE_THREAD,
  CLONE_UNTRACED,
  CLONE_VFORK,
  has,
  type Plain,
} from '../call.js'
import { numberFrom } from '../constants.js'
import { type Hypothesis, type Made, nameOfTask } from './hypothesis.js'

export type Translated =
  | { readonly made: Made }
  /** Nothing happens but that the call returns this. */
  | { readonly result: string }
  | { readonly notModelled: string }

const answer = (result: string): Translated => ({ result })
const notModelled = (what: string): Translated => ({ notModelled: what })
const made = (rule: string, choices: readonly unknown[], more: Partial<Made> = {}): Translated => ({
  made: { rule, choices, success: '0', returns: 'when done', ...more },
})

/** `task` makes the call, in the hypothesis `h`. */
export function translate(call: Call, task: TaskId, h: Hypothesis): Translated {
  return call.kind === 'birth'
    ? birth(call, task)
    : (calls[call.name]?.(call, task, h) ?? notModelled(call.name))
}

type Translator = (call: Plain, task: TaskId, h: Hypothesis) => Translated

const calls: Readonly<Record<string, Translator>> = {
  exit: ({ args: [code = '0'] }, task) =>
    made('exit', [{ task, code: exitCode(code) }], { returns: 'never' }),
  exit_group: ({ args: [code = '0'] }, task) =>
    made('exit_group', [{ task, code: exitCode(code) }], { returns: 'never' }),
  execve: (_call, task, h) =>
    endsDeliveryStop(h.state, task) && h.state.scope.profile.answers.shownSignal === 'is left out'
      ? notModelled('an execve that ends a signal-delivery-stop')
      : made('execve', [{ task }]),
  // The spec has no such call: to be in it is to run the program, until a handler has run.
  pause: () => made('', [], { returns: 'after a handler' }),
  wait4,
  waitid,
  kill,
  tgkill,
  tkill: ({ args: [target = '', signal = ''] }, task, h) => thread(target, signal, task, h),
  sigaction,
  prctl,
  ptrace,
  setpgid,
  setsid: (_call, task, h) => {
    const { setsid } = h.state.scope.profile.answers
    return made('setsid', [{ task }], {
      success: setsid === '0' ? '0' : nameOfTask(h, leaderOf(h.state, h.state.task(task).group), task),
    })
  },
  getpid: (_call, task, h) => answer(nameOfTask(h, leaderOf(h.state, h.state.task(task).group), task)),
  gettid: (_call, task, h) => answer(nameOfTask(h, task, task)),
  getppid: (_call, task, h) => answer(nameOfTask(h, parentOf(h.state, task), task)),
  getpgrp: (_call, task, h) => answer(nameOfId(h, groupOf(h.state, task).processGroup)),
  getpgid: ({ args: [whose = '0'] }, task, h) =>
    ofProcess(h, task, whose, g => h.state.group(g).processGroup),
  getsid: ({ args: [whose = '0'] }, task, h) =>
    ofProcess(h, task, whose, g => h.state.processGroup(h.state.group(g).processGroup).session),
  sched_yield: () => answer('0'),
}

/** Is another thread of the process, which the execve kills, shown to its tracer before it takes a signal? */
const endsDeliveryStop = (s: ImmutableState, task: TaskId): boolean =>
  groupOf(s, task).tasks.some(t => t !== task && s.task(t).runState === 'afterSignalDeliveryStop')

const exitCode = (code: string): number => (numberFrom(code) ?? 0) & 0xff

const parentOf = (s: ImmutableState, task: TaskId): TaskId | null => {
  const { parent } = s.task(leaderOf(s, s.task(task).group))
  return parent === null ? null : leaderOf(s, s.task(parent).group)
}

/** Process groups and sessions are named by the id of their founder. */
const nameOfId = ({ owners }: Hypothesis, id: number): string => owners.get(id) ?? String(id)

function ofProcess(h: Hypothesis, task: TaskId, whose: string, id: (g: number) => number): Translated {
  const target = whose === '0' ? task : taskNamed(h, task, whose)
  return target === undefined ? answer('ESRCH') : answer(nameOfId(h, id(h.state.task(target).group)))
}

/** The task that a pid means in the namespace of `from`; undefined if nobody has it there. */
function taskNamed(h: Hypothesis, from: TaskId, name: string): TaskId | undefined {
  const tid = h.actors.get(name)?.tid
  return tid === undefined ? undefined : h.state.namespace(groupOf(h.state, from).pidns).tasks.get(tid)
}

/** A signal of the spec; null is signal 0; undefined one that it does not have. */
function signalNamed(word: string): Signal | null | undefined {
  if (word === '0') return null
  return word in specSignals ? (word as Signal) : undefined
}

const isValidSignal = (word: string): boolean => {
  const number = numberFrom(word)
  return number !== undefined && number >= 0 && number <= 64
}

function birth({ child, flags }: Birth, task: TaskId): Translated {
  if (has(flags, CLONE_PARENT)) return notModelled('CLONE_PARENT')
  const exitSignal = flags & 0xff
  const terminationSignal = (Object.keys(specSignals) as Signal[]).find(
    sig => specSignals[sig] === exitSignal,
  )
  if (exitSignal !== 0 && terminationSignal === undefined) return notModelled(`exit signal ${exitSignal}`)
  const newThreadGroup = !has(flags, CLONE_THREAD)
  const form: CloneForm = clones.fork.merge({
    call: 'clone',
    newThreadGroup,
    terminationSignal: newThreadGroup ? (terminationSignal ?? null) : null,
    vfork: has(flags, CLONE_VFORK),
    newPIDNamespace: has(flags, CLONE_NEWPID),
    childClearTID: has(flags, CLONE_CHILD_CLEARTID),
    untraced: has(flags, CLONE_UNTRACED),
    inheritTracer: has(flags, CLONE_PTRACE),
  })
  return made('clone', [{ task, form }], { success: child, child })
}

/** For every outcome that a look may have. */
const waitChoices = (h: Hypothesis, task: TaskId, options: WaitOptions): readonly unknown[] =>
  [null, ...slotsOf(h.state.scope)].map(pick => ({ task, options, pick }))

/** Flags that say of whom and how, the same for wait4 and waitid. */
function waitFlags(words: readonly string[]): Partial<WaitOptions> {
  const all = words.includes('__WALL')
  const clone = words.includes('__WCLONE')
  return {
    block: !words.includes('WNOHANG'),
    nonCloneTasks: all || !clone,
    cloneTasks: all || clone,
    siblings: !words.includes('__WNOTHREAD'),
    consumeEvent: !words.includes('WNOWAIT'),
  }
}

const wordsOf = (options: string): readonly string[] => options.split('|').map(word => word.trim())

/** Whom a pid of wait4 or kill means: -1, 0, -PGID, PID. */
type Whom =
  | { readonly kind: 'any' }
  | { readonly kind: 'task'; readonly tid: number }
  | { readonly kind: 'process group'; readonly id: number }

function whom(h: Hypothesis, task: TaskId, pid: string): Whom | undefined {
  if (pid === '-1') return { kind: 'any' }
  if (pid === '0') return { kind: 'process group', id: groupOf(h.state, task).processGroup }
  const actor = h.actors.get(pid.replace(/^-/, ''))
  if (actor === undefined) return undefined
  // The pid of an init is 1 in its namespace, and its negative means everybody.
  if (pid.startsWith('-') && actor.tid === groupOf(h.state, task).pidns) return { kind: 'any' }
  return pid.startsWith('-') ? { kind: 'process group', id: actor.tid } : { kind: 'task', tid: actor.tid }
}

const specific = (who: Whom): Partial<WaitOptions> =>
  who.kind === 'any' ? {} : who.kind === 'task' ? { specificTID: who.tid } : { specificPGID: who.id }

function wait4({ args: [pid = '-1', options = '0'] }: Plain, task: TaskId, h: Hypothesis): Translated {
  const words = wordsOf(options)
  const flags = waitFlags(words)
  const who = whom(h, task, pid)
  if (who === undefined) return notModelled(`wait4(${pid}, ${options})`)
  const events = ImmutableSet<WaitEvent>([
    'Exit',
    'TraceeStop',
    ...(words.includes('WUNTRACED') ? (['ChildGroupStop'] as const) : []),
    ...(words.includes('WCONTINUED') ? (['GroupContinue'] as const) : []),
  ])
  const asked = makeWaitOptions({ ...flags, ...specific(who), consumeEvent: true, events, call: 'wait4' })
  return made('wait', waitChoices(h, task, asked))
}

function waitid(
  { args: [type = 'P_ALL', id = '0', options = '0'] }: Plain,
  task: TaskId,
  h: Hypothesis,
): Translated {
  const words = wordsOf(options)
  const flags = waitFlags(words)
  const who = type === 'P_ALL' ? whom(h, task, '-1') : whom(h, task, type === 'P_PGID' ? `-${id}` : id)
  if (who === undefined || type === 'P_PIDFD') return notModelled(`waitid(${type}, ${id}, ${options})`)
  const events = ImmutableSet<WaitEvent>([
    'TraceeStop',
    ...(words.includes('WEXITED') ? (['Exit'] as const) : []),
    ...(words.includes('WSTOPPED') ? (['ChildGroupStop'] as const) : []),
    ...(words.includes('WCONTINUED') ? (['GroupContinue'] as const) : []),
  ])
  if (events.size === 1) return answer('EINVAL')
  const asked = makeWaitOptions({ ...flags, ...specific(who), events, call: 'waitid' })
  return made('wait', waitChoices(h, task, asked), { asInfo: true })
}

function kill({ args: [pid = '', word = ''] }: Plain, task: TaskId, h: Hypothesis): Translated {
  if (!isValidSignal(word)) return answer('EINVAL')
  const signal = signalNamed(word)
  const who = whom(h, task, pid)
  if (who?.kind === 'task' && signal === undefined && isDroppedByInit(h, task, pid)) return answer('0')
  if (signal === undefined || who === undefined) return notModelled(`kill(${pid}, ${word})`)
  if (who.kind === 'any') {
    if (everybodyElse(h.state, task).length === 0) return answer('ESRCH')
    return signal === null ? answer('0') : made('killAll', [{ task, signal }])
  }
  if (who.kind === 'process group') {
    if (h.state.processGroup(who.id).refs === 0) return answer('ESRCH')
    return signal === null ? answer('0') : made('killProcessGroup', [{ processGroup: who.id, signal }])
  }
  const target = taskNamed(h, task, pid)
  if (target === undefined) return answer('ESRCH')
  return signal === null || isSparedInside(h, task, target, signal)
    ? answer('0')
    : made('kill', [{ target, signal }])
}

/**
 * From inside its namespace an init is spared these as well, except what a tracer is to see; the spec, which has no
 * senders, takes them to come from outside.
 */
function isSparedInside({ state: s }: Hypothesis, from: TaskId, target: TaskId, signal: Signal): boolean {
  if (s.scope.profile.switches.initProtection === 'none') return false
  const { group, tracer } = s.task(target)
  if (tracer !== null && signal !== 'SIGKILL') return false
  const { pidns } = s.group(group)
  return pidns === group && groupOf(s, from).pidns === pidns && (signal === 'SIGKILL' || signal === 'SIGSTOP')
}

/** A signal that the spec does not have is one that no program asks for here: what an init would not take it is not sent. */
function isDroppedByInit(h: Hypothesis, from: TaskId, pid: string): boolean {
  const { state: s } = h
  const target = taskNamed(h, from, pid)
  if (target === undefined || s.scope.profile.switches.initProtection === 'none') return false
  const { group, tracer } = s.task(target)
  return s.group(group).pidns === group && tracer === null
}

function tgkill(
  { args: [group = '', target = '', word = ''] }: Plain,
  task: TaskId,
  h: Hypothesis,
): Translated {
  const t = taskNamed(h, task, target)
  const g = taskNamed(h, task, group)
  if (t !== undefined && (g === undefined || !inSameGroup(h.state, t, g) || !isLeader(h.state, g)))
    return answer(isValidSignal(word) ? 'ESRCH' : 'EINVAL')
  return thread(target, word, task, h)
}

function thread(name: string, word: string, task: TaskId, h: Hypothesis): Translated {
  if (!isValidSignal(word)) return answer('EINVAL')
  const signal = signalNamed(word)
  if (signal === undefined) return notModelled(word)
  const target = taskNamed(h, task, name)
  if (target === undefined) return answer('ESRCH')
  return signal === null || isSparedInside(h, task, target, signal)
    ? answer('0')
    : made('tgkill', [{ target, signal }])
}

function sigaction(
  { args: [signal = '', how = '', flags = '0'] }: Plain,
  task: TaskId,
  h: Hypothesis,
): Translated {
  const words = wordsOf(flags)
  if (signal !== 'SIGCHLD') return notModelled(`a disposition of ${signal}`)
  if (words.some(word => !['0', 'SA_NOCLDWAIT', 'SA_NOCLDSTOP'].includes(word))) return notModelled(flags)
  const disposition: Disposition = {
    handler: how === 'SIG_IGN' ? 'ignore' : how === 'handler' ? 'handler' : 'default',
    noCldWait: words.includes('SA_NOCLDWAIT'),
    noCldStop: words.includes('SA_NOCLDSTOP'),
  }
  return unlessUnchanged(h, 'sigaction', { task, disposition })
}

/** The spec does not try what would change nothing. */
function unlessUnchanged(
  h: Hypothesis,
  rule: 'sigaction' | 'setParentDeathSignal',
  choice: object,
): Translated {
  const { task, disposition, signal } = choice as {
    readonly task: TaskId
    readonly disposition?: Disposition
    readonly signal?: Signal | null
  }
  const { sigchld, saNoCldWait, saNoCldStop } = groupOf(h.state, task)
  const unchanged =
    rule === 'setParentDeathSignal'
      ? h.state.task(task).parentDeathSignal === signal
      : sigchld === disposition?.handler &&
        saNoCldWait === disposition.noCldWait &&
        saNoCldStop === disposition.noCldStop
  return unchanged ? answer('0') : made(rule, [choice])
}

function prctl({ args: [option = '', value = '0'] }: Plain, task: TaskId, h: Hypothesis): Translated {
  if (option === 'PR_SET_PDEATHSIG') {
    const signal = signalNamed(value)
    return signal === undefined
      ? notModelled(value)
      : unlessUnchanged(h, 'setParentDeathSignal', { task, signal })
  }
  if (!['PR_SET_CHILD_SUBREAPER', 'PR_GET_CHILD_SUBREAPER'].includes(option)) return notModelled(option)
  const { subreaper } = h.state.scope.profile.answers
  if (subreaper === 'pid 1 may ask for it')
    return answer(
      option === 'PR_SET_CHILD_SUBREAPER' && numberFrom(value) !== 0 && isPid1(h, task) ? '0' : 'EINVAL',
    )
  if (subreaper === 'EINVAL') return answer('EINVAL')
  const { childSubreaper } = groupOf(h.state, task)
  if (option === 'PR_GET_CHILD_SUBREAPER') return answer(`value ${childSubreaper ? 1 : 0}`)
  const adopts = numberFrom(value) !== 0
  return adopts === childSubreaper ? answer('0') : made('setChildSubreaper', [{ task, adopts }])
}

const isPid1 = ({ state: s }: Hypothesis, task: TaskId): boolean => {
  const { pidns } = groupOf(s, task)
  return s.namespace(pidns).tids.get(task) === initTID(pidns)
}

const optionNames: readonly PtraceOption[] = [
  'EXITKILL',
  'TRACEEXIT',
  'TRACEEXEC',
  'TRACEFORK',
  'TRACEVFORK',
  'TRACECLONE',
  'TRACEVFORKDONE',
]

/** Undefined where one of them is not modelled. */
function optionsIn(data: string): ImmutableSet<PtraceOption> | undefined {
  const options = wordsOf(data)
    .filter(word => word !== '0')
    .map(word => word.replace(/^O_/, '') as PtraceOption)
  return options.every(option => optionNames.includes(option)) ? ImmutableSet(options) : undefined
}

/** Why the target cannot get this tracer; undefined if it can. */
function refusal(s: ImmutableState, task: TaskId, target: TaskId): Translated | undefined {
  const { tracer, exitState } = s.task(target)
  if (exitState === 'Dead') return answer('ESRCH')
  const refused = tracer !== null || inSameGroup(s, task, target) || exitState === 'Zombie'
  return refused ? answer('EPERM') : undefined
}

function seize(
  address: string,
  data: string,
  task: TaskId,
  target: TaskId,
  { state: s }: Hypothesis,
): Translated {
  if (address !== '0') return answer('EIO')
  const options = optionsIn(data)
  if (options === undefined) return notModelled(data)
  return refusal(s, task, target) ?? made('seize', [{ task, target, options }])
}

/** Source: `ptrace_check_attach`, `ptrace_request` of Linux. */
function toSeized(
  request: 'INTERRUPT' | 'LISTEN',
  task: TaskId,
  target: TaskId,
  { state: s }: Hypothesis,
): Translated {
  const { tracer, seized, stop } = s.task(target)
  if (tracer !== task) return answer('ESRCH')
  if (request === 'LISTEN' && (stop !== 'ptrace' || seized?.listen === 'does')) return answer('ESRCH')
  if (seized === null || (request === 'LISTEN' && seized.listen === 'cannot')) return answer('EIO')
  if (request === 'LISTEN') return made('listen', [{ task, target }])
  return seized.trapStop ? answer('0') : made('interruptTracee', [{ task, target }])
}

function ptrace(
  { args: [request = '', name = '', address = '0', data = '0'] }: Plain,
  task: TaskId,
  h: Hypothesis,
): Translated {
  const { state: s } = h
  if (request === 'TRACEME') {
    if (s.task(task).tracer !== null) return answer('EPERM')
    // The parent of pid 1 is the conductor, who is no part of the scenario.
    if (s.task(task).parent === null) return notModelled('PTRACE_TRACEME of pid 1')
    return made('traceme', [{ task }])
  }
  const target = taskNamed(h, task, name)
  if (target === undefined) return answer('ESRCH')
  const { tracer, stop } = s.task(target)
  if (request === 'ATTACH') return refusal(s, task, target) ?? made('attach', [{ task, target }])
  if (request === 'SEIZE' || request === 'INTERRUPT' || request === 'LISTEN') {
    if (s.scope.profile.answers.seize === 'is left out') return notModelled(`PTRACE_${request}`)
    return request === 'SEIZE' ? seize(address, data, task, target, h) : toSeized(request, task, target, h)
  }
  if (!['CONT', 'DETACH', 'SETOPTIONS', 'KILL'].includes(request)) return notModelled(`PTRACE_${request}`)
  if (tracer !== task) return answer('ESRCH')
  if (request === 'KILL') {
    if (s.scope.profile.switches.ptraceKill === 'sends SIGKILL')
      return isSparedInside(h, task, target, 'SIGKILL') ? answer('0') : made('ptraceKill', [{ task, target }])
    return stop === 'ptrace'
      ? made('ptraceKill', [{ task, target }])
      : notModelled('PTRACE_KILL of one that runs')
  }
  if (stop !== 'ptrace' || s.task(target).seized?.listen === 'does') return answer('ESRCH')
  if (request === 'SETOPTIONS') {
    const asked = optionsIn(data)
    if (asked === undefined) return notModelled(data)
    if (s.task(target).ptraceOpts.equals(asked)) return answer('0')
    return made('ptrace', [{ task, request: makePtraceRequest({ request, target, options: asked }) }])
  }
  const signal = signalNamed(data)
  if (signal === undefined) return notModelled(data)
  const resume = makePtraceRequest({ request: request as 'CONT' | 'DETACH', target, signal })
  return made('ptrace', [{ task, request: resume }])
}

/** The spec does not try moves that change nothing; what Linux would refuse it refuses where the process is already, too. */
function moveToItsPlace(s: ImmutableState, g: number, caller: number): 'EACCES' | 'EPERM' | '0' {
  const { execedChildren, sessionLeaders } = s.scope.profile.switches
  const isOwn = g === caller
  if (sessionLeaders === 'stay in their process group' && sessionOf(s, g) !== sessionOf(s, caller))
    return 'EPERM'
  if (!isOwn && s.group(g).execed && execedChildren === 'are not moved') return 'EACCES'
  return sessionLeaders === 'stay in their process group' && sessionOf(s, g) === g ? 'EPERM' : '0'
}

function setpgid({ args: [who = '0', group = '0'] }: Plain, task: TaskId, h: Hypothesis): Translated {
  const { state: s } = h
  const target = who === '0' ? leaderOf(s, s.task(task).group) : taskNamed(h, task, who)
  if (/^-/.test(group)) return answer('EINVAL')
  if (target === undefined) return answer('ESRCH')
  const { parent } = s.task(target)
  const isOwn = inSameGroup(s, task, target)
  if (!isLeader(s, target)) return answer('EINVAL')
  if (!isOwn && (parent === null || !inSameGroup(s, task, parent))) return answer('ESRCH')
  const g = s.task(target).group
  const processGroup = group === '0' || group === who ? g : h.actors.get(group)?.tid
  if (processGroup !== g && (processGroup === undefined || s.processGroup(processGroup).refs === 0))
    return answer('EPERM')
  const move = { task, target, processGroup }
  if (s.group(g).processGroup === processGroup && !setpgidRule.guard(s, move))
    return answer(moveToItsPlace(s, g, s.task(task).group))
  return made('setpgid', [move])
}
