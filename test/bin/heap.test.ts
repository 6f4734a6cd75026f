/**
 * A model whose values fill the heap of V8: the search ends with what it has found, before V8 ends the process.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'

const root = join(import.meta.dirname, '..', '..')
const folder = mkdtempSync(join(tmpdir(), 'zombieproof-heap-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const large = `
import { model } from '${join(root, 'checker', 'index.ts')}'
export const large = model({
  name: 'large',
  state: { n: 0, all: [] as number[] },
  rules: { grow: { effect: s => ({ n: s.n + 1, all: Array.from({ length: 10_000 }, (_, i) => s.n + i) }) } },
})`

it.each(['fast', 'simple'])(
  'stops the %s engine, which says what to do',
  engine => {
    const file = join(folder, 'large.ts')
    writeFileSync(file, large)
    const { status, stdout } = spawnSync(
      process.execPath,
      [join(root, 'bin', 'zombieproof.js'), 'check', '--model', file, '--workers', '1', '--engine', engine],
      { encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '--max-old-space-size=100', NO_COLOR: '1' } },
    )
    expect(stdout).toMatch(/stopped by V8's heap limit of 100 MB/)
    expect(stdout).toMatch(
      /^ {2}heap {7}the values of the model fill it; to give it twice as much: NODE_OPTIONS=--max-old-space-size=200$/m,
    )
    expect(status).toBe(3)
  },
  120_000,
)
