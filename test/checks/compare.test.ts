/**
 * Profiles of the spec side by side: every fault that gvisor-fixed mends can be told from what it was before.
 */

import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { fitTrace } from '../../checker/cli/fit.js'
import { judgedDifferently } from '../../checker/cli/judged-differently.js'
import { compare } from '../../checker/compare/compare.js'
import { unfollowed } from '../../checker/compare/follow.js'
import { readTrace } from '../../checker/itf/read.js'
import type { CheckDefinition } from '../../checker/suite.js'
import { observer } from '../../checks/compare/observer.js'
import { profileNamed, variantsBetween } from '../../checks/profiles.js'
import { suite } from '../../checks/suite.js'
import type { ImmutableState } from '../../spec/immutable-state.js'
import { gvisor2018, gvisorFixed } from '../../spec/profile.js'

const checkNamed = (name: string): CheckDefinition<ImmutableState> => {
  const found = suite.checks.find(check => check.name === name)
  if (found === undefined) throw new Error(`there is no check ${name}`)
  return found
}

const compared = (check: string, first: string, second: string, depth: number) => {
  const { build } = checkNamed(check)
  return compare(build({ profile: first }), build({ profile: second }), observer, { depth })
}

describe('a profile between two others', () => {
  it('is the first with one switch of the second', () => {
    const between = profileNamed('gvisor-2018+dyingInit@gvisor-fixed')
    expect(between.switches).toEqual({ ...gvisor2018.switches, dyingInit: gvisorFixed.switches.dyingInit })
    expect(between.says).toBe('gvisor-2018, but dyingInit as in gvisor-fixed: waits for its namespace')
  })

  it('there is one for each switch on which they differ', () => {
    const differing = Object.entries(gvisorFixed.switches)
      .filter(([key, value]) => gvisor2018.switches[key as keyof typeof gvisor2018.switches] !== value)
      .map(([key]) => key)
    expect(variantsBetween('gvisor-2018', 'gvisor-fixed').map(({ name }) => name)).toEqual(differing)
    expect(variantsBetween('linux', 'linux')).toEqual([])
  })

  it.each([
    ['gvisor-2018+dyingInit@nobody', 'There is no profile gvisor-2018+dyingInit@nobody.'],
    ['gvisor-2018+nothing@linux', 'There is no profile gvisor-2018+nothing@linux.'],
  ])('%s is none', (name, message) => {
    expect(() => profileNamed(name)).toThrow(message)
  })
})

it.each(['detach', 'births-in-stops', 'accounting'])('%s: a profile is the same as itself', async check => {
  const result = await compared(check, 'gvisor-2018', 'gvisor-2018', 5)
  expect(result.difference).toBeUndefined()
})

it('says what is asked of the profile on the way', async () => {
  const { model, asked } = checkNamed('detach').watch?.({ profile: 'gvisor-2018' }) ?? {}
  if (model === undefined || asked === undefined) throw new Error('the check cannot be watched')
  expect([...asked]).toEqual([])
  await compare(model, model, observer, { depth: 2 })
  expect([...asked]).not.toEqual([])
})

/** Found by what can be seen, in as many steps, in a check that asks it, from one topology. */
it.each`
  name                   | check                | topology                          | steps
  ${'execveWaits'}       | ${'exec'}            | ${'threaded-child'}               | ${5}
  ${'continuedStops'}    | ${'orphaned-jobs'}   | ${'job'}                          | ${2}
  ${'childrenOfMover'}   | ${'moving-jobs'}     | ${'daemon-in-job'}                | ${1}
  ${'reparentedMembers'} | ${'orphaned-jobs'}   | ${'job'}                          | ${4}
  ${'givenAwayChildren'} | ${'jobs'}            | ${'job'}                          | ${5}
  ${'adoptedStop'}       | ${'adopted-stops'}   | ${'traced-parent-of-stopped'}     | ${5}
  ${'dyingInit'}         | ${'namespaces'}      | ${'namespace'}                    | ${6}
  ${'lastExit'}          | ${'exit'}            | ${'pair'}                         | ${6}
  ${'peekReports'}       | ${'exit'}            | ${'pair'}                         | ${6}
  ${'groupStopEntry'}    | ${'stops'}           | ${'pair'}                         | ${7}
  ${'newThread'}         | ${'births-in-stops'} | ${'threaded-child'}               | ${9}
  ${'signalsSentInStop'} | ${'vfork'}           | ${'lonely-init'}                  | ${9}
  ${'leaderLeftAlone'}   | ${'traced-leaders'}  | ${'parent-traces-threaded-child'} | ${9}
  ${'letGoInGroupStop'}  | ${'ptrace-stops'}    | ${'traced-pair'}                  | ${23}
`(
  '$name can be told apart in $check, in $steps steps',
  { timeout: 120_000 },
  async ({ name, check, topology, steps }) => {
    const { build } = checkNamed(check)
    const under = (profile: string) => build({ profile, topologies: [topology] })
    const [first, second] = [under('gvisor-2018'), under(`gvisor-2018+${name}@gvisor-fixed`)]
    const { difference } = await compare(first, second, observer, { depth: steps })
    expect(difference?.trace.actions.length).toBe(steps)
  },
)

it('adoptedAndReaped can be told apart in inner-jobs: the kernel ends', { timeout: 120_000 }, async () => {
  // `compare` finds it in a minute or two; whether the other can follow the known trace is soon said.
  const file = join(suite.counterexamples, 'session-counted-below-zero.itf.json')
  const { check, behaviour } = fitTrace(suite, await readTrace(file, file), file, 'compared')
  const { model, initial, steps } = behaviour
  const under = (profile: string) => check.build({ profile })
  const twin = under('gvisor-2018+adoptedAndReaped@gvisor-fixed')
  expect(unfollowed(model, { initial, actions: steps }, twin, observer)).toMatchObject({
    steps: 10,
    seen: 'the kernel ends: a count of a process group that is gone',
  })
  expect(unfollowed(model, { initial, actions: steps }, under('gvisor-2018'), observer)).toBeUndefined()
})

/** Not seen so soon, or by a race alone: the kernel's own records tell. */
it.each`
  name                       | check        | topology  | steps | property
  ${'collectedTraceeLeaves'} | ${'tracers'} | ${null}   | ${5}  | ${'a listed tracee names its tracer'}
  ${'endedGroupStop'}        | ${'stops'}   | ${'pair'} | ${4}  | ${'a task is required to stop only while its group stops'}
`(
  '$name is judged differently in $check: $property',
  { timeout: 120_000 },
  async ({ name, check, topology, steps, property }) => {
    const under = (profile: string) => ({ profile, topologies: topology === null ? undefined : [topology] })
    const builds = [under('gvisor-2018'), under(`gvisor-2018+${name}@gvisor-fixed`)] as const
    const { differences, stopped } = await judgedDifferently(suite, checkNamed(check), builds, {
      depth: steps,
    })
    expect(differences).toContainEqual({
      name: property,
      kind: 'invariant',
      first: { verdict: 'violated', steps, upTo: null },
      second: { verdict: 'stopped', steps: null, upTo: steps },
    })
    expect(stopped).toBe(false)
  },
)
