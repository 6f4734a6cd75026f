import { describe, expect, it } from 'vitest'
import { dispositions } from '../../../spec/menu.js'
import { scenario } from '../scenario.js'

const child = { name: 'child', parent: 'init' } as const

describe('sigaction and prctl are system calls like any other', () => {
  it.each(['sigaction', 'setParentDeathSignal'])(
    'after %s an interrupt is noticed before the program makes another call',
    call => {
      const s = scenario([child]).does('kill', { target: 'child', signal: 'SIGTERM' })
      const argument = call === 'sigaction' ? { disposition: dispositions.ignore } : { signal: 'SIGTERM' }
      s.does(call, { task: 'child', ...argument })

      expect(s.task('child').runState).toBe('interrupt')
      expect(s.can('exit', { task: 'child', code: 1 })).toBe(false)
    },
  )
})

describe('sigaction of a disposition that is set already', () => {
  const traced = () =>
    scenario([child, { name: 'tracer', parent: 'init' }, { name: 'grandchild', parent: 'child' }])

  it('discards the ignored SIGCHLD that a tracee has pending', () => {
    const s = traced().given((now, id) =>
      now
        .withTask(id('child'), { tracer: id('tracer') })
        .withTask(id('tracer'), { tracees: now.task(id('tracer')).tracees.add(id('child')) }),
    )
    s.exits('grandchild')
    expect(s.group('child').pending.toArray()).toEqual(['SIGCHLD'])

    s.does('sigaction', { task: 'child', disposition: dispositions.default })
    expect(s.group('child').pending.toArray()).toEqual([])
  })

  it('is not tried where it changes nothing', () => {
    expect(traced().can('sigaction', { task: 'child', disposition: dispositions.default })).toBe(false)
  })
})
