/**
 * A model file that cannot be loaded in time: said, and ended, whatever it does meanwhile.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'

const program = join(import.meta.dirname, '..', '..', '..', 'bin', 'zombieproof.js')
const folder = mkdtempSync(join(tmpdir(), 'zombieproof-load-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

type Ended = { readonly status: number | null; readonly signal: string | null; readonly err: string }

/** Runs `check --model` of a module; `meanwhile` is told once it says that it is being loaded. */
function check(name: string, source: string, seconds: string, interrupt = false): Promise<Ended> {
  writeFileSync(join(folder, name), `process.stderr.write('loading\\n')\n${source}\n`)
  const env = { ...process.env, ZOMBIEPROOF_LOAD_SECONDS: seconds, NO_COLOR: '1' }
  const child = spawn(process.execPath, [program, 'check', '--model', name], { cwd: folder, env })
  let err = ''
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString()
    if (interrupt && err.includes('loading')) child.kill('SIGINT')
  })
  return new Promise(resolve =>
    child.on('close', (status, signal) => resolve({ status, signal, err: err.replace('loading\n', '') })),
  )
}

const late = (name: string) =>
  `error: ${name} has not been loaded after 1 s.\n  It loops, or waits for something.\n  Correct the module; or give it more time, in seconds: ZOMBIEPROOF_LOAD_SECONDS=4\n`

describe('a module that', { timeout: 60_000 }, () => {
  it('loops: the process says so, and ends', async () => {
    expect(await check('loops.mjs', 'for (;;);', '1')).toEqual({
      status: null,
      signal: 'SIGKILL',
      err: late('loops.mjs'),
    })
  })

  it('loops, until Ctrl-C: the process ends', async () => {
    expect(await check('until.mjs', 'for (;;);', '600', true)).toEqual({
      status: null,
      signal: 'SIGINT',
      err: '',
    })
  })

  it('waits, while something else goes on for ever: exit 2, and how long it may take', async () => {
    const source = 'setInterval(() => {}, 50)\nawait new Promise(() => {})'
    expect(await check('waits.mjs', source, '1')).toEqual({ status: 2, signal: null, err: late('waits.mjs') })
  })

  it('takes its time, in a process that is stopped meanwhile: stopped time does not count', async () => {
    const source = `
      import { spawn } from 'node:child_process'
      const stopped = \`kill -STOP \${process.pid}; sleep 3; kill -CONT \${process.pid}\`
      await new Promise(resolve => spawn('sh', ['-c', stopped]).on('exit', resolve))`
    const { status, err } = await check('stopped.mjs', source, '2')
    expect(err).toContain('exports no model')
    expect(status).toBe(2)
  })

  it('waits for what nothing will bring about: exit 2, at once', async () => {
    expect(await check('never.mjs', 'await new Promise(() => {})', '600')).toEqual({
      status: 2,
      signal: null,
      err: 'error: never.mjs waits, at its top level, for a promise that nothing will settle.\n  Correct the module, and try again.\n',
    })
  })

  it('is to be loaded within no time: exit 2, and how to say it', async () => {
    expect(await check('soon.mjs', '', 'soon')).toEqual({
      status: 2,
      signal: null,
      err: "error: ZOMBIEPROOF_LOAD_SECONDS is a number of seconds, not 'soon'.\n  For example: ZOMBIEPROOF_LOAD_SECONDS=120\n",
    })
  })
})
