/**
 * A counterexample as a scenario: its topology as a start, its external steps as calls.
 *
 * A trace fixes the order of internal steps too, and a scenario cannot: between its steps the kernel comes to
 * rest. So not every trace has a scenario; whether this one is shown by its external steps alone, the oracle
 * says (`isDetermined`).
 * Not here: reading the file and replaying it (checker/).
 */
import { UsageError } from '../checker/errors.js'
import type { Step } from '../checker/model.js'
import type { ImmutableState } from '../spec/immutable-state.js'
import { mayCall } from '../spec/kernel/control-flow.js'
import { leaderOf } from '../spec/kernel/members.js'
import type { CloneForm, Disposition } from '../spec/menu.js'
import { slotsOf } from '../spec/scope.js'
import { numberOf, type Signal } from '../spec/signals.js'
import type { PtraceRequest, TaskId } from '../spec/state.js'
import type { Topology, TopologyTask } from '../spec/topology.js'
import type { WaitOptions } from '../spec/wait-options.js'
import type { Scenario, ScenarioStep } from './scenario.js'

/** Throws `UsageError` for what no program can do: process timers going off, TaskSet.Kill. */
export function scenarioOf(id: string, topology: Topology, steps: readonly Step<ImmutableState>[]): Scenario {
  const nameOf = namesFor(topology)
  return {
    id,
    source: `the external steps of a trace from the topology ${topology.name}`,
    pre: [...startOf(topology, nameOf)],
    steps: steps.filter(({ rule }) => rule.kind === 'external').map(step => stepOf(step, nameOf)),
  }
}

/**
 * What a trace has done to the statuses of the dead is only seen by waiting for them: whoever can does so at
 * the end.
 */
export function lastLook(topology: Topology, last: ImmutableState): readonly ScenarioStep[] {
  const nameOf = namesFor(topology)
  return slotsOf(last.scope).flatMap(t => {
    const { exitState, parent, group } = last.task(t)
    if (exitState !== 'Zombie' || parent === null || leaderOf(last, group) !== t || !mayCall(last, parent))
      return []
    return [{ actor: nameOf(parent), do: `wait4(${nameOf(t)}, WNOHANG|__WALL)` }]
  })
}

/** The actor in each slot. */
const namesFor = ({ tasks }: Topology) => {
  const names = tasks.map(({ name }, slot) => actorName(name, slot))
  return (slot: number): string => names[slot] ?? `New${slot - tasks.length + 1}`
}

/** `outer parent` is OuterParent; the first is INIT. */
const actorName = (name: string, slot: number): string =>
  slot === 0 ? 'INIT' : name.replace(/(?:^|[^A-Za-z0-9]+)(\w)/g, (_, letter: string) => letter.toUpperCase())

function startOf({ tasks }: Topology, nameOf: (slot: number) => string): readonly ScenarioStep[] {
  const steps: ScenarioStep[] = [{ actor: 'INIT', do: 'setsid()' }]
  const slotOf = (name: string | undefined) => tasks.findIndex(task => task.name === name)
  const actor = (name: string | undefined) => nameOf(Math.max(0, slotOf(name)))
  const does = (name: string | undefined, call: string) => steps.push({ actor: actor(name), do: call })
  const leaders = new Map<string, string>()
  for (const [slot, task] of tasks.entries()) {
    const { name, leads, processGroup } = task
    if (slot > 0) does(creatorOf(task), birthOf(task, nameOf(slot)))
    // Before it has children, which are born into its session and its process group.
    const inherited = leaders.get(creatorOf(task) ?? '')
    if (leads === 'session') does(name, 'setsid()')
    if (leads === 'process group') does(name, 'setpgid(0, 0)')
    if (processGroup !== undefined && processGroup !== inherited)
      does(name, `setpgid(0, ${actor(processGroup)})`)
    leaders.set(name, leads === undefined ? (processGroup ?? inherited ?? name) : name)
  }
  for (const task of tasks) if (task.tracer !== undefined) traced(task, does, actor)
  for (const { name, parent, stopped } of tasks) {
    if (stopped === undefined) continue
    does(undefined, `kill(${actor(name)}, SIGSTOP)`)
    if (stopped === 'reported') does(parent, `wait4(${actor(name)}, WUNTRACED)`)
  }
  return steps
}

