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
  /** Is the init of a namespace spared signals that it has not asked for? From outside, not SIGKILL and SIGSTOP. */
  initProtection: ['none', 'from unwanted signals'],
  /** Does SIGKILL give a status to a process of which every task has begun to exit? */
  killOfTheDying: ['changes the status', 'comes too late'],
  /** Can a wait still report a group stop that SIGCONT has ended meanwhile? */
  continuedStops: ['are still reported', 'are forgotten'],
  /** Does a fatal signal kill when a task takes it, or, unless a tracer is to see it, when it is sent? */
  fatalSignals: ['kill when taken', 'kill when sent'],
  /** May the leader of a session leave its process group? */
  sessionLeaders: ['may move', 'stay in their process group'],
  /** Does a wait choose among tracees as among children, or are all of them eligible? */
  tracees: ['are chosen like children', 'are always eligible'],
} as const

export type Switches = {
  readonly [K in keyof typeof switchValues]: (typeof switchValues)[K][number]
}

export interface Profile {
  readonly name: string
  readonly switches: Switches
}

/** Another profile than `gvisor2018` by some of its switches. */
export const profileWith = (name: string, switches: Partial<Switches>): Profile => ({
  name,
  switches: { ...gvisor2018.switches, ...switches },
})

/** The sentry of 2018-08-02 (google/gvisor, commit 57d0fcbdb), bugs included. */
export const gvisor2018: Profile = {
  name: 'gvisor-2018',
  switches: {
    collectedTraceeLeaves: 'the waiter',
    peekReports: 'task status',
    givenAwayChildren: 'stay listed',
    initProtection: 'none',
    killOfTheDying: 'changes the status',
    continuedStops: 'are still reported',
    fatalSignals: 'kill when taken',
    sessionLeaders: 'may move',
    tracees: 'are chosen like children',
  },
}
