/**
 * Random walks through the real spec, for laws.
 *
 * A walk has a few features of the spec only, so that what is said most often (signals may be sent at any time) does
 * not drown the rest. At each state it picks between programs and the kernel, then a rule among those that may fire,
 * and then a choice: rules with few choices, as those of the exit path have, are as likely as the many forms of wait.
 */
import fc from 'fast-check'
import type { Action, Trace } from '../../checker/explore/result.js'
import type { Initial, Rule, StepEvent } from '../../checker/model.js'
import { type KernelModel, kernelModel } from '../../checks/model.js'
import type { ImmutableState } from '../../spec/immutable-state.js'
import { fullMenu } from '../../spec/menu.js'
import { rules } from '../../spec/next.js'
import { gvisor2018 } from '../../spec/profile.js'
import { type Feature, features } from '../../spec/rule.js'
import type { Scope } from '../../spec/scope.js'
import { topologies } from '../../spec/topologies.js'

/** Two slots more than the largest topology has tasks. */
export const scope: Scope = { slots: 7, profile: gvisor2018, menu: fullMenu, accounting: true }

const allFeatures = Object.keys(features) as Feature[]

/** What programs may do with these features, from one named topology. Built anew, so that nothing is shared. */
export const modelWith = (chosen: readonly Feature[], topology: string): KernelModel =>
  kernelModel({
    name: 'walks',
    scope,
    topologies: topologies.filter(({ name }) => name === topology),
    rules,
    features: chosen,
  })

type Pick = { readonly internal: boolean; readonly rule: number; readonly choice: number }

export type WalkStep = {
  readonly before: ImmutableState
  readonly action: Action<ImmutableState>
  readonly after: ImmutableState
  readonly events: readonly StepEvent[]
}

export type Walk = {
  readonly features: readonly Feature[]
  readonly initial: Initial<ImmutableState>
  readonly steps: readonly WalkStep[]
  /** How a report shows it. */
  readonly [fc.toStringMethod]: () => string
}

export const statesOf = ({ initial, steps }: Walk): readonly ImmutableState[] => [
  initial.state,
  ...steps.map(({ after }) => after),
]

export const traceOf = ({ initial, steps }: Walk): Trace<ImmutableState> => ({
  initial,
  actions: steps.map(({ action }) => action),
})

/** A walk for people: its topology, and each step. */
const describeSteps = (
  model: KernelModel,
  initial: Initial<ImmutableState>,
  steps: readonly WalkStep[],
): string =>
  [initial.name, ...steps.map(({ action: { rule, choice } }) => model.label(rule, choice, initial))].join(
    ', ',
  )

type Enabled = { readonly rule: Rule<ImmutableState>; readonly choices: readonly unknown[] }

/** The rules of the kind that was picked, or else of the other, that may fire, each with the choices with which it may. */
function enabledIn(model: KernelModel, state: ImmutableState, internal: boolean): readonly Enabled[] {
  const enabled = model.rules
    .map(rule => ({ rule, choices: rule.choices.filter(choice => rule.guard(state, choice)) }))
    .filter(({ choices }) => choices.length > 0)
  const picked = enabled.filter(({ rule }) => (rule.kind === 'internal') === internal)
  return picked.length > 0 ? picked : enabled
}

function walk(chosen: readonly Feature[], topology: string, picks: readonly Pick[]): Walk {
  const model = modelWith(chosen, topology)
  const [initial] = model.initial as readonly [Initial<ImmutableState>]
  const steps: WalkStep[] = []
  let before = initial.state
  for (const pick of picks) {
    const enabled = enabledIn(model, before, pick.internal)
    const found = enabled[pick.rule % enabled.length]
    if (found === undefined) break
    const { rule, choices } = found
    const choice = choices[pick.choice % choices.length]
    const fired = rule.effect(before, choice)
    const after = model.restore(fired.cells)
    steps.push({ before, action: { rule, choice }, after, events: model.events(fired) })
    before = after
  }
  return { features: chosen, initial, steps, [fc.toStringMethod]: () => describeSteps(model, initial, steps) }
}

const pick = fc.record({ internal: fc.boolean(), rule: fc.nat(), choice: fc.nat() })

/** Walks of up to `length` steps. */
export const walks = (length: number): fc.Arbitrary<Walk> =>
  fc
    .tuple(
      fc.subarray(allFeatures, { minLength: 1 }),
      fc.constantFrom(...topologies.map(({ name }) => name)),
      fc.array(pick, { maxLength: length, size: 'max' }),
    )
    .map(([chosen, topology, picks]) => walk(chosen, topology, picks))
