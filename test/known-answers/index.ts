/** All known answers, in the order of their names. */
import { K33 } from './hanoi.js'
import type { KnownAnswer } from './known-answer.js'
import { K25, K26 } from './lock.js'
import { K70, K71 } from './philosophers.js'
import { K13, K17, K52, K74 } from './small.js'
import { K27 } from './transaction-commit.js'
import { K28, K28With4, K29 } from './two-phase-commit.js'

export const knownAnswers: readonly KnownAnswer[] = [
  K13,
  K17,
  K25,
  K26,
  K27,
  K28,
  K28With4,
  K29,
  K33,
  K52,
  K70,
  K71,
  K74,
]
