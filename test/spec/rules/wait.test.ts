import { describe, expect, it } from 'vitest'
import { dispositions, waits } from '../../../spec/menu.js'
import type { Switches } from '../../../spec/profile.js'
import { type Scenario, scenario } from '../scenario.js'

const child = { name: 'child', parent: 'init' } as const
const other = { name: 'other', parent: 'init' } as const
const parent = { name: 'parent', parent: 'init' } as const
const grandchild = { name: 'grandchild', parent: 'parent' } as const
const leader = { name: 'leader', parent: 'init' } as const
const thread = { name: 'thread', group: 'leader' } as const
const tracer = { name: 'tracer', parent: 'init' } as const
const stopped = { ...child, stopped: 'unreported' } as const

const SIGSTOP = 19

const clone = (signal: 'SIGUSR1' | null, task = 'child') =>
  scenario([child]).given((now, id) => now.withGroup(id(task), { terminationSignal: signal }))

describe('matchesTask', () => {
  it('by id: only that task, or ECHILD', () => {
    const s = scenario([child, other]).exits('child')
    const byId = (name: string) => ({
      task: 'init',
      options: waits.task.options.set('specificTID', s.id(name)),
    })
    expect(s.does('wait', { ...byId('child'), pick: 'child' }).waited?.task).toBe('child')
    expect(s.can('wait', { ...byId('other'), pick: 'other' })).toBe(false)
    expect(s.does('wait', { ...byId('child'), pick: null }).refused).toBe('ECHILD')
  })

  it('by process group', () => {
    const s = scenario([{ ...child, leads: 'process group' }, other]).exits('other')
    const inGroup = (name: string) => ({
      task: 'init',
      options: waits.processGroup.options.set('specificPGID', s.id(name)),
    })
    expect(s.can('wait', { ...inGroup('child'), pick: 'other' })).toBe(false)
    expect(s.does('wait', { ...inGroup('init'), pick: 'other' }).waited?.task).toBe('other')
  })

  it.each`
    signal       | form       | found
    ${'SIGUSR1'} | ${'any'}   | ${false}
    ${'SIGUSR1'} | ${'all'}   | ${true}
    ${'SIGUSR1'} | ${'clone'} | ${true}
    ${null}      | ${'any'}   | ${false}
    ${null}      | ${'clone'} | ${true}
  `('a child with termination signal $signal, $form: found $found', ({ signal, form, found }) => {
    const s = clone(signal).exits('child')
    const options = waits[form as keyof typeof waits].options
    expect(s.can('wait', { task: 'init', options, pick: 'child' })).toBe(found)
  })

  it('__WCLONE passes a child that announces itself by SIGCHLD', () => {
    expect(scenario([child]).exits('child').waits('init', waits.clone).refused).toBe('ECHILD')
  })

  it('ids are those of the waiter’s namespace', () => {
    const s = scenario([
      { name: 'inner init', parent: 'init', founds: 'namespace' },
      { name: 'member', parent: 'inner init' },
    ])
    const outside = waits.task.options.set('specificTID', s.id('init'))
    expect(s.does('wait', { task: 'inner init', options: outside, pick: null }).refused).toBe('ECHILD')
  })
})

