/**
 * Which properties hold under which profile: `tsx bench/properties.ts`. Searches every check in every profile, to the end
 * or to the bound of the check, and writes what was found to properties.json and, as a table, into README.md.
 *
 * It takes minutes: some ten million states. With names of checks that were written since, it searches these alone, and adds
 * what it finds; with --profile, that profile alone, anew. A test holds the table in README.md against properties.json.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
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

const usage = `Usage: tsx bench/properties.ts [--profile NAME] [CHECK...]

Searches every check under every profile, and writes bench/properties.json and the table in README.md.
  --profile NAME  this profile alone, in all checks; may be repeated
  CHECK           checks that were written since, which are added to what is recorded
`

/** What the command line asks for. A message instead, if that is nothing to be done. */
function asksFor(): { readonly profiles: readonly string[]; readonly checks: readonly string[] } | string {
  try {
    const options = {
      help: { type: 'boolean', short: 'h' },
      profile: { type: 'string', multiple: true },
    } as const
    const { values, positionals } = parseArgs({ options, allowPositionals: true })
    if (values.help === true) return usage
    const [names, known] = [values.profile ?? [], suite.profiles.map(({ name }) => name)]
    const [wrongProfile] = names.filter(name => !known.includes(name))
    if (wrongProfile !== undefined)
      return `There is no profile ${wrongProfile}. Known: ${known.join(', ')}.\n`
    const [wrongCheck] = positionals.filter(name => suite.checks.every(check => check.name !== name))
    if (wrongCheck !== undefined) return `There is no check ${wrongCheck}.\n`
    const again = positionals.filter(name => before.checks.includes(name))
    if (again.length > 0) return `Searched before: ${again.join(', ')}. Search all anew, without names.\n`
    if (names.length > 0 && positionals.length > 0)
      return '--profile searches all checks. Name no check with it.\n'
    return { profiles: names.length === 0 ? known : names, checks: positionals }
  } catch (error) {
    return `${(error as Error).message}\n`
  }
}

const file = join(root, 'bench', 'properties.json')
const before = JSON.parse(readFileSync(file, 'utf8')) as Recorded
const chosen = asksFor()
if (typeof chosen === 'string') {
  const isHelp = chosen === usage
  process[isHelp ? 'stdout' : 'stderr'].write(chosen)
  process.exit(isHelp ? 0 : 2)
}
const { profiles, checks: asked } = chosen

const found: Record<string, Found> = { ...before.profiles }
for (const name of profiles) {
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
