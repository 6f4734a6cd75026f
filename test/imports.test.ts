/**
 * Which room may import which: the table of the rooms, enforced.
 *
 * `spec/` and `src/` share no code, so that their agreement means something; `checker/` knows no kernel.
 * Read from the import lines alone, so a file need not compile to be judged.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

interface Import {
  readonly of: string
  readonly typeOnly: boolean
}

/** File (relative to the repository, with slashes) to what it imports, as written there. */
type ImportsOf = Readonly<Record<string, readonly Import[]>>

interface Allowed {
  readonly rooms: readonly string[]
  readonly libraries: 'any' | readonly string[]
}

const directions: Readonly<Record<string, Allowed>> = {
  spec: { rooms: ['spec'], libraries: ['immutable', 'ts-pattern'] },
  src: { rooms: ['src'], libraries: 'any' },
  checker: { rooms: ['checker'], libraries: 'any' },
  checks: { rooms: ['checks', 'spec', 'src', 'checker', 'conformance'], libraries: 'any' },
  conformance: { rooms: ['conformance', 'checks', 'spec', 'checker'], libraries: 'any' },
}
/** Every other room (bench, …) may use anything that is not a test. */
const elsewhere: Allowed = { rooms: [], libraries: 'any' }

const roomOf = (file: string) => (file.includes('/') ? file.slice(0, file.indexOf('/')) : '.')
const isRelative = (specifier: string) => specifier.startsWith('.')
const libraryOf = (specifier: string) =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
/** The file that a relative import means: `./state.js` is written for `state.ts`. */
const target = (file: string, specifier: string) =>
  join(dirname(file), specifier).replaceAll('\\', '/').replace(/\.js$/, '.ts')

