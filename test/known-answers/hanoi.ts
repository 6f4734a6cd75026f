/** The towers of Hanoi: 5 discs on 3 towers. That the puzzle is never solved is refuted by the shortest solution. */
import { List, Record, type RecordOf } from 'immutable'
import type { Invariant } from '../../checker/model.js'
import { type KnownAnswer, recordModel, rulesOn, upTo } from './known-answer.js'

interface Fields {
  /** Where each disc lies, the smallest first. */
  towerOf: List<number>
}

type State = RecordOf<Fields>

const State = Record<Fields>({ towerOf: List([0, 0, 0, 0, 0]) }, 'Hanoi')

const rule = rulesOn<State>()

const moves = upTo(5).flatMap(disc => upTo(3).map(tower => [disc, tower] as const))

const isOnTop = ({ towerOf }: State, disc: number): boolean =>
  !towerOf.slice(0, disc).includes(towerOf.get(disc) ?? -1)

const hasSmaller = ({ towerOf }: State, tower: number, disc: number): boolean =>
  towerOf.slice(0, disc).includes(tower)

const movesTo = (s: State, [disc, tower]: readonly [number, number]): State =>
  s.update('towerOf', towerOf => towerOf.set(disc, tower))

const notSolved: Invariant<State> = {
  kind: 'invariant',
  name: 'not solved',
  says: 'Not all discs lie on the last tower.',
  holds: ({ towerOf }) => !towerOf.every(tower => tower === 2),
}

export const K33: KnownAnswer<State> = {
  id: 'K33',
  says: 'towers of Hanoi, 5 discs, 3 towers',
  source: 'tlaplus/Examples tower_of_hanoi/Hanoi.toolbox/Model_1/MC.out',
  model: recordModel<Fields>({
    name: 'towers of Hanoi',
    State,
    initial: [State()],
    // A move onto an empty tower is allowed for two reasons, and the published count has it twice.
    rules: [
      rule({
        name: 'moveWhereNoneIsSmaller',
        choices: moves,
        guard: (s, [disc, tower]) =>
          s.towerOf.get(disc) !== tower && isOnTop(s, disc) && !hasSmaller(s, tower, disc),
        effect: movesTo,
      }),
      rule({
        name: 'moveOntoEmpty',
        choices: moves,
        guard: (s, [disc, tower]) => isOnTop(s, disc) && !s.towerOf.includes(tower),
        effect: movesTo,
      }),
    ],
  }),
  properties: [notSolved],
  expected: {
    distinct: 243, // 3 ^ 5
    generated: 913,
    depth: 32,
    verdicts: { 'not solved': { verdict: 'violated', steps: 31, count: 1 } }, // 2 ^ 5 − 1 moves
  },
}
