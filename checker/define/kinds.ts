/**
 * What the parts of a definition may be: functions, lists, texts; and what is said of one that is something else.
 *
 * Not here: which part is what (definition.ts).
 */
import { closest } from '../cli/suggest.js'
import { UsageError } from '../errors.js'
import { Cells } from './each.js'

export interface Kind {
  readonly says: string
  /** How such a thing is written. */
  readonly next: string
  is(value: unknown): boolean
}

export type Shape<Name extends string> = Readonly<Record<Name, Kind>>

export const aText: Kind = {
  says: 'a text',
  next: "Write it in quotes: 'a text'.",
  is: value => typeof value === 'string' && value !== '',
}
export const aFunction: Kind = {
  says: 'a function',
  next: 'Write it with an arrow: s => s.n + 1.',
  is: value => typeof value === 'function',
}
export const aList: Kind = {
  says: 'a list',
  next: 'Write it in brackets: [0, 1, 2].',
  is: value => Array.isArray(value),
}
export const keys: Kind = {
  says: 'a list of numbers and strings',
  next: aList.next,
  is: value => Array.isArray(value) && value.every(key => typeof key === 'string' || typeof key === 'number'),
}
export const anObject: Kind = {
  says: 'an object',
  next: 'Write it in braces, each part with its name: { n: 0 }.',
  is: value =>
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Cells),
}
export const anything: Kind = { says: 'anything', next: 'Leave it out.', is: () => true }

export const oneOf = (...kinds: readonly Kind[]): Kind => ({
  says: kinds.map(({ says }) => says).join(' or '),
  next: (kinds[0] as Kind).next,
  is: value => kinds.some(kind => kind.is(value)),
})

export const optional = (kind: Kind): Kind => ({
  ...kind,
  is: value => value === undefined || kind.is(value),
})

/** Throws `UsageError` for a value that is something else. */
export function assertIs(value: unknown, { says, next, is }: Kind, who: string): void {
  if (!is(value)) throw new UsageError(`${who} must be ${says}, but is ${kindOf(value)}.`, next)
}

/** Throws `UsageError` for an object with a name that means nothing, or a part that is missing or something else. */
export function assertShape(value: object, shape: Shape<string>, who: string): void {
  const known = Object.keys(shape)
  const strange = Object.keys(value).find(name => !known.includes(name))
  if (strange !== undefined) {
    const close = closest(strange, known)
    throw new UsageError(
      `${who} has '${strange}', which means nothing.`,
      `Known here: ${known.join(', ')}.`,
      close && `Did you mean '${close}'?`,
    )
  }
  for (const [name, { says, next, is }] of Object.entries(shape)) {
    const part = (value as Readonly<Record<string, unknown>>)[name]
    if (is(part)) continue
    const fault =
      part === undefined
        ? `has no '${name}', which must be ${says}`
        : `has ${kindOf(part)} as '${name}', which must be ${says}`
    throw new UsageError(`${who} ${fault}.`, next)
  }
}

/** For people: what a value is that is not what it must be. */
export function kindOf(value: unknown): string {
  if (typeof value === 'function') return 'a function'
  if (Array.isArray(value)) return 'a list'
  if (value instanceof Promise) return 'a promise'
  if (value instanceof Cells) return 'what each() gives'
  if (typeof value === 'string') return `'${value}'`
  return typeof value === 'object' && value !== null ? 'an object' : String(value)
}
