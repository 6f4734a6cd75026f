/**
 * `explore` without a terminal, and `replay --why`.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Bench, bench, lines } from './run.js'

let at: Bench
beforeAll(async () => {
  at = bench()
  await at.run('check', 'reaping', '--profile', 'hasty')
})
afterAll(() => at.remove())

const file = 'counterexamples/unreviewed/reaping--a-leader-is-reaped-last--hasty.itf.json'
const typing = (...typed: readonly string[]) => at.runWith({ typed }, 'explore', 'reaping')

describe('explore', () => {
  it('lists what can be done, takes steps by number and by name, and goes back and forth', async () => {
    const { status, out } = await typing('1', 'exitThreadGroup(leader)', 'back', 'forward', 'trace', 'quit')
    expect(status).toBe(0)
    expect(out).toContain(
      lines(`
        reaping: one leader, one worker, no tracer
          from pair: one leader, one worker
        after 0 steps, 2 steps can be taken:
          1 prepareExit(leader)
              leader.exitRequested false → true
          2 prepareExit(worker)
              worker.exitRequested false → true
        took prepareExit(leader)
          leader.exitRequested false → true
        after 1 step, 2 steps can be taken:
      `),
    )
    expect(out).toContain('trace, 2 steps')
  })

  it('says which guard is false of what cannot be done', async () => {
    const { out } = await typing('closed exitThreadGroup')
    expect(out).toContain(
      lines(`
        2 steps cannot be taken here:
          exitThreadGroup(leader): leader.exitRequested is false, not true
          exitThreadGroup(worker): worker.exitRequested is false, not true
      `),
    )
  })

  it('opens a counterexample, shows its state, and saves a trace that can be replayed', async () => {
    const { out } = await typing(`open ${file}`, 'state', 'save here.itf.json')
    expect(out).toContain(`at the end of ${file}`)
    expect(out).toContain('  leader: exitRequested true, exitState Dead')
    expect(out).toContain('saved here.itf.json: 4 steps, a leader is reaped last')
    expect(existsSync(join(at.folder, 'here.itf.json'))).toBe(true)
  })

  it('answers what it does not understand, and goes on', async () => {
    const { status, out } = await typing('dance', 'prepareExit', 'help')
    expect(status).toBe(0)
    expect(out).toContain("'dance' is neither a step that can be taken here nor a command.")
    expect(out).toContain('Which of these? prepareExit(leader), prepareExit(worker)')
    expect(out).toContain('back, forward; state; closed [NAME]')
  })

  it('knows its checks and topologies', async () => {
    expect((await at.run('explore', 'reapings')).err).toContain("There is no check 'reapings'.")
    expect((await at.run('explore', 'reaping', '--topology', 'crowd')).err).toContain(
      'Known topologies of reaping: pair.',
    )
  })
})

describe('replay --why', () => {
  it('says what the violation is made of, and what is noise', async () => {
    const { status, out } = await at.run('replay', file, '--why')
    expect(status).toBe(0)
    expect(out).toContain(
      lines(`
          because    step 4, waitCollectZombie(shell, leader): leader.exitState Zombie → Dead
          core       4 steps of 4
      `).replaceAll(/^(?=.)/gm, '  '),
    )
  })

  it('says what enabled a step', async () => {
    const { out } = await at.run('replay', file, '--why', '3')
    expect(out).toContain(
      lines(`
          why        step 3, runExitNotify(leader)
          source     runExitNotify in task_exit.go
          enabled by step 2, exitThreadGroup(leader): leader.exitState None → Initiated
      `).replaceAll(/^(?=.)/gm, '  '),
    )
  })

  it('in JSON', async () => {
    const { out } = await at.run('replay', file, '--why', '--json')
    expect(JSON.parse(out).why).toMatchObject({
      core: [1, 2, 3, 4],
      because: [{ place: 'leader.exitState', step: 4 }],
    })
  })

  it('of a step that is not there', async () => {
    expect(await at.run('replay', file, '--why', '9')).toMatchObject({
      status: 2,
      err: lines(`
        error: ${file} has no step 9.
          Its steps are 1 to 4.
      `),
    })
  })
})
