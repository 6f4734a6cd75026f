/**
 * What a search has found: plain data, from which report/ makes text and JSON.
 */
import type { ModelSource } from '../engine/source.js'
import type { StateGraph } from '../graph/state-graph.js'
import type { Initial, Property, Rule } from '../model.js'
import type { Statistics } from './statistics.js'

/** Rule and choice: the label of an edge. */
export interface Action<S> {
  readonly rule: Rule<S>
  readonly choice: unknown
}

/** An initial state and the actions from it: a finite behaviour. */
export interface Trace<S> {
  readonly initial: Initial<S>
  readonly actions: readonly Action<S>[]
}

/**
 * - `holds`, `reached`, `not reached`: the whole reachable space was seen.
 * - `violated`: with the shortest trace; the last state or step breaks the property.
 * - `stopped`: nothing was found in what was searched, and it was not everything.
 */
export type Verdict<S> =
  | { readonly verdict: 'holds' | 'not reached'; readonly property: Property<S> }
  | {
      readonly verdict: 'stopped'
      readonly property: Property<S>
      /** Of a temporal property: how many of the states found have successors that were not seen. */
      readonly unexplored?: { readonly states: number; readonly of: number }
    }
  | {
      readonly verdict: 'violated' | 'reached'
      readonly property: Property<S>
      /** A shortest trace: no behaviour with fewer steps shows it, unless `por` of the exploration says otherwise. */
      readonly trace: Trace<S>
      /**
       * How many states (of a step property: steps) break it; of a cover: show it; of a liveness property: of how many
       * of the things it is asked of it is false.
       */
      readonly count: number
      /** Of a lasso: the state, counted in steps from the initial one, that the last state goes back to. */
      readonly loop?: number
      /** What a reader should know of it: why the lasso is fair, what the region without return looks like. */
      readonly notes?: readonly Note[]
    }

/** A line of an explanation, with a word that says what it is about. */
export interface Note {
  readonly label: string
  readonly text: string
}

/** Why a search ended before the whole space was seen, or before all that was asked was judged. */
export type Stop =
  | { readonly by: 'depth'; readonly depth: number }
  | { readonly by: 'max-states'; readonly limit: number }
  | { readonly by: 'max-memory'; readonly limit: number }
  /** The heap of V8 is nearly full, which may have so many bytes. */
  | { readonly by: 'heap'; readonly limit: number }
  | { readonly by: 'timeout'; readonly limit: number }
  | { readonly by: 'signal'; readonly signal: string }
  /** A thread of the search has died, or has found what the first thread does not. */
  | {
      readonly by: 'thread'
      readonly why: string
      /** The thread has made another model of the same module. */
      readonly isOtherModel?: true
    }

/** Of a search that has kept one state for all its renamed copies: what it stands for. Or why it has kept all. */
export type SymmetryFound =
  | {
      /** What may be exchanged. */
      readonly says: string
      /** How many states and steps a search finds that keeps all. */
      readonly states: number
      readonly transitions: number
    }
  | { readonly says: string; readonly refused: string }

/** Of how many states some steps were left out, because in another order they come to the same. Or why of none. */
export type PartialOrderFound =
  | { readonly reduced: number }
  | {
      readonly refused: string
      /** There may be shorter traces than those that were found: there was no time to look for them. */
      readonly mayBeLonger?: true
    }

export interface Exploration<S> {
  readonly verdicts: readonly Verdict<S>[]
  /** Distinct states found. */
  readonly states: number
  /** Edges taken from expanded states; self-loops count. */
  readonly transitions: number
  /** Steps from an initial state to the farthest state found. */
  readonly diameter: number
  /** Every state at most this many steps away was found and judged. */
  readonly depthComplete: number
  /** Was the whole reachable space seen? */
  readonly complete: boolean
  readonly stop?: Stop | undefined
  /** States found and not expanded. */
  readonly unexpanded: number
  /** Distinct states outside the constraint of the model: judged, not counted among `states`, and not expanded. */
  readonly outside: number
  /** Distinct states first found at each depth. */
  readonly levels: readonly number[]
  /** States without successor that the model calls a legitimate end, and those that it does not. */
  readonly ends: number
  readonly deadlocks: number
  /** A shortest trace to a deadlock, unless `por` says otherwise. */
  readonly deadlock?: Trace<S> | undefined
  /** By rule name: how often it fired (transitions), 0 included. */
  readonly firings: ReadonlyMap<string, number>
  /** All states and edges found, where they were asked for. */
  readonly graph?: StateGraph<S> | undefined
  /** Where symmetry was asked for, and the model has one. */
  readonly symmetry?: SymmetryFound | undefined
  /** Where partial-order reduction was asked for, and rules of the model say what they read and write. */
  readonly por?: PartialOrderFound | undefined
  /** Of the fast engine, where they were asked for. */
  readonly statistics?: Statistics | undefined
  readonly seconds: number
}

/** What a running search tells about itself. */
export interface Progress {
  readonly states: number
  readonly transitions: number
  readonly depth: number
  readonly frontier: number
  readonly seconds: number
  readonly memory: number
  /** How many times more states the last full level has than the one before it. */
  readonly branching?: number | undefined
  /** How many states more the memory will hold, up to its limit, if they are like those found so far. */
  readonly room?: number | undefined
}

export interface ExploreOptions {
  /** Steps from an initial state; without it, the whole reachable space. */
  readonly depth?: number | undefined
  readonly maxStates?: number | undefined
  /** Bytes of the process. */
  readonly maxMemory?: number | undefined
  /** Seconds. */
  readonly timeout?: number | undefined
  /** Threads that expand the states of a level together, where the fast engine can build the model anew on each. */
  readonly workers?: number | undefined
  /** Where other threads find the model; without it, there is one thread. */
  readonly source?: ModelSource | undefined
  /** From so many states on, other threads are worth their start. */
  readonly workersFrom?: number | undefined
  /** Is told why there is one thread only, if there were to be more. */
  readonly onAlone?: ((why: string) => void) | undefined
  /** Count what the fast engine does. */
  readonly statistics?: boolean | undefined
  /** Compare everything that the fast engine remembers with what is the case. Slower than the simple engine. */
  readonly paranoid?: boolean | undefined
  readonly onProgress?: ((progress: Progress) => void) | undefined
  /** Keep one state for all its renamed copies, where the model says what may be exchanged. On one thread. */
  readonly symmetry?: boolean | undefined
  /** Leave out orders of steps that make no difference, where rules say what they read and write. On one thread. */
  readonly por?: boolean | undefined
  /** Keep the graph of what was found. It is kept in any case where a temporal property is to be judged. */
  readonly graph?: boolean | undefined
  /** Aborted by a signal handler: ends the search with everything known so far. */
  readonly signal?: AbortSignal | undefined
}
