/** Known answers small enough to be counted by hand. */
import { List, Record, type RecordOf } from 'immutable'
import type { Cover, Invariant, StepProperty } from '../../checker/model.js'
import { holds, type KnownAnswer, recordModel, rulesOn, upTo } from './known-answer.js'
import { mutex } from './lock.js'

// Simple: each process writes its own x, then reads its neighbour's into its y.

interface SimpleFields {
  x: List<number>
  y: List<number>
  pc: List<'a' | 'b' | 'done'>
}

type SimpleState = RecordOf<SimpleFields>

const SimpleState = Record<SimpleFields>({ x: List(), y: List(), pc: List() }, 'Simple')

const simpleRule = rulesOn<SimpleState>()

const allDone = ({ pc }: SimpleState): boolean => pc.every(at => at === 'done')

const simple = (n: number) =>
  recordModel<SimpleFields>({
    name: `Simple, ${n} processes`,
    State: SimpleState,
    initial: [
      SimpleState({
        x: List(upTo(n).map(() => 0)),
        y: List(upTo(n).map(() => 0)),
        pc: List(upTo(n).map(() => 'a' as const)),
      }),
    ],
    rules: [
      simpleRule({
        name: 'a',
        choices: upTo(n),
        guard: ({ pc }, i) => pc.get(i) === 'a',
        effect: (s, i) => s.update('x', x => x.set(i, 1)).update('pc', pc => pc.set(i, 'b')),
      }),
      simpleRule({
        name: 'b',
        choices: upTo(n),
        guard: ({ pc }, i) => pc.get(i) === 'b',
        effect: (s, i) =>
          s.update('y', y => y.set(i, s.x.get((i + n - 1) % n) ?? 0)).update('pc', pc => pc.set(i, 'done')),
      }),
      simpleRule({ name: 'terminating', guard: allDone, effect: s => s }),
    ],
  })

const pCorrect: Invariant<SimpleState> = {
  kind: 'invariant',
  name: 'PCorrect',
  says: 'When all are done, some y is 1.',
  holds: s => !allDone(s) || s.y.includes(1),
}

export const K13: KnownAnswer<SimpleState> = {
  id: 'K13',
  says: 'Simple, 5 processes',
  source: 'tlaplus/Examples TeachingConcurrency/Simple.cfg',
  model: simple(5),
  properties: [pCorrect],
  expected: { distinct: 723, generated: 1_842, depth: 11, verdicts: { PCorrect: holds } },
}

// Barrier: who arrives waits for all the others.

interface BarrierFields {
  pc: List<'b0' | 'b1'>
}

type BarrierState = RecordOf<BarrierFields>

const BarrierState = Record<BarrierFields>({ pc: List() }, 'Barrier')

const barrierRule = rulesOn<BarrierState>()

const allArrived = ({ pc }: BarrierState): boolean => pc.every(at => at === 'b1')

const barrier = (n: number) =>
  recordModel<BarrierFields>({
    name: `Barrier, ${n} processes`,
    State: BarrierState,
    initial: [BarrierState({ pc: List(upTo(n).map(() => 'b0' as const)) })],
    rules: [
      barrierRule({
        name: 'arrive',
        choices: upTo(n),
        guard: ({ pc }, i) => pc.get(i) === 'b0',
        effect: (s, i) => s.update('pc', pc => pc.set(i, 'b1')),
      }),
      barrierRule({
        name: 'leave',
        guard: allArrived,
        effect: s => s.update('pc', pc => pc.map(() => 'b0' as const)),
      }),
    ],
  })

const leavesTogether: StepProperty<BarrierState> = {
  kind: 'step',
  name: 'nobody leaves before all have arrived',
  says: 'Nobody leaves before all have arrived.',
  holds: ({ before, after }) =>
    allArrived(before) || before.pc.every((at, i) => at === 'b0' || after.pc.get(i) === 'b1'),
}

