/**
 * `check` on the toy: verdicts, text, exit statuses.
 */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { BuildOptions } from '../../../checker/suite.js'
import { type Bench, bench, lines } from './run.js'

let b: Bench
beforeEach(() => {
  b = bench()
})
afterEach(() => b.remove())

const violationByMutant = `
  reaping: one leader, one worker, no tracer
    explored   20 states, 31 transitions, depth 7, frontier empty, 0.0 s
    violated   a leader is reaped last: leader is Dead while worker is None
               in 3 states; this is the nearest

        from       pair: one leader, one worker
        shortest trace, 4 steps              leader shell   what changed
        1 prepareExit(leader)                  ●      │     leader.exitRequested   false → true
        2 exitThreadGroup(leader)              ●      │     leader.exitState       None → Initiated
        3 runExitNotify(leader)                ●      │     leader.exitState       Initiated → Zombie
        4 waitCollectZombie(shell, leader)     │      ●     leader.exitState       Zombie → Dead
                                               │      │     · wait4 returned=leader

        saved      counterexamples/unreviewed/reaping--a-leader-is-reaped-last--no-group-empty-check.itf.json
        replay     pnpm replay counterexamples/unreviewed/reaping--a-leader-is-reaped-last--no-group-empty-check.itf.json

    holds      no deadlock
    reached    the leader is a zombie while the worker runs, depth 3

  1 check, 20 states, 0.0 s: violated 1, holds 1, reached 1
`

describe('what is said', () => {
  it('everything holds', async () => {
    expect(await b.run('check', 'reaping')).toEqual({
      status: 0,
      out: lines(`
        reaping: one leader, one worker, no tracer
          explored   17 states, 25 transitions, depth 7, frontier empty, 0.0 s
          holds      a leader is reaped last; no deadlock
          reached    the leader is a zombie while the worker runs, depth 3

        1 check, 17 states, 0.0 s: holds 2, reached 1
      `),
      err: '',
    })
  })

  it('a violation comes with its shortest trace, its file and the command that replays it', async () => {
    expect(await b.run('check', '--mutant', 'no-group-empty-check')).toEqual({
      status: 1,
      out: lines(violationByMutant),
      err: '',
    })
  })

  it('on a terminal, colours change nothing but colours', async () => {
    const { out } = await b.runWith(
      { isTTY: true, colour: true, columns: 200 },
      'check',
      '--mutant',
      'no-group-empty-check',
    )
    const escapes = new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, 'g')
    expect(out).not.toBe(lines(violationByMutant))
    expect(out.replace(escapes, '').replace(/ +$/gm, '')).toBe(lines(violationByMutant))
  })

  it('a deadlock is a violation like any other', async () => {
    const { status, out } = await b.run('check', 'reaping', '--feature', 'exit', '--property', 'no deadlock')
    expect(status).toBe(1)
    expect(out).toBe(
      lines(`
        reaping: one leader, one worker, no tracer
          explored   16 states, 24 transitions, depth 6, frontier empty, 0.0 s
          violated   no deadlock: nothing more can happen, and this is no end

              from       pair: one leader, one worker
              shortest trace, 6 steps     leader worker   what changed
              1 prepareExit(worker)         │      ●      worker.exitRequested   false → true
              2 exitThreadGroup(worker)     │      ●      worker.exitState       None → Initiated
              3 runExitNotify(worker)       │      ●      worker.exitState       Initiated → Dead
              4 prepareExit(leader)         ●      │      leader.exitRequested   false → true
              5 exitThreadGroup(leader)     ●      │      leader.exitState       None → Initiated
              6 runExitNotify(leader)       ●      │      leader.exitState       Initiated → Zombie

              saved      counterexamples/unreviewed/reaping--no-deadlock.itf.json
              replay     pnpm replay counterexamples/unreviewed/reaping--no-deadlock.itf.json

        1 check, 16 states, 0.0 s: violated 1
      `),
    )
    expect(await b.run('replay', 'counterexamples/unreviewed/reaping--no-deadlock.itf.json')).toMatchObject({
      status: 0,
    })
  })

  it('a search with a bound of the check never says holds, and is no failure', async () => {
    expect(await b.run('check', 'shallow')).toEqual({
      status: 0,
      out: lines(`
        shallow: only the first steps
          explored   6 states, 6 transitions, depth 2, stopped by depth 2 with 3 states not expanded, 0.0 s
          bound      depth 2: the toy has to show a bound
          stopped    no violation up to depth 2, 3 states not expanded:
                     the dead stay dead; no deadlock
          stopped    not reached up to depth 2:
                     the leader is a zombie while the worker runs

        1 check, 6 states, 0.0 s: stopped 3
      `),
      err: '',
    })
  })

  it('a depth beyond the last state is the whole space', async () => {
    const { status, out } = await b.run('check', 'shallow', '--depth', '20')
    expect(status).toBe(0)
    expect(out).toContain('frontier empty')
    expect(out).toContain('  holds      the dead stay dead; no deadlock\n')
  })

  it('a cover that nothing reaches is a failure', async () => {
    const { status, out } = await b.run('check', 'reaping', '--tasks', '1')
    expect(status).toBe(1)
    expect(out).toContain('  not reached the leader is a zombie while the worker runs\n')
  })

  it.each`
    limit                        | said
    ${['--max-states', '5']}     | ${'5 states, 4 transitions, depth 2, stopped by --max-states 5 with 3 states not expanded'}
    ${['--timeout', '0.000001']} | ${'1 state, 0 transitions, depth 0, stopped by --timeout 0.0 s with 1 state not expanded'}
    ${['--max-memory', '1k']}    | ${'1 state, 0 transitions, depth 0, stopped by --max-memory 0 MB with 1 state not expanded'}
  `('the limit $limit stops early', async ({ limit, said }) => {
    const { status, out } = await b.run('check', 'reaping', ...limit)
    expect(status).toBe(3)
    expect(out).toContain(said)
    expect(out).not.toContain('holds')
  })

  it('--coverage counts the firings of every rule', async () => {
    const { out } = await b.run('check', 'shallow', '--coverage')
    expect(out).toContain(
      lines(`
        coverage: how often each rule fired, over all checks
          4  prepareExit
          2  exitThreadGroup
          never      runExitNotify; waitCollectZombie
        covers: 0 of 1 reached, each with a check and a number of steps
          unreached  the leader is a zombie while the worker runs
      `),
    )
  })
})

