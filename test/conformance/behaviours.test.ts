/**
 * Which behaviours are asked for, what becomes of those that differ, and of races.
 */
import { describe, expect, it } from 'vitest'
import { behaviours } from '../../conformance/behaviours.js'
import { explanationOf, turnedProfiles } from '../../conformance/explain.js'
import type { Run } from '../../conformance/log.js'
import { type Ask, minimizedCauses } from '../../conformance/minimize.js'
import { Oracle, type Seen, slotsFor } from '../../conformance/oracle/oracle.js'
import { type Outcome, outcomeOf } from '../../conformance/outcome.js'
import { nameOf, type Scenario, standardStart } from '../../conformance/scenario.js'
import { gvisor2018, linux, type Profile } from '../../spec/profile.js'

const scenarioOf = (...calls: readonly string[]): Scenario => {
  const steps = calls.map(call => {
    const [actor = '', ...words] = call.split(' ')
    return { actor, do: words.join(' ') }
  })
  return { id: nameOf(steps), pre: [...standardStart], steps }
}

describe('behaviours', () => {
  const ids = (count: number, seed: number) => [...behaviours(linux, count, seed)].map(({ id }) => id)

  it('are as many as asked for, each once, and the same for the same seed', () => {
    const some = ids(60, 1)
    expect(new Set(some).size).toBe(60)
    expect(ids(60, 1)).toEqual(some)
    expect(ids(60, 2)).not.toEqual(some)
  })

  it('a few are the first of many', () => {
    expect(ids(100, 1).slice(0, 60)).toEqual(ids(60, 1))
  })

  it('have all the shortest, and longer ones', () => {
    const lengths = [...behaviours(linux, 240, 1)].map(({ steps }) => steps.length)
    expect(lengths.filter(n => n === 1).length).toBeGreaterThan(70)
    expect(Math.max(...lengths)).toBe(10)
  })
})

/** A kernel that does what another profile allows: the first of what may be seen, after every step. */
const playedBy =
  (kernel: Profile, judge: Profile): Ask =>
  async scenario => {
    const run = runOf(scenario, kernel)
    const judgement = new Oracle(judge, slotsFor(scenario)).judge(scenario, run)
    if (judgement.verdict === 'agrees') return { id: scenario.id, scenario, verdict: 'agreed' }
    if (judgement.verdict === 'differs')
      return { ...judgement, id: scenario.id, scenario, verdict: 'differed' }
    return { id: scenario.id, scenario, verdict: 'not modelled', why: judgement.what }
  }

function runOf(scenario: Scenario, kernel: Profile, choose = (all: readonly Seen[]) => all[0]): Run {
  const oracle = new Oracle(kernel, slotsFor(scenario))
  let hypotheses = oracle.start(scenario.pre)
  const seen = scenario.steps.map(step => {
    const all = oracle.shows(hypotheses, step)
    const next = oracle.next(hypotheses, step)
    if (typeof all === 'string' || typeof next === 'string') throw new Error(String(all))
    hypotheses = next
    return choose(all) as Seen
  })
  const events = seen.flatMap(({ events: said }, after) =>
    said.map(text => {
      const [, actor = '', call = '', result = ''] = /^(\S+) (.*) = (.*)$/.exec(text) ?? []
      return { after, actor, call: call === 'handler' ? 'signal handler' : call, result }
    }),
  )
  const states = new Map(
    seen.map(({ states: told }, after) => [after, Object.fromEntries(told.map(it => it.split(' ')))]),
  )
  return { id: scenario.id, events, states, skipped: [], unsettled: [], microseconds: 0 }
}

