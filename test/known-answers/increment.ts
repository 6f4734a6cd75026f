/** Threads that increment a shared counter without a lock: read, then write what was read plus one. */
import { each, model, type StateOf, upTo } from '../../checker/index.js'
import type { KnownAnswer } from './known-answer.js'

const increment = (n: number) =>
  model({
    name: `increment, ${n} threads`,
    state: { i: 0, t: each(n, 0), pc: each(n, 1) },
    rules: {
      read: {
        choices: upTo(n),
        guard: (s, thread) => s.pc.get(thread) === 1,
        effect: (s, thread) => ({ t: s.t.set(thread, s.i), pc: s.pc.set(thread, 2) }),
      },
      write: {
        choices: upTo(n),
        guard: (s, thread) => s.pc.get(thread) === 2,
        effect: (s, thread) => ({ i: s.t.get(thread) + 1, pc: s.pc.set(thread, 3) }),
      },
    },
    invariants: { fin: s => s.pc.count(pc => pc === 3) === s.i },
    isEnd: s => s.pc.every(pc => pc === 3),
  })

const [two, three] = [increment(2), increment(3)]

export const K59: KnownAnswer<StateOf<typeof two>> = {
  id: 'K59',
  says: 'increment without a lock, 2 threads',
  source: 'stateright examples/increment.rs',
  model: two,
  properties: two.properties,
  // Both read 0, both write 1: a trace of 5 states.
  expected: { distinct: 13, verdicts: { fin: { verdict: 'violated', steps: 4 } } },
}

export const K59With3: KnownAnswer<StateOf<typeof three>> = {
  id: 'K59, 3',
  says: 'increment without a lock, 3 threads',
  source: 'computed by an independent search for known-answers.md',
  model: three,
  properties: three.properties,
  expected: { distinct: 84, verdicts: { fin: { verdict: 'violated', steps: 4 } } },
}
