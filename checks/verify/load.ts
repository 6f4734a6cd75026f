/**
 * Loads a core from a folder: that of this repository, of another revision, of a mutant.
 */
import { join } from 'node:path'
import { messageOf, UsageError } from '../../checker/errors.js'
import { importModule } from '../../checker/typescript.js'
import type { CoreModule } from './world.js'

/** The folder in which the `src/` of this repository is. */
export const ownFolder = join(import.meta.dirname, '..', '..')

/** What the verification calls. */
const needed: readonly (keyof CoreModule)[] = ['TaskSet', 'ExitStatus', 'SyscallError', 'restoreAll', 'save']

/**
 * Throws a UsageError for a core that cannot be loaded, or is too old to be verified.
 *
 * @param folder in which there is a `src/index.ts` @param whose how the user has named it
 */
export async function loadCore(folder: string, whose = `in ${folder}`): Promise<CoreModule> {
  const core = await imported(folder, whose)
  const missing = needed.find(name => core[name] === undefined)
  if (missing === undefined) return core as CoreModule
  throw new UsageError(
    `The core ${whose} cannot be verified: it has no ${missing}.`,
    'Name a revision whose src/index.ts exports it.',
  )
}

/** A core that is being worked on may be no program at the moment. */
async function imported(folder: string, whose: string): Promise<Partial<CoreModule>> {
  try {
    return (await importModule(join(folder, 'src', 'index.ts'))) as Partial<CoreModule>
  } catch (error) {
    throw new UsageError(
      `The core ${whose} cannot be loaded: ${messageOf(error).trim()}`,
      folder === ownFolder ? 'See: pnpm typecheck' : 'Name another revision: git log --oneline -- src',
    )
  }
}
