/**
 * Two-phase commit: a transaction manager asks resource managers whether they can commit, and tells them what to do.
 *
 * After the TLA+ specification TwoPhase of Gray and Lamport, "Consensus on transaction commit", ACM TODS 31(1), 2006.
 * Messages are never lost and never consumed: one that was sent can be received again and again.
 */
import { each, model } from 'zombieproof/checker'

type ResourceManager = 'working' | 'prepared' | 'committed' | 'aborted'
type Decision = 'none' | 'commit' | 'abort'

const managers = ['orders', 'stock', 'billing']

export const twoPhaseCommit = model({
  name: 'two-phase-commit',
  says: 'two-phase commit, one transaction manager and three resource managers',
  state: {
    rm: each<string, ResourceManager>(managers, 'working'),
    /** What the transaction manager has decided, and told everybody. */
    decision: 'none' as Decision,
    /** Who says that it is prepared, and of whom the transaction manager has heard it. */
    sent: each(managers, false),
    heard: each(managers, false),
  },
  symmetric: [managers],
  rules: {
    prepare: {
      choices: managers,
      guard: (s, i) => s.rm.get(i) === 'working',
      effect: (s, i) => ({ rm: s.rm.set(i, 'prepared'), sent: s.sent.set(i, true) }),
    },
    chooseToAbort: {
      choices: managers,
      guard: (s, i) => s.rm.get(i) === 'working',
      effect: (s, i) => ({ rm: s.rm.set(i, 'aborted') }),
    },
    hear: {
      choices: managers,
      guard: (s, i) => s.decision === 'none' && s.sent.get(i),
      effect: (s, i) => ({ heard: s.heard.set(i, true) }),
    },
    decideToCommit: {
      guard: s => s.decision === 'none' && s.heard.every(heard => heard),
      effect: () => ({ decision: 'commit' as const }),
    },
    decideToAbort: {
      guard: s => s.decision === 'none',
      effect: () => ({ decision: 'abort' as const }),
    },
    commit: {
      choices: managers,
      guard: s => s.decision === 'commit',
      effect: (s, i) => ({ rm: s.rm.set(i, 'committed') }),
    },
    abort: {
      choices: managers,
      guard: s => s.decision === 'abort',
      effect: (s, i) => ({ rm: s.rm.set(i, 'aborted') }),
    },
  },
  invariants: {
    'nobody has committed what another has aborted': s =>
      !(s.rm.includes('committed') && s.rm.includes('aborted')),
  },
  covers: {
    'everybody commits': s => s.rm.every(state => state === 'committed'),
    'everybody aborts': s => s.rm.every(state => state === 'aborted'),
  },
})
