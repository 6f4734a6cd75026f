/**
 * Known counterexamples: kept, found again, gone, and overtaken by shorter ones.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { TraceDocument } from '../../../checker/itf/document.js'
import { type Bench, bench, lines } from './run.js'

let b: Bench
let path: string
const early = 'counterexamples/early.itf.json'
const reapedLast = ['--property', 'a leader is reaped last'] as const
const save = ['check', 'reaping', '--profile', 'hasty', ...reapedLast, '--save', 'early'] as const

beforeEach(async () => {
  b = bench()
  path = join(b.folder, early)
  await b.run(...save)
})
afterEach(() => b.remove())

/** As somebody who curates the file would. */
function edit(change: (document: TraceDocument) => void): void {
  const document = JSON.parse(readFileSync(path, 'utf8')) as TraceDocument
  change(document)
  writeFileSync(path, JSON.stringify(document))
}

/** The toy as if it had been repaired: the profile hasty is as patient as the other. */
const repaired = (): Bench['suite'] => ({
  ...b.suite,
  checks: b.suite.checks.map(check => ({ ...check, build: o => check.build({ ...o, profile: 'patient' }) })),
})

it('is written once, and never over another one by accident', async () => {
  const before = readFileSync(path, 'utf8')
  expect(await b.run(...save)).toEqual({
    status: 2,
    out: '',
    err: `error: ${early} exists already.\n  Choose another name, or overwrite it with --force.\n`,
  })
  edit(document => document['#meta'].zombieproof.alsoIn.push('families'))
  expect(await b.run(...save, '--force')).toMatchObject({ status: 0 })
  expect(JSON.parse(readFileSync(path, 'utf8'))['#meta'].zombieproof.alsoIn).toEqual(['families'])
  expect(before.replace('"alsoIn": []', '"alsoIn": ["families"]')).toBe(readFileSync(path, 'utf8'))
})

it('is not written where nothing is violated', async () => {
  const { status, err } = await b.run('check', 'reaping', ...reapedLast, '--save', 'late')
  expect({ status, err }).toEqual({
    status: 2,
    err: 'error: There is no violation to save as late.\n  Search deeper, or ask for another property.\n',
  })
})

it('what is known is no failure, and has one line', async () => {
  expect(await b.run('check', 'reaping', '--profile', 'hasty')).toEqual({
    status: 0,
    out: lines(`
      reaping: one leader, one worker, no tracer
        explored   20 states, 31 transitions, depth 7, frontier empty, 0.0 s
        known      a leader is reaped last, 4 steps, counterexamples/early.itf.json
        holds      no deadlock
        reached    the leader is a zombie while the worker runs, depth 3

      1 check, 20 states, 0.0 s: known 1, holds 1, reached 1
    `),
    err: '',
  })
})

it('--verbose shows its trace', async () => {
  const { out } = await b.run('check', 'reaping', '--profile', 'hasty', ...reapedLast, '--verbose')
  expect(out).toContain(
    lines(`
      known      a leader is reaped last, 4 steps, counterexamples/early.itf.json
                 leader is Dead while worker is None

          from       pair: one leader, one worker
          trace, 4 steps                       leader shell   what changed
    `).replace(/^(?=.)/gm, '  '),
  )
})

it('in a search that does not go so deep, its replay is enough', async () => {
  const { status, out } = await b.run('check', 'reaping', '--profile', 'hasty', '--depth', '2', '--json')
  expect(status).toBe(0)
  expect(JSON.parse(out).checks[0].properties[0]).toMatchObject({
    verdict: 'known',
    steps: 4,
    counterexample: early,
  })
})

it('in another check it is new, until its file names that check', async () => {
  const first = await b.run('check', 'families', '--profile', 'hasty')
  expect(first.status).toBe(1)
  expect(first.out).toContain(
    'known in the check reaping: if the cause is the same, name this check in alsoIn of',
  )
  edit(document => document['#meta'].zombieproof.alsoIn.push('families'))
  const second = await b.run('check', 'families', '--profile', 'hasty')
  expect(second.status).toBe(0)
  expect(second.out).toContain(`  known      a leader is reaped last, 4 steps, ${early}\n`)
})

it('a mutant and another profile know nothing of it', async () => {
  expect(await b.run('check', 'reaping')).toMatchObject({ status: 0 })
  expect(await b.run('check', '--mutant', 'no-group-empty-check', '--profile', 'hasty')).toMatchObject({
    status: 1,
  })
})

