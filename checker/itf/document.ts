/**
 * The shape of a counterexample file: an ITF document with what a replay needs in its `#meta`.
 *
 * Files written by other hands are checked against this before anything in them is believed.
 */
import * as z from 'zod'

const text = z.string().min(1)
const names = z.array(text)

export const actionSchema = z.object({
  rule: text,
  /** Plain JSON data, as the rule lists it. */
  choice: z.unknown(),
  /** For people; the rule and the choice count. */
  label: z.string(),
})

export const originSchema = z.object({
  version: z.literal(1),
  check: text,
  profile: text,
  /** As they were chosen: these features, of these initial configurations (without it, those of the check). */
  features: names,
  topologies: names.optional(),
  tasks: z.int().positive().optional(),
  mutant: text.optional(),
  /** The initial configuration that the trace starts from. */
  topology: text,
  property: text,
  kind: z.enum(['invariant', 'step', 'cover', 'possibility', 'liveness', 'difference']),
  /** Of a difference between two profiles: the one of which the trace cannot be seen. */
  other: text.optional(),
  says: z.string(),
  steps: z.int().nonnegative(),
  actions: z.array(actionSchema),
  /** Other checks in which the same property is violated by the same cause. */
  alsoIn: names,
})

const stateSchema = z.looseObject({
  '#meta': z.looseObject({ index: z.int().nonnegative() }),
})

export const documentSchema = z
  .object({
    '#meta': z.looseObject({
      format: z.literal('ITF'),
      'format-description': z.string(),
      description: z.string(),
      zombieproof: originSchema,
    }),
    vars: names,
    states: z.array(stateSchema).min(1),
    /** Of a lasso: the state that the last one repeats, and from which all goes on as it did. */
    loop: z.int().nonnegative().optional(),
  })
  .superRefine(({ '#meta': meta, vars, states, loop }, context) => {
    const { steps, actions } = meta.zombieproof
    const wrong = (path: (string | number)[], message: string) =>
      context.addIssue({ code: 'custom', path, message })
    const where = ['#meta', 'zombieproof']
    if (actions.length !== steps)
      wrong([...where, 'actions'], `has ${actions.length} actions for ${steps} steps`)
    if (loop !== undefined && loop > steps) wrong(['loop'], `is ${loop}, which is after the last state`)
    if (states.length !== steps + 1) wrong(['states'], `has ${states.length} states for ${steps} steps`)
    for (const [i, state] of states.entries()) {
      const missing = vars.find(name => !(name in state))
      if (missing !== undefined) wrong(['states', i], `has no value for '${missing}'`)
      if (state['#meta'].index !== i) wrong(['states', i, '#meta', 'index'], `is not ${i}`)
    }
  })

export type TraceAction = z.infer<typeof actionSchema>
export type TraceOrigin = z.infer<typeof originSchema>
export type TraceDocument = z.infer<typeof documentSchema>

/** What every ITF document has, whoever wrote it. */
export const anyItfSchema = z.looseObject({ vars: z.array(z.string()), states: z.array(z.looseObject({})) })
