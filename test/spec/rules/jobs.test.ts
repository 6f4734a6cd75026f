import { expect, it } from 'vitest'
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
