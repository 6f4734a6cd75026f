/**
 * Runs what was just built, so that what V8 compiles for it can be kept: in a process of its own, which nobody listens to.
 *
 * It asks a bit of everything that commands usually need, and nothing that writes a file of the user's.
 * What fails here fails as well where somebody can see it: this goes on with the rest.
 */
import { readdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { filesIn } from './build.js'
import { importing } from './model.js'
import { compiledName, programIn } from './program.js'

const [root, folder] = process.argv.slice(2)
const files = filesIn(root, folder)
const { modules } = programIn(folder)

async function commands() {
  const { run } = await modules['checks/main.ts']()
  const examples = [
    ['check', '--list'],
    ['check', '--model', join(root, 'examples', 'peterson.ts'), '--workers', '1'],
    ...counterexamples().map(file => ['replay', file]),
  ]
  for (const argv of examples) await run(argv, importing(files), files)
}

/** One is enough. */
const counterexamples = () => {
  const folder = join(root, 'counterexamples')
  return readdirSync(folder)
    .filter(name => name.endsWith('.itf.json'))
    .slice(0, 1)
    .map(name => join(folder, name))
}

async function ownModel() {
  const [{ suite }, { explore }] = await Promise.all(
    ['checks/suite.ts', 'checker/index.ts'].map(at => modules[at]()),
  )
  const [check] = suite.checks
  await explore(check.build({ profile: suite.defaultProfile }), check.properties, { depth: 4 })
}

for (const part of [commands, ownModel]) await part().catch(() => undefined)

// All or nothing: somebody may be reading it, or be doing the same.
const draft = join(folder, `${compiledName}-${process.pid}`)
writeFileSync(draft, programIn(folder).script.createCachedData())
renameSync(draft, join(folder, compiledName))
process.exit()
