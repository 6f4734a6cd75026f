/**
 * What the page of a known counterexample has to show of its file.
 */
import type { TraceDocument } from '../checker/itf/document.js'

/** The section with the steps, as Markdown. */
export function traceSection({ '#meta': meta, loop }: TraceDocument): string {
  const { topology, actions } = meta.zombieproof
  const steps = actions.map(({ label }, i) => `${i + 1}. \`${label}\``)
  return [
    '## Trace',
    `From the topology \`${topology}\`:`,
    steps.join('\n'),
    ...forever(loop, actions.length),
  ].join('\n\n')
}

function forever(loop: number | undefined, steps: number): readonly string[] {
  if (loop === undefined) return []
  return [
    loop === steps ? 'From then on nothing has to happen.' : `Steps ${loop + 1} to ${steps} repeat for ever.`,
  ]
}
