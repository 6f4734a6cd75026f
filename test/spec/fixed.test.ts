/**
 * Profile gvisor-fixed: with every fault mended all properties hold, and with any one of them unmended again, what the
 * catalogue says of it is violated. So no switch is there for nothing, and none hides another fault.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { deadlockVerdict, isNoDeadlock, propertiesOf } from '../../checker/cli/deadlock.js'
import { exploreFast } from '../../checker/engine/explore.js'
import { isTemporal } from '../../checker/model.js'
import { buildModel } from '../../checks/build.js'
import { questions } from '../../checks/questions.js'
import { suite } from '../../checks/suite.js'
import { gvisor2018, gvisorFixed, type Switches } from '../../spec/profile.js'

type Switch = keyof Switches

const fixes = (Object.keys(gvisorFixed.switches) as Switch[]).filter(
  name => gvisorFixed.switches[name] !== gvisor2018.switches[name],
)

const checkNamed = (name: string) => {
  const check = suite.checks.find(it => it.name === name)
  const question = questions.find(it => it.name === name)
  if (check === undefined || question === undefined) throw new Error(`no check ${name}`)
  return { check, question }
}

/** What one switch mends. */
type Fault = {
  readonly fix: Switch
  readonly property: string
  readonly check: string
  readonly topology?: string
}

const cells = (line: string): readonly string[] => line.split('|').map(cell => cell.trim())
const unquoted = (cell: string): string => cell.replaceAll('`', '')

/** The rows of the catalogue: those with a file, and those that show only when the others are mended. */
const faults: readonly Fault[] = readFileSync(join(suite.counterexamples, 'README.md'), 'utf8')
  .split('\n')
  .filter(line => / \| `\w+` \|$/.test(line))
  .map(line => {
    const [, name = '', property = '', , , fix = ''] = cells(line)
    const file = /^\[([\w-]+)\]/.exec(name)?.[1]
    if (file === undefined) return { fix: unquoted(fix) as Switch, property: name, check: unquoted(property) }
    const document = JSON.parse(readFileSync(join(suite.counterexamples, `${file}.itf.json`), 'utf8'))
    const { check, topology } = document['#meta'].zombieproof as { check: string; topology: string }
    return { fix: unquoted(fix) as Switch, property, check, topology }
  })

/** gvisor-fixed, without one of its fixes. */
const without = (fix: Switch) => ({
  ...gvisorFixed,
  switches: { ...gvisorFixed.switches, [fix]: gvisor2018.switches[fix] },
})

it('every fix mends something of the catalogue, and everything in the catalogue has its fix', () => {
  expect([...new Set(faults.map(({ fix }) => fix))].toSorted()).toEqual(fixes.toSorted())
})

describe('unmended again:', () => {
  it.each(faults)('$fix: $property, in $check', async ({ fix, property: name, check: of, topology }) => {
    const { check, question } = checkNamed(of)
    const model = buildModel(
      question,
      { profile: gvisorFixed.name, topologies: topology === undefined ? undefined : [topology] },
      without(fix),
    )
    const property = check.properties.find(it => it.name === name)
    if (property === undefined) throw new Error(`${of} does not ask for ${name}`)
    // A temporal property is judged on the whole space; any other where it is first broken.
    for (const depth of isTemporal(property) ? [undefined] : [4, 8, 16, undefined]) {
      const { verdicts } = await exploreFast(model, [property], { depth })
      if (verdicts[0]?.verdict === 'violated') return
    }
    expect.fail(`${name} holds without ${fix}`)
  })
})

/** A check with a bound goes twice as deep: traced-continues closes at 64 steps, 4 092 466 states, which take too long for a test. */
describe('with every fault mended, all holds:', () => {
  it.each(suite.checks)(
    '$name',
    async check => {
      const model = check.build({ profile: gvisorFixed.name })
      const properties = propertiesOf(check, model).filter(({ kind }) => kind !== 'cover')
      const { bound } = checkNamed(check.name).question
      const depth = bound === undefined ? undefined : 2 * bound.depth
      const exploration = await exploreFast(
        model,
        properties.filter(property => !isNoDeadlock(property)),
        { depth },
      )
      const deadlocks = properties.filter(isNoDeadlock).map(it => deadlockVerdict(it, exploration))
      if (bound === undefined) expect(exploration.complete).toBe(true)
      const fine = exploration.complete ? 'holds' : 'stopped'
      const rest = [...exploration.verdicts, ...deadlocks].filter(({ verdict }) => verdict !== fine)
      expect(rest.map(({ property }) => property.name)).toEqual([])
    },
    300_000,
  )
})
