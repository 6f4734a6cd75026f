/** Profiles of the core: the same as those of the spec, switch by switch; and what a scheduler sees of some. */
import { describe, expect, it } from 'vitest'
import { profiles } from '../../spec/profile.js'
import * as core from '../../src/index.js'
import {
  fork,
  gvisorFixed,
  type KernelEvent,
  profileWith,
  SIGCONT,
  SIGSTOP,
  SIGTERM,
  TaskSet,
  type TaskSetOptions,
} from '../../src/index.js'

describe('every profile of the spec', () => {
  const own = [core.gvisor2018, core.gvisorFixed, core.gvisor2022, core.linux]

  it('is one of the core', () => {
    expect(own.map(({ name }) => name)).toEqual(profiles.map(({ name }) => name))
  })

  it.each(profiles.map(profile => [profile.name, profile] as const))(
    '%s has the same switches',
    (name, spec) => {
      expect(own.find(profile => profile.name === name)?.switches).toEqual(spec.switches)
    },
  )

  it('has no value that the core does not know', () => {
    const names = Object.keys(core.switchValues)
    for (const { switches } of profiles) {
      expect(Object.keys(switches).toSorted()).toEqual(names.toSorted())
      for (const [name, value] of Object.entries(switches))
        expect(core.switchValues[name as keyof core.Switches]).toContain(value)
    }
  })
})

/** A process of two threads in a namespace of its own, with a child. */
const namespace = (options: TaskSetOptions) => {
  const taskSet = new TaskSet(options)
  const init = taskSet.createInit()
  const inner = init.clone({ ...fork, newPIDNamespace: true })
  taskSet.run()
  const thread = inner.cloneThread()
  const child = inner.fork()
  taskSet.run()
  return { taskSet, init, inner, thread, child }
}

describe('the init of a namespace that waits for it', () => {
  it('runs on, scheduled automatically, when everybody else is gone', async () => {
    const profile = profileWith('waits', { dyingInit: 'waits for its namespace' })
    const { init, inner, child } = namespace({ profile })
    inner.exitGroup(3)
    await expect(init.wait()).resolves.toMatchObject({ task: inner, status: 3 << 8 })
    expect(child.exitState).toBe('Dead')
  })

  it('is not a zombie while a tracer outside keeps a zombie of it', () => {
    const profile = profileWith('waits', { dyingInit: 'waits for its namespace' })
    const { taskSet, init, inner, child } = namespace({ profile, schedule: 'by hand' })
    init.ptraceAttach(child)
    taskSet.run()
    inner.exitGroup(3)
    taskSet.run()
    expect([child.exitState, inner.exitState]).toEqual(['Zombie', 'Initiated'])
    expect(inner.nextSteps()).toEqual([])
    init.waitNow({ specificTID: taskSet.root.idOf(child) })
    taskSet.run()
    expect(inner.exitState).toBe('Zombie')
  })

  it('goes ahead in the seed', () => {
    const { taskSet, init, inner, child } = namespace({ schedule: 'by hand' })
    init.ptraceAttach(child)
    taskSet.run()
    inner.exitGroup(3)
    taskSet.run()
    expect([child.exitState, inner.exitState]).toEqual(['Zombie', 'Zombie'])
  })
})

it('a task that has stopped at once tells its parent of it from within the stop', () => {
  const events: KernelEvent[] = []
  const taskSet = new TaskSet({ schedule: 'by hand', profile: gvisorFixed, observe: it => events.push(it) })
  const init = taskSet.createInit()
  const child = init.fork()
  taskSet.run()
  child.sendGroupSignal(SIGSTOP)
  while (child.runState !== 'groupStopEntered') child.step()
  expect(child.stop).toBe('group')
  expect(child.nextSteps()).toEqual(['run'])
  child.step()
  expect(child.nextSteps()).toEqual([])
  expect(events.at(-2)).toMatchObject({ kind: 'signal', signal: core.SIGCHLD, to: init })
  child.sendGroupSignal(SIGCONT)
  taskSet.run()
  expect(child.mayCall).toBe(true)
})

