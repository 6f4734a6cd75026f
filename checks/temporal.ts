/**
 * Which temporal properties are asked in which check.
 *
 * A liveness property presumes no program to do anything, so that it may be asked wherever what it is about can come up.
 * A possibility is asked only where programs can do what it takes: to wait, to send SIGCONT, to kill. Elsewhere it would
 * be refuted by what the check leaves out, and not by the kernel.
 */
import * as temporal from '../spec/temporal.js'

type Asked = { readonly [check: string]: readonly { readonly name: string }[] }

const reaping = [
  temporal.everyZombieIsReapable,
  temporal.anExitIsCompleted,
  temporal.aGroupExitEndsAllThreads,
  temporal.aBlockedWaitReturns,
]

const stopping = [
  temporal.everyStoppedTaskCanGoOn,
  temporal.aGroupStopIsCompleted,
  temporal.aStopThatEndedHoldsNobody,
]

const killing = [temporal.aKilledTaskDies, temporal.aGroupExitEndsAllThreads]

const asked: Asked = {
  exit: [...reaping, temporal.everyOrphanIsReaped, temporal.everyTaskCanExit, temporal.aKilledTaskDies],
  orphans: [...reaping, temporal.everyOrphanIsReaped],
  waits: [...reaping, temporal.everyOrphanIsReaped],
  sigchld: [...reaping, temporal.everyOrphanIsReaped],
  threads: [...reaping, temporal.everyOrphanIsReaped],
  stops: [...stopping, temporal.aBlockedWaitReturns],
  'thread-stops': [...stopping, temporal.aBlockedWaitReturns],
  'stop-and-exit': [...stopping, ...killing],
  'stopped-waits': [temporal.aGroupStopIsCompleted, temporal.aBlockedWaitReturns],
  tracers: reaping,
  'traced-leaders': reaping,
  ptrace: [temporal.aRequestIsCarriedOut, temporal.anExitIsCompleted, temporal.aGroupExitEndsAllThreads],
  'ptrace-stops': [temporal.aRequestIsCarriedOut, temporal.aGroupStopIsCompleted],
  'ptrace-kills': [temporal.aRequestIsCarriedOut, ...killing],
  exec: [temporal.execveComesToAnEnd, temporal.everyTaskCanExit, ...killing],
  'traced-exec': [temporal.execveComesToAnEnd, ...reaping],
  vfork: [temporal.aVforkParentGoesOn, temporal.everyTaskCanExit, ...killing],
  'traced-vfork': [temporal.aVforkParentGoesOn, temporal.aRequestIsCarriedOut],
  namespaces: [
    ...reaping,
    temporal.everyOrphanIsReaped,
    temporal.aDyingNamespaceCanEmpty,
    temporal.aDyingNamespaceEmpties,
  ],
  'new-namespace': [temporal.aDyingNamespaceEmpties],
  'orphaned-jobs': [...reaping, temporal.everyOrphanIsReaped],
  'kill-many': killing,
}

export const temporalIn = (check: string): readonly string[] => (asked[check] ?? []).map(({ name }) => name)

/** The checks that ask for some. */
export const checksWithTemporal: readonly string[] = Object.keys(asked)
