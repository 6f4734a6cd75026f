/**
 * Tests that are put to every state of a search when it has ended: what a test has said is remembered by what it read.
 */
import { ImpureAt } from '../explore/model-error.js'
import type { Marks, Test } from '../graph/state-graph.js'
import { StateElements } from './cells.js'
import { anything, Decisions, type Questions } from './decisions.js'
import type { Layout } from './layout.js'
import type { Space } from './space.js'
import type { States } from './states.js'
import type { Reading } from './tracker.js'

/** Which tests are true of a state. */
class TestQuestions<S> implements Questions<number> {
  constructor(
    private readonly space: Space<S>,
    private readonly tests: readonly Test<S>[],
  ) {}

  get count(): number {
    return this.tests.length
  }

  get read(): readonly Reading[] {
    return this.space.tracker.read
  }

  ask(test: number, vector: Int32Array): number | undefined {
    const { tracker, shape } = this.space
    tracker.begin(vector)
    return this.#passed(test, shape.stateOf(new StateElements(tracker, tracker.slots.before)))
  }

  askPlainly(test: number, vector: Int32Array): number | undefined {
    return this.#passed(test, this.space.plainState(vector))
  }

  #passed(test: number, state: S): number | undefined {
    return this.tests[test]?.(state) ? test : undefined
  }
}

/**
 * For each test, the states that it is true of.
 *
 * @param isCompared is it a state of which everything that is remembered is compared?
 */
export function marksOf<S>(
  space: Space<S>,
  states: States,
  tests: readonly Test<S>[],
  isCompared: (index: number) => boolean,
): readonly Marks[] {
  const decisions = new Decisions(new TestQuestions(space, tests), space.fields)
  const marks = tests.map(() => new Uint8Array(states.count))
  const vector = new Int32Array(space.tracker.slots.count)
  let row: Int32Array = new Int32Array(0)
  let last: Layout | undefined
  for (const { rows, layout, from, to } of states.parts()) {
    for (let index = from, at = 0; index < to; index++, at += layout.words) {
      const isAnew = layout !== last
      if (isAnew) {
        last = layout
        row = rows.slice(at, at + layout.words)
        layout.unpack(row, 0, vector)
      }
      const changed = isAnew ? anything : layout.unpackDifferences(rows, at, row, vector)
      const { has } = decisions.follow(vector, changed)
      for (let word = 0; word < has.length; word++) {
        for (let left = has[word] as number; left !== 0; left &= left - 1)
          (marks[32 * word + 31 - Math.clz32(left & -left)] as Marks)[index] = 1
      }
    }
  }
  for (let index = 0; index < states.count; index++) {
    if (!isCompared(index)) continue
    states.load(index, vector)
    compare(space.plainState(vector), tests, marks, index)
  }
  return marks
}

/** Throws if a test says something else of the state than is marked. */
function compare<S>(state: S, tests: readonly Test<S>[], marks: readonly Marks[], index: number): void {
  for (const [at, test] of tests.entries())
    if (test(state) !== (marks[at]?.[index] === 1)) throw new ImpureAt(index)
}
