/**
 * A search that leaves out orders of steps which make no difference: where it can, and what it takes in a state.
 *
 * No step is put off for ever: of the steps that are taken in place of all, one has to lead to a state that is not expanded
 * yet. Source: D. Bošnački, S. Leue and A. Lluch Lafuente, "Partial-order reduction for general state exploring algorithms",
 * 2006, which has this proviso for searches in any order.
 *
 * A trace that was found in this way may be longer than need be, and covers may be reached later. So where something is found,
 * or where depth matters, all is searched.
 */

import { ModelError } from '../explore/model-error.js'
import type { Exploration, ExploreOptions, PartialOrderFound, Verdict } from '../explore/result.js'
import { actionsOf, type PlacedAction } from '../explore/traces.js'
import type { Model, Property, Touched } from '../model.js'
import { StubbornSets } from './stubborn.js'

export class PartialOrder<S> {
  /** States of which some steps were left out. */
  reduced = 0

  readonly #actions: readonly PlacedAction<S>[]

  constructor(
    model: Model<S>,
    private readonly sets: StubbornSets,
  ) {
    this.#actions = actionsOf(model)
  }

  /**
   * The actions to take of those that are enabled, by their positions.
   *
   * @param leadsOn does the action lead to a state that is not expanded, and is not being expanded?
   */
  select(state: S, enabled: readonly number[], leadsOn: (action: number) => boolean): readonly number[] {
    const blockedBy = (action: number): readonly number[] => {
      const { rule, choice } = this.#actions[action] as PlacedAction<S>
      return rule.readsOfGuard?.(state, choice) ?? everything(rule.touches?.(choice))
    }
    const part = this.sets.partsOf(enabled, blockedBy).find(actions => actions.some(leadsOn))
    if (part === undefined) return enabled
    this.reduced++
    return part
  }

  result(): PartialOrderFound {
    return { reduced: this.reduced }
  }
}

/** Searches with partial-order reduction where that is wanted and can be; and once more without where something is found. */
export async function ordering<S>(
  model: Model<S>,
  properties: readonly Property<S>[],
  options: ExploreOptions,
  search: (partialOrder: PartialOrder<S> | undefined) => Promise<Exploration<S>>,
): Promise<Exploration<S>> {
  if (options.por !== true || !model.rules.some(({ touches }) => touches !== undefined))
    return search(undefined)
  const without = async (refused: string) => ({ ...(await search(undefined)), por: { refused } })
  const reason = reasonAgainst(model, properties, options)
  if (reason !== undefined) return without(reason)
  const partialOrder = partialOrderOf(model, properties)
  if (partialOrder === undefined) return without('not every rule says what it reads and writes')
  const found = await search(partialOrder).catch(async (error: unknown) => {
    // A search in every order throws the same by a shortest way, if it is not stopped before.
    if (error instanceof ModelError) await search(undefined)
    throw error
  })
  if (found.deadlock === undefined && !found.verdicts.some(hasTrace))
    // In another order, what is yet to be found may be nearer.
    return found.complete || partialOrder.reduced === 0 ? found : { ...found, depthComplete: 0 }
  const whole = await without('something was found, and the shortest trace to it is wanted')
  return whole.complete ? whole : withWhatWasFound(whole, found)
}

const hasTrace = <S>(verdict: Verdict<S> | undefined): verdict is Extract<Verdict<S>, { trace: unknown }> =>
  verdict !== undefined && 'trace' in verdict

/** A search in every order that was stopped early must not lose what the search before it has found. */
const withWhatWasFound = <S>(whole: Exploration<S>, found: Exploration<S>): Exploration<S> => ({
  ...whole,
  verdicts: whole.verdicts.map((verdict, at) => {
    const before = found.verdicts[at]
    return !hasTrace(verdict) && hasTrace(before) ? before : verdict
  }),
  deadlocks: Math.max(whole.deadlocks, found.deadlocks),
  deadlock: whole.deadlock ?? found.deadlock,
  por: {
    refused: 'something was found, and the search for the shortest trace to it was stopped',
    mayBeLonger: true,
  },
})

/** Undefined if a rule does not say what it reads and writes. */
export function partialOrderOf<S>(
  model: Model<S>,
  properties: readonly Property<S>[],
): PartialOrder<S> | undefined {
  const touched = touchedBy(model)
  return touched && new PartialOrder(model, new StubbornSets(touched, visibilityOf(touched, properties)))
}

/** What each action reads and writes; undefined if a rule does not say. */
function touchedBy<S>(model: Model<S>): readonly Touched[] | undefined {
  const all: Touched[] = []
  for (const { rule, choice } of actionsOf(model)) {
    if (rule.touches === undefined) return undefined
    all.push(rule.touches(choice))
  }
  return all
}

function reasonAgainst<S>(
  model: Model<S>,
  properties: readonly Property<S>[],
  { depth, graph, symmetry }: ExploreOptions,
): string | undefined {
  const other = properties.find(({ kind }) => kind !== 'invariant')
  if (other !== undefined) return `'${other.name}' is no invariant`
  if (graph === true) return 'the graph of all states is wanted'
  if (depth !== undefined) return 'a depth is given'
  if (model.constraint !== undefined) return 'the model has a constraint'
  if (symmetry === true && model.symmetry !== undefined) return 'symmetry is used instead'
  return undefined
}

/** By action: does it write what an invariant reads? */
function visibilityOf<S>(
  touched: readonly Touched[],
  properties: readonly Property<S>[],
): readonly boolean[] {
  const reads = properties.map(property => (property.kind === 'invariant' ? property.reads : undefined))
  return touched.map(({ writes }) =>
    reads.some(cells =>
      cells === undefined ? writes.length > 0 : writes.some(cell => cells.includes(cell)),
    ),
  )
}

/** What is written may be read as well. */
const everything = (touched: Touched | undefined): readonly number[] =>
  touched === undefined ? [] : [...touched.reads, ...touched.writes]
