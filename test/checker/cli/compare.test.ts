/**
 * `compare` on a toy: two profiles of which one collects a leader too early.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Suite } from '../../../checker/suite.js'
import { type Bench, bench, lines } from './run.js'
import type { Toy } from './toy.js'

let b: Bench
beforeEach(() => {
  b = bench()
})
afterEach(() => b.remove())

it('shows where the profiles first differ, and what the properties make of it', async () => {
  const { status, out } = await b.run('compare', 'patient', 'hasty', 'reaping')
  expect(out).toMatchInlineSnapshot(`
    "reaping: one leader, one worker, no tracer
      compared   17 and 20 states, 56 pairs, 0.0 s
      property   a leader is reaped last: holds under patient, violated in 4 steps under hasty
      differs    after 4 steps: only under hasty is seen: waitCollectZombie(shell, leader)
      instead    under patient: at rest; or prepareExit(worker)

          from       pair: one leader, one worker
          shortest trace, of hasty, 4 steps    leader shell   what changed
          1 prepareExit(leader)                  ●      │     leader.exitRequested   false → true
          2 exitThreadGroup(leader)              ●      │     leader.exitState       None → Initiated
          3 runExitNotify(leader)                ●      │     leader.exitState       Initiated → Zombie
          4 waitCollectZombie(shell, leader)     │      ●     leader.exitState       Zombie → Dead
                                                 │      │     · wait4 returned=leader

          saved      counterexamples/unreviewed/compare--patient--hasty--reaping.itf.json
          replay     pnpm replay counterexamples/unreviewed/compare--patient--hasty--reaping.itf.json

    patient and hasty, to depth 8, 0.0 s: 1 check compared, 1 with another behaviour, 1 with another verdict, the nearest difference in reaping, 4 steps
    "
  `)
  expect(status).toBe(1)
})

it('compares a profile with itself, and finds the same', async () => {
  const { status, out } = await b.run('compare', 'hasty', 'hasty', 'reaping', '--depth', '20')
  expect(out).toBe(
    lines(`
      reaping: one leader, one worker, no tracer
        compared   20 and 20 states, 20 pairs, 0.0 s
        same       what is seen of one can be seen of the other, always

      hasty and hasty, to depth 20, 0.0 s: 1 check compared, 0 with another behaviour, 0 with another verdict
    `),
  )
  expect(status).toBe(0)
})

it('looks no deeper than it is told', async () => {
  const { status, out } = await b.run('compare', 'patient', 'hasty', 'reaping', '--depth', '2')
  expect(out).toContain('same       no difference within 2 steps\n')
  expect(status).toBe(0)
})

it('exits with 3 when a limit stops it', async () => {
  const { status, out } = await b.run('compare', 'hasty', 'hasty', 'reaping', '--max-states', '3')
  expect(out).toContain('stopped by --max-states 3\n')
  expect(status).toBe(3)
})

it('exits with 3 when a signal stops it', async () => {
  b.signals.once('newListener', () => setImmediate(() => b.signals.emit('SIGINT')))
  expect(await b.run('compare', 'hasty', 'hasty')).toMatchObject({ status: 3 })
})

it('prints one JSON document', async () => {
  const { status, out } = await b.run('compare', 'patient', 'hasty', 'reaping', 'shallow', '--json')
  const document = JSON.parse(out)
  expect(document).toMatchObject({
    first: 'patient',
    second: 'hasty',
    depth: 8,
    checks: [{ name: 'reaping', difference: { profile: 'hasty', topology: 'pair' } }, { name: 'shallow' }],
    shortest: { check: 'reaping' },
    exit: 1,
  })
  expect(status).toBe(1)
})

describe('the file of a difference', () => {
  const file = 'counterexamples/unreviewed/compare--patient--hasty--reaping.itf.json'

  it('is replayed on both profiles', async () => {
    await b.run('compare', 'patient', 'hasty', 'reaping', '--no-properties')
    const { status, out } = await b.run('replay', file)
    expect(out).toContain('  reached    this can be seen under hasty, and not under patient: after ')
    expect(status).toBe(0)
  })

  it('cannot steer the terminal with its own words', async () => {
    await b.run('compare', 'patient', 'hasty', 'reaping', '--no-properties')
    const path = join(b.folder, file)
    const document = JSON.parse(readFileSync(path, 'utf8'))
    Object.assign(document['#meta'].zombieproof, { property: 'seen\u001b[2J', says: 'so\u0007' })
    writeFileSync(path, JSON.stringify(document))
    const { out } = await b.run('replay', file)
    expect(out).toContain('  asks       seen\\u001b[2J: so\\u0007\n')
  })

  it('is not minimized: it is a shortest one', async () => {
    await b.run('compare', 'patient', 'hasty', 'reaping', '--no-properties')
    expect(await b.run('minimize', file)).toEqual({
      status: 2,
      out: '',
      err: lines(`
        error: ${file} is a difference between two
        profiles, and there is no shorter one in its check.
          Look for one in others: pnpm compare hasty patient
      `),
    })
  })
})

describe('--all', () => {
  /** The toy with one thing that its profiles differ in, and one that no rule asks for. */
  const suite = (): Suite<Toy> => ({
    ...b.suite,
    checks: b.suite.checks.map(check => ({
      ...check,
      watch: options => ({ model: check.build(options), asked: new Set(['haste']) }),
    })),
    variants: (_first, second) => [
      { name: 'haste', says: 'waits → does not wait', profile: second },
      { name: 'colour', says: 'red → blue', profile: second },
    ],
  })

  it('shows one trace for each thing', async () => {
    const { status, out } = await b.runWith({ suite: suite() }, 'compare', 'patient', 'hasty', '--all')
    expect(out).toContain('haste: waits → does not wait\n  check      reaping\n  differs    after ')
    expect(out).toContain('colour: red → blue\n  same       no check asks it within 8 steps\n')
    expect(out).toContain('patient and hasty, to depth 8, 0.0 s: 2 switches, 1 seen\n')
    expect(status).toBe(1)
  })

  it('says so where a model does not tell what its profiles differ in', async () => {
    expect(await b.run('compare', 'patient', 'hasty', '--all')).toMatchObject({
      status: 2,
      err: lines(`
        error: This model does not say what its profiles differ in.
          Leave out --all: the profiles are compared as wholes.
      `),
    })
  })
})

