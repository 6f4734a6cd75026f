/**
 * Small questions that properties ask of a state.
 *
 * Not those of the rules (kernel/members.ts): the properties judge the rules, and share no code with them.
 * Nothing here trusts a list or a counter; members, parents and tracers are found by looking at every task.
 */
import type {
  ExitState,
  GroupId,
  NamespaceId,
  ProcessGroupId,
  RunState,
  State,
  TaskFields,
  TaskId,
  TaskTest,
  ThreadGroupFields,
} from '../state.js'

const ranks: Readonly<Record<ExitState, number>> = { None: 0, Initiated: 1, Zombie: 2, Dead: 3 }

/** How far through the exit path: 0 for None to 3 for Dead. */
export const exitRank = (s: State, t: TaskId): number => ranks[s.task(t).exitState]

export const isBorn = (s: State, t: TaskId): boolean => !s.taskIs(t, 'runState', 'unborn')

/** Has not begun to exit. */
export const isActive = (s: State, t: TaskId): boolean => isBorn(s, t) && s.taskIs(t, 'exitState', 'None')
const beforeZombie = (exitState: ExitState): boolean => ranks[exitState] < ranks.Zombie

/** Has not become a zombie. */
export const isLive = (s: State, t: TaskId): boolean => isBorn(s, t) && s.taskIs(t, 'exitState', beforeZombie)
export const isZombie = (s: State, t: TaskId): boolean => s.taskIs(t, 'exitState', 'Zombie')
export const isDead = (s: State, t: TaskId): boolean => s.taskIs(t, 'exitState', 'Dead')

const someSlot = (s: State, test: (t: TaskId) => boolean): boolean => {
  for (let t = 0; t < s.scope.slots; t++) if (test(t)) return true
  return false
}

const countSlots = (s: State, test: (t: TaskId) => boolean): number => {
  let count = 0
  for (let t = 0; t < s.scope.slots; t++) if (test(t)) count++
  return count
}

export const someTask = (s: State, test: (t: TaskId) => boolean): boolean =>
  someSlot(s, t => isBorn(s, t) && test(t))

export const countTasks = (s: State, test: (t: TaskId) => boolean): number =>
  countSlots(s, t => isBorn(s, t) && test(t))

/** For reports: the tasks of which `test` holds. */
export const listTasks = (s: State, test: (t: TaskId) => boolean): string => {
  const found: string[] = []
  for (let t = 0; t < s.scope.slots; t++) if (isBorn(s, t) && test(t)) found.push(`task ${t}`)
  return found.join(', ') || 'no task'
}

/** Tasks of a thread group, dead or not, that pass a test: for each group, one question of a task as a whole. */
export type Members = (g: GroupId) => TaskTest

export const membersWho = (passes: TaskTest): Members => {
  const tests: TaskTest[] = []
  return g => {
    tests[g] ??= task => task.group === g && task.runState !== 'unborn' && passes(task)
    return tests[g]
  }
}

const members = membersWho(() => true)
export const membersNotDead = membersWho(({ exitState }) => exitState !== 'Dead')
export const liveMembers = membersWho(({ exitState }) => beforeZombie(exitState))
export const activeMembers = membersWho(({ exitState }) => exitState === 'None')

/** Is it a task of the group, dead or not? */
const isMember = (s: State, t: TaskId, g: GroupId): boolean => s.taskPasses(t, members(g))

/** Is it a task of the group that has not been reaped? */
export const isMemberNotDead = (s: State, t: TaskId, g: GroupId): boolean =>
  s.taskPasses(t, membersNotDead(g))

/** Every task of the group, dead ones included. */
export const everyMember = (s: State, g: GroupId, test: (t: TaskId) => boolean): boolean =>
  !someSlot(s, t => isMember(s, t, g) && !test(t))

export const someMember = (s: State, g: GroupId, test: (t: TaskId) => boolean): boolean =>
  someSlot(s, t => isMember(s, t, g) && test(t))

/** Has the group such a member? */
export const hasMember = (s: State, g: GroupId, those: Members): boolean =>
  someSlot(s, t => s.taskPasses(t, those(g)))

