/**
 * The parts of a level that several threads have expanded, gone through in the order of the states.
 */
import type { Column } from './columns.js'
import type { Layout } from './layout.js'
import type { Part } from './part.js'
import { States } from './states.js'

/** A part, and how far it was gone through. */
export interface MergedPart {
  readonly part: Part
  readonly candidates: States
  /** The next candidate, of the states left the next, and of the candidates that show properties the next. */
  candidate: number
  left: number
  shown: number
}

/** What comes next: a state that was left to this thread, or a candidate of a part. */
export type Next =
  | { readonly isLeft: true; readonly state: number }
  | { readonly isLeft: false; readonly part: MergedPart }

export interface Candidate {
  readonly row: Int32Array
  readonly low: number
  readonly high: number
  readonly parent: number
  readonly action: number
  readonly shown: readonly number[]
}

const none: readonly number[] = []

export class Merging {
  readonly #parts: readonly MergedPart[]
  readonly #ids: Int32Array
  readonly #row: Int32Array

  constructor(parts: readonly Part[], columns: readonly Column[]) {
    this.#ids = new Int32Array(columns.length)
    this.#row = new Int32Array(Math.max(1, columns.length))
    this.#parts = parts.map(part => {
      const candidates = new States(columns)
      candidates.adopt(part.candidates)
      return { part, candidates, candidate: 0, left: 0, shown: 0 }
    })
  }

  /** Of all that is left the one that comes first in the order of the states; undefined at the end. */
  next(): Next | undefined {
    let first: MergedPart | undefined
    let state = Number.POSITIVE_INFINITY
    let isLeft = false
    for (const it of this.#parts) {
      const { part, candidate, left } = it
      if (candidate < part.parents.length && (part.parents[candidate] as number) < state) {
        first = it
        state = part.parents[candidate] as number
        isLeft = false
      }
      if (left < part.left.length && (part.left[left] as number) < state) {
        first = it
        state = part.left[left] as number
        isLeft = true
      }
    }
    if (first === undefined) return undefined
    if (!isLeft) return { isLeft, part: first }
    first.left++
    return { isLeft, state }
  }

  /** The next candidate of a part, written in this layout. */
  take(merged: MergedPart, layout: Layout): Candidate {
    const { part, candidates } = merged
    const at = merged.candidate++
    candidates.load(at, this.#ids)
    layout.pack(this.#ids, this.#row)
    let shown = none
    const next = part.shown[merged.shown]
    if (next?.candidate === at) {
      shown = next.properties
      merged.shown++
    }
    return {
      row: this.#row,
      low: part.lows[at] as number,
      high: part.highs[at] as number,
      parent: part.parents[at] as number,
      action: part.actions[at] as number,
      shown,
    }
  }
}
