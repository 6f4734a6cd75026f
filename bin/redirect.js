/**
 * Hooks of the loader (node:module): what was built of a source is loaded in its place, and a model that has not installed
 * the package gets the program that runs.
 */
import { isOwn } from './own.js'

let builtOf = new Map()

export const initialize = built => {
  builtOf = new Map(built)
}

export async function resolve(specifier, context, next) {
  const found = await next(specifier, context).catch(error => {
    if (!isOwn(specifier) || error.code !== 'ERR_MODULE_NOT_FOUND') throw error
    return next(specifier, { ...context, parentURL: import.meta.url })
  })
  const built = builtOf.get(found.url)
  return built === undefined ? found : { url: built, format: 'module', shortCircuit: true }
}
