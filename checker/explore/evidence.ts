/**
 * What was seen of each property while a search ran, and the verdict when it ends.
 */
import type { LocalProperty } from '../model.js'
import type { Trace, Verdict } from './result.js'

/** The action of a state by which something is found; of an initial state, its position, and `beforeAll` instead of a state. */
export interface Place {
  readonly parent: number
  readonly action: number
}

/** Instead of a state: no action has led there. */
export const beforeAll = -1

/** Of an invariant or step property, violations; of a cover, where it is reached. */
interface Seen<S> {
  readonly property: LocalProperty<S>
  count: number
  trace?: Trace<S>
  /** Where the trace ends, for whoever does not come upon everything in its order. */
  place?: Place
}

export class Evidence<S> {
  readonly #seen: readonly Seen<S>[]

  constructor(properties: readonly LocalProperty<S>[]) {
    this.#seen = properties.map(property => ({ property, count: 0 }))
  }

  /**
   * States and steps come in the order of their distance, so that the first trace kept is a shortest one.
   *
   * @param times how many states or steps show it; the trace leads to the first of them
   */
  add(property: number, trace: () => Trace<S>, times = 1): void {
    const seen = this.#seenOf(property)
    seen.count += times
    seen.trace ??= trace()
  }

  /**
   * The same in any order: the trace kept is the one that ends first.
   *
   * @param place of which the action is asked only if it matters
   */
  addAt(property: number, place: Place, trace: () => Trace<S>, times = 1): void {
    const seen = this.#seenOf(property)
    seen.count += times
    if (seen.place !== undefined && !isBefore(place, seen.place)) return
    seen.place = place
    seen.trace = trace()
  }

  #seenOf(property: number): Seen<S> {
    const seen = this.#seen[property]
    if (seen === undefined) throw new RangeError(`no property ${property}`)
    return seen
  }

  /** @param complete was every reachable state and step judged? */
  verdicts(complete: boolean): readonly Verdict<S>[] {
    return this.#seen.map(({ property, count, trace }) => {
      const isCover = property.kind === 'cover'
      if (trace !== undefined) return { verdict: isCover ? 'reached' : 'violated', property, trace, count }
      if (!complete) return { verdict: 'stopped', property }
      return { verdict: isCover ? 'not reached' : 'holds', property }
    })
  }
}

const isBefore = (a: Place, b: Place): boolean =>
  a.parent < b.parent || (a.parent === b.parent && a.action < b.action)
