/**
 * Profiles: the places where kernels differ, on purpose or by mistake, as switches.
 */

/** Every switch with its values, that of `gvisor-2018` first. */
export const switchValues = {
  /** From whose tracees a collected zombie is taken. With 'the waiter', a tracer that is another thread keeps it. */
  collectedTraceeLeaves: ['the waiter', 'its tracer'],
  /** What a wait that consumes nothing reports of a group that is exiting. */
  peekReports: ['task status', 'group status'],
  /** Does a task that has exited still list the children that it gave away? */
  givenAwayChildren: ['stay listed', 'are forgotten'],
} as const

export type Switches = {
  readonly [K in keyof typeof switchValues]: (typeof switchValues)[K][number]
}

export interface Profile {
  readonly name: string
  readonly switches: Switches
}

/** The sentry of 2018-08-02 (google/gvisor, commit 57d0fcbdb), bugs included. */
export const gvisor2018: Profile = {
  name: 'gvisor-2018',
  switches: {
    collectedTraceeLeaves: 'the waiter',
    peekReports: 'task status',
    givenAwayChildren: 'stay listed',
  },
}
