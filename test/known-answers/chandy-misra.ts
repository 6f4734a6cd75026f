/** Dining philosophers who hand over dirty forks, after Chandy and Misra: nobody starves. */
import { List, Record, type RecordOf } from 'immutable'
import { type KnownAnswer, recordModel, rulesOn, upTo } from './known-answer.js'

type Fork = RecordOf<{ holder: number; clean: boolean }>
const Fork = Record<{ holder: number; clean: boolean }>({ holder: 0, clean: false }, 'Fork')

interface Fields {
  /** Fork i lies to the left of philosopher i. */
  forks: List<Fork>
  hungry: List<boolean>
  at: List<'loop' | 'think' | 'eat'>
}

export type ChandyMisraState = RecordOf<Fields>

const State = Record<Fields>({ forks: List(), hungry: List(), at: List() }, 'ChandyMisra')

const rule = rulesOn<ChandyMisraState>()

const chandyMisra = (n: number) => {
  const all = upTo(n)
  const left = (p: number) => p
  const right = (p: number) => (p + 1) % n
  const fork = (s: ChandyMisraState, i: number): Fork => s.forks.get(i, Fork())
  const give = (s: ChandyMisraState, i: number, to: number) =>
    s.update('forks', it => it.set(i, Fork({ holder: to, clean: true })))
  const isDirtyOf = (s: ChandyMisraState, i: number, p: number) =>
    fork(s, i).holder === p && !fork(s, i).clean
  const handOver = (s: ChandyMisraState, p: number) => {
    if (isDirtyOf(s, left(p), p)) return give(s, left(p), (p + n - 1) % n)
    return isDirtyOf(s, right(p), p) ? give(s, right(p), (p + 1) % n) : s
  }
  const mayEat = (s: ChandyMisraState, p: number) =>
    [left(p), right(p)].every(i => fork(s, i).holder === p && fork(s, i).clean)
  const dirty = (s: ChandyMisraState, i: number) =>
    s.update('forks', it => it.set(i, fork(s, i).set('clean', false)))
  return recordModel<Fields>({
    name: `Chandy–Misra, ${n}`,
    State,
    initial: [
      State({
        // Forks 0 and 1 belong to philosopher 0, every other one to its own.
        forks: List(all.map(i => Fork({ holder: i === 1 ? 0 : i, clean: false }))),
        hungry: List(all.map(() => true)),
        at: List(all.map(() => 'loop' as const)),
      }),
    ],
    rules: [
      rule({
        name: 'step',
        choices: all,
        guard: () => true,
        effect: (s, p) => {
          if (s.at.get(p) === 'think')
            return s.update('hungry', it => it.set(p, true)).update('at', it => it.set(p, 'loop'))
          if (s.at.get(p) === 'eat')
            return dirty(dirty(s, left(p)), right(p))
              .update('hungry', it => it.set(p, false))
              .update('at', it => it.set(p, 'loop'))
          const next = s.hungry.get(p) === false ? 'think' : mayEat(s, p) ? 'eat' : 'loop'
          return handOver(s, p).update('at', it => it.set(p, next))
        },
      }),
    ],
  })
}

export const K05: KnownAnswer<ChandyMisraState> = {
  id: 'K05',
  says: 'Chandy–Misra philosophers, 5',
  source: 'tlaplus/Examples DiningPhilosophers/DiningPhilosophers.cfg',
  model: chandyMisra(5),
  properties: [],
  expected: { distinct: 67, generated: 336, depth: 29 },
}
