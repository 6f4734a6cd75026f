/** Cores that cannot be compared, and traces of checks that are not listed. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { fitTrace } from '../../checker/cli/fit.js'
import { UsageError } from '../../checker/errors.js'
import { replay } from '../../checker/explore/replay.js'
import { traceDocument } from '../../checker/itf/write.js'
import { suite } from '../../checks/suite.js'
import { materialise } from '../../checks/verify/against.js'
import { coreImplementation } from '../../checks/verify/implementation.js'
import { loadCore } from '../../checks/verify/load.js'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'zombieproof-load-'))
  await mkdir(join(folder, 'src'))
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }\n')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const core = (text: string) => writeFile(join(folder, 'src', 'index.ts'), text)

it('a core that is no program is told as what it is', async () => {
  await core("throw new Error('not yet')\n")
  await expect(loadCore(folder, 'of the revision v1')).rejects.toThrow(
    new UsageError(
      'The core of the revision v1 cannot be loaded: not yet',
      'Name another revision: git log --oneline -- src',
    ),
  )
  await core('export const = 1\n')
  await expect(loadCore(folder, 'in this working tree')).rejects.toThrow(
    /^The core in this working tree cannot be loaded: /,
  )
})

it('a core that lacks what is asked of it is told by what it lacks', async () => {
  await core('export class TaskSet {}\n')
  await expect(loadCore(folder, 'of the revision v1')).rejects.toThrow(
    new UsageError(
      'The core of the revision v1 cannot be verified: it has no ExitStatus.',
      'Name a revision whose src/index.ts exports it.',
    ),
  )
})

it.each(['no-such-revision', '', '--help', 'HEAD:src'])('%j is no revision', async name => {
  await expect(materialise(name)).rejects.toThrow(
    new UsageError(
      `There is no revision '${name}' in this repository.`,
      'Name a commit, a branch or a tag: git log --oneline -- src',
    ),
  )
})

it('a trace of a check that is not listed fits, to be replayed on the core', async () => {
  const check = suite.furtherChecks?.find(({ name }) => name === 'terminal-stops')
  const model = check?.build({ profile: 'gvisor-2018', topologies: ['pair'] })
  const [initial] = model?.initial ?? []
  const rule = model?.rules.find(({ name }) => name === 'kill')
  if (model === undefined || initial === undefined || rule === undefined) throw new Error('no such check')
  const choice = rule.choices.find(it => rule.guard(initial.state, it))
  const { steps } = replay(model, { initial, actions: [{ rule, choice }] })
  const { properties } = await coreImplementation.load()
  const [property] = properties(model)
  const document = traceDocument({ model, initial, steps }, property as NonNullable<typeof property>, {
    check: 'terminal-stops',
    profile: 'gvisor-2018',
    features: ['stop'],
    topologies: ['pair'],
    alsoIn: [],
  })
  const fitting = fitTrace(suite, document, 'trace.itf.json', 'compared', properties)
  expect(fitting.check.name).toBe('terminal-stops')
  expect(suite.checks).not.toContain(fitting.check)
  expect(fitting.shows).toBe(false)
})
