/**
 * Models of the user's, built once: never from what they were, and only where that does the same as translating them.
 */
import { spawnSync } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

type Files = ReadonlyMap<string, string>

const bin = join(import.meta.dirname, '..', '..', 'bin')
const { builtModel } = (await import(pathToFileURL(join(bin, 'model.js')).href)) as {
  builtModel(url: string, files: Files): Promise<string | undefined>
}

/** A program with one entry, and beside it the folder of a user's who has it as a package. */
let root: string
let files: Files

const write = (path: string, text: string) => {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}
const urlOf = (path: string) => pathToFileURL(join(root, path)).href
const build = (path = 'user/model.ts') => builtModel(urlOf(path), files)
const load = async (path?: string) =>
  (await import((await build(path)) ?? 'it is not built')) as Readonly<Record<string, unknown>>
const models = () => join(root, 'program/node_modules/.cache/zombieproof-models')

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'zombieproof-model-')))
  write(
    'program/package.json',
    '{ "name": "zombieproof", "type": "module", "exports": { "./checker": "./checker/index.ts" } }',
  )
  write('program/checker/index.ts', 'export class Model {}\n')
  const at = 'program/node_modules/.cache/zombieproof/0123/checker/index.js'
  write(at, 'export class Model {}\n')
  files = new Map([[urlOf('program/checker/index.ts'), urlOf(at)]])
  write('user/package.json', '{ "type": "module" }')
  mkdirSync(join(root, 'user/node_modules'))
  symlinkSync(join(root, 'program'), join(root, 'user/node_modules/zombieproof'))
})
afterEach(() => rmSync(root, { recursive: true }))

describe('a model, built', () => {
  it('has the classes of the program that runs', async () => {
    write('user/model.ts', "export { Model } from 'zombieproof/checker'\n")
    const program = (await import([...files.values()][0] ?? '')) as { Model: unknown }
    expect((await load()).Model).toBe(program.Model)
  })

  it('shares what several files of it import, and runs them in their order', async () => {
    write('user/model.ts', "import './a.js'\nimport {\n  b,\n} from './more/b.js'\nexport const all = b\n")
    write('user/a.ts', "import { seen } from './seen.js'\nseen.push('a')\n")
    write('user/more/b.ts', "import { seen } from '../seen.js'\nexport const b = [...seen, 'b']\n")
    write('user/seen.js', 'export const seen = []\n')
    expect(await load()).toMatchObject({ all: ['a', 'b'] })
  })

  it('may have files of any name, and types from anywhere', async () => {
    write('user/0.ts', "export { one } from './1.js'\nexport type Zero = 0\n")
    write('user/1.ts', "export const one: string = 'one'\n")
    write(
      'user/model.ts',
      `import { one } from './1.js'
      import { one as again } from './0.js'
      import { type Zero } from './0.js'
      import type { Nowhere } from './nowhere.js'
      export const all: readonly (string | Zero | Nowhere)[] = [one, again]\n`,
    )
    expect(await load()).toMatchObject({ all: ['one', 'one'] })
  })

  it('knows where its source is', async () => {
    write(
      'user/model.ts',
      'export const where = [import.meta.url, import.meta.dirname, import.meta.filename]\n',
    )
    const { where } = await load()
    expect(where).toEqual([urlOf('user/model.ts'), join(root, 'user'), join(root, 'user/model.ts')])
  })

  it('takes packages from its own folder, and what comes with Node.js', async () => {
    write('user/node_modules/two/package.json', '{ "type": "module", "main": "two.js" }')
    write('user/node_modules/two/two.js', 'export const two = 2\n')
    write(
      'user/model.ts',
      "import { sep } from 'node:path'\nimport { two } from 'two'\nexport { sep, two }\n",
    )
    expect(await load()).toMatchObject({ two: 2 })
  })

  it('keeps its names, and fails where it failed', async () => {
    write('user/a.ts', 'export const named = () => 1\n')
    write('user/model.ts', "import { named } from './a.js'\nexport const { name } = named\n")
    expect(await load()).toMatchObject({ name: 'named' })
    write('user/model.ts', 'export const before = () => after\nbefore()\nconst after = 1\n')
    await expect(load()).rejects.toThrow("Cannot access 'after' before initialization")
  })

  it('need not lie in a package', async () => {
    rmSync(join(root, 'user/package.json'))
    write('user/model.ts', "import 'zombieproof/checker'\nexport const n: number = await 1\n")
    expect(await load()).toMatchObject({ n: 1 })
  })
})

describe('a model whose folder has no such package', () => {
  /** The program that has these tests, as the one that runs. */
  const program = join(bin, '..')
  const checker = pathToFileURL(join(program, 'checker/index.ts')).href
  beforeEach(() => {
    rmSync(join(root, 'user/node_modules/zombieproof'))
    files = new Map([[checker, [...files.values()][0] as string]])
    write('user/model.ts', "export { Model } from 'zombieproof/checker'\n")
  })

  it('has the classes of the program that runs', async () => {
    const { Model } = (await import([...files.values()][0] as string)) as { Model: unknown }
    expect((await load()).Model).toBe(Model)
  })

  it('is built anew when the package is installed', async () => {
    const before = await build()
    symlinkSync(join(root, 'program'), join(root, 'user/node_modules/zombieproof'))
    files = new Map([...files, [urlOf('program/checker/index.ts'), [...files.values()][0] as string]])
    expect(before).toBeDefined()
    expect(await build()).not.toBe(before)
  })
})

