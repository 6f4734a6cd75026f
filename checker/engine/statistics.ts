/**
 * The statistics of a fast search.
 */
import type { Remembered, Statistics } from '../explore/statistics.js'
import type { Model } from '../model.js'
import type { Decisions } from './decisions.js'
import type { FastSearch } from './search.js'

/** So many of the most expensive are listed. */
const listed = 10

export function statisticsOf<S>(search: FastSearch<S>, model: Model<S>, seconds: number): Statistics {
  const { stored, space } = search
  const { rules, ofStates, ofSteps, stateQuestions, stepQuestions } = search.expander
  const [initial] = model.initial
  const names = initial === undefined ? [] : model.cellNames(initial)
  const memory = {
    states: stored.rowBytes,
    index: stored.tableBytes,
    parents: search.parentBytes,
    remembered: rules.bytes + ofStates.bytes + ofSteps.bytes,
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
    collisions: stored.collisions,
    memory: {
      ...memory,
      perState: (memory.states + memory.index + memory.parents) / Math.max(1, search.states),
    },
  }
}

const perSecond = (n: number, seconds: number): number => (seconds > 0 ? Math.round(n / seconds) : 0)

function remembered<R>(
  { runs, spent, states }: Decisions<R>,
  nameOf: (question: number) => string,
): Remembered {
  const byName = new Map<string, { name: string; runs: number; milliseconds: number }>()
  for (const [question, n] of runs.entries()) {
    const name = nameOf(question)
    const sum = byName.get(name) ?? { name, runs: 0, milliseconds: 0 }
    sum.runs += n
    sum.milliseconds += spent[question] as number
    byName.set(name, sum)
  }
  return {
    answers: states * runs.length,
    runs: runs.reduce((sum, n) => sum + n, 0),
    expensive: [...byName.values()].toSorted((a, b) => b.milliseconds - a.milliseconds).slice(0, listed),
  }
}
