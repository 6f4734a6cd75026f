/**
 * The program as JavaScript that Node.js loads without help, built from the TypeScript when that has changed.
 *
 * To translate some hundred files as they are loaded takes longer than many a search. So the whole program, with the
 * packages that it uses, is built into a folder under `node_modules/.cache/`, named for what it was built from: the path,
 * the size and the time of every source, and the packages. What is there is up to date, or is not found.
 *
 * It is one script (program.js), and for each entry a module that can be imported.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { given, programIn, scriptName } from './program.js'

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
const builders = ['build-model.js', 'build.js', 'model.js', 'program.js', 'warm-up.js'].map(
  name => `bin/${name}`,
)

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
    return filesIn(root, folder)
  } catch {
    return undefined
  }
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

const builtName = entry => entry.replace(/\.ts$/, '.js')
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
  await mkdir(cache, { recursive: true })
  const draft = await mkdtemp(join(cache, 'draft-'))
  // Whoever else may read the program may run it: a folder of mkdtemp is for its maker alone.
  await chmod(draft, 0o777 & ~process.umask())
  try {
    await buildScript(join(draft, scriptName), root)
    await writeFile(join(draft, 'package.json'), '{ "type": "module" }\n')
    const { modules } = programIn(draft)
    for (const entry of entries) {
      const path = join(draft, builtName(entry))
      await mkdir(dirname(path), { recursive: true })
      await writeFile(path, exporting(entry, Object.keys(await modules[entry]()), folder))
    }
    await rename(draft, folder).catch(error => {
      if (!existsSync(folder)) throw error
    })
    await removeOld(cache, folder)
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
  spawnSync(process.execPath, [join(import.meta.dirname, 'warm-up.js'), root, folder], {
    stdio: 'ignore',
    timeout: 20_000,
  })
}

async function buildScript(outfile, root) {
  const { build } = await import('esbuild')
  const listed = entries.map(
    entry => `${JSON.stringify(entry)}: () => import(${JSON.stringify(`./${entry}`)}),\n`,
  )
  await build({
    stdin: { contents: `export const modules = {\n${listed.join('')}}\n`, resolveDir: root },
    absWorkingDir: root,
    outfile,
    bundle: true,
    // A module that is imported on the way is evaluated when it is.
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    mainFields: ['module', 'main'],
    external,
    define: { 'import.meta.resolve': 'resolveImport' },
    logLevel: 'silent',
    legalComments: 'none',
    // As modules are.
    banner: { js: `(function (${given.join(', ')}) { 'use strict'` },
    footer: { js: '})' },
    plugins: [whereTheSourceIs(root)],
  })
}

/** A module that exports what an entry of the program does. */
const exporting = (
  entry,
  names,
  folder,
) => `import { programIn } from ${JSON.stringify(urlOf(join(import.meta.dirname, 'program.js')))}
const entry = await programIn(${JSON.stringify(folder)}).modules[${JSON.stringify(entry)}]()
${names.map((name, at) => `const v${at} = entry.${name}\n`).join('')}export { ${names.map((name, at) => `v${at} as ${name}`).join(', ')} }
`

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
      if (!path.startsWith(root) || path.slice(root.length).includes('node_modules')) return undefined
      const contents = readFileSync(path, 'utf8')
        .replaceAll('import.meta.dirname', JSON.stringify(dirname(path)))
        .replaceAll('import.meta.url', JSON.stringify(urlOf(path)))
      return { contents, loader: 'ts' }
    })
  },
})
