/**
 * What a known answer is: a model that other people wrote and counted, and what they found.
 *
 * To add one: write its model in a file of its own, from its published rules, and list it in index.ts.
 * The numbers are never measured here: each comes from where it was published, or says how it is derived.
 */
import type { Record, RecordOf } from 'immutable'
import type { Model, Property, Rule } from '../../checker/model.js'

export interface KnownAnswer<S = unknown> {
  /** Its name in the list of known answers, with the size: `K28`. */
  readonly id: string
  readonly says: string
  /** Where the numbers were published. */
  readonly source: string
  readonly model: Model<S>
  readonly properties: readonly Property<S>[]
  readonly expected: Expected
}

export interface Expected {
  /** Different states. */
  readonly distinct: number
  /** Initial states, and one for each edge. */
  readonly generated?: number
  /** Levels, as TLC counts them: the initial states are level 1. */
  readonly depth?: number
  /** States where nothing can happen and something should; 0 unless told. */
  readonly deadlocks?: number
  /** Steps to the nearest deadlock. */
  readonly stepsToDeadlock?: number
  /** By the name of the property. What is violated or reached, with the steps of a shortest trace, or how often. */
  readonly verdicts?: { readonly [property: string]: ExpectedVerdict }
}

export type ExpectedVerdict =
  | { readonly verdict: 'holds' | 'not reached' }
  | { readonly verdict: 'violated' | 'reached'; readonly steps?: number; readonly count?: number }

export const holds: ExpectedVerdict = { verdict: 'holds' }

/** What a model of this collection says of itself; the rest follows from its fields. */
interface RecordModel<F extends object> {
  readonly name: string
  /** Its fields are the cells. */
  readonly State: Record.Factory<F>
  readonly initial: readonly RecordOf<F>[]
  readonly rules: readonly Rule<RecordOf<F>>[]
  isEnd?(state: RecordOf<F>): boolean
}

/** A model whose state is a record, with a cell for each field. Name the fields: `recordModel<Fields>({ … })`. */
export const recordModel = <F extends object>({
  State,
  initial,
  ...model
}: RecordModel<F>): Model<RecordOf<F>> => {
  const fields = Object.keys(State().toObject()) as (keyof F & string)[]
  return {
    ...model,
    initial: initial.map((state, at) => ({ name: `initial ${at + 1}`, says: String(state), state })),
    cells: state => fields.map(field => state.get(field)),
    restore: cells => State(Object.fromEntries(fields.map((field, at) => [field, cells[at]])) as Partial<F>),
    events: () => [],
    cellNames: () => fields,
    label: ({ name }, choice) => (choice === null ? name : `${name}(${choice})`),
  }
}

/** Fixes the type of the states that rules are about. Without `choices`, a rule is tried once. */
export const rulesOn =
  <S>() =>
  <C = null>(
    it: Pick<Rule<S, C>, 'name' | 'guard' | 'effect'> & Partial<Pick<Rule<S, C>, 'choices'>>,
  ): Rule<S, C> => ({
    feature: 'all',
    kind: 'internal',
    source: 'as published',
    choices: [null as C],
    ...it,
  })

/** 0, 1, …, n − 1: the processes of a model. */
export const upTo = (n: number): readonly number[] => Array.from({ length: n }, (_, i) => i)
