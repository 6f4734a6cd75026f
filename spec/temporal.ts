/**
 * What must eventually happen, and what must stay possible.
 *
 * Here: the temporal properties. Each says what may be relied on: which steps are not left out for ever.
 * Not here: what no state and no step may break (properties/).
 *
 * Two kinds. A *possibility* says that from every state that asks for something it can still come about, by whatever
 * steps; it refutes what nobody can mend any more. A *liveness* property says that it does come about in every fair
 * behaviour. The kernel is fair: a task that has something of its own to do does it. Programs are not: none is obliged
 * to wait, to continue, to detach, or to make any call at all, unless a property says so.
 */
import { lookForEvents } from './kernel/wait.js'
import { aTaskHasBegunToExit, aTaskIsAZombie } from './properties/covers.js'
import { aGroupIsExiting, aNamespaceIsExiting, aTaskIsKilled } from './properties/killing.js'
import {
  exitRank,
  groupOf,
  initGroup,
  isActive,
  isAloneInGroup,
  isBorn,
  isDead,
  isKilled,
  isVisibleIn,
  isZombie,
  leads,
  someMember,
  someTask,
} from './properties/questions.js'
import {
  anExecveIsUnderWay,
  aStopHasAPhase,
  aTaskIsGroupStopped,
  aTaskWaitsInVfork,
} from './properties/stops.js'
import { aTaskIsInAPtraceStop, aTracerCarriesOutARequest } from './properties/tracing.js'
import { aWaiterSleeps } from './properties/wakeups.js'
import { slotsOf } from './scope.js'
import type { State, TaskId } from './state.js'
import type { WaitOptions } from './wait-options.js'

/** From every state in which `when` holds of a thing, a state can be reached in which `can` holds of it. */
export interface Possibility {
  readonly kind: 'possibility'
  readonly name: string
  readonly says: string
  /** The things: slots, of tasks, groups or namespaces. */
  each(initial: State): readonly number[]
  when(s: State, x: number): boolean
  can(s: State, x: number): boolean
  describe(s: State, x: number): string
  readonly cover: string
}

/** Actions that belong together, one of which must not be left out for ever. */
export interface Fairness {
  readonly name: string
  readonly strength: 'weak' | 'strong'
  includes(rule: RuleOf, choice: unknown): boolean
}

type RuleOf = { readonly name: string; readonly kind: 'external' | 'internal' }
type RulesOf = { readonly rules: readonly (RuleOf & { readonly choices: readonly unknown[] })[] }

/** Whatever `when` holds of, `holds` comes to hold of it, in every fair behaviour. */
export interface Liveness {
  readonly kind: 'liveness'
  readonly name: string
  readonly says: string
  each(initial: State): readonly number[]
  readonly formula: {
    readonly kind: 'leads to'
    when(s: State, x: number): boolean
    holds(s: State, x: number): boolean
  }
  fairness(model: RulesOf): readonly Fairness[]
  /** The fairness in one sentence. */
  readonly fairnessSays: string
  readonly assuming: readonly Assumption[]
  describe(s: State, x: number): string
  readonly cover: string
}

export interface Assumption {
  readonly kind: 'always' | 'eventually always'
  readonly says: string
  holds(s: State): boolean
}

export type TemporalProperty = Possibility | Liveness

// Who is fair.

const actorOf = (choice: unknown): TaskId | undefined => (choice as { readonly task?: TaskId }).task

/** The kernel runs a task whenever that has a step of its own to take. */
const kernelIsFair = ({ rules }: RulesOf): readonly Fairness[] =>
  actorsOf({ rules }).map(task => ({
    name: `the kernel runs task ${task}`,
    strength: 'weak',
    includes: ({ kind }, choice) => kind === 'internal' && actorOf(choice) === task,
  }))

const actorsOf = ({ rules }: RulesOf): readonly TaskId[] =>
  [...new Set(rules.flatMap(({ choices }) => choices.map(actorOf)))]
    .filter(task => task !== undefined)
    .toSorted((a, b) => a - b)

const kernelSays =
  'The kernel runs every task that has a step of its own to take (weakly fair); no program is obliged to make a call.'

