/**
 * Deadlocks, judged as a property like any other: so they are known, saved and replayed like any other.
 */

import { enabled } from '../explore/replay.js'
import type { Exploration, Verdict } from '../explore/result.js'
import type { Invariant, Model, Property } from '../model.js'
import type { CheckDefinition } from '../suite.js'

export const noDeadlockNamed = {
  kind: 'invariant',
  name: 'no deadlock',
  says: 'Where nothing more can happen, that is a legitimate end.',
} as const

/** The properties of a check, and that it has no deadlock, unless the check says of that name something else. */
export function propertiesOf<S>(check: CheckDefinition<S>, model: Model<S>): readonly Property<S>[] {
  return check.properties.some(({ name }) => name === noDeadlockNamed.name)
    ? check.properties
    : [...check.properties, noDeadlock(model)]
}

/** Their names need no model. */
export const propertyNamesOf = <S>({ properties }: CheckDefinition<S>): readonly string[] => [
  ...new Set([...properties.map(({ name }) => name), noDeadlockNamed.name]),
]

function noDeadlock<S>(model: Model<S>): Invariant<S> {
  return {
    ...noDeadlockNamed,
    holds: state => model.isEnd?.(state) === true || enabled(model, state).length > 0,
    explain: () => 'nothing more can happen, and this is no end',
  }
}

/** Is this our own? The search counts deadlocks anyway, and need not be asked for it. */
export const isNoDeadlock = <S>({ name, says: sentence }: Property<S>): boolean =>
  name === noDeadlockNamed.name && sentence === noDeadlockNamed.says

/** What the search has found of deadlocks, as a verdict. */
export function deadlockVerdict<S>(property: Property<S>, exploration: Exploration<S>): Verdict<S> {
  const { deadlock, deadlocks, complete } = exploration
  if (deadlock !== undefined) return { verdict: 'violated', property, trace: deadlock, count: deadlocks }
  return { verdict: complete ? 'holds' : 'stopped', property }
}
