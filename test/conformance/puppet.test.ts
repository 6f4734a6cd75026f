/**
 * The puppet on this very kernel: what it reports, and that it leaves nothing behind.
 */
import { execFileSync } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { buildPuppet } from '../../conformance/build.js'
import { compile } from '../../conformance/compile.js'
import { type Run, sameRun } from '../../conformance/log.js'
import { Puppet, PuppetError } from '../../conformance/puppet.js'
import { type Scenario, standardStart } from '../../conformance/scenario.js'

const built = process.platform === 'linux' ? await buildPuppet() : { impossible: 'not Linux' }
const path = 'path' in built ? built.path : ''
const first = path === '' ? undefined : new Puppet('linux', path)
const possible = await first?.kernel.then(
  kernel => kernel.namespaces.startsWith('as') && kernel.ptrace === 'yes',
  () => false,
)
first?.stop()
if (possible !== true)
  console.log(`skipped: ${'path' in built ? 'this kernel refuses namespaces or ptrace' : built.impossible}`)

const scenario = (...steps: readonly (readonly [string, string])[]): Scenario => ({
  id: 'test',
  pre: [...standardStart],
  steps: steps.map(([actor, call]) => ({ actor, do: call })),
})

/** `P wait4(-1, 0): C exited 3`, in the order in which it was seen. */
const seen = ({ events }: Run): readonly string[] =>
  events.filter(({ after }) => after >= 0).map(({ actor, call, result }) => `${actor} ${call}: ${result}`)

const stateAfter = (run: Run, step: number, actor: string) => run.states.get(step)?.[actor]

let puppet: Puppet | undefined
afterEach(() => {
  puppet?.stop()
  puppet = undefined
})

async function play(it: Scenario): Promise<Run> {
  puppet ??= new Puppet('linux', path)
  return puppet.play(compile(it, it.id))
}

describe.skipIf(possible !== true)('the puppet', () => {
  it('reports a call that blocks, and its return when the event comes', async () => {
    const run = await play(scenario(['P', 'fork C'], ['P', 'wait4(-1, 0)'], ['C', 'exit_group(3)']))
    expect(seen(run)).toEqual(['P fork C: C', 'P wait4(-1, 0): no return yet', 'P wait4(-1, 0): C exited 3'])
    expect([0, 1, 2].map(step => stateAfter(run, step, 'C'))).toEqual(['live', 'live', 'gone'])
  })

  it('reports errors by name, and handlers with what they were told', async () => {
    const run = await play(
      scenario(
        ['P', 'sigaction(SIGCHLD, handler)'],
        ['P', 'wait4(-1, 0)'],
        ['P', 'fork C'],
        ['C', 'exit_group(4)'],
      ),
    )
    expect(seen(run).slice(1)).toEqual([
      'P wait4(-1, 0): ECHILD',
      'P fork C: C',
      'P signal handler: SIGCHLD CLD_EXITED C 4',
    ])
    expect(stateAfter(run, 3, 'C')).toBe('Z')
  })

  it('tells a group stop from a ptrace-stop', async () => {
    const run = await play(
      scenario(
        ['P', 'fork C'],
        ['P', 'kill(C, SIGSTOP)'],
        ['P', 'fork D'],
        ['P', 'ptrace(ATTACH, D)'],
        ['P', 'kill(C, SIGKILL)'],
      ),
    )
    expect(stateAfter(run, 3, 'C')).toBe('T')
    expect(stateAfter(run, 3, 'D')).toBe('t')
    expect(stateAfter(run, 4, 'C')).toBe('Z')
  })

  it('follows a thread that becomes the leader by execve', async () => {
    const run = await play(
      scenario(
        ['P', 'fork C'],
        ['C', 'thread T'],
        ['T', 'execve()'],
        ['T', 'exit_group(5)'],
        ['P', 'wait4(-1, 0)'],
      ),
    )
    expect(seen(run).slice(2)).toEqual(['T execve(): 0', 'P wait4(-1, 0): T exited 5'])
    expect(stateAfter(run, 2, 'C')).toBe('gone')
  })

  it('finds a child that its tracer holds at birth', async () => {
    const run = await play(
      scenario(
        ['P', 'fork C'],
        ['P', 'ptrace(SEIZE, C, 0, O_TRACEFORK)'],
        ['C', 'fork G'],
        ['P', 'wait4(G, __WALL)'],
      ),
    )
    expect(stateAfter(run, 2, 'G')).toBe('t')
    expect(seen(run).at(-1)).toBe('P wait4(G, __WALL): G stopped SIGTRAP event STOP')
  })

  it('does not command the dead, nor those that are in a call', async () => {
    const run = await play(
      scenario(
        ['P', 'fork C'],
        ['P', 'wait4(-1, 0)'],
        ['P', 'getpid()'],
        ['C', 'exit_group(0)'],
        ['C', 'getpid()'],
      ),
    )
    expect(run.skipped.map(({ after, actor }) => [after, actor])).toEqual([
      [2, 'P'],
      [4, 'C'],
    ])
  })

  it('goes on when pid 1 of a scenario dies', async () => {
    const it = scenario(['INIT', 'exit_group(0)'])
    expect(stateAfter(await play(it), 0, 'P')).toBe('gone')
    expect(sameRun(await play(it), await play(it))).toBe(true)
  })

  it('leaves no process behind when it is killed in the middle of a scenario', async () => {
    puppet = new Puppet('linux', path)
    await puppet.kernel
    const unfinished = compile(scenario(['P', 'fork C'], ['P', 'wait4(-1, 0)']), 'test').replace(
      '\nend\n',
      '\n',
    )
    const play = puppet.play(unfinished)
    await sleep(200)
    expect(running()).toBeGreaterThan(before)
    puppet.stop()
    await expect(play).rejects.toThrow(PuppetError)
    await expect.poll(running, { timeout: 5_000 }).toBeLessThanOrEqual(before)
  })
})

/** Processes of the puppet program, of whoever. */
const running = (): number =>
  execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })
    .split('\n')
    .filter(line => line.startsWith(path)).length
const before = path === '' ? 0 : running()