describe('waitOnce', () => {
  it('nothing yet: it sleeps, or with WNOHANG says so', () => {
    expect(scenario([child]).waits('init', waits.any).refused).toBe('sleeps')
    expect(scenario([child]).waits('init', waits.noHang).refused).toBe('ErrNoWaitableEvent')
    expect(scenario([child]).waits('child', waits.any).refused).toBe('ECHILD')
  })

  it('children of every thread of the group count', () => {
    const s = scenario([leader, thread, { name: 'grandchild', parent: 'leader' }]).exits('grandchild')
    expect(s.waits('thread', waits.any, 'grandchild').waited?.task).toBe('grandchild')
  })

  it('which of several is left open', () => {
    const s = scenario([child, other]).exits('child').exits('other')
    for (const pick of ['child', 'other'])
      expect(s.can('wait', { task: 'init', options: waits.any.options, pick })).toBe(true)
  })

  it('a thread of a child is no child to wait for', () => {
    const s = scenario([leader, { ...thread, tracer: 'leader2' }, { name: 'leader2', parent: 'init' }])
    s.exits('thread')
    expect(s.can('wait', { task: 'init', options: waits.all.options, pick: 'thread' })).toBe(false)
  })

  it('whoever does not ask for exits does not get one', () => {
    const s = scenario([child]).exits('child')
    expect(s.waits('init', waits.stopped).refused).toBe('ECHILD')
  })

  it('a child past Initiated stops no more', () => {
    const s = scenario([child]).does('exit', { task: 'child', code: 0 }).does('exitThreadGroup', 'child')
    expect(s.waits('init', waits.stopped).refused).toBe('ECHILD')
  })

  it('the stops of a child that the own group traces are ptrace-stops', () => {
    const s = scenario([stopped, tracer]).does('attach', { task: 'init', target: 'child' })
    expect(s.can('wait', { task: 'init', options: waits.stopped.options, pick: 'child' })).toBe(false)
    s.goesOn('child', 'enterGroupStop').does('enterGroupStop', 'child')
    const { status } = s.waits('init', waits.stopped, 'child').waited ?? {}
    expect(status).toBe((SIGSTOP << 8) | 0x7f)
    // What was returned once is not returned again.
    expect(s.waits('init', waits.stopped).refused).toBe('sleeps')
  })
})

describe('a sleeper', () => {
  it('is woken by an exit and looks again', () => {
    const s = scenario([child]).waits('init', waits.any).exits('child', 1)
    expect(s.does('waitRetry', { task: 'init', pick: 'child' }).waited).toEqual({
      task: 'child',
      status: 0x100,
    })
  })

  it('is woken when nobody is left, and fails', () => {
    const s = scenario([child]).does('sigaction', { task: 'init', disposition: dispositions.ignore })
    s.waits('init', waits.stopped).exits('child')
    expect(s.does('waitRetry', { task: 'init', pick: null }).refused).toBe('ECHILD')
  })

  it('is interrupted by a handled signal, and fails with EINTR', () => {
    const s = scenario([parent, grandchild]).does('sigaction', {
      task: 'parent',
      disposition: dispositions.handler,
    })
    s.waits('parent', waits.stopped).exits('grandchild')
    s.does('waitInterrupted', 'parent').does('runInterrupt', 'parent')
    expect(s.refused).toBe('EINTR')
  })

  it('is restarted after a signal that nobody handles', () => {
    const s = scenario([child]).waits('init', waits.any).does('tgkill', { target: 'init', signal: 'SIGSTOP' })
    s.does('waitInterrupted', 'init')
      .does('runInterrupt', 'init')
      .does('kill', { target: 'init', signal: 'SIGCONT' })
    s.goesOn('init', 'wait')
    expect(s.does('waitRetry', { task: 'init', pick: null }).refused).toBe('sleeps')
  })
})

