/**
 * How a state is written into words of 32 bits: which bits of which word hold the id of which cell.
 *
 * A cell has as many bits as the ids of its column need, and never lies across two words. When a column outgrows its
 * bits, a new layout is made for the states from then on; the old states keep theirs (states.ts).
 */
import { bitOf } from './bits.js'

export class Layout {
  readonly words: number
  readonly word: Int32Array
  readonly shift: Int32Array
  readonly mask: Int32Array
  /** The largest id that fits, by column. */
  readonly largest: Int32Array
  /** By word and bit, 32 to a word: the column whose bit it is. */
  readonly columnAt: Int32Array

  /** @param sizes how many ids each column has */
  constructor(readonly sizes: readonly number[]) {
    const bits = sizes.map(size => Math.min(31, 32 - Math.clz32(Math.max(0, size - 1))))
    this.word = new Int32Array(sizes.length)
    this.shift = new Int32Array(sizes.length)
    this.mask = Int32Array.from(bits, n => 2 ** n - 1)
    this.largest = this.mask
    // The widest first, each into the first word with room.
    const used: number[] = [0]
    for (const column of [...bits.keys()].sort((a, b) => (bits[b] as number) - (bits[a] as number))) {
      const need = bits[column] as number
      let at = used.findIndex(n => n + need <= 32)
      if (at < 0) at = used.push(0) - 1
      this.word[column] = at
      this.shift[column] = used[at] as number
      used[at] = (used[at] as number) + need
    }
    this.words = used.length
    this.columnAt = new Int32Array(32 * this.words)
    for (const [column, need] of bits.entries()) {
      const at = 32 * (this.word[column] as number) + (this.shift[column] as number)
      this.columnAt.fill(column, at, at + need)
    }
  }

  /** The layout for rows in which a column may have this id, too. */
  withIdOf(column: number, id: number): Layout {
    return new Layout(Array.from(this.largest, (largest, at) => (at === column ? id : largest) + 1))
  }

  /** Writes the ids of a state into `row`, from `offset` on. */
  pack(ids: Int32Array, row: Int32Array, offset = 0): void {
    row.fill(0, offset, offset + this.words)
    for (let column = 0; column < this.word.length; column++) {
      const at = offset + (this.word[column] as number)
      row[at] = (row[at] as number) | ((ids[column] as number) << (this.shift[column] as number))
    }
  }

  /**
   * Reads the ids that are not those of the row that was read before.
   *
   * @param before that row, which is made like this one
   * @returns the bits of the cells that were read
   */
  unpackDifferences(rows: Int32Array, offset: number, before: Int32Array, ids: Int32Array): number {
    const { columnAt, shift, mask, words } = this
    let bits = 0
    for (let w = 0; w < words; w++) {
      const now = rows[offset + w] as number
      let differing = now ^ (before[w] as number)
      if (differing === 0) continue
      before[w] = now
      while (differing !== 0) {
        const column = columnAt[32 * w + 31 - Math.clz32(differing)] as number
        const by = shift[column] as number
        const its = mask[column] as number
        differing &= ~(its << by)
        ids[column] = (now >>> by) & its
        bits |= bitOf(column)
      }
    }
    return bits
  }

  /** Reads the ids of the state that is written from `offset` on. */
  unpack(rows: Int32Array, offset: number, ids: Int32Array): void {
    const { word, shift, mask } = this
    for (let column = 0; column < word.length; column++) {
      ids[column] =
        ((rows[offset + (word[column] as number)] as number) >>> (shift[column] as number)) &
        (mask[column] as number)
    }
  }
}