export const K17: KnownAnswer<BarrierState> = {
  id: 'K17',
  says: 'an abstract barrier, 6 processes',
  source: 'tlaplus/Examples barriers/Barrier.cfg',
  model: barrier(6),
  properties: [leavesTogether],
  expected: {
    distinct: 64, // 2 ^ 6
    generated: 194, // the initial state, 6 × 2 ^ 5 arrivals, one step that all take together
    depth: 7,
    verdicts: { 'nobody leaves before all have arrived': holds },
  },
}

// Semaphore: a mutex made of a counter.

interface SemaphoreFields {
  sem: number
  pc: List<'start' | 'enter' | 'cs' | 'exit'>
}

type SemaphoreState = RecordOf<SemaphoreFields>

const SemaphoreState = Record<SemaphoreFields>({ sem: 1, pc: List(['start', 'start', 'start']) }, 'Semaphore')

const semaphoreRule = rulesOn<SemaphoreState>()

const semaphoreStep = (
  from: 'start' | 'enter' | 'cs' | 'exit',
  to: 'start' | 'enter' | 'cs' | 'exit',
  by = 0,
) =>
  semaphoreRule({
    name: from,
    choices: upTo(3),
    guard: ({ pc, sem }, i) => pc.get(i) === from && sem + by >= 0,
    effect: (s, i) => s.update('pc', pc => pc.set(i, to)).update('sem', sem => sem + by),
  })

const someInCS: Cover<SemaphoreState> = {
  kind: 'cover',
  name: 'SomeInCS',
  says: 'A step leads to a state where somebody is in the critical section.',
  reachedBy: ({ after }) => after.pc.includes('cs'),
}

const acquireSem: Cover<SemaphoreState> = {
  kind: 'cover',
  name: 'AcquireSem',
  says: 'A step takes the semaphore.',
  reachedBy: ({ before, after }) => after.sem < before.sem,
}

export const K52: KnownAnswer<SemaphoreState> = {
  id: 'K52',
  says: 'a mutex made of a semaphore, 3 processes',
  source: 'tlaplus/tlaplus SemaphoreMutexTest.java',
  model: recordModel<SemaphoreFields>({
    name: 'semaphore',
    State: SemaphoreState,
    initial: [SemaphoreState()],
    rules: [
      semaphoreStep('start', 'enter'),
      semaphoreStep('enter', 'cs', -1),
      semaphoreStep('cs', 'exit'),
      semaphoreStep('exit', 'start', +1),
    ],
  }),
  properties: [mutex, someInCS, acquireSem],
  expected: {
    distinct: 32, // nobody holds it: 2 ^ 3; one of 3 does, in cs or exit, beside two others: 3 × 2 × 2 ^ 2
    generated: 73,
    depth: 6,
    verdicts: {
      mutex: holds,
      // Witnesses are counted over generated states.
      SomeInCS: { verdict: 'reached', steps: 2, count: 24 },
      AcquireSem: { verdict: 'reached', steps: 2, count: 12 },
    },
  },
}

// Bits: any may be toggled.

interface BitsFields {
  bits: List<boolean>
}

type BitsState = RecordOf<BitsFields>

const BitsState = Record<BitsFields>({ bits: List() }, 'Bits')

export const K74: KnownAnswer<BitsState> = {
  id: 'K74',
  says: 'five independent bits',
  source: 'rumur issue #51',
  model: recordModel<BitsFields>({
    name: 'bits',
    State: BitsState,
    initial: [BitsState({ bits: List(upTo(5).map(() => false)) })],
    rules: [
      rulesOn<BitsState>()({
        name: 'toggle',
        choices: upTo(5),
        guard: () => true,
        effect: (s, i) => s.update('bits', bits => bits.update(i, bit => !bit)),
      }),
    ],
  }),
  properties: [],
  expected: { distinct: 32, generated: 1 + 32 * 5, depth: 6 },
}