describe('--json', () => {
  it('is one document with the fields of the contract', async () => {
    const { status, out, err } = await b.run('check', '--mutant', 'no-group-empty-check', '--json')
    expect(err).toBe('')
    expect(status).toBe(1)
    const file = 'counterexamples/unreviewed/reaping--a-leader-is-reaped-last--no-group-empty-check.itf.json'
    expect(JSON.parse(out)).toEqual({
      profile: 'patient',
      mutant: 'no-group-empty-check',
      checks: [
        {
          name: 'reaping',
          says: 'one leader, one worker, no tracer',
          bound: null,
          depth: 7,
          complete: true,
          states: 20,
          transitions: 31,
          diameter: 7,
          seconds: 0,
          skipped: false,
          stop: null,
          outside: 0,
          unexpanded: 0,
          levels: [1, 2, 3, 4, 4, 3, 2, 1],
          ends: 1,
          deadlocks: 0,
          properties: [
            {
              name: 'a leader is reaped last',
              kind: 'invariant',
              verdict: 'violated',
              steps: 4,
              counterexample: file,
              says: 'A leader is dead only when its worker is.',
              count: 3,
              because: 'leader is Dead while worker is None',
              actions: [
                'prepareExit(leader)',
                'exitThreadGroup(leader)',
                'runExitNotify(leader)',
                'waitCollectZombie(shell, leader)',
              ],
            },
            {
              name: 'the leader is a zombie while the worker runs',
              kind: 'cover',
              verdict: 'reached',
              steps: 3,
              counterexample: null,
              says: 'A leader can exit before its worker.',
              count: 2,
            },
            {
              name: 'no deadlock',
              kind: 'invariant',
              verdict: 'holds',
              steps: null,
              counterexample: null,
              says: 'Where nothing more can happen, that is a legitimate end.',
            },
          ],
          gone: [],
        },
      ],
      seconds: 0,
      exit: 1,
    })
  })

  it('a bounded search is stopped, with the depth up to which it saw everything', async () => {
    const { status, out } = await b.run('check', 'shallow', '--json')
    const { checks, exit } = JSON.parse(out)
    expect({ status, exit }).toEqual({ status: 0, exit: 0 })
    expect(checks[0]).toMatchObject({
      bound: 2,
      depth: 2,
      complete: false,
      unexpanded: 3,
      stop: { by: 'depth', depth: 2 },
    })
    expect(
      checks[0].properties.map(({ verdict, upTo }: { verdict: string; upTo: number }) => [verdict, upTo]),
    ).toEqual([
      ['stopped', 2],
      ['stopped', 2],
      ['stopped', 2],
    ])
  })

  it('--coverage adds firings', async () => {
    const { out } = await b.run('check', 'shallow', '--json', '--coverage')
    const { checks, coverage } = JSON.parse(out)
    const firings = { prepareExit: 4, exitThreadGroup: 2, runExitNotify: 0, waitCollectZombie: 0 }
    expect(checks[0].firings).toEqual(firings)
    expect(coverage).toEqual({
      firings,
      neverFired: ['runExitNotify', 'waitCollectZombie'],
      covers: { 'the leader is a zombie while the worker runs': null },
      unreached: ['the leader is a zombie while the worker runs'],
    })
  })
})

