import { List, Map, Set } from 'immutable'
import { describe, expect, it } from 'vitest'
import type { ImmutableState } from '../../spec/immutable-state.js'
import { fullMenu } from '../../spec/menu.js'
import { gvisor2018 } from '../../spec/profile.js'
import { type Scope, slotsOf } from '../../spec/scope.js'
import {
  makePIDNamespace,
  makeProcessGroup,
  makeSession,
  makeTask,
  makeThreadGroup,
} from '../../spec/state.js'
import { topologies } from '../../spec/topologies.js'
import { initialState, type Topology, type TopologyTask } from '../../spec/topology.js'
import { topologiesOf } from '../../spec/topology-enumerate.js'
import { TopologyError } from '../../spec/topology-error.js'

const scopeOf = (slots: number, accounting = false): Scope => ({
  slots,
  profile: gvisor2018,
  menu: fullMenu,
  accounting,
})

const named = (name: string): Topology => {
  const found = topologies.find(topology => topology.name === name)
  if (found === undefined) throw new Error(`no topology ${name}`)
  return found
}

/** The initial state of a named topology, and its tasks by name. */
const built = (name: string) => {
  const { tasks } = named(name)
  const state = initialState(named(name), scopeOf(6))
  return { state, id: (task: string) => tasks.findIndex(other => other.name === task) }
}

const bornIn = (s: ImmutableState) => slotsOf(s.scope).filter(id => s.task(id).runState !== 'unborn')
const groupsIn = (s: ImmutableState) => slotsOf(s.scope).filter(id => s.group(id).leader !== null)

/** A namespace and those above it. */
const upFrom = (s: ImmutableState, ns: number): readonly number[] => {
  const { parent } = s.namespace(ns)
  return parent === null ? [ns] : [ns, ...upFrom(s, parent)]
}

/** What must be true of every initial state, whatever its topology; recounted here in the plainest way. */
function expectConsistent(s: ImmutableState, count: number): void {
  const born = bornIn(s)
  const groups = groupsIn(s)
  const slots = slotsOf(s.scope)
  expect(born).toEqual(slots.slice(0, count))

  for (const id of slots) {
    const task = s.task(id)
    expect(task.children).toEqual(Set(born.filter(other => s.task(other).parent === id)))
    expect(task.tracees).toEqual(Set(born.filter(other => s.task(other).tracer === id)))
    if (!born.includes(id)) expect(task).toEqual(makeTask())
  }
  for (const id of born) {
    const { group, tracer, parent } = s.task(id)
    expect(s.group(group).tasks).toContain(id)
    expect(parent).toBe(s.task(s.group(group).leader as number).parent)
    if (parent !== null) expect(s.task(parent).group).not.toBe(group)
    if (tracer !== null) expect(s.task(tracer).group).not.toBe(group)
  }
  expect(born.filter(id => s.task(id).parent === null && s.group(id).leader === id)).toEqual([0])

  for (const g of slots) {
    if (!groups.includes(g)) {
      expect(s.group(g)).toEqual(makeThreadGroup())
      continue
    }
    const { leader, tasks, tasksCount, liveTasks, activeTasks } = s.group(g)
    expect(leader).toBe(g)
    expect(tasks).toEqual(List(born.filter(id => s.task(id).group === g)))
    expect([tasksCount, liveTasks, activeTasks]).toEqual([tasks.size, tasks.size, tasks.size])
  }

  for (const ns of slots) {
    const { exists, tasks, tids } = s.namespace(ns)
    const inside = born.filter(id => upFrom(s, s.group(s.task(id).group).pidns).includes(ns))
    expect(exists).toBe(groups.some(g => s.group(g).pidns === ns))
    if (!exists) expect(s.namespace(ns)).toEqual(makePIDNamespace())
    else {
      expect(tasks).toEqual(Map(inside.map(id => [id, id])))
      expect(tids).toEqual(tasks)
      expect(tasks.has(ns)).toBe(true)
    }
  }
  expect(s.namespace(0)).toMatchObject({ exists: true, parent: null })

  const processGroups = slots.filter(pg => groups.some(g => s.group(g).processGroup === pg))
  for (const pg of slots) {
    if (!processGroups.includes(pg)) {
      expect(s.processGroup(pg)).toEqual(makeProcessGroup())
      continue
    }
    const members = groups.filter(g => s.group(g).processGroup === pg)
    const { session, ancestors, refs } = s.processGroup(pg)
    expect(refs).toBe(members.length)
    const supported = members.filter(g => {
      const { parent } = s.task(g)
      if (parent === null) return true
      const from = s.group(s.task(parent).group).processGroup
      return from !== pg && s.processGroup(from).session === session
    })
    expect(ancestors).toBe(supported.length)
  }
  for (const session of slots) {
    const refs = processGroups.filter(pg => s.processGroup(pg).session === session).length
    expect(s.session(session)).toEqual(makeSession({ refs }))
  }
}

