/** Two-phase commit for many resource managers, as in peers/TwoPhase.tla: messages stay for ever. */
import { each, model, upTo } from 'zombieproof/checker'

type ResourceManager = 'working' | 'prepared' | 'committed' | 'aborted'

const twoPhaseCommit = (n: number) =>
  model({
    name: `two-phase-commit-${n}`,
    says: `two-phase commit, ${n} resource managers`,
    state: {
      rm: each<ResourceManager>(n, 'working'),
      tm: 'init' as 'init' | 'committed' | 'aborted',
      tmPrepared: each(n, false),
      prepared: each(n, false),
      commit: false,
      abort: false,
    },
    rules: {
      TMRcvPrepared: {
        choices: upTo(n),
        guard: (s, i) => s.tm === 'init' && s.prepared.get(i),
        effect: (s, i) => ({ tmPrepared: s.tmPrepared.set(i, true) }),
      },
      TMCommit: {
        guard: s => s.tm === 'init' && s.tmPrepared.every(true),
        effect: () => ({ tm: 'committed' as const, commit: true }),
      },
      TMAbort: {
        guard: s => s.tm === 'init',
        effect: () => ({ tm: 'aborted' as const, abort: true }),
      },
      RMPrepare: {
        choices: upTo(n),
        guard: (s, i) => s.rm.get(i) === 'working',
        effect: (s, i) => ({ rm: s.rm.set(i, 'prepared'), prepared: s.prepared.set(i, true) }),
      },
      RMChooseToAbort: {
        choices: upTo(n),
        guard: (s, i) => s.rm.get(i) === 'working',
        effect: (s, i) => ({ rm: s.rm.set(i, 'aborted') }),
      },
      RMRcvCommit: {
        choices: upTo(n),
        guard: s => s.commit,
        effect: (s, i) => ({ rm: s.rm.set(i, 'committed') }),
      },
      RMRcvAbort: {
        choices: upTo(n),
        guard: s => s.abort,
        effect: (s, i) => ({ rm: s.rm.set(i, 'aborted') }),
      },
    },
    invariants: { consistent: s => !(s.rm.includes('aborted') && s.rm.includes('committed')) },
    isEnd: () => true,
  })

export const checks = [3, 7, 8, 9].map(twoPhaseCommit)
