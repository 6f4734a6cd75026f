/**
 * Several threads find what one finds: of the examples, of checks of the default suite, and of a mutant.
 *
 * With ZOMBIEPROOF_SLOW=1, of every check, with 2, 3 and 4 threads.
 */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { isNoDeadlock } from '../../checker/cli/deadlock.js'
import { processIo } from '../../checker/cli/io.js'
import { withModelFile } from '../../checker/cli/model-file.js'
import { sourceOf } from '../../checker/cli/rebuild.js'
import { exploreFast } from '../../checker/engine/explore.js'
import type { ExploreOptions } from '../../checker/explore/result.js'
import type { BuildOptions, CheckDefinition, Suite } from '../../checker/suite.js'
import { suite } from '../../checks/suite.js'
import { comparable } from '../checker/engine/same.js'

// Every thread builds its model, which takes a while where others want the machine as well.
vi.setConfig({ testTimeout: 600_000 })

const isSlowWanted = process.env.ZOMBIEPROOF_SLOW === '1'

const expectSame = async <S>(
  of: Suite<S>,
  check: CheckDefinition<S>,
  build: BuildOptions,
  workers: readonly number[],
  options: ExploreOptions = {},
): Promise<void> => {
  const properties = check.properties.filter(property => !isNoDeadlock(property))
  const one = comparable(await exploreFast(check.build(build), properties, { ...options, symmetry: false }))
  for (const threads of workers) {
    const found = await exploreFast(check.build(build), properties, {
      ...options,
      symmetry: false,
      source: sourceOf(of, check, build, properties),
      workers: threads,
      workersFrom: 0,
    })
    expect(comparable(found)).toEqual(one)
  }
}

const folder = join(import.meta.dirname, '..', '..', 'examples')
const examples = readdirSync(folder).filter(name => name.endsWith('.ts'))

describe('examples', () => {
  it.each(examples.map((name, at) => ({ name, at })))('$name', async ({ name, at }) => {
    await withModelFile(join(folder, name), processIo(), async own => {
      for (const check of own.checks)
        await expectSame(
          own,
          check,
          { profile: own.defaultProfile },
          isSlowWanted ? [2, 3, 4] : [2 + (at % 3)],
        )
    })
  })
})

describe('checks of the default suite', () => {
  const { defaultProfile: profile } = suite
  const few = ['threads', 'vfork']
  const wanted = suite.checks.filter(({ name }) => isSlowWanted || few.includes(name))

  it.each(wanted)('$name, to a depth of 5', async check => {
    await expectSame(suite, check, { profile }, isSlowWanted ? [2, 3, 4] : [3], { depth: 5 })
  })

  it('with a deliberate fault, the violation and its trace', async () => {
    const [{ name, check: caughtBy, depth }] = suite.mutants as [(typeof suite.mutants)[number]]
    const check = suite.checks.find(other => other.name === caughtBy) as (typeof suite.checks)[number]
    await expectSame(suite, check, { profile, mutant: name }, [2], { depth })
  })
})
