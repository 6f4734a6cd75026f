/**
 * What becomes of a program whose output nobody takes.
 */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const program = join(import.meta.dirname, '..', '..', 'bin', 'zombieproof.js')
/** Nothing can ever be written to it. */
const full = '/dev/full'

it.runIf(existsSync(full))(
  'says so where its output cannot be written',
  () => {
    const out = openSync(full, 'w')
    const { status, stderr } = spawnSync(process.execPath, [program, 'check', '--list'], {
      stdio: ['ignore', out, 'pipe'],
      encoding: 'utf8',
    })
    closeSync(out)
    expect(stderr).toMatch(/^error: The output cannot be written: ENOSPC[^\n]*\n {2}Write it elsewhere\.\n$/)
    expect(status).toBe(2)
  },
  30_000,
)

it('is stopped early where nobody reads its output to the end', async () => {
  const child = spawn(process.execPath, [program, 'check', '--list'], { stdio: ['ignore', 'pipe', 'pipe'] })
  child.stdout.destroy()
  const said: string[] = []
  child.stderr.setEncoding('utf8').on('data', text => said.push(text))
  expect(await once(child, 'close')).toEqual([3, null])
  expect(said.join('')).toBe('')
}, 30_000)
