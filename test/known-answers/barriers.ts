/** A barrier made of semaphores: nobody passes before all have come. */
import { List, Record, type RecordOf } from 'immutable'
import { type KnownAnswer, recordModel, rulesOn, upTo } from './known-answer.js'

interface Fields {
  lock: number
  gate1: number
  gate2: number
  rdv: number
  /** By process: how far it is, 0 to 12. */
  at: List<number>
}

export type BarriersState = RecordOf<Fields>

const State = Record<Fields>({ lock: 1, gate1: 0, gate2: 0, rdv: 0, at: List() }, 'Barriers')

const rule = rulesOn<BarriersState>()

/** One step of process `p`: where it goes, and what it does; undefined where it has to wait. */
const stepOf = (n: number, s: BarriersState, p: number): BarriersState | undefined => {
  const go = (to: number, does: Partial<Fields> = {}) => s.merge(does).update('at', it => it.set(p, to))
  const { lock, gate1, gate2, rdv } = s
  switch (s.at.get(p)) {
    case 0:
      return go(1)
    case 1:
      return lock === 1 ? go(2, { lock: 0 }) : undefined
    case 2:
      return go(3, { rdv: rdv + 1 })
    case 3:
      return go(rdv === n ? 4 : 5)
    case 4:
      return go(5, { gate1: gate1 + n })
    case 5:
      return go(6, { lock: 1 })
    case 6:
      return gate1 > 0 ? go(7, { gate1: gate1 - 1 }) : undefined
    case 7:
      return lock === 1 ? go(8, { lock: 0 }) : undefined
    case 8:
      return go(9, { rdv: rdv - 1 })
    case 9:
      return go(rdv === 0 ? 10 : 11)
    case 10:
      return go(11, { gate2: gate2 + n })
    case 11:
      return go(12, { lock: 1 })
    default:
      return gate2 > 0 ? go(0, { gate2: gate2 - 1 }) : undefined
  }
}

export const barriers = (n: number) =>
  recordModel<Fields>({
    name: `barriers, ${n}`,
    State,
    initial: [State({ at: List(upTo(n).map(() => 0)) })],
    rules: [
      rule({
        name: 'step',
        choices: upTo(n),
        guard: (s, p) => stepOf(n, s, p) !== undefined,
        effect: (s, p) => stepOf(n, s, p) as BarriersState,
      }),
    ],
  })

export const K18: KnownAnswer<BarriersState> = {
  id: 'K18',
  says: 'a barrier of semaphores, 6 processes',
  source: 'tlaplus/Examples barriers/Barriers.cfg',
  model: barriers(6),
  properties: [],
  expected: { distinct: 29_279, generated: 104_515, depth: 93 },
}
