/** Hooks of the loader (node:module): what was built of a source is loaded in its place. */
let builtOf = new Map()

export const initialize = built => {
  builtOf = new Map(built)
}

export async function resolve(specifier, context, next) {
  const found = await next(specifier, context)
  const built = builtOf.get(found.url)
  return built === undefined ? found : { url: built, format: 'module', shortCircuit: true }
}