/** How many such members has the group? */
export const countMembers = (s: State, g: GroupId, those: Members): number =>
  countSlots(s, t => s.taskPasses(t, those(g)))

export const groupOf = (s: State, t: TaskId): Readonly<ThreadGroupFields> => s.group(s.task(t).group)
export const leads = (s: State, t: TaskId): boolean => s.groupIs(s.task(t).group, 'leader', t)

/** Is every other task of the group of `t` dead? */
export const isAloneInGroup = (s: State, t: TaskId): boolean =>
  everyMember(s, s.task(t).group, other => other === t || isDead(s, other))

/** The thread group of the parent; null without one. */
export const parentGroup = (s: State, t: TaskId): GroupId | null => {
  const { parent } = s.task(t)
  return parent === null ? null : s.task(parent).group
}

/** The thread group of the tracer; null without one. */
export const tracerGroup = (s: State, t: TaskId): GroupId | null => {
  const { tracer } = s.task(t)
  return tracer === null ? null : s.task(tracer).group
}

export const isChildOfGroup = (s: State, t: TaskId, g: GroupId): boolean => parentGroup(s, t) === g
export const isTraceeOfGroup = (s: State, t: TaskId, g: GroupId): boolean => tracerGroup(s, t) === g

export const isKilled = (s: State, t: TaskId): boolean => s.task(t).pending.has('SIGKILL')

/** Is nothing left between a task and its exit but its own next steps? */
const isLeaving = ({ runState, inHand }: Readonly<TaskFields>): boolean =>
  runState === 'deliverExit' || runState === 'exit' || runState === 'exitMain' || inHand === 'SIGKILL'

/** Has a task not begun to exit, and is it neither killed nor leaving? */
export const goesOn: TaskTest = task =>
  task.runState !== 'unborn' && task.exitState === 'None' && !task.pending.has('SIGKILL') && !isLeaving(task)

/** Runs its program, or sleeps in a wait: free to go on so for as long as nobody interrupts it. */
export const isFree: TaskTest = ({ runState, stop, exitState }) =>
  stop === null && exitState === 'None' && (runState === 'app' || runState === 'wait')
export const isAtLarge = (s: State, t: TaskId): boolean => s.taskPasses(t, isFree)

/** From these run states a task passes runInterrupt, or ends its group, before it runs its program. */
const lookingStates: ReadonlySet<RunState> = new Set<RunState>([
  'starting', // a new goroutine interrupts itself first
  'interrupt',
  'notifyContinue',
  'notifyInterruptedStop',
  'enterGroupStop',
  'enterGroupStopLast',
  'groupStopEntered',
  'signalDeliveryStop',
  'afterSignalDeliveryStop',
  'deliverStop',
  'deliverExit',
])

/** Will `t` look for signals and stops before it next runs its program? If it is stopped: once it resumes. */
export const willLook = (s: State, t: TaskId): boolean =>
  isActive(s, t) && (s.task(t).interrupted || lookingStates.has(s.task(t).runState))

/** Is `t` a member of the namespace or of one below it, so that it has an id there while it is not dead? */
export const isVisibleIn = (s: State, t: TaskId, ns: NamespaceId): boolean => {
  for (let at: NamespaceId | null = groupOf(s, t).pidns; at !== null; at = s.namespace(at).parent)
    if (at === ns) return true
  return false
}

/** The thread group of a namespace's init: the group that was founded with the namespace, and so has its number. */
export const initGroup = (ns: NamespaceId): GroupId => ns

/** Has the group a task that has not been reaped? */
export const isInUse = (s: State, g: GroupId): boolean => hasMember(s, g, membersNotDead)

/** The thread groups of a process group; a group is a member until its last task is reaped. */
export const membersOf = (s: State, pg: ProcessGroupId): readonly GroupId[] => {
  const named: GroupId[] = []
  for (let g = 0; g < s.scope.slots; g++)
    if (s.groupIs(g, 'processGroup', pg) && !s.groupIs(g, 'leader', null)) named.push(g)
  return named.filter(g => isInUse(s, g))
}
