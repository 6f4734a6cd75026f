/**
 * Every value met in a state, once: equal values are one object, and stand for one small integer, their id.
 *
 * Not here: which values stand in which cell (columns.ts).
 */
import { canonical } from '../encode/canonical.js'

export class Values {
  readonly #idOfCode = new Map<string, number>()
  /** Of those that are found without their code. */
  readonly #idOfPrimitive = new Map<unknown, number>()
  readonly #values: unknown[] = []

  /** Throws `EncodeError` for what no state can hold. */
  idOf(value: unknown): number {
    if (typeof value === 'object' && value !== null) return this.#idOfCoded(value)
    const known = this.#idOfPrimitive.get(value)
    if (known !== undefined) return known
    const id = this.#idOfCoded(value)
    this.#idOfPrimitive.set(value, id)
    return id
  }

  #idOfCoded(value: unknown): number {
    const code = canonical(value)
    const known = this.#idOfCode.get(code)
    if (known !== undefined) return known
    const id = this.#values.push(value) - 1
    this.#idOfCode.set(code, id)
    return id
  }

  at(id: number): unknown {
    return this.#values[id]
  }
}