it.each([
  [['compare', 'patient'], "error: Missing required argument 'B'.\n  See: zombieproof compare --help\n"],
  [
    ['compare', 'patient', 'hastie'],
    "error: There is no profile 'hastie'.\n  Did you mean 'hasty'?\n  Known profiles: patient, hasty.\n",
  ],
])('zombieproof %j', async (args, err) => {
  expect(await b.run(...args)).toEqual({ status: 2, out: '', err })
})

describe('the file of a difference that is damaged', () => {
  const name = 'compare--patient--hasty--reaping.itf.json'
  type Meta = { profile: string; other?: string; check: string; actions: unknown[]; [field: string]: unknown }
  type Document = { '#meta': { zombieproof: Meta }; states: unknown[] }

  /** The file after `damage`; what `replay` says of it. */
  async function damaged(damage: (meta: Meta, document: Document) => void): Promise<string> {
    await b.run('compare', 'patient', 'hasty', 'reaping')
    const path = join(b.counterexamples, 'unreviewed', name)
    const document = JSON.parse(readFileSync(path, 'utf8')) as Document
    damage(document['#meta'].zombieproof, document)
    writeFileSync(join(b.folder, 'd.itf.json'), JSON.stringify(document))
    const { status, err } = await b.run('replay', 'd.itf.json')
    expect(status).toBe(2)
    return err
  }

  it.each<[string, (meta: Meta, document: Document) => void, string]>([
    [
      'has another order of steps',
      meta => meta.actions.reverse(),
      `
        error: d.itf.json: step 1, waitCollectZombie(shell, leader), is not enabled in the initial state.
          The trace was recorded with other rules or bounds than these.
          Enabled here: prepareExit(leader), prepareExit(worker). Record it again with: pnpm compare hasty patient
          reaping
      `,
    ],
    [
      'does not say from what it differs',
      meta => delete meta.other,
      `
        error: d.itf.json does not say from which profile it differs.
          Record it again: pnpm compare
      `,
    ],
    [
      'differs from a profile that there is not',
      meta => (meta.other = 'plan9'),
      `
        error: There is no profile 'plan9'.
          Known profiles: patient, hasty.
      `,
    ],
    [
      'has a step too few',
      meta => meta.actions.pop(),
      `
        error: d.itf.json is damaged: #meta.zombieproof.actions has 3 actions for 4 steps.
          The file was edited by hand, or by another version.
          Record it again with: pnpm compare
      `,
    ],
    [
      'has a state too few',
      (_, document) => document.states.pop(),
      `
        error: d.itf.json is damaged: states has 4 states for 4 steps.
          The file was edited by hand, or by another version.
          Record it again with: pnpm compare
      `,
    ],
  ])('%s: exit 2, and how to record it again', async (_what, damage, says) => {
    expect(await damaged(damage)).toBe(lines(says))
  })
})