describe('a named topology', () => {
  it.each(topologies)('$name builds a consistent state', topology => {
    const state = initialState(topology, scopeOf(6))
    expectConsistent(state, topology.tasks.length)
    expect(state.events).toEqual([])
  })

  it('has a slug and a sentence', () => {
    for (const { name, says } of topologies) {
      expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/)
      expect(says).toMatch(/^[A-Z].*[^.]\.$/)
    }
    expect(new globalThis.Set(topologies.map(({ name }) => name)).size).toBe(topologies.length)
  })

  it('is the only one with its tree', () => {
    const trees = topologies.map(topology => JSON.stringify(initialState(topology, scopeOf(6)).cells))
    expect(new globalThis.Set(trees).size).toBe(topologies.length)
  })
})

describe('an initial state', () => {
  it('has the init in slot 0, in a process group that is no orphan', () => {
    const { state } = built('lonely-init')
    expect(state.task(0)).toMatchObject({ runState: 'app', exitState: 'None', parent: null, group: 0 })
    expect(state.group(0)).toMatchObject({ leader: 0, pidns: 0, processGroup: 0 })
    expect(state.processGroup(0)).toMatchObject({ session: 0, ancestors: 1, refs: 1 })
    expect(state.session(0)).toMatchObject({ refs: 1 })
  })

  it('counts who used CPU time only where the scope asks for it', () => {
    const usages = (accounting: boolean) => {
      const s = initialState(named('pair'), scopeOf(3, accounting))
      return slotsOf(s.scope).map(id => s.task(id).cpuStats.toArray())
    }
    expect(usages(false)).toEqual([[], [], []])
    expect(usages(true)).toEqual([[0], [1], []])
  })

  it('gives threads the parent of their leader', () => {
    const { state, id } = built('threaded-child')
    expect(state.task(id('thread')).parent).toBe(id('init'))
    expect(state.task(id('init')).children).toEqual(Set([id('leader'), id('thread')]))
    expect(state.group(id('leader')).tasks.toArray()).toEqual([id('leader'), id('thread')])
  })

  it('lets a thread be the parent', () => {
    const { state, id } = built('threaded-init')
    expect(state.task(id('child')).parent).toBe(id('worker'))
    expect(state.task(id('init')).children).toEqual(Set())
  })

  it('shows the tasks of a nested namespace in the one above, but not the other way round', () => {
    const { state, id } = built('namespace')
    const inner = id('inner init')
    expect(state.namespace(inner)).toMatchObject({ exists: true, parent: 0 })
    expect([...state.namespace(inner).tasks.keys()]).toEqual([inner, id('member')])
    expect(state.namespace(0).tasks.size).toBe(4)
    expect(state.group(id('member')).pidns).toBe(inner)
    expect(state.group(id('outer parent')).pidns).toBe(0)
  })

  it('makes the process group of a session leader an orphan, and that of its job none', () => {
    const { state, id } = built('job')
    const [shell, job] = [id('shell'), id('job')]
    expect(state.processGroup(shell)).toMatchObject({ session: shell, ancestors: 0, refs: 1 })
    expect(state.processGroup(job)).toMatchObject({ session: shell, ancestors: 1, refs: 1 })
    expect(state.session(shell).refs).toBe(2)
    expect(state.session(0).refs).toBe(1)
  })

  it('inherits the process group, or joins another of the session', () => {
    const pipeline = {
      name: 'pipeline',
      says: 'A pipeline of two.',
      tasks: [
        { name: 'init' },
        { name: 'shell', parent: 'init', leads: 'session' },
        { name: 'left', parent: 'shell', leads: 'process group' },
        { name: 'right', parent: 'shell', processGroup: 'left' },
        { name: 'helper', parent: 'right' },
      ],
    } as const satisfies Topology
    const state = initialState(pipeline, scopeOf(5))
    expectConsistent(state, 5)
    expect([2, 3, 4].map(g => state.group(g).processGroup)).toEqual([2, 2, 2])
    expect(state.processGroup(2)).toMatchObject({ session: 1, ancestors: 2, refs: 3 })
  })

  it('has every thread of a stopped job in the group stop', () => {
    const threads = {
      name: 'stopped threads',
      says: 'A stopped process of two threads.',
      tasks: [
        { name: 'init' },
        { name: 'leader', parent: 'init', stopped: 'reported' },
        { name: 'thread', group: 'leader' },
      ],
    } as const satisfies Topology
    const state = initialState(threads, scopeOf(3))
    expectConsistent(state, 3)
    for (const id of [1, 2])
      expect(state.task(id)).toMatchObject({
        runState: 'interrupt',
        stop: 'group',
        groupStopAcknowledged: true,
      })
    expect(state.group(1)).toMatchObject({
      groupStopPhase: 'Complete',
      groupStopSignal: 'SIGSTOP',
      groupStopCount: 2,
      groupStopWaitable: false,
    })
    expect(built('job').state.group(2).groupStopWaitable).toBe(true)
  })
})

