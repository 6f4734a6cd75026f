/** The core as its users see it: promises, errors, events, ids. What the spec says of it is asked by `pnpm verify`. */
import { describe, expect, it } from 'vitest'
import {
  EventChildGroupStop,
  EventExit,
  EventTraceeStop,
  ExitStatus,
  gvisor2018,
  type KernelEvent,
  linux,
  NotRunningError,
  NoWaitableEvent,
  SIGCHLD,
  SIGCONT,
  SIGKILL,
  SIGSTOP,
  SIGUSR1,
  SyscallError,
  type Task,
  TaskSet,
  type TaskSetOptions,
  waitOptions,
} from '../../src/index.js'

/** A family whose steps run when the test says so. */
const family = (options: TaskSetOptions = {}) => {
  const taskSet = new TaskSet({ schedule: 'by hand', ...options })
  const init = taskSet.createInit()
  const child = init.fork()
  taskSet.run()
  return { taskSet, init, child }
}

const codeOf = (run: () => unknown): string => {
  try {
    run()
  } catch (error) {
    if (error instanceof SyscallError) return `${error.syscall}: ${error.code} ${error.errno}`
    throw error
  }
  return 'no error'
}

describe('wait', () => {
  it('returns what there is at once, and fails with ECHILD when nobody is left', async () => {
    const { taskSet, init, child } = family()
    child.exitGroup(3)
    taskSet.run()
    await expect(init.wait()).resolves.toMatchObject({ task: child, tid: 2, status: 3 << 8 })
    await expect(init.wait()).rejects.toMatchObject({ code: 'ECHILD', errno: 10 })
  })

  it('without blocking tells "not yet" from "never"', () => {
    const { taskSet, init, child } = family()
    expect(() => init.waitNow()).toThrow(NoWaitableEvent)
    child.exitGroup(0)
    taskSet.run()
    expect(init.waitNow().task).toBe(child)
    expect(codeOf(() => init.waitNow())).toBe('wait: ECHILD 10')
  })

  it('is for a task that runs its program, and over when it returns', async () => {
    const { taskSet, init, child } = family()
    expect(init.pendingWait).toBeNull()
    init.sendSignal(SIGSTOP)
    expect(() => init.waitNow()).toThrow(NoWaitableEvent)
    // What has come meanwhile is looked for at once.
    expect(init.runState).toBe('interrupt')
    expect(() => init.waitNow()).toThrow(NotRunningError)
    await expect(async () => init.wait()).rejects.toThrow(NotRunningError)
    init.sendSignal(SIGCONT)
    taskSet.run()
    const [first, again] = [init.wait(), init.pendingWait]
    child.exitGroup(3)
    taskSet.run()
    await expect(first).resolves.toMatchObject({ task: child })
    await expect(again).resolves.toMatchObject({ task: child })
  })

  it('tells an observer why it failed, and asks nobody to pick from nothing', () => {
    const told: unknown[] = []
    const { taskSet, init, child } = family({
      observe: event => event.kind === 'wait failed' && told.push(event.error),
    })
    taskSet.pick = ([finding]) => {
      if (finding === undefined) throw new Error('there is nothing to pick')
      return finding
    }
    expect(() => init.waitNow()).toThrow(NoWaitableEvent)
    child.exitGroup(0)
    taskSet.run()
    expect(init.waitNow().task).toBe(child)
    expect(() => init.waitNow()).toThrow(SyscallError)
    expect(told).toEqual([null, 'ECHILD'])
  })

  it('asks by default for the exits and stops of children and tracees that end by SIGCHLD', () => {
    expect(waitOptions()).toEqual({
      specificTID: 0,
      specificPGID: 0,
      nonCloneTasks: true,
      cloneTasks: false,
      siblings: true,
      events: EventExit | EventTraceeStop,
      consumeEvent: true,
    })
  })

  it('is interrupted by a handler, and restarted without one', async () => {
    const { taskSet, init, child } = family()
    const other = init.fork()
    taskSet.run()
    const waited = init.wait({ specificTID: other.tid })
    child.exitGroup(0)
    taskSet.run()
    expect(init.runState).toBe('wait')

    init.group.sigchldAction = { handler: 'handler', noCldWait: false, noCldStop: false }
    init.sendSignal(SIGCHLD)
    taskSet.run()
    await expect(waited).rejects.toMatchObject({ code: 'EINTR', errno: 4 })
    expect(init.mayCall).toBe(true)
  })

  it('is cancelled by an AbortSignal, asleep or interrupted', async () => {
    const { taskSet, init } = family()
    const controller = new AbortController()
    const waited = init.wait({}, controller.signal)
    controller.abort(new Error('enough'))
    await expect(waited).rejects.toThrow('enough')
    expect(init.mayCall).toBe(true)
    await expect(init.wait({}, controller.signal)).rejects.toThrow('enough')

    const again = new AbortController()
    const interrupted = init.wait({}, again.signal)
    init.sendSignal(SIGSTOP)
    taskSet.run()
    const { runState } = init
    expect(init.stop).toBe('group')
    again.abort()
    await expect(interrupted).rejects.toMatchObject({ name: 'AbortError' })
    expect([init.waiting, init.runState, init.stop]).toEqual([null, runState, 'group'])
    init.sendSignal(SIGCONT)
    taskSet.run()
    expect(init.mayCall).toBe(true)
  })

  it('that is cancelled on the way into a stop does not keep its task from stopping', async () => {
    const { taskSet, init } = family()
    const controller = new AbortController()
    const waited = init.wait({}, controller.signal)
    init.sendSignal(SIGSTOP)
    while (init.runState !== 'enterGroupStopLast') init.step()
    controller.abort()
    await expect(waited).rejects.toMatchObject({ name: 'AbortError' })
    taskSet.run()
    expect(init.stop).toBe('group')
  })

  it('that is cancelled is woken no more, and fails with an error whatever the reason was', async () => {
    const woken: Task[] = []
    const { taskSet, init, child } = family({
      observe: event => event.kind === 'woken' && woken.push(event.task),
    })
    const controller = new AbortController()
    const waited = init.wait({}, controller.signal)
    controller.abort('enough')
    await expect(waited).rejects.toEqual(new Error('enough'))
    child.exitGroup(0)
    taskSet.run()
    expect(woken).toEqual([])
  })

  it('does not listen for its abort when it is over, and an abort that comes late does nothing', async () => {
    const { taskSet, init, child } = family()
    const listeners = new Set<() => void>()
    const abort = {
      aborted: false,
      reason: new Error('late'),
      addEventListener: (_: 'abort', listener: () => void) => void listeners.add(listener),
      removeEventListener: (_: 'abort', listener: () => void) => void listeners.delete(listener),
    }
    const first = init.wait({}, abort)
    const [ofFirst] = listeners
    child.exitGroup(3)
    taskSet.run()
    await expect(first).resolves.toMatchObject({ task: child })
    expect(listeners.size).toBe(0)

    init.fork()
    taskSet.run()
    init.group.sigchldAction = { handler: 'handler', noCldWait: false, noCldStop: false }
    const second = init.wait({}, abort)
    expect(listeners.size).toBe(1)
    ofFirst?.()
    expect(init.runState).toBe('wait')
    init.sendSignal(SIGCHLD)
    taskSet.run()
    await expect(second).rejects.toMatchObject({ code: 'EINTR' })
    expect(listeners.size).toBe(0)
  })

  it('that ends at once looks for what has come meanwhile', async () => {
    const { taskSet, init, child } = family()
    child.exitGroup(0)
    taskSet.run()
    init.sendSignal(SIGSTOP)
    const waited = init.wait()
    expect(init.runState).toBe('interrupt')
    await expect(waited).resolves.toMatchObject({ task: child })
  })

  it('of a task that dies fails', async () => {
    const { taskSet, init, child } = family()
    const grandchild = child.fork()
    taskSet.run()
    const waited = child.wait()
    child.sendGroupSignal(SIGKILL)
    taskSet.run()
    await expect(waited).rejects.toMatchObject({ code: 'EINTR' })
    expect(grandchild.parent).toBe(init)
  })

  it('tells of a stop without taking it', async () => {
    const { taskSet, init, child } = family()
    child.sendGroupSignal(SIGSTOP)
    taskSet.run()
    const options = { events: EventChildGroupStop, consumeEvent: false }
    await expect(init.wait(options)).resolves.toMatchObject({ event: EventChildGroupStop, status: 0x137f })
    await expect(init.wait({ ...options, consumeEvent: true })).resolves.toMatchObject({ task: child })
    expect(() => init.waitNow(options)).toThrow(NoWaitableEvent)
  })
})

