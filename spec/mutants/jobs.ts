/**
 * Mutants of process groups and sessions.
 *
 * Not here: what an exit does to them (exit-path.ts, notify.ts), what a birth does (births.ts).
 */
import { forgets } from './fault.js'
import { type Mutant, mutant } from './mutant.js'

export const jobMutants: readonly Mutant[] = [
  mutant({
    name: 'session-outlives-its-process-group',
    says: 'A process group that the last member leaves is still counted in its session.',
    rule: 'setpgid',
    breaks: ['the process groups of a session are counted'],
    check: 'jobs',
    topologies: ['job'],
    depth: 1,
    fault: forgets({ session: ['refs'] }),
  }),
]
