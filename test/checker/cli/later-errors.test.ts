/**
 * What a module has begun fails when nobody waits for it: it is told as an error of the module, without a stack.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'

const program = join(import.meta.dirname, '../../../bin/zombieproof.js')

/** Inside the project, so that the modules may import it by its name. */
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(import.meta.dirname, 'tmp-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Counts to five; in each step it does something besides. */
const counting = (besides: string) => `import { model } from 'zombieproof/checker'
  export const m = model({
    name: 'm', state: { n: 0 }, isEnd: () => true,
    rules: { count: { guard: s => s.n < 5, effect: s => { ${besides}; return { n: s.n + 1 } } } },
  })
`
const throwing = (after: number) => `setTimeout(() => { throw new Error('no luck') }, ${after})`

const check = (source: string, ...more: string[]) => {
  writeFileSync(join(folder, 'm.ts'), source)
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [program, 'check', '--model', 'm.ts', ...more],
    { encoding: 'utf8', cwd: folder, env: { ...process.env, NO_COLOR: '1', COLUMNS: '200' } },
  )
  return { status, stdout, stderr: stderr.replace(/\s+/g, ' ') }
}

const threw =
  'error: m.ts: something that it has begun threw, and nobody caught it: no luck Correct the module, and try again. '
const rejected =
  'error: m.ts: a promise was rejected, and nobody waited for it: no luck Correct the module, and try again. '

it.each`
  what                                 | source                                                  | stderr
  ${'a timer, while it is loaded'}     | ${`${throwing(0)}; await new Promise(() => undefined)`} | ${threw}
  ${'a timer that an effect has set'}  | ${counting(throwing(0))}                                | ${threw}
  ${'a promise that an effect leaves'} | ${counting("Promise.reject(new Error('no luck'))")}     | ${rejected}
`('$what: instead of a result', { timeout: 60_000 }, ({ source, stderr }) => {
  expect(check(source, '--json')).toEqual({ status: 2, stdout: '', stderr })
})

it('a timer, when all has been told', { timeout: 60_000 }, () => {
  const { status, stdout, stderr } = check(`${counting('')}${throwing(3000)}\n`)
  expect({ status, stderr }).toEqual({ status: 2, stderr: threw })
  expect(stdout).toContain('holds 1')
})
