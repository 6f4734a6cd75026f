/**
 * The text of a counterexample file, as it is meant to be, or what is wrong with it.
 */
import type { z } from 'zod'
import { UsageError } from '../errors.js'
import { anyItfSchema, documentSchema, type TraceDocument } from './document.js'

/** No trace is nested as deep as this. */
const deepest = 200

const recordAgain = 'Record it again with: pnpm check'

/** Throws `UsageError`, in which `shown` is the path as the user knows it. */
export function parseTrace(text: string, shown: string): TraceDocument {
  const value = jsonOf(text, shown)
  if (isDeeper(value, deepest))
    throw new UsageError(`${shown} is damaged: it is nested more than ${deepest} deep.`, recordAgain)
  const parsed = documentSchema.safeParse(value)
  if (parsed.success) return parsed.data
  throw foreign(value, shown) ?? damaged(parsed.error, shown, isDifference(value))
}

/** By loops that make no list of the parts: this looks at every value of every known counterexample before a search. */
function isDeeper(value: unknown, most: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (most === 0) return true
  if (Array.isArray(value)) {
    for (const part of value) if (isDeeper(part, most - 1)) return true
    return false
  }
  const parts = value as Readonly<Record<string, unknown>>
  for (const name in parts) if (isDeeper(parts[name], most - 1)) return true
  return false
}

function jsonOf(text: string, shown: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (text.trim() === '') throw new UsageError(`${shown} is empty.`, recordAgain)
    throw new UsageError(
      `${shown} is not JSON: ${whereabouts(text, (error as Error).message)}.`,
      recordAgain,
      'The file was cut short or edited by hand.',
    )
  }
}

/** The line in which the parser gave up. It gives up at the end of a text that was cut short. */
function whereabouts(text: string, message: string): string {
  const position = Number(/position (\d+)/.exec(message)?.[1] ?? text.length)
  const line = text.trimEnd().slice(0, position).split('\n').length
  return position >= text.trimEnd().length ? `it ends too early, in line ${line}` : `line ${line} is damaged`
}

/** Something else than a counterexample of ours, if it is that. */
function foreign(value: unknown, shown: string): UsageError | undefined {
  if (!anyItfSchema.safeParse(value).success) {
    return new UsageError(
      `${shown} is JSON, but not a trace in the Informal Trace Format: it has no vars and states.`,
      'Name a counterexample that check has saved, NAME.itf.json.',
    )
  }
  const meta = (value as { '#meta'?: { zombieproof?: unknown } })['#meta']
  if (meta?.zombieproof !== undefined) return undefined
  return new UsageError(
    `${shown} is a trace in the Informal Trace Format, but does not say how to replay it: #meta.zombieproof is missing.`,
    'Name a counterexample that check has saved, NAME.itf.json.',
    'Another tool has written it.',
  )
}

/** Says the document that it is a difference between profiles, whatever else is wrong with it? */
const isDifference = (value: unknown): boolean =>
  (value as { '#meta': { zombieproof: { kind?: unknown } | null } })['#meta'].zombieproof?.kind ===
  'difference'

const damaged = (error: z.ZodError, shown: string, isOfCompare: boolean): UsageError => {
  const [issue] = error.issues
  const place = issue?.path.map(String).join('.') || 'the document'
  const says =
    issue?.code === 'custom' ? `${place} ${issue.message}` : `${place}: ${issue?.message ?? 'invalid'}`
  return new UsageError(
    `${shown} is damaged: ${says}.`,
    isOfCompare ? 'Record it again with: pnpm compare' : recordAgain,
    'The file was edited by hand, or by another version.',
  )
}
