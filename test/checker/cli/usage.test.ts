/**
 * What the command line says to wrong usage. The texts are part of the product.
 */
import { availableParallelism } from 'node:os'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Bench, bench, lines } from './run.js'

let b: Bench
beforeAll(() => {
  b = bench()
})
afterAll(() => b.remove())

const cases: readonly (readonly [args: readonly string[], err: string])[] = [
  [
    [],
    'error: A command is missing.\n  Commands: check, compare, explore, minimize, replay, walk. See: zombieproof --help\n',
  ],
  [
    ['chek'],
    `
    error: Unknown command 'chek'.
      Did you mean check?
      Commands: check, compare, explore, minimize, replay, walk. See: zombieproof --help
    `,
  ],
  [
    ['check', '--dept', '3'],
    `
    error: Unknown option '--dept'.
      Did you mean --depth?
      See: zombieproof check --help
    `,
  ],
  [['check', '--depth'], "error: Option '--depth <N>' argument missing.\n  See: zombieproof check --help\n"],
  [['replay'], "error: Missing required argument 'FILE'.\n  See: zombieproof replay --help\n"],
  [
    ['check', '--depth', 'deep'],
    "error: --depth takes a whole number of at least 0, not 'deep'.\n  For example: --depth 8\n",
  ],
  [
    ['check', '--depth', '-1'],
    "error: --depth takes a whole number of at least 0, not '-1'.\n  For example: --depth 8\n",
  ],
  [
    ['check', '--depth', '1.5'],
    "error: --depth takes a whole number of at least 0, not '1.5'.\n  For example: --depth 8\n",
  ],
  [
    ['check', '--tasks', '0'],
    "error: --tasks takes a whole number of at least 1, not '0'.\n  For example: --tasks 8\n",
  ],
  [
    ['check', '--workers', '0'],
    "error: --workers takes a whole number of at least 1, not '0'.\n  For example: --workers 8\n",
  ],
  [
    ['check', '--workers', '100000'],
    `error: --workers takes at most ${Math.max(8, 4 * availableParallelism())} on this machine, not '100000'.\n  For example: --workers ${availableParallelism()}\n`,
  ],
  ...[['--workers', '2'], ['--paranoid'], ['--stats']].map(
    given =>
      [
        ['check', '--engine', 'simple', ...given],
        `
    error: ${given[0]} does not go with --engine simple.
      The simple engine has one thread, remembers nothing, and counts nothing of what it does.
      Leave out one of them.
    `,
      ] as const,
  ),
  [
    ['check', '--max-memory', '512'],
    "error: --max-memory takes a size with its unit, not '512'.\n  For example: --max-memory 512M, --max-memory 2G\n",
  ],
  [
    ['check', '--timeout', 'soon'],
    "error: --timeout takes a time, not 'soon'.\n  For example: --timeout 30s, --timeout 5m\n",
  ],
  [
    ['check', 'reapin'],
    `
    error: There is no check 'reapin'.
      Did you mean 'reaping'?
      Known checks: reaping, families, shallow.
    `,
  ],
  [['check', '--profile', 'x'], "error: There is no profile 'x'.\n  Known profiles: patient, hasty.\n"],
  [
    ['check', '--feature', 'exits'],
    `
    error: There is no feature 'exits'.
      Did you mean 'exit'?
      Known features: exit, wait.
    `,
  ],
  [
    ['check', '--topology', 'trio'],
    "error: There is no topology 'trio'.\n  Known topologies: pair, alone.\n",
  ],
  [
    ['check', '--mutant', 'throw'],
    `
    error: There is no mutant 'throw'.
      Did you mean 'throws'?
      Known mutants: no-group-empty-check, throws. Each is described by: zombieproof check --mutants
    `,
  ],
  [
    ['check', '--property', 'a leader is reaped first'],
    `
    error: There is no property 'a leader is reaped first'.
      Did you mean 'a leader is reaped last'?
      Known properties:
        a leader is reaped last
        the leader is a zombie while the worker runs
        no deadlock
        the dead stay dead
    `,
  ],
  [
    ['check', 'reaping', '--topology', 'alone'],
    "error: The check 'reaping' has no topology 'alone'.\n  Its topologies: pair.\n",
  ],
  [
    ['check', 'reaping', '--property', 'the dead stay dead'],
    `
    error: There is no property 'the dead stay dead' in the check 'reaping'.
      Known properties:
        a leader is reaped last
        the leader is a zombie while the worker runs
        no deadlock
    `,
  ],
  [
    ['check', '--topology', 'alone', '--property', 'the leader is a zombie while the worker runs'],
    `
    error: No check has all of what was asked.
      Asked were the property 'the leader is a zombie while the worker runs', the topology 'alone'.
      See what each has: zombieproof check --list
    `,
  ],
  [
    ['check', 'reaping', '--tasks', '1', '--topology', 'pair'],
    `
    error: There is no topology 'pair'.
      Known topologies of at most 1 tasks: alone.
    `,
  ],
  [['check', '--tasks', '9'], 'error: reaping has at most 2 tasks.\n  Ask for --tasks 1 or 2.\n'],
  [
    ['check', 'reaping', '--save', 'early'],
    `
    error: --save takes one violation: one check and one property.
      For example: pnpm check CHECK --property 'SENTENCE' --save early
    `,
  ],
  [
    ['check', 'reaping', '--property', 'no deadlock', '--save', '../early'],
    `
    error: '../early' is no name for a counterexample.
      Name what goes wrong, in lower case with hyphens: leader-reaped-before-worker
    `,
  ],
  [
    ['check', 'reaping', '--property', 'no deadlock', '--mutant', 'throws', '--save', 'early'],
    `
    error: --save does not go with --mutant.
      Known counterexamples are those of the model itself.
      Leave out --save: the violation is written to unreviewed/.
    `,
  ],
]