describe('what was built', () => {
  it('is found again, without a translator', async () => {
    write('user/model.ts', 'export const n: number = 1\n')
    expect(await build()).toBe(await build())
    const script = `const { builtModel } = await import(${JSON.stringify(pathToFileURL(join(bin, 'model.js')).href)})
      const found = await builtModel(${JSON.stringify(urlOf('user/model.ts'))}, new Map(${JSON.stringify([...files])}))
      console.log(found, process.getActiveResourcesInfo().includes('ProcessWrap'))`
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
    })
    expect(stdout).toBe(`${await build()} false\n`)
  })

  it.each`
    what                           | path
    ${'the file'}                  | ${'user/model.ts'}
    ${'what it imports'}           | ${'user/a.ts'}
    ${'what is imported by those'} | ${'user/more/b.ts'}
  `('is left where $what has changed, at the same time and of the same size', async ({ path }) => {
    const text = (n: number) => (path.endsWith('b.ts') ? `export const b = ${n}\n` : '')
    write(
      'user/model.ts',
      `import { a } from './a.js'\nexport const all = [a, ${path.endsWith('model.ts') ? 1 : 0}]\n`,
    )
    write('user/a.ts', `import { b } from './more/b.js'\nexport const a = [b, 1]\n`)
    write('user/more/b.ts', 'export const b = 1\n')
    const before = await build()
    const { atime, mtime } = statSync(join(root, path))
    const other: Readonly<Record<string, string>> = {
      'user/model.ts': `import { a } from './a.js'\nexport const all = [a, 2]\n`,
      'user/a.ts': `import { b } from './more/b.js'\nexport const a = [b, 2]\n`,
    }
    write(path, other[path] ?? text(2))
    utimesSync(join(root, path), atime, mtime)
    expect(await build()).not.toBe(before)
    const expected: Readonly<Record<string, unknown>> = {
      'user/model.ts': [[1, 1], 2],
      'user/a.ts': [[1, 2], 0],
      'user/more/b.ts': [[2, 1], 0],
    }
    expect((await load()).all).toEqual(expected[path])
  })

  it.each`
    what                             | path                                                 | text
    ${'a file may be meant instead'} | ${'user/a.js'}                                       | ${'export const a = 2\n'}
    ${'an import is gone'}           | ${'user/a.ts'}                                       | ${undefined}
    ${'its package is another'}      | ${'user/package.json'}                               | ${'{ "type": "commonjs" }'}
    ${'a package is another'}        | ${'user/node_modules/two/package.json'}              | ${'{ "main": "x.js" }'}
    ${'another package is nearer'}   | ${'user/deep/node_modules/two/package.json'}         | ${'{ "type": "module" }'}
    ${'another checker is nearer'}   | ${'user/deep/node_modules/zombieproof/package.json'} | ${'{}'}
  `('is left where $what', async ({ path, text }) => {
    write('user/node_modules/two/package.json', '{ "type": "module", "main": "two.js" }')
    write('user/node_modules/two/two.js', 'export const two = 2\n')
    write('user/a.ts', 'export const a = 1\n')
    write('user/deep/model.ts', "import '../a.js'\nimport 'two'\nimport 'zombieproof/checker'\n")
    const before = await build('user/deep/model.ts')
    expect(before).toBeDefined()
    if (text === undefined) rmSync(join(root, path))
    else write(path, text)
    expect(await build('user/deep/model.ts')).not.toBe(before)
  })

  it('is of the program that runs', async () => {
    write('user/model.ts', "export { Model } from 'zombieproof/checker'\n")
    const before = await build()
    files = new Map([...files].map(([from, to]) => [from, to.replace('/0123/', '/4567/')]))
    expect(await build()).not.toBe(before)
  })

  it('is removed when it is old, and nobody has used it', async () => {
    write('user/model.ts', 'export const n: number = 1\n')
    write('user/used.ts', 'export const n: number = 2\n')
    await build()
    await build('user/used.ts')
    const longAgo = new Date(Date.now() - 7_200_000)
    for (const name of readdirSync(models())) utimesSync(join(models(), name), longAgo, longAgo)
    await build('user/used.ts')
    write('user/third.ts', 'export const n: number = 3\n')
    await build('user/third.ts')
    expect(readdirSync(models())).toHaveLength(2)
  })

  it('is the same if two build it at once', async () => {
    write('user/model.ts', 'export const n: number = 1\n')
    const [one, other] = await Promise.all([build(), build()])
    expect(one).toBeDefined()
    expect(other).toBe(one)
    expect(readdirSync(models())).toHaveLength(1)
  })
})

