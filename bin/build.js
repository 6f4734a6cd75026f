/**
 * The program as JavaScript that Node.js loads without help, built from the TypeScript when that has changed.
 *
 * To translate some hundred files as they are loaded takes longer than many a search. So the whole program, with the
 * packages that it uses, is built into a folder under `node_modules/.cache/`, named for what it was built from: the path,
 * the size and the time of every source, and the packages. What is there is up to date, or is not found. To look that up
 * is a part of every start, so little is done here, and little loaded.
 * Not here: how it is built (build-program.js).
 */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/**
 * What can be loaded of what is built: the program, what a model of the user's or a verification imports, and what a thread
 * of a search loads.
 */
export const entries = [
  'checks/main.ts',
  'checker/index.ts',
  'src/index.ts',
  'checker/engine/worker.ts',
  'checker/cli/model-file.ts',
  'checks/suite.ts',
]
export const rooms = ['checker', 'checks', 'conformance', 'spec', 'src']
const packages = ['package.json', 'pnpm-lock.yaml']
const builders = ['build-model', 'build-program', 'build', 'model', 'own', 'program', 'warm-up'].map(
  name => `bin/${name}.js`,
)

/**
 * The URL of each entry, as it was built. Undefined where it cannot be built: there is no esbuild, nothing can be
 * written, or a source has a fault, which is better reported by who loads it.
 *
 * @param {string} root the folder of the package
 * @returns {Promise<ReadonlyMap<string, string> | undefined>} by the URL of the source
 */
export async function built(root) {
  try {
    const cache = join(root, 'node_modules', '.cache', 'zombieproof')
    const folder = join(cache, stampOf(root))
    if (!existsSync(folder)) await build({ folder, cache, root })
    return filesIn(root, folder)
  } catch {
    return undefined
  }
}

async function build(place) {
  const { buildProgram } = await import('./build-program.js')
  await buildProgram(place)
}

/**
 * As `built`, of what is there.
 *
 * @param {string} root
 * @param {string} folder in which it was built
 * @returns {ReadonlyMap<string, string>}
 */
export const filesIn = (root, folder) =>
  new Map(entries.map(entry => [urlOf(join(root, entry)), urlOf(join(folder, builtName(entry)))]))

export const builtName = entry => entry.replace(/\.ts$/, '.js')
export const urlOf = path => pathToFileURL(path).href

/** Differs whenever what is built might. */
function stampOf(root) {
  const sources = rooms.flatMap(room => sourcesIn(`${root}/${room}`))
  const others = [...packages, ...builders].map(file => `${root}/${file}`).filter(file => existsSync(file))
  const notes = [...sources, ...others].map(path => {
    const { mtimeMs, size } = statSync(path)
    return `${path} ${mtimeMs} ${size}`
  })
  return createHash('sha1')
    .update([process.version, process.arch, ...notes].join('\n'))
    .digest('hex')
    .slice(0, 16)
}

/** Every source below a folder, in the order of their names. */
function sourcesIn(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap(entry => {
      const path = `${folder}/${entry.name}`
      if (entry.isDirectory()) return sourcesIn(path)
      return entry.name.endsWith('.ts') ? [path] : []
    })
}