describe('a call that cannot be', () => {
  it.each<[string, (init: Task, child: Task) => unknown, string]>([
    ['setsid of a leader', init => init.setsid(), 'setsid: EPERM 1'],
    ['setpgid of nobody', init => init.setpgid(9, 0), 'setpgid: ESRCH 3'],
    ['setpgid to a negative id', init => init.setpgid(0, -5), 'setpgid: EINVAL 22'],
    ['setpgid to no process group', init => init.setpgid(2, 77), 'setpgid: EPERM 1'],
    ['setpgid of a parent', (_, child) => child.setpgid(1, 0), 'setpgid: ESRCH 3'],
    ['kill of nobody', init => init.kill(9, SIGKILL), 'kill: ESRCH 3'],
    ['kill of no process group', init => init.kill(-9, SIGKILL), 'kill: ESRCH 3'],
    ['kill of everybody else where nobody is', (_, child) => child.kill(-1, SIGKILL), 'kill: ESRCH 3'],
    ['kill with no signal that there is', init => init.kill(2, 99), 'kill: EINVAL 22'],
    ['attach to oneself', init => init.ptraceAttach(init), 'ptrace: EPERM 1'],
    ['continue of a stranger', (init, child) => init.ptraceCont(child), 'ptrace: ESRCH 3'],
    ['kill of a stranger by ptrace', (init, child) => init.ptraceKill(child), 'ptrace: ESRCH 3'],
    ['continue with no signal that there is', (init, child) => init.ptraceCont(child, 99), 'ptrace: EIO 5'],
    ['unknown ptrace options', (init, child) => init.ptraceSetOptions(child, 1), 'ptrace: EINVAL 22'],
    [
      'an action for SIGKILL',
      init => init.sigaction(SIGKILL, init.group.sigchldAction),
      'sigaction: EINVAL 22',
    ],
    ['an unknown parent death signal', init => init.setParentDeathSignal(99), 'prctl: EINVAL 22'],
  ])('fails, and is over: %s', (_, call, error) => {
    const { init, child } = family()
    expect(codeOf(() => call(init, child))).toBe(error)
    expect(init.mayCall && child.mayCall).toBe(true)
  })

  it('is an error of the embedder where the task does not run its program', () => {
    const { taskSet, init, child } = family()
    child.sendGroupSignal(SIGSTOP)
    taskSet.run()
    expect(() => child.exit(0)).toThrow(
      new NotRunningError("task 1 cannot call exit: it is in the stop 'group'"),
    )
    void init.wait().catch(() => undefined)
    expect(() => init.fork()).toThrow("task 0 cannot call clone: its run state is 'wait'")
    expect(() => child.step()).toThrow("task 1 has no step 'run'")
    expect(() => taskSet.createInit()).toThrow('the task set has an init')
  })
})