it.each(cases)('zombieproof %j', async (args, err) => {
  expect(await b.run(...args)).toEqual({ status: 2, out: '', err: err.startsWith('\n') ? lines(err) : err })
})

describe('help and lists', () => {
  it.each([['--help'], ['check', '--help'], ['replay', '--help']])('%s %s has examples', async (...args) => {
    const { status, out, err } = await b.run(...args)
    expect({ status, err }).toEqual({ status: 0, err: '' })
    expect(out).toContain('Examples:\n  zombieproof ')
    expect(out).toContain('Exit status: 0 ')
    expect(Math.max(...out.split('\n').map(line => line.length))).toBeLessThanOrEqual(110)
  })

  it('--list shows everything that can be asked', async () => {
    expect(await b.run('check', '--list')).toEqual({
      status: 0,
      err: '',
      out: lines(`
        checks
          reaping: one leader, one worker, no tracer
              features    exit, wait
              topologies  pair
          families: a leader with and without a worker
              features    exit, wait
              topologies  pair, alone
          shallow: only the first steps
              features    exit, wait
              topologies  pair
              bound       depth 2: the toy has to show a bound

        properties
          no deadlock (invariant)
              Where nothing more can happen, that is a legitimate end.
              asked in    reaping, families, shallow
          a leader is reaped last (invariant)
              A leader is dead only when its worker is.
              asked in    reaping, families
          the leader is a zombie while the worker runs (cover)
              A leader can exit before its worker.
              asked in    reaping, shallow
          the dead stay dead (step)
              No step changes a dead task.
              asked in    families, shallow

        profiles
          patient   the shell waits for the whole group (default)
          hasty     the shell collects a leader at once

        features
          exit   exit and its path
          wait   wait4

        topologies
          pair    one leader, one worker
          alone   a leader without worker
      `),
    })
  })

  it('--mutants says what each breaks and what catches it', async () => {
    const { out } = await b.run('check', '--mutants')
    expect(out).toBe(
      lines(`
        mutants
          no-group-empty-check: the shell does not look whether the group is empty
              rule        waitCollectZombie
              breaks      a leader is reaped last
              caught by   pnpm check reaping --mutant no-group-empty-check --depth 4
          throws: a rule that throws
              rule        exitThreadGroup
              breaks      no deadlock
                          the dead stay dead
              caught by   pnpm check reaping --mutant throws --depth 2
      `),
    )
  })

  it('both can be had as JSON', async () => {
    expect(JSON.parse((await b.run('check', '--list', '--json')).out).checks[2]).toEqual({
      name: 'shallow',
      says: 'only the first steps',
      features: ['exit', 'wait'],
      topologies: ['pair'],
      bound: { depth: 2, reason: 'the toy has to show a bound' },
      properties: ['the dead stay dead', 'the leader is a zombie while the worker runs', 'no deadlock'],
    })
    expect(JSON.parse((await b.run('check', '--mutants', '--json')).out).mutants).toHaveLength(2)
  })
})
