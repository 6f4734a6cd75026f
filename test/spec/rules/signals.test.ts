import { describe, expect, it } from 'vitest'
import { waits } from '../../../spec/menu.js'
import { scenario } from '../scenario.js'

const leader = { name: 'leader', parent: 'init' } as const
const thread = { name: 'thread', group: 'leader' } as const

describe('kill(2) by the id of a thread', () => {
  it('is for the whole group, but wakes that thread first', () => {
    const s = scenario([leader, thread]).does('kill', { target: 'thread', signal: 'SIGTERM' })
    expect(s.group('leader').pending.toArray()).toEqual(['SIGTERM'])
    expect(s.task('thread').interrupted).toBe(true)
    expect(s.task('leader').interrupted).toBe(false)
  })

  it('asks the tracer of that thread whether an ignored signal is worth queueing', () => {
    const traced = () =>
      scenario([{ name: 'tracer', parent: 'init' }, leader, { ...thread, tracer: 'tracer' }])
    const toLeader = traced().does('kill', { target: 'leader', signal: 'SIGCONT' })
    expect(toLeader.group('leader').pending.isEmpty()).toBe(true)
    const toThread = traced().does('kill', { target: 'thread', signal: 'SIGCONT' })
    expect(toThread.group('leader').pending.toArray()).toEqual(['SIGCONT'])
  })

  it('reaches nobody who has been reaped', () => {
    const s = scenario([leader, thread]).exits('thread')
    expect(s.can('kill', { target: 'thread', signal: 'SIGTERM' })).toBe(false)
  })
})

describe('kill(-1)', () => {
  const processes = [
    { name: 'inner init', parent: 'init', founds: 'namespace' },
    { name: 'member', parent: 'inner init' },
    { name: 'sibling', parent: 'inner init' },
  ] as const

  it.each`
    task            | signals
    ${'init'}       | ${['SIGKILL to inner init', 'SIGKILL to member', 'SIGKILL to sibling']}
    ${'inner init'} | ${['SIGKILL to member', 'SIGKILL to sibling']}
    ${'member'}     | ${['SIGKILL to sibling']}
  `('by $task is for those that it sees, but not its process nor the init there', ({ task, signals }) => {
    expect(scenario(processes).does('killAll', { task, signal: 'SIGKILL' }).signals).toEqual(signals)
  })

  it('has nobody to signal where there are the caller and the init alone', () => {
    const s = scenario([leader, thread])
    expect(s.can('killAll', { task: 'thread', signal: 'SIGKILL' })).toBe(false)
    expect(s.can('killAll', { task: 'init', signal: 'SIGKILL' })).toBe(true)
  })

  it('is for a zombie as well, and not for who has been reaped', () => {
    const s = scenario([leader, { name: 'child', parent: 'leader' }]).exits('child')
    expect(s.can('killAll', { task: 'leader', signal: 'SIGKILL' })).toBe(true)
    s.waits('leader', waits.any, 'child')
    expect(s.can('killAll', { task: 'leader', signal: 'SIGKILL' })).toBe(false)
  })
})
