import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Script } from 'node:vm'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const bin = (file: string) => import(pathToFileURL(join(import.meta.dirname, '..', '..', 'bin', file)).href)
const { built } = (await bin('build.js')) as {
  built(root: string): Promise<ReadonlyMap<string, string> | undefined>
}
const { compiledName, programIn } = (await bin('program.js')) as {
  readonly compiledName: string
  programIn(folder: string): { readonly script: Script }
}

let root: string

const write = (path: string, text: string) => {
  mkdirSync(join(root, path, '..'), { recursive: true })
  writeFileSync(join(root, path), text)
}
const urlOf = (path: string) => pathToFileURL(join(root, path)).href
const program = async () => (await built(root))?.get(urlOf('checks/main.ts')) ?? 'not built'
const folder = async () => dirname(dirname(fileURLToPath(await program())))
const load = async () => (await import(await program())) as Readonly<Record<string, unknown>>

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'zombieproof-build-')))
  write('package.json', '{ "type": "module" }')
  write(
    'checks/main.ts',
    "export { Counter, where } from '../checker/index.js'\nexport const n: number = 1\n",
  )
  write('checker/index.ts', 'export class Counter {}\nexport const where: string = import.meta.url\n')
  write('src/index.ts', 'export const folder: string = import.meta.dirname\n')
  for (const entry of ['checker/engine/worker.ts', 'checker/cli/model-file.ts', 'checks/suite.ts'])
    write(entry, 'export {}\n')
  for (const room of ['conformance', 'spec']) mkdirSync(join(root, room))
})
afterEach(() => rmSync(root, { recursive: true }))

describe('the program, built', () => {
  it('is what its sources say', async () => {
    expect(await load()).toMatchObject({ n: 1 })
  })

  it('knows where its sources are', async () => {
    expect(await load()).toMatchObject({ where: urlOf('checker/index.ts') })
  })

  it('shares its classes with whoever loads another entry', async () => {
    const checker = (await import((await built(root))?.get(urlOf('checker/index.ts')) ?? '')) as object
    expect((await load()).Counter).toBe((checker as { Counter: unknown }).Counter)
  })

  it('is strict, as modules are', async () => {
    write('checks/main.ts', 'export const that = (function (this: unknown) { return this })()\n')
    expect(await load()).toMatchObject({ that: undefined })
  })

  it('exports what it exports from others, and a default', async () => {
    write('checks/main.ts', "export * from '../checker/index.js'\nexport default 1\n")
    expect(Object.keys(await load()).sort()).toEqual(['Counter', 'default', 'where'])
  })

  it('evaluates what it imports on the way no earlier', async () => {
    write('checker/seen.ts', 'export const seen: string[] = []\n')
    write('checker/late.ts', "import { seen } from './seen.js'\nseen.push('late')\n")
    write(
      'checks/main.ts',
      `import { seen } from '../checker/seen.js'
      export { seen }
      export const late = () => import('../checker/late.js')\n`,
    )
    const { seen, late } = (await load()) as { seen: readonly string[]; late(): Promise<void> }
    expect(seen).toEqual([])
    await late()
    expect(seen).toEqual(['late'])
  })

  it('is not compiled again', async () => {
    expect(programIn(await folder()).script.cachedDataRejected).toBe(false)
  })

  it.each`
    what            | text
    ${'is damaged'} | ${'nothing of the kind'}
    ${'is missing'} | ${undefined}
  `('is compiled where what was compiled $what', async ({ text }: { readonly text?: string }) => {
    const compiled = join(await folder(), compiledName)
    expect(existsSync(compiled)).toBe(true)
    rmSync(compiled)
    if (text !== undefined) writeFileSync(compiled, text)
    expect(await load()).toMatchObject({ n: 1 })
  })

  it('is built once', async () => {
    expect(await program()).toBe(await program())
  })

  it.each`
    what                 | path                    | text
    ${'a source'}        | ${'checks/main.ts'}     | ${'export const n = 22\n'}
    ${'one more source'} | ${'spec/rules/more.ts'} | ${'export const more = 1\n'}
    ${'the packages'}    | ${'package.json'}       | ${'{ "type": "module", "name": "other" }'}
  `('is built anew when $what has changed', async ({ path, text }: Record<string, string>) => {
    const before = await program()
    write(path ?? '', text ?? '')
    expect(await program()).not.toBe(before)
  })

  it('is left to others where a source has a fault', async () => {
    write('checks/main.ts', 'export const = \n')
    expect(await program()).toBe('not built')
  })
})
