/**
 * Builds a module of the user's, file by file: what it imports is named anew, and otherwise it stays what it is. (To put
 * all in one file would change it: what is used before it is declared would be undefined, and not an error.)
 *
 * Only what certainly does the same is built: ES modules that import, by fixed names, files beside them, the checker, what
 * comes with Node.js, and packages of JavaScript. For the rest there is the translation on loading.
 */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { isBuiltin } from 'node:module'
import { dirname, extname, join, resolve, sep } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { rooms } from './build.js'
import { removeOld } from './build-program.js'
import { entryName, listName, markOf, markOfText } from './model.js'
import { isOwn } from './own.js'

/** Why a module is not built: there is a way that always works. */
class NotBuilt extends Error {}

/**
 * The folder that has it. Throws if it cannot be built.
 *
 * @param {string} file where the module really is
 * @param {{ cache: string, key: string, files: ReadonlyMap<string, string> }} place as in model.js
 * @returns {Promise<string>}
 */
export async function buildModel(file, { cache, key, files }) {
  const esbuild = await import('esbuild')
  const sources = new Sources(files)
  const { metafile } = await esbuild.build({
    ...asItIs,
    entryPoints: [file],
    absWorkingDir: dirname(file),
    bundle: true,
    write: false,
    metafile: true,
    ignoreAnnotations: true,
    conditions: [],
    mainFields: ['main'],
    plugins: [sources.plugin],
  })
  for (const [name, { format, imports }] of Object.entries(metafile.inputs)) {
    if (format !== 'esm') throw new NotBuilt(`${name} is no ES module`)
    sources.count(resolve(dirname(file), name), imports)
  }
  const texts = await Promise.all(sources.modules.map(module => translated(esbuild, module, sources.nameOf)))
  return written(texts, sources.seen, { cache, key })
}

/** As it is translated on loading, too: by what Node.js can do, whatever tsconfig.json lies about. */
const asItIs = {
  format: 'esm',
  platform: 'node',
  target: `node${process.versions.node}`,
  keepNames: true,
  tsconfigRaw: '{}',
  logLevel: 'silent',
}

/** For a name that ends so, each of these is looked for; what it means is clear if only one is there. */
const endings = { '.js': ['.ts', '.tsx', '.js'], '.mjs': ['.mts', '.mjs'], '.ts': ['.ts'], '.mts': ['.mts'] }
const loaders = { '.js': 'js', '.mjs': 'js', '.ts': 'ts', '.mts': 'ts' }

/** The files that belong to a module, and everything that has been asked of the disk on the way. */
class Sources {
  /** By path: what was there. */
  seen = {}
  /** In the order in which they were met; what they import is by its name, in quotes. */
  modules = []
  #byPath = new Map()
  #files
  #root

  constructor(files) {
    this.#files = files
    this.#root = realpathSync(join(import.meta.dirname, '..'))
  }

  /** By which the others import it. */
  nameOf = path =>
    path === this.modules[0].path ? entryName : `${this.modules.indexOf(this.#byPath.get(path))}.js`

  /** How often each name is written in the module at a path, at most: some of it may be for types only. */
  count(path, all) {
    const { imports } = this.#byPath.get(path)
    const times = count(all.map(({ path: to, original = to }) => JSON.stringify(original)))
    for (const [quoted, found] of imports) found.times = times.get(quoted)
  }

  plugin = {
    name: 'what is imported',
    setup: ({ onResolve, onLoad, resolve: find }) => {
      onResolve({ filter: /./ }, async ({ path, importer, kind, pluginData, with: attributes }) => {
        if (pluginData === lookedUp) return undefined
        if (kind === 'entry-point') return { path: this.#add(path).path }
        if (kind !== 'import-statement' || Object.keys(attributes ?? {}).length > 0)
          throw new NotBuilt(`${path} is not simply imported`)
        const from = this.#byPath.get(importer)
        const to = await this.#meaning(path, from, find)
        from.imports.set(JSON.stringify(path), to)
        return to.path === undefined ? { path, external: true } : { path: to.path }
      })
      onLoad({ filter: /./ }, ({ path }) => {
        const { text, loader } = this.#byPath.get(path)
        return { contents: text, loader }
      })
    },
  }

  #add(path) {
    const found = this.#byPath.get(path)
    if (found !== undefined) return found
    const loader = loaders[extname(path)]
    if (loader === undefined) throw new NotBuilt(`${path} has another ending`)
    const text = readFileSync(path)
    this.seen[path] = markOfText(path, text)
    const module = {
      path,
      loader,
      text: text.toString('utf8'),
      isOfPackage: this.#isOfPackage(path),
      imports: new Map(),
    }
    this.#byPath.set(path, module)
    this.modules.push(module)
    return module
  }

