/**
 * One trace of a model: can what is seen of it be seen of another model as well?
 */
import { Unfolding } from '../engine/unfolding.js'
import type { Trace } from '../explore/result.js'
import type { Model } from '../model.js'
import { Beliefs } from './beliefs.js'
import { Labels, numbersOfEdge, Observed, type Observer, silent } from './observed.js'

/** Where the other cannot follow. */
export interface Unfollowed {
  /** Steps of the trace that were taken by then. */
  readonly steps: number
  readonly seen: string
  readonly instead: readonly string[]
}

/** Undefined: all of it can be seen of the other too. Throws `RangeError` for what is no trace of the model. */
export function unfollowed<S>(
  model: Model<S>,
  { initial, actions }: Trace<S>,
  other: Model<S>,
  observer: Observer<S>,
): Unfollowed | undefined {
  const labels = new Labels()
  const unfolding = new Unfolding(model)
  const observed = new Observed(unfolding, initial, observer, labels)
  const twin = other.initial.find(({ name }) => name === initial.name)
  if (twin === undefined) throw new RangeError(`the other model does not start from ${initial.name}`)
  const others = new Observed(new Unfolding(other), twin, observer, labels)
  const beliefs = new Beliefs(others)
  let belief = beliefs.from(others.start)
  let node = observed.start
  /** Is this seen of the other? Then that is what is believed from here on. */
  const sees = (label: number): boolean => {
    const after = label === silent ? belief : beliefs.after(belief, label)
    if (after !== undefined) belief = after
    return after !== undefined
  }
  const departed = (steps: number, label: number): Unfollowed => ({
    steps,
    seen: labels.textOf(label),
    instead: [...beliefs.next(belief).keys()].map(it => labels.textOf(it)),
  })
  for (let steps = 0; ; steps++) {
    const rest = observed.restOf(node)
    if (rest !== undefined && !sees(rest)) return departed(steps, rest)
    const action = actions[steps]
    if (action === undefined) return undefined
    const written = JSON.stringify(action.choice)
    const position = unfolding.actions.findIndex(
      ({ rule, choice }) => rule.name === action.rule.name && JSON.stringify(choice) === written,
    )
    for (let at: number | undefined = edgeOf(observed.edgesOf(node), position); at !== undefined; ) {
      const edges = observed.edgesOf(node)
      if (!sees(edges[at] as number)) return departed(steps + 1, edges[at] as number)
      node = edges[at + 1] as number
      // What else the step shows.
      at = observed.isState(node) ? undefined : 0
    }
  }
}

function edgeOf(edges: Int32Array, action: number): number {
  for (let at = 0; at < edges.length; at += numbersOfEdge) if (edges[at + 2] === action) return at
  throw new RangeError('a step of the trace cannot be taken')
}
