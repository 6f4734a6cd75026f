/**
 * What threads tell each other: a level to expand, and what came of a part of it.
 *
 * All of it is data that can be sent. Cells are known by their ids, which the first thread alone gives.
 */
import type { ModelSource } from './source.js'
import type { HandedStates } from './states.js'

/** How a cell came to be: in the successor of a state by an action. All numbers: state, action, column, id. */
export type Birth = readonly [state: number, action: number, column: number, id: number]

/** What a thread starts with. */
export interface Start {
  readonly source: ModelSource
  /** Shared: the next block of states that nobody has taken; and whether to stop. */
  readonly counters: Int32Array
  readonly paranoid: boolean
}

/** Something threw. */
export interface Failed {
  readonly failed: string
}

export interface Level {
  readonly states: HandedStates
  /** The cells that came to be since the last level that this thread was sent. */
  readonly births: readonly Birth[]
  /** The states to expand. */
  readonly from: number
  readonly to: number
}

/** States that one thread takes at a time. */
export const blockSize = 64

/** The places of the counters. */
export const nextBlock = 0
export const mustStop = 1

/** What came of the states that a thread has expanded. States that are not stored yet are candidates. */
export interface Part {
  /** Each state that could not be expanded there, in order. */
  readonly left: readonly number[]
  readonly transitions: number
  /** By rule. */
  readonly firings: readonly number[]
  /** States without successor: how many are legitimate ends; all others. */
  readonly ends: number
  readonly deadlocks: readonly number[]
  /** Of each property that a step has shown: how often, and the first. */
  readonly steps: readonly Shown[]
  /** The candidates, each once, in the order in which they were found. */
  readonly candidates: HandedStates
  readonly parents: Int32Array
  readonly actions: Int32Array
  readonly lows: Int32Array
  readonly highs: Int32Array
  /** The candidates that show properties, in order. */
  readonly shown: readonly { readonly candidate: number; readonly properties: readonly number[] }[]
}

export interface Shown {
  readonly property: number
  readonly count: number
  readonly parent: number
  readonly action: number
}

/** What a thread says when it has built its model. */
export const ready = 'ready'
