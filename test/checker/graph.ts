/**
 * Models for tests of the checker: graphs written as paths.
 *
 * `graph('start>a', 'a>b')` starts at the first node named and takes the edge `a>b` as the action `a>b`.
 */

import type { Trace } from '../../checker/explore/result.js'
import type { Cover, Invariant, Model, Rule, Step, StepProperty } from '../../checker/model.js'

export type GraphModel = Model<string>

export const graph = (first: string, ...others: readonly string[]): GraphModel =>
  graphFrom(nodesOf(first).slice(0, 1), [first, ...others])

/** A graph with any number of initial nodes. */
export const graphFrom = (initial: readonly string[], paths: readonly string[]): GraphModel => ({
  name: 'graph',
  initial: initial.map(state => ({ name: state, says: `at ${state}`, state })),
  rules: [go([...new Set(paths.flatMap(edgesOf))])],
  cells: state => [state],
  restore: cells => String(cells[0]),
  events: () => [],
  cellNames: () => ['node'],
  label: (_rule, edge) => String(edge),
})

/** The same graph, where these nodes are legitimate ends. */
export const endingAt = (ends: readonly string[], model: GraphModel): GraphModel => ({
  ...model,
  isEnd: state => ends.includes(state),
})

export const edgesOf = (path: string): string[] => {
  const nodes = nodesOf(path)
  return nodes.slice(1).map((to, at) => `${nodes[at]}>${to}`)
}

/** The actions of a trace, as edges; of no trace, nothing. */
export const edgesIn = (trace: Trace<string> | undefined): readonly unknown[] | undefined =>
  trace?.actions.map(({ choice }) => choice)

export const never = (node: string): Invariant<string> => ({
  kind: 'invariant',
  name: `never ${node}`,
  says: `No behaviour reaches ${node}.`,
  holds: state => state !== node,
})

export const neverTakes = (edge: string): StepProperty<string> => ({
  kind: 'step',
  name: `never takes ${edge}`,
  says: `No behaviour takes the edge ${edge}.`,
  holds: step => edgeOf(step) !== edge,
})

export const reaches = (node: string): Cover<string> => ({
  kind: 'cover',
  name: `reaches ${node}`,
  says: `Some behaviour reaches ${node}.`,
  reached: state => state === node,
})

export const takes = (edge: string): Cover<string> => ({
  kind: 'cover',
  name: `takes ${edge}`,
  says: `Some behaviour takes the edge ${edge}.`,
  reachedBy: step => edgeOf(step) === edge,
})

const edgeOf = ({ before, after }: Step<string>): string => `${before}>${after}`

const nodesOf = (path: string): string[] => path.split('>')

const go = (edges: readonly string[]): Rule<string> => ({
  name: 'go',
  feature: 'graph',
  kind: 'internal',
  source: 'this test',
  choices: edges,
  guard: (state, edge) => nodesOf(String(edge))[0] === state,
  effect: (_state, edge) => String(nodesOf(String(edge))[1]),
})

/** The model, if a state is expanded only after so many milliseconds. */
export const slowAt = (model: Model<string>, slow: string, time: number): Model<string> => ({
  ...model,
  rules: model.rules.map(rule => ({
    ...rule,
    guard: (state, edge) => {
      if (state === slow) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, time)
      return rule.guard(state, edge)
    },
  })),
})
