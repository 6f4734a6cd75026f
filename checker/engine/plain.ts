/**
 * What a search has found, as data that can be sent from thread to thread.
 *
 * Rules and properties are functions, and are not sent: actions, initial states and properties are named by their places, and
 * found again in the model that the other thread has built. The graph of the states and statistics are left out.
 */
import type { Exploration, Trace, Verdict } from '../explore/result.js'
import { actionsOf } from '../explore/traces.js'
import type { Model, Property, Rule } from '../model.js'

interface PlainTrace {
  readonly initial: number
  readonly actions: readonly number[]
}

/** A verdict; the property is named by its place in a list. */
export type PlainVerdict = Omit<Verdict<unknown>, 'property' | 'trace'> & {
  readonly property: number
  readonly trace?: PlainTrace
}

export type PlainExploration = Omit<
  Exploration<unknown>,
  'verdicts' | 'deadlock' | 'graph' | 'statistics'
> & {
  readonly verdicts: readonly PlainVerdict[]
  readonly deadlock: PlainTrace | undefined
}

export function plainExploration<S>(
  model: Model<S>,
  properties: readonly Property<S>[],
  exploration: Exploration<S>,
): PlainExploration {
  const { graph: _, statistics: __, ...found } = exploration
  const plain = plainTraceOf(model)
  return {
    ...found,
    verdicts: found.verdicts.map(verdict => plainVerdict(verdict, properties, plain)),
    deadlock: found.deadlock && plain(found.deadlock),
  }
}

export const plainVerdict = <S>(
  verdict: Verdict<S>,
  properties: readonly Property<S>[],
  plain: (trace: Trace<S>) => PlainTrace,
): PlainVerdict =>
  ({
    ...verdict,
    property: placeOf(properties, verdict.property),
    ...('trace' in verdict ? { trace: plain(verdict.trace) } : {}),
  }) as PlainVerdict

/** Makes traces of a model plain. */
export function plainTraceOf<S>(model: Model<S>): (trace: Trace<S>) => PlainTrace {
  const firsts = new Map<Rule<S>, number>()
  let first = 0
  for (const rule of model.rules) {
    firsts.set(rule, first)
    first += rule.choices.length
  }
  return ({ initial, actions }) => ({
    initial: placeOf(model.initial, initial),
    actions: actions.map(({ rule, choice }) => {
      const its = firsts.get(rule)
      if (its === undefined) throw new RangeError(`the model has no rule ${rule.name}`)
      return its + placeOf(rule.choices, choice)
    }),
  })
}

/** The exploration, of a model and of properties that are like those of the thread that has made it. */
export function explorationFrom<S>(
  model: Model<S>,
  properties: readonly Property<S>[],
  { verdicts, deadlock, ...found }: PlainExploration,
): Exploration<S> {
  const trace = traceOf(model)
  return {
    ...found,
    verdicts: verdicts.map(verdict => verdictFrom(verdict, properties, trace)),
    deadlock: deadlock && trace(deadlock),
  }
}

export const verdictFrom = <S>(
  verdict: PlainVerdict,
  properties: readonly Property<S>[],
  trace: (trace: PlainTrace) => Trace<S>,
): Verdict<S> =>
  ({
    ...verdict,
    property: itemAt(properties, verdict.property),
    ...(verdict.trace === undefined ? {} : { trace: trace(verdict.trace) }),
  }) as Verdict<S>

/** Finds the traces that were made plain. */
export function traceOf<S>(model: Model<S>): (trace: PlainTrace) => Trace<S> {
  const all = actionsOf(model)
  return ({ initial, actions }) => ({
    initial: itemAt(model.initial, initial),
    actions: actions.map(place => {
      const { rule, choice } = itemAt(all, place)
      return { rule, choice }
    }),
  })
}

function placeOf<T>(items: readonly T[], item: T): number {
  const place = items.indexOf(item)
  if (place < 0) throw new RangeError('what was found is of another model')
  return place
}

function itemAt<T>(items: readonly T[], place: number): T {
  const item = items[place]
  if (item === undefined && !(place in items)) throw new RangeError(`nothing stands at ${place}`)
  return item as T
}
