/**
 * The actions of the spec as calls and steps of a core.
 *
 * Here: for every rule, how the core is made to take its step, and how it is asked whether it would.
 *
 * What the spec leaves out of its scope (calls that can only fail, settings that change nothing) is asked of the
 * core's own state in the same terms; what a task may do next is asked of the core itself.
 */
import type { CloneForm, Disposition, Menu } from '../../spec/menu.js'
import type { Signal } from '../../spec/signals.js'
import type { PtraceRequest } from '../../spec/state.js'
import type { WaitOptions } from '../../spec/wait-options.js'
import { maskOfOptions, numberOfSignal } from './codes.js'
import { cloneOptionsOf, waitOptionsOf } from './document.js'
import type { Core, World } from './world.js'

/** Every field that a choice of some rule has. */
interface Choice {
  readonly task: number
  readonly target: number
  readonly group: number
  readonly processGroup: number
  readonly pick: number | null
  readonly adopts: boolean
  readonly code: number
  readonly signal: Signal | null
  readonly options: WaitOptions
  readonly disposition: Disposition
  readonly request: PtraceRequest
  readonly form: CloneForm
  readonly order?: 'youngest first'
}

interface Action {
  can(world: World, choice: Choice, menu: Menu): boolean
  take(world: World, choice: Choice): void
}

/** The task in a slot, which an action that the spec enables finds born. */
function taskAt({ tasks }: World, slot: number): Core.Task {
  const task = tasks[slot]
  if (task === undefined) throw new Error(`the core has no task ${slot}`)
  return task
}

const mayCall = ({ tasks }: World, slot: number): boolean => tasks[slot]?.mayCall === true

/** A system call of the task of the choice. */
const call = (
  take: (task: Core.Task, choice: Choice, world: World) => void,
  when: (task: Core.Task, choice: Choice, world: World, menu: Menu) => boolean = () => true,
): Action => ({
  can: (world, choice, menu) =>
    mayCall(world, choice.task) && when(taskAt(world, choice.task), choice, world, menu),
  take: (world, choice) => take(taskAt(world, choice.task), choice, world),
})

/** A step that the task takes on its own, in one of these run states. */
const step = (...runStates: readonly Core.RunState[]): Action => ({
  can({ tasks }, { task: slot }) {
    const task = tasks[slot]
    return task !== undefined && runStates.includes(task.runState) && task.nextSteps().includes('run')
  },
  take: (world, { task }) => taskAt(world, task).step('run'),
})

/** Something else that happens to the core. */
const act = (
  take: (world: World, choice: Choice) => void,
  can: (world: World, choice: Choice, menu: Menu) => boolean,
): Action => ({ can, take })

const hasID = ({ taskSet, tasks }: World, slot: number): Core.Task | undefined => {
  const task = tasks[slot]
  return task !== undefined && taskSet.root.tids.has(task) ? task : undefined
}

const isTarget = (world: World, slot: number, { signalInit }: Menu): boolean => {
  const task = hasID(world, slot)
  return task !== undefined && (signalInit || task.group.serial !== 0)
}

/** An argument that need not be given. */
const unlessNone = (it: number): readonly [] | readonly [number] => (it === 0 ? [] : [it])

const processGroupOf = ({ taskSet }: World, slot: number): Core.ProcessGroup | undefined => {
  for (const pg of taskSet.root.processGroups.values()) if (pg.originator.serial === slot) return pg
  return undefined
}

/** Is there a process in the namespace beside that of the task and that of the init? */
export const isAnybodyElse = ({ group: { pidns, serial } }: Core.Task): boolean =>
  [...pidns.tids.keys()].some(task => task.isLeader && task.group.serial !== serial && pidns.idOf(task) !== 1)

/** Does a look of the wait end with `pick`, or, if that is null, without an event? */
function mayPick(task: Core.Task, pick: number | null, options: Core.WaitOptions): boolean {
  const findings = task.findings(options)
  return pick === null ? findings.length === 0 : findings.some(finding => finding.task.serial === pick)
}

const picking = ({ taskSet }: World, pick: number | null, run: () => void): void => {
  taskSet.pick = findings => {
    const finding = findings.find(it => it.task.serial === pick)
    if (finding === undefined) throw new Error(`the core does not find task ${pick}`)
    return finding
  }
  run()
}

