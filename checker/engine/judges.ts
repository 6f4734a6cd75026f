/**
 * Several threads judge the properties of behaviours on one graph: each takes the next one that nobody has taken.
 *
 * Not here: how a property is judged (temporal/judge.ts).
 */
import { setTimeout } from 'node:timers/promises'
import type { Limits } from '../explore/limits.js'
import type { Stop, Verdict } from '../explore/result.js'
import type { StateGraph } from '../graph/state-graph.js'
import type { TemporalProperty } from '../model.js'
import { type JudgedTemporal, judgeOn, stopped } from '../temporal/judge.js'
import { marksOf } from './marks.js'
import { type JudgeOrder, mayEnd, nextBlock } from './messages.js'
import { type PlainVerdict, plainTraceOf, plainVerdict, traceOf, verdictFrom } from './plain.js'
import { isComparedAt } from './search.js'
import type { Space } from './space.js'
import type { States } from './states.js'
import { glance, type Team } from './team.js'

/** A graph as it is sent: without the model, which the other thread has, and the states, which all threads share. */
export interface SentGraph
  extends Pick<StateGraph<unknown>, 'size' | 'expanded' | 'rows' | 'targets' | 'labels'> {
  /** The number of each initial state, and its place in the model. */
  readonly initial: readonly (readonly [state: number, place: number])[]
}

export const sentGraph = <S>({
  model,
  size,
  expanded,
  rows,
  targets,
  labels,
  initial,
}: StateGraph<S>): SentGraph => ({
  size,
  expanded,
  rows,
  targets,
  labels,
  initial: [...initial].map(([state, one]) => [state, model.initial.indexOf(one)]),
})

const graphFrom = <S>(
  space: Space<S>,
  stored: States,
  sent: SentGraph,
  isParanoid: boolean,
): StateGraph<S> => ({
  ...sent,
  model: space.model,
  actions: space.actions,
  initial: new Map(
    sent.initial.map(([state, place]) => [
      state,
      space.model.initial[place] as (typeof space.model.initial)[0],
    ]),
  ),
  stateAt(index) {
    const ids = new Int32Array(space.columns.length)
    stored.load(index, ids)
    return space.plainState(ids)
  },
  marks: tests => marksOf(space, stored, tests, index => isParanoid || isComparedAt(index)),
})

/** What another thread than the first judges, until nothing is left or it is told to end. */
export function judgeSome<S>(
  space: Space<S>,
  stored: States,
  properties: readonly TemporalProperty<S>[],
  sent: SentGraph,
  isParanoid: boolean,
  counters: Int32Array,
): readonly PlainVerdict[] {
  const verdicts: PlainVerdict[] = []
  const judge = judgeOn(graphFrom(space, stored, sent, isParanoid))
  const plain = plainTraceOf(space.model)
  while (Atomics.load(counters, mayEnd) === 0) {
    const property = properties[Atomics.add(counters, nextBlock, 1)]
    if (property === undefined) break
    try {
      verdicts.push(plainVerdict(judge(property), properties, plain))
    } catch {
      // It throws on the first thread as well, where that is reported.
      break
    }
  }
  return verdicts
}

/**
 * Has all threads judge. What another one could not judge, whatever the reason, the first judges; so what throws first is what
 * throws where one thread judges all.
 */
export async function judgeTogether<S>(
  graph: StateGraph<S>,
  properties: readonly TemporalProperty<S>[],
  limits: Limits,
  team: Team,
  order: JudgeOrder,
): Promise<JudgedTemporal<S>> {
  const { counters } = team.memory
  const verdicts: Verdict<S>[] = []
  team.begin()
  let isTold = false
  const trace = traceOf(graph.model)
  const others = team
    .tell(order, 'judged')
    .then(answers => {
      for (const verdict of answers.flatMap(({ verdicts }) => verdicts))
        verdicts[verdict.property] = verdictFrom(verdict, properties, trace)
    })
    .catch(() => {})
    .finally(() => {
      isTold = true
    })
  const judge = judgeOn(graph)
  let stop: Stop | undefined
  const mayGoOn = async (): Promise<boolean> => {
    await limits.pause()
    stop ??= limits.exceeded()
    return stop === undefined
  }
  while (await mayGoOn()) {
    const at = Atomics.add(counters, nextBlock, 1)
    const property = properties[at]
    if (property === undefined) break
    try {
      verdicts[at] = judge(property)
    } catch {
      // One before it may throw as well.
      break
    }
  }
  team.endRound()
  do {
    await Promise.race([others, setTimeout(glance)])
  } while (!isTold && (await mayGoOn()))
  for (const [at, property] of properties.entries())
    verdicts[at] ??= (await mayGoOn()) ? judge(property) : stopped(graph, property)
  return { verdicts, stop }
}
