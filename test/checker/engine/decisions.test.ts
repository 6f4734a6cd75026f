/**
 * Answers that are kept up to date while what is asked about changes are those that are found anew.
 */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { bitOf } from '../../../checker/engine/bits.js'
import { anything, Decisions, type Questions } from '../../../checker/engine/decisions.js'
import { FieldTable, Identity } from '../../../checker/engine/field.js'
import type { Reading } from '../../../checker/engine/tracker.js'

const cells = 40 // more than there are bits, so that some share one
const values = 5
const count = 70

/** Each question reads cells in an order of its own: which one is next depends on what it has read. */
class Wandering implements Questions<string> {
  readonly count = count
  read: Reading[] = []
  readonly #readings: readonly Reading[]
  asked = 0

  constructor(fields: FieldTable) {
    this.#readings = Array.from({ length: cells }, (_, column) => {
      const field = new Identity(fields)
      field.include(values - 1)
      return { slot: column, field, changes: bitOf(column), cells: bitOf(column), run: 0 }
    })
  }
  ask(question: number, vector: Int32Array): string | undefined {
    this.asked++
    const read = new Set<Reading>()
    const answer = this.#wander(question, vector, read)
    this.read = [...read]
    return answer
  }
  askPlainly(question: number, vector: Int32Array): string | undefined {
    return this.#wander(question, vector, new Set())
  }
  #wander(question: number, vector: Int32Array, read: Set<Reading>): string | undefined {
    let at = question % 7
    let sum = question
    for (let steps = 0; steps < 1 + (question % 4); steps++) {
      const column = at % cells
      read.add(this.#readings[column] as Reading)
      sum += (steps + 1) * (vector[column] as number)
      at = 11 * at + 5 * (vector[column] as number) + question
    }
    return sum % 3 === 0 ? `${question}: ${sum}` : undefined
  }
}

const changes = fc.array(fc.array(fc.tuple(fc.nat(cells - 1), fc.nat(values - 1)), { maxLength: 4 }), {
  minLength: 1,
  maxLength: 60,
})

it('in any order of states, with few changes between them', () => {
  fc.assert(
    fc.property(changes, fc.nat(20), (all, forgetting) => {
      const fields = new FieldTable()
      const questions = new Wandering(fields)
      const decisions = new Decisions(questions, fields)
      const vector = new Int32Array(cells)
      for (const [at, writes] of all.entries()) {
        let changed = 0
        for (const [column, value] of writes) {
          if (vector[column] !== value) changed |= bitOf(column)
          vector[column] = value
        }
        if (at === forgetting) decisions.forget()
        const { answers, has } = decisions.follow(vector, at === 0 ? anything : changed)
        const found = answers.filter(
          (_, question) => ((has[question >>> 5] as number) >>> (question & 31)) & 1,
        )
        const expected = answers.map((_, question) => questions.askPlainly(question, vector))
        expect(found).toEqual(expected.filter(answer => answer !== undefined))
        // Whoever asks about something else in between disturbs nobody.
        const other = vector.map(value => (value + at) % values)
        const asked: string[] = []
        decisions.ask(other, asked)
        const expectedOfOther = answers.map((_, question) => questions.askPlainly(question, other))
        expect(new Set(asked)).toEqual(new Set(expectedOfOther.filter(answer => answer !== undefined)))
      }
    }),
    { numRuns: 100 },
  )
})

it('asks again only where what was read has changed', () => {
  const fields = new FieldTable()
  const questions = new Wandering(fields)
  const decisions = new Decisions(questions, fields)
  const vector = new Int32Array(cells)
  decisions.follow(vector, anything)
  const { asked } = questions
  decisions.follow(vector, 0)
  vector[cells - 1] = 1
  decisions.follow(vector, 0)
  expect(questions.asked).toBe(asked)
})
