/**
 * Errors as text: what is wrong, what is likely, what to do next.
 */
import type { UsageError } from '../errors.js'
import type { Style } from './style.js'
import { harmless, wrapped } from './text.js'
import { type Behaviour, traceLines } from './trace.js'

export const usageErrorText = ({ what, likely, next }: UsageError, style: Style): string =>
  block([style.bad(`error: ${harmless(what)}`), likely && harmless(likely), next && harmless(next)], style)

/** A rule or property that threw, with the way to it where it is known. */
export const modelErrorText = <S>(
  message: string,
  behaviour: Behaviour<S> | undefined,
  style: Style,
): string =>
  block([style.bad(`error: ${harmless(message)}`), defect], style) +
  (behaviour === undefined ? '' : `\n${traceLines(behaviour, 'trace to it', style).join('\n')}\n`)

const defect = 'This is a defect of the model: guards, effects and properties never throw.'

/** One sentence a line, as far as it fits. */
const block = (parts: readonly (string | undefined)[], style: Style): string =>
  parts
    .filter(part => part !== undefined && part !== '')
    .flatMap((part, i) =>
      (part as string).split('\n').flatMap(line => hanging(line, i === 0 ? '' : '  ', style)),
    )
    .map(line => `${line}\n`)
    .join('')

const hanging = (line: string, indent: string, style: Style): string[] => {
  const own = indent + (line.match(/^ */)?.[0] ?? '')
  return wrapped(line.trimStart(), style.width - own.length).map(part => own + part)
}
