/**
 * Who hears of an exit: the cases listed above runExitNotify in the source, one after the other.
 */
import { describe, expect, it } from 'vitest'
import { dispositions, waits } from '../../../spec/menu.js'
import type { Signal } from '../../../spec/signals.js'
import { scenario } from '../scenario.js'

const child = { name: 'child', parent: 'init' } as const
const parent = { name: 'parent', parent: 'init' } as const
const leader = { name: 'leader', parent: 'init' } as const
const thread = { name: 'thread', group: 'leader' } as const
const tracer = { name: 'tracer', parent: 'init' } as const

/** Exits, with the last step being runExitNotify. */
const exits = (s: ReturnType<typeof scenario>, task: string) => s.exits(task)

const announces = (s: ReturnType<typeof scenario>, task: string, signal: Signal | null) =>
  s.given((now, id) => now.withGroup(id(task), { terminationSignal: signal }))

describe('not a leader', () => {
  it('without a tracer: nobody hears, and it is reaped at once', () => {
    const s = exits(scenario([leader, thread]), 'thread')
    expect(s.signals).toEqual([])
    expect(s.task('thread').exitState).toBe('Dead')
    expect(s.group('leader').tasks.toArray()).toEqual([s.id('leader')])
  })

  it('with a tracer: it is reaped when the tracer has waited', () => {
    const s = exits(scenario([tracer, leader, { ...thread, tracer: 'tracer' }]), 'thread')
    expect(s.signals).toEqual(['SIGCHLD to tracer'])
    expect(s.task('thread').exitState).toBe('Zombie')
    s.waits('tracer', waits.all, 'thread')
    expect(s.task('thread').exitState).toBe('Dead')
  })

  it('with a tracer that leaves: it is reaped at once', () => {
    const s = exits(scenario([tracer, leader, { ...thread, tracer: 'tracer' }]), 'thread').exits('tracer')
    expect(s.task('thread').exitState).toBe('Dead')
  })

  it('with a tracer in the parent’s group: only as tracer', () => {
    const s = exits(scenario([leader, { ...thread, tracer: 'init' }]), 'thread')
    expect(s.task('thread')).toMatchObject({ exitTracerNotified: true, exitParentNotified: false })
    expect(s.waits('init', waits.all, 'thread').task('thread').exitState).toBe('Dead')
  })
})

describe('a leader without a tracer', () => {
  it('stays a zombie of which nobody hears until its group is otherwise empty', () => {
    const s = exits(scenario([leader, thread]), 'leader')
    expect(s.signals).toEqual([])
    expect(s.task('leader')).toMatchObject({ exitState: 'Zombie', exitParentNotified: false })
    expect(exits(s, 'thread').signals).toEqual(['SIGCHLD to init'])
    expect(s.waits('init', waits.any, 'leader').task('leader').exitState).toBe('Dead')
  })

  it('of no parent: it dies', () => {
    const s = exits(scenario([]), 'init')
    expect(s.task('init').exitState).toBe('Dead')
    expect(s.now.processGroup(0).refs).toBe(0)
    expect(s.now.session(0).refs).toBe(0)
  })

  it.each`
    disposition    | signal       | sent                   | state
    ${'default'}   | ${'SIGCHLD'} | ${['SIGCHLD to init']} | ${'Zombie'}
    ${'handler'}   | ${'SIGCHLD'} | ${['SIGCHLD to init']} | ${'Zombie'}
    ${'ignore'}    | ${'SIGCHLD'} | ${[]}                  | ${'Dead'}
    ${'noCldWait'} | ${'SIGCHLD'} | ${['SIGCHLD to init']} | ${'Dead'}
    ${'ignore'}    | ${'SIGUSR1'} | ${['SIGUSR1 to init']} | ${'Zombie'}
    ${'noCldWait'} | ${'SIGUSR1'} | ${['SIGUSR1 to init']} | ${'Zombie'}
    ${'default'}   | ${null}      | ${[]}                  | ${'Zombie'}
  `(
    'termination signal $signal, the parent’s SIGCHLD $disposition: $state',
    ({
      disposition,
      signal,
      sent,
      state,
    }: {
      disposition: keyof typeof dispositions
      signal: Signal | null
      sent: readonly string[]
      state: string
    }) => {
      const s = announces(scenario([child]), 'child', signal)
      if (disposition !== 'default')
        s.does('sigaction', { task: 'init', disposition: dispositions[disposition] })
      expect(exits(s, 'child').signals).toEqual(sent)
      expect(s.task('child').exitState).toBe(state)
    },
  )
})

