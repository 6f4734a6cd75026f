/**
 * What a model and an implementation of it answer differently, side by side.
 */
import type { Difference } from '../suite.js'
import type { Style } from './style.js'

/** @param when what has just happened: `after step 5, runExitNotify(child)` */
export function differenceLines(
  when: string,
  implementation: string,
  differences: readonly Difference[],
  style: Style,
  /** What it is held against. */
  model = 'model',
): string[] {
  const rows = [
    { place: when, model: `the ${model} says`, implementation: `the ${implementation} says` },
    ...differences,
  ]
  const [places, models] = [width(rows.map(({ place }) => place)), width(rows.map(it => it.model))]
  const beside = rows.map(
    ({ place, model: said, implementation: it }) => `${place.padEnd(places)}${said.padEnd(models)}${it}`,
  )
  const indent = ' '.repeat(6)
  const lines = beside.every(line => indent.length + line.length <= style.width)
    ? beside
    : rows.flatMap(({ place, model: said, implementation: it }, i) =>
        i === 0 ? [place] : [place, `  the ${model} says ${said}`, `  the ${implementation} says ${it}`],
      )
  return lines.map((line, i) => `${indent}${i === 0 ? style.faint(line.trimEnd()) : line.trimEnd()}`)
}

const gap = 3

const width = (texts: readonly string[]): number => Math.max(...texts.map(text => text.length)) + gap
