/**
 * What pieces of a model answer, taken only if it is what they must answer.
 *
 * TypeScript sees to this where it is asked; a model may as well be written in JavaScript. A promise is true to
 * JavaScript whatever comes of it, and a forgotten `return` is false: neither may become a verdict.
 */
import type { Model } from '../model.js'

/** The answer of a guard, a property or a constraint. Throws `TypeError` for what is neither true nor false. */
export function asBoolean(answer: unknown): boolean {
  if (typeof answer === 'boolean') return answer
  const what =
    answer instanceof Promise ? 'a promise' : answer === undefined ? 'nothing' : `a ${typeof answer}`
  throw new TypeError(`it answered ${what}, and must answer true or false`)
}

/** The cells of a state, `count` of them. Throws `Error` for a state that has more or fewer. */
export function cellsOf<S>(model: Model<S>, state: S, count: number): readonly unknown[] {
  const cells = model.cells(state)
  if (cells.length === count) return cells
  throw new Error(
    `a state has ${cells.length} cells, and another ${count}; every state of a model has the same number`,
  )
}
