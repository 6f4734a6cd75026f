/** The checks that are listed: those of questions.ts, with the temporal properties that each is asked. */
import { define } from './build.js'
import { questions } from './questions.js'
import { temporalIn } from './temporal.js'

export const listedChecks = questions.map(question =>
  define({ temporal: temporalIn(question.name), ...question }),
)
