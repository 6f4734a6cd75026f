/**
 * What a mutant is: a deliberate fault in one rule of the spec, kept as data, which certain properties must catch.
 *
 * Here: its shape, and how one is made.
 * Not here: the ways in which a rule can be wrong (fault.ts), the mutants (beside this file, by theme).
 */
import type { AnyRule, Fault } from './fault.js'

export type Mutant = {
  /** A slug. */
  readonly name: string
  /** The fault in one sentence. */
  readonly says: string
  /** The name of the rule with the fault. */
  readonly rule: string
  /** The names of the properties that it is there for. It may break others. */
  readonly breaks: readonly string[]
  /** The name of the check whose search catches it. */
  readonly check: string
  /**
   * The smallest depth of that search at which all of `breaks` are broken; the spec without the fault breaks none of
   * them there. (A deadlock is seen when the search tries to go on from it: one deeper than its trace is long.)
   */
  readonly depth: number
  /** Those of the check's topologies that suffice. */
  readonly topologies?: readonly string[]
  /** The rules, one of them with the fault. */
  mutate(rules: readonly AnyRule[]): readonly AnyRule[]
}

/** A mutant, with the fault of its one rule. */
export const mutant = ({ fault, ...it }: Omit<Mutant, 'mutate'> & { readonly fault: Fault }): Mutant => ({
  ...it,
  mutate(rules) {
    if (!rules.some(({ name }) => name === it.rule))
      throw new Error(`the mutant ${it.name} is a fault of ${it.rule}, but there is no such rule`)
    return rules.map(rule => (rule.name === it.rule ? fault(rule) : rule))
  },
})
