/**
 * The exit status of a run: 0 everything asked held, 1 something did not, 3 stopped early. (2 is wrong usage.)
 */
import type { CheckResult, RunResult } from './result.js'

export const exitStatus = <S>({ checks }: Pick<RunResult<S>, 'checks'>): 0 | 1 | 3 => {
  if (checks.some(failed)) return 1
  return checks.some(stoppedEarly) ? 3 : 0
}

const failed = <S>({ judgements, gone }: CheckResult<S>): boolean =>
  gone.length > 0 || judgements.some(({ verdict }) => verdict === 'violated' || verdict === 'not reached')

/** By a limit or a signal; a depth that was asked for is no early stop. */
const stoppedEarly = <S>({ exploration }: CheckResult<S>): boolean => {
  if (exploration === undefined) return true
  return exploration.stop !== undefined && exploration.stop.by !== 'depth'
}
