/** Termination detection by a token on a ring, EWD840, and what it is meant to do: to detect termination. */
import { List, Record, type RecordOf } from 'immutable'
import { type KnownAnswer, recordModel, rulesOn, upTo } from './known-answer.js'

type Colour = 'white' | 'black'

interface Fields {
  active: List<boolean>
  colour: List<Colour>
  position: number
  token: Colour
}

export type Ewd840State = RecordOf<Fields>

const State = Record<Fields>({ active: List(), colour: List(), position: 0, token: 'black' }, 'EWD840')

const rule = rulesOn<Ewd840State>()

/** Every list of length n of these values. */
const lists = <T>(values: readonly T[], n: number): readonly List<T>[] =>
  n === 0 ? [List()] : lists(values, n - 1).flatMap(list => values.map(value => list.push(value)))

export const ewd840 = (n: number) =>
  recordModel<Fields>({
    name: `EWD840, ${n}`,
    State,
    initial: lists([false, true], n).flatMap(active =>
      lists<Colour>(['white', 'black'], n).flatMap(colour =>
        upTo(n).map(position => State({ active, colour, position, token: 'black' })),
      ),
    ),
    rules: [
      rule({
        name: 'initiate',
        guard: ({ position, token, colour }) =>
          position === 0 && (token === 'black' || colour.get(0) === 'black'),
        effect: s =>
          s
            .set('position', n - 1)
            .set('token', 'white')
            .update('colour', it => it.set(0, 'white')),
      }),
      rule({
        name: 'pass',
        choices: upTo(n).slice(1),
        guard: ({ position, active, colour, token }, i) =>
          position === i && (active.get(i) === false || colour.get(i) === 'black' || token === 'black'),
        effect: (s, i) =>
          s
            .set('position', i - 1)
            .set('token', s.colour.get(i) === 'black' ? 'black' : s.token)
            .update('colour', it => it.set(i, 'white')),
      }),
      rule<{ from: number; to: number }>({
        name: 'send',
        choices: upTo(n).flatMap(from => upTo(n).flatMap(to => (from === to ? [] : [{ from, to }]))),
        guard: ({ active }, { from }) => active.get(from) === true,
        effect: (s, { from, to }) =>
          s
            .update('active', it => it.set(to, true))
            .update('colour', it => (to > from ? it.set(from, 'black') : it)),
      }),
      rule({
        name: 'deactivate',
        choices: upTo(n),
        guard: ({ active }, i) => active.get(i) === true,
        effect: (s, i) => s.update('active', it => it.set(i, false)),
      }),
    ],
  })

export const hasTerminated = ({ active }: Pick<Ewd840State, 'active'>): boolean => !active.includes(true)

/** What node 0 can tell when it holds the token. */
export const isDetected = ({ position, token, colour, active }: Ewd840State): boolean =>
  position === 0 && token === 'white' && colour.get(0) === 'white' && active.get(0) === false

const source = 'tlaplus/Examples ewd840/EWD840.cfg'

// The published number of generated states counts an edge once for each disjunct of a guard that is true.
export const K21: KnownAnswer<Ewd840State> = {
  id: 'K21',
  says: 'EWD840, 3 nodes',
  source,
  model: ewd840(3),
  properties: [],
  expected: { distinct: 302 },
}

export const K22: KnownAnswer<Ewd840State> = {
  id: 'K22',
  says: 'EWD840, 4 nodes',
  source,
  model: ewd840(4),
  properties: [],
  expected: { distinct: 1_566 },
}

interface SyncFields {
  active: List<boolean>
  detected: boolean
}

export type SyncState = RecordOf<SyncFields>
export const SyncState = Record<SyncFields>({ active: List(), detected: false }, 'SyncTermination')

const syncRule = rulesOn<SyncState>()

/** Termination is detected at any time after it has come, and never before. */
export const syncTermination = (n: number) =>
  recordModel<SyncFields>({
    name: `termination detection, ${n}`,
    State: SyncState,
    initial: lists([false, true], n).flatMap(active =>
      [false, ...(hasTerminated({ active }) ? [true] : [])].map(detected => SyncState({ active, detected })),
    ),
    rules: [
      syncRule<{ node: number; detects: boolean }>({
        name: 'terminate',
        choices: upTo(n).flatMap(node => [
          { node, detects: false },
          { node, detects: true },
        ]),
        guard: ({ active }, { node, detects }) =>
          active.get(node) === true && (!detects || hasTerminated({ active: active.set(node, false) })),
        effect: (s, { node, detects }) =>
          s.update('active', it => it.set(node, false)).update('detected', was => was || detects),
      }),
      syncRule<{ from: number; to: number }>({
        name: 'wake',
        choices: upTo(n).flatMap(from => upTo(n).map(to => ({ from, to }))),
        guard: ({ active }, { from }) => active.get(from) === true,
        effect: (s, { to }) => s.update('active', it => it.set(to, true)),
      }),
      syncRule({
        name: 'detect',
        guard: s => hasTerminated(s) && !s.detected,
        effect: s => s.set('detected', true),
      }),
    ],
  })
