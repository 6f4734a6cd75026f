/**
 * Is there a fair loop in this part of a graph? Emptiness of a Streett condition, on strongly connected components.
 *
 * A loop visits a set of states again and again. It is fair if each weak condition is served in it or disabled at one of
 * its states, each strong one is served or enabled at none of them, and each recurring set of states is met.
 * A single state is a loop too: the behaviour that stutters there for ever.
 *
 * Here: whether there is one, and in which components. Not here: which is shortest (lasso.ts).
 */
import { findComponent } from '../graph/components.js'
import { forEachEdge, type States, type Subgraph } from '../graph/subgraph.js'
import type { FairnessMasks } from './fairness.js'

/** What a loop has to do. */
export interface LoopCondition {
  readonly fairness: Pick<FairnessMasks<never>, 'enabled' | 'serves'>
  /** Bits of the weak and of the strong conditions. */
  readonly weak: number
  readonly strong: number
  /** Sets of states, each of which the loop has to meet. */
  readonly recurring: readonly States[]
}

/** A component that has a fair loop, and a part of it in which the loop that visits everything is fair. */
export interface FairComponent {
  readonly component: Int32Array
  readonly core: Int32Array
}

/**
 * @param members the states to look at; each must be in the subgraph. What is enabled in a state that is not expanded
 * is not known, so that it is no place to stutter unless nothing is asked
 */
export function fairComponents(
  part: Subgraph,
  condition: LoopCondition,
  members: Int32Array,
): readonly FairComponent[] {
  if (members.length === 0) return []
  const marks = { of: new Int32Array(part.graph.size), last: 0 }
  const fair: FairComponent[] = []
  findComponent(part, members, component => {
    const core = fairCore(part, condition, component, marks)
    if (core !== undefined) fair.push({ component: component.slice(), core: core.slice() })
  })
  return fair
}

/** By state, the number of the component that was looked at last; one array serves all of them. */
interface Marks {
  readonly of: Int32Array
  last: number
}

/** A strongly connected part of the component all of which can be visited fairly; lent, as the component is. */
function fairCore(
  part: Subgraph,
  condition: LoopCondition,
  component: Int32Array,
  marks: Marks,
): Int32Array | undefined {
  const { weak, strong, recurring, fairness } = condition
  const [only] = component
  if (only === undefined) return undefined
  if (only >= part.graph.expanded && (weak | strong) !== 0) return undefined
  const { served, everywhere, somewhere } = summary(part, fairness, component, marks)
  // What no part of the component can do better.
  if ((everywhere & weak & ~served) !== 0) return undefined
  if (recurring.some(set => !component.some(s => set[s] === 1))) return undefined
  const unserved = strong & somewhere & ~served
  if (unserved === 0) return component
  // A strong condition that nothing here serves must not be enabled: only without those states can there be a loop.
  const left = component.filter(s => ((fairness.enabled[s] as number) & unserved) === 0)
  if (left.length === 0) return undefined
  const states = new Uint8Array(part.graph.size)
  for (const s of left) states[s] = 1
  const smaller = { ...part, states }
  return findComponent(smaller, left, next => fairCore(smaller, condition, next, marks))
}

/** Which conditions are served by a step inside, which are enabled in every state, and which in some. */
function summary(
  part: Subgraph,
  { enabled, serves }: LoopCondition['fairness'],
  component: Int32Array,
  marks: Marks,
): { readonly served: number; readonly everywhere: number; readonly somewhere: number } {
  const [only] = component
  // Nothing is served by a state that stutters.
  if (component.length === 1 && only !== undefined)
    return { served: 0, everywhere: enabled[only] as number, somewhere: enabled[only] as number }
  const mark = ++marks.last
  for (const s of component) marks.of[s] = mark
  let served = 0
  let everywhere = -1
  let somewhere = 0
  for (const s of component) {
    everywhere &= enabled[s] as number
    somewhere |= enabled[s] as number
    forEachEdge(part, s, (e, to) => {
      if (marks.of[to] === mark) served |= serves[e] as number
    })
  }
  return { served, everywhere, somewhere }
}
