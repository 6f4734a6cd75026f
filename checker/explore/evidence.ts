/**
 * What was seen of each property while a search ran, and the verdict when it ends.
 */
import type { LocalProperty } from '../model.js'
import type { Trace, Verdict } from './result.js'

/** Of an invariant or step property, violations; of a cover, where it is reached. */
interface Seen<S> {
  readonly property: LocalProperty<S>
  count: number
  trace?: Trace<S>
}

export class Evidence<S> {
  readonly #seen: readonly Seen<S>[]

  constructor(properties: readonly LocalProperty<S>[]) {
    this.#seen = properties.map(property => ({ property, count: 0 }))
  }

  /** States and steps come in the order of their distance, so that the first trace kept is a shortest one. */
  add(property: number, trace: () => Trace<S>): void {
    const seen = this.#seen[property]
    if (seen === undefined) throw new RangeError(`no property ${property}`)
    seen.count++
    seen.trace ??= trace()
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
