/**
 * Line coverage as text: how much was run, and the lines that never were.
 */
import type { Style } from '../../checker/report/style.js'
import { count, labelled } from '../../checker/report/text.js'
import type { LineCoverage } from './coverage-lines.js'

export function coverageLines({ files }: LineCoverage, { width }: Style): string[] {
  const [lines, run] = [files.reduce((n, it) => n + it.lines, 0), files.reduce((n, it) => n + it.run, 0)]
  const percent = lines === 0 ? 0 : Math.floor((1000 * run) / lines) / 10
  return [
    ...labelled(
      'coverage',
      `${count(run, 'line')} of ${count(lines, 'line')} of the core were run: ${percent} %`,
      width,
    ),
    ...files.flatMap(({ file, never, partly }) => [
      ...(never.length === 0 ? [] : labelled('not run', `${file}: ${ranges(never)}`, width)),
      ...(partly.length === 0 ? [] : labelled('in part', `${file}: ${ranges(partly)}`, width)),
    ]),
  ]
}

/** `3, 7-9`. */
export function ranges(numbers: readonly number[]): string {
  const parts: [number, number][] = []
  for (const n of numbers) {
    const last = parts.at(-1)
    if (last !== undefined && n === last[1] + 1) last[1] = n
    else parts.push([n, n])
  }
  return parts.map(([from, to]) => (from === to ? String(from) : `${from}-${to}`)).join(', ')
}
