/**
 * What the puppet writes: one JSON line for each thing that was seen. PROTOCOL.md describes them.
 *
 * Here: lines in, kernels and runs out; for a log that was brought from another machine as well.
 */
import * as z from 'zod'
import { UsageError } from '../checker/errors.js'
import type { ActorState, Event } from './scenario.js'

const kernelSchema = z.object({
  puppet: z.literal(1),
  kernel: z.string(),
  release: z.string(),
  version: z.string(),
  machine: z.string(),
  /** How it knows that the kernel has come to rest. */
  settling: z.enum(['by /proc', 'by time']),
  /** `yes`, or the error of opening /proc/self/stat: without it no state is seen. */
  proc: z.string().default('yes'),
  /** `as root`, `as user` (a user namespace), or the error of CLONE_NEWPID. */
  namespaces: z.string(),
  /** `yes`, or the error of an attach to a sibling. */
  ptrace: z.string(),
})

const startSchema = z.object({ scenario: z.string(), refused: z.string().optional() })
const after = z.number().int()
const eventSchema = z.object({ after, actor: z.string(), call: z.string(), result: z.string() })
const skippedSchema = z.object({ after, actor: z.string(), call: z.string(), skipped: z.string() })
const stateWord = z.enum(['live', 'T', 't', 'Z', 'gone', '?'])
const statesSchema = z.object({ after, states: z.record(z.string(), stateWord) })
const unsettledSchema = z.object({ after, unsettled: z.string() })
const endSchema = z.object({ end: z.string(), left: z.string(), microseconds: z.number() })
const lineSchema = z.union([
  kernelSchema,
  startSchema,
  eventSchema,
  skippedSchema,
  statesSchema,
  unsettledSchema,
  endSchema,
])

export type Kernel = z.infer<typeof kernelSchema>
export type States = Readonly<Record<string, ActorState | '?'>>

/** What was seen of one scenario, once. Steps before the first have negative numbers. */
export type Run = {
  readonly id: string
  /** The error with which the kernel refused to start it at all. */
  readonly refused?: string | undefined
  readonly events: readonly Event[]
  /** The states of all actors, by step. */
  readonly states: ReadonlyMap<number, States>
  /** Steps that could not be taken, and why: the actor was dead, or still in a call. */
  readonly skipped: readonly { readonly after: number; readonly actor: string; readonly call: string }[]
  /** Steps after which the kernel did not come to rest. */
  readonly unsettled: readonly number[]
  readonly microseconds: number
}

type Growing = Omit<Run, 'events' | 'states' | 'skipped' | 'unsettled' | 'microseconds'> & {
  readonly events: Event[]
  readonly states: Map<number, States>
  readonly skipped: { after: number; actor: string; call: string }[]
  readonly unsettled: number[]
}

/** Puts lines together. */
export class LogReader {
  private run: Growing | undefined

  constructor(private readonly where: string) {}

  /** What has been read of a run that is not complete. */
  get unfinished(): Run | undefined {
    return this.run === undefined ? undefined : { ...this.run, microseconds: 0 }
  }

  /** A kernel that introduces itself, a run that is complete, or nothing yet. Throws `UsageError` for another line. */
  line(text: string): { readonly kernel: Kernel } | { readonly run: Run } | undefined {
    const line = this.parsed(text)
    if ('puppet' in line) return { kernel: line }
    if ('scenario' in line) {
      this.run = {
        id: line.scenario,
        refused: line.refused,
        events: [],
        states: new Map(),
        skipped: [],
        unsettled: [],
      }
      return undefined
    }
    const { run } = this
    if (run === undefined) throw this.damaged('a line outside of any scenario')
    if ('end' in line) {
      this.run = undefined
      return { run: { ...run, microseconds: line.microseconds } }
    }
    if ('result' in line) run.events.push(line)
    else if ('states' in line) run.states.set(line.after, line.states)
    else if ('skipped' in line) run.skipped.push(line)
    else run.unsettled.push(line.after)
    return undefined
  }

  private parsed(text: string): z.infer<typeof lineSchema> {
    const value = (() => {
      try {
        return JSON.parse(text) as unknown
      } catch {
        throw this.damaged(`not JSON: ${text.slice(0, 60)}`)
      }
    })()
    const parsed = lineSchema.safeParse(value)
    if (!parsed.success) throw this.damaged(`not a line of the puppet: ${text.slice(0, 60)}`)
    return parsed.data
  }

  private damaged(what: string): UsageError {
    return new UsageError(
      `${this.where}: ${what}.`,
      'Bring the whole standard output of the puppet, as it was written: see conformance/PROTOCOL.md.',
    )
  }
}

/** Do two runs of a scenario show the same? Order counts only from step to step. */
export function sameRun(a: Run, b: Run): boolean {
  return canonical(a) === canonical(b)
}

const canonical = ({ refused, events, states, skipped, unsettled }: Run): string =>
  JSON.stringify([
    refused,
    events.map(({ after, actor, call, result }) => [after, actor, call, result].join('\0')).sort(),
    [...states].map(([step, seen]) => [step, Object.entries(seen).sort()]),
    skipped,
    unsettled,
  ])
