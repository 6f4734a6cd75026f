/**
 * Possibility: the states from which something can no longer be reached.
 *
 * Here: which they are, and of which of them that is certain although the search was cut short.
 * Not here: how the region without return is explained (notes.ts).
 */
import { outside, type StateGraph } from '../graph/state-graph.js'
import { canReach, type States } from '../graph/subgraph.js'

export interface Impossible {
  /** The states that ask for it and can never come to it: nearest first. */
  readonly states: readonly number[]
  /** How many states ask for it and may come to it only by states that were not expanded. */
  readonly undecided: number
}

/** @param when the states that ask for it; @param can those that have it */
export function impossibleFrom<S>(graph: StateGraph<S>, when: States, can: States): Impossible {
  const sure = canReach(graph, can)
  const cannotSurely: number[] = []
  for (let s = 0; s < graph.size; s++) if (when[s] === 1 && sure[s] !== 1) cannotSurely.push(s)
  if (cannotSurely.length === 0) return { states: [], undecided: 0 }
  const perhaps = canReach(graph, withUnknown(graph, can))
  const states = cannotSurely.filter(s => perhaps[s] !== 1)
  return { states, undecided: cannotSurely.length - states.length }
}

/** With every state that has successors outside the graph: nobody knows what they can reach. */
function withUnknown<S>({ size, expanded, rows, targets }: StateGraph<S>, states: States): States {
  const all = states.slice()
  all.fill(1, expanded, size)
  for (let s = 0; s < expanded; s++) {
    for (let e = rows[s] as number; e < (rows[s + 1] as number); e++) if (targets[e] === outside) all[s] = 1
  }
  return all
}