it('a signal that was sent in a stop is not forgotten', () => {
  const taskSet = new TaskSet({ schedule: 'by hand', profile: gvisorFixed })
  const init = taskSet.createInit()
  const child = init.vfork()
  taskSet.run()
  init.sendGroupSignal(SIGTERM)
  child.exitGroup(0)
  taskSet.run()
  expect(init.exitState).not.toBe('None')
})

describe('calls that the seed does not know', () => {
  const family = (profile: core.Profile) => {
    const taskSet = new TaskSet({ schedule: 'by hand', profile })
    const init = taskSet.createInit()
    const parent = init.fork()
    taskSet.run()
    const child = parent.fork()
    taskSet.run()
    const grandchild = child.fork()
    taskSet.run()
    return { taskSet, init, parent, child, grandchild }
  }

  it('are refused where the profile does not know them', () => {
    const { init, parent } = family(core.gvisor2018)
    expect(() => parent.setChildSubreaper(true)).toThrow('prctl: EINVAL')
    expect(() => init.ptraceSeize(parent)).toThrow('ptrace: EIO')
    expect(() => init.ptraceInterrupt(parent)).toThrow('ptrace: EIO')
    expect(() => init.ptraceListen(parent)).toThrow('ptrace: EIO')
    expect(parent.tracer).toBeNull()
  })

  it('a subreaper adopts the orphans below it', () => {
    const { taskSet, init, parent, child, grandchild } = family(core.linux)
    parent.setChildSubreaper(true)
    child.exitGroup(0)
    taskSet.run()
    expect(grandchild.parent).toBe(parent)
    parent.setChildSubreaper(false)
    parent.exitGroup(0)
    taskSet.run()
    expect(grandchild.parent).toBe(init)
  })

  it('a seized tracee stops when it is told to, listens, and stops anew when its group continues; also when restored', () => {
    const { taskSet, init, parent } = family(core.linux)
    init.ptraceSeize(parent)
    expect(() => init.ptraceSeize(parent)).toThrow('ptrace: EPERM')
    taskSet.run()
    expect(parent.mayCall).toBe(true)
    expect(() => init.ptraceListen(parent)).toThrow('ptrace: ESRCH')
    parent.sendGroupSignal(SIGSTOP)
    taskSet.run()
    // The signal is shown first.
    expect(init.waitNow().status).toBe((SIGSTOP << 8) | 0x7f)
    init.ptraceCont(parent, SIGSTOP)
    taskSet.run()
    expect(init.waitNow().status).toBe((128 << 16) | (SIGSTOP << 8) | 0x7f)
    init.ptraceListen(parent)
    expect(() => init.ptraceCont(parent)).toThrow('ptrace: ESRCH')

    const document = JSON.parse(JSON.stringify(core.save(taskSet)))
    const { taskSet: restored, tasks } = core.restoreAll(document, { schedule: 'by hand' })
    expect(core.save(restored)).toEqual(document)
    const [tracer, tracee] = [tasks.get(init.serial), tasks.get(parent.serial)]
    expect(tracee?.seized).toEqual({ trapStop: false, trapNotify: false, listen: 'does' })
    tracee?.sendGroupSignal(core.SIGCONT)
    restored.run()
    expect(tracer?.waitNow().status).toBe((128 << 16) | (core.SIGTRAP << 8) | 0x7f)
    tracer?.ptraceDetach(tracee as core.Task)
    restored.run()
    expect([tracee?.seized, tracee?.mayCall]).toEqual([null, true])
  })

  it('a wait without the siblings sees the own children only', () => {
    const { taskSet, parent, child } = family(core.linux)
    const thread = parent.cloneThread()
    taskSet.run()
    child.exitGroup(0)
    taskSet.run()
    expect(() => thread.waitNow({ siblings: false })).toThrow('wait: ECHILD')
    expect(thread.waitNow().task).toBe(child)
  })
})
