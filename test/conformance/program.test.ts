/**
 * The stand-alone C programs that `repro` writes: they do what the puppet does, name what hangs, and leave nothing behind.
 */
import { execFile, execFileSync, spawn } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Io } from '../../checker/cli/io.js'
import { main } from '../../checker/cli/main.js'
import { suite } from '../../checks/suite.js'
import { Oracle, slotsFor } from '../../conformance/oracle/oracle.js'
import { type Expectations, expectationsOfSpec, programFor } from '../../conformance/repro.js'
import { reproCommand } from '../../conformance/repro-command.js'
import { readScenarios, type Scenario, standardStart } from '../../conformance/scenario.js'
import { linux } from '../../spec/profile.js'

const root = join(import.meta.dirname, '..', '..')
const folder = mkdtempSync(join(tmpdir(), 'zombieproof-program-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const possible =
  process.platform === 'linux' && process.arch === 'x64' && process.getuid?.() === 0 && hasCompiler()
if (!possible) console.log('skipped in part: no gcc, no root, or no Linux on x86-64')

function hasCompiler(): boolean {
  try {
    execFileSync('gcc', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

type Ran = { readonly status: number; readonly out: string }

/** Builds it with every warning an error. */
async function built(scenario: Scenario, expected: Expectations): Promise<string> {
  const program = join(folder, scenario.id)
  writeFileSync(`${program}.c`, await programFor(scenario, expected, []))
  await promisify(execFile)('gcc', ['-Wall', '-Wextra', '-Werror', '-O1', '-o', program, `${program}.c`])
  return program
}

const ran = async (program: string): Promise<Ran> =>
  promisify(execFile)(program).then(
    ({ stdout }) => ({ status: 0, out: stdout }),
    ({ code, stdout }: { code: number; stdout: string }) => ({ status: code, out: stdout }),
  )

const bySpec = (scenario: Scenario): Expectations =>
  expectationsOfSpec(scenario, new Oracle(linux, slotsFor(scenario)), linux.name)

describe.runIf(possible)('a program on this kernel', () => {
  let scenarios: ReadonlyMap<string, Scenario>
  beforeAll(async () => {
    const files = ['sample.jsonl', 'suites.jsonl'].map(name => join(root, 'conformance', 'scenarios', name))
    scenarios = new Map(
      (await Promise.all(files.map(file => readScenarios(file)))).flat().map(it => [it.id, it]),
    )
  })

  // Together they have every part of program.c but poll and setns.
  it.concurrent.each([
    'pidns-zombie-held-by-tracer',
    'exit-signal-after-execve',
    'ptrace-event-clone-thread',
    'ptrace-stop-sigchld',
    'vfork-thread-exec',
    'cont-ignored-or-blocked-still-continues',
  ])('%s: shows what the kernel was seen to do before', { timeout: 60_000 }, async id => {
    const scenario = scenarios.get(id) as Scenario
    const recorded = scenario.linux_observed?.events ?? []
    const all: Expectations = {
      says: 'what was seen before',
      all: false,
      bySteps: scenario.steps.map((_, i) => [
        recorded
          .filter(({ after }) => after === i)
          .map(({ actor, call, result }) => `${actor} ${call} = ${result}`),
      ]),
    }
    expect(await ran(await built(scenario, all))).toMatchObject({
      status: 0,
      out: expect.stringMatching(/\nas expected\n$/),
    })
  })

  const waits: Scenario = {
    id: 'hangs',
    pre: [...standardStart],
    steps: [
      { actor: 'P', do: 'fork C' },
      { actor: 'P', do: 'wait4(-1, 0)' },
    ],
  }

  it('names the call that hangs, ends, and leaves nobody behind', { timeout: 60_000 }, async () => {
    const expected: Expectations = {
      says: 'nobody',
      all: true,
      bySteps: [
        [['P fork C = C', 'C live', 'INIT live', 'P live']],
        [['P wait4(-1, 0) = C exited 1'], ['P wait4(-1, 0) = ECHILD']],
      ],
    }
    const program = await built(waits, expected)
    const { status, out } = await ran(program)
    expect({ status, out: out.replace(/^.*\n/, '') }).toEqual({
      status: 1,
      out: `1 P fork C
      saw       P fork C = C
      states    INIT live; P live; C live
2 P wait4(-1, 0)
      saw       P wait4(-1, 0) = no return yet
      states    INIT live; P live; C live
      expected  P wait4(-1, 0) = C exited 1
      or        P wait4(-1, 0) = ECHILD
      HANG      P does not return from wait4(-1, 0)
NOT as expected, first after step 2
`,
    })
    expect(running(program)).toBe(0)
  })

  it('leaves nobody behind when it is killed in the middle', { timeout: 60_000 }, async () => {
    const program = await built({ ...waits, id: 'killed' }, bySpec(waits))
    const child = spawn(program, { stdio: ['ignore', 'pipe', 'ignore'] })
    await new Promise(resolve => child.stdout.once('data', resolve))
    await expect.poll(() => running(program), { timeout: 5_000 }).toBeGreaterThan(2)
    child.kill('SIGKILL')
    await expect.poll(() => running(program), { timeout: 5_000 }).toBe(0)
  })
})

/** Processes of this program, dead ones not counted. */
const running = (program: string): number =>
  execFileSync('ps', ['-eo', 'stat,args'], { encoding: 'utf8' })
    .split('\n')
    .filter(line => line.includes(program) && !line.startsWith('Z')).length

/** What `repro` writes to standard output. */
async function repro(file: string): Promise<string> {
  let out = ''
  const io: Io = {
    stdout: { write: text => (out += text) },
    stderr: { write: text => (out += text) },
    cwd: root,
    colour: false,
    now: () => 0,
    signalSource: new EventEmitter(),
    exit: () => {},
  }
  await main(suite, ['repro', file], io, [{ name: 'repro', load: async () => reproCommand(suite) }])
  return out
}

const kept = readdirSync(join(root, 'counterexamples')).filter(name => name.endsWith('.c'))

it.each(kept)('%s is what repro makes of its steps', { timeout: 60_000 }, async name => {
  const steps = name.replace(/\.c$/, '.jsonl')
  const files = readdirSync(join(root, 'counterexamples'))
  const source = files.includes(steps) ? steps : name.replace(/\.c$/, '.itf.json')
  expect(await repro(join('counterexamples', source))).toBe(
    readFileSync(join(root, 'counterexamples', name), 'utf8'),
  )
})

it.each(kept)('%s has what it printed on both kernels beside it', name => {
  const [of = ''] = name.split('.')
  const printed = (kernel: string) =>
    readFileSync(join(root, 'counterexamples', `${of}.${kernel}.txt`), 'utf8')
  expect(printed('linux')).toMatch(/^Linux .*\n1 [\s\S]*\nas expected\nexit status 0\n$/)
  expect(printed('runsc')).toMatch(/^Linux 4\.4\.0\n1 [\s\S]*\nexit status \d+\n$/)
})

it('of every property that gvisor-2022 breaks it is said which program shows it, or why none does', () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8')
  const broken = [...readme.matchAll(/^\| ([^|]+) \| [^|]+ \| [^|]+ \| \*\*violated\*\* \| [^|]+ \|$/gm)].map(
    ([, name = '']) => name,
  )
  expect(broken.length).toBeGreaterThan(0)
  const catalogue = readFileSync(join(root, 'counterexamples', 'README.md'), 'utf8')
  const said = catalogue.slice(catalogue.indexOf('### Every violation under gvisor-2022'))
  expect(broken.filter(name => !said.includes(name))).toEqual([])
})
