/**
 * Everything that the command line can be asked about the spec.
 */
import { join } from 'node:path'
import { rebuilding } from '../checker/cli/rebuild.js'
import type { Suite } from '../checker/suite.js'
import type { ImmutableState } from '../spec/immutable-state.js'
import { mutants } from '../spec/mutants/index.js'
import { gvisor2018, profiles } from '../spec/profile.js'
import { features } from '../spec/rule.js'
import { topologies } from '../spec/topologies.js'
import { observer } from './compare/observer.js'
import { listedChecks } from './listed.js'
import { variantNamed, variantsBetween } from './profiles.js'
import { furtherChecks } from './verify/further.js'
import { coreImplementation } from './verify/implementation.js'

export const suite: Suite<ImmutableState> = {
  checks: listedChecks,
  furtherChecks,
  profiles,
  defaultProfile: gvisor2018.name,
  variants: variantsBetween,
  variantNamed,
  observer,
  features: Object.entries(features).map(([name, says]) => ({ name, says })),
  topologies,
  mutants,
  source: { module: import.meta.url, export: 'rebuilt' },
  implementations: [coreImplementation],
  counterexamples: join(import.meta.dirname, '..', 'counterexamples'),
}

/** A check of this suite, on another thread. */
export const rebuilt = rebuilding(suite)
