/**
 * From which state each state was first reached.
 *
 * States are expanded in the order in which they are stored, so that parents never decrease: what is kept of each is
 * how much it is more than the one before, in one byte, with a full parent now and then and wherever a byte is too small.
 */
const blockBits = 16
const block = 2 ** blockBits
const stretchBits = 8
const stretch = 2 ** stretchBits
const tooLarge = 255

export class Parents {
  readonly #steps: Uint8Array[] = []
  /** The parent of the first state of each stretch. */
  readonly #firsts: Int32Array[] = []
  readonly #jumps = new Map<number, number>()
  #count = 0
  #last = 0

  /** Parents never decrease; an initial state counts as its own parent only by convention of the caller. */
  push(parent: number): void {
    const at = this.#count++
    const inBlock = at & (block - 1)
    if (inBlock === 0) {
      this.#steps.push(new Uint8Array(block))
      this.#firsts.push(new Int32Array(block / stretch))
    }
    const step = parent - this.#last
    this.#last = parent
    const of = at >>> blockBits
    if ((inBlock & (stretch - 1)) === 0) {
      ;(this.#firsts[of] as Int32Array)[inBlock >>> stretchBits] = parent
    } else if (step < tooLarge) {
      ;(this.#steps[of] as Uint8Array)[inBlock] = step
    } else {
      ;(this.#steps[of] as Uint8Array)[inBlock] = tooLarge
      this.#jumps.set(at, step)
    }
  }

  at(index: number): number {
    if (index < 0 || index >= this.#count) throw new RangeError(`no state ${index} of ${this.#count}`)
    const of = index >>> blockBits
    const inBlock = index & (block - 1)
    const steps = this.#steps[of] as Uint8Array
    let parent = (this.#firsts[of] as Int32Array)[inBlock >>> stretchBits] as number
    const from = inBlock & ~(stretch - 1)
    for (let at = from + 1; at <= inBlock; at++) {
      const step = steps[at] as number
      parent += step === tooLarge ? (this.#jumps.get(index - inBlock + at) as number) : step
    }
    return parent
  }

  get bytes(): number {
    return this.#steps.length * (block + (4 * block) / stretch) + 48 * this.#jumps.size
  }
}