const slots = (s: State): readonly number[] => slotsOf(s.scope)

const describeTask = (s: State, t: TaskId): string => {
  const { exitState, runState, stop } = s.task(t)
  return `task ${t} (${exitState}, ${runState}${stop === null ? '' : `, stop ${stop}`})`
}

type Sentence<Kind extends TemporalProperty['kind']> = Pick<
  Extract<TemporalProperty, { kind: Kind }>,
  'name' | 'says' | 'cover'
> & { describe?(s: State, x: number): string }

const possibility = (sentence: Sentence<'possibility'> & Pick<Possibility, 'when' | 'can'>): Possibility => ({
  kind: 'possibility',
  each: slots,
  describe: describeTask,
  ...sentence,
})

const leadsTo = (
  sentence: Sentence<'liveness'> &
    Partial<Pick<Liveness, 'fairness' | 'fairnessSays' | 'assuming'>> &
    Pick<Liveness['formula'], 'when' | 'holds'>,
): Liveness => {
  const { when, holds, ...rest } = sentence
  return {
    kind: 'liveness',
    each: slots,
    formula: { kind: 'leads to', when, holds },
    fairness: kernelIsFair,
    fairnessSays: kernelSays,
    assuming: [],
    describe: describeTask,
    ...rest,
  }
}

// What stays possible.

/** The first init has no parent that could wait for it; its last zombie is the end of everything. */
const isTheFirstInit = (s: State, t: TaskId): boolean => leads(s, t) && s.task(t).group === initGroup(0)

/** From every state, every zombie can still be reaped. */
export const everyZombieIsReapable = possibility({
  name: 'every zombie is eventually reapable',
  says: 'From every state with a zombie, other than the first init, a state can be reached in which it is dead.',
  cover: aTaskIsAZombie.name,
  when: (s, t) => isZombie(s, t) && !isTheFirstInit(s, t),
  can: isDead,
})

/** From every state, every stopped task can run again. */
export const everyStoppedTaskCanGoOn = possibility({
  name: 'every stopped task can go on',
  says: 'From every state with a task in a group stop or a ptrace-stop, a state can be reached in which it is in no stop.',
  cover: aTaskIsInAPtraceStop.name,
  when: (s, t) => s.task(t).stop === 'ptrace' || s.task(t).stop === 'group',
  can: (s, t) => s.task(t).stop === null,
})

/** From every state, every task can still exit. */
export const everyTaskCanExit = possibility({
  name: 'every task can still exit',
  says: 'From every state with a live task, a state can be reached in which it is a zombie or dead.',
  cover: aTaskHasBegunToExit.name,
  when: (s, t) => isBorn(s, t) && exitRank(s, t) < 2,
  can: (s, t) => exitRank(s, t) >= 2,
})

/** From every state, a namespace that dies can become empty. */
export const aDyingNamespaceCanEmpty = possibility({
  name: 'a dying namespace can become empty',
  says: 'From every state in which a namespace other than the first one is exiting, a state can be reached in which it has no task.',
  cover: aNamespaceIsExiting.name,
  when: (s, ns) => ns !== 0 && s.namespace(ns).exists && s.namespace(ns).exiting,
  can: (s, ns) => s.namespace(ns).tasks.isEmpty(),
  describe: (s, ns) =>
    `namespace ${ns}, whose ids are taken by tasks ${[...s.namespace(ns).tasks.values()].join(', ')}`,
})

// What happens.

/**
 * A tracer that asked for it is shown an exit before it happens, and may keep the task there. Once the tracer has waited
 * for it, the code of the stop is gone, and only where the task is tells which stop it is.
 */
const stopsAtItsExit = (s: State, t: TaskId): boolean => {
  const { stop, runState } = s.task(t)
  return stop !== null && runState === 'exitMain'
}

const hasExited = (s: State, t: TaskId): boolean => exitRank(s, t) >= 2

/** Whoever is killed dies. */
export const aKilledTaskDies = leadsTo({
  name: 'a killed task dies',
  says: 'A task for which SIGKILL is pending becomes a zombie, or stops at PTRACE_EVENT_EXIT for a tracer that has asked for that.',
  cover: aTaskIsKilled.name,
  when: (s, t) => isKilled(s, t) && isActive(s, t),
  holds: (s, t) => hasExited(s, t) || stopsAtItsExit(s, t),
})

