/**
 * Temporal properties decided in the slowest and plainest way: every set of nodes is tried as the set that a behaviour
 * visits again and again. An oracle for small graphs.
 */
import type { Fairness, LivenessFormula } from '../../../checker/model.js'
import type { LabelledGraph } from './graphs.js'

type Nodes = ReadonlySet<number>

const all = ({ nodes }: LabelledGraph): Nodes => new Set(Array.from({ length: nodes }, (_, i) => i))

/** Which nodes can be reached from these, by edges that stay within `allowed`, without any step included. */
export function reach(g: LabelledGraph, from: Iterable<number>, allowed: Nodes = all(g)): Set<number> {
  const found = new Set([...from].filter(node => allowed.has(node)))
  for (let size = -1; size !== found.size; ) {
    size = found.size
    for (const edge of g.edges) if (found.has(edge.from) && allowed.has(edge.to)) found.add(edge.to)
  }
  return found
}

function* subsets(nodes: Nodes): Generator<Nodes> {
  const list = [...nodes]
  for (let bits = 1; bits < 2 ** list.length; bits++) yield new Set(list.filter((_, i) => (bits >> i) & 1))
}

/** Can a behaviour visit exactly these nodes again and again? One node alone may stutter. */
const canRecur = (g: LabelledGraph, nodes: Nodes): boolean =>
  [...nodes].every(node => reach(g, [node], nodes).size === nodes.size)

const isFair = (g: LabelledGraph, nodes: Nodes, { includes, strength }: Fairness<number>): boolean => {
  const serves = (by: number): boolean => includes({ name: `actor ${by}` } as never, undefined)
  const moves = g.edges.filter(({ from, to, by }) => from !== to && serves(by))
  if (moves.some(({ from, to }) => nodes.has(from) && nodes.has(to))) return true
  const isEnabled = (node: number): boolean => moves.some(({ from }) => from === node)
  return strength === 'weak' ? ![...nodes].every(isEnabled) : ![...nodes].some(isEnabled)
}

const where = (nodes: Nodes, holds: (node: number) => boolean): Nodes => new Set([...nodes].filter(holds))

/** Does every fair behaviour of the graph satisfy the formula? */
export function holdsNaively(
  g: LabelledGraph,
  formula: LivenessFormula<number>,
  fairness: readonly Fairness<number>[],
): boolean {
  const everywhere = all(g)
  const not = where(everywhere, node => !formula.holds(node, undefined))
  const [stem, within] =
    formula.kind === 'eventually'
      ? [reach(g, g.initial, not), not]
      : formula.kind === 'leads to'
        ? [
            reach(
              g,
              where(reach(g, g.initial), node => formula.when(node, undefined)),
              not,
            ),
            not,
          ]
        : formula.kind === 'always eventually'
          ? [reach(g, g.initial), not]
          : [reach(g, g.initial), everywhere]
  for (const nodes of subsets(where(stem, node => within.has(node)))) {
    if (formula.kind === 'eventually always' && ![...nodes].some(node => not.has(node))) continue
    if (canRecur(g, nodes) && fairness.every(condition => isFair(g, nodes, condition))) return false
  }
  return true
}

/** Is there, from every reachable node of `when`, a way to one of `can`? */
export const isPossibleNaively = (g: LabelledGraph, when: Nodes, can: Nodes): boolean =>
  [...reach(g, g.initial)].every(node => !when.has(node) || [...reach(g, [node])].some(it => can.has(it)))
