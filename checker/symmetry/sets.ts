/**
 * The state that stands for its orbit, where sets of things may be renamed at will: there are n! renamings of n things.
 *
 * What a state says of one thing, whatever the things are called, is compared first: things are put in the order of that.
 * Where it is the same of several, every order of these is tried; but two of them that can be exchanged without any change
 * are as good as one. So most states have one order to try, and the result is as exact as if all n! had been.
 */
import { exchange, factorial, identity, orderOf } from './permutations.js'
import { compare, type Ids, type Renamer, write } from './renaming.js'
import type { Representatives } from './representatives.js'

/** Beyond so many orders to try for one state, a search is better off without. */
const mostOrders = 50_000

/** Things that can be exchanged with each other without any change. */
type Twins = readonly number[]

export class SetRepresentatives implements Representatives {
  readonly #order: number
  readonly #copy: Ids
  readonly #least: Ids
  hasChanged = false
  /** By cell, thing and id: what the value says of the thing. */
  readonly #about: string[][][]

  constructor(
    private readonly renamer: Renamer,
    private readonly sets: readonly (readonly number[])[],
  ) {
    const { owners, things } = renamer.symmetry
    this.#order = orderOf(renamer.symmetry)
    this.#copy = new Int32Array(owners.length)
    this.#least = new Int32Array(owners.length)
    this.#about = owners.map(() => identity(things).map(() => []))
  }

  represent(state: Ids): number {
    const classes = this.sets.map(set => this.#alike(state, set))
    const tried = classes.flat().reduce((product, twins) => product * ordersOf(twins), 1)
    if (tried > mostOrders) throw new TooManyOrders(tried)
    let makers = 0
    for (const order of ordersOfAll(classes)) {
      this.renamer.copy(state, this.renamer.renaming(this.#renamingTo(order)), this.#copy)
      const difference = makers === 0 ? -1 : compare(this.#copy, this.#least, this.#copy.length)
      if (difference === 0) makers++
      if (difference >= 0) continue
      makers = 1
      write(this.#copy, this.#least, this.#copy.length)
    }
    this.hasChanged = compare(this.#least, state, this.#least.length) !== 0
    if (this.hasChanged) write(this.#least, state, this.#least.length)
    // Twins in any order make the same copy.
    const alone = classes.flat(2).reduce((product, twins) => product * factorial(twins.length), makers)
    return this.#order / alone
  }

  /** The things of a set, those first of which less is said; what nobody can tell apart is together, as its twins. */
  #alike(state: Ids, set: readonly number[]): readonly (readonly Twins[])[] {
    const said = new Map<string, number[]>()
    for (const thing of set) {
      const text = this.#saidOf(state, thing)
      const same = said.get(text)
      if (same === undefined) said.set(text, [thing])
      else same.push(thing)
    }
    return [...said].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, things]) => this.#twinsAmong(state, things))
  }

  #twinsAmong(state: Ids, things: readonly number[]): readonly Twins[] {
    const found: number[][] = []
    for (const thing of things) {
      const twins = found.find(([first]) => this.#canBeExchanged(state, first as number, thing))
      if (twins === undefined) found.push([thing])
      else twins.push(thing)
    }
    return found
  }

  #canBeExchanged(state: Ids, a: number, b: number): boolean {
    const { renamer } = this
    return renamer.leavesAlone(state, renamer.renaming(exchange(renamer.symmetry.things, a, b)))
  }

  /** By its own cells, those that are nobody's, and those of the others, whosever they are. */
  #saidOf(state: Ids, thing: number): string {
    const { owners } = this.renamer.symmetry
    return owners
      .map((owner, cell) => {
        const about = this.#aboutThing(cell, thing, state[cell] as number)
        if (owner === undefined) return `${cell} ${about}`
        return `${owner.thing === thing ? 'its' : 'another'} ${owner.family} ${about}`
      })
      .sort()
      .join('\n')
  }

  #aboutThing(cell: number, thing: number, id: number): string {
    const known = this.#about[cell]?.[thing] as string[]
    let text = known[id]
    if (text === undefined) {
      const { symmetry } = this.renamer
      text = symmetry.about?.(this.renamer.valueAt(cell, id), thing, cell) ?? ''
      known[id] = text
    }
    return text
  }

  /** The things in this order get the names of their set in the order of the set. */
  #renamingTo(order: readonly (readonly number[])[]): readonly number[] {
    const to = [...identity(this.renamer.symmetry.things)]
    for (const [at, things] of order.entries())
      for (const [place, thing] of things.entries()) to[thing] = this.sets[at]?.[place] as number
    return to
  }
}

/** A state in which so many things cannot be told apart. */
export class TooManyOrders extends Error {
  override readonly name = 'TooManyOrders'
  constructor(orders: number) {
    super(`there is a state of which ${orders} renamed copies would have to be compared`)
  }
}

/** In how many ways things can be put in order, of which twins are not told apart. */
const ordersOf = (alike: readonly Twins[]): number =>
  alike.reduce(
    (orders, { length }) => orders / factorial(length),
    factorial(alike.reduce((sum, { length }) => sum + length, 0)),
  )

/** For each set, an order of its things. */
function* ordersOfAll(
  sets: readonly (readonly (readonly Twins[])[])[],
): Generator<readonly (readonly number[])[]> {
  const [first, ...rest] = sets
  if (first === undefined) yield []
  else
    for (const order of ordersOfClasses(first))
      for (const others of ordersOfAll(rest)) yield [order, ...others]
}

function* ordersOfClasses(classes: readonly (readonly Twins[])[]): Generator<readonly number[]> {
  const [first, ...rest] = classes
  if (first === undefined) yield []
  else
    for (const order of ordersOfTwins(first))
      for (const others of ordersOfClasses(rest)) yield [...order, ...others]
}

/** Whichever twins come first, the first of them does. */
function* ordersOfTwins(alike: readonly Twins[]): Generator<readonly number[]> {
  if (alike.length === 0) yield []
  for (const [at, twins] of alike.entries()) {
    const [next, ...left] = twins
    if (next === undefined) continue
    const others = left.length === 0 ? alike.toSpliced(at, 1) : alike.with(at, left)
    for (const order of ordersOfTwins(others)) yield [next, ...order]
  }
}
