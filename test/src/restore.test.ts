/** A saved task set is believed nothing: each kind of damage has its own sentence. */
import { describe, expect, it } from 'vitest'
import {
  EventExit,
  ExitStatus,
  gvisor2018,
  gvisorFixed,
  RestoreError,
  restore,
  SIGKILL,
  SIGTERM,
  save,
  type Task,
  TaskSet,
} from '../../src/index.js'

type Json = { [field: string]: Json & string & number & null & boolean } & Json[]

const aTaskSet = (): TaskSet => {
  const taskSet = new TaskSet({ schedule: 'by hand' })
  const init = taskSet.createInit()
  init.fork()
  taskSet.run()
  void init.wait().catch(() => undefined)
  return taskSet
}

const saved = (): Json => JSON.parse(JSON.stringify(save(aTaskSet()))) as Json

const damaged = (damage: (document: Json) => void): string => {
  const document = saved()
  damage(document)
  try {
    restore(document)
  } catch (error) {
    if (error instanceof RestoreError) return error.message
    throw error
  }
  return 'no error'
}

const set = (object: Json | undefined, field: string, value: unknown): void => {
  ;(object as unknown as Record<string, unknown>)[field] = value
}

describe('a damaged document', () => {
  it.each<[string, (document: Json) => void, string]>([
    ['another version', d => set(d, 'version', 2), 'the document.version is 2; this library reads 1'],
    ['an older version', d => set(d, 'version', 0), 'the document.version is 0; this library reads 1'],
    ['no tasks', d => set(d, 'tasks', undefined), "the document has no 'tasks'"],
    ['tasks that are no list', d => set(d, 'tasks', {}), 'the document.tasks is not a list'],
    ['a task that is no object', d => set(d.tasks, '0', 5), 'the document.tasks[0] is not an object'],
    ['a task that is a list', d => set(d.tasks, '0', []), 'the document.tasks[0] is not an object'],
    [
      'no root namespace',
      d => set(d, 'namespaces', []),
      'the document.namespaces does not begin with the root namespace',
    ],
    [
      'a first namespace that is not the root',
      d => set(d.namespaces?.[0], 'serial', 5),
      'the document.namespaces does not begin with the root namespace',
    ],
    [
      'a root namespace inside another',
      d => set(d.namespaces?.[0], 'parent', 0),
      'the document.namespaces does not begin with the root namespace',
    ],
    [
      'a namespace twice',
      d => set(d.namespaces, '1', Object.assign({}, d.namespaces?.[0], { parent: 0 })),
      'the document.namespaces[1] is a second namespace 0',
    ],
    [
      'a run state unknown',
      d => set(d.tasks?.[0], 'runState', 'jogging'),
      'the document.tasks[0].runState is none of',
    ],
    [
      'a parent that is nobody',
      d => set(d.tasks?.[1], 'parent', 77),
      'the document.tasks[1].parent refers to task 77, which is not there',
    ],
    ['a task twice', d => set(d.tasks?.[1], 'serial', 0), 'the document.tasks[1] is a second task 0'],
    [
      'a serial not given yet',
      d => set(d, 'nextSerial', 1),
      'the document.tasks[1].serial is still to be given',
    ],
    ['a group twice', d => set(d.groups?.[1], 'serial', 0), 'the document.groups[1] is a second group 0'],
    [
      'a leader of another group',
      d => set(d.groups?.[0], 'leader', 1),
      'the document.groups[0].leader is of another group',
    ],
    [
      'a member of another group',
      d => set(d.groups?.[0], 'tasks', [1]),
      'the document.groups[0].tasks[0] is of another group',
    ],
    [
      'a negative counter',
      d => set(d.groups?.[0], 'tasksCount', -1),
      'the document.groups[0].tasksCount is negative',
    ],
    [
      'half a task',
      d => set(d.groups?.[0], 'tasksCount', 0.5),
      'the document.groups[0].tasksCount is not a whole number',
    ],
    [
      'a text for a number',
      d => set(d.groups?.[0], 'maxRSS', 'much'),
      'the document.groups[0].maxRSS is not a number',
    ],
    [
      'a number without end',
      d => set(d.groups?.[0], 'maxRSS', Number.POSITIVE_INFINITY),
      'the document.groups[0].maxRSS is not a number',
    ],
    [
      'a number for a truth',
      d => set(d.groups?.[0], 'exiting', 1),
      'the document.groups[0].exiting is neither true nor false',
    ],
    ['a number for a name', d => set(d.profile, 'name', 1), 'the document.profile.name is not a text'],
    [
      'a value that a switch does not have',
      d => set((d.profile as Json | undefined)?.switches, 'tracees', 'are shot'),
      'the document.profile.switches.tracees is none of are chosen like children, are always eligible',
    ],
    [
      'switches that are no object',
      d => set(d.profile, 'switches', 1),
      'the document.profile.switches is not',
    ],
    ['an unknown signal', d => set(d.tasks?.[0], 'inHand', 99), 'the document.tasks[0].inHand is no signal'],
    [
      'a set that is none',
      d => set(d.tasks?.[0], 'pendingSignals', 2 ** 40),
      'the document.tasks[0].pendingSignals is no set of signals',
    ],
    [
      'half a mask',
      d => set(d.tasks?.[0], 'signalMask', 5),
      'the document.tasks[0].signalMask is neither nothing nor everything',
    ],
    [
      'unknown options',
      d => set(d.tasks?.[0], 'ptraceOpts', 1),
      'the document.tasks[0].ptraceOpts has unknown ptrace options',
    ],
    [
      'a frozen nothing',
      d => set(d.tasks?.[0], 'stopFrozen', true),
      'the document.tasks[0].stopFrozen is true without a ptrace-stop',
    ],
    [
      'a wait without options',
      d => set(d.tasks?.[0], 'waiting', null),
      "the document.tasks[0].runState is 'wait', but what that is about is not there",
    ],
    [
      'a clone without child',
      d => set(d.tasks?.[1], 'runState', 'ptraceClone'),
      "the document.tasks[1].runState is 'ptraceClone', but what that is about is not there",
    ],
    [
      'a request without request',
      d => set(d.tasks?.[1], 'runState', 'ptraceRequest'),
      "the document.tasks[1].runState is 'ptraceRequest', but what that is about is not there",
    ],
    [
      'an id twice',
      d =>
        set(d.namespaces?.[0], 'tasks', [
          [1, 0],
          [1, 1],
        ]),
      'the document.namespaces[0].tasks[1][0] is given a second time: 1',
    ],
    [
      'an owner twice',
      d =>
        set(d.namespaces?.[0], 'tasks', [
          [1, 0],
          [2, 0],
        ]),
      'the document.namespaces[0].tasks[1][1] has a second id',
    ],
    [
      'the id 0',
      d => set(d.namespaces?.[0], 'tasks', [[0, 0]]),
      'the document.namespaces[0].tasks[0][0] is 0, which is no id',
    ],
    [
      'an id alone',
      d => set(d.namespaces?.[0], 'tasks', [[1]]),
      'the document.namespaces[0].tasks[0] is not a pair',
    ],
    [
      'an id with two owners',
      d => set(d.namespaces?.[0], 'tasks', [[1, 0, 1]]),
      'the document.namespaces[0].tasks[0] is not a pair',
    ],
  ])('with %s is refused', (_, damage, message) => {
    expect(damaged(damage)).toContain(`the saved task set is damaged: ${message}`)
  })

  it('that is no document at all is refused', () => {
    for (const document of [null, 5, 'text', []]) expect(() => restore(document)).toThrow(RestoreError)
  })
})