describe('translated instead is', () => {
  const inProgram = JSON.stringify(join(bin, '..', 'checker', 'errors.ts'))
  it.each`
    what                         | text
    ${'a fault'}                 | ${'export const = 1\n'}
    ${'an import that is not'}   | ${"import './nowhere.js'\n"}
    ${'an export that is not'}   | ${"import { nothing } from './a.js'\nexport const n = nothing\n"}
    ${'CommonJS'}                | ${'module.exports = { n: 1 }\n'}
    ${'export ='}                | ${'const n = 1\nexport = n\n'}
    ${'require'}                 | ${"export const n = require('node:path')\n"}
    ${'__dirname'}               | ${'export const n = __dirname\n'}
    ${'import.meta.resolve'}     | ${"export const n = import.meta.resolve('./a.js')\n"}
    ${'an import on the way'}    | ${"export const n = await import('./a.js')\n"}
    ${'JSON'}                    | ${"import n from './n.json' with { type: 'json' }\nexport { n }\n"}
    ${'a name that is computed'} | ${'export const load = (name: string) => import(name)\n'}
    ${'a file with more to it'}  | ${"import './a.js?again'\n"}
    ${'one of two files'}        | ${"import './both.js'\n"}
    ${'a package of TypeScript'} | ${"import 'typed'\n"}
    ${'a package that is not'}   | ${"import 'nowhere'\n"}
    ${'a part of the program'}   | ${`import ${inProgram}\nexport const n = 1\n`}
    ${'a text like its imports'} | ${'import \'./a.js\'\nexport const n = `\nimport "./a.js";\n`\n'}
  `('$what', async ({ text }) => {
    write('user/a.ts', 'export const a = 1\n')
    write('user/n.json', '1')
    for (const name of ['both.ts', 'both.js']) write(`user/${name}`, 'export {}\n')
    write('user/node_modules/typed/package.json', '{ "type": "module", "main": "index.ts" }')
    write('user/node_modules/typed/index.ts', 'export {}\n')
    write('user/model.ts', text)
    expect(await build()).toBeUndefined()
  })

  it('a file of another kind', async () => {
    write('user/model.cts', 'export const n: number = 1\n')
    expect(await build('user/model.cts')).toBeUndefined()
  })

  it('a package imported by what may be CommonJS', async () => {
    write('user/package.json', '{}')
    write('user/node_modules/two/package.json', '{ "main": "two.js" }')
    write('user/node_modules/two/two.js', 'exports.two = 2\n')
    write('user/model.ts', "import { two } from 'two'\nexport { two }\n")
    expect(await build()).toBeUndefined()
  })

  it('what cannot be kept', async () => {
    write('user/model.ts', 'export const n: number = 1\n')
    write('program/node_modules/.cache/zombieproof-models', 'a file')
    expect(await build()).toBeUndefined()
  })
})

describe('the program', () => {
  const toggle = (state: string) =>
    `import { model } from 'zombieproof/checker'
    import { start } from './start.js'
    export const m = model({ name: 'm', state: { on: false, n: ${state} }, rules: {
      toggle: { effect: s => ({ on: !s.on }) },
      count: { guard: s => s.n < 50, effect: s => ({ n: s.n + 1 }) },
    } })\n`
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(import.meta.dirname, 'tmp-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  const states = (...more: string[]) => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [join(bin, 'zombieproof.js'), 'check', '--model', join(folder, 'm.ts'), '--json', ...more],
      { encoding: 'utf8' },
    )
    expect({ status, stderr: stderr.replace(/^One thread searches .*\n/, '') }).toEqual({
      status: 0,
      stderr: '',
    })
    return (JSON.parse(stdout) as { checks: [{ states: number }] }).checks[0].states
  }

  it('searches what the files say now, with one thread or two', { timeout: 60_000 }, () => {
    writeFileSync(join(folder, 'm.ts'), toggle('start'))
    const found = ['10', '20', '30'].map(start => {
      writeFileSync(join(folder, 'start.ts'), `export const start: number = ${start}\n`)
      return [states('--workers', '1'), states('--workers', '2')]
    })
    expect(found).toEqual([
      [82, 82],
      [62, 62],
      [42, 42],
    ])
  })

  it.each`
    what                          | more
    ${'built'}                    | ${''}
    ${'translated'}               | ${'export const { sep } = await import("node:path")'}
    ${'translated, as CommonJS,'} | ${'export const what = typeof require'}
  `('is found by a model far from it that is $what', { timeout: 60_000 }, ({ what, more }) => {
    rmSync(folder, { recursive: true })
    folder = mkdtempSync(join(tmpdir(), 'zombieproof-far-'))
    if (!what.includes('CommonJS')) writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
    writeFileSync(join(folder, 'm.ts'), `${toggle('start')}${more}\n`)
    writeFileSync(join(folder, 'start.ts'), 'export const start: number = 10\n')
    expect([states('--workers', '1'), states('--workers', '2')]).toEqual([82, 82])
  })
})
