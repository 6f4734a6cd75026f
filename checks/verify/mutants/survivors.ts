/**
 * Mutants that the comparison does not catch, each with the reason why that is no gap.
 *
 * A reason is given to the mutants whose names match; each pattern must match at least one survivor.
 */
export interface Excuse {
  readonly mutants: RegExp
  readonly reason: string
}

export const excuses: readonly Excuse[] = []