describe('a restored task set', () => {
  it('goes on with a wait that was blocked when it was saved', async () => {
    const before = aTaskSet()
    const after = restore(JSON.parse(JSON.stringify(save(before))), { schedule: 'by hand' })
    const [init, child] = [after.taskWithID(1), after.taskWithID(2)] as [Task, Task]
    const result = init.pendingWait
    child.exitGroup(7)
    after.run()
    await expect(result).resolves.toEqual({ task: child, tid: 2, event: EventExit, status: 7 << 8 })
    expect(child.exitState).toBe('Dead')
    // What was saved is another task set.
    expect(before.taskWithID(2)?.exitState).toBe('None')
  })

  it('does as the seed does where its document is older than a switch', () => {
    const document = saved()
    set((document.profile as Json | undefined)?.switches, 'tracees', undefined)
    expect(restore(JSON.parse(JSON.stringify(document))).profile).toEqual(gvisor2018)
  })

  it('asks for the relatives of all threads where its document is older than that question', () => {
    const text = JSON.stringify(saved())
    const older = text.replace('"siblings":true,', '')
    expect(older).not.toBe(text)
    const after = restore(JSON.parse(older), { schedule: 'by hand' })
    expect(after.taskWithID(1)?.waiting?.options.siblings).toBe(true)
  })

  it('has a wait that was told of an event look for it', async () => {
    const before = aTaskSet()
    const child = before.taskWithID(2) as Task
    child.exitGroup(7)
    while (child.nextSteps().length > 0) child.step()
    const after = restore(JSON.parse(JSON.stringify(save(before))), { schedule: 'by hand' })
    const init = after.taskWithID(1) as Task
    expect(init.nextSteps()).toEqual(['wait again'])
    const result = init.pendingWait
    after.run()
    await expect(result).resolves.toMatchObject({ tid: 2, status: 7 << 8 })
  })

  it('knows what was pending, how somebody has exited, and which id comes next', () => {
    const before = new TaskSet({ schedule: 'by hand' })
    const first = before.createInit()
    const [reaped, zombie, killed] = [first.fork(), first.fork(), first.fork()]
    before.run()
    reaped.exitGroup(0)
    zombie.exitGroup(7)
    before.run()
    first.waitNow({ specificTID: reaped.tid })
    killed.sendGroupSignal(SIGTERM)
    const after = restore(JSON.parse(JSON.stringify(save(before))), { schedule: 'by hand' })
    const init = after.taskWithID(1) as Task
    expect(init.fork().tid).toBe(5)
    after.run()
    expect([init.waitNow(), init.waitNow()].map(({ tid, status }) => [tid, status])).toEqual([
      [3, 7 << 8],
      [4, SIGTERM],
    ])
  })

  it('lists in each session the process groups that are there', () => {
    const { root } = restore(saved(), { schedule: 'by hand' })
    const listed = [...(root.sessions.get(1)?.processGroups ?? [])]
    expect(listed).toHaveLength(1)
    expect(listed[0]).toBe(root.processGroups.get(1))
  })

  it('has the profile that it was saved with', () => {
    const taskSet = new TaskSet({ schedule: 'by hand', profile: gvisorFixed })
    taskSet.createInit()
    expect(restore(save(taskSet)).profile).toEqual(gvisorFixed)
  })

  it('is saved alike', () => {
    const document = save(aTaskSet())
    expect(save(restore(document, { schedule: 'by hand' }))).toEqual(document)
  })

  it('that was killed before it was saved exits after it was restored', () => {
    const taskSet = aTaskSet()
    taskSet.kill(ExitStatus.killedBy(SIGKILL))
    const after = restore(save(taskSet), { schedule: 'by hand' })
    after.run()
    expect([...after.tasks]).toEqual([])
  })
})