describe('a leader with a tracer outside the parent’s group', () => {
  const traced = () => exits(scenario([tracer, { ...child, tracer: 'tracer' }]), 'child')

  it('the tracer hears first, the parent when it has waited', () => {
    const s = traced()
    expect(s.signals).toEqual(['SIGCHLD to tracer'])
    expect(s.waits('init', waits.any).refused).toBe('sleeps')
    expect(s.waits('tracer', waits.any, 'child').signals).toEqual(['SIGCHLD to init'])
    expect(s.task('child')).toMatchObject({ exitState: 'Zombie', tracer: null })
    expect(s.task('init').waitNotified).toBe(true)
    s.does('waitRetry', { task: 'init', pick: 'child' })
    expect(s.task('child').exitState).toBe('Dead')
  })

  it('or when it has left', () => {
    const s = traced()
      .does('exit', { task: 'tracer', code: 0 })
      .goesOn('tracer', 'exitPtrace')
      .does('exitPtrace', 'tracer')
    expect(s.signals).toEqual(['SIGCHLD to init'])
  })

  it('who leaves makes the disposition of SIGCHLD count, whatever the termination signal', () => {
    const s = announces(traced(), 'child', 'SIGUSR1')
    s.does('sigaction', { task: 'init', disposition: dispositions.ignore }).exits('tracer')
    expect(s.task('child').exitState).toBe('Dead')
  })

  it('who waits does not', () => {
    const s = announces(traced(), 'child', 'SIGUSR1')
    s.does('sigaction', { task: 'init', disposition: dispositions.ignore }).waits(
      'tracer',
      waits.all,
      'child',
    )
    expect(s.task('child').exitState).toBe('Zombie')
  })

  it('the tracer cannot wait before the group is empty, but has been told', () => {
    const s = exits(scenario([tracer, { ...leader, tracer: 'tracer' }, thread]), 'leader')
    expect(s.signals).toEqual(['SIGCHLD to tracer'])
    expect(s.waits('tracer', waits.any).refused).toBe('sleeps')
    exits(s, 'thread')
    // A bug of the seed: nothing tells the tracer that it may wait now.
    expect(s.task('tracer').waitNotified).toBe(false)
  })
})

describe('a leader whose tracer is in the parent’s group', () => {
  it('the group is empty: the parent hears by the termination signal, and one wait settles both', () => {
    const s = announces(scenario([{ ...child, tracer: 'init' }]), 'child', 'SIGUSR1')
    expect(exits(s, 'child').signals).toEqual(['SIGUSR1 to init'])
    expect(s.task('child')).toMatchObject({
      exitTracerNotified: true,
      exitParentNotified: true,
      exitTracerAcked: false,
    })
    expect(s.waits('init', waits.all, 'child').task('child').exitState).toBe('Dead')
  })

  it('ignoring SIGCHLD does not count while it traces', () => {
    const s = scenario([{ ...child, tracer: 'init' }]).does('sigaction', {
      task: 'init',
      disposition: dispositions.ignore,
    })
    expect(exits(s, 'child').task('child').exitState).toBe('Zombie')
  })

  it('the group is not empty: the parent hears by SIGCHLD, and can collect only when it is', () => {
    const s = announces(scenario([{ ...leader, tracer: 'init' }, thread]), 'leader', 'SIGUSR1')
    expect(exits(s, 'leader').signals).toEqual(['SIGCHLD to init'])
    expect(s.waits('init', waits.all).refused).toBe('sleeps')
  })

  it('a tracing parent that exits leaves the zombie to its own parent', () => {
    const s = scenario([parent, { name: 'child', parent: 'parent', tracer: 'parent' }])
    exits(s, 'child').exits('parent')
    expect(s.task('child')).toMatchObject({ exitState: 'Zombie', parent: 0, tracer: null })
    expect(s.waits('init', waits.any, 'child').task('child').exitState).toBe('Dead')
  })
})

describe('reaping', () => {
  it('releases the ids in the namespace of the task and in all above', () => {
    const s = scenario([
      { name: 'inner init', parent: 'init', founds: 'namespace' },
      { name: 'member', parent: 'inner init' },
    ])
    exits(s, 'member').waits('inner init', waits.any, 'member')
    expect(s.now.namespace(0).tids.has(s.id('member'))).toBe(false)
    expect(s.now.namespace(s.id('inner init')).tids.has(s.id('member'))).toBe(false)
    expect(s.seen).toContainEqual({ kind: 'released', task: s.id('member'), tid: s.id('member') })
  })

  it('forgets who was last sent a timer signal', () => {
    const s = scenario([leader, thread]).given((now, id) =>
      now.withGroup(id('leader'), { lastTimerSignalTask: id('thread') }),
    )
    expect(exits(s, 'thread').group('leader').lastTimerSignalTask).toBe(null)
  })

  it('promotes the thread that executes, and reaps the old leader without asking its tracer', () => {
    const s = scenario([tracer, { ...leader, tracer: 'tracer' }, thread]).does('execve', 'thread')
    s.goesOn('leader', 'exited').does('afterExecStop', 'thread')
    expect(s.task('leader')).toMatchObject({ exitState: 'Dead', tracer: null })
    expect(s.group('thread').leader).toBe(s.id('thread'))
    expect(s.now.namespace(0).tids.get(s.id('thread'))).toBe(s.id('leader'))
  })
})
