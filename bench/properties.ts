/**
 * Which properties hold under which profile: `tsx bench/properties.ts`. Searches every check in every profile, to the end
 * or to the bound of the check, and writes what was found to properties.json and, as a table, into README.md.
 *
 * It takes minutes: some ten million states. With names of checks that were written since, it searches these alone, and adds
 * what it finds. A test holds the table in README.md against properties.json.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { suite } from '../checks/suite.js'
import { type Found, inReadme, type Recorded, type Verdict } from './properties-table.js'

const root = join(import.meta.dirname, '..')

interface Document {
  readonly checks: readonly {
    readonly name: string
    readonly states: number
    readonly properties: readonly { readonly name: string; readonly kind: string; readonly verdict: string }[]
  }[]
}

const broken: readonly string[] = ['violated', 'known']
const strongest: readonly Verdict[] = ['violated', 'holds', 'stopped']

function searched(profile: string, names: readonly string[]): Found {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [
      join(root, 'bin', 'zombieproof.js'),
      'check',
      ...names,
      '--profile',
      profile,
      '--json',
      '--workers',
      `${availableParallelism()}`,
    ],
    { encoding: 'utf8', maxBuffer: 2 ** 30, cwd: root },
  )
  if (status !== 0 && status !== 1)
    throw new Error(`check --profile ${profile} ended with ${status}: ${stderr}`)
  const { checks } = JSON.parse(stdout) as Document
  return checks
    .map(
      ({ states, properties }): Found => ({
        states,
        verdicts: Object.fromEntries(
          properties
            .filter(({ kind }) => kind !== 'cover')
            .map(({ name, verdict }) => [name, broken.includes(verdict) ? 'violated' : (verdict as Verdict)]),
        ),
      }),
    )
    .reduce(together, { states: 0, verdicts: {} })
}

/** Violated in one check counts more than holds in another, and that more than a search that a bound has stopped. */
function together(a: Found, b: Found): Found {
  const verdicts: Record<string, Verdict> = { ...a.verdicts }
  for (const [name, now] of Object.entries(b.verdicts))
    verdicts[name] = strongest.find(it => it === now || it === verdicts[name]) ?? now
  return { states: a.states + b.states, verdicts }
}

const file = join(root, 'bench', 'properties.json')
const asked = process.argv.slice(2)
const before = JSON.parse(readFileSync(file, 'utf8')) as Recorded
const again = asked.filter(name => before.checks.includes(name))
if (again.length > 0) throw new Error(`searched before: ${again.join(', ')}; search all anew, without names`)

const found: Record<string, Found> = {}
for (const { name } of suite.profiles) {
  process.stderr.write(`${name} …\n`)
  const now = searched(name, asked)
  const known = asked.length === 0 ? undefined : before.profiles[name]
  found[name] = known === undefined ? now : together(known, now)
}
const checks = asked.length === 0 ? suite.checks.map(({ name }) => name) : [...before.checks, ...asked]
const recorded: Recorded = { checks, profiles: found }
writeFileSync(file, `${JSON.stringify(recorded, null, 2)}\n`)
const readme = join(root, 'README.md')
writeFileSync(readme, inReadme(readFileSync(readme, 'utf8'), recorded))
