/**
 * Errors as text: what is wrong, what is likely, what to do next.
 */
import type { UsageError } from '../errors.js'
import type { Style } from './style.js'
import { harmless, wrapped } from './text.js'
import { type Behaviour, fromLines, traceLines } from './trace.js'

export const usageErrorText = ({ what, likely, next }: UsageError, style: Style): string =>
  block([style.bad(`error: ${harmless(what)}`), likely && harmless(likely), next && harmless(next)], style)

/** A piece of the model that threw, or is not pure, with the way to where it did if that is known. */
export const modelErrorText = <S>(
  message: string,
  isImpure: boolean,
  behaviour: Behaviour<S> | undefined,
  style: Style,
): string => {
  const never = isImpure ? 'change their minds' : 'throw'
  const defect = `This is a defect of the model: guards, effects and properties never ${never}.`
  const what = block([style.bad(`error: ${harmless(message)}`), defect], style)
  if (behaviour === undefined) return what
  const isStart = behaviour.steps.length === 0
  const way = isStart ? fromLines(behaviour, style) : traceLines(behaviour, 'trace to it', style)
  return `${what}\n${way.join('\n')}\n`
}

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