describe('a model that throws', () => {
  it('is a defect of the model, shown with the trace to it', async () => {
    expect(await b.run('check', '--mutant', 'throws')).toEqual({
      status: 1,
      out: '',
      err: lines(`
        error: reaping: effect of exitThreadGroup(worker) threw 1 step from the initial state pair: no such task
          This is a defect of the model: guards, effects and properties never throw.

              from       pair: one leader, one worker
              trace to it, 1 step     what changed
              1 prepareExit(worker)   worker.exitRequested   false → true
      `),
    })
  })

  it('is in the JSON document too', async () => {
    const { status, out } = await b.run('check', '--mutant', 'throws', '--json')
    expect(status).toBe(1)
    expect(JSON.parse(out)).toEqual({
      profile: 'patient',
      mutant: 'throws',
      checks: [],
      seconds: 0,
      exit: 1,
      error: {
        check: 'reaping',
        message: 'effect of exitThreadGroup(worker) threw 1 step from the initial state pair: no such task',
      },
    })
  })
})

describe('what is selected', () => {
  it.each`
    args                                             | run
    ${[]}                                            | ${['reaping', 'families', 'shallow']}
    ${['families', 'reaping', 'families']}           | ${['families', 'reaping']}
    ${['--property', 'the dead stay dead']}          | ${['families', 'shallow']}
    ${['--topology', 'alone']}                       | ${['families']}
    ${['--tasks', '2', '--property', 'no deadlock']} | ${['reaping', 'families', 'shallow']}
  `('check $args runs $run', async ({ args, run }) => {
    const { out } = await b.run('check', '--json', ...args)
    expect(JSON.parse(out).checks.map(({ name }: { name: string }) => name)).toEqual(run)
  })

  it('--tasks makes up topologies, and --topology chooses among them', async () => {
    const { out } = await b.run('check', 'reaping', '--tasks', '2', '--topology', 'alone', '--json')
    expect(JSON.parse(out).checks[0].states).toBe(5)
  })

  it('a check that nobody has named is left out where it cannot have what was asked', async () => {
    const checks = b.suite.checks.map(check => ({
      ...check,
      build: (options: BuildOptions) =>
        check.build(check.name === 'families' ? { ...options, tasks: 9 } : options),
    }))
    const suite = { ...b.suite, checks }
    const { status, err } = await b.runWith({ suite }, 'check', '--json')
    expect({ status, err }).toEqual({
      status: 0,
      err: "The check 'families' is left out: families has at most 2 tasks.\n",
    })
  })
})