describe('ids', () => {
  it('are given out in turn, and again after the last', () => {
    const { taskSet, init, child } = family({ maxTasks: 3 })
    const third = init.fork()
    expect([child.tid, third.tid]).toEqual([2, 3])
    expect(codeOf(() => init.fork())).toBe('clone: EAGAIN 11')
    child.exitGroup(0)
    taskSet.run()
    init.waitNow()
    expect(init.fork().tid).toBe(2)
  })

  it('are counted anew in a namespace, and seen from above', () => {
    const { taskSet, init } = family()
    const inner = init.clone({ ...forkOptions, newPIDNamespace: true })
    taskSet.run()
    const member = inner.fork()
    expect([inner.tid, member.tid]).toEqual([1, 2])
    expect(taskSet.root.idOf(member)).toBe(4)
    inner.exitGroup(0)
    taskSet.run()
    expect(member.exitStatus).toEqual(ExitStatus.killedBy(SIGKILL))
    expect(codeOf(() => taskSet.taskWithID(1)?.clone(forkOptions))).toBe('no error')
  })
})

const forkOptions = {
  newThreadGroup: true,
  terminationSignal: SIGCHLD,
  vfork: false,
  newPIDNamespace: false,
  childClearTID: 0,
  untraced: false,
  inheritTracer: false,
}

