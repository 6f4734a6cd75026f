/** Every mutant, by theme. */
import { birthMutants } from './births.js'
import { execMutants } from './exec.js'
import { exitPathMutants } from './exit-path.js'
import { jobMutants } from './jobs.js'
import type { Mutant } from './mutant.js'
import { notifyMutants } from './notify.js'
import { signalMutants } from './signals.js'
import { tracingMutants } from './tracing.js'
import { waitMutants } from './waits.js'

export const mutants: readonly Mutant[] = [
  ...exitPathMutants,
  ...notifyMutants,
  ...waitMutants,
  ...signalMutants,
  ...tracingMutants,
  ...birthMutants,
  ...execMutants,
  ...jobMutants,
]
