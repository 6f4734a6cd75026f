/**
 * Random graphs with labels, and models made of them, for laws about temporal properties.
 *
 * A node is a number. An edge has an action; actions of one name belong to one fairness condition.
 */
import fc from 'fast-check'
import type { Fairness, Liveness, Model, Rule } from '../../../checker/model.js'

export interface Edge {
  readonly from: number
  readonly to: number
  /** The fairness condition that it serves. */
  readonly by: number
}

export interface LabelledGraph {
  readonly nodes: number
  readonly initial: readonly number[]
  readonly edges: readonly Edge[]
  /** Sets of nodes. */
  readonly p: readonly number[]
  readonly q: readonly number[]
}

export interface Shape {
  readonly nodes: number
  readonly actors: number
}

export const graphs = ({ nodes: most, actors }: Shape): fc.Arbitrary<LabelledGraph> =>
  fc.integer({ min: 1, max: most }).chain(nodes => {
    const node = fc.integer({ min: 0, max: nodes - 1 })
    return fc.record({
      nodes: fc.constant(nodes),
      initial: fc.uniqueArray(node, { minLength: 1, maxLength: 2 }),
      edges: fc.array(fc.record({ from: node, to: node, by: fc.integer({ min: 0, max: actors - 1 }) }), {
        maxLength: 3 * nodes,
      }),
      p: fc.uniqueArray(node),
      q: fc.uniqueArray(node),
    })
  })

/** One rule for each actor; a choice is a numbered edge. */
export const modelOf = (
  { initial, edges }: LabelledGraph,
  constraint?: (node: number) => boolean,
): Model<number> => ({
  name: 'random graph',
  initial: initial.map(state => ({ name: `node ${state}`, says: '', state })),
  rules: [...new Set(edges.map(({ by }) => by))].map(by => ruleOf(edges, by)),
  cells: state => [state],
  restore: cells => Number(cells[0]),
  events: () => [],
  cellNames: () => ['node'],
  label: (_rule, choice) => `edge ${choice}`,
  isEnd: () => true,
  ...(constraint === undefined ? {} : { constraint }),
})

const ruleOf = (edges: readonly Edge[], by: number): Rule<number> => ({
  name: `actor ${by}`,
  feature: 'graph',
  kind: 'internal',
  source: 'this test',
  choices: edges.flatMap((edge, i) => (edge.by === by ? [i] : [])),
  guard: (state, i) => edges[Number(i)]?.from === state,
  effect: (_state, i) => edges[Number(i)]?.to ?? 0,
})

export const fairActor = (by: number, strength: Fairness<number>['strength']): Fairness<number> => ({
  name: `actor ${by}`,
  strength,
  includes: rule => rule.name === `actor ${by}`,
})

export const liveness = (
  formula: Liveness<number>['formula'],
  fairness: readonly Fairness<number>[] = [],
  more: Partial<Liveness<number>> = {},
): Liveness<number> => ({
  kind: 'liveness',
  name: formula.kind,
  says: formula.kind,
  formula,
  fairness: () => fairness,
  fairnessSays:
    fairness.map(({ name, strength }) => `${name} is ${strength}ly fair`).join(', ') || 'no fairness',
  ...more,
})
