/** The engines, to be held to the same contract. */
import { exploreFast } from '../../checker/engine/explore.js'
import { explore } from '../../checker/explore/explore.js'

export const engines = [
  { name: 'simple', explore },
  { name: 'fast', explore: exploreFast },
] as const

export type Explore = typeof explore
