/** The examples of the README, run. */
import { describe, expect, it } from 'vitest'
import { main as runDebugger } from '../../examples/core/debugger.js'
import { main as runInit } from '../../examples/core/init.js'
import { main as runSupervisor, supervise } from '../../examples/core/supervisor.js'
import { SIGKILL } from '../../src/index.js'

const lines = () => {
  const said: string[] = []
  return { said, report: (line: string) => said.push(line) }
}

describe('the example', () => {
  it('of an init reaps the shell, and the daemon that the shell has left behind', async () => {
    const { said, report } = lines()
    const status = await runInit(report)
    expect(said).toEqual(['the parent of 3 is 1', 'reaped 2, status 0', 'reaped 3, status 3'])
    expect(status.status).toBe(0)
  })

  it('of a supervisor restarts a worker that is killed', async () => {
    const { said, report } = lines()
    const status = await runSupervisor(report)
    expect(said).toEqual(['2 was killed by signal 9', '3 was killed by signal 9', '4 exited 0'])
    expect(status.shellExitCode).toBe(0)
  })

  it('of a supervisor gives up when the worker has died too often', async () => {
    const { said, report } = lines()
    const status = await supervise(task => task.sendGroupSignal(SIGKILL), 1, report)
    expect(said).toHaveLength(2)
    expect(status.shellExitCode).toBe(128 + 9)
  })

  it('of a debugger sees the attach, a signal, the one in its place, and the exit before the parent', async () => {
    const { said, report } = lines()
    await runDebugger(report)
    expect(said).toEqual([
      'stopped: signal 19',
      'stopped: signal 10',
      'stopped: event 6',
      'exited: killed by signal 15',
      'and the parent collects it: true',
    ])
  })
})
