/**
 * Dining philosophers, as in the tutorial of Rumur: who takes any fork first may starve with all others; who takes
 * the forks in the order of their numbers does not.
 */
import { List, Record, type RecordOf } from 'immutable'
import { type KnownAnswer, recordModel, rulesOn, upTo } from './known-answer.js'

interface Fields {
  mood: List<'hungry' | 'eating' | 'thinking'>
  hasLeft: List<boolean>
  hasRight: List<boolean>
}

type State = RecordOf<Fields>

const State = Record<Fields>({ mood: List(), hasLeft: List(), hasRight: List() }, 'Philosophers')

const rule = rulesOn<State>()

/** Fork i lies to the left of philosopher i, the next one to the right. */
const philosophers = (n: number, forks: 'ordered' | 'unordered') => {
  const all = upTo(n)
  const none = List(all.map(() => false))
  const next = (i: number) => (i + 1) % n
  const previous = (i: number) => (i + n - 1) % n
  const leftIsFree = ({ hasLeft, hasRight }: State, i: number) =>
    !hasLeft.get(i) && !hasRight.get(previous(i))
  const rightIsFree = ({ hasLeft, hasRight }: State, i: number) => !hasRight.get(i) && !hasLeft.get(next(i))
  // Where forks are ordered, the lower number is taken first and dropped last.
  const leftIsFirst = (i: number) => i < next(i)
  const mayTakeLeft = (s: State, i: number) => forks === 'unordered' || leftIsFirst(i) || s.hasRight.get(i)
  const mayTakeRight = (s: State, i: number) => forks === 'unordered' || !leftIsFirst(i) || s.hasLeft.get(i)
  const mayDropLeft = (s: State, i: number) => forks === 'unordered' || !leftIsFirst(i) || !s.hasRight.get(i)
  const mayDropRight = (s: State, i: number) => forks === 'unordered' || leftIsFirst(i) || !s.hasLeft.get(i)
  return recordModel<Fields>({
    name: `philosophers, ${n}, forks ${forks}`,
    State,
    initial: [State({ mood: List(all.map(() => 'hungry' as const)), hasLeft: none, hasRight: none })],
    rules: [
      rule({
        name: 'takeLeft',
        choices: all,
        guard: (s, i) => s.mood.get(i) === 'hungry' && leftIsFree(s, i) && mayTakeLeft(s, i) === true,
        effect: (s, i) => s.update('hasLeft', has => has.set(i, true)),
      }),
      rule({
        name: 'takeRight',
        choices: all,
        guard: (s, i) => s.mood.get(i) === 'hungry' && rightIsFree(s, i) && mayTakeRight(s, i) === true,
        effect: (s, i) => s.update('hasRight', has => has.set(i, true)),
      }),
      rule({
        name: 'eat',
        choices: all,
        guard: (s, i) =>
          s.mood.get(i) === 'hungry' && s.hasLeft.get(i) === true && s.hasRight.get(i) === true,
        effect: (s, i) => s.update('mood', mood => mood.set(i, 'eating')),
      }),
      rule({
        name: 'think',
        choices: all,
        guard: (s, i) => s.mood.get(i) === 'eating',
        effect: (s, i) => s.update('mood', mood => mood.set(i, 'thinking')),
      }),
      rule({
        name: 'hunger',
        choices: all,
        guard: (s, i) => s.mood.get(i) === 'thinking',
        effect: (s, i) => s.update('mood', mood => mood.set(i, 'hungry')),
      }),
      rule({
        name: 'dropLeft',
        choices: all,
        guard: (s, i) => s.mood.get(i) === 'thinking' && s.hasLeft.get(i) === true && mayDropLeft(s, i),
        effect: (s, i) => s.update('hasLeft', has => has.set(i, false)),
      }),
      rule({
        name: 'dropRight',
        choices: all,
        guard: (s, i) => s.mood.get(i) === 'thinking' && s.hasRight.get(i) === true && mayDropRight(s, i),
        effect: (s, i) => s.update('hasRight', has => has.set(i, false)),
      }),
    ],
  })
}

const source = 'Smattr/rumur doc/intro-to-murphi.rst'

export const K70: KnownAnswer<State> = {
  id: 'K70',
  says: 'philosophers who take forks in order, 5',
  source,
  model: philosophers(5, 'ordered'),
  properties: [],
  expected: { distinct: 3_216, generated: 16_160 + 1 },
}

export const K71: KnownAnswer<State> = {
  id: 'K71',
  says: 'philosophers who take forks as they come, 5',
  source: `${source}; the counts were computed by an independent search for known-answers.md`,
  model: philosophers(5, 'unordered'),
  properties: [],
  // Everybody holds the left fork, or everybody the right one: each takes one step of each.
  expected: { distinct: 10_054, generated: 59_040 + 1, deadlocks: 2, stepsToDeadlock: 5 },
}

const smaller = (n: number, distinct: number, rulesFired: number): KnownAnswer<State> => ({
  id: `K70, ${n}`,
  says: `philosophers who take forks in order, ${n}`,
  source: 'computed by an independent search for known-answers.md',
  model: philosophers(n, 'ordered'),
  properties: [],
  expected: { distinct, generated: rulesFired + 1 },
})

export const K70With3 = smaller(3, 120, 356)
export const K70With4 = smaller(4, 624, 2_492)
