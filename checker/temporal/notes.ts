/**
 * What a reader is told of a temporal counterexample: why the lasso is fair, what the region without return is like.
 */

import { whyDisabled } from '../explain/guard.js'
import { differences } from '../explain/places.js'
import type { Action, Note } from '../explore/result.js'
import { outside, type StateGraph } from '../graph/state-graph.js'
import { canReach, forEachEdge, type States, waysFrom } from '../graph/subgraph.js'
import type { Fairness, Initial, Liveness, Possibility } from '../model.js'
import { count } from '../report/text.js'

export interface FairLasso<S> {
  readonly x: unknown
  /** The state that the loop begins at. */
  readonly state: S
  /** After how many steps the formula begins to be broken. */
  readonly since: number
  /** Steps before the loop. */
  readonly stem: number
  readonly conditions: readonly Fairness<S>[]
  /** By state of the loop, the first of them repeated at the end: bits of the conditions that are enabled. */
  readonly enabled: readonly number[]
  /** By step of the loop: bits of the conditions it serves. */
  readonly served: readonly number[]
}

export function lassoNotes<S>(property: Liveness<S>, lasso: FairLasso<S>): readonly Note[] {
  const { x, state, since, stem, conditions, served } = lasso
  const about = property.describe?.(state, x)
  const from = property.formula.kind === 'leads to' ? [broken(since)] : []
  return [
    ...(about === undefined ? [] : [{ label: 'about', text: about }]),
    ...from,
    {
      label: 'loop',
      text:
        served.length === 0
          ? `after step ${stem}, nothing more has to happen`
          : `steps ${stem + 1} to ${stem + served.length}, again and again`,
    },
    { label: 'fair', text: property.fairnessSays },
    ...conditions.map((condition, i) => ({
      label: '',
      text: `${condition.name}: ${whyFair(condition, 1 << i, lasso)}`,
    })),
  ]
}

const broken = (since: number): Note => ({
  label: 'since',
  text:
    since === 0
      ? 'the initial state, in which it is asked for'
      : `step ${since}, after which it is asked for`,
})

function whyFair<S>({ strength }: Fairness<S>, bit: number, { enabled, served, stem }: FairLasso<S>): string {
  const taken = served.findIndex(mask => (mask & bit) !== 0)
  if (taken >= 0) return `taken at step ${stem + taken + 1}`
  if (served.length > 0 && strength === 'strong') return 'has nothing to do anywhere in the loop'
  const disabled = enabled.findIndex(mask => (mask & bit) === 0)
  return `has nothing to do after step ${stem + disabled}`
}

/** So many enabled actions, and so many ways out, are listed. */
const listed = 5
/** So many states in which a way out is open are compared. */
const compared = 400

export interface Stuck<S> {
  readonly x: unknown
  readonly state: number
  /** The states that the property asks for. */
  readonly can: States
  readonly initial: Initial<S>
}

export function regionNotes<S>(
  graph: StateGraph<S>,
  property: Possibility<S>,
  { x, state, can, initial }: Stuck<S>,
): readonly Note[] {
  const { model } = graph
  const here = graph.stateAt(state)
  const label = ({ rule, choice }: Action<S>): string => model.label(rule, choice, initial)
  const everywhere = { graph, states: new Uint8Array(graph.size).fill(1) }
  const region = waysFrom(everywhere, [state]).order
  const about = property.describe?.(here, x)
  const enabledHere = actionsAt(graph, [state])
  const enabledAnywhere = actionsAt(graph, region)
  return [
    ...(about === undefined ? [] : [{ label: 'about', text: about }]),
    {
      label: 'no return',
      text: `from there ${count(region.length, 'state')} can be reached, and none of them has it`,
    },
    {
      label: 'enabled',
      text: enabledHere.length === 0 ? 'nothing can happen there' : some(enabledHere.map(label)),
    },
    ...(enabledAnywhere.length > enabledHere.length
      ? [
          {
            label: '',
            text: `and later: ${some(enabledAnywhere.filter(it => !enabledHere.includes(it)).map(label))}`,
          },
        ]
      : []),
    ...waysOut(graph, state, can).map(({ action, witness }, i) => ({
      label: i === 0 ? 'closed' : '',
      text: `${label(action)}: ${whyDisabled(model, initial, here, action, witness)}`,
    })),
  ]
}

const some = (labels: readonly string[]): string => {
  const more = labels.length - listed
  return `${labels.slice(0, listed).join(', ')}${more > 0 ? `, and ${more} more` : ''}`
}

function actionsAt<S>(graph: StateGraph<S>, states: Iterable<number>): readonly Action<S>[] {
  const found = new Set<number>()
  for (const s of states) {
    if (s >= graph.expanded) continue
    for (let e = graph.rows[s] as number; e < (graph.rows[s + 1] as number); e++)
      found.add(graph.labels[e] as number)
  }
  return [...found].toSorted((a, b) => a - b).map(position => graph.actions[position] as Action<S>)
}

interface WayOut<S> {
  readonly action: Action<S>
  /** The state nearest to the stuck one, by the places in which they differ, where it is open. */
  readonly witness: S
  readonly far: number
}

/**
 * The actions that elsewhere lead to a state that the property asks for, each with the most similar state in which it
 * does. An action that is enabled here as well, and leads elsewhere, is none.
 */
function waysOut<S>(graph: StateGraph<S>, state: number, can: States): readonly WayOut<S>[] {
  const here = graph.stateAt(state)
  const sources = openWays(graph, can)
  const enabledHere = new Set(actionsAt(graph, [state]))
  return [...sources]
    .flatMap(([position, states]): WayOut<S>[] => {
      const action = graph.actions[position] as Action<S>
      if (enabledHere.has(action)) return []
      const nearest = states
        .map(s => {
          const witness = graph.stateAt(s)
          return { action, witness, far: differences(graph.model, here, witness).length }
        })
        .reduce((a, b) => (b.far < a.far ? b : a))
      return [nearest]
    })
    .toSorted((a, b) => a.far - b.far)
    .slice(0, listed)
}

/** By action: states without what is asked for from which it leads there, evenly chosen where there are many. */
function openWays<S>(graph: StateGraph<S>, can: States): ReadonlyMap<number, readonly number[]> {
  const part = { graph, states: new Uint8Array(graph.size).fill(1) }
  const reaching = canReach(graph, can)
  const sources = new Map<number, number[]>()
  for (let s = 0; s < graph.expanded; s++) {
    if (can[s] === 1 || reaching[s] !== 1) continue
    forEachEdge(part, s, (e, to) => {
      if (to === outside || can[to] !== 1) return
      const action = graph.labels[e] as number
      const known = sources.get(action) ?? []
      known.push(s)
      sources.set(action, known)
    })
  }
  const share = Math.max(20, Math.floor(compared / Math.max(1, sources.size)))
  for (const [action, states] of sources) {
    const every = Math.ceil(states.length / share)
    sources.set(
      action,
      states.filter((_, i) => i % every === 0),
    )
  }
  return sources
}
