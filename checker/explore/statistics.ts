/**
 * What a fast search tells of its own work, on request: plain data, from which report/ makes text and JSON.
 */

/** What was remembered of a kind of questions. */
export interface Remembered {
  /** How often a question was to be answered, and how often it had to be run for that on a tracked state. */
  readonly answers: number
  readonly runs: number
  /** What was run longest, the longest first. */
  readonly expensive: readonly {
    readonly name: string
    readonly runs: number
    readonly milliseconds: number
  }[]
}

export interface Statistics {
  readonly statesPerSecond: number
  readonly transitionsPerSecond: number
  readonly rules: Remembered
  /** Properties of states, and of steps. */
  readonly states: Remembered
  readonly steps: Remembered
  /** How many different values each cell has had, the most first. */
  readonly cells: readonly { readonly name: string; readonly values: number }[]
  /** How often a state was compared with another one because a part of their fingerprints is the same. */
  readonly collisions: number
  /** How many steps were counted but not taken, because the states after them were known to be stored. */
  readonly asleep: number
  /** How many threads have searched. */
  readonly threads: number
  /** Bytes, by what they hold. What is not listed is the runtime and the values of the cells. */
  readonly memory: {
    readonly states: number
    readonly index: number
    readonly parents: number
    /** The graph of all states, which properties of behaviours are judged on; 0 where nobody needs it. */
    readonly graph: number
    readonly remembered: number
    /** `states`, `index` and `parents` together, for each state; without the graph. */
    readonly perState: number
    /** The whole process. */
    readonly process: number
  }
}