const creatorOf = ({ group, parent }: TopologyTask): string | undefined => group ?? parent

function birthOf({ group, founds, vforked }: TopologyTask, name: string): string {
  if (group !== undefined) return `thread ${name}`
  if (founds !== undefined) return `clone ${name} CLONE_NEWPID|SIGCHLD`
  return vforked === true ? `vfork ${name}` : `fork ${name}`
}

/** A tracee that runs: by its own request where the parent traces, and else by an attach whose stop is over. */
function traced(
  { name, parent, group, tracer }: TopologyTask,
  does: (name: string | undefined, call: string) => void,
  actor: (name: string | undefined) => string,
): void {
  if (group === undefined && parent === tracer) {
    does(name, 'ptrace(TRACEME, 0)')
    return
  }
  does(tracer, `ptrace(ATTACH, ${actor(name)})`)
  does(tracer, `wait4(${actor(name)}, __WALL)`)
  does(tracer, `ptrace(CONT, ${actor(name)}, 0, 0)`)
}

type Choice = {
  readonly task: TaskId
  readonly target: TaskId
  readonly code: number
  readonly signal: Signal | null
  readonly form: CloneForm
  readonly options: WaitOptions
  readonly disposition: Disposition
  readonly request: PtraceRequest
  readonly processGroup: number
  readonly adopts: boolean
}

function stepOf(
  { before, after, rule, choice }: Step<ImmutableState>,
  nameOf: (slot: number) => string,
): ScenarioStep {
  const { task, target, code, signal, form, options, disposition, request, processGroup, adopts } =
    choice as Choice
  const by = (actor: TaskId, call: string): ScenarioStep => ({ actor: nameOf(actor), do: call })
  const word = (sig: Signal | null) => sig ?? '0'
  switch (rule.name) {
    case 'exit':
    case 'exit_group':
      return by(task, `${rule.name}(${code})`)
    case 'kill':
      return by(sender(before, target), `kill(${nameOf(target)}, ${word(signal)})`)
    case 'tgkill': {
      const leader = nameOf(leaderOf(before, before.task(target).group))
      return by(sender(before, target), `tgkill(${leader}, ${nameOf(target)}, ${word(signal)})`)
    }
    case 'killProcessGroup':
      return by(sender(before, processGroup), `kill(-${nameOf(processGroup)}, ${word(signal)})`)
    case 'killAll':
      return by(task, `kill(-1, ${word(signal)})`)
    case 'execve':
    case 'setsid':
      return by(task, `${rule.name}()`)
    case 'setParentDeathSignal':
      return by(task, `prctl(PR_SET_PDEATHSIG, ${word(signal)})`)
    case 'setChildSubreaper':
      return by(task, `prctl(PR_SET_CHILD_SUBREAPER, ${adopts ? 1 : 0})`)
    case 'sigaction':
      return by(task, `sigaction(SIGCHLD, ${dispositionWords(disposition)})`)
    case 'traceme':
      return by(task, 'ptrace(TRACEME, 0)')
    case 'attach':
      return by(task, `ptrace(ATTACH, ${nameOf(target)})`)
    case 'seize': {
      const seizeOptions = (choice as { readonly options: PtraceRequest['options'] }).options
      return by(task, `ptrace(SEIZE, ${nameOf(target)}, 0, ${optionWords(seizeOptions)})`)
    }
    case 'interruptTracee':
      return by(task, `ptrace(INTERRUPT, ${nameOf(target)})`)
    case 'listen':
      return by(task, `ptrace(LISTEN, ${nameOf(target)})`)
    case 'ptraceKill':
      return by(task, `ptrace(KILL, ${nameOf(target)})`)
    case 'ptrace':
      return by(task, requestWords(request, nameOf))
    case 'setpgid':
      return by(task, `setpgid(${nameOf(target)}, ${nameOf(processGroup)})`)
    case 'clone':
      return by(task, `clone ${nameOf(childOf(before, after))} ${cloneWords(form)}`)
    case 'wait':
      return by(task, waitWords(options, nameOf))
    default:
      throw new UsageError(
        `No program can take the step ${rule.name} of this trace at will.`,
        'Check without that feature, to find another counterexample.',
      )
  }
}

