/**
 * Peterson's algorithm: two processes that exclude each other by reading and writing shared variables.
 *
 * G. L. Peterson, "Myths about the mutual exclusion problem", Information Processing Letters 12(3), 1981.
 */
import { each, model } from 'zombieproof/checker'

type Place = 'idle' | 'wants' | 'yields' | 'waits' | 'critical'

const processes = [0, 1]

export const peterson = model({
  name: 'peterson',
  says: "Peterson's algorithm for two processes",
  state: { wants: each(2, false), turn: 0, at: each<Place>(2, 'idle') },
  rules: {
    want: {
      choices: processes,
      guard: (s, i) => s.at.get(i) === 'idle',
      effect: (s, i) => ({ wants: s.wants.set(i, true), at: s.at.set(i, 'wants') }),
    },
    yield: {
      choices: processes,
      guard: (s, i) => s.at.get(i) === 'wants',
      effect: (s, i) => ({ turn: 1 - i, at: s.at.set(i, 'waits') }),
    },
    enter: {
      choices: processes,
      guard: (s, i) => s.at.get(i) === 'waits' && (!s.wants.get(1 - i) || s.turn === i),
      effect: (s, i) => ({ at: s.at.set(i, 'critical') }),
    },
    leave: {
      choices: processes,
      guard: (s, i) => s.at.get(i) === 'critical',
      effect: (s, i) => ({ wants: s.wants.set(i, false), at: s.at.set(i, 'idle') }),
    },
  },
  invariants: {
    'at most one process is in its critical section': s => s.at.count(at => at === 'critical') <= 1,
  },
  covers: {
    'one process waits while the other is in its critical section': s =>
      s.at.includes('waits') && s.at.includes('critical'),
  },
  temporal: {
    'a process can always come to its critical section': {
      each: processes,
      can: (s, i) => s.at.get(i) === 'critical',
    },
    // Nobody has to want to. Who does goes on, if it is not left out for ever.
    'a process that wants to enter does': {
      each: processes,
      when: (s, i) => s.at.get(i) === 'wants',
      leadsTo: (s, i) => s.at.get(i) === 'critical',
      weak: (rule, i) => (rule === 'want' ? undefined : `process ${i}`),
      fairnessSays: 'a process that has something to do, other than to want, does it (weakly fair)',
    },
  },
})
