/**
 * The edges that a thread has taken in a round, for the graph of all states, in memory that the first thread can read.
 *
 * While a round is gone through nobody knows the index of a state that is fresh (fresh.ts), so an edge leads to a number of the
 * round. When all is stored the first thread hands the edges on, in the order of the states and with indices.
 */
import type { GraphRecorder } from '../graph/record.js'
import { sharedInts, withRoom } from './ints.js'
import { blockSize } from './messages.js'

/** What one thread has taken. */
export interface TakenEdges {
  /** The blocks of states that it has expanded, in that order. */
  readonly blocks: readonly number[]
  /** By state that it has expanded: where its edges end. */
  readonly ends: Int32Array
  /** By edge: the state it leads to, as fresh.ts numbers it, or `outside`; and the position of its action. */
  readonly targets: Int32Array
  readonly labels: Int32Array
}

const firstEdges = 1024

export class EdgeLog {
  #blocks: number[] = []
  #ends = sharedInts(firstEdges)
  #states = 0
  #targets = sharedInts(firstEdges)
  #labels = sharedInts(firstEdges)
  #edges = 0

  /** What was taken in the last round is of no use any more. */
  begin(): void {
    this.#blocks = []
    this.#states = 0
    this.#edges = 0
  }

  beginBlock(block: number): void {
    this.#blocks.push(block)
  }

  edge(target: number, action: number): void {
    const at = this.#edges++
    if (at === this.#targets.length) {
      this.#targets = withRoom(this.#targets, at + 1)
      this.#labels = withRoom(this.#labels, at + 1)
    }
    this.#targets[at] = target
    this.#labels[at] = action
  }

  /** The state that is expanded has no more edges. */
  endRow(): void {
    const at = this.#states++
    this.#ends = withRoom(this.#ends, at + 1)
    this.#ends[at] = this.#edges
  }

  get taken(): TakenEdges {
    return {
      blocks: this.#blocks,
      ends: this.#ends.subarray(0, this.#states),
      targets: this.#targets.subarray(0, this.#edges),
      labels: this.#labels.subarray(0, this.#edges),
    }
  }
}

/**
 * Records what all threads have taken.
 *
 * @param base the index of the first state that was fresh
 * @param indices of the fresh states, by slot
 */
export function record<S>(
  recorder: GraphRecorder<S>,
  taken: readonly TakenEdges[],
  base: number,
  indices: Int32Array,
): void {
  const byBlock: { readonly edges: TakenEdges; readonly from: number }[] = []
  for (const edges of taken)
    for (const [nth, block] of edges.blocks.entries()) byBlock[block] = { edges, from: nth * blockSize }
  for (const { edges, from } of byBlock) {
    const { ends, targets, labels } = edges
    // Only the last block of a level may be smaller, and whoever has taken it has taken no other after it.
    const to = Math.min(from + blockSize, ends.length)
    let at = from === 0 ? 0 : (ends[from - 1] as number)
    for (let row = from; row < to; row++) {
      for (const end = ends[row] as number; at < end; at++) {
        const target = targets[at] as number
        recorder.edge(target < base ? target : (indices[target - base] as number), labels[at] as number)
      }
      recorder.endRow()
    }
  }
}
