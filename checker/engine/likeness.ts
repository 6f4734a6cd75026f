/**
 * What a model is like, in one line: for two threads to see that they have built the same.
 *
 * A module that makes another model each time it is loaded, from a clock or a random number, is found out by it.
 */
import { createHash } from 'node:crypto'
import { canonical } from '../encode/canonical.js'
import { cellsOf } from '../explore/answers.js'
import { actionsOf } from '../explore/traces.js'
import type { Model, Property } from '../model.js'

/** The actions, the properties and the initial states, and what the model has beside them. */
export function likenessOf<S>(model: Model<S>, properties: readonly Property<S>[]): string {
  const hash = createHash('sha256')
  const add = (part: unknown) => hash.update(`${JSON.stringify(part)}\n`)
  for (const { rule, choice } of actionsOf(model)) add([rule.name, choice])
  for (const { kind, name } of properties) add([kind, name])
  const count = model.initial[0] && model.cells(model.initial[0].state).length
  for (const { name, state } of model.initial) add([name, cellsOf(model, state, count ?? 0).map(canonical)])
  add([model.constraint !== undefined, model.isEnd !== undefined])
  return hash.digest('hex')
}

/** Why a thread goes no further whose model is another one. */
export const otherModel =
  'it makes another model of the same module: one that reads a clock or a random number?'