describe('Ctrl-C', () => {
  const during = (name: string, times = 1) =>
    b.signals.once('newListener', () =>
      setImmediate(() => {
        for (let i = 0; i < times; i++) b.signals.emit(name)
      }),
    )

  it('ends the search; what was found is printed, and what was not searched is named', async () => {
    during('SIGINT')
    const { status, out } = await b.run('check', 'reaping', 'families')
    expect(status).toBe(3)
    expect(out).toBe(
      lines(`
        reaping: one leader, one worker, no tracer
          explored   1 state, 0 transitions, depth 0, stopped by SIGINT with 1 state not expanded, 0.0 s
          stopped    no violation up to depth 0, 1 state not expanded:
                     a leader is reaped last; no deadlock
          stopped    not reached up to depth 0:
                     the leader is a zombie while the worker runs

        families: a leader with and without a worker
          skipped    stopped before this check began: 3 properties are not judged

        2 checks, 1 state, 0.0 s: stopped 6
      `),
    )
    expect(b.exits).toEqual([])
    expect(b.signals.listenerCount('SIGINT')).toBe(0)
  })

  it('is in the JSON document', async () => {
    during('SIGTERM')
    const { status, out } = await b.run('check', 'reaping', 'families', '--json')
    const { checks, exit } = JSON.parse(out)
    expect({ status, exit }).toEqual({ status: 3, exit: 3 })
    expect(checks[0]).toMatchObject({ stop: { by: 'signal', signal: 'SIGTERM' }, skipped: false })
    expect(checks[1]).toMatchObject({ skipped: true, depth: null, complete: false, states: 0 })
    expect(checks[1].properties[0]).toMatchObject({ verdict: 'stopped', upTo: null })
  })

  it('the second one ends the program at once', async () => {
    during('SIGINT', 2)
    await b.run('check', 'reaping')
    expect(b.exits).toEqual([3])
  })
})

describe('progress', () => {
  it('is a line on the terminal, and is erased', async () => {
    let time = 0
    const { out, err } = await b.runWith(
      { isTTY: true, columns: 80, now: () => (time += 200) },
      'check',
      'reaping',
    )
    expect(out).toContain('17 states')
    const [before, line, after] = err.split('\r\u001b[K')
    expect([before, after]).toEqual(['', ''])
    expect(line).toMatch(/^reaping: 1 state, \d.*\/s, depth 0, frontier 1, \d+ MB, 0\.0 s$/)
  })

  it('is a plain line after ten seconds elsewhere', async () => {
    let time = 0
    const { err } = await b.runWith({ now: () => (time += 11_000) }, 'check', 'reaping')
    expect(err).toMatch(/^reaping: 1 state, \d.*\/s, depth 0, frontier 1, \d+ MB, 0\.0 s\n$/)
  })

  it('is silent on short work', async () => {
    expect(await b.run('check')).toMatchObject({ err: '' })
  })
})

describe('unreviewed counterexamples', () => {
  it('that cannot be written do not take the verdict with them', async () => {
    mkdirSync(b.counterexamples, { recursive: true })
    writeFileSync(join(b.counterexamples, 'unreviewed'), 'a file where the folder should be')
    const { status, out, err } = await b.run('check', 'reaping', '--mutant', 'no-group-empty-check')
    expect(status).toBe(1)
    expect(out).toContain('violated   a leader is reaped last')
    expect(out).not.toContain('saved')
    expect(err).toMatch(/^The counterexample is not saved: .* cannot be written: E(EXIST|NOTDIR)/)
    expect(readdirSync(b.counterexamples)).toEqual(['unreviewed'])
  })

  it('are written for new violations only', async () => {
    await b.run('check')
    expect(existsSync(b.counterexamples)).toBe(false)
    await b.run('check', '--profile', 'hasty')
    await b.run('check', '--profile', 'hasty')
    expect(readdirSync(b.counterexamples)).toEqual(['unreviewed'])
    expect(readdirSync(join(b.counterexamples, 'unreviewed')).toSorted()).toEqual([
      'families--a-leader-is-reaped-last--hasty.itf.json',
      'reaping--a-leader-is-reaped-last--hasty.itf.json',
    ])
  })
})