  /** Is it said that the file is an ES module, by its name or by its package? */
  #isOfPackage(path) {
    for (const folder of above(path)) {
      const description = this.#look(join(folder, 'package.json'))
      if (description !== undefined)
        return /^\.m/.test(extname(path)) || JSON.parse(description).type === 'module'
    }
    return /^\.m/.test(extname(path))
  }

  /** What is in a file, if it is there. That is noted: should it change, so may what is built. */
  #look(path) {
    this.seen[path] = markOf(path)
    return this.seen[path] === null ? undefined : readFileSync(path, 'utf8')
  }

  /** A file that is built as well (`path`), or the URL of what is there. */
  async #meaning(written, from, find) {
    if (isBuiltin(written)) return { url: written }
    const path = /^(\.\.?\/|\/|file:)/.test(written)
      ? this.#file(written, from.path)
      : await this.#package(written, from.path, find)
    const url = pathToFileURL(path).href
    const built = this.#files.get(url)
    if (built !== undefined) return { url: built }
    if (rooms.some(room => path.startsWith(join(this.#root, room) + sep)))
      throw new NotBuilt(`${path} is a part of the program`)
    if (path.includes(`${sep}node_modules${sep}`)) {
      if (!from.isOfPackage || !/^\.[cm]?js$/.test(extname(path)))
        throw new NotBuilt(`${path} needs translation`)
      return { url }
    }
    return { path: this.#add(path).path }
  }

  #file(written, importer) {
    if (/[?#%]/.test(written)) throw new NotBuilt(`${written} is more than a path`)
    const whole = written.startsWith('file:') ? fileURLToPath(written) : resolve(dirname(importer), written)
    const ending = extname(whole)
    const paths = (endings[ending] ?? []).map(other => whole.slice(0, -ending.length) + other)
    const there = paths.filter(path => this.#look(path) !== undefined)
    if (there.length !== 1) throw new NotBuilt(`${written} may be ${there.length} files`)
    return realpathSync(there[0])
  }

  async #package(written, importer, find) {
    const name = written
      .split('/')
      .slice(0, written.startsWith('@') ? 2 : 1)
      .join('/')
    if (name.startsWith('#')) throw new NotBuilt(`${written} is a name of the package's own`)
    for (const folder of above(importer)) {
      this.#look(join(folder, 'package.json'))
      this.#look(join(folder, 'node_modules', name, 'package.json'))
    }
    const options = {
      importer,
      resolveDir: dirname(importer),
      kind: 'import-statement',
      pluginData: lookedUp,
    }
    let { path, errors } = await find(written, options)
    if (errors.length > 0 && isOwn(written))
      ({ path, errors } = await find(written, { ...options, resolveDir: import.meta.dirname }))
    if (errors.length > 0) throw new NotBuilt(`${written} is not found`)
    return realpathSync(path)
  }
}

/** Marks what this has asked itself. */
const lookedUp = {}

/** Every folder that a file is in, from the inside out. */
const above = path => (dirname(path) === path ? [] : [dirname(path), ...above(dirname(path))])

/** What a CommonJS module has, and an ES module has not, or has in another way. */
const strange = /\b(require|exports|__dirname|__filename)\b|\bmodule\s*[.[]|\bimport\s*\(|import\.meta/

/** The end of a statement that imports, as esbuild writes it. */
const importing = /^(import |(?:import|export) .*from |\} from )("(?:[^"\\\n]|\\.)*");$/gm

/** How often each is there. */
function count(names) {
  const times = new Map()
  for (const name of names) times.set(name, (times.get(name) ?? 0) + 1)
  return times
}

/** One file as JavaScript, with the names by which its imports are found where it is built. */
async function translated({ transform }, { path, text, loader, isOfPackage, imports }, nameOf) {
  const define = {
    'import.meta.url': JSON.stringify(pathToFileURL(path).href),
    'import.meta.dirname': JSON.stringify(dirname(path)),
    'import.meta.filename': JSON.stringify(path),
  }
  const { code } = await transform(text, {
    ...asItIs,
    loader,
    charset: 'utf8',
    define: isOfPackage ? define : {},
  })
  if (strange.test(code)) throw new NotBuilt(`${path} may not be an ES module`)
  const times = count([...code.matchAll(importing)].map(([, , quoted]) => quoted))
  for (const quoted of new Set([...times.keys(), ...imports.keys()])) {
    const found = times.get(quoted) ?? 0
    // Nothing else may look like one of its imports: a text of many lines, for example.
    if (found < 1 || found > (imports.get(quoted)?.times ?? 0) || code.split(quoted).length - 1 !== found)
      throw new NotBuilt(`${path} says ${quoted} elsewhere`)
  }
  return code.replace(importing, (_, before, quoted) => {
    const { path: to, url = `./${nameOf(to)}` } = imports.get(quoted)
    return `${before}${JSON.stringify(url)};`
  })
}

/** All or nothing: another process may be doing the same. */
async function written(texts, seen, { cache, key }) {
  const list = JSON.stringify(seen)
  const folder = join(cache, `${key}-${createHash('sha1').update(list).digest('hex').slice(0, 16)}`)
  await mkdir(cache, { recursive: true })
  const draft = await mkdtemp(join(cache, 'draft-'))
  try {
    await writeFile(join(draft, 'package.json'), '{ "type": "module" }\n')
    await Promise.all(texts.map((text, at) => writeFile(join(draft, `${at}.js`), text)))
    await writeFile(join(draft, listName), list)
    await rename(draft, folder).catch(error => {
      if (!existsSync(folder)) throw error
    })
    await removeOld(cache, folder)
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
  return folder
}