describe('a topology that cannot be', () => {
  const init: TopologyTask = { name: 'init' }
  const shell: TopologyTask = { name: 'shell', parent: 'init' }
  const child: TopologyTask = { name: 'child', parent: 'shell' }

  const refusals: readonly [string, readonly TopologyTask[], string, string][] = [
    ['without a task', [], 'there is no task.', 'Give it an init at least.'],
    [
      'with a name that labels cannot show',
      [{ name: 'a, b' }],
      "a task cannot be named 'a, b'.",
      'Use small letters and digits, with single spaces or hyphens.',
    ],
    [
      'with the name of a free slot',
      [init, { name: 'new1', parent: 'init' }],
      'a task cannot be named new1: free slots are.',
      'Name it otherwise.',
    ],
    [
      'with one name twice',
      [init, shell, shell],
      'two tasks are named shell.',
      'Name one of them otherwise.',
    ],
    [
      'with more tasks than slots',
      [init, shell, child, { name: 'other', parent: 'init' }],
      'there are 4 tasks, but only 3 slots in the scope.',
      'Give the scope at least 4 slots.',
    ],
    [
      'with a thread of an unknown group',
      [init, { name: 'thread', group: 'nobody' }],
      'the leader of thread is nobody, which is no task.',
      'The tasks are init, thread.',
    ],
    [
      'with a thread of itself',
      [init, { name: 'thread', group: 'thread' }],
      'thread is a thread beside itself.',
      'Leave out the group of thread: then it leads one.',
    ],
    [
      'with a thread of a thread',
      [init, { name: 'first', group: 'init' }, { name: 'second', group: 'first' }],
      'second is in the group of first, which leads none.',
      'Put second into the group of init, as first is.',
    ],
    [
      'with a thread older than its leader',
      [init, { name: 'thread', group: 'shell' }, shell],
      'thread is listed before shell, the leader of its group.',
      'List the oldest task of a group first.',
    ],
    [
      'with a parent of one thread',
      [init, shell, { name: 'thread', group: 'shell', parent: 'init' }],
      "thread is a thread, but has 'parent', which belongs to a process.",
      "Say 'parent' of shell, if at all.",
    ],
    [
      'with a thread that founds a namespace',
      [init, shell, { name: 'thread', group: 'shell', founds: 'namespace' }],
      "thread is a thread, but has 'founds', which belongs to a process.",
      "Say 'founds' of shell, if at all.",
    ],
    [
      'with an unknown parent',
      [init, child],
      'the parent of child is shell, which is no task.',
      'The tasks are init, child.',
    ],
    [
      'with a parent of the init',
      [{ name: 'init', parent: 'shell' }, shell],
      'init is the init, but has a parent.',
      'List a task without a parent first.',
    ],
    [
      'with an init that founds a namespace',
      [{ name: 'init', founds: 'namespace' }],
      'init is the init: it has founded the root namespace already.',
      "Leave out 'founds'.",
    ],
    [
      'with two roots',
      [init, { name: 'orphan' }],
      'orphan has no parent, but is not the init.',
      'Make it a child of init, or of another task.',
    ],
    [
      'with a child of its own group',
      [init, { name: 'shell', parent: 'thread' }, { name: 'thread', group: 'shell' }],
      'shell is a child of its own thread group.',
      'Make shell a child of a task that is not below it.',
    ],
    [
      'with a cycle of parents',
      [init, { name: 'shell', parent: 'child' }, child],
      'no parent of shell leads to the init: shell is below child is below shell.',
      'Make shell a child of a task that is not below it.',
    ],
    [
      'with an unknown tracer',
      [init, { ...shell, tracer: 'strace' }],
      'the tracer of shell is strace, which is no task.',
      'The tasks are init, shell.',
    ],
    [
      'with a task that traces itself',
      [init, { ...shell, tracer: 'shell' }],
      'shell traces itself.',
      'Let a task of another thread group trace it.',
    ],
    [
      'with a tracer in the group',
      [init, { ...shell, tracer: 'thread' }, { name: 'thread', group: 'shell' }],
      'thread traces shell, which is in its own thread group.',
      'Let a task of another thread group trace it.',
    ],
    [
      'with a tracer that cannot see its tracee',
      [
        { ...init, tracer: 'shell' },
        { ...shell, founds: 'namespace' },
      ],
      'shell traces init, which has no id in the namespace of shell.',
      'Let a task trace it that is in the namespace of init, or above.',
    ],
    [
      'with an init that leads a session',
      [{ name: 'init', leads: 'session' }],
      'init is the init: it leads a session and a process group already.',
      "Leave out 'leads' and 'processGroup'.",
    ],
    [
      'with an unknown process group',
      [init, { ...shell, processGroup: 'job' }],
      'the process group of shell is job, which is no task.',
      'The tasks are init, shell.',
    ],
    [
      'with a leader in the process group of another',
      [init, { ...shell, leads: 'session', processGroup: 'init' }],
      'shell leads a session, but is in the process group of init.',
      'Say one of the two.',
    ],
    [
      'with a process group that nobody leads',
      [init, shell, { ...child, processGroup: 'shell' }],
      'child is in the process group of shell, which leads none.',
      'Say that shell leads a process group.',
    ],
    [
      'with a process group of another session',
      [init, { ...shell, leads: 'session' }, { ...child, processGroup: 'init' }],
      'child joins init from another session, that of shell.',
      'Choose a process group of that session.',
    ],
    [
      'with a tracee in a group stop',
      [init, { ...shell, stopped: 'reported', tracer: 'init' }],
      'shell is in a group stop, but has the tracer init: a tracee is in a ptrace-stop instead.',
      "Leave out the tracer or 'stopped'.",
    ],
    [
      'with an init for which a parent waits in vfork',
      [{ name: 'init', vforked: true }],
      'init is the init: nobody waits for it in vfork.',
      "Leave out 'vforked'.",
    ],
    [
      'with two vfork children of one parent',
      [init, { ...shell, vforked: true }, { name: 'other', parent: 'init', vforked: true }],
      'init waits in vfork for shell and other.',
      "Leave out 'vforked' for all but one.",
    ],
    [
      'with a stopped task that waits in vfork',
      [init, { ...shell, stopped: 'reported' }, { ...child, vforked: true }],
      'shell waits in vfork for child, but is in a group stop.',
      "Leave out 'vforked' of child or 'stopped' of shell.",
    ],
  ]

  it.each(refusals)('is refused: %s', (_, tasks, what, next) => {
    const topology = { name: 'wrong', says: 'Wrong.', tasks }
    expect(() => initialState(topology, scopeOf(3))).toThrow(new TopologyError(`wrong: ${what}`, next))
  })

  it('says what is wrong and what to do', () => {
    const error = new TopologyError('wrong: there is no task.', 'Give it an init at least.')
    expect(error.message).toBe('wrong: there is no task.\nGive it an init at least.')
    expect(error.name).toBe('TopologyError')
  })
})

