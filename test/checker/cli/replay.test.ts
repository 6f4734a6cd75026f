/**
 * `replay`, and every way in which a file can be broken.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { TraceDocument } from '../../../checker/itf/document.js'
import { type Bench, bench, lines } from './run.js'

let b: Bench
const file = 'counterexamples/early.itf.json'
const write = (text: string): void => writeFileSync(join(b.folder, file), text)
const read = (): string => readFileSync(join(b.folder, file), 'utf8')

beforeEach(async () => {
  b = bench()
  await b.run(
    'check',
    'reaping',
    '--profile',
    'hasty',
    '--property',
    'a leader is reaped last',
    '--save',
    'early',
  )
})
afterEach(() => b.remove())

describe('a trace that fits', () => {
  it('is shown step by step, with what is wrong at its end', async () => {
    expect(await b.run('replay', file)).toEqual({
      status: 0,
      out: lines(`
        reaping: one leader, one worker, no tracer
          replays    counterexamples/early.itf.json, profile hasty
          asks       a leader is reaped last: A leader is dead only when its worker is.

              from       pair: one leader, one worker
              trace, 4 steps                       leader shell   what changed
              1 prepareExit(leader)                  ●      │     leader.exitRequested   false → true
              2 exitThreadGroup(leader)              ●      │     leader.exitState       None → Initiated
              3 runExitNotify(leader)                ●      │     leader.exitState       Initiated → Zombie
              4 waitCollectZombie(shell, leader)     │      ●     leader.exitState       Zombie → Dead
                                                     │      │     · wait4 returned=leader

          violated   a leader is reaped last: leader is Dead while worker is None
      `),
      err: '',
    })
  })

  it('--verbose adds where its rules come from', async () => {
    const { out } = await b.run('replay', file, '--verbose')
    expect(out).toContain('  rule       prepareExit (exit, external): prepareExit in task_exit.go\n')
  })

  it('can be had as JSON', async () => {
    const { status, out } = await b.run('replay', file, '--json')
    const replayed = JSON.parse(out)
    expect(status).toBe(0)
    expect(replayed).toMatchObject({
      file,
      check: 'reaping',
      profile: 'hasty',
      mutant: null,
      topology: 'pair',
      verdict: 'violated',
      because: 'leader is Dead while worker is None',
      steps: 4,
      exit: 0,
    })
    expect(replayed.actions[3]).toEqual({
      rule: 'waitCollectZombie',
      choice: { task: 'leader', by: 'shell' },
      label: 'waitCollectZombie(shell, leader)',
      changes: [{ place: 'leader.exitState', from: 'Zombie', to: 'Dead' }],
      events: [{ kind: 'wait4', returned: 'leader', text: 'wait4 returned=leader' }],
    })
  })

  it('and no longer shows it exits with 1', async () => {
    const shorter = edited(document => {
      document['#meta'].zombieproof.actions.pop()
      document['#meta'].zombieproof.steps = 3
      document.states.pop()
    })
    write(shorter)
    const { status, out } = await b.run('replay', file)
    expect(status).toBe(1)
    expect(out).toContain('  holds      a leader is reaped last: this trace no longer violates it\n')
  })
})

/** The text of the file after a change to its document. */
function edited(change: (document: TraceDocument) => void): string {
  const document = JSON.parse(read()) as TraceDocument
  change(document)
  return JSON.stringify(document)
}

/** What is said of the file after a change to what its #meta says of the replay. */
const withOrigin = (origin: object) => () =>
  edited(({ '#meta': meta }) => Object.assign(meta.zombieproof, origin))

