import { describe, expect, it } from 'vitest'
import { dispositions } from '../../../spec/menu.js'
import { sessionRefsCounts } from '../../../spec/properties/index.js'
import { scenario } from '../scenario.js'

it('an init that lists a dead child of a process group that is gone counts on it in setsid, where the source panics', () => {
  const s = scenario([
    { name: 'inner init', parent: 'init', founds: 'namespace' },
    { name: 'job', parent: 'inner init', leads: 'process group' },
    { name: 'helper', parent: 'job' },
  ]).does('sigaction', { task: 'inner init', disposition: dispositions.ignore })

  // The zombie helper goes to the inner init, which ignores its children, and is listed after it has died.
  s.exits('helper').exits('job')
  expect(s.task('helper').exitState).toBe('Dead')
  expect(s.task('inner init').children.toArray()).toEqual([s.id('helper')])
  expect(s.now.processGroup(s.id('job')).refs).toBe(0)
  expect(sessionRefsCounts.holds(s.now)).toBe(true)

  s.does('setsid', 'inner init')
  expect(sessionRefsCounts.holds(s.now)).toBe(false)
})

describe('setpgid to the process group that the process is in', () => {
  const job = [
    { name: 'shell', parent: 'init' },
    { name: 'daemon', parent: 'shell', leads: 'session', stopped: 'reported' },
    { name: 'job', parent: 'shell', leads: 'process group' },
    { name: 'member', parent: 'job', stopped: 'reported' },
  ] as const

  it('counts the children anew, and hangs up those whose process group is an orphan with stopped members', () => {
    const s = scenario(job)
    const before = s.now
    s.does('setpgid', { task: 'shell', target: 'shell', processGroup: 'init' })
    expect(s.signals).toEqual(['SIGHUP to daemon', 'SIGCONT to daemon'])
    for (const pg of ['init', 'daemon', 'job'].map(name => s.id(name)))
      expect(s.now.processGroup(pg)).toEqual(before.processGroup(pg))
  })

  it('hangs up the own process group, if it is such an orphan', () => {
    const s = scenario([
      { name: 'leader', parent: 'init', leads: 'session' },
      { name: 'mover', parent: 'leader' },
      { name: 'stopped', parent: 'leader', stopped: 'reported' },
    ]).does('setpgid', { task: 'mover', target: 'mover', processGroup: 'leader' })
    expect(s.signals).toEqual(
      ['leader', 'mover', 'stopped'].flatMap(name => [`SIGHUP to ${name}`, `SIGCONT to ${name}`]),
    )
  })

  it.each`
    where                                                             | tasks                                                               | move
    ${'nobody is stopped'}                                            | ${[{ name: 'child', parent: 'init' }]}                              | ${{ task: 'child', target: 'child', processGroup: 'init' }}
    ${'somebody above keeps the process group'}                       | ${job}                                                              | ${{ task: 'job', target: 'member', processGroup: 'job' }}
    ${'the process has founded it, which CreateProcessGroup refuses'} | ${[...job, { name: 'own', parent: 'job', leads: 'process group' }]} | ${{ task: 'own', target: 'own', processGroup: 'own' }}
  `('is not tried where $where', ({ tasks, move }) => {
    expect(scenario(tasks).can('setpgid', move)).toBe(false)
  })

  it('is not tried for a child that has executed a program, which JoinProcessGroup refuses', () => {
    const s = scenario([
      { name: 'leader', parent: 'init', leads: 'session' },
      { name: 'child', parent: 'leader' },
      { name: 'stopped', parent: 'leader', stopped: 'reported' },
    ])
    const move = { task: 'leader', target: 'child', processGroup: 'leader' }
    expect(s.can('setpgid', move)).toBe(true)
    s.does('execve', 'child').goesOn('child', 'app')
    expect(s.can('setpgid', move)).toBe(false)
    expect(s.can('setpgid', { ...move, task: 'child' })).toBe(true)
  })

  it('changes nothing in Linux', () => {
    const s = scenario(job, { switches: { orphanedGroups: 'are looked for at exits' } })
    expect(s.can('setpgid', { task: 'shell', target: 'shell', processGroup: 'init' })).toBe(false)
  })
})
