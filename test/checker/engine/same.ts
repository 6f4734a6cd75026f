/** What two engines must agree on: everything but the time. */
import type { Exploration, Trace } from '../../../checker/explore/result.js'

export const comparable = <S>(found: Exploration<S>) => ({
  ...found,
  seconds: undefined,
  graph: found.graph && {
    size: found.graph.size,
    expanded: found.graph.expanded,
    initial: [...found.graph.initial].map(([index, { name }]) => [index, name]),
    rows: found.graph.rows,
    targets: found.graph.targets,
    labels: found.graph.labels,
  },
  firings: [...found.firings],
  deadlock: written(found.deadlock),
  verdicts: found.verdicts.map(verdict => ({
    property: verdict.property.name,
    verdict: verdict.verdict,
    ...('trace' in verdict && {
      count: verdict.count,
      trace: written(verdict.trace),
      loop: verdict.loop,
      notes: verdict.notes,
    }),
    ...('unexplored' in verdict && { unexplored: verdict.unexplored }),
  })),
})

const written = <S>(trace: Trace<S> | undefined) =>
  trace && [trace.initial.name, ...trace.actions.map(({ rule, choice }) => [rule.name, choice])]
