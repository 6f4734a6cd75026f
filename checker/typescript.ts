/**
 * Modules that are named while the program runs: models of the user's, cores. They may be TypeScript.
 *
 * Here: loading one. Who starts the program says how TypeScript is translated; where nobody has, it is by whatever has
 * loaded this file (a test, a thread).
 */
import { pathToFileURL } from 'node:url'

type Exports = Readonly<Record<string, unknown>>

let prepare: () => Promise<void> = async () => {}

/** @param how sees to it that TypeScript can be imported; it is called before each import */
export const translateWith = (how: () => Promise<void>): void => {
  prepare = how
}

/** What a module exports. Throws what the module throws, and what is wrong with it. */
export async function importModule(file: string): Promise<Exports> {
  await prepare()
  const exported = (await import(pathToFileURL(file).href)) as Exports
  // A module that lies in no package may have been loaded as CommonJS.
  const { default: whole } = exported
  return isTranslated(whole) ? whole : exported
}

const isTranslated = (whole: unknown): whole is Exports =>
  typeof whole === 'object' && whole !== null && '__esModule' in whole
