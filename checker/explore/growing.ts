/**
 * A list of small integers, four bytes each, that grows as needed: by pieces, so that what is in it is never copied to make room.
 */
const pieceBits = 14
const pieceLength = 2 ** pieceBits

export class GrowingInts {
  #pieces: Int32Array[] = []
  #last = new Int32Array(0)
  #length = 0

  push(item: number): void {
    const at = this.#length & (pieceLength - 1)
    if (at === 0) {
      this.#last = new Int32Array(pieceLength)
      this.#pieces.push(this.#last)
    }
    this.#last[at] = item
    this.#length++
  }

  get length(): number {
    return this.#length
  }

  /**
   * Hands over what is in it as one array, and is empty then: nothing is kept twice for longer than that takes.
   *
   * @param isShared can other threads read the array?
   */
  take(isShared = false): Int32Array {
    const length = this.#length
    const all = isShared
      ? new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT * length))
      : new Int32Array(length)
    const pieces = this.#pieces
    this.#pieces = []
    this.#length = 0
    for (let piece = pieces.pop(); piece !== undefined; piece = pieces.pop()) {
      const from = pieces.length * pieceLength
      all.set(piece.subarray(0, Math.min(pieceLength, all.length - from)), from)
    }
    return all
  }

  at(index: number): number {
    if (index < 0 || index >= this.#length) throw new RangeError(`no item ${index} of ${this.#length}`)
    return (this.#pieces[index >>> pieceBits] as Int32Array)[index & (pieceLength - 1)] as number
  }
}
