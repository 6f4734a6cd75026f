/**
 * Tasks may be exchanged where a check says so: the rules and the properties treat all tasks but the init alike.
 */
import { describe, expect, it } from 'vitest'
import { exploreFast } from '../../checker/engine/explore.js'
import { explore } from '../../checker/explore/explore.js'
import { enabled, replay } from '../../checker/explore/replay.js'
import type { Exploration } from '../../checker/explore/result.js'
import { isTemporal, type LocalProperty, type Permutation } from '../../checker/model.js'
import { compareCopies } from '../../checker/symmetry/equivariance.js'
import { kernelModel } from '../../checks/model.js'
import { suite } from '../../checks/suite.js'
import { renamingOfTasks } from '../../checks/symmetry.js'
import type { ImmutableState } from '../../spec/immutable-state.js'
import { fullMenu } from '../../spec/menu.js'
import { rules } from '../../spec/next.js'
import { profiles } from '../../spec/profile.js'
import { invariants, stepProperties } from '../../spec/properties/index.js'
import { type Feature, features } from '../../spec/rule.js'
import { type Scope, slotsOf } from '../../spec/scope.js'
import { topologies } from '../../spec/topologies.js'

const checkNamed = (name: string) => {
  const check = suite.checks.find(other => other.name === name)
  if (check === undefined) throw new Error(`no check ${name}`)
  return check
}

const built = (name: string, topology: string, tasks?: number) => {
  const check = checkNamed(name)
  const model = check.build({ profile: suite.defaultProfile, topologies: [topology], tasks })
  return { model, properties: check.properties.filter(property => !isTemporal(property)) }
}

const likeChildren = '3 tasks: t0, t1<t0, t2<t0'

describe('tasks may be exchanged', () => {
  it.each`
    check        | topology            | tasks        | says
    ${'tracers'} | ${'mutual-tracing'} | ${undefined} | ${'left and right of mutual-tracing'}
    ${'exit'}    | ${likeChildren}     | ${3}         | ${`t1 and t2 of ${likeChildren}`}
    ${'exit'}    | ${'threaded-child'} | ${undefined} | ${undefined}
    ${'tracers'} | ${'traced-threads'} | ${undefined} | ${undefined}
  `('in $check from $topology: $says', ({ check, topology, tasks, says }) => {
    expect(built(check, topology, tasks).model.symmetry?.says).toBe(says)
  })

  it('but none where the use of resources is followed, and none yet to be born', () => {
    expect(built('accounting', likeChildren, 3).model.symmetry).toBe(undefined)
    expect(checkNamed('new-namespace').build({ profile: suite.defaultProfile }).symmetry).toBe(undefined)
  })
})

const verdictsOf = ({ verdicts }: Exploration<ImmutableState>) =>
  verdicts.map(verdict => ({
    name: verdict.property.name,
    verdict: verdict.verdict,
    ...('trace' in verdict && { count: verdict.count, steps: verdict.trace.actions.length }),
  }))

describe('a search by representatives', () => {
  it.each`
    check        | topology            | tasks        | depth
    ${'tracers'} | ${'mutual-tracing'} | ${undefined} | ${undefined}
    ${'ptrace'}  | ${likeChildren}     | ${3}         | ${5}
    ${'exit'}    | ${likeChildren}     | ${3}         | ${9}
    ${'sigchld'} | ${likeChildren}     | ${3}         | ${6}
    ${'stops'}   | ${likeChildren}     | ${3}         | ${6}
    ${'jobs'}    | ${likeChildren}     | ${3}         | ${8}
  `(
    'stands for all states of $check from $topology to depth $depth',
    async ({ check, topology, tasks, depth }) => {
      const { model, properties } = built(check, topology, tasks)
      const whole = await exploreFast(model, properties, { depth })
      const found = await exploreFast(model, properties, { depth, symmetry: true })
      expect(found.symmetry).toMatchObject({ states: whole.states, transitions: whole.transitions })
      expect(found.states).toBeLessThan(0.6 * whole.states)
      expect(verdictsOf(found)).toEqual(verdictsOf(whole))
      expect(found.diameter).toBe(whole.diameter)
      for (const verdict of found.verdicts)
        if ('trace' in verdict) expect(replay(model, verdict.trace).replayed).toBe(true)
    },
    300_000,
  )

  it('is the same in both engines, and every copy of every state does what the state does', async () => {
    const { model, properties } = built('tracers', 'mutual-tracing')
    const fast = await exploreFast(model, properties, { symmetry: true, paranoid: true })
    const simple = await explore(model, properties, { symmetry: true, paranoid: true })
    expect(simple.symmetry).toEqual(fast.symmetry)
    expect(simple.states).toBe(fast.states)
    expect(verdictsOf(simple)).toEqual(verdictsOf(fast))
  }, 300_000)
})

/** Every exchange of two tasks that are born, but not of the init. */
const swapsOf = (state: ImmutableState): readonly Permutation[] => {
  const slots = slotsOf(state.scope)
  const movable = slots.filter(slot => slot !== 0 && state.task(slot).runState !== 'unborn')
  return movable.flatMap((a, at) =>
    movable.slice(at + 1).map(b => slots.map(slot => (slot === a ? b : slot === b ? a : slot))),
  )
}

describe('every rule and every property', () => {
  const properties = [...invariants, ...stepProperties] as unknown as readonly LocalProperty<ImmutableState>[]
  const profile = profiles.find(({ name }) => name === suite.defaultProfile) as Scope['profile']

  it.each(topologies.filter(({ tasks }) => tasks.length > 2).map(({ name }) => name))(
    'treats all tasks but the init alike, on a walk from %s',
    name => {
      const [topology] = topologies.filter(other => other.name === name)
      // One more may be born, but for the largest.
      const slots = Math.min(5, (topology?.tasks.length ?? 0) + 1)
      const scope: Scope = { slots, profile, menu: fullMenu, accounting: false }
      const model = kernelModel({
        name,
        scope,
        topologies: topology === undefined ? [] : [topology],
        rules,
        features: Object.keys(features) as Feature[],
      })
      expect(model.initial).toHaveLength(1)
      let state = (model.initial[0] as (typeof model.initial)[number]).state
      let seed = name.length
      for (let step = 0; step < 24; step++) {
        if (step % 6 === 5)
          compareCopies(model, properties, renamingOfTasks(scope), model.cells(state), swapsOf(state))
        const actions = enabled(model, state)
        seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
        const action = actions[seed % actions.length]
        if (action === undefined) break
        state = model.restore(model.cells(action.rule.effect(state, action.choice)))
      }
    },
    180_000,
  )
})