/** Who sends a signal is left open by the spec: the first who can, and rather another than the target. */
function sender(before: ImmutableState, target: TaskId): TaskId {
  const able = slotsOf(before.scope).filter(t => mayCall(before, t))
  const found = able.find(t => before.task(t).group !== before.task(target).group) ?? able[0]
  if (found !== undefined) return found
  throw new UsageError(
    'Nobody in this trace could send its signals: nobody runs.',
    'Find a counterexample in a larger topology, in which somebody does.',
  )
}

const childOf = (before: ImmutableState, after: ImmutableState): TaskId =>
  slotsOf(before.scope).find(
    t => before.task(t).runState === 'unborn' && after.task(t).runState !== 'unborn',
  ) ?? slotsOf(before.scope).length

const dispositionWords = ({ handler, noCldWait, noCldStop }: Disposition): string => {
  const how = handler === 'ignore' ? 'SIG_IGN' : handler === 'handler' ? 'handler' : 'SIG_DFL'
  const flags = [...(noCldWait ? ['SA_NOCLDWAIT'] : []), ...(noCldStop ? ['SA_NOCLDSTOP'] : [])]
  return flags.length === 0 ? how : `${how}, ${flags.join('|')}`
}

const optionWords = (options: PtraceRequest['options']): string =>
  options
    .map(option => `O_${option}`)
    .toArray()
    .sort()
    .join('|') || '0'

const requestWords = (
  { request, target, signal, options }: PtraceRequest,
  nameOf: (slot: number) => string,
): string =>
  request === 'SETOPTIONS'
    ? `ptrace(SETOPTIONS, ${nameOf(target)}, 0, ${optionWords(options)})`
    : `ptrace(${request}, ${nameOf(target)}, 0, ${signal ?? '0'})`

function cloneWords(form: CloneForm): string {
  const flags = [
    ...(form.newThreadGroup
      ? []
      : ['CLONE_VM', 'CLONE_FS', 'CLONE_FILES', 'CLONE_SIGHAND', 'CLONE_THREAD', 'CLONE_SYSVSEM']),
    ...(form.vfork ? [...(form.newThreadGroup ? ['CLONE_VM'] : []), 'CLONE_VFORK'] : []),
    ...(form.newPIDNamespace ? ['CLONE_NEWPID'] : []),
    ...(form.childClearTID ? ['CLONE_CHILD_CLEARTID'] : []),
    ...(form.untraced ? ['CLONE_UNTRACED'] : []),
    ...(form.inheritTracer ? ['CLONE_PTRACE'] : []),
    ...(form.newThreadGroup && form.terminationSignal !== null ? [form.terminationSignal] : []),
  ]
  return flags.join('|') || '0'
}

function waitWords(
  { call, specificTID, specificPGID }: WaitOptions,
  nameOf: (slot: number) => string,
): string {
  const [, name = '', inside = ''] = /^(\w+)\((.*)\)$/.exec(call) ?? []
  const args = inside
    .split(',')
    .map(arg => arg.trim())
    .map(arg => (specificTID === null ? arg : arg.replace(/\bTID\b/, nameOf(specificTID))))
    .map(arg => (specificPGID === null ? arg : arg.replace(/\bPGID\b/, nameOf(specificPGID))))
  // The menu writes waitid(P_ALL, OPTIONS) for people, who do not need the id that nobody looks at.
  const full = name === 'waitid' && args.length === 2 ? [args[0], '0', args[1]] : args
  return `${name}(${full.join(', ')})`
}

/** Where every task is and what it waits for: what of a rest can be told from outside, or asked for. */
export const outlineOf = (s: ImmutableState): string =>
  slotsOf(s.scope)
    .map(t => {
      const { exitState, runState, stop, wait, parent, tracer, exitStatus } = s.task(t)
      const status = exitStatus.signo === null ? exitStatus.code : numberOf(exitStatus.signo) << 8
      return [exitState, runState, stop, wait?.call, parent, tracer, status].join(' ')
    })
    .join('; ')
