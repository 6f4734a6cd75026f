/** Lamport's bakery: who comes takes a number, one higher than all that it sees, and the lowest number goes first. */
import { Set } from 'immutable'
import { each, model, type StateOf } from '../../checker/index.js'
import { holds, type KnownAnswer } from './known-answer.js'

type Place = 'loop' | 'd1' | 'd2' | 'd3' | 'w1' | 'w2' | 'cs' | 'exit'

const processes = [1, 2]
const both = Set(processes)
const pairs = processes.flatMap(self => processes.filter(p => p !== self).map(other => ({ self, other })))

const fields = {
  pc: each<number, Place>(processes, 'loop'),
  num: each(processes, 0),
  choosing: each(processes, false),
  /** Whose number was looked at. */
  read: each(processes, Set<number>()),
  max: each(processes, 0),
  nxt: each(processes, p => p),
}

export type BakeryState = StateOf<typeof fields>

const isWithin = (s: BakeryState): boolean => s.num.every(num => num <= 3)

/** Process `self` may pass its neighbour, for one of three reasons. The published count has a successor for each. */
const passes = (
  reason: (num: { readonly own: number; readonly other: number }, self: number, other: number) => boolean,
) => ({
  choices: processes,
  guard: (s: BakeryState, self: number) => {
    const other = s.nxt.get(self)
    return s.pc.get(self) === 'w2' && reason({ own: s.num.get(self), other: s.num.get(other) }, self, other)
  },
  effect: (s: BakeryState, self: number) => ({
    read: s.read.update(self, read => read.add(s.nxt.get(self))),
    pc: s.pc.set(self, 'w1'),
  }),
})

const bakery = model({
  name: 'bakery, 2 processes, numbers up to 3',
  state: fields,
  rules: {
    loop: {
      choices: processes,
      guard: (s, self) => s.pc.get(self) === 'loop',
      effect: (s, self) => ({
        choosing: s.choosing.set(self, true),
        read: s.read.set(self, Set([self])),
        max: s.max.set(self, 0),
        pc: s.pc.set(self, 'd1'),
      }),
    },
    d1: {
      choices: pairs,
      guard: (s, { self, other }) => s.pc.get(self) === 'd1' && !s.read.get(self).has(other),
      effect: (s, { self, other }) => ({
        max: s.max.update(self, max => Math.max(max, s.num.get(other))),
        read: s.read.update(self, read => read.add(other)),
      }),
    },
    d1Done: {
      choices: processes,
      guard: (s, self) => s.pc.get(self) === 'd1' && s.read.get(self).equals(both),
      effect: (s, self) => ({ pc: s.pc.set(self, 'd2') }),
    },
    d2: {
      choices: processes,
      guard: (s, self) => s.pc.get(self) === 'd2',
      effect: (s, self) => ({ num: s.num.set(self, s.max.get(self) + 1), pc: s.pc.set(self, 'd3') }),
    },
    d3: {
      choices: processes,
      guard: (s, self) => s.pc.get(self) === 'd3',
      effect: (s, self) => ({
        choosing: s.choosing.set(self, false),
        read: s.read.set(self, Set([self])),
        pc: s.pc.set(self, 'w1'),
      }),
    },
    w1: {
      choices: pairs,
      guard: (s, { self, other }) =>
        s.pc.get(self) === 'w1' && !s.read.get(self).has(other) && !s.choosing.get(other),
      effect: (s, { self, other }) => ({ nxt: s.nxt.set(self, other), pc: s.pc.set(self, 'w2') }),
    },
    w1Done: {
      choices: processes,
      guard: (s, self) => s.pc.get(self) === 'w1' && s.read.get(self).equals(both),
      effect: (s, self) => ({ pc: s.pc.set(self, 'cs') }),
    },
    w2NoNumber: passes(num => num.other === 0),
    w2Higher: passes(num => num.other > num.own),
    w2Equal: passes((num, self, other) => num.other === num.own && other > self),
    cs: {
      choices: processes,
      guard: (s, self) => s.pc.get(self) === 'cs',
      effect: (s, self) => ({ pc: s.pc.set(self, 'exit') }),
    },
    exit: {
      choices: processes,
      guard: (s, self) => s.pc.get(self) === 'exit',
      effect: (s, self) => ({ num: s.num.set(self, 0), pc: s.pc.set(self, 'loop') }),
    },
  },
  invariants: { mutex: s => s.pc.count(place => place === 'cs') <= 1 },
  covers: {
    InCS: { reachedBy: ({ after }) => after.pc.includes('cs') && isWithin(after) },
    ChooseNumber: { reachedBy: ({ rule }) => rule.name === 'd1Done' },
  },
  constraint: isWithin,
})

export const K57: KnownAnswer<BakeryState> = {
  id: 'K57',
  says: 'bakery, 2 processes, numbers up to 3',
  source: 'tlaplus/tlaplus BakeryTest.java',
  model: bakery,
  properties: bakery.properties,
  expected: {
    distinct: 668,
    generated: 1_183,
    depth: 41,
    // Witnesses are counted over generated states; a predicate of one state, only within the constraint.
    verdicts: {
      mutex: holds,
      InCS: { verdict: 'reached', count: 113 },
      ChooseNumber: { verdict: 'reached', count: 180 },
    },
  },
}
