/**
 * Profiles: the places where kernels differ, on purpose or by mistake, as switches.
 */

export interface Switches {
  /** From whose tracees a collected zombie is taken. With 'the waiter', a tracer that is another thread keeps it. */
  readonly collectedTraceeLeaves: 'the waiter' | 'its tracer'
  /** What a wait that consumes nothing reports of a group that is exiting. */
  readonly peekReports: 'task status' | 'group status'
  /** Does a task that has exited still list the children that it gave away? */
  readonly givenAwayChildren: 'stay listed' | 'are forgotten'
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
