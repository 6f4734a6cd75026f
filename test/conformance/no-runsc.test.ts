/** gVisor where it cannot be asked: the reason is told, and nothing is taken for an answer. */
import { EventEmitter } from 'node:events'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { main } from '../../checker/cli/main.js'
import { suite } from '../../checks/suite.js'
import { conformCommand } from '../../conformance/command.js'
import { kernelOf } from '../../conformance/play.js'

const path = process.env.PATH
let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'zombieproof-runsc-'))
  process.env.PATH = folder
})
afterEach(() => {
  process.env.PATH = path
  rmSync(folder, { recursive: true })
})

/** A runsc that does this. */
function runsc(script: string): void {
  const file = join(folder, 'runsc')
  writeFileSync(file, `#!/bin/sh\n${script}\n`)
  chmodSync(file, 0o755)
}

it('there is no runsc', async () => {
  expect(await kernelOf('gvisor', 'puppet')).toEqual({ impossible: 'spawn runsc ENOENT' })
})

it('runsc cannot start a sandbox', async () => {
  runsc('echo "creating container: permission denied" >&2; exit 128')
  expect(await kernelOf('gvisor', 'puppet')).toEqual({
    impossible: 'the puppet has ended (status 128): creating container: permission denied',
  })
})

it('runsc is killed', async () => {
  runsc('kill -9 $$')
  expect(await kernelOf('gvisor', 'puppet')).toEqual({ impossible: 'the puppet has ended (SIGKILL)' })
})

it('conform says so, and how to get it: exit 3', async () => {
  let out = ''
  const io = {
    stdout: { write: (text: string) => (out += text) },
    stderr: { write: () => {} },
    cwd: folder,
    colour: false,
    now: () => performance.now(),
    signalSource: new EventEmitter(),
    exit: () => {},
  }
  const build = async () => ({ path: 'puppet' })
  expect(
    await main(suite, ['conform', '--target', 'gvisor'], io, [
      { name: 'conform', load: async () => conformCommand(build) },
    ]),
  ).toBe(3)
  expect(out).toBe(
    'gvisor: nothing could be asked: there is no runsc here: Debian has it as a package, apt-get install runsc\n',
  )
})
