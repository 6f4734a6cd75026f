/**
 * The whole program says the same, whether checks are made one after the other or at once.
 */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const program = join(import.meta.dirname, '..', '..', 'bin', 'zombieproof.js')

const checked = (workers: number, ...args: readonly string[]) => {
  const all = [
    program,
    'check',
    'exit',
    'orphans',
    'waits',
    'stops',
    'jobs',
    '--workers',
    `${workers}`,
    ...args,
  ]
  const { status, stdout, stderr } = spawnSync(process.execPath, all, { encoding: 'utf8' })
  // Times differ, and with them where a line is broken; which check is told of first, while all are searched, too.
  const out = stdout.replace(/\d+(\.\d+)?\s+s\b|"seconds": [\d.]+/g, 'TIME').replace(/\s+/g, ' ')
  return { status, out, err: stderr.split('\n').toSorted() }
}

it.each([
  ['--depth', '4'],
  ['--depth', '3', '--json', '--coverage'],
])(
  'check %s %s %s',
  (...args) => {
    const one = checked(1, ...args)
    expect(one.out).toContain('orphans')
    const several = checked(3, ...args)
    expect({ ...several, err: [] }).toEqual({ ...one, err: [] })
  },
  120_000,
)

it('a check that is searched on another thread ends with the signal, too, and so does the program', async () => {
  const child = spawn(process.execPath, [program, 'check', '--workers', '3', '--json'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const said: string[] = []
  child.stdout.setEncoding('utf8').on('data', text => said.push(text))
  const ended = once(child, 'close')
  setTimeout(() => child.kill('SIGINT'), 3000)
  expect(await ended).toEqual([3, null])
  const { checks } = JSON.parse(said.join('')) as { checks: { name: string; stop?: { by: string } }[] }
  expect(checks.length).toBeGreaterThan(30)
  expect(checks.some(({ stop }) => stop?.by === 'signal')).toBe(true)
}, 60_000)
