/** Calls by which the sentry ends are known before they are made; to other kernels they are nothing special. */
import { describe, expect, it } from 'vitest'
import { Oracle } from '../../conformance/oracle/oracle.js'
import { type Scenario, standardStart } from '../../conformance/scenario.js'
import { gvisor2018, gvisor2022, linux } from '../../spec/profile.js'

const scenario = (
  pre: readonly (readonly [string, string])[],
  steps: readonly (readonly [string, string])[],
) => {
  const all = (calls: typeof steps) => calls.map(([actor, call]) => ({ actor, do: call }))
  return { id: 'test', pre: [...standardStart, ...all(pre)], steps: all(steps) } satisfies Scenario
}

const end = (profile: typeof linux, it: Scenario) => new Oracle(profile, 5).endOfKernel(it)

describe('a setsid in an orphaned process group', () => {
  const withChild = scenario([['P', 'fork C']], [['P', 'setsid()']])

  it('locks up the sentry of 2022 if the caller has a child there, and no other kernel', () => {
    expect([gvisor2018, gvisor2022, linux].map(profile => end(profile, withChild))).toEqual([
      undefined,
      'a setsid that waits for itself',
      undefined,
    ])
  })

  it('returns without a child, with a child elsewhere, and in a group that is no orphan', () => {
    expect(end(gvisor2022, scenario([], [['P', 'setsid()']]))).toBeUndefined()
    const elsewhere = [['P', 'fork C'] as const, ['C', 'setpgid(0, 0)'] as const]
    expect(end(gvisor2022, scenario(elsewhere, [['P', 'setsid()']]))).toBeUndefined()
    const held = [['P', 'setpgid(0, 0)'] as const, ['P', 'fork C'] as const, ['INIT', 'fork D'] as const]
    const joined = [...held, ['D', 'setpgid(0, P)'] as const, ['D', 'fork E'] as const]
    expect(end(gvisor2022, scenario(joined, [['D', 'setsid()']]))).toBeUndefined()
  })

  it('is refused to the leader of a process group before it comes to that', () => {
    const leader = [['P', 'setpgid(0, 0)'] as const, ['P', 'fork C'] as const]
    expect(end(gvisor2022, scenario(leader, [['P', 'setsid()']]))).toBeUndefined()
  })
})

describe('a count of a process group that is gone', () => {
  const inner = scenario(
    [
      ['P', 'clone C CLONE_NEWPID|SIGCHLD'],
      ['C', 'fork D'],
      ['D', 'fork E'],
      ['E', 'setpgid(0, 0)'],
    ],
    [
      ['C', 'sigaction(SIGCHLD, SIG_IGN)'],
      ['E', 'exit_group(1)'],
      ['D', 'exit_group(1)'],
      ['C', 'setsid()'],
    ],
  )

  it('ends the sentry, where a reaped orphan is listed', () => {
    expect([gvisor2018, gvisor2022, linux].map(profile => end(profile, inner))).toEqual([
      'a count of a process group that is gone',
      'a count of a process group that is gone',
      undefined,
    ])
  })
})
