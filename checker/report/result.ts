/**
 * What a run of `check` has found: plain data, from which text and JSON are made.
 *
 * Here: what is added to a search (explore/result.ts): counterexamples that were known before, files, bounds.
 */
import type { Exploration, Note } from '../explore/result.js'
import type { Property } from '../model.js'
import type { Behaviour } from './trace.js'

/** A counterexample that was known before this run. */
export interface KnownCounterexample {
  /** As the user may type it. */
  readonly file: string
  readonly steps: number
}

/** Where a counterexample was written. */
export interface Saved {
  readonly file: string
  /** The command that replays it. */
  readonly replay: string
  /** The file is among the known counterexamples from now on. */
  readonly curated: boolean
}

export type Judgement<S> =
  | { readonly verdict: 'holds' | 'not reached'; readonly property: Property<S> }
  /** Nothing was found up to this depth, and that was not everything; null: not even the initial states were judged. */
  | {
      readonly verdict: 'stopped'
      readonly property: Property<S>
      readonly upTo: number | null
      /** Of a temporal property: how many of the states found have successors that were not seen. */
      readonly unexplored?: { readonly states: number; readonly of: number } | undefined
    }
  | {
      readonly verdict: 'reached'
      readonly property: Property<S>
      readonly steps: number
      readonly count: number
    }
  | {
      readonly verdict: 'violated'
      readonly property: Property<S>
      readonly steps: number
      readonly count: number
      readonly behaviour: Behaviour<S>
      /** What is false in the last state or step, and for whom. */
      readonly because: string | undefined
      readonly notes?: readonly Note[] | undefined
      readonly saved?: Saved | undefined
      /** What the reader should know of known counterexamples to the same property. */
      readonly hint?: string | undefined
    }
  | {
      readonly verdict: 'known'
      readonly property: Property<S>
      readonly steps: number
      readonly known: KnownCounterexample
      readonly behaviour: Behaviour<S>
      readonly because: string | undefined
      readonly notes?: readonly Note[] | undefined
      readonly saved?: Saved | undefined
    }

/** A known counterexample that is none any more. */
export interface Gone {
  readonly file: string
  readonly property: string
  readonly why: string
}

export interface CheckResult<S> {
  readonly name: string
  readonly says: string
  /** The depth that was searched on purpose, and whose purpose it was. */
  readonly bound?: { readonly depth: number; readonly reason?: string | undefined } | undefined
  /** Undefined: a signal came before this check began. */
  readonly exploration: Exploration<S> | undefined
  readonly judgements: readonly Judgement<S>[]
  readonly gone: readonly Gone[]
  /** With `--coverage`: which covers this check has reached and which not, whether it has to reach them or not. */
  readonly coverage?: readonly Covered[] | undefined
}

export interface Covered {
  readonly name: string
  /** Steps of a shortest trace to it; null: not reached. */
  readonly steps: number | null
}

export interface RunResult<S> {
  readonly profile: string
  readonly mutant?: string | undefined
  readonly checks: readonly CheckResult<S>[]
  readonly seconds: number
}
