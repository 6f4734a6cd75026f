/** Faults of the core that are left to its tests: each reason names tests that there are. */
import { existsSync } from 'node:fs'
import { expect, it } from 'vitest'
import { mutantsOf, readSources } from '../../checks/verify/mutants/build.js'
import { askedOfTests } from '../../checks/verify/mutants/by-tests.js'

it('the tests exist that a reason leaves a mutant to', async () => {
  const sources = await readSources()
  const all = ['test/src/restore.test.ts', 'test/src/task.test.ts']
  const asked = askedOfTests(sources, mutantsOf(sources), all)
  const of = (name: string) => asked.find(({ mutant }) => mutant.name === name)?.tests
  expect(of('wait.ts cancel: task.waiting = null → nothing')).toEqual(['test/src/task.test.ts'])
  // A reason that names no file means all of them.
  expect(of('task-set.ts wake: this.#woken.add(task) → nothing')).toEqual(all)
  // What the comparison has to catch is not left to tests.
  expect(of('exit.ts runExitNotify: group.liveTasks-- → nothing')).toBeUndefined()
  for (const test of new Set(asked.flatMap(({ tests }) => tests))) expect(existsSync(test), test).toBe(true)
})
