import { describe, expect, it } from 'vitest'
import { scenario } from '../scenario.js'

describe('PTRACE_ATTACH names its target in the namespace of the caller', () => {
  const namespaced = () =>
    scenario([
      { name: 'outside', parent: 'init' },
      { name: 'inner init', parent: 'init', founds: 'namespace' },
      { name: 'member', parent: 'inner init' },
    ])

  it('from outside every task can be named', () => {
    const s = namespaced().does('attach', { task: 'outside', target: 'member' })
    expect(s.task('member').tracer).toBe(s.id('outside'))
  })

  it('from inside, those outside cannot', () => {
    const s = namespaced()
    expect(s.can('attach', { task: 'member', target: 'outside' })).toBe(false)
    expect(s.can('attach', { task: 'member', target: 'inner init' })).toBe(true)
  })
})