describe('disagreements', () => {
  const ask = playedBy(gvisor2018, linux)
  const never = new AbortController().signal
  const long = scenarioOf(
    'P fork C',
    'C setpgid(0, 0)',
    'INIT wait4(-1, WNOHANG)',
    'P exit(1)',
    'INIT kill(P, SIGKILL)',
    'INIT wait4(P, WNOHANG)',
    'INIT wait4(-1, WNOHANG)',
  )

  it('lose every step that they can do without', async () => {
    const found = await ask(long)
    expect(found).toMatchObject({ verdict: 'differed', step: 5 })
    const [cause, ...others] = await minimizedCauses([found], ask, linux, never)
    expect(others).toEqual([])
    expect(cause?.outcome.id).toBe('P exit(1); INIT kill(P, SIGKILL); INIT wait4(P, WNOHANG)')
  })

  it('that one switch explains are one cause, with the shortest of them', async () => {
    const found = [
      await ask(scenarioOf('P kill(INIT, SIGTERM)')),
      await ask(scenarioOf('INIT kill(INIT, SIGSTOP)')),
    ]
    const causes = await minimizedCauses(found, ask, linux, never)
    expect(causes).toHaveLength(1)
    expect(causes[0]).toMatchObject({ count: 2, explainedBy: { name: 'initProtection', value: 'none' } })
  })

  it('that no switch explains are kept apart', async () => {
    const odd: Outcome = {
      ...(await ask(scenarioOf('P setsid()'))),
      seen: { events: ['P setsid() = EPERM'], states: ['INIT live', 'P live'] },
    }
    expect(explanationOf(odd, linux)).toBeUndefined()
    const [cause] = await minimizedCauses([odd], async () => odd, linux, never)
    expect(cause).not.toHaveProperty('explainedBy')
  })

  it('are left as they are when the kernel is not to be asked any more', async () => {
    const [cause] = await minimizedCauses([await ask(long)], ask, linux, AbortSignal.abort())
    expect(cause?.outcome.scenario.steps).toHaveLength(6)
  })

  it('a profile can be turned in every switch and answer', () => {
    const names = turnedProfiles(linux).map(({ name }) => name)
    expect(new Set(names)).toEqual(new Set([...Object.keys(linux.switches), ...Object.keys(linux.answers)]))
  })
})

describe('two runs that differ', () => {
  // P stops itself: the result of its call may be stored before the stop, or not.
  const race = scenarioOf('P thread C', 'C kill(P, SIGSTOP)')
  const oracle = () => new Oracle(linux, slotsFor(race))
  const first = runOf(race, linux)
  const last = runOf(race, linux, all => all.at(-1))
  const odd: Run = { ...first, states: new Map([...first.states, [1, { INIT: 'live', P: 'Z', C: 'gone' }]]) }

  it('are unstable, and no disagreement, where the spec allows both', async () => {
    const { verdict, why } = await outcomeOf(race, [first, last], oracle(), 'linux')
    expect(verdict).toBe('unstable')
    expect(why).toMatch(/; the spec allows both$/)
  })

  it('are a disagreement where one that is not allowed comes again', async () => {
    const { verdict, step } = await outcomeOf(race, [first, odd], oracle(), 'linux', async () => odd)
    expect({ verdict, step }).toEqual({ verdict: 'differed', step: 1 })
  })

  it('are unstable where it does not', async () => {
    const { verdict, why } = await outcomeOf(race, [odd, first], oracle(), 'linux', async () => first)
    expect(verdict).toBe('unstable')
    expect(why).toMatch(/does not allow both, and with more time/)
  })

  describe('of which one was looked at too early', () => {
    const slow = scenarioOf('INIT kill(P, SIGKILL)')
    const judge = new Oracle(linux, slotsFor(slow))
    const atRest = runOf(slow, linux)
    const tooEarly: Run = { ...atRest, states: new Map([...atRest.states, [0, { INIT: 'live', P: 'live' }]]) }

    it('are unstable, and it is said why', async () => {
      const outcome = await outcomeOf(slow, [tooEarly, atRest], judge, 'linux', async () => atRest)
      expect(outcome).toMatchObject({ verdict: 'unstable', early: true })
      expect(outcome.why).toMatch(/on the way to the other/)
    })

    it('are so if both were', async () => {
      const outcome = await outcomeOf(slow, [tooEarly, tooEarly], judge, 'linux', async () => atRest)
      expect(outcome).toMatchObject({ verdict: 'unstable', early: true })
    })
  })
})