const coreOptions = (world: World, task: Core.Task, options: WaitOptions): Core.WaitOptions =>
  waitOptionsOf(options, slot => world.idOfSlot(task.group.pidns, slot))

/** The promise of a call is for its caller; here, what the observer is told counts. */
const ignored = (promise: Promise<unknown>): void => void promise.catch(() => undefined)

/** Is anything felt of a move to the process group that the group is in, and that it has not founded? */
function rejoiningIsFelt(group: Core.ThreadGroup, by: Core.ThreadGroup): boolean {
  const { processGroup: own, taskSet } = group
  const { orphanedGroups, sessionLeaders } = taskSet.profile.switches
  if (own.originator === group || (group !== by && group.execed)) return false
  const isElsewhere =
    sessionLeaders === 'stay in their process group' && by.processGroup.session !== own.session
  if (isElsewhere || !by.pidns.pgids.has(own)) return false
  const children = [...group.tasks].flatMap(task => [...task.children].filter(child => child.isLeader))
  return [own, ...children.map(child => child.group.processGroup)].some(pg => {
    if (pg.refs === 0) return true
    if (orphanedGroups !== 'are counted' || pg.ancestors !== 0) return false
    return [...pg.members].some(member => member.groupStopPhase === 'Complete')
  })
}

const settled = (world: World, { processGroup, target, task }: Choice): boolean => {
  const [caller, moved] = [taskAt(world, task), hasID(world, target)]
  if (moved === undefined || !moved.isLeader) return false
  const { group } = moved
  if (group !== caller.group && moved.parent?.group !== caller.group) return false
  if (group.processGroup.originator.serial === processGroup) return rejoiningIsFelt(group, caller.group)
  return processGroup === group.serial || processGroupOf(world, processGroup) !== undefined
}

const sigchldIsPending = ({ pendingSignals, tasks }: Core.ThreadGroup, { core }: World): boolean => {
  const bit = core.bitOf(core.SIGCHLD)
  return (pendingSignals & bit) !== 0 || [...tasks].some(task => (task.pendingSignals & bit) !== 0)
}

/** A step that goes through a set of tasks, in an order that tells if two of these are in one thread group. */
const orderedStep = (
  runState: Core.RunState,
  relevant: (task: Core.Task) => readonly Core.Task[],
): Action => {
  const inAnyOrder = step(runState)
  return {
    can: (world, choice, menu) =>
      inAnyOrder.can(world, choice, menu) &&
      (choice.order === undefined || someShareAGroup(relevant(taskAt(world, choice.task)))),
    take(world, choice) {
      if (choice.order !== undefined) world.taskSet.order = youngestFirst
      inAnyOrder.take(world, choice)
    },
  }
}

const someShareAGroup = (tasks: readonly Core.Task[]): boolean =>
  tasks.some(a => tasks.some(b => a !== b && a.group === b.group))

