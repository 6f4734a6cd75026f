/**
 * TypeScript, translated as it is loaded, in this very process: so that a signal arrives once and the exit status is the
 * program's own. For models of the user's, and for the program itself where it cannot be built.
 */
import Module, { register as registerHooks } from 'node:module'
import { isOwn } from './own.js'

let isOn = false

/**
 * From now on TypeScript can be imported.
 *
 * @param {ReadonlyMap<string, string>} built what was built of some sources, by their URLs: whoever imports the source
 * gets this, and so the very classes that the program has
 */
export async function translate(built = new Map()) {
  if (isOn) return
  isOn = true
  const [esm, cjs] = await Promise.all([import('tsx/esm/api'), import('tsx/cjs/api')])
  // A model of one's own need not lie in a package: Node.js then takes it for CommonJS, and loads it so.
  cjs.register()
  findOwn()
  esm.register({ tsconfig: false }) // whatever tsconfig.json lies in the folder it is started from
  registerHooks('./redirect.js', import.meta.url, { data: [...built] })
}

/** As redirect.js does, for what is loaded as CommonJS. */
function findOwn() {
  const find = Module._resolveFilename
  Module._resolveFilename = (specifier, ...more) => {
    try {
      return find(specifier, ...more)
    } catch (error) {
      if (!isOwn(specifier) || error.code !== 'MODULE_NOT_FOUND') throw error
      return find(specifier, { filename: import.meta.filename, paths: [] })
    }
  }
}
