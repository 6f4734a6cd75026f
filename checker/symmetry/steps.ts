/**
 * Every step from a state, one after the other, without remembering anything.
 */
import { asBoolean } from '../explore/answers.js'
import type { Model, Step } from '../model.js'

export function* stepsFrom<S>(model: Model<S>, before: S): Generator<Step<S>, undefined> {
  for (const rule of model.rules) {
    for (const choice of rule.choices) {
      if (!asBoolean(rule.guard(before, choice))) continue
      const emitted = rule.effect(before, choice)
      const after = model.restore(model.cells(emitted))
      yield { before, rule, choice, after, events: model.events(emitted) }
    }
  }
}
