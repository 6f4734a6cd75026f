/** Mutual exclusion of two processes: by a lock, and by Peterson's algorithm, which refines it. */
import { List, Record, type RecordOf } from 'immutable'
import type { Invariant } from '../../checker/model.js'
import { holds, type KnownAnswer, recordModel, rulesOn, upTo } from './known-answer.js'

/** At most one process is in its critical section. */
export const mutex: Invariant<{ readonly pc: List<string> }> = {
  kind: 'invariant',
  name: 'mutex',
  says: 'At most one process is in its critical section.',
  holds: ({ pc }) => pc.count(at => at === 'cs') <= 1,
}

interface LockFields {
  lock: number
  pc: List<'l0' | 'l1' | 'cs' | 'l2'>
}

type LockState = RecordOf<LockFields>

const LockState = Record<LockFields>({ lock: 1, pc: List(['l0', 'l0']) }, 'Lock')

const lockRule = rulesOn<LockState>()

const lockStep = (name: string, from: 'l0' | 'l1' | 'cs' | 'l2', to: 'l0' | 'l1' | 'cs' | 'l2', lockBy = 0) =>
  lockRule({
    name,
    choices: upTo(2),
    guard: ({ pc, lock }, i) => pc.get(i) === from && lock + lockBy >= 0,
    effect: (s, i) => s.update('pc', pc => pc.set(i, to)).update('lock', lock => lock + lockBy),
  })

export const K25: KnownAnswer<LockState> = {
  id: 'K25',
  says: 'a lock, 2 processes',
  source: 'tlaplus/Examples locks_auxiliary_vars/Lock.cfg',
  model: recordModel<LockFields>({
    name: 'lock',
    State: LockState,
    initial: [LockState()],
    rules: [
      lockStep('try', 'l0', 'l1'),
      lockStep('lock', 'l1', 'cs', -1),
      lockStep('leave', 'cs', 'l2'),
      lockStep('unlock', 'l2', 'l0', +1),
    ],
  }),
  properties: [mutex],
  expected: { distinct: 12, generated: 21, depth: 5, verdicts: { mutex: holds } },
}

type Place = 'a0' | 'a1' | 'a2' | 'a3' | 'cs' | 'a4'

interface PetersonFields {
  flag: List<boolean>
  turn: number
  pc: List<Place>
}

type PetersonState = RecordOf<PetersonFields>

const PetersonState = Record<PetersonFields>(
  { flag: List([false, false]), turn: 0, pc: List(['a0', 'a0']) },
  'Peterson',
)

const petersonRule = rulesOn<PetersonState>()

/** Process i goes on, and does what the step is for. */
const petersonStep = (from: Place, to: Place, does = (s: PetersonState, _i: number) => s) =>
  petersonRule({
    name: from,
    choices: upTo(2),
    guard: ({ pc, flag, turn }, i) => pc.get(i) === from && (from !== 'a3' || !flag.get(1 - i) || turn === i),
    effect: (s, i) => does(s, i).update('pc', pc => pc.set(i, to)),
  })

export const K26: KnownAnswer<PetersonState> = {
  id: 'K26',
  says: 'Peterson, with a wait that blocks, 2 processes',
  source: 'tlaplus/Examples locks_auxiliary_vars/Peterson.cfg',
  model: recordModel<PetersonFields>({
    name: 'Peterson',
    State: PetersonState,
    initial: [PetersonState()],
    rules: [
      petersonStep('a0', 'a1'),
      petersonStep('a1', 'a2', (s, i) => s.update('flag', flag => flag.set(i, true))),
      petersonStep('a2', 'a3', (s, i) => s.set('turn', 1 - i)),
      petersonStep('a3', 'cs'),
      petersonStep('cs', 'a4'),
      petersonStep('a4', 'a0', (s, i) => s.update('flag', flag => flag.set(i, false))),
    ],
  }),
  properties: [mutex],
  expected: { distinct: 42, generated: 77, depth: 11, verdicts: { mutex: holds } },
}