describe('every topology of a size', () => {
  it.each`
    n    | count
    ${1} | ${1}
    ${2} | ${6}
    ${3} | ${85}
    ${4} | ${2232}
  `('at most $n tasks: $count', ({ n, count }) => {
    // 1 task: the init alone: 1.
    // 2 tasks: both in one group, where nobody can trace: 1. A child of the init: each of the two is traced
    //   by the other or not: 2 × 2 = 4. Together 5, and 1 + 5 = 6.
    // 3 tasks, by their groups:
    //   one of 3: 1.
    //   the init with a thread, and a child of either: 2 parents; the child has 3 choices of a tracer (nobody
    //     or one of two), init and thread 2 each (nobody or the child): 2 × 3 × 2 × 2 = 24.
    //   the init, and a child with a thread: the init has 3 choices, the others 2 each: 3 × 2 × 2 = 12.
    //   three of 1: each has 3 choices, so 27 for a tree. Child and grandchild: 27. Two children can change
    //     names: of the 27, those that stay the same are 1 (the init: nobody) × 3 (the second child repeats
    //     the first, mirrored), and (27 + 3) / 2 = 15.
    //   Together 1 + 24 + 12 + 27 + 15 = 79, and 6 + 79 = 85.
    // 4 tasks: 2147 more, counted a second way below.
    expect(topologiesOf(n)).toHaveLength(count)
  })

  it('is found by naming the tasks in every way and striking out what is the same', () => {
    for (const n of [1, 2, 3, 4]) {
      const different = new globalThis.Set(everyNaming(n).map(smallestNaming))
      const listed = topologiesOf(n).filter(({ tasks }) => tasks.length === n)
      expect(new globalThis.Set(listed.map(topology => smallestNaming(namingOf(topology))))).toEqual(
        different,
      )
      expect(listed).toHaveLength(different.size)
    }
  })

  it('builds, each a consistent state', () => {
    for (const topology of topologiesOf(3)) {
      expectConsistent(initialState(topology, scopeOf(4)), topology.tasks.length)
    }
  })

  it('has a name that tells its structure', () => {
    expect(topologiesOf(2).map(({ name }) => name)).toEqual([
      '1 task: t0',
      '2 tasks: t0+t1',
      '2 tasks: t0, t1<t0',
      '2 tasks: t0, t1<t0~t0',
      '2 tasks: t0~t1, t1<t0',
      '2 tasks: t0~t1, t1<t0~t0',
    ])
    const all = topologiesOf(4)
    expect(new globalThis.Set(all.map(({ name }) => name)).size).toBe(all.length)
    expect(all.find(({ name }) => name === '4 tasks: t0+t1, t2<t1~t0+t3')?.says).toBe(
      't0 is the init; t1 is a thread beside t0; t2 is a child of t1, traced by t0; t3 is a thread beside t2.',
    )
  })

  it('can leave out tracers and threads', () => {
    // Without tracers: 1 + (1 + 1) + (1 + 2 + 1 + 2).
    expect(topologiesOf(3, { tracers: false })).toHaveLength(9)
    // Without threads either, rooted trees up to renaming: 1, 1, 2, 4.
    expect(topologiesOf(4, { tracers: false, threads: false })).toHaveLength(8)
    // Without threads: 1 + 4 + (27 + 15).
    expect(topologiesOf(3, { threads: false })).toHaveLength(47)
  })

  it.each([0, 1.5, 6])('cannot be listed for %s tasks', n => {
    expect(() => topologiesOf(n)).toThrow(
      new TopologyError(
        `Every topology of at most ${n} tasks cannot be listed.`,
        'Ask for 1 to 5 tasks; those of 6 are millions.',
      ),
    )
  })
})