describe('kill', () => {
  it('reaches a process group, everybody else, and oneself', () => {
    const { taskSet, init, child } = family()
    const other = init.fork()
    taskSet.run()
    child.setpgid(0, 0)
    init.kill(-child.tid, SIGKILL)
    taskSet.run()
    expect([child.exitState, other.exitState]).toEqual(['Zombie', 'None'])
    other.fork()
    taskSet.run()
    other.kill(-1, SIGUSR1)
    taskSet.run()
    expect([...taskSet.tasks].filter(({ exitState }) => exitState === 'None')).toEqual([init, other])
    init.kill(0, SIGKILL)
    taskSet.run()
    expect([...taskSet.tasks]).toEqual([])
  })

  it('of everybody else spares the init that the caller sees, and nobody above it', () => {
    const { taskSet, init, child } = family()
    const inner = init.clone({ ...forkOptions, newPIDNamespace: true })
    taskSet.run()
    const [member, sibling] = [inner.fork(), inner.fork()]
    taskSet.run()
    member.kill(-1, SIGKILL)
    taskSet.run()
    expect([init, child, inner, member, sibling].map(({ exitState }) => exitState)).toEqual([
      'None',
      'None',
      'None',
      'None',
      'Zombie',
    ])
  })
})

describe('setpgid to the process group that the process is in', () => {
  /** The child moves to where it is, after a grandchild, which leads a session, has been stopped. */
  const moved = (options: TaskSetOptions) => {
    const { taskSet, child } = family(options)
    const grandchild = child.fork()
    taskSet.run()
    grandchild.setsid()
    grandchild.sendGroupSignal(SIGSTOP)
    taskSet.run()
    child.setpgid(0, 1)
    taskSet.run()
    return [grandchild.exitState, grandchild.group.groupStopPhase, child.group.processGroup.refs]
  }

  it('hangs up an orphan of its children, as the source does', () => {
    expect(moved({})).toEqual(['Zombie', 'None', 2])
  })

  it('changes nothing in Linux', () => {
    expect(moved({ profile: linux })).toEqual(['None', 'Complete', 2])
  })

  it('is refused by Linux to whom it refuses every move, and to nobody by the source', () => {
    const answers = [gvisor2018, linux].map(profile => {
      const { taskSet, init, child } = family({ profile })
      const other = child.fork()
      taskSet.run()
      child.execve()
      taskSet.run()
      other.setsid()
      return [
        codeOf(() => init.setpgid(0, 0)),
        codeOf(() => init.setpgid(child.tid, 1)),
        codeOf(() => child.setpgid(other.tid, 0)),
      ]
    })
    expect(answers).toEqual([
      ['no error', 'no error', 'no error'],
      ['setpgid: EPERM 1', 'setpgid: EACCES 13', 'setpgid: EPERM 1'],
    ])
  })
})

