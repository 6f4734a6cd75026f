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