/**
 * The second way: tasks named 0 to n - 1 in any order but for the init, which is 0.
 *
 * A naming lists the groups by their members, oldest first, the parent of each, and the tracer of each task.
 */
type Naming = {
  readonly groups: readonly { readonly tasks: readonly number[]; readonly parent: number }[]
  readonly tracers: readonly number[]
}
const nobody = -1

function everyNaming(n: number): readonly Naming[] {
  // Each task becomes the youngest of a group there is, or the first of a new one: all orders, for all tasks.
  const rest = Array.from({ length: n - 1 }, (_, i) => i + 1)
  const groupings = permutations(rest)
    .flatMap(order =>
      order.reduce<readonly (readonly (readonly number[])[])[]>(
        (made, task) =>
          made.flatMap(groups => [
            [...groups, [task]],
            ...groups.map((_, i) => groups.map((members, j) => (i === j ? [...members, task] : members))),
          ]),
        [[[0]]],
      ),
    )
    .map(groups => JSON.stringify(groups.toSorted(([a = 0], [b = 0]) => a - b)))
  return [...new globalThis.Set(groupings)].flatMap(text => {
    const members: readonly (readonly number[])[] = JSON.parse(text)
    const outside = (task: number) =>
      Array.from({ length: n }, (_, i) => i).filter(i => !groupWith(task).includes(i))
    const groupWith = (task: number) => members.find(tasks => tasks.includes(task)) ?? []
    const parents = choose(members.map(([leader = 0]) => (leader === 0 ? [nobody] : outside(leader))))
    const tracers = choose(Array.from({ length: n }, (_, task) => [nobody, ...outside(task)]))
    return parents
      .map(chosen => members.map((tasks, i) => ({ tasks, parent: chosen[i] ?? nobody })))
      .filter(groups => groups.every(group => leadsToInit(group, groups)))
      .flatMap(groups => tracers.map(edges => ({ groups, tracers: edges })))
  })
}