const cases: readonly (readonly [name: string, text: () => string, err: string])[] = [
  ['empty', () => ' \n', `error: ${file} is empty.\n  Record it again with: pnpm check\n`],
  [
    'cut short',
    () => read().slice(0, 300),
    `
    error: ${file} is not JSON: it ends too early, in line 9.
      The file was cut short or edited by hand.
      Record it again with: pnpm check
    `,
  ],
  [
    'damaged in the middle',
    () => read().replace('"version": 1,', '"version": 1'),
    `
    error: ${file} is not JSON: line 8 is damaged.
      The file was cut short or edited by hand.
      Record it again with: pnpm check
    `,
  ],
  [
    'of another kind',
    () => '{"name": "package"}',
    `
    error: ${file} is JSON, but not a trace in the Informal Trace Format: it has no vars
    and states.
      Name a counterexample that check has saved, NAME.itf.json.
    `,
  ],
  [
    'written by another tool',
    () => '{"#meta": {"format": "ITF"}, "vars": ["x"], "states": [{"#meta": {"index": 0}, "x": 1}]}',
    `
    error: ${file} is a trace in the Informal Trace Format, but does not say how to replay
    it: #meta.zombieproof is missing.
      Another tool has written it.
      Name a counterexample that check has saved, NAME.itf.json.
    `,
  ],
  [
    'without a field',
    () => edited(({ '#meta': meta }) => delete (meta.zombieproof as { property?: string }).property),
    `
    error: ${file} is damaged: #meta.zombieproof.property: Invalid input: expected string,
    received undefined.
      The file was edited by hand, or by another version.
      Record it again with: pnpm check
    `,
  ],
  [
    'with a state too few',
    () => edited(document => document.states.pop()),
    `
    error: ${file} is damaged: states has 4 states for 4 steps.
      The file was edited by hand, or by another version.
      Record it again with: pnpm check
    `,
  ],
  [
    'no lasso, although it says so',
    () => edited(document => Object.assign(document, { loop: 2 })),
    `
    error: ${file} is no lasso: it does not end in the state after step 2.
      The file was edited by hand, or the model was changed since.
      Record it again with: pnpm check reaping
    `,
  ],
  [
    'of an unknown check',
    withOrigin({ check: 'reapings' }),
    `
    error: ${file}: there is no check 'reapings'.
      Did you mean 'reaping'?
      Known checks: reaping, families, shallow.
    `,
  ],
  [
    'of an unknown profile',
    withOrigin({ profile: 'linux' }),
    `
    error: ${file}: there is no profile 'linux'.
      The file was edited by hand, or the name was changed since.
      Known profiles: patient, hasty.
    `,
  ],
  [
    'of an unknown mutant',
    withOrigin({ mutant: 'throwz' }),
    `
    error: ${file}: there is no mutant 'throwz'.
      Did you mean 'throws'?
      Known mutants: no-group-empty-check, throws.
    `,
  ],
  [
    'of an unknown feature',
    withOrigin({ features: ['exit', 'wait', 'ptrace'] }),
    `
    error: ${file}: there is no feature 'ptrace'.
      The file was edited by hand, or the name was changed since.
      Known features of reaping: exit, wait.
    `,
  ],
  [
    'of an unknown topology',
    withOrigin({ topologies: ['pairs'] }),
    `
    error: ${file}: there is no topology 'pairs'.
      Did you mean 'pair'?
      Known topologies: pair, alone.
    `,
  ],
  [
    'with a name that would steer the terminal',
    withOrigin({ features: ['\u001b[2J\u009b1m'] }),
    `
    error: ${file}: there is no feature '\\u001b[2J\\u009b1m'.
      The file was edited by hand, or the name was changed since.
      Known features of reaping: exit, wait.
    `,
  ],
  [
    'of an unknown property',
    withOrigin({ property: 'a leader is reaped' }),
    `
    error: ${file}: there is no property 'a leader is reaped'.
      Did you mean 'a leader is reaped last'?
      Known properties of reaping: a leader is reaped last, the leader is a zombie while the worker runs, no
      deadlock.
    `,
  ],
  [
    'of an unknown topology',
    withOrigin({ topology: 'trio' }),
    `
    error: ${file}: there is no topology 'trio'.
      The file was edited by hand, or the name was changed since.
      Known topologies of reaping: pair.
    `,
  ],
  [
    'with an unknown rule',
    () =>
      edited(({ '#meta': meta }) => {
        meta.zombieproof.actions[1]!.rule = 'exitThreadGroups'
      }),
    `
    error: ${file}: step 2 is of a rule that the model does not have: 'exitThreadGroups'.
      The rule was renamed, or the file was edited by hand.
      The closest is 'exitThreadGroup'. Record it again with: pnpm check reaping
    `,
  ],
  [
    'with a step that is not enabled',
    () =>
      edited(({ '#meta': meta }) => {
        const { actions } = meta.zombieproof
        actions[2] = actions[1]!
      }),
    `
    error: ${file}: step 3, exitThreadGroup(leader), is not enabled after step 2.
      The trace was recorded with other rules or bounds than these.
      Enabled here: runExitNotify(leader), prepareExit(worker). Record it again with: pnpm check reaping
    `,
  ],
  [
    'nested deeper than any trace',
    () =>
      edited(document => Object.assign(document.states[1]!, { leader: 'deep' })).replace(
        /"deep"/,
        `${'['.repeat(9999)}${']'.repeat(9999)}`,
      ),
    `
    error: ${file} is damaged: it is nested more than 200 deep.
      Record it again with: pnpm check
    `,
  ],
  [
    'with a choice that no rule has',
    () =>
      edited(({ '#meta': meta }) => {
        meta.zombieproof.actions[0]!.choice = { task: 'nobody' }
      }),
    `
    error: ${file}: step 1 tries the rule 'prepareExit' with a choice that it does not
    have: {"task":"nobody"}.
      The trace was recorded with other bounds than these, or the file was edited by hand.
      Record it again with: pnpm check reaping
    `,
  ],
  [
    'with another value in a state',
    () =>
      edited(document => {
        Object.assign(document.states[2]!, { leader: { exitRequested: true, exitState: 'Zombie' } })
      }),
    `
    error: ${file}: after step 2, leader.exitState is Zombie in the file, and Initiated
    when it is replayed.
      The file was edited by hand, or the model was changed since.
      Record it again with: pnpm check reaping
    `,
  ],
  [
    'with a cell too many',
    () =>
      edited(document => {
        document.vars.push('tracer')
        for (const state of document.states) Object.assign(state, { tracer: 'none' })
      }),
    `
    error: ${file}: the cell 'tracer' is in the file and not in the model.
      The trace was recorded with another model than this.
      Record it again with: pnpm check reaping
    `,
  ],
]

