/**
 * A module of the user's, a model, as JavaScript that Node.js loads without help: found here if it was built before.
 *
 * What was built is a folder, named for the program and the module, with a list of every file that was read or looked
 * for, and what was in it. It counts only as long as all of them are as they were, byte for byte, and the files that
 * were looked for in vain are still not there. To look that up takes no translator.
 * Not here: how it is built (build-model.js).
 */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, realpathSync, utimesSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { translate } from './translate.js'

/** In the folder of each module that was built: what it was built from. */
export const listName = 'built-from.json'
/** The module itself; what it imports has further numbers. */
export const entryName = '0.js'

/**
 * @param {ReadonlyMap<string, string> | undefined} files what the program that runs was built into, by the URLs of the
 * sources; undefined if it is translated as it is loaded
 * @returns {(url: string) => Promise<object>} imports a module of the program, or of the user's
 */
export const importing = files => async url => {
  const built = files?.get(url) ?? (files && (await builtModel(url, files)))
  if (built !== undefined) return import(built)
  await translate(files)
  return import(url)
}

/**
 * What to import in place of a module. Undefined where that is the module itself, translated: it cannot be built so that
 * it does the same, it has a fault, which is better reported by who loads it, or nothing can be written.
 *
 * @param {string} url of the module
 * @param {ReadonlyMap<string, string>} files what the program that runs was built into, by the URLs of the sources
 * @returns {Promise<string | undefined>} a URL
 */
export async function builtModel(url, files) {
  try {
    const file = realpathSync(fileURLToPath(url))
    const cache = join(dirname(folderOf(files)), '..', 'zombieproof-models')
    const key = createHash('sha1')
      .update(`${folderOf(files)}\n${file}`)
      .digest('hex')
      .slice(0, 16)
    const folder = upToDate(cache, key) ?? (await build(file, { cache, key, files }))
    return folder && pathToFileURL(join(folder, entryName)).href
  } catch {
    return undefined
  }
}

async function build(file, place) {
  const { buildModel } = await import('./build-model.js')
  return buildModel(file, place)
}

/** In which the program that runs is: its name says what that was built from, and by which Node.js. */
const folderOf = files => dirname(dirname(fileURLToPath(files.values().next().value)))

/** Several may have been built of a module, as it has changed. */
function upToDate(cache, key) {
  if (!existsSync(cache)) return undefined
  const folder = readdirSync(cache)
    .filter(name => name.startsWith(key))
    .map(name => join(cache, name))
    .find(isUpToDate)
  if (folder !== undefined) markAsUsed(folder)
  return folder
}

/** For whoever tidies up. */
function markAsUsed(folder) {
  try {
    utimesSync(folder, new Date(), new Date())
  } catch {
    // It belongs to somebody else, and is none the worse for it.
  }
}

function isUpToDate(folder) {
  const list = join(folder, listName)
  if (!existsSync(list)) return false
  return Object.entries(JSON.parse(readFileSync(list, 'utf8'))).every(([path, mark]) => markOf(path) === mark)
}

/**
 * What is in a file, and where it really is; null if there is none.
 *
 * @param {string} path
 * @returns {string | null}
 */
export function markOf(path) {
  try {
    return markOfText(path, readFileSync(path))
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null
    throw error
  }
}

/**
 * @param {string} path
 * @param {Buffer} text what was read there
 * @returns {string}
 */
export const markOfText = (path, text) =>
  createHash('sha1')
    .update(`${realpathSync(path)}\n`)
    .update(text)
    .digest('hex')