/** Nothing holds up an exit that has begun. */
export const anExitIsCompleted = leadsTo({
  name: 'a task that began to exit becomes a zombie',
  says: 'A task that is Initiated becomes a zombie or dies.',
  cover: aTaskHasBegunToExit.name,
  when: (s, t) => s.task(t).exitState === 'Initiated',
  holds: hasExited,
})

/** A group that exits ends with all its threads. */
export const aGroupExitEndsAllThreads = leadsTo({
  name: 'a group exit ends every thread',
  says: 'Each task of a thread group that is exiting becomes a zombie, or stops at PTRACE_EVENT_EXIT for its tracer.',
  cover: aGroupIsExiting.name,
  when: (s, t) => isActive(s, t) && groupOf(s, t).exiting,
  holds: (s, t) => hasExited(s, t) || stopsAtItsExit(s, t),
})

/** An execve comes to an end. */
export const execveComesToAnEnd = leadsTo({
  name: 'execve finishes or fails',
  says: 'A thread group in execve leaves it, or a thread that it has killed stops at PTRACE_EVENT_EXIT for its tracer.',
  cover: anExecveIsUnderWay.name,
  when: (s, g) => s.group(g).leader !== null && s.group(g).execing !== null,
  holds: (s, g) => s.group(g).execing === null || someMember(s, g, t => stopsAtItsExit(s, t)),
  describe: (s, g) => `group ${g}, in which task ${s.group(g).execing} executes`,
})

/** When the init of a namespace dies, so does everybody in it. */
export const aDyingNamespaceEmpties = leadsTo({
  name: 'in a dying namespace everybody exits',
  says: 'Each task in a PID namespace that is exiting becomes a zombie, or stops at PTRACE_EVENT_EXIT for its tracer.',
  cover: aNamespaceIsExiting.name,
  when: (s, t) => isBorn(s, t) && someDyingNamespace(s, t),
  holds: (s, t) => hasExited(s, t) || stopsAtItsExit(s, t),
})

const someDyingNamespace = (s: State, t: TaskId): boolean =>
  slots(s).some(ns => s.namespace(ns).exists && s.namespace(ns).exiting && isVisibleIn(s, t, ns))

/** Does a wait that sleeps have something to return, or nothing to wait for? */
const hasSomethingToReturn = (s: State, t: TaskId): boolean => {
  const { runState, wait, stop } = s.task(t)
  if (runState !== 'wait' || wait === null || stop !== null) return false
  const { found, anyWaitableTasks } = lookForEvents(s, t, wait as WaitOptions)
  return found.length > 0 || !anyWaitableTasks
}

/** Nobody sleeps for ever beside what it waits for. */
export const aBlockedWaitReturns = leadsTo({
  name: 'a blocked wait with something to return returns',
  says: 'A task that sleeps in a wait, is in no stop, and has an event or ECHILD to return, leaves the wait, or has no longer anything to return.',
  cover: aWaiterSleeps.name,
  when: hasSomethingToReturn,
  holds: (s, t) => !hasSomethingToReturn(s, t),
})

/** Who waits in vfork goes on when the child lets go. */
export const aVforkParentGoesOn = leadsTo({
  name: 'a parent in vfork goes on when its child is gone',
  says: 'A task that is stopped in vfork, and whose child has begun to exit, comes out of that stop.',
  cover: aTaskWaitsInVfork.name,
  when: (s, t) =>
    s.task(t).stop === 'vfork' &&
    !someTask(s, child => s.task(child).vforkParent === t && isActive(s, child)),
  holds: (s, t) => s.task(t).stop !== 'vfork',
})

/** A group stop that has begun stops everybody, or ends. */
export const aGroupStopIsCompleted = leadsTo({
  name: 'a group stop is completed or ended',
  says: 'A group stop that is initiated becomes complete or is ended, unless a task of the group is held in a stop of another kind.',
  cover: aStopHasAPhase.name,
  when: (s, g) => s.group(g).leader !== null && s.group(g).groupStopPhase === 'Initiated',
  holds: (s, g) =>
    s.group(g).groupStopPhase !== 'Initiated' ||
    someMember(s, g, t => ![null, 'group'].includes(s.task(t).stop)),
  describe: (_, g) => `group ${g}`,
})

