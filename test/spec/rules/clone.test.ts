import { expect, it } from 'vitest'
import { clones } from '../../../spec/menu.js'
import { scenario } from '../scenario.js'

it('a child that was interrupted before it ran looks for the reason once', () => {
  // A traced parent: the child exists, but does not run before the tracer could have been told.
  const s = scenario(
    [
      { name: 'tracer', parent: 'init' },
      { name: 'parent', parent: 'init', tracer: 'tracer' },
    ],
    {
      births: 1,
    },
  ).does('clone', { task: 'parent', form: clones.fork })
  expect(s.task('new1').runState).toBe('starting')

  s.does('kill', { target: 'new1', signal: 'SIGTERM' })
  expect(s.task('new1').interrupted).toBe(true)

  s.does('ptraceClone', 'parent')
  expect(s.task('new1')).toMatchObject({ runState: 'interrupt', interrupted: false })
})
