/**
 * `conform` as a command: what it exits with, and what it says where a kernel or a machine refuses something.
 */
import { execFileSync } from 'node:child_process'
import { EventEmitter } from 'node:events'
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import type { Io } from '../../checker/cli/io.js'
import { main } from '../../checker/cli/main.js'
import { suite } from '../../checks/suite.js'
import { type Built, buildPuppet } from '../../conformance/build.js'
import { conformCommand } from '../../conformance/command.js'

const folder = mkdtempSync(join(tmpdir(), 'zombieproof-conform-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const built: Built =
  process.platform === 'linux' ? await buildPuppet() : { impossible: 'the puppet needs Linux' }
const path = 'path' in built ? built.path : ''

/** A program of `source`, or undefined where it cannot be built. */
function compiled(source: string): string | undefined {
  const program = join(folder, 'restrict')
  try {
    execFileSync('gcc', ['-O1', '-o', program, source], { stdio: 'ignore' })
    return program
  } catch {
    return undefined
  }
}
const restrict = path === '' ? undefined : compiled(join(import.meta.dirname, 'restrict.c'))
/** What this machine itself lets us do. */
const kernel =
  path === ''
    ? undefined
    : (JSON.parse(execFileSync(path, { input: '', encoding: 'utf8' })) as Record<string, string>)
const possible = kernel?.namespaces?.startsWith('as ') === true && kernel.ptrace === 'yes'
if (!possible) console.log('skipped in part: no puppet, or this kernel refuses namespaces or ptrace')

type Ran = { readonly status: number; readonly out: string; readonly err: string }

async function conform(build: () => Promise<Built>, ...args: readonly string[]): Promise<Ran> {
  const written = { out: '', err: '' }
  const io: Io = {
    stdout: { write: text => (written.out += text) },
    stderr: { write: text => (written.err += text) },
    cwd: folder,
    colour: false,
    now: () => performance.now(),
    signalSource: new EventEmitter(),
    exit: () => {},
  }
  const status = await main(suite, ['conform', ...args], io, [
    { name: 'conform', load: async () => conformCommand(build) },
  ])
  return { status, ...written }
}

/** A puppet that is started by this shell command, where $PUPPET is the real one. */
function puppetIn(command: string): () => Promise<Built> {
  const wrapper = join(folder, `wrapper-${readdirSync(folder).length}`)
  writeFileSync(wrapper, `#!/bin/sh\nPUPPET=${path} RESTRICT=${restrict}\nexec ${command}\n`)
  chmodSync(wrapper, 0o755)
  return async () => ({ path: wrapper })
}
const here = async (): Promise<Built> => built

const line = (steps: readonly (readonly [string, string])[], id: string): string =>
  JSON.stringify({
    id,
    pre: [
      { actor: 'INIT', do: 'setsid()' },
      { actor: 'INIT', do: 'fork P' },
    ],
    steps: steps.map(([actor, call]) => ({ actor, do: call })),
  })
const file = (name: string, ...lines: readonly string[]): string => {
  writeFileSync(join(folder, name), `${lines.join('\n')}\n`)
  return name
}
const plain = file(
  'plain.jsonl',
  line(
    [
      ['P', 'exit(1)'],
      ['INIT', 'wait4(-1, 0)'],
    ],
    'plain',
  ),
)
const mixed = file(
  'mixed.jsonl',
  line([['P', 'exit(1)']], 'without'),
  line([['INIT', 'ptrace(ATTACH, P)']], 'with'),
)
const traced = file('traced.jsonl', line([['INIT', 'ptrace(ATTACH, P)']], 'with'))

describe('where nothing can be asked', () => {
  const programs = process.env.PATH
  afterEach(() => {
    process.env.PATH = programs
  })

  it('no compiler: exit 3, and why', async () => {
    process.env.PATH = folder
    const unbuilt = mkdtempSync(join(folder, 'unbuilt-'))
    expect(await conform(() => buildPuppet(unbuilt), plain)).toEqual({
      status: 3,
      out: 'linux: nothing could be asked: there is no gcc here to build the puppet with\n',
      err: '',
    })
  })

  it('no compiler, as JSON', async () => {
    const { status, out } = await conform(async () => ({ impossible: 'there is no gcc' }), plain, '--json')
    expect(status).toBe(3)
    expect(JSON.parse(out)).toEqual({
      target: 'linux',
      profile: 'linux',
      impossible: 'there is no gcc',
      exit: 3,
    })
  })

  it('a puppet that cannot be started: exit 3, and why', async () => {
    const { status, out } = await conform(async () => ({ path: join(folder, 'nothing') }), plain)
    expect(status).toBe(3)
    expect(out).toMatch(/^linux: nothing could be asked: spawn .*nothing ENOENT\n$/)
  })

  it('a puppet that dies at once: exit 3, and how', async () => {
    expect(await conform(puppetIn("sh -c 'kill -SYS $$'"), plain)).toMatchObject({
      status: 3,
      out: 'linux: nothing could be asked: the puppet has ended (SIGSYS)\n',
    })
  })

  it.runIf(possible && restrict !== undefined)('no PID namespaces: exit 3, and the error', async () => {
    expect(await conform(puppetIn('$RESTRICT no-namespaces $PUPPET'), plain)).toMatchObject({
      status: 3,
      out: 'linux: nothing could be asked: no PID namespaces here: EPERM\n',
    })
  })

  it.runIf(possible && process.getuid?.() === 0)('no /proc: exit 3, and the error', async () => {
    const root = join(folder, 'root')
    mkdirSync(root)
    copyFileSync(path, join(root, 'puppet'))
    expect(await conform(puppetIn(`chroot ${root} /puppet`), plain)).toMatchObject({
      status: 3,
      out: 'linux: nothing could be asked: no /proc here: ENOENT\n',
    })
  })
})

describe.runIf(possible && restrict !== undefined)('where ptrace is forbidden', () => {
  it('by an error: what does not need it is asked', async () => {
    const { status, out } = await conform(puppetIn('$RESTRICT no-ptrace $PUPPET'), mixed)
    expect(status).toBe(0)
    expect(out).toMatch(/agreed +1\n +not possible +1\n/)
    expect(out).toContain('  with: no ptrace here: EPERM\n')
  })

  it('by death: the same', async () => {
    const { status, out } = await conform(puppetIn('$RESTRICT deadly-ptrace $PUPPET'), mixed)
    expect(status).toBe(0)
    expect(out).toContain('  with: no ptrace here: who asks is killed\n')
  })

  it('and all need it: exit 3', async () => {
    const { status, out } = await conform(puppetIn('$RESTRICT no-ptrace $PUPPET'), traced)
    expect(status).toBe(3)
    expect(out).toMatch(/not possible +1\n/)
  })
})

describe.runIf(possible)('on this kernel', () => {
  it('all agrees: exit 0', async () => {
    expect(await conform(here, plain, mixed)).toMatchObject({ status: 0 })
  })

  it('a disagreement: exit 1, minimized, explained, and a C program that says so', async () => {
    const { status, out, err } = await conform(
      here,
      file(
        'long.jsonl',
        line(
          [
            ['P', 'fork C'],
            ['INIT', 'sched_yield()'],
            ['P', 'setsid()'],
          ],
          'long',
        ),
      ),
      ...['--profile', 'gvisor-2018', '--disagreements', 'found'],
    )
    expect(status).toBe(1)
    expect(out).toContain("explained by the switch setsid, set to 'the session'")
    expect(out).not.toContain('sched_yield')
    expect(err).toBe('written: found/setsid.c and .jsonl\n')
    const program = join(folder, 'found', 'setsid')
    execFileSync('gcc', ['-o', program, `${program}.c`])
    expect(statusOf(program)).toBe(1)
    expect(await conform(here, 'found/setsid.jsonl')).toMatchObject({ status: 0 })
  })

  it('a folder that cannot be written: exit 2, and what to do', async () => {
    writeFileSync(join(folder, 'occupied'), '')
    const args = ['--profile', 'gvisor-2018', '--disagreements', 'occupied']
    const { status, err } = await conform(here, file('s.jsonl', line([['P', 'setsid()']], 's')), ...args)
    expect(status).toBe(2)
    expect(err).toMatch(/^error: The disagreements cannot be written to .*occupied: EEXIST/)
  })

  it('a folder in one that takes none: the same, before anything is asked', async () => {
    const scenarios = file('s.jsonl', line([['P', 'setsid()']], 's'))
    const { status, out, err } = await conform(here, scenarios, '--disagreements', '/proc/none/found')
    expect({ status, out }).toEqual({ status: 2, out: '' })
    expect(err).toContain('error: The disagreements cannot be written to /proc/none/found: ')
  })

  it('stopped by a timeout: exit 3, and resumed from the results', async () => {
    const args = ['--behaviours', '40', '--results', 'results.jsonl']
    const stopped = await conform(here, ...args, '--timeout', '0.2s')
    expect(stopped.status).toBe(3)
    expect(stopped.out).toContain('ended early')
    const { status, out } = await conform(here, ...args)
    expect(status).toBe(0)
    const [, played, taken = 0] = /played +(\d+) scenarios.*(?:\n +taken over +(\d+) from)?/.exec(out) ?? []
    expect(Number(played) + Number(taken)).toBe(40)
  })
})

const statusOf = (program: string): number => {
  try {
    execFileSync(program, { stdio: 'ignore' })
    return 0
  } catch (error) {
    return (error as { readonly status: number }).status
  }
}

describe.runIf(possible)('a log from elsewhere', () => {
  const logOf = async (...files: readonly string[]): Promise<string> => {
    const { out } = await conform(here, '--script', ...files)
    return execFileSync(path, { input: out, encoding: 'utf8' })
  }
  const judged = async (text: string, ...files: readonly string[]): Promise<Ran> => {
    writeFileSync(join(folder, 'log'), text)
    return conform(here, '--log', 'log', ...files)
  }

  it('agrees: exit 0', async () => {
    expect(await judged(await logOf(plain), plain)).toMatchObject({ status: 0 })
  })

  it('differs: exit 1', async () => {
    const { status, out } = await judged((await logOf(plain)).replaceAll('exited 1', 'exited 2'), plain)
    expect(status).toBe(1)
    expect(out).toMatch(/differed +1\n/)
  })

  it('is cut short: what is there is judged, and exit 3 says that it is not all', async () => {
    const log = await logOf(plain, mixed)
    const { status, out, err } = await judged(log.slice(0, log.indexOf('"with"') + 3), plain, mixed)
    expect(status).toBe(3)
    expect(out).toMatch(/ended early\n +agreed +2\n/)
    expect(err).toBe('1 scenarios are not in log: it ends before them.\n')
  })

  it('is of a kernel that forbids ptrace: that is no disagreement', async () => {
    const log = (await logOf(mixed)).replace('"ptrace":"yes"', '"ptrace":"EPERM"')
    const { status, out } = await judged(log, mixed)
    expect(status).toBe(0)
    expect(out).toContain('no ptrace here: EPERM')
  })

  it('is of other scenarios: exit 2, and what to do', async () => {
    expect(await judged(await logOf(mixed), plain)).toMatchObject({
      status: 2,
      err: "error: log has the scenario 'without', which is none of those asked for.\n  Give the same files and options as with --script.\n",
    })
  })

  it('is asked of a trace: exit 2, and how to make a scenario of it', async () => {
    const { status, err } = await conform(here, 'found.itf.json')
    expect(status).toBe(2)
    expect(err).toContain('error: found.itf.json is a trace, and not a file of scenarios.')
    expect(err.replace(/\s+/g, ' ')).toContain('pnpm repro found.itf.json --scenario --output NAME.jsonl')
  })

  it('is not there: exit 2, and what to name', async () => {
    const { status, err } = await conform(here, plain, '--log', 'nowhere')
    expect(status).toBe(2)
    expect(err).toBe(
      'error: There is no file nowhere.\n  Name the log that the puppet has written: see conformance/PROTOCOL.md.\n',
    )
  })

  it.each([
    ['is empty', '', /does not begin with the line in which the puppet describes the kernel/],
    ['is no log', 'Segmentation fault\n', /log: not JSON: Segmentation fault/],
    [
      'has bytes of something else',
      '\u0000\u0001ELF\n',
      /log: not JSON: .*\.\n {2}Bring the whole standard output of the puppet/,
    ],
    [
      'is of another puppet',
      '{"puppet":2,"kernel":"Linux"}\n',
      /log: not a line of the puppet: \{"puppet":2/,
    ],
    ['begins in the middle', '{"after":0,"states":{"P":"Z"}}\n', /log: a line outside of any scenario\./],
    [
      'has only scenarios',
      '{"scenario":"plain"}\n',
      /does not begin with the line in which the puppet describes/,
    ],
  ])('%s: exit 2', async (_what, text, says) => {
    const { status, err } = await judged(text, plain)
    expect(status).toBe(2)
    expect(err).toMatch(says)
  })
})

describe('wrong usage', () => {
  it.each([
    ['--target plan9', 'There is no target plan9.'],
    ['--seed 2', '--seed goes with --steps or --behaviours.'],
    ['--sample 2', '--sample goes with --steps.'],
    ['--steps 2 --behaviours 2', '--behaviours and --steps do not go together.'],
    ['--behaviours 0', "--behaviours takes a whole number of at least 1, not '0'."],
    ['nowhere.jsonl', 'There is no file nowhere.jsonl.'],
  ])('%s: exit 2', async (args, says) => {
    const { status, err } = await conform(here, ...args.split(' '))
    expect(status).toBe(2)
    expect(err.split('\n')[0]).toBe(`error: ${says}`)
  })
})

it('the page of the protocol has every field of the first line', () => {
  const page = readFileSync(join(import.meta.dirname, '..', '..', 'conformance', 'PROTOCOL.md'), 'utf8')
  for (const field of Object.keys(kernel ?? {})) expect(page).toContain(`"${field}":`)
})
