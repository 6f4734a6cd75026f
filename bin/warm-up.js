/**
 * Runs what was just built, so that what V8 compiles for it can be kept: in a process of its own, which nobody listens to.
 *
 * It asks a bit of everything that commands usually need, and nothing for which a file of the user's would be written: what
 * judges properties asks the simple engine itself, since a command keeps what it finds violated.
 * What fails here fails as well where somebody can see it: this goes on with the rest.
 */
import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { filesIn } from './build.js'
import { importing } from './model.js'
import { compiledName, programIn } from './program.js'

const [root, folder] = process.argv.slice(2)
const files = filesIn(root, folder)
const { script, modules } = programIn(folder)

const command = async (...argv) => {
  const { run } = await modules['checks/main.ts']()
  await run(argv, importing(files), files)
}

const ofTheSuite = async () => {
  const { suite } = await modules['checks/suite.ts']()
  const { explore } = await modules['checker/index.ts']()
  const [check] = suite.checks
  const cover = check.properties.find(({ kind }) => kind === 'cover')
  await command('check', check.name, '--depth', '2', '--workers', '1', '--property', cover.name)
  await explore(check.build({ profile: suite.defaultProfile }), check.properties, { depth: 1 })
}

const parts = [
  () => command('check', '--list'),
  () => command('check', '--model', join(root, 'examples', 'peterson.ts'), '--workers', '1'),
  ofTheSuite,
]
for (const part of parts) await part().catch(() => undefined)

// All or nothing: somebody may be reading it, or be doing the same.
const draft = join(folder, `${compiledName}-${process.pid}`)
writeFileSync(draft, script.createCachedData(), { flush: true })
renameSync(draft, join(folder, compiledName))
process.exit()
