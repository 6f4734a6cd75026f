/**
 * Mutants of the core, and how each becomes a module.
 */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { ownFolder } from '../load.js'
import type { CoreModule } from '../world.js'
import { type Mutant, operatorMutants, withFuel } from './operators.js'
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
  const thought = semanticMutants.map(({ says, file, find, replace }) => {
    const source = sources.get(file) ?? ''
    const start = source.indexOf(find)
    if (start < 0 || source.indexOf(find, start + 1) >= 0)
      throw new Error(`the mutant '${says}' looks for what is not in ${file} exactly once: ${find}`)
    return { name: `${file}: ${says}`, file, start, end: start + find.length, text: replace }
  })
  return [...thought, ...[...sources].flatMap(([file, source]) => operatorMutants(file, source))]
}

export const mutated = (source: string, { start, end, text }: Mutant): string =>
  source.slice(0, start) + text + source.slice(end)

/** The core with the mutant, and with a limit in its loops; without one, the core itself. */
export async function loadMutant(sources: Sources, mutant: Mutant | undefined): Promise<CoreModule> {
  const files = new Map(
    [...sources].map(([file, source]) => [
      file,
      withFuel(file, mutant?.file === file ? mutated(source, mutant) : source),
    ]),
  )
  const { outputFiles } = await build({
    entryPoints: ['index.ts'],
    bundle: true,
    write: false,
    format: 'esm',
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
  const folder = await mkdtemp(join(tmpdir(), 'zombieproof-'))
  try {
    const file = join(folder, 'core.mjs')
    await writeFile(file, outputFiles[0]?.text ?? '')
    return (await import(pathToFileURL(file).href)) as CoreModule
  } finally {
    await rm(folder, { recursive: true })
  }
}
