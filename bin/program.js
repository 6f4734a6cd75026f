/**
 * The program as it was built: one script, of which only what is run is evaluated, and compiled once for all.
 *
 * V8 can give out what it has compiled of a script, and take it back in place of compiling it again: so there is such a
 * file beside the script. V8 looks whether it fits, the version and the flags as well; if not, it compiles as ever.
 * A script, and no module, since Node.js takes such a file for scripts alone.
 * Not here: what makes the script (build.js), and what is run for the sake of that file (warm-up.js).
 */
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { Script } from 'node:vm'

/** Both in the folder of what was built. */
export const scriptName = 'program.cjs'
export const compiledName = 'program.compiled'

/** What the script may use that only a module has; the order in which they are handed to it. */
export const given = ['module', 'require', 'resolveImport']

/** By the folders: nothing is evaluated twice in a thread, whoever asks for it. */
const loaded = new Map()

/**
 * @param {string} folder of what was built
 * @returns {{ script: Script, modules: Readonly<Record<string, () => Promise<object>>> }} modules: what each entry exports,
 * by its path; it is evaluated when that is asked for
 */
export function programIn(folder) {
  if (!loaded.has(folder)) loaded.set(folder, load(folder))
  return loaded.get(folder)
}

function load(folder) {
  const filename = join(folder, scriptName)
  const compiled = join(folder, compiledName)
  // It is written in ASCII alone, so this says the same as UTF-8, and is read faster.
  const script = new Script(readFileSync(filename, 'latin1'), {
    filename,
    ...(existsSync(compiled) && { cachedData: readFileSync(compiled) }),
  })
  const module = { exports: {} }
  script.runInThisContext()(module, createRequire(filename), specifier => import.meta.resolve(specifier))
  return { script, modules: module.exports.modules }
}
