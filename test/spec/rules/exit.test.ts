import { describe, expect, it } from 'vitest'
import { exited, killedBy, noStatus } from '../../../spec/exit-status.js'
import { clones, dispositions, waits } from '../../../spec/menu.js'
import type { Signal } from '../../../spec/signals.js'
import { scenario } from '../scenario.js'

const leader = { name: 'leader', parent: 'init' } as const
const thread = { name: 'thread', group: 'leader' } as const
const third = { name: 'third', group: 'leader' } as const
const child = { name: 'child', parent: 'init' } as const
const parent = { name: 'parent', parent: 'init' } as const
const grandchild = { name: 'grandchild', parent: 'parent' } as const
const tracer = { name: 'tracer', parent: 'init' } as const

const threads = () => scenario([leader, thread], { menu: { groupExitCodes: [2, 3] } })

describe('PrepareExit and PrepareGroupExit', () => {
  it('exit ends one thread, with its own status', () => {
    const s = threads().does('exit', { task: 'thread', code: 1 })
    expect(s.task('thread').exitStatus.equals(exited(1))).toBe(true)
    expect(s.group('leader').exiting).toBe(false)
    expect(s.task('leader').pending.isEmpty()).toBe(true)
  })

  it('exit_group kills the siblings', () => {
    const s = threads().does('exit_group', { task: 'thread', code: 2 })
    expect(s.group('leader').exiting).toBe(true)
    expect(s.group('leader').exitStatus.equals(exited(2))).toBe(true)
    expect(s.task('leader').pending.toArray()).toEqual(['SIGKILL'])
    expect(s.task('leader').interrupted).toBe(true)
    expect(s.task('thread').pending.isEmpty()).toBe(true)
  })

  it('the second exit_group takes the status of the first', () => {
    const s = threads()
      .does('exit_group', { task: 'thread', code: 2 })
      .does('exit_group', { task: 'leader', code: 3 })
    expect(s.task('leader').exitStatus.equals(exited(2))).toBe(true)
    expect(s.group('leader').exitStatus.equals(exited(2))).toBe(true)
  })

  it('exit_group beside an execve ends only its caller, as if by exit(0)', () => {
    const s = threads().does('execve', 'thread').does('exit_group', { task: 'leader', code: 3 })
    expect(s.task('leader').exitStatus.equals(noStatus)).toBe(true)
    expect(s.group('leader').exiting).toBe(false)
    expect(s.task('thread').pending.isEmpty()).toBe(true)
  })
})

describe('TaskSet.Kill', () => {
  it('kills every task, and sets the status of groups that are not exiting yet', () => {
    const s = threads().does('exit_group', { task: 'thread', code: 3 }).does('killEverything', { code: 2 })
    expect(s.now.namespace(0).exiting).toBe(true)
    expect(s.group('leader').exitStatus.equals(exited(3))).toBe(true)
    expect(s.group('init').exitStatus.equals(exited(2))).toBe(true)
    for (const task of ['init', 'leader', 'thread']) expect(s.task(task).pending.has('SIGKILL')).toBe(true)
  })

  it('can be called again, and then ends the PTRACE_EVENT_EXIT stop of a task that has taken the first SIGKILL', () => {
    const s = scenario([tracer, { ...child, tracer: 'tracer' }]).given((now, id) =>
      now.withTask(id('child'), { ptraceOpts: now.task(id('child')).ptraceOpts.add('TRACEEXIT') }),
    )
    s.does('killEverything', { code: 2 }).goesOn('child', 'exitMain')
    expect(s.task('child').stop).toBe('ptrace')
    expect(s.does('killEverything', { code: 2 }).task('child').stop).toBe(null)
  })
})

describe('killLocked', () => {
  it('ends a killable stop and takes back a required one', () => {
    const s = scenario([{ ...child, stopped: 'reported' }]).given((now, id) =>
      now.withTask(id('child'), { groupStopRequired: true }),
    )
    s.does('kill', { target: 'child', signal: 'SIGKILL' })
    expect(s.task('child').stop).toBe(null)
    expect(s.task('child').groupStopRequired).toBe(false)
  })
})

describe('runExit', () => {
  const traced = (signal: Signal | null) => {
    const s = scenario([{ ...child, tracer: 'init' }]).given((now, id) =>
      now.withTask(id('child'), { ptraceOpts: now.task(id('child')).ptraceOpts.add('TRACEEXIT') }),
    )
    if (signal !== null) s.does('kill', { target: 'child', signal })
    return s.does('exit', { task: 'child', code: 1 }).goesOn('child', 'exitMain')
  }

  it('stops in PTRACE_EVENT_EXIT and tells the tracer', () => {
    const s = traced(null)
    expect(s.task('child').stop).toBe('ptrace')
    expect(s.task('child').ptraceCode).toBe('EXIT')
    expect(s.signals).toEqual(['SIGCHLD to init'])
  })

  it('does not stop whoever has a SIGKILL pending', () => {
    expect(traced('SIGKILL').task('child').stop).toBe(null)
  })
})

