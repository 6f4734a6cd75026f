/** What a check is refused that cannot be built. */
import { expect, it } from 'vitest'
import { UsageError } from '../../checker/errors.js'
import { suite } from '../../checks/suite.js'

it('more tasks than topologies can be listed for are a mistake of the user, not of the program', () => {
  const [check] = suite.checks
  const build = () => check?.build({ profile: 'gvisor-2018', tasks: 6 })
  expect(build).toThrow(UsageError)
  expect(build).toThrow('Every topology of at most 6 tasks cannot be listed.')
})
