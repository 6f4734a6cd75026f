/**
 * The reachable states as a graph: what temporal properties are judged on.
 *
 * Here: the interface, which any engine can provide, and its rows and columns as typed arrays.
 * Not here: recording it during a search (record.ts), what is asked of it (temporal/).
 *
 * States are numbered in the order in which a breadth-first search finds them. Edges are stored by their source, one
 * row for each expanded state: the edges of state `s` are those from `rows[s]` to `rows[s + 1]`, exclusive.
 */
import { asBoolean } from '../explore/answers.js'
import type { Action } from '../explore/result.js'
import type { Initial, Model } from '../model.js'

/** The target of an edge that leads out of the part of the space that the search keeps. */
export const outside = -1

export interface StateGraph<S> {
  readonly model: Model<S>
  /** Every rule with every choice. An edge names its action by the position here. */
  readonly actions: readonly Action<S>[]
  /** How many states there are. */
  readonly size: number
  /** The states before this one are expanded: all their edges are here. The others have none, and may have some. */
  readonly expanded: number
  /** By the number of an initial state: the configuration that it stands for. */
  readonly initial: ReadonlyMap<number, Initial<S>>
  readonly rows: Int32Array
  /** By edge: the number of the state it leads to, or `outside`. */
  readonly targets: Int32Array
  /** By edge: the position of its action. */
  readonly labels: Int32Array
  stateAt(index: number): S
  /** As `marksOf`, of an engine that need not put every test to every state. */
  marks?(tests: readonly Test<S>[]): readonly Marks[]
}

export type Test<S> = (state: S) => boolean

/** By state: 1 for each that a test is true of. */
export type Marks = Uint8Array

/** For each test, the states that it is true of. Throws `TypeError` where it answers neither true nor false. */
export function marksOf<S>(graph: StateGraph<S>, tests: readonly Test<S>[]): readonly Marks[] {
  const asked = tests.map(test => (state: S) => asBoolean(test(state)))
  if (graph.marks !== undefined) return graph.marks(asked)
  const marks = asked.map(() => new Uint8Array(graph.size))
  for (let s = 0; s < graph.size; s++) {
    const state = graph.stateAt(s)
    for (const [i, test] of asked.entries()) if (test(state)) (marks[i] as Marks)[s] = 1
  }
  return marks
}

/** Was every state expanded that the model keeps? Then a verdict about what cannot happen is final. */
export const isComplete = <S>({ size, expanded }: StateGraph<S>): boolean => expanded === size

/** How many states have successors that are not in the graph. */
export function unexplored<S>({ size, expanded, rows, targets }: StateGraph<S>): number {
  let count = size - expanded
  for (let s = 0; s < expanded; s++) {
    for (let e = rows[s] as number; e < (rows[s + 1] as number); e++) {
      if (targets[e] !== outside) continue
      count++
      break
    }
  }
  return count
}
