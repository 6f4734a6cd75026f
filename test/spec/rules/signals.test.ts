import { describe, expect, it } from 'vitest'
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
