/**
 * What is fixed for a whole search: how many slots there are, which kernel is described, what programs may ask.
 */
import type { Menu } from './menu.js'
import type { Profile } from './profile.js'

export type Scope = {
  /** Tasks, born and unborn. Thread groups, namespaces, process groups and sessions are founded by tasks. */
  readonly slots: number
  readonly profile: Profile
  readonly menu: Menu
  /** Follow who used which CPU time? Otherwise every usage is empty, and the state space smaller. */
  readonly accounting: boolean
}

/** The ids of all slots, lowest first. */
export const slotsOf = (scope: Scope): readonly number[] => Array.from({ length: scope.slots }, (_, id) => id)