const leadsToInit = (
  group: Naming['groups'][number],
  groups: Naming['groups'],
  steps = groups.length,
): boolean => {
  if (group.parent === nobody) return true
  const above = groups.find(({ tasks }) => tasks.includes(group.parent))
  return steps > 0 && above !== undefined && leadsToInit(above, groups, steps - 1)
}

/** One of each. */
const choose = (options: readonly (readonly number[])[]): readonly (readonly number[])[] =>
  options.reduce<readonly (readonly number[])[]>(
    (chosen, some) => chosen.flatMap(before => some.map(one => [...before, one])),
    [[]],
  )

const permutations = (items: readonly number[]): readonly (readonly number[])[] =>
  items.length === 0
    ? [[]]
    : items.flatMap(first =>
        permutations(items.filter(item => item !== first)).map(others => [first, ...others]),
      )

const renamed = ({ groups, tracers }: Naming, to: readonly number[]): Naming => {
  const of = (task: number): number => (task === nobody ? nobody : (to[task] ?? nobody))
  return {
    groups: groups
      .map(({ tasks, parent }) => ({ tasks: tasks.map(of), parent: of(parent) }))
      .toSorted((a, b) => (a.tasks[0] ?? 0) - (b.tasks[0] ?? 0)),
    tracers: tracers.map((_, task) => of(tracers[to.indexOf(task)] ?? nobody)),
  }
}

/** The smallest text that any renaming gives. */
const smallestNaming = (naming: Naming): string =>
  permutations(naming.tracers.map((_, i) => i).slice(1))
    .map(others => JSON.stringify(renamed(naming, [0, ...others])))
    .reduce((a, b) => (a < b ? a : b))

const namingOf = ({ tasks }: Topology): Naming => {
  const id = (name: string | undefined): number => tasks.findIndex(task => task.name === name)
  const indexes = tasks.map((_, i) => i)
  return {
    groups: indexes
      .filter(i => tasks[i]?.group === undefined)
      .map(leader => ({
        tasks: indexes.filter(i => i === leader || id(tasks[i]?.group) === leader),
        parent: id(tasks[leader]?.parent),
      })),
    tracers: tasks.map(({ tracer }) => id(tracer)),
  }
}
