/**
 * Modules that are named while the program runs: models of the user's, cores. They may be TypeScript.
 *
 * Here: loading one. Who starts the program says how TypeScript is translated; where nobody has, it is by whatever has
 * loaded this file (a test, a thread).
 */
import { pathToFileURL } from 'node:url'

type Exports = Readonly<Record<string, unknown>>

/** What was built of some sources, by their URLs. */
export type Built = ReadonlyMap<string, string>

/** Imports the module at a URL. */
export type Importing = (url: string) => Promise<Exports>

let importing: Importing = url => import(url)
let files: Built | undefined

/**
 * @param how imports; what was built cannot do it itself, since it is a script
 * @param built if the program itself was built
 */
export const importWith = (how: Importing, built?: Built): void => {
  importing = how
  files = built
}

/** What the program that runs was built into; undefined if it is translated as it is loaded. */
export const builtFiles = (): Built | undefined => files

/** What the module at a URL exports: one of the program itself, or a stranger. Throws what the module throws. */
export const importUrl = (url: string): Promise<Exports> => importing(url)

/** What a module exports. Throws what the module throws, and what is wrong with it. */
export async function importModule(file: string): Promise<Exports> {
  const exported = await importUrl(pathToFileURL(file).href)
  // A module that lies in no package may have been loaded as CommonJS.
  const { default: whole } = exported
  return isTranslated(whole) ? whole : exported
}

const isTranslated = (whole: unknown): whole is Exports =>
  typeof whole === 'object' && whole !== null && '__esModule' in whole
