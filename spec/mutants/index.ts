/** Every mutant, by theme. */
import type { Mutant } from './mutant.js'

export const mutants: readonly Mutant[] = []
