/** Dijkstra's self-stabilizing ring: from any state it comes to have one token. A guard and its assignment are two steps. */
import { List, Record, type RecordOf } from 'immutable'
import { type KnownAnswer, recordModel, rulesOn, upTo } from './known-answer.js'

interface Fields {
  c: List<number>
  writing: List<boolean>
}

export type RingState = RecordOf<Fields>

const State = Record<Fields>({ c: List(), writing: List() }, 'Ring')

const rule = rulesOn<RingState>()

/** May node i move? That is to hold a token. */
export const holdsToken = ({ c }: Pick<RingState, 'c'>, i: number): boolean =>
  i === 0 ? c.first() === c.last() : c.get(i) !== c.get(i - 1)

export const tokens = (s: RingState): number => s.c.count((_, i) => holdsToken(s, i))

const vectors = (n: number, k: number): readonly List<number>[] =>
  n === 0 ? [List()] : vectors(n - 1, k).flatMap(list => upTo(k).map(value => list.push(value)))

const ring = (n: number, k: number) =>
  recordModel<Fields>({
    name: `ring of ${n}, ${k} values`,
    State,
    initial: vectors(n, k).map(c => State({ c, writing: List(upTo(n).map(() => false)) })),
    rules: [
      rule({
        name: 'see',
        choices: upTo(n),
        guard: (s, i) => s.writing.get(i) === false && holdsToken(s, i),
        effect: (s, i) => s.update('writing', it => it.set(i, true)),
      }),
      rule({
        name: 'write',
        choices: upTo(n),
        guard: (s, i) => s.writing.get(i) === true,
        effect: (s, i) =>
          s
            .update('c', c => c.set(i, i === 0 ? ((c.last() ?? 0) + 1) % k : (c.get(i - 1) ?? 0)))
            .update('writing', it => it.set(i, false)),
      }),
    ],
  })

export const K54: KnownAnswer<RingState> = {
  id: 'K54',
  says: "Dijkstra's ring, 4 nodes, 5 values, moves of two steps",
  source: 'TLC test Dijkstra1Test.java',
  model: ring(4, 5),
  properties: [],
  expected: { distinct: 5_510, generated: 16_775, depth: 10 },
}
