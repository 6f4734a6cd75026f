/** Peterson's mutual exclusion for N processes, as in peers/Filter.tla: 0 idle, 1 flag, 2 turn, 3 wait, 4 critical. */
import { each, model, upTo } from 'zombieproof/checker'

const filterLock = (n: number) => {
  const processes = upTo(n).map(i => i + 1)
  return model({
    name: `filter-lock-${n}`,
    says: `filter lock, ${n} processes`,
    state: {
      pc: each(processes, 0),
      lev: each(processes, 0),
      flag: each(processes, 0),
      /** By level from 1; 0: nobody has written it yet. */
      turn: each(processes.slice(0, -1), 0),
    },
    rules: {
      start: {
        choices: processes,
        guard: (s, i) => s.pc.get(i) === 0,
        effect: (s, i) => ({ pc: s.pc.set(i, 1), lev: s.lev.set(i, 1) }),
      },
      setFlag: {
        choices: processes,
        guard: (s, i) => s.pc.get(i) === 1,
        effect: (s, i) => ({ flag: s.flag.set(i, s.lev.get(i)), pc: s.pc.set(i, 2) }),
      },
      setTurn: {
        choices: processes,
        guard: (s, i) => s.pc.get(i) === 2,
        effect: (s, i) => ({ turn: s.turn.set(s.lev.get(i), i), pc: s.pc.set(i, 3) }),
      },
      pass: {
        choices: processes,
        guard: (s, i) => {
          if (s.pc.get(i) !== 3) return false
          const level = s.lev.get(i)
          return !s.turn.is(level, i) || processes.every(k => k === i || s.flag.get(k) < level)
        },
        effect: (s, i) => {
          const level = s.lev.get(i)
          return level < n - 1 ? { lev: s.lev.set(i, level + 1), pc: s.pc.set(i, 1) } : { pc: s.pc.set(i, 4) }
        },
      },
      leave: {
        choices: processes,
        guard: (s, i) => s.pc.get(i) === 4,
        effect: (s, i) => ({ flag: s.flag.set(i, 0), lev: s.lev.set(i, 0), pc: s.pc.set(i, 0) }),
      },
    },
    invariants: { mutex: s => s.pc.count(4) <= 1 },
    isEnd: () => true,
  })
}

export const checks = [3, 4, 5, 6].map(filterLock)