describe('a file that is', () => {
  it.each(cases)('%s', async (_name, text, err) => {
    write(text())
    expect(await b.run('replay', file)).toEqual({
      status: 2,
      out: '',
      err: err.startsWith('\n') ? lines(err) : err,
    })
  })

  it('not there', async () => {
    expect(await b.run('replay', 'nothing.itf.json')).toEqual({
      status: 2,
      out: '',
      err: 'error: There is no file nothing.itf.json.\n  List those that exist with: ls counterexamples\n',
    })
  })

  it('a folder', async () => {
    mkdirSync(join(b.folder, 'folder'))
    expect(await b.run('replay', 'folder')).toEqual({
      status: 2,
      out: '',
      err: 'error: folder is a folder.\n  Name one file in it, such as NAME.itf.json.\n',
    })
  })
})

describe('a file about an implementation', () => {
  const comparison = 'the toy does as the model does'
  const suite = () => ({
    ...b.suite,
    implementations: [
      {
        name: 'toy',
        says: 'a toy',
        comparisons: [comparison],
        load: async () => ({
          properties: () => [{ kind: 'invariant' as const, name: comparison, says: '', holds: () => false }],
          differences: () => [{ place: 'here', model: 'yes', implementation: 'no' }],
        }),
      },
    ],
  })
  beforeEach(() => write(withOrigin({ property: comparison })()))

  it('is told so without it', async () => {
    expect(await b.runWith({ suite: suite() }, 'replay', file)).toEqual({
      status: 2,
      out: '',
      err: lines(`
        error: ${file} is not about the model alone, but about the toy: 'the toy does as the
        model does'.
          Replay it on that: pnpm replay ${file} --on toy
      `),
    })
  })

  it('is replayed on it', async () => {
    const { status, out } = await b.runWith({ suite: suite() }, 'replay', file, '--on', 'toy')
    expect(status).toBe(0)
    expect(out).toContain('  differs    the toy does not do as the model does\n')
  })
})
