/** All known answers, in the order of their names. */
import { K39 } from './allocator.js'
import { K37, K38 } from './alternating-bit.js'
import { K57 } from './bakery.js'
import { K18, K18With4, K18With5 } from './barriers.js'
import { K05 } from './chandy-misra.js'
import { K02 } from './coffee-can.js'
import { K54 } from './dijkstra-ring.js'
import { K21, K21Counted, K22, K22Counted } from './ewd840.js'
import { K33 } from './hanoi.js'
import { K59, K59With3 } from './increment.js'
import type { KnownAnswer } from './known-answer.js'
import { K45 } from './lamport-mutex.js'
import { K25, K26 } from './lock.js'
import { K48 } from './paxos.js'
import { K67 } from './phases.js'
import { K70, K70With3, K70With4, K71 } from './philosophers.js'
import { K16 } from './readers-writers.js'
import { K13, K17, K52, K74 } from './small.js'
import { K27 } from './transaction-commit.js'
import { K28, K28With4, K28With6, K28With7, K29 } from './two-phase-commit.js'

export const knownAnswers: readonly KnownAnswer[] = [
  K02,
  K05,
  K13,
  K16,
  K17,
  K18,
  K18With4,
  K18With5,
  K21,
  K21Counted,
  K22,
  K22Counted,
  K25,
  K26,
  K27,
  K28,
  K28With4,
  K28With6,
  K28With7,
  K29,
  K33,
  K37,
  K38,
  K39,
  K45,
  K48,
  K52,
  K54,
  K57,
  K59,
  K59With3,
  K67,
  K70,
  K70With3,
  K70With4,
  K71,
  K74,
]
