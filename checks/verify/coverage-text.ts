/**
 * Line coverage as text: how much was run, the lines that never were, and why, as far as that is known.
 */
import type { Style } from '../../checker/report/style.js'
import { count, labelled } from '../../checker/report/text.js'
import type { FileCoverage, LineCoverage } from './coverage-lines.js'

const sum = (files: readonly FileCoverage[], of: (it: FileCoverage) => number): number =>
  files.reduce((n, it) => n + of(it), 0)

/** How much of the core was run: `2 087 lines of 2 266 lines of the core were run: 92.1 %`. */
export function coverageText({ files }: LineCoverage): string {
  const [lines, run] = [sum(files, it => it.lines), sum(files, it => it.run)]
  const percent = lines === 0 ? 0 : Math.floor((1000 * run) / lines) / 10
  return `${count(run, 'line')} of ${count(lines, 'line')} of the core were run: ${percent} %`
}

/** Has a line run that is known never to run? */
export const isContradicted = ({ files }: LineCoverage): boolean =>
  files.some(({ contradicted }) => contradicted.length > 0)

const unexplained = ({ never, reasons }: FileCoverage): readonly number[] =>
  never.filter(line => !reasons.some(({ lines }) => lines.includes(line)))

export function coverageLines(coverage: LineCoverage, { width }: Style): string[] {
  const { files } = coverage
  const open = sum(files, it => unexplained(it).length)
  const known = sum(files, ({ reasons }) => reasons.reduce((n, { lines }) => n + lines.length, 0))
  const all = new Set(files.flatMap(({ reasons }) => reasons.map(({ reason }) => reason)))
  return [
    ...labelled('coverage', coverageText(coverage), width),
    ...labelled('', `not run: ${count(known, 'line')} with a reason, ${open} without`, width),
    ...[...all].flatMap(reason => [
      ...labelled('reason', reason, width),
      ...files.flatMap(({ file, reasons }) =>
        reasons
          .filter(it => it.reason === reason)
          .flatMap(({ lines }) => labelled('', `  ${file}: ${ranges(lines)}`, width)),
      ),
    ]),
    ...files.flatMap(it => [
      ...linesOf('not run', it.file, unexplained(it), width),
      ...linesOf('in part', it.file, it.partly, width),
      ...linesOf('runs', it.file, it.contradicted, width, ', which never-run.ts says are never run'),
      ...it.lost.flatMap(from =>
        labelled('lost', `${it.file}: the reason for what begins with ${from}`, width),
      ),
    ]),
  ]
}

const linesOf = (
  label: string,
  file: string,
  lines: readonly number[],
  width: number,
  more = '',
): string[] => (lines.length === 0 ? [] : labelled(label, `${file}: ${ranges(lines)}${more}`, width))

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