it('a complete search that no longer finds it is a failure: the step that is not enabled is named', async () => {
  const { status, out } = await b.runWith(
    { suite: repaired() },
    'check',
    'reaping',
    '--profile',
    'hasty',
    ...reapedLast,
  )
  expect(status).toBe(1)
  expect(out).toBe(
    lines(`
      reaping: one leader, one worker, no tracer
        explored   17 states, 25 transitions, depth 7, frontier empty, 0.0 s
        gone       a leader is reaped last: known from counterexamples/early.itf.json, but step 4,
                   waitCollectZombie(shell, leader), is not enabled after step 3
        holds      a leader is reaped last

      1 check, 17 states, 0.0 s: gone 1, holds 1
    `),
  )
})

it('so it is in a search that does not go so deep', async () => {
  const { status, out } = await b.runWith(
    { suite: repaired() },
    'check',
    'reaping',
    '--profile',
    'hasty',
    '--depth',
    '2',
    '--json',
  )
  expect(status).toBe(1)
  expect(JSON.parse(out).checks[0].gone).toEqual([
    {
      file: early,
      property: 'a leader is reaped last',
      why: 'step 4, waitCollectZombie(shell, leader), is not enabled after step 3',
    },
  ])
})

it('and in the other checks that it names', async () => {
  edit(document => document['#meta'].zombieproof.alsoIn.push('families'))
  const { status, out } = await b.runWith(
    { suite: repaired() },
    'check',
    'families',
    '--profile',
    'hasty',
    '--json',
  )
  expect(status).toBe(1)
  expect(JSON.parse(out).checks[0].gone).toEqual([
    {
      file: early,
      property: 'a leader is reaped last',
      why: 'a complete search finds no violation here; take this check out of its alsoIn',
    },
  ])
})

it('a trace that replays and shows nothing is gone too, and what is found instead is new', async () => {
  edit(document => {
    const meta = document['#meta'].zombieproof
    meta.actions.pop()
    meta.steps = 3
    document.states.pop()
  })
  const { status, out } = await b.run('check', 'reaping', '--profile', 'hasty', ...reapedLast)
  expect(status).toBe(1)
  expect(out).toContain('  violated   a leader is reaped last: leader is Dead while worker is None\n')
  expect(out).toContain(
    '  gone       a leader is reaped last: known from counterexamples/early.itf.json, but its trace no longer shows\n             it\n',
  )
})

it('a shorter trace than the known one is a failure, so that the known one stays the shortest', async () => {
  edit(document => {
    const meta = document['#meta'].zombieproof
    const [first] = meta.actions
    meta.actions.unshift({ ...first!, choice: { task: 'worker' }, label: 'prepareExit(worker)' })
    meta.steps = 5
    const [initial] = document.states
    document.states.unshift(initial!)
    for (const [index, state] of document.states.entries())
      document.states[index] = { ...state, '#meta': { index } }
  })
  const { status, out } = await b.run('check', 'reaping', '--profile', 'hasty', ...reapedLast)
  expect(status).toBe(1)
  expect(out).toContain(
    'shorter than the known one: 4 steps instead of 5, update counterexamples/early.itf.json\n',
  )
})

it.each`
  args                      | verdict    | why
  ${['--topology', 'pair']} | ${'known'} | ${'its topology is searched'}
  ${['--feature', 'exit']}  | ${'holds'} | ${'it needs another feature'}
  ${['--tasks', '1']}       | ${'holds'} | ${'its topology is not among those of one task'}
  ${['--tasks', '2']}       | ${'known'} | ${'its topology is among those of two tasks'}
`('with $args it is $verdict: $why', async ({ args, verdict }) => {
  const { status, out } = await b.run(
    'check',
    'reaping',
    '--profile',
    'hasty',
    ...reapedLast,
    ...args,
    '--json',
  )
  expect(status).toBe(0)
  expect(JSON.parse(out).checks[0].properties[0].verdict).toBe(verdict)
})

it('a known file that is damaged is wrong usage, whatever is asked', async () => {
  mkdirSync(b.counterexamples, { recursive: true })
  writeFileSync(path, '{"vars": [')
  expect(await b.run('check', 'shallow')).toEqual({
    status: 2,
    out: '',
    err: lines(`
      error: counterexamples/early.itf.json is not JSON: it ends too early, in line 1.
        The file was cut short or edited by hand.
        Record it again with: pnpm check
    `),
  })
})
