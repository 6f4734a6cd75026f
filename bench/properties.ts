/**
 * Which properties hold under which profile: `tsx bench/properties.ts`. Searches every check in every profile, to the end
 * or to the bound of the check, and writes what was found to properties.json and, as a table, into README.md.
 *
 * It takes minutes: some ten million states. A test holds the table in README.md against properties.json.
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

function searched(profile: string): Found {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [
      join(root, 'bin', 'zombieproof.js'),
      'check',
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
  const verdicts: Record<string, Verdict> = {}
  for (const { properties } of checks)
    for (const { name, kind, verdict } of properties) {
      if (kind === 'cover') continue
      const now = broken.includes(verdict) ? 'violated' : (verdict as Verdict)
      // Violated in one check counts more than holds in another, and that more than a search that a bound has stopped.
      const before = verdicts[name] ?? now
      verdicts[name] = strongest.find(it => it === now || it === before) ?? now
    }
  return { states: checks.reduce((sum, { states }) => sum + states, 0), verdicts }
}

const found: Record<string, Found> = {}
for (const { name } of suite.profiles) {
  process.stderr.write(`${name} …\n`)
  found[name] = searched(name)
}
const recorded: Recorded = { profiles: found }
writeFileSync(join(root, 'bench', 'properties.json'), `${JSON.stringify(recorded, null, 2)}\n`)
const readme = join(root, 'README.md')
writeFileSync(readme, inReadme(readFileSync(readme, 'utf8'), recorded))