describe('exitThreadGroup and a group stop', () => {
  /** SIGSTOP has initiated a group stop of the leader's group; nobody has acknowledged it. */
  const stopping = (...more: readonly (typeof third)[]) =>
    scenario([leader, thread, ...more])
      .does('kill', { target: 'leader', signal: 'SIGSTOP' })
      .does('runInterrupt', 'leader')
      .does('initiateGroupStop', 'leader')
  const leave = (s: ReturnType<typeof stopping>, task: string) =>
    s.does('exit', { task, code: 0 }).does('exitThreadGroup', task)

  it('none initiated: nothing but the counter', () => {
    const s = leave(scenario([leader, thread]), 'thread')
    expect(s.group('leader')).toMatchObject({ activeTasks: 1, groupStopPhase: 'None', groupStopCount: 0 })
    expect(s.task('thread')).toMatchObject({ exitState: 'Initiated', masksAll: true })
  })

  it('acknowledged: the acknowledgement is taken back', () => {
    const s = stopping().does('runInterrupt', 'leader').does('enterGroupStop', 'leader')
    expect(s.group('leader').groupStopCount).toBe(1)
    s.does('kill', { target: 'leader', signal: 'SIGKILL' })
      .goesOn('leader', 'exitMain')
      .does('exitThreadGroup', 'leader')
    expect(s.group('leader')).toMatchObject({
      groupStopPhase: 'Initiated',
      groupStopCount: 0,
      activeTasks: 1,
    })
    expect(s.task('leader').groupStopAcknowledged).toBe(false)
  })

  it('others outstanding: the stop goes on without the task', () => {
    const s = leave(stopping(third), 'third')
    expect(s.group('leader')).toMatchObject({
      groupStopPhase: 'Initiated',
      groupStopCount: 0,
      activeTasks: 2,
    })
    expect(s.signals).toEqual([])
  })

  it('completed by leaving: the parent is told', () => {
    const s = leave(stopping().does('runInterrupt', 'leader').does('enterGroupStop', 'leader'), 'thread')
    expect(s.group('leader')).toMatchObject({
      groupStopPhase: 'Complete',
      groupStopWaitable: true,
      groupContNotify: false,
      groupContWaitable: false,
    })
    expect(s.signals).toEqual(['SIGCHLD to init'])
  })

  it('completed by leaving, without a parent: nobody is told', () => {
    const s = scenario([{ name: 'worker', group: 'init' }])
      .does('kill', { target: 'init', signal: 'SIGSTOP' })
      .does('runInterrupt', 'init')
      .does('initiateGroupStop', 'init')
      .does('runInterrupt', 'init')
    expect(leave(s, 'worker').group('init').groupStopPhase).toBe('Complete')
    expect(s.signals).toEqual([])
  })

  it('whoever was woken for a signal of the group has another woken', () => {
    const s = scenario([leader, thread]).does('kill', { target: 'leader', signal: 'SIGTERM' })
    expect(s.task('thread').interrupted).toBe(false)
    expect(leave(s, 'leader').task('thread').interrupted).toBe(true)
  })
})

describe('the stages of runExitMain', () => {
  it.each([
    { end: 'exit', woken: true },
    { end: 'SIGKILL', woken: false },
  ])('a thread that ends by $end: whoever joins it is woken: $woken', ({ end, woken }) => {
    const s = scenario([leader], { births: 1 }).does('clone', { task: 'leader', form: clones.pthread })
    s.does('runInterrupt', 'new1')
    if (end === 'exit') s.does('exit', { task: 'new1', code: 0 })
    else s.does('kill', { target: 'leader', signal: 'SIGKILL' })
    s.goesOn('new1', 'exitClearTid').does('exitClearTid', 'new1')
    expect(s.seen).toEqual(woken ? [{ kind: 'futex woken', task: s.id('new1') }] : [])
  })

  it('the group remembers its largest resident set, and the parent that waits takes it over', () => {
    const s = scenario([child], { accounting: true }).exits('child')
    expect(s.group('child').maxRSS).toBe(2)
    s.waits('init', waits.any, 'child')
    expect(s.group('init').childMaxRSS).toBe(2)
  })

  it('a vfork child gives its parent back what it took', () => {
    const s = scenario([{ ...child, vforked: true }])
    expect(s.task('init').stop).toBe('vfork')
    s.exits('child')
    expect(s.task('init').stop).toBe(null)
    expect(s.task('child').vforkParent).toBe(null)
  })
})

