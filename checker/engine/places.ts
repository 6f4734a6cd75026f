/**
 * What was shown of each property, in any order; and by which step first, in the order of one thread.
 */

/** A property was shown so often, first by this step or after it. */
export interface Shown {
  readonly property: number
  readonly count: number
  readonly parent: number
  readonly action: number
}

export class Places {
  readonly #places = new Map<number, { -readonly [key in keyof Shown]: Shown[key] }>()

  add(property: number, count: number, parent: number, action: number): void {
    const place = this.#places.get(property)
    if (place === undefined) {
      this.#places.set(property, { property, count, parent, action })
      return
    }
    place.count += count
    if (parent > place.parent || (parent === place.parent && action >= place.action)) return
    place.parent = parent
    place.action = action
  }

  get all(): readonly Shown[] {
    return [...this.#places.values()]
  }
}
