/**
 * Answers that are kept up to date while what is asked about changes are those that are found anew.
 */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { bitOf } from '../../../checker/engine/bits.js'
import { NewCell } from '../../../checker/engine/columns.js'
import { anything, Decisions, type Questions, type Standing } from '../../../checker/engine/decisions.js'
import { Field, FieldTable, Identity } from '../../../checker/engine/field.js'
import type { Reading } from '../../../checker/engine/tracker.js'

const cells = 40 // more than there are bits, so that some share one
const values = 5
const count = 70

interface Found {
  readonly answer: string | undefined
  /** Bits of cells. Which steps sleep follows from these, and hardly anything shows that one is missing. */
  readonly reads: number | undefined
}

const listed = ({ answers, has, reads }: Standing<string>): readonly Found[] =>
  answers
    .map((answer, question) => ({ answer, reads: reads[question] }))
    .filter((_, question) => ((has[question >>> 5] as number) >>> (question & 31)) & 1)

/** Each question reads cells in an order of its own: which one is next depends on what it has read. */
class Wandering implements Questions<string> {
  readonly count = count
  read: Reading[] = []
  readonly #readings: readonly Reading[]
  asked = 0
  /** So many questions are answered before one throws. */
  left = Number.POSITIVE_INFINITY

  constructor(fields: FieldTable) {
    this.#readings = Array.from({ length: cells }, (_, column) => {
      const field = new Identity(fields)
      field.include(values - 1)
      return { slot: column, field, changes: bitOf(column), cells: bitOf(column), run: 0 }
    })
  }
  ask(question: number, vector: Int32Array): string | undefined {
    this.asked++
    if (this.left-- === 0) throw new NewCell()
    const read = new Set<Reading>()
    const answer = this.#wander(question, vector, read)
    this.read = [...read]
    return answer
  }
  askPlainly(question: number, vector: Int32Array): string | undefined {
    return this.#wander(question, vector, new Set())
  }
  /** Every answer, with the bits of the cells that are read for it. */
  answersTo(vector: Int32Array): readonly Found[] {
    return Array.from({ length: count }, (_, question) => {
      const read = new Set<Reading>()
      const answer = this.#wander(question, vector, read)
      return { answer, reads: [...read].reduce((bits, reading) => bits | reading.cells, 0) }
    }).filter(({ answer }) => answer !== undefined)
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
        const standing = decisions.follow(vector, at === 0 ? anything : changed)
        expect(listed(standing)).toEqual(questions.answersTo(vector))
        // Whoever asks about something else in between disturbs nobody.
        const other = vector.map(value => (value + at) % values)
        const asked: string[] = []
        decisions.ask(other, asked)
        expect(new Set(asked)).toEqual(new Set(questions.answersTo(other).map(({ answer }) => answer)))
      }
    }),
    { numRuns: 100 },
  )
})

it('also where a question has thrown in the middle, and all are asked again', () => {
  fc.assert(
    fc.property(changes, fc.nat(60), (all, left) => {
      const fields = new FieldTable()
      const questions = new Wandering(fields)
      const decisions = new Decisions(questions, fields)
      const vector = new Int32Array(cells)
      for (const writes of all) {
        for (const [column, value] of writes) vector[column] = value
        const changed = writes.reduce((bits, [column]) => bits | bitOf(column), 0)
        questions.left = left
        try {
          decisions.follow(vector, changed)
        } catch (error) {
          if (!(error instanceof NewCell)) throw error
        }
        questions.left = Number.POSITIVE_INFINITY
        expect(listed(decisions.follow(vector, changed))).toEqual(questions.answersTo(vector))
      }
    }),
    { numRuns: 100 },
  )
})

it('also where what is learnt on the way moves the tables, and is followed at once', () => {
  const fields = new FieldTable()
  const [first, last] = [new Field(fields), new Field(fields)]
  const learn = (field: Field, values: number) => {
    for (let value = 0; value < values; value++) field.learn(value, value, value)
  }
  learn(first, 2)
  learn(last, 4)
  const reading = (slot: number, field: Field): Reading => {
    const bit = bitOf(slot)
    return { slot, field, changes: bit, cells: bit, run: 0 }
  }
  const [near, far] = [reading(0, first), reading(99, last)]
  // Only where the first cell is 1, the last one is looked at, and has more and more values.
  const questions = {
    count: 1,
    read: [] as readonly Reading[],
    ask(_question: number, vector: Int32Array) {
      this.read = vector[0] === 1 ? [near, far] : [near]
      if (vector[0] !== 1) return undefined
      learn(last, 400)
      return vector[99]
    },
    askPlainly: () => undefined,
  }
  const decisions = new Decisions<number>(questions, fields)
  const vector = new Int32Array(100)
  decisions.follow(vector, anything)
  vector[0] = 1
  for (const value of [3, 0, 1, 2]) {
    vector[99] = value
    const { answers, has } = decisions.follow(vector, near.changes | far.changes)
    expect({ answer: answers[0], has: has[0] }).toEqual({ answer: value, has: 1 })
  }
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