describe('waitCollectZombieLocked', () => {
  it('the status of a task, or of its group if that was ended as a whole', () => {
    expect(scenario([child]).exits('child', 1).waits('init', waits.any, 'child').waited?.status).toBe(0x100)
    const s = scenario([leader, thread]).does('exit', { task: 'leader', code: 1 }).goesOn('leader', 'exited')
    s.does('kill', { target: 'thread', signal: 'SIGKILL' }).goesOn('thread', 'exited')
    // A peek tells what the task itself said: a bug of the seed.
    expect(s.waits('init', waits.peek, 'leader').waited?.status).toBe(0x100)
    expect(s.waits('init', waits.any, 'leader').waited?.status).toBe(9)
  })

  it('a peek leaves the zombie', () => {
    const s = scenario([child]).exits('child').waits('init', waits.peek, 'child')
    expect(s.task('child').exitState).toBe('Zombie')
  })

  it('a tracee is taken from the waiter’s tracees, even if another thread traces it: a bug of the seed', () => {
    const s = scenario([
      { name: 'worker', group: 'init' },
      { ...child, tracer: 'worker' },
    ]).exits('child')
    s.waits('init', waits.any, 'child')
    expect(s.task('child').exitState).toBe('Dead')
    expect(s.task('worker').tracees.has(s.id('child'))).toBe(true)
  })

  it('the parent takes over what child, threads and grandchildren have used', () => {
    const s = scenario([parent, { name: 'its thread', group: 'parent' }, grandchild], { accounting: true })
    s.exits('grandchild').waits('parent', waits.any, 'grandchild').exits('its thread').exits('parent')
    s.waits('init', waits.any, 'parent')
    expect(s.group('init').childCPUStats.toArray()).toEqual(
      ['parent', 'its thread', 'grandchild'].map(t => s.id(t)),
    )
    // The memory of the grandchild, in slot 3, was the largest.
    expect(s.group('init').childMaxRSS).toBe(4)
  })

  it('a tracer takes over nothing', () => {
    const s = scenario([tracer, { ...child, tracer: 'tracer' }], { accounting: true })
    s.exits('child').waits('tracer', waits.any, 'child')
    expect(s.group('tracer').childCPUStats.toArray()).toEqual([])
  })
})

describe('stops and continuations', () => {
  it('a group stop is returned once', () => {
    const s = scenario([stopped]).waits('init', waits.peekStopped, 'child')
    expect(s.waited?.status).toBe((SIGSTOP << 8) | 0x7f)
    expect(s.waits('init', waits.job, 'child').waited?.status).toBe((SIGSTOP << 8) | 0x7f)
    expect(s.waits('init', waits.job).refused).toBe('sleeps')
  })

  it('so is a continuation', () => {
    const s = scenario([{ ...child, stopped: 'reported' }]).does('kill', {
      target: 'child',
      signal: 'SIGCONT',
    })
    expect(s.waits('init', waits.peekStopped, 'child').waited?.status).toBe(0xffff)
    expect(s.waits('init', waits.continued, 'child').waited?.status).toBe(0xffff)
    expect(s.waits('init', waits.continued).refused).toBe('sleeps')
  })

  it('a tracee in a vfork stop is not stopped for its tracer', () => {
    const s = scenario([tracer, { ...parent, tracer: 'tracer' }, { ...grandchild, vforked: true }])
    expect(s.task('parent').stop).toBe('vfork')
    expect(s.waits('tracer', waits.all).refused).toBe('sleeps')
  })
})

describe('waitOnce, of a tracee whose leader has exited', () => {
  const waitsForContinuation = (switches: Partial<Switches>) =>
    scenario([tracer, { ...leader, tracer: 'tracer' }, thread], { switches }).exits('leader')
  const continues = (s: Scenario) =>
    s.given((now, id) => now.withGroup(id('leader'), { groupContWaitable: true }))
  const mended = { leaderlessStops: 'are looked for' } as const

  it('finds nobody who might continue, as in the source', () => {
    expect(waitsForContinuation({}).waits('tracer', waits.continued).refused).toBe('ECHILD')
  })

  it('mended, sleeps until the process continues', () => {
    const s = waitsForContinuation(mended)
    expect(s.waits('tracer', waits.continued).refused).toBe('sleeps')
    expect(continues(waitsForContinuation(mended)).waits('tracer', waits.continued, 'leader').waited).toEqual(
      {
        task: 'leader',
        status: 0xffff,
      },
    )
  })

  it('mended, is woken when the last active thread begins to exit, and finds nobody', () => {
    const s = waitsForContinuation(mended).waits('tracer', waits.continued)
    s.does('exit', { task: 'thread', code: 0 }).does('exitThreadGroup', 'thread')
    expect(s.task('tracer').waitNotified).toBe(true)
    expect(s.does('waitRetry', { task: 'tracer', pick: null }).refused).toBe('ECHILD')
  })
})
