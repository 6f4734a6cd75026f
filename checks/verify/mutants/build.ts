/**
 * Mutants of the core, and how each becomes a module.
 */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runInThisContext } from 'node:vm'
import { build } from 'esbuild'
import { ownFolder } from '../load.js'
import type { CoreModule } from '../world.js'
import { functionAround, type Mutant, operatorMutants, withFuel, withProbes } from './operators.js'
import { semanticMutants } from './semantic.js'

export type Sources = ReadonlyMap<string, string>

export async function readSources(): Promise<Sources> {
  const folder = join(ownFolder, 'src')
  const files = (await readdir(folder)).filter(file => file.endsWith('.ts')).toSorted()
  return new Map(
    await Promise.all(files.map(async file => [file, await readFile(join(folder, file), 'utf8')] as const)),
  )
}

/** Those that somebody has thought of first. */
export function mutantsOf(sources: Sources): readonly Mutant[] {
  const thought = semanticMutants.map(({ says, file, find, replace, check }) => {
    const source = sources.get(file) ?? ''
    const start = source.indexOf(find)
    if (start < 0 || source.indexOf(find, start + 1) >= 0)
      throw new Error(`the mutant '${says}' looks for what is not in ${file} exactly once: ${find}`)
    const end = start + find.length
    const inside = functionAround(file, source, start, end)
    return { name: `${file}: ${says}`, file, inside, start, end, text: replace, check }
  })
  const operated = [...sources].filter(([file]) => !unjudged.includes(file))
  return [...thought, ...operated.flatMap(([file, source]) => operatorMutants(file, source))]
}

/**
 * Files that the comparison with the spec says nothing of: what they do is shown by the tests in test/src/. They
 * read, refuse and word what the spec has no part in.
 */
const unjudged: readonly string[] = [
  'document.ts',
  'errors.ts',
  'restore.ts',
  'clone-options.ts',
  'cpu-stats.ts',
]

export const mutated = (source: string, { start, end, text }: Mutant): string =>
  source.slice(0, start) + text + source.slice(end)

/** The core with the mutant, and with a limit in its loops; without one, the core itself. */
export const loadMutant = (sources: Sources, mutant: Mutant | undefined): Promise<CoreModule> =>
  load(sources, (file, source) => withFuel(file, mutant?.file === file ? mutated(source, mutant) : source))

/** The core itself, that tells of every function that runs, and of every expression that a mutant changes. */
export const loadProbed = (sources: Sources): Promise<CoreModule> => load(sources, withProbes)

async function load(
  sources: Sources,
  changed: (file: string, source: string) => string,
): Promise<CoreModule> {
  const files = new Map([...sources].map(([file, source]) => [file, changed(file, source)]))
  const { outputFiles } = await build({
    entryPoints: ['index.ts'],
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'core',
    target: 'es2022',
    logLevel: 'silent',
    plugins: [
      {
        name: 'sources in memory',
        setup({ onResolve, onLoad }) {
          onResolve({ filter: /.*/ }, ({ path }) => ({
            path: path.replace(/^\.\//, '').replace(/\.js$/, '.ts'),
            namespace: 'core',
          }))
          onLoad({ filter: /.*/, namespace: 'core' }, ({ path }) => ({
            contents: files.get(path) ?? '',
            loader: 'ts',
          }))
        },
      },
    ],
  })
  // Not as a module: none of these is ever forgotten.
  return runInThisContext(`(() => {${outputFiles[0]?.text ?? ''}; return core})()`) as CoreModule
}