const importsIn = (source: string): Import[] => {
  const statements = source.matchAll(/^(?:import|export)\s+([^'"`;=:()]*?)\s*from\s*['"]([^'"]+)['"]/gm)
  const bare = source.matchAll(/^import\s*['"]([^'"]+)['"]/gm)
  const dynamic = source.matchAll(/\bimport\(\s*['"]([^'"]+)['"]/g)
  return [
    ...[...statements].map(([, names = '', of = '']) => ({ of, typeOnly: isTypeOnly(names) })),
    ...[...bare, ...dynamic].map(([, of = '']) => ({ of, typeOnly: false })),
  ]
}

/** `type { A }`, or braces in which every name is marked: `{ type A, type B }`. */
const isTypeOnly = (names: string) => {
  if (/^type\b(?!\s*,)/.test(names)) return true
  const listed = /^\{([\s\S]*)\}$/.exec(names)?.[1]?.split(',')
  const written = listed?.map(name => name.trim()).filter(name => name !== '') ?? []
  return written.length > 0 && written.every(name => name.startsWith('type '))
}

const forbidden = (imports: ImportsOf): string[] =>
  Object.entries(imports).flatMap(([file, list]) => {
    const room = roomOf(file)
    if (room === 'test') return []
    const { rooms, libraries } = directions[room] ?? elsewhere
    const anyRoom = directions[room] === undefined
    return list
      .filter(({ of }) => {
        if (!isRelative(of)) return libraries !== 'any' && !libraries.includes(libraryOf(of))
        const to = roomOf(target(file, of))
        return to === 'test' || (!anyRoom && !rooms.includes(to))
      })
      .map(({ of }) => `${file} imports ${of}`)
  })

/** Depth first; a file met again on the way to itself closes a cycle. Types are gone at run time. */
const cycles = (imports: ImportsOf): string[] => {
  const found: string[] = []
  const finished = new Set<string>()
  const visit = (file: string, way: readonly string[]) => {
    if (way.includes(file)) found.push([...way.slice(way.indexOf(file)), file].join(' > '))
    else if (!finished.has(file)) {
      for (const { of, typeOnly } of imports[file] ?? []) {
        if (isRelative(of) && !typeOnly) visit(target(file, of), [...way, file])
      }
      finished.add(file)
    }
  }
  for (const file of Object.keys(imports).sort()) visit(file, [])
  return found
}

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..')
/** Folders named tmp- are those of other tests, which come and go while this one reads. */
const notOurs = new Set(['node_modules', 'coverage', 'tmp'])

const sourceFiles = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap(entry => {
    const path = join(folder, entry.name)
    if (entry.isDirectory())
      return notOurs.has(entry.name) || /^(\.|tmp-)/.test(entry.name) ? [] : sourceFiles(path)
    return entry.name.endsWith('.ts') ? [path] : []
  })

const ours: ImportsOf = Object.fromEntries(
  sourceFiles(root).map(path => [
    relative(root, path).replaceAll('\\', '/'),
    importsIn(readFileSync(path, 'utf8')),
  ]),
)

describe('the rooms', () => {
  it('import only what they may', () => {
    expect(forbidden(ours)).toEqual([])
  })

  it('have no import cycles', () => {
    expect(cycles(ours)).toEqual([])
  })

  it('are read: this file is among them, with its imports', () => {
    expect(ours['test/imports.test.ts']?.map(({ of }) => of)).toContain('vitest')
  })
})

const using = (file: string, ...specifiers: string[]): ImportsOf => ({
  [file]: specifiers.map(of => ({ of, typeOnly: false })),
})

describe('a forbidden direction', () => {
  it.each`
    file                   | of                        | verdict
    ${'spec/next.ts'}      | ${'./rules/exit.js'}      | ${'allowed'}
    ${'spec/next.ts'}      | ${'immutable'}            | ${'allowed'}
    ${'spec/next.ts'}      | ${'ts-pattern/types'}     | ${'allowed'}
    ${'spec/next.ts'}      | ${'immutable-js'}         | ${'forbidden'}
    ${'spec/next.ts'}      | ${'node:fs'}              | ${'forbidden'}
    ${'spec/rules/a.ts'}   | ${'../../checker/a.js'}   | ${'forbidden'}
    ${'spec/rules/a.ts'}   | ${'../../src/task.js'}    | ${'forbidden'}
    ${'src/task.ts'}       | ${'./task-set.js'}        | ${'allowed'}
    ${'src/task.ts'}       | ${'../spec/state.js'}     | ${'forbidden'}
    ${'src/task.ts'}       | ${'../checker/model.js'}  | ${'forbidden'}
    ${'checker/suite.ts'}  | ${'node:os'}              | ${'allowed'}
    ${'checker/cli/a.ts'}  | ${'@scope/library/a.js'}  | ${'allowed'}
    ${'checker/cli/a.ts'}  | ${'../../spec/state.js'}  | ${'forbidden'}
    ${'checker/cli/a.ts'}  | ${'../../checks/main.js'} | ${'forbidden'}
    ${'checks/main.ts'}    | ${'../spec/next.js'}      | ${'allowed'}
    ${'checks/main.ts'}    | ${'../checker/cli/a.js'}  | ${'allowed'}
    ${'checks/main.ts'}    | ${'../src/task.js'}       | ${'allowed'}
    ${'checks/main.ts'}    | ${'../test/scenario.js'}  | ${'forbidden'}
    ${'conformance/a.ts'}  | ${'../checks/model.js'}   | ${'allowed'}
    ${'conformance/a.ts'}  | ${'../src/task.js'}       | ${'forbidden'}
    ${'bench/bench.ts'}    | ${'../checks/main.js'}    | ${'allowed'}
    ${'bench/bench.ts'}    | ${'../test/scenario.js'}  | ${'forbidden'}
    ${'test/some.test.ts'} | ${'../spec/next.js'}      | ${'allowed'}
    ${'test/some.test.ts'} | ${'./scenario.js'}        | ${'allowed'}
  `('$file imports $of: $verdict', ({ file, of, verdict }) => {
    expect(forbidden(using(file, of))).toEqual(verdict === 'allowed' ? [] : [`${file} imports ${of}`])
  })

  it('holds for types as well', () => {
    const imports = { 'src/task.ts': [{ of: '../spec/state.js', typeOnly: true }] }
    expect(forbidden(imports)).toEqual(['src/task.ts imports ../spec/state.js'])
  })
})

describe('an import cycle', () => {
  it('is named file by file', () => {
    const imports = {
      ...using('spec/a.ts', './b.js'),
      ...using('spec/b.ts', './rules/c.js'),
      ...using('spec/rules/c.ts', '../a.js'),
    }
    expect(cycles(imports)).toEqual(['spec/a.ts > spec/b.ts > spec/rules/c.ts > spec/a.ts'])
  })

  it('is found behind a file that many share', () => {
    const imports = {
      ...using('spec/a.ts', './shared.js', './b.js'),
      ...using('spec/b.ts', './shared.js', './c.js'),
      ...using('spec/c.ts', './shared.js', './b.js'),
      ...using('spec/shared.ts'),
    }
    expect(cycles(imports)).toEqual(['spec/b.ts > spec/c.ts > spec/b.ts'])
  })

  it('is not closed by a type', () => {
    const imports = {
      ...using('spec/a.ts', './b.js'),
      'spec/b.ts': [{ of: './a.js', typeOnly: true }],
    }
    expect(cycles(imports)).toEqual([])
  })
})

describe('the import lines', () => {
  it.each`
    line                                       | typeOnly
    ${"import { a } from './x.js'"}            | ${false}
    ${"import * as a from './x.js'"}           | ${false}
    ${"import a, { type B } from './x.js'"}    | ${false}
    ${"import { a, type B } from './x.js'"}    | ${false}
    ${"import {\n  a,\n  b,\n} from './x.js'"} | ${false}
    ${"import './x.js'"}                       | ${false}
    ${"export { a } from './x.js'"}            | ${false}
    ${"export * from './x.js'"}                | ${false}
    ${"const a = await import('./x.js')"}      | ${false}
    ${"import type { A } from './x.js'"}       | ${true}
    ${"export type { A } from './x.js'"}       | ${true}
    ${"import {\n  type A,\n} from './x.js'"}  | ${true}
  `('$line', ({ line, typeOnly }) => {
    expect(importsIn(`const before = 1\n${line}\nconst after = 2\n`)).toEqual([{ of: './x.js', typeOnly }])
  })

  it('are not found in prose', () => {
    expect(importsIn(" * import a state from 'somewhere'\nexport const from = 'nowhere'\n")).toEqual([])
  })
})
