/**
 * The statistics of a fast search.
 */
import type { Exploration } from '../explore/result.js'
import type { Remembered, Statistics } from '../explore/statistics.js'
import type { StateGraph } from '../graph/state-graph.js'
import type { Model } from '../model.js'
import type { Ran, Told } from './messages.js'
import type { FastSearch } from './search.js'

/** So many of the most expensive are listed. */
const listed = 10

/**
 * @param found what the search has found
 * @param told what other threads tell that have searched with the first
 */
export function statisticsOf<S>(
  search: FastSearch<S>,
  model: Model<S>,
  { seconds, graph }: Pick<Exploration<S>, 'seconds' | 'graph'>,
  told: readonly Told[],
): Statistics {
  const { stored, space } = search
  const { stateQuestions, stepQuestions } = search.expander
  const everywhere = [{ ...search.expander, collisions: stored.collisions }, ...told]
  const sum = (of: (thread: (typeof everywhere)[number]) => number) =>
    everywhere.reduce((all, thread) => all + of(thread), 0)
  const [rules, ofStates, ofSteps] = [
    everywhere.map(thread => thread.rules),
    everywhere.map(thread => thread.ofStates),
    everywhere.map(thread => thread.ofSteps),
  ]
  const [initial] = model.initial
  const names = initial === undefined ? [] : model.cellNames(initial)
  const memory = {
    states: stored.rowBytes,
    index: stored.tableBytes,
    parents: search.parentBytes,
    graph: graph === undefined ? 0 : bytesOf(graph),
    remembered: sum(thread => thread.rules.bytes + thread.ofStates.bytes + thread.ofSteps.bytes),
    process: process.memoryUsage.rss(),
  }
  return {
    statesPerSecond: perSecond(search.states, seconds),
    transitionsPerSecond: perSecond(search.transitions, seconds),
    rules: remembered(
      rules,
      question => (space.actions[question] as (typeof space.actions)[number]).rule.name,
    ),
    states: remembered(ofStates, question => stateQuestions.propertyOf(question).name),
    steps: remembered(ofSteps, question => stepQuestions.propertyOf(question).name),
    cells: space.columns
      .map(({ size }, at) => ({ name: names[at] ?? `cell ${at}`, values: size }))
      .toSorted((a, b) => b.values - a.values),
    collisions: sum(thread => thread.collisions),
    asleep: search.asleep,
    threads: everywhere.length,
    memory: {
      ...memory,
      perState: (memory.states + memory.index + memory.parents) / Math.max(1, search.states),
    },
  }
}

const bytesOf = <S>({ rows, targets, labels }: StateGraph<S>): number =>
  rows.byteLength + targets.byteLength + labels.byteLength

const perSecond = (n: number, seconds: number): number => (seconds > 0 ? Math.round(n / seconds) : 0)

/** @param ran of each thread */
function remembered(ran: readonly Ran[], nameOf: (question: number) => string): Remembered {
  const byName = new Map<string, { name: string; runs: number; milliseconds: number }>()
  for (const { runs, spent } of ran) {
    for (const [question, n] of runs.entries()) {
      const name = nameOf(question)
      const sum = byName.get(name) ?? { name, runs: 0, milliseconds: 0 }
      sum.runs += n
      sum.milliseconds += spent[question] as number
      byName.set(name, sum)
    }
  }
  return {
    answers: ran.reduce((sum, { states, runs }) => sum + states * runs.length, 0),
    runs: ran.reduce((sum, { runs }) => sum + runs.reduce((all, n) => all + n, 0), 0),
    expensive: [...byName.values()].toSorted((a, b) => b.milliseconds - a.milliseconds).slice(0, listed),
  }
}
