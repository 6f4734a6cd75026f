/**
 * Loads a core from a folder: that of this repository, of another revision, of a mutant.
 */
import { join } from 'node:path'
import { UsageError } from '../../checker/errors.js'
import { importModule } from '../../checker/typescript.js'
import type { CoreModule } from './world.js'

/** The folder in which the `src/` of this repository is. */
export const ownFolder = join(import.meta.dirname, '..', '..')

/** What the verification calls. */
const needed: readonly (keyof CoreModule)[] = ['TaskSet', 'ExitStatus', 'SyscallError', 'restoreAll', 'save']

/** @param folder in which there is a `src/index.ts` */
export async function loadCore(folder: string): Promise<CoreModule> {
  const core = (await importModule(join(folder, 'src', 'index.ts'))) as Partial<CoreModule>
  const missing = needed.find(name => core[name] === undefined)
  if (missing === undefined) return core as CoreModule
  throw new UsageError(
    `The core in ${folder} cannot be verified: it has no ${missing}.`,
    'Name a revision whose src/index.ts exports it.',
  )
}
