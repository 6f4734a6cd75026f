/**
 * The last line of a run: how much was seen, and how often each verdict was given.
 */
import type { Judgement, RunResult } from './result.js'
import { count, duration } from './text.js'

/** The worst first. */
const verdicts: readonly Judgement<unknown>['verdict'][] = [
  'violated',
  'not reached',
  'stopped',
  'known',
  'holds',
  'reached',
]

/** `2 checks, 12 345 states, 0.4 s: violated 1, holds 12, reached 4` */
export function summaryLine<S>({ checks, seconds }: RunResult<S>): string {
  const states = checks.reduce((sum, { exploration }) => sum + (exploration?.states ?? 0), 0)
  const judgements = checks.flatMap(check => check.judgements)
  const gone = checks.reduce((sum, check) => sum + check.gone.length, 0)
  const counts = verdicts.flatMap(verdict => {
    const n = judgements.filter(it => it.verdict === verdict).length
    return n === 0 ? [] : [`${verdict} ${n}`]
  })
  const said = [...(gone === 0 ? [] : [`gone ${gone}`]), ...counts].join(', ')
  return `${count(checks.length, 'check')}, ${count(states, 'state')}, ${duration(seconds)}${said === '' ? '' : `: ${said}`}\n`
}