const actions: Readonly<Record<string, Action>> = {
  exit: call((task, { code }) => task.exit(code)),
  exit_group: call((task, { code }) => task.exitGroup(code)),
  killEverything: act(
    ({ core, taskSet }, { code }) => taskSet.kill(core.ExitStatus.exited(code)),
    ({ taskSet }) => taskSet.root.tids.size > 0,
  ),
  runExit: step('exit'),
  exitThreadGroup: step('exitMain'),
  exitClearTid: step('exitClearTid'),
  exitRelease: step('exitRelease'),
  exitUnstopVforkParent: step('exitUnstopVforkParent'),
  exitPtrace: orderedStep('exitPtrace', ({ tracees }) =>
    [...tracees].filter(({ exitState }) => exitState === 'Zombie'),
  ),
  exitChildren: orderedStep('exitChildren', ({ children }) =>
    [...children].filter(({ parentDeathSignal }) => parentDeathSignal !== 0),
  ),
  runExitNotify: step('exitNotify'),

  wait: call(
    (task, { options, pick }, world) =>
      picking(world, pick, () => {
        const wanted = coreOptions(world, task, options)
        if (options.block) ignored(task.wait(wanted))
        else toldToObserver(world, () => task.waitNow(wanted))
      }),
    (task, { options, pick }, world) => mayPick(task, pick, coreOptions(world, task, options)),
  ),
  waitRetry: act(
    (world, { task, pick }) => picking(world, pick, () => taskAt(world, task).step('wait again')),
    ({ tasks }, { task: slot, pick }) => {
      const task = tasks[slot]
      return (
        task?.waiting != null &&
        task.nextSteps().includes('wait again') &&
        mayPick(task, pick, task.waiting.options)
      )
    },
  ),
  waitInterrupted: act(
    (world, { task }) => taskAt(world, task).step('be interrupted'),
    ({ tasks }, { task }) => tasks[task]?.nextSteps().includes('be interrupted') === true,
  ),

  kill: act(
    (world, { target: slot, signal }) => {
      const [target, sig] = [taskAt(world, slot), numberOfSignal(signal)]
      const caller = world.callerBeside([target.group], ns => ns.tids.has(target))
      if (caller === undefined) target.sendGroupSignal(sig)
      else caller.kill(caller.group.pidns.idOf(target), sig)
    },
    (world, { target }, menu) => isTarget(world, target, menu),
  ),
  tgkill: act(
    (world, { target, signal }) => taskAt(world, target).sendSignal(numberOfSignal(signal)),
    (world, { target }, menu) => isTarget(world, target, menu),
  ),
  killProcessGroup: act(
    (world, { processGroup, signal }) => {
      const pg = processGroupOf(world, processGroup)
      if (pg === undefined) throw new Error(`the core has no process group ${processGroup}`)
      const sig = numberOfSignal(signal)
      // That of the first process has no name: -1 is everybody.
      const caller = world.callerBeside(pg.members, ns => ns.idOfProcessGroup(pg) > 1)
      if (caller === undefined) world.taskSet.sendSignalToProcessGroup(pg, sig)
      else caller.kill(-caller.group.pidns.idOfProcessGroup(pg), sig)
    },
    (world, { processGroup }) => processGroupOf(world, processGroup) !== undefined,
  ),
  killAll: call((task, { signal }) => task.kill(-1, numberOfSignal(signal)), isAnybodyElse),
  timerSignal: act(
    ({ core, groups }, { group }) => groups[group]?.sendTimerSignal(core.SIGPROF),
    ({ groups }, { group }) => (groups[group]?.activeTasks ?? 0) > 0,
  ),

  runInterrupt: step('app', 'interrupt'),
  notifyContinue: step('notifyContinue', 'notifyInterruptedStop'),
  enterGroupStop: step('enterGroupStop', 'enterGroupStopLast', 'groupStopEntered'),
  initiateGroupStop: step('deliverStop'),
  signalGroupExit: step('deliverExit'),
  signalDeliveryStop: step('signalDeliveryStop'),
  afterSignalDeliveryStop: step('afterSignalDeliveryStop'),

  sigaction: call(
    (task, { disposition }, { core }) => task.sigaction(core.SIGCHLD, disposition),
    ({ group }, { disposition: { handler, noCldWait, noCldStop } }, world) => {
      const { sigchldAction: now } = group
      if (now.handler !== handler || now.noCldWait !== noCldWait || now.noCldStop !== noCldStop) return true
      return handler !== 'handler' && sigchldIsPending(group, world)
    },
  ),
  setParentDeathSignal: call(
    (task, { signal }) => task.setParentDeathSignal(numberOfSignal(signal)),
    (task, { signal }) => task.parentDeathSignal !== numberOfSignal(signal),
  ),

  setChildSubreaper: call(
    (task, { adopts }) => task.setChildSubreaper(adopts),
    ({ group }, { adopts }) => group.childSubreaper !== adopts,
  ),

  traceme: call(
    task => task.ptraceTraceme(),
    task => task.tracer === null,
  ),
  attach: call((task, { target }, world) => task.ptraceAttach(taskAt(world, target)), mayAttach),
  seize: call(
    (task, { target, options }, world) =>
      task.ptraceSeize(
        taskAt(world, target),
        ...unlessNone(maskOfOptions(options as unknown as PtraceRequest['options'])),
      ),
    mayAttach,
  ),
  interruptTracee: call(
    (task, { target }, world) => task.ptraceInterrupt(taskAt(world, target)),
    (task, { target }, { tasks }) =>
      tasks[target]?.tracer === task && tasks[target].seized?.trapStop === false,
  ),
  listen: call(
    (task, { target }, world) => task.ptraceListen(taskAt(world, target)),
    (task, { target: slot }, { tasks }) => {
      const target = tasks[slot]
      if (target?.tracer !== task || target.stop !== 'ptrace' || target.stopFrozen) return false
      return target.seized?.listen === 'can'
    },
  ),
  ptraceKill: call(
    (task, { target }, world) => task.ptraceKill(taskAt(world, target)),
    (task, { target }, { tasks }) => {
      if (tasks[target]?.tracer !== task) return false
      return tasks[target]?.stop === 'ptrace' || task.taskSet.profile.switches.ptraceKill === 'sends SIGKILL'
    },
  ),
  ptrace: call(
    (task, { request: { request, target: slot, signal, options } }, world) => {
      const target = taskAt(world, slot)
      if (request === 'CONT') task.ptraceCont(target, ...unlessNone(numberOfSignal(signal)))
      else if (request === 'DETACH') task.ptraceDetach(target, ...unlessNone(numberOfSignal(signal)))
      else task.ptraceSetOptions(target, maskOfOptions(options))
    },
    (task, { request: { request, target: slot, options } }, { tasks }) => {
      const target = tasks[slot]
      if (target === undefined || target.tracer !== task) return false
      if (target.stop !== 'ptrace' || target.stopFrozen || target.seized?.listen === 'does') return false
      return request !== 'SETOPTIONS' || target.ptraceOpts !== maskOfOptions(options)
    },
  ),
  ptraceRequest: step('ptraceRequest'),

  execve: call(task => task.execve()),
  afterExecStop: step('afterExecStop'),
  execUnstopVforkParent: step('execUnstopVforkParent'),
  ptraceExec: step('ptraceExec'),

  clone: call(
    (task, { form }, world) => world.born(task.clone(cloneOptionsOf(form)), form),
    (_task, _choice, { tasks, slots }) => tasks.length < slots,
  ),
  ptraceClone: step('ptraceClone'),
  maybeBeginVforkStop: step('maybeBeginVforkStop'),
  afterVforkStop: step('afterVforkStop'),
  syscallExit: step('syscallExit'),

  setsid: call(task => task.setsid()),
  setpgid: call(
    (task, { target: slot, processGroup }, world) => {
      const { pidns } = task.group
      const target = taskAt(world, slot)
      const isOwn = processGroup === target.group.serial
      task.setpgid(pidns.idOf(target), isOwn ? 0 : world.idOfSlot(pidns, processGroup))
    },
    (_task, choice, world) => settled(world, choice),
  ),
}