describe('a task set', () => {
  it('has one first process, which founds a session and is no orphan in it', () => {
    const taskSet = new TaskSet({ schedule: 'by hand' })
    const init = taskSet.createInit()
    expect(() => taskSet.createInit()).toThrow('the task set has an init')
    const { processGroup: pg } = init.group
    expect([taskSet.root.sessions.get(1), taskSet.root.processGroups.get(1)]).toEqual([pg.session, pg])
    expect([pg.refs, pg.ancestors, pg.session.refs, init.cleartid]).toEqual([1, 1, 1, 0])
    expect([...pg.members]).toEqual([init.group])
  })

  it('finds processes by the ids of their leaders', () => {
    const { taskSet, init, child } = family()
    const thread = child.cloneThread()
    const found = [1, child.tid, thread.tid, 99].map(id => taskSet.root.threadGroupWithID(id))
    expect(found).toEqual([init.group, child.group, undefined, undefined])
  })

  it('takes steps when it is told to, and says how many, or on its own', async () => {
    const { taskSet, child } = family()
    child.exitGroup(0)
    await Promise.resolve()
    expect(child.runState).toBe('exitMain')
    expect([taskSet.run(), taskSet.run()]).toEqual([3, 0])
    const alone = new TaskSet().createInit()
    alone.exitGroup(0)
    await alone.returned()
    expect(alone.exitState).toBe('Dead')
  })

  it('runs on its own once for all that have something to do, and each time that somebody has', async () => {
    const taskSet = new TaskSet()
    const counts: number[] = []
    const run = taskSet.run.bind(taskSet)
    taskSet.run = () => {
      const steps = run()
      counts.push(steps)
      return steps
    }
    const init = taskSet.createInit()
    const children = [init.fork(), init.fork()]
    await children[0]?.returned()
    for (const child of children) {
      expect(child.mayCall).toBe(true)
      child.exitGroup(0)
      await child.returned()
      expect(child.exitState).toBe('Zombie')
    }
    await new Promise(setImmediate)
    // Steps wake whom they move, and so each run is followed by one that finds nothing.
    expect(counts).toEqual([2, 0, 3, 0, 3, 0])
  })
})

describe('an observer', () => {
  it('is told of every step, and of what the outside sees', () => {
    const told: string[] = []
    const observe = (event: KernelEvent) => {
      if (event.kind === 'step') told.push(`${event.task}: ${event.from} → ${event.to}`)
      if (event.kind === 'signal') told.push(`signal ${event.signal}: ${event.outcome}`)
      if (event.kind === 'released') told.push(`${event.task} is reaped`)
    }
    const { taskSet, init, child } = family()
    taskSet.observe = observe
    child.exitGroup(0)
    taskSet.run()
    init.waitNow()
    expect(told).toEqual([
      'task 1: exitMain → exitChildren',
      'task 1: exitChildren → exitNotify',
      'signal 17: ignored',
      'task 1: exitNotify → exited',
      'task 1 is reaped',
    ])
  })
})

describe('a process', () => {
  it('is told by SIGCHLD that a child has stopped, where it has asked for nothing else', () => {
    const told: [number, Task][] = []
    const { taskSet, init, child } = family({
      observe: event => event.kind === 'signal' && told.push([event.signal, event.to]),
    })
    child.sendGroupSignal(SIGSTOP)
    taskSet.run()
    expect(told).toEqual([
      [SIGSTOP, child],
      [SIGCHLD, init],
    ])
  })

  it('is sent a signal as a whole', () => {
    const { taskSet, child } = family()
    child.group.sendSignal(SIGUSR1)
    expect([child.pendingSignals, child.group.pendingSignals]).toEqual([0, 1 << (SIGUSR1 - 1)])
    taskSet.run()
    expect(child.exitStatus).toEqual(ExitStatus.killedBy(SIGUSR1))
  })

  it('reports the status that all of it was given, and without one that of its leader', () => {
    const { taskSet, init, child } = family()
    child.exit(3)
    const other = init.fork()
    taskSet.run()
    const thread = other.cloneThread()
    taskSet.run()
    other.exit(4)
    thread.exitGroup(5)
    taskSet.run()
    expect([child, other].map(({ group }) => group.reportedStatus.code)).toEqual([3, 5])
    expect(other.exitStatus.code).toBe(4)
  })
})

describe('an exit status', () => {
  it.each`
    status                          | word      | shell  | signaled
    ${ExitStatus.exited(3)}         | ${0x0300} | ${3}   | ${false}
    ${ExitStatus.exited(256 + 3)}   | ${0x0300} | ${259} | ${false}
    ${ExitStatus.killedBy(SIGKILL)} | ${9}      | ${137} | ${true}
    ${ExitStatus.none}              | ${0}      | ${0}   | ${false}
  `('$status', ({ status, word, shell, signaled }) => {
    expect([status.status, status.shellExitCode, status.signaled]).toEqual([word, shell, signaled])
  })
})
