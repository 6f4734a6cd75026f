/**
 * The program as JavaScript that Node.js loads without help, built from the TypeScript when that has changed.
 *
 * To translate some hundred files as they are loaded takes longer than many a search. So the whole program, with the
 * packages that it uses, is built into a few files under `node_modules/.cache/`, named for what they were built from:
 * the path, the size and the time of every source, and the packages. What is there is up to date, or is not found.
 */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'

/**
 * What can be loaded of what is built: the program, what a model of the user's or a verification imports, and what a thread
 * of a search loads.
 */
const entries = [
  'checks/main.ts',
  'checker/index.ts',
  'src/index.ts',
  'checker/engine/worker.ts',
  'checker/cli/model-file.ts',
  'checks/suite.ts',
]
export const rooms = ['checker', 'checks', 'conformance', 'spec', 'src']
const packages = ['package.json', 'pnpm-lock.yaml']
const builders = ['bin/build.js', 'bin/build-model.js', 'bin/model.js']

/** Those that bring programs of their own, and are loaded by few commands. */
const external = ['esbuild', 'oxc-parser', 'tsx', 'tsx/*']

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
    if (!existsSync(folder)) await buildInto(folder, cache, root)
    return new Map(
      entries.map(entry => [urlOf(join(root, entry)), urlOf(join(folder, entry.replace(/\.ts$/, '.js')))]),
    )
  } catch {
    return undefined
  }
}

const urlOf = path => pathToFileURL(path).href

/** Differs whenever what is built might. */
function stampOf(root) {
  const hash = createHash('sha1').update(`${process.version} ${root}\n`)
  const note = path => {
    const { mtimeMs, size } = statSync(join(root, path))
    hash.update(`${path} ${mtimeMs} ${size}\n`)
  }
  for (const room of rooms) for (const file of sourcesIn(root, room)) note(file)
  for (const file of [...packages, ...builders]) if (existsSync(join(root, file))) note(file)
  return hash.digest('hex').slice(0, 16)
}

/** Every source below a folder, in the order of their names. */
function sourcesIn(root, folder) {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap(entry => {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) return sourcesIn(root, path)
      return entry.name.endsWith('.ts') ? [path] : []
    })
}

/** All or nothing: another process may be doing the same. */
async function buildInto(folder, cache, root) {
  const { build } = await import('esbuild')
  await mkdir(cache, { recursive: true })
  const draft = await mkdtemp(join(cache, 'draft-'))
  // Whoever else may read the program may run it: a folder of mkdtemp is for its maker alone.
  await chmod(draft, 0o777 & ~process.umask())
  try {
    await build({
      entryPoints: entries.map(entry => join(root, entry)),
      absWorkingDir: root,
      outbase: root,
      outdir: draft,
      bundle: true,
      splitting: true,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      mainFields: ['module', 'main'],
      external,
      logLevel: 'silent',
      // Some packages are CommonJS, and require what comes with Node.js.
      banner: {
        js: "import { createRequire as requireOf } from 'node:module'\nconst require = requireOf(import.meta.url)",
      },
      plugins: [whereTheSourceIs(root)],
    })
    await rename(draft, folder).catch(error => {
      if (!existsSync(folder)) throw error
    })
    await removeOld(cache, folder)
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
}

/**
 * What was built of other sources, unless it is so young that somebody may be loading it.
 *
 * @param {string} cache in which it is
 * @param {string} folder what was built just now
 */
export async function removeOld(cache, folder) {
  const anHourAgo = Date.now() - 3_600_000
  for (const name of await readdir(cache)) {
    const path = join(cache, name)
    if (path !== folder && statSync(path).mtimeMs < anHourAgo)
      await rm(path, { recursive: true, force: true })
  }
}

/** A module goes on to know where its source is: it looks for other files from there. */
const whereTheSourceIs = root => ({
  name: 'where the source is',
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, ({ path }) => {
      if (!path.startsWith(root) || path.includes('node_modules')) return undefined
      const contents = readFileSync(path, 'utf8')
        .replaceAll('import.meta.dirname', JSON.stringify(dirname(path)))
        .replaceAll('import.meta.url', JSON.stringify(urlOf(path)))
      return { contents, loader: 'ts' }
    })
  },
})
