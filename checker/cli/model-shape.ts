/**
 * What a module exports as a model, held against what a model is: TypeScript does not see every module.
 *
 * Here: what is said of a rule or property that cannot be one, and of names for people that throw.
 * Not here: what a model does (explore/model-error.ts).
 */
import { messageOf, UsageError } from '../errors.js'
import type { Model, Property } from '../model.js'

type Loose = Readonly<Record<string, unknown>>

/** Of these functions, a property of that kind has one at least. */
const asked: Readonly<Record<Property<unknown>['kind'], readonly string[]>> = {
  invariant: ['holds'],
  step: ['holds'],
  cover: ['reached', 'reachedBy'],
  possibility: ['can'],
  liveness: ['fairness'],
}

/** Throws `UsageError` for the first thing in the model that a search could not work with. */
export function assertModel(
  model: Model<unknown> & { readonly properties?: readonly Property<unknown>[] },
  shown: string,
): void {
  const refuse = (what: string) => {
    throw new UsageError(
      `${shown}: ${what} in the model '${model.name}'.`,
      'Correct the module, and try again.',
    )
  }
  for (const [at, rule] of (model.rules as readonly unknown[]).entries()) {
    const { name, guard, effect, choices } = asLoose(rule)
    if (typeof name !== 'string') refuse(`rule ${at + 1} has no name`)
    if (typeof guard !== 'function') refuse(`the rule '${name}' has no guard`)
    if (typeof effect !== 'function') refuse(`the rule '${name}' has no effect`)
    if (!Array.isArray(choices)) refuse(`the rule '${name}' has no list of choices`)
  }
  for (const [at, initial] of (model.initial as readonly unknown[]).entries())
    if (typeof asLoose(initial).name !== 'string') refuse(`initial state ${at + 1} has no name`)
  for (const name of ['events', 'cellNames', 'label'])
    if (typeof asLoose(model)[name] !== 'function') refuse(`there is no function '${name}'`)
  for (const [at, property] of ((model.properties ?? []) as readonly unknown[]).entries()) {
    const it = asLoose(property)
    if (typeof it.name !== 'string') refuse(`property ${at + 1} has no name`)
    const kinds = Object.keys(asked)
    if (!kinds.includes(it.kind as string))
      refuse(
        `the property '${it.name}' is of no known kind (${kinds.join(', ')}), but ${JSON.stringify(it.kind)},`,
      )
    const tests = asked[it.kind as keyof typeof asked]
    if (!tests.some(test => typeof it[test] === 'function'))
      refuse(`the property '${it.name}' has no function '${tests.join("' or '")}'`)
  }
}

const asLoose = (value: unknown): Loose => (typeof value === 'object' && value !== null ? value : {}) as Loose

const forPeople = [
  'cellNames',
  'label',
  'describeEvent',
  'describeField',
  'describeReason',
  'lane',
] as const satisfies readonly (keyof Model<unknown>)[]

/** The same model, whose names for people throw `UsageError` if they throw. */
export function speaking<M extends Model<S>, S>(model: M, shown: string): M {
  const own: Record<string, unknown> = {}
  for (const part of forPeople) {
    const say = model[part] as ((...given: unknown[]) => unknown) | undefined
    if (say === undefined) continue
    own[part] = (...given: unknown[]) => {
      try {
        return say.apply(model, given)
      } catch (error) {
        throw new UsageError(
          `${shown}: ${part} of the model '${model.name}' threw: ${messageOf(error)}`,
          'It is asked for the names that people read, of every state and step there is.',
        )
      }
    }
  }
  // Whatever class the model is of, the rest is inherited.
  return Object.assign(Object.create(model) as M, own)
}
