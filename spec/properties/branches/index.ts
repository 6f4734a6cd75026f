/**
 * One cover for each branch of the seed that a program can reach. TRACEABILITY.md says where each belongs.
 */
import type { Cover } from '../property.js'
import * as exitPath from './exit-path.js'
import * as notify from './notify.js'
import * as wait from './wait.js'

export const branches: readonly Cover[] = [exitPath, notify, wait].flatMap(subject =>
  Object.values(subject).flat(),
)
