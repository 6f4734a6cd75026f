/**
 * A list of small integers, four bytes each, that grows as needed.
 */
export class GrowingInts {
  #items = new Int32Array(1024)
  #length = 0

  push(item: number): void {
    if (this.#length === this.#items.length) {
      const larger = new Int32Array(2 * this.#length)
      larger.set(this.#items)
      this.#items = larger
    }
    this.#items[this.#length++] = item
  }

  get length(): number {
    return this.#length
  }

  /** A copy of what is in it. */
  toArray(): Int32Array {
    return this.#items.slice(0, this.#length)
  }

  at(index: number): number {
    if (index < 0 || index >= this.#length) throw new RangeError(`no item ${index} of ${this.#length}`)
    return this.#items[index] as number
  }
}
