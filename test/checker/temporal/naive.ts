/**
 * Temporal properties decided in the slowest and plainest way: every set of nodes is tried as the set that a behaviour
 * visits again and again. An oracle for small graphs.
 */
import type { Assumption, Fairness, LivenessFormula } from '../../../checker/model.js'
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

/** @param loop the graph of the edges that the loop may take; what is enabled is asked of all edges */
const isFair = (
  g: LabelledGraph,
  loop: LabelledGraph,
  nodes: Nodes,
  { includes, when, strength }: Fairness<number>,
): boolean => {
  const serves = ({ from, to, by }: LabelledGraph['edges'][number]): boolean =>
    from !== to &&
    includes({ name: `actor ${by}` } as never, undefined) &&
    (when === undefined || when(from, undefined))
  if (loop.edges.some(edge => serves(edge) && nodes.has(edge.from) && nodes.has(edge.to))) return true
  const isEnabled = (node: number): boolean => g.edges.some(edge => serves(edge) && edge.from === node)
  return strength === 'weak' ? ![...nodes].every(isEnabled) : ![...nodes].some(isEnabled)
}

const where = (nodes: Nodes, holds: (node: number) => boolean): Nodes => new Set([...nodes].filter(holds))

/** Without the edges that must not be taken again and again. Edges that change nothing may be. */
function withoutForbidden(g: LabelledGraph, assuming: readonly Assumption<number>[]): LabelledGraph {
  const isForbidden = ({ from, to, by }: LabelledGraph['edges'][number]): boolean =>
    assuming.some(
      it =>
        it.kind === 'eventually never' &&
        it.taken({ before: from, rule: { name: `actor ${by}` } as never, choice: undefined, after: to }),
    )
  return { ...g, edges: g.edges.filter(edge => edge.from === edge.to || !isForbidden(edge)) }
}

/** Does every fair behaviour of the graph of which the assumptions are true satisfy the formula? */
export function holdsNaively(
  g: LabelledGraph,
  formula: LivenessFormula<number>,
  fairness: readonly Fairness<number>[],
  assuming: readonly Assumption<number>[] = [],
): boolean {
  const allowed = where(all(g), node => assuming.every(it => it.kind !== 'always' || it.holds(node)))
  const not = where(allowed, node => !formula.holds(node, undefined))
  const anywhere = reach(g, g.initial, allowed)
  const [stem, within] =
    formula.kind === 'eventually'
      ? [reach(g, g.initial, not), not]
      : formula.kind === 'leads to'
        ? [
            reach(
              g,
              where(anywhere, node => formula.when(node, undefined)),
              not,
            ),
            not,
          ]
        : formula.kind === 'always eventually'
          ? [anywhere, not]
          : [anywhere, allowed]
  const loop = withoutForbidden(g, assuming)
  for (const nodes of subsets(where(stem, node => within.has(node)))) {
    if (formula.kind === 'eventually always' && ![...nodes].some(node => not.has(node))) continue
    const isAssumed = assuming.every(it =>
      it.kind === 'always eventually'
        ? [...nodes].some(node => it.holds(node))
        : it.kind !== 'eventually always' || [...nodes].every(node => it.holds(node)),
    )
    if (isAssumed && canRecur(loop, nodes) && fairness.every(it => isFair(g, loop, nodes, it))) return false
  }
  return true
}

/** Is there, from every reachable node of `when`, a way to one of `can`? */
export const isPossibleNaively = (g: LabelledGraph, when: Nodes, can: Nodes): boolean =>
  [...reach(g, g.initial)].every(node => !when.has(node) || [...reach(g, [node])].some(it => can.has(it)))
