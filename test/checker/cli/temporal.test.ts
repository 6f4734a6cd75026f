/**
 * Temporal properties on the command line: verdicts, lassos in files, and their replay.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Property } from '../../../checker/model.js'
import type { Suite } from '../../../checker/suite.js'
import { eachRule } from '../../../checker/temporal/fairness.js'
import { type Bench, bench, lines } from './run.js'
import type { Toy } from './toy.js'

let at: Bench
beforeAll(() => (at = bench()))
afterAll(() => at.remove())

const leaderDies = (fair: readonly string[]): Property<Toy> => ({
  kind: 'liveness',
  name: 'a leader that begins to exit is collected',
  says: 'A leader that has been asked to exit dies.',
  formula: {
    kind: 'leads to',
    when: ({ leader }) => leader.exitRequested,
    holds: ({ leader }) => leader.exitState === 'Dead',
  },
  fairness: model => eachRule(model, 'weak', fair),
  fairnessSays: fair.length === 0 ? 'nobody is obliged to do anything' : `${fair.join(', ')} are weakly fair`,
})

const canBeReaped: Property<Toy> = {
  kind: 'possibility',
  name: 'a zombie can be reaped',
  says: 'A leader that is a zombie can still die.',
  when: ({ leader }) => leader.exitState === 'Zombie',
  can: ({ leader }) => leader.exitState === 'Dead',
}

/** The toy with these properties; without `wait`, nobody collects the leader. */
const asking = (...properties: readonly Property<Toy>[]): Suite<Toy> => ({
  ...at.suite,
  checks: at.suite.checks.map(check => ({ ...check, properties })),
})

describe('a liveness property', () => {
  it('is broken where nobody is obliged to go on', async () => {
    const { status, out } = await at.runWith({ suite: asking(leaderDies([])) }, 'check', 'reaping')
    expect(status).toBe(1)
    expect(out).toContain(
      lines(`
        violated   a leader that begins to exit is collected

            from       pair: one leader, one worker
            shortest lasso, 1 step, and then none   what changed
            1 prepareExit(leader)                   leader.exitRequested   false → true

            since      step 1, after which it is asked for
            loop       after step 1, nothing more has to happen
            fair       nobody is obliged to do anything
      `).replaceAll(/^(?=.)/gm, '  '),
    )
  })

  it('holds where everybody goes on', async () => {
    const fair = ['prepareExit', 'exitThreadGroup', 'runExitNotify', 'waitCollectZombie']
    const { status, out } = await at.runWith({ suite: asking(leaderDies(fair)) }, 'check', 'reaping')
    expect({ status, out }).toMatchObject({ status: 0, out: expect.stringContaining('holds') })
  })

  it('names for each fairness condition why the lasso is fair', async () => {
    const suite = asking(leaderDies(['exitThreadGroup', 'runExitNotify', 'waitCollectZombie']))
    const { out } = await at.runWith({ suite }, 'check', 'reaping')
    // The worker is not asked to exit, so that the shell waits for ever.
    expect(out).toContain('runExitNotify: has nothing to do after step 3')
    expect(out).toContain('waitCollectZombie: has nothing to do after step 3')
  })

  it('is replayed from its file', async () => {
    const suite = asking(leaderDies([]))
    await at.runWith({ suite }, 'check', 'reaping')
    const file = 'counterexamples/unreviewed/reaping--a-leader-that-begins-to-exit-is-collected.itf.json'
    const document = JSON.parse(readFileSync(join(at.folder, file), 'utf8')) as { loop: number }
    expect(document.loop).toBe(1)
    expect(await at.runWith({ suite }, 'replay', file)).toMatchObject({ status: 0 })
    // The same lasso is unfair where the leader has to go on.
    const other = asking(leaderDies(['exitThreadGroup']))
    const replayed = await at.runWith({ suite: other }, 'replay', file)
    expect(replayed.status).toBe(1)
    expect(replayed.out).toContain('"exitThreadGroup" is left out for ever')
  })

  it('is judged in JSON with its loop and its explanation', async () => {
    const { out } = await at.runWith({ suite: asking(leaderDies([])) }, 'check', 'reaping', '--json')
    const { checks } = JSON.parse(out) as { checks: { properties: object[] }[] }
    expect(checks[0]?.properties[0]).toMatchObject({
      kind: 'liveness',
      verdict: 'violated',
      steps: 1,
      loop: 1,
      notes: expect.arrayContaining([{ label: 'loop', text: 'after step 1, nothing more has to happen' }]),
    })
  })

  it('has no verdict after a bounded search that finds no lasso', async () => {
    const fair = ['prepareExit', 'exitThreadGroup', 'runExitNotify', 'waitCollectZombie']
    const suite = asking(leaderDies(fair), canBeReaped)
    const { status, out } = await at.runWith({ suite }, 'check', 'reaping', '--depth', '2')
    expect(status).toBe(0)
    expect(out).toContain(
      'no violation up to depth 2 among 6 states, of which 50 % have unexplored successors',
    )
  })
})

describe('what is not judged in time', () => {
  /** Takes longer than there is time for, when it is asked first. */
  const slow = (): Property<Toy> => {
    let time = 600
    const isAlways = () => {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, time)
      time = 0
      return true
    }
    return { ...canBeReaped, name: 'somebody thinks about it', when: isAlways, can: isAlways }
  }
  const suite = () => asking(slow(), leaderDies([]))

  it('is an early stop, although all states were seen', async () => {
    const { status, out } = await at.runWith({ suite: suite() }, 'check', 'reaping', '--timeout', '0.4')
    expect(status).toBe(3)
    expect(out).toContain('with 0 states not expanded')
    expect(out).toContain('not judged before the search was stopped')
  })

  it('is not taken for gone, if it is known', async () => {
    const only = leaderDies([]).name
    const saved = ['--property', only, '--save', 'nobody-goes-on']
    await at.runWith({ suite: suite() }, 'check', 'reaping', ...saved)
    const { status, out } = await at.runWith({ suite: suite() }, 'check', 'reaping', '--timeout', '0.4')
    expect({ status, out }).toMatchObject({ status: 3, out: expect.not.stringContaining('gone') })
  })
})

describe('a possibility', () => {
  it('holds where there is a way', async () => {
    const { status } = await at.runWith({ suite: asking(canBeReaped) }, 'check', 'reaping')
    expect(status).toBe(0)
  })

  it('shows the way to where there is none, and which way out is closed', async () => {
    const { status, out } = await at.runWith(
      { suite: asking(canBeReaped) },
      ...['check', 'reaping', '--feature', 'exit'],
    )
    expect(status).toBe(1)
    expect(out).toContain('no return  from there 4 states can be reached, and none of them has it')
    expect(out).toContain('enabled    prepareExit(worker)')
  })
})
