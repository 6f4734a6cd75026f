/**
 * Builds the program: one script (program.js), and for each entry a module that can be imported.
 *
 * Not here: when it has to be built (build.js).
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { build } from 'esbuild'
import { builtName, entries, urlOf } from './build.js'
import { given, programIn, scriptName } from './program.js'

/** Those that bring programs of their own, and are loaded by few commands. */
const external = ['esbuild', 'oxc-parser', 'tsx', 'tsx/*']

/**
 * Builds it into a folder. Throws if it cannot be built. All or nothing: another process may be doing the same.
 *
 * @param {{ folder: string, cache: string, root: string }} place the folder, what that is in, and that of the package
 */
export async function buildProgram({ folder, cache, root }) {
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

/** A module that exports what an entry of the program does: by other names first, since `default` is one of them. */
function exporting(entry, names, folder) {
  const program = urlOf(join(import.meta.dirname, 'program.js'))
  const exported = names.map((name, at) => `v${at} as ${name}`)
  return [
    `import { programIn } from ${JSON.stringify(program)}`,
    `const entry = await programIn(${JSON.stringify(folder)}).modules[${JSON.stringify(entry)}]()`,
    ...names.map((name, at) => `const v${at} = entry.${name}`),
    `export { ${exported.join(', ')} }\n`,
  ].join('\n')
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
      if (!path.startsWith(root) || path.slice(root.length).includes('node_modules')) return undefined
      const contents = readFileSync(path, 'utf8')
        .replaceAll('import.meta.dirname', JSON.stringify(dirname(path)))
        .replaceAll('import.meta.url', JSON.stringify(urlOf(path)))
      return { contents, loader: 'ts' }
    })
  },
})
