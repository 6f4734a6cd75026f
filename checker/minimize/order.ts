/**
 * The order in which a shortest trace is shown: of the same steps, one with few switches between those who act.
 *
 * Any order that can be replayed, and shows the same clause of the same property at its end and not before, is as short.
 * Not here: leaving steps out (steps.ts).
 */
import { isTemporal, type Property } from '../model.js'
import type { Behaviour } from '../report/trace.js'
import { withFewSwitches } from './steps.js'
import { clauseOf, Trial } from './violation.js'

/**
 * A step is moved to an earlier place where that makes switches fewer, again and again; so the order is not always the
 * best there is. What is said of a temporal counterexample names its steps by number: those stay where they are.
 */
export function inFewSwitches<S>(property: Property<S>, behaviour: Behaviour<S>): Behaviour<S> {
  const { model, initial, steps } = behaviour
  if (isTemporal(property) || model.lane === undefined) return behaviour
  const last = steps.at(-1)
  const end = last === undefined ? initial.state : model.restore(model.cells(last.after))
  const trial = new Trial(model, initial, { property, clause: clauseOf(property, last, end) })
  return { ...behaviour, steps: withFewSwitches(trial, { steps }, () => false).steps }
}