function mayAttach(task: Core.Task, { target: slot }: Choice, { tasks }: World, { attach }: Menu): boolean {
  const target = tasks[slot]
  if (target === undefined || target.group === task.group || target.tracer !== null) return false
  if (attach === 'the init' && task.group.serial !== 0) return false
  const isGone = target.exitState === 'Zombie' || target.exitState === 'Dead'
  return !isGone && task.group.pidns.tids.has(target)
}

const oldestFirst = (tasks: readonly Core.Task[]): readonly Core.Task[] =>
  [...tasks].sort((a, b) => a.serial - b.serial)

const youngestFirst = (tasks: readonly Core.Task[]): readonly Core.Task[] => oldestFirst(tasks).toReversed()

/** How a wait fails is told to the observer as well, and compared there. */
function toldToObserver({ core }: World, look: () => unknown): void {
  try {
    look()
  } catch (error) {
    if (!(error instanceof core.NoWaitableEvent || error instanceof core.SyscallError)) throw error
  }
}

function actionOf(rule: string): Action {
  const action = actions[rule]
  if (action === undefined)
    throw new Error(`the driver of the core does not know the rule ${rule}: add it to driver.ts`)
  return action
}

/** Would the core take this step? */
export const enables = (world: World, rule: string, choice: unknown, menu: Menu): boolean =>
  actionOf(rule).can(world, choice as Choice, menu)

/** Makes the core take the step. What the core throws comes through, except for what waits throw. */
export function take(world: World, rule: string, choice: unknown): void {
  const { taskSet } = world
  taskSet.order = oldestFirst
  taskSet.pick = undefined
  actionOf(rule).take(world, choice as Choice)
}