/** SIGCONT gets everybody out of a group stop. */
export const aStopThatEndedHoldsNobody = leadsTo({
  name: 'a group stop that has ended holds nobody',
  says: 'A task in a group stop whose group is not stopping any more comes out of it.',
  cover: aTaskIsGroupStopped.name,
  when: (s, t) => s.task(t).stop === 'group' && groupOf(s, t).groupStopPhase === 'None',
  holds: (s, t) => s.task(t).stop !== 'group' || groupOf(s, t).groupStopPhase !== 'None',
})

/** A ptrace request is carried out. */
export const aRequestIsCarriedOut = leadsTo({
  name: 'a ptrace request is carried out',
  says: 'A task whose tracer operates on it is let go again, stopped or not.',
  cover: aTracerCarriesOutARequest.name,
  when: (s, t) => s.task(t).stop === 'ptraceFrozen',
  holds: (s, t) => s.task(t).stop !== 'ptraceFrozen',
})

// With an init that does its duty.

/** Takes the exit of whichever child, unless it is a clone child. */
const isForAnyExit = (options: WaitOptions): boolean =>
  options.consumeEvent &&
  options.nonCloneTasks &&
  options.events.has('Exit') &&
  options.specificTID === null &&
  options.specificPGID === null

const isWaitForAnyExit = (choice: unknown): boolean => {
  const { options } = choice as { readonly options?: WaitOptions }
  return options !== undefined && isForAnyExit(options)
}

/** With an init that waits for everyone, again and again, every orphan is reaped. */
export const everyOrphanIsReaped = leadsTo({
  name: 'with an init that waits for everyone every orphan is reaped',
  says: 'A zombie process that is a child of the init (no clone child), and has no tracer and no thread left, dies.',
  cover: aTaskIsAZombie.name,
  when: (s, t) => {
    const { parent, tracer } = s.task(t)
    if (!isZombie(s, t) || parent === null || tracer !== null) return false
    if (groupOf(s, t).terminationSignal !== 'SIGCHLD') return false
    return s.task(parent).group === initGroup(0) && leads(s, t) && isAloneInGroup(s, t)
  },
  holds: isDead,
  fairness: model => [
    ...kernelIsFair(model),
    {
      name: 'the init waits for any child',
      strength: 'strong',
      includes: ({ name }, choice) =>
        name === 'wait' && actorOf(choice) === initGroup(0) && isWaitForAnyExit(choice),
    },
  ],
  fairnessSays:
    'The kernel is weakly fair, and the init calls wait for any child again and again (strongly fair); nobody else is obliged to do anything.',
  assuming: [
    {
      kind: 'always',
      says: 'the init neither exits nor is killed',
      holds: s => isActive(s, initGroup(0)) && !groupOf(s, initGroup(0)).exiting,
    },
    {
      kind: 'always',
      says: 'the init never sleeps in a wait for somebody in particular',
      holds: s => {
        const { runState, wait } = s.task(initGroup(0))
        return runState !== 'wait' || wait === null || isForAnyExit(wait)
      },
    },
    {
      kind: 'eventually always',
      says: 'the init is not stopped for ever',
      holds: s => s.task(initGroup(0)).stop === null,
    },
  ],
})

export const temporalProperties: readonly TemporalProperty[] = [
  everyZombieIsReapable,
  everyStoppedTaskCanGoOn,
  everyTaskCanExit,
  aDyingNamespaceCanEmpty,
  aKilledTaskDies,
  anExitIsCompleted,
  aGroupExitEndsAllThreads,
  execveComesToAnEnd,
  aDyingNamespaceEmpties,
  aBlockedWaitReturns,
  aVforkParentGoesOn,
  aGroupStopIsCompleted,
  aStopThatEndedHoldsNobody,
  aRequestIsCarriedOut,
  everyOrphanIsReaped,
]
