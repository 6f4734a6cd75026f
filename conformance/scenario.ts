/**
 * Scenarios: what some actors do, one system call each at a time, and what has been seen of it.
 *
 * Here: the shape of a scenario file (one JSON object a line, as in scenarios/), and reading it.
 * Not here: what the words in `do` mean (call.ts).
 */
import { readFile } from 'node:fs/promises'
import * as z from 'zod'
import { UsageError } from '../checker/errors.js'

const stepSchema = z.object({ actor: z.string(), do: z.string() })

const eventSchema = z.object({
  /** The number of the step after which it was seen. */
  after: z.number().int(),
  actor: z.string(),
  /** The call that has returned, or `signal handler`. */
  call: z.string(),
  /** What it returned, in the words of the puppet; `no return yet` while it is blocked. */
  result: z.string(),
})

const stateSchema = z.object({
  after: z.number().int(),
  actor: z.string(),
  state: z.enum(['live', 'T', 't', 'Z', 'gone']),
})

const recordedSchema = z.object({
  kernel: z.string(),
  events: z.array(eventSchema),
  states: z.array(stateSchema),
})

const scenarioSchema = z.object({
  id: z.string().min(1),
  source: z.string().optional(),
  /** How it starts, before anything is looked at. */
  pre: z.array(stepSchema),
  steps: z.array(stepSchema),
  /** What the source of the scenario says must be seen; `A || B` is either. */
  expect: z.array(eventSchema).optional(),
  /** What kernels were seen to do; null for one that cannot play it. */
  linux_observed: recordedSchema.nullish(),
  gvisor_observed: z.union([recordedSchema, z.looseObject({ events: z.undefined().or(z.null()) })]).nullish(),
})

export type ScenarioStep = z.infer<typeof stepSchema>
export type Event = z.infer<typeof eventSchema>
export type SeenState = z.infer<typeof stateSchema>
export type ActorState = SeenState['state']
export type Recorded = z.infer<typeof recordedSchema>
export type Scenario = z.infer<typeof scenarioSchema>

/** The start that every hand-written scenario has: INIT (pid 1, session leader) has the child P. */
export const standardStart: readonly ScenarioStep[] = [
  { actor: 'INIT', do: 'setsid()' },
  { actor: 'INIT', do: 'fork P' },
]

/** Named by what is done, so that the same sequence has the same name whenever it comes. */
export const nameOf = (steps: readonly ScenarioStep[]): string =>
  steps.map(step => `${step.actor} ${step.do}`).join('; ')

/** What a kernel was seen to do before, if the scenario has it. */
export function recordedOf(
  { linux_observed, gvisor_observed }: Scenario,
  target: 'linux' | 'gvisor',
): Recorded | undefined {
  const recorded = target === 'linux' ? linux_observed : gvisor_observed
  return recorded && Array.isArray(recorded.events) ? (recorded as Recorded) : undefined
}

/** Throws `UsageError` for a file that does not exist or does not hold scenarios. */
export async function readScenarios(path: string, shown = path): Promise<readonly Scenario[]> {
  const lines = (await textOf(path, shown)).split('\n')
  const scenarios = lines.flatMap((line, i) =>
    line.trim() === '' ? [] : [parseScenario(line, `${shown}, line ${i + 1}`)],
  )
  if (scenarios.length === 0) throw new UsageError(`${shown} holds no scenario.`)
  return scenarios
}

async function textOf(path: string, shown: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') throw new UsageError(`There is no file ${shown}.`)
    throw new UsageError(`${shown} cannot be read: ${message}.`)
  }
}

export function parseScenario(line: string, where: string): Scenario {
  const parsed = scenarioSchema.safeParse(jsonOf(line, where))
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new UsageError(
    `${where}: no scenario: ${issue?.path.map(String).join('.') || 'the line'}: ${issue?.message ?? 'invalid'}.`,
    'A scenario is one JSON object on one line, with id, pre and steps: see conformance/PROTOCOL.md.',
  )
}

function jsonOf(line: string, where: string): unknown {
  try {
    return JSON.parse(line)
  } catch (error) {
    throw new UsageError(
      `${where}: not JSON: ${(error as Error).message}.`,
      'A scenario file has one JSON object on each line.',
    )
  }
}