describe('exitPtrace', () => {
  it('lets tracees go, and kills those with EXITKILL', () => {
    const s = scenario([tracer, { ...child, tracer: 'tracer' }, { ...parent, tracer: 'tracer' }]).given(
      (now, id) =>
        now.withTask(id('child'), { ptraceOpts: now.task(id('child')).ptraceOpts.add('EXITKILL') }),
    )
    s.does('exit', { task: 'tracer', code: 0 }).goesOn('tracer', 'exitPtrace').does('exitPtrace', 'tracer')
    expect(s.signals).toEqual(['SIGKILL to child'])
    expect(s.task('child').tracer).toBe(null)
    expect(s.task('parent').pending.isEmpty()).toBe(true)
    expect(s.task('tracer').tracees.isEmpty()).toBe(true)
  })

  // forgetTracerLocked: whether the tracer of the leader or of the last thread goes first decides whether the
  // leader's parent is told by the detaching (fromPtraceDetach) or by the thread's death.
  it.each([
    {
      order: undefined,
      ends: 'Zombie',
      why: 'SIGUSR1 is not SIGCHLD, so that ignoring SIGCHLD does not count',
    },
    { order: 'youngest first', ends: 'Dead', why: 'the tracer has just left, so that it does' },
  ])('a zombie leader and its zombie thread are let go, order $order: $ends, for $why', ({ order, ends }) => {
    const s = scenario([tracer, { ...leader, tracer: 'tracer' }, { ...thread, tracer: 'tracer' }]).given(
      (now, id) => now.withGroup(id('leader'), { terminationSignal: 'SIGUSR1' }),
    )
    s.does('sigaction', { task: 'init', disposition: dispositions.ignore }).exits('leader').exits('thread')
    s.does('exit', { task: 'tracer', code: 0 }).goesOn('tracer', 'exitPtrace')
    s.does('exitPtrace', { task: 'tracer', order })
    expect(s.task('thread').exitState).toBe('Dead')
    expect(s.task('leader').exitState).toBe(ends)
  })

  it('the order is left open only where it tells', () => {
    const s = scenario([tracer, { ...leader, tracer: 'tracer' }, { ...thread, tracer: 'tracer' }])
    s.does('exit', { task: 'tracer', code: 0 }).goesOn('tracer', 'exitPtrace')
    expect(s.can('exitPtrace', { task: 'tracer', order: 'youngest first' })).toBe(false)
  })
})

describe('exitChildren and findReparentTarget', () => {
  it('children go to a sibling thread that has not begun to exit', () => {
    const s = scenario([leader, thread, { name: 'grandchild', parent: 'leader' }]).exits('leader')
    expect(s.task('grandchild').parent).toBe(s.id('thread'))
    expect(s.task('thread').children.has(s.id('grandchild'))).toBe(true)
  })

  it('without one, to the init of the namespace', () => {
    const s = scenario([parent, grandchild]).exits('parent')
    expect(s.task('grandchild').parent).toBe(s.id('init'))
  })

  it('if the init is going, to one of its threads', () => {
    const s = scenario([{ name: 'worker', group: 'init' }, parent, grandchild])
      .exits('init')
      .exits('parent')
    expect(s.task('grandchild').parent).toBe(s.id('worker'))
  })

  it('if nobody is left, to nobody, and the namespace is killed but for the own group', () => {
    const s = scenario([{ name: 'worker', group: 'init' }, child]).exits('init')
    expect(s.now.namespace(0).exiting).toBe(false)
    s.does('exit', { task: 'worker', code: 0 }).goesOn('worker', 'exitChildren')
    s.does('exitChildren', 'worker')
    expect(s.now.namespace(0).exiting).toBe(true)
    expect(s.task('child').pending.has('SIGKILL')).toBe(true)
    expect(s.task('worker').pending.isEmpty()).toBe(true)
  })

  it('the init of an inner namespace takes only that with it, and does not wait', () => {
    const s = scenario([
      { name: 'inner init', parent: 'init', founds: 'namespace' },
      { name: 'member', parent: 'inner init' },
    ]).exits('inner init')
    expect(s.now.namespace(s.id('inner init')).exiting).toBe(true)
    expect(s.now.namespace(0).exiting).toBe(false)
    expect(s.task('member').parent).toBe(null)
    expect(s.task('inner init').exitState).toBe('Zombie')
    expect(s.task('member').exitState).toBe('None')
  })

  it('whoever asked for it hears of the death of its parent, even where a sibling thread takes over', () => {
    const s = scenario([leader, thread, { name: 'grandchild', parent: 'leader' }])
      .does('setParentDeathSignal', { task: 'grandchild', signal: 'SIGTERM' })
      .does('exit', { task: 'leader', code: 0 })
      .goesOn('leader', 'exitChildren')
      .does('exitChildren', 'leader')
    expect(s.signals).toEqual(['SIGTERM to grandchild'])
  })
})

