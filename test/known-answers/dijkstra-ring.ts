/** Dijkstra's self-stabilizing ring: from any state it comes to have one token. A guard and its assignment are two steps. */
import { List, Record, type RecordOf } from 'immutable'
import type { Cover, Invariant } from '../../checker/model.js'
import { holds, type KnownAnswer, recordModel, rulesOn, upTo } from './known-answer.js'

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
        // Node 0 counts on from its own value, as the PlusCal source does (test-model/pcal/Dijkstra1.tla, p1): that of
        // its neighbour, which was the same when it saw the token, may have changed since.
        effect: (s, i) =>
          s
            .update('c', c => c.set(i, i === 0 ? ((c.first() ?? 0) + 1) % k : (c.get(i - 1) ?? 0)))
            .update('writing', it => it.set(i, false)),
      }),
    ],
  })

const singleToken: Cover<RingState> = {
  kind: 'cover',
  name: 'SingleToken',
  says: 'Exactly one node holds a token.',
  // Counted over generated states. Where nobody writes, that is an initial state: all of them are.
  reached: s => tokens(s) === 1 && !s.writing.includes(true),
  reachedBy: ({ after }) => tokens(after) === 1,
}

const tokenPasses: Cover<RingState> = {
  kind: 'cover',
  name: 'TokenPasses',
  says: 'A node other than the first writes.',
  reachedBy: ({ rule: { name }, choice }) => name === 'write' && choice !== 0,
}

const someToken: Invariant<RingState> = {
  kind: 'invariant',
  name: 'some node holds a token',
  says: 'At any time some node holds a token.',
  holds: s => tokens(s) >= 1,
}

export const K54: KnownAnswer<RingState> = {
  id: 'K54',
  says: "Dijkstra's ring, 4 nodes, 5 values, moves of two steps",
  source: 'TLC test Dijkstra1Test.java',
  model: ring(4, 5),
  properties: [singleToken, tokenPasses, someToken],
  expected: {
    distinct: 5_510,
    generated: 16_775,
    depth: 10,
    verdicts: {
      'some node holds a token': holds,
      SingleToken: { verdict: 'reached', count: 2_975 },
      TokenPasses: { verdict: 'reached', count: 7_065 },
    },
  },
}
