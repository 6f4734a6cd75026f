/**
 * The graph of what the fast engine has found: its states are expanded once more, from what is remembered.
 */
import { GrowingInts } from '../explore/growing.js'
import type { StateGraph } from '../graph/state-graph.js'
import type { Initial } from '../model.js'
import type { Outcome } from './rule-questions.js'
import type { FastSearch } from './search.js'
import { fingerprint } from './states.js'

export function graphOf<S>(search: FastSearch<S>): StateGraph<S> {
  const { space, stored, rules } = search
  const { model, actions, columns, tracker } = space
  const expanded = search.states - search.frontier
  const rows = new Int32Array(expanded + 1)
  const targets = new GrowingInts()
  const labels = new GrowingInts()
  const before = new Int32Array(tracker.slots.count)
  const after = new Int32Array(columns.length)
  const row = new Int32Array(Math.max(1, columns.length))
  const outcomes: Outcome[] = []
  for (let index = 0; index < expanded; index++) {
    stored.load(index, before)
    rules.ask(before, outcomes)
    outcomes.sort((a, b) => a.action - b.action)
    for (const { action, patches } of outcomes) {
      for (let column = 0; column < after.length; column++) after[column] = before[column] as number
      for (const patch of patches) after[patch.column] = patch.after(before[patch.column] as number)
      stored.layout.pack(after, row)
      const { low, high } = fingerprint(columns, after)
      const to = stored.find(row, low, high)
      if (to < 0)
        throw new Error(`an edge leads from state ${index}, which is expanded, to a state that is not stored`)
      targets.push(to)
      labels.push(action)
    }
    rows[index + 1] = targets.length
  }
  const vector = new Int32Array(tracker.slots.count)
  return {
    model,
    actions,
    size: search.states,
    expanded,
    initial: new Map(
      search.initial.map((position, index) => [index, model.initial[position] as Initial<S>] as const),
    ),
    rows,
    targets: targets.toArray(),
    labels: labels.toArray(),
    stateAt(index) {
      stored.load(index, vector)
      return space.plainState(vector)
    },
  }
}
