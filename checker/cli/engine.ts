/**
 * The engines that a user may choose from.
 */
import { exploreFast } from '../engine/explore.js'
import { UsageError } from '../errors.js'
import { explore } from '../explore/explore.js'

export type EngineName = 'fast' | 'simple'

export const engines: Readonly<Record<EngineName, typeof explore>> = { fast: exploreFast, simple: explore }

export const engineName = (text: string): EngineName => {
  if (text === 'fast' || text === 'simple') return text
  throw new UsageError(
    `There is no engine '${text}'.`,
    'The engines are fast and simple: they find the same, and simple is what fast is tested against.',
  )
}