describe('the order of exitChildren', () => {
  const orphans = () =>
    scenario([parent, grandchild, { name: 'its thread', group: 'grandchild' }])
      .does('setParentDeathSignal', { task: 'grandchild', signal: 'SIGTERM' })
      .does('setParentDeathSignal', { task: 'its thread', signal: 'SIGTERM' })

  it.each([
    { order: undefined, woken: 'grandchild', asleep: 'its thread' },
    { order: 'youngest first', woken: 'its thread', asleep: 'grandchild' },
  ])(
    'decides which of two threads a parent death signal wakes: order $order, $woken',
    ({ order, woken, asleep }) => {
      const s = orphans().does('exit', { task: 'parent', code: 0 }).goesOn('parent', 'exitChildren')
      s.does('exitChildren', { task: 'parent', order })
      expect(s.group('grandchild').pending.toArray()).toEqual(['SIGTERM'])
      expect(s.task(woken).interrupted).toBe(true)
      expect(s.task(asleep).interrupted).toBe(false)
    },
  )

  it('is left open only there', () => {
    const s = scenario([parent, grandchild])
      .does('exit', { task: 'parent', code: 0 })
      .goesOn('parent', 'exitChildren')
    expect(s.can('exitChildren', { task: 'parent', order: 'youngest first' })).toBe(false)
  })
})

describe('reparentLocked', () => {
  const usr1 = (name: string) => (s: ReturnType<typeof scenario>) =>
    s.given((now, id) => now.withGroup(id(name), { terminationSignal: 'SIGUSR1' }))

  it('a thread changes its parent, and nothing else', () => {
    const s = usr1('grandchild')(scenario([parent, grandchild, { name: 'its thread', group: 'grandchild' }]))
    s.given((now, id) => now.withTask(id('its thread'), { exitParentNotified: true })).exits('parent')
    expect(s.task('its thread')).toMatchObject({ parent: 0, exitParentNotified: true })
  })

  it('within the thread group of the parent the termination signal stays', () => {
    const s = usr1('grandchild')(scenario([leader, thread, { name: 'grandchild', parent: 'leader' }]))
    expect(s.exits('leader').group('grandchild').terminationSignal).toBe('SIGUSR1')
  })

  it('in another group it is SIGCHLD again', () => {
    const s = usr1('grandchild')(scenario([parent, grandchild]))
    expect(s.exits('parent').group('grandchild').terminationSignal).toBe('SIGCHLD')
  })

  it('a zombie that its old parent was told of is announced to the new one', () => {
    const s = scenario([parent, grandchild]).exits('grandchild')
    s.does('exit', { task: 'parent', code: 0 })
      .goesOn('parent', 'exitChildren')
      .does('exitChildren', 'parent')
    expect(s.signals).toEqual(['SIGCHLD to init'])
    expect(s.task('grandchild')).toMatchObject({ exitParentNotified: true, exitParentAcked: false })
  })

  it('a zombie whose new parent ignores its children dies on the way, and is listed as its child all the same', () => {
    const s = scenario([parent, grandchild])
      .does('sigaction', { task: 'init', disposition: dispositions.ignore })
      .exits('grandchild')
      .exits('parent')
    expect(s.task('grandchild').exitState).toBe('Dead')
    expect(s.task('init').children.has(s.id('grandchild'))).toBe(true)
  })

  it('with nobody to be adopted by, a zombie dies', () => {
    const s = scenario([child]).exits('child').exits('init')
    expect(s.task('child').exitState).toBe('Dead')
  })
})

describe('runExitNotify', () => {
  it('the last sibling to become a zombie lets an execve go on', () => {
    const s = scenario([leader, thread, third]).does('execve', 'thread')
    s.goesOn('leader', 'exited')
    expect(s.task('thread').stop).toBe('exec')
    s.goesOn('third', 'exited')
    expect(s.task('thread').stop).toBe(null)
  })

  it('a killed execve has ended its stop before', () => {
    const s = scenario([leader, thread]).does('execve', 'thread')
    s.does('kill', { target: 'leader', signal: 'SIGKILL' }).goesOn('leader', 'exited')
    expect(s.task('thread').stop).toBe(null)
    s.does('afterExecStop', 'thread')
    expect(s.task('thread').runState).toBe('interrupt')
    expect(s.group('leader').execing).toBe(null)
    expect(s.group('leader').exitStatus.equals(killedBy('SIGKILL'))).toBe(true)
  })
})
