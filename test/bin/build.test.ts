import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const { built } = (await import(
  pathToFileURL(join(import.meta.dirname, '..', '..', 'bin', 'build.js')).href
)) as { built(root: string): Promise<ReadonlyMap<string, string> | undefined> }

let root: string

const write = (path: string, text: string) => {
  mkdirSync(join(root, path, '..'), { recursive: true })
  writeFileSync(join(root, path), text)
}
const urlOf = (path: string) => pathToFileURL(join(root, path)).href
const program = async () => (await built(root))?.get(urlOf('checks/main.ts')) ?? 'not built'
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
