/**
 * Disagreements made small with the kernel in the loop, and grouped by what is odd about them.
 *
 * Here: leaving steps out as long as the kernel goes on to show the same; one disagreement for each cause.
 * Not here: what counts as alike (causes.ts), writing them down (disagreements.ts).
 */

import type { Profile } from '../spec/profile.js'
import { parseCall } from './call.js'
import { type Cause, causeOf, causes } from './causes.js'
import { explanationOf } from './explain.js'
import type { Outcome } from './outcome.js'
import { nameOf, type Scenario, type ScenarioStep } from './scenario.js'

/** Asks the kernel. */
export type Ask = (scenario: Scenario) => Promise<Outcome>

/**
 * The causes of all disagreements, each with a scenario from which no step can be left out. Those that one switch of the
 * profile explains are one, as are those that turn out to have the same scenario. Ends early, with what it has, when
 * `signal` is aborted.
 */
export async function minimizedCauses(
  outcomes: readonly Outcome[],
  ask: Ask,
  profile: Profile,
  signal: AbortSignal,
): Promise<readonly Cause[]> {
  const merged = new Map<string, Cause>()
  for (const cause of causes(outcomes)) {
    const outcome = await minimized(cause.outcome, ask, signal)
    const turned = explanationOf(outcome, profile)
    const key = turned === undefined ? outcome.id : `${turned.name}: ${turned.value}`
    const same = merged.get(key)
    const isShorter = same === undefined || outcome.scenario.steps.length < same.outcome.scenario.steps.length
    merged.set(key, {
      key,
      outcome: isShorter ? outcome : same.outcome,
      count: cause.count + (same?.count ?? 0),
      ...(turned === undefined ? {} : { explainedBy: { name: turned.name, value: turned.value } }),
    })
  }
  return [...merged.values()].sort((a, b) => b.count - a.count)
}

/** The same disagreement without any step that it can do without. */
async function minimized(outcome: Outcome, ask: Ask, signal: AbortSignal): Promise<Outcome> {
  const key = causeOf(outcome)
  let best = cut(outcome)
  for (let i = best.scenario.steps.length - 2; i >= 0 && !signal.aborted; i--) {
    const steps = without(best.scenario.steps, i)
    if (steps === undefined) continue
    const shorter = await ask(named(best.scenario, steps))
    if (shorter.verdict !== 'differed' || causeOf(shorter) !== key) continue
    best = cut(shorter)
    // One that could not be left out before may be superfluous now, and fewer steps may be left than were left out.
    i = best.scenario.steps.length - 1
  }
  return best
}

/** What comes after the step in question has not been looked at. */
const cut = (outcome: Outcome): Outcome => {
  const { scenario, step = scenario.steps.length - 1 } = outcome
  const shorter = named(scenario, scenario.steps.slice(0, step + 1))
  return { ...outcome, id: shorter.id, scenario: shorter }
}

/** A scenario that is cut is none of its source any more. */
const named = ({ id, pre, steps: before }: Scenario, steps: readonly ScenarioStep[]): Scenario => ({
  id: steps.length === before.length ? id : nameOf(steps),
  pre,
  steps: [...steps],
})

/**
 * Without step `i`, and if somebody is born in it, without all that is done by or to them. Undefined where that
 * would take the last step, which shows the disagreement.
 */
function without(steps: readonly ScenarioStep[], i: number): readonly ScenarioStep[] | undefined {
  const gone = new Set<string>()
  const left = steps.filter((step, at) => {
    const call = parseCall(step.do, 'a scenario that was played')
    const words = call.kind === 'birth' ? [] : call.args.map(arg => arg.replace(/^-/, ''))
    const goes = at === i || [step.actor, ...words].some(word => gone.has(word))
    if (goes && call.kind === 'birth') gone.add(call.child)
    return !goes
  })
  return left.at(-1) === steps.at(-1) ? left : undefined
}
