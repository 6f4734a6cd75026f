/**
 * What an author has written, held against what a model is made of.
 *
 * TypeScript does not see every module, and a name that is misspelt would make a rule without a guard, or an invariant that
 * nobody asks: everything would hold.
 * Not here: what only shows when the parts are put together (model.ts, layout.ts).
 */
import { UsageError } from '../errors.js'
import type { Cover, Invariant, StepProperty } from '../model.js'
import {
  aFunction,
  aList,
  anObject,
  anything,
  assertIs,
  assertShape,
  aText,
  keys,
  oneOf,
  optional,
  type Shape,
} from './kinds.js'
import type { Fields } from './layout.js'
import type { ModelDefinition, RuleDefinition } from './model.js'
import type { TemporalDefinition } from './temporal.js'

const aTest = oneOf(aFunction, anObject)
const fair = oneOf(aList, aFunction)
const optionalText = optional(aText)
const optionalFunction = optional(aFunction)

const ofModel: Shape<keyof ModelDefinition<Fields, unknown>> = {
  name: aText,
  says: optionalText,
  state: anObject,
  initial: optional(aList),
  rules: anObject,
  invariants: optional(anObject),
  steps: optional(anObject),
  covers: optional(anObject),
  temporal: optional(anObject),
  isEnd: optionalFunction,
  constraint: optionalFunction,
  symmetric: optional(aList),
}

const ofRule: Shape<keyof RuleDefinition<Fields, unknown>> = {
  choices: optional(aList),
  guard: optionalFunction,
  effect: aFunction,
  source: optionalText,
  kind: optional({
    says: "'external' or 'internal'",
    next: 'Leave it out for a step of the system itself.',
    is: value => value === 'external' || value === 'internal',
  }),
  touches: optionalFunction,
}

/** A property that is there already may be given another name here. */
const ofProperty = { kind: anything, name: anything, says: optionalText }

const ofStep: Shape<keyof StepProperty<unknown>> = {
  ...ofProperty,
  holds: aFunction,
  each: optional(anObject),
  explain: optionalFunction,
  clause: optionalFunction,
  cover: optionalText,
}

const ofInvariant: Shape<keyof Invariant<unknown>> = { ...ofStep, reads: optional(aList) }

const ofCover: Shape<keyof Cover<unknown>> = {
  ...ofProperty,
  reached: optionalFunction,
  reachedBy: optionalFunction,
  some: optional(anObject),
  someBy: optional(anObject),
}

const ofTemporal: Shape<keyof TemporalDefinition<Fields, unknown>> = {
  says: optionalText,
  each: optional(aList),
  when: optionalFunction,
  can: optionalFunction,
  leadsTo: optionalFunction,
  eventually: optionalFunction,
  alwaysEventually: optionalFunction,
  eventuallyAlways: optionalFunction,
  weak: optional(fair),
  strong: optional(fair),
  fairnessSays: optionalText,
  assuming: optional(aList),
  describe: optionalFunction,
}

/** Throws `UsageError` for the first thing that is missing, is of another kind, or has a name that means nothing. */
export function assertDefinition(definition: unknown): void {
  assertIs(definition, anObject, 'What is given to model()')
  const named = definition as Readonly<Record<string, unknown>>
  const model = aText.is(named.name) ? `the model '${named.name}'` : 'a model'
  assertShape(named, ofModel, capital(model))
  const parts = [
    ['rules', 'rule', anObject, ofRule],
    ['invariants', 'invariant', aTest, ofInvariant],
    ['steps', 'property of steps', aTest, ofStep],
    ['covers', 'cover', aTest, ofCover],
    ['temporal', 'temporal property', anObject, ofTemporal],
  ] as const
  for (const [key, one, kind, shape] of parts)
    for (const [name, value] of Object.entries(named[key] ?? {})) {
      const who = `The ${one} '${name}' of ${model}`
      assertIs(value, kind, who)
      if (typeof value !== 'function') assertShape(value, shape, who)
      if (shape === ofCover && typeof value !== 'function' && !value.reached && !value.reachedBy)
        throw new UsageError(`${who} asks nothing.`, "Give it 'reached' or 'reachedBy', a function.")
    }
  for (const [at, changes] of ((named.initial ?? []) as readonly unknown[]).entries())
    assertIs(changes, anObject, `Initial state ${at + 1} of ${model}`)
  for (const [at, set] of ((named.symmetric ?? []) as readonly unknown[]).entries()) {
    const who = `List ${at + 1} of 'symmetric' of ${model}`
    if (!Array.isArray(set) && anObject.is(set)) assertShape(set as object, { of: keys, in: keys }, who)
    else assertIs(set, keys, who)
  }
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
