/**
 * The vector of cells that a model is handed to restore a state from, and that tells what is read of it.
 *
 * To take an element reads nothing if it is a record: it is a view. Any other value is read as a whole when it is taken.
 * `isAt` reads nothing but whether an element is a certain value, `ofAll` which or how many of several are. `with` gives a vector with another element, and reads nothing.
 */
import type { AskOfAll, OfAll } from '../define/each.js'
import { areEqual } from '../encode/equal.js'
import type { Asked, Kind, RecordTest } from './columns.js'
import { type Overlay, overlayOf, unwritten } from './overlay.js'
import type { Reading, Tracker } from './tracker.js'
import { type Source, type View, viewOf } from './view.js'

/** A view would have become part of a value, where nobody could tell any more what is read of it. */
export class ViewInValue extends Error {
  override readonly name = 'ViewInValue'
}

type AnyRecord = ReturnType<Source['whole']>

/** A record in a slot. */
export class CellSource implements Source {
  readonly #readings: (Reading | undefined)[]
  constructor(
    private readonly tracker: Tracker,
    readonly slot: number,
    readonly kind: Kind,
  ) {
    this.#readings = tracker.fieldsOf(slot, kind)
  }
  read(field: number): unknown {
    return this.tracker.readField(this.slot, this.kind, field, this.#readings)
  }
  isField(field: number, asked: Asked): boolean {
    return this.tracker.readTest(this.slot, this.kind, field, asked)
  }
  passes(test: RecordTest): boolean {
    return this.tracker.readRecordTest(this.slot, this.kind, test)
  }
  whole(): AnyRecord {
    return this.tracker.readWhole(this.slot) as AnyRecord
  }
  assertMayLeave(): void {
    if (this.tracker.isEncoding) throw new ViewInValue('a view of a cell is part of a value')
  }
}

/** How the elements of a vector of cells are come by. */
export interface Elements {
  readonly count: number
  at(column: number): unknown
  /** Is the element this value? */
  isAt(column: number, value: unknown): boolean
  /** What is to be told of these elements, of which some are this value. Undefined: that has to be asked one by one. */
  ofAll: AskOfAll
}

/** Those of one state, each made when it is first taken: the same view every time, as a record is the same. */
export class StateElements implements Elements {
  readonly #taken: unknown[]
  constructor(
    private readonly tracker: Tracker,
    private readonly slotOf: (column: number) => number,
  ) {
    this.#taken = new Array<unknown>(tracker.columns.length)
  }
  get count(): number {
    return this.tracker.columns.length
  }
  at(column: number): unknown {
    const taken = this.#taken[column]
    if (taken !== undefined) return taken
    const made = this.#make(column)
    this.#taken[column] = made
    return made
  }
  isAt(column: number, value: unknown): boolean {
    const { tracker } = this
    const slot = this.slotOf(column)
    const isPrimitive = typeof value !== 'object' || value === null
    if (!isPrimitive || tracker.readKind(slot) !== undefined) return areEqual(tracker.readWhole(slot), value)
    return tracker.readComparison(slot, value)
  }
  readonly ofAll: AskOfAll = (what, first, count, value) =>
    this.slotOf(first) === first ? this.tracker.readOfAll(what, first, count, value) : undefined
  #make(column: number): unknown {
    const slot = this.slotOf(column)
    const kind = this.tracker.readKind(slot)
    if (kind === undefined) return this.tracker.readWhole(slot)
    return viewOf(new CellSource(this.tracker, slot, kind))
  }
}

/** After a step: an element that the step has not changed is the very one from before. */
export class AfterElements implements Elements {
  readonly #own: StateElements
  constructor(
    private readonly tracker: Tracker,
    private readonly before: Elements,
  ) {
    this.#own = new StateElements(tracker, tracker.slots.after)
  }
  get count(): number {
    return this.before.count
  }
  at(column: number): unknown {
    return this.#of(column).at(column)
  }
  isAt(column: number, value: unknown): boolean {
    return this.#of(column).isAt(column, value)
  }
  readonly ofAll = () => undefined
  #of(column: number): Elements {
    return this.tracker.readDiffers(column) ? this.#own : this.before
  }
}

/** What a model is handed: an array to look at, but read element by element. */
export interface TrackedCells extends ReadonlyArray<unknown> {
  readonly trackedElements: Elements
  /** The elements that were replaced. */
  readonly trackedWritten: Overlay
}

export const isTrackedCells = (value: unknown): value is TrackedCells =>
  typeof value === 'object' && value !== null && 'trackedElements' in value

export function trackedCells(elements: Elements, written?: Overlay): TrackedCells {
  const Cells = makerFor(elements.count)
  return new Cells(elements, written)
}

const elementOf = ({ trackedElements, trackedWritten }: TrackedCells, at: number): unknown => {
  if (trackedWritten === undefined) return trackedElements.at(at)
  const value = trackedWritten[at]
  return value === unwritten ? trackedElements.at(at) : value
}

/** Makes the cells of a state: a constructor, so that all of them are made alike, and quickly. */
type MakeCells = new (elements: Elements, written: Overlay) => TrackedCells

const makers = new Map<number, MakeCells>()

function makerFor(count: number): MakeCells {
  const known = makers.get(count)
  if (known !== undefined) return known
  const Cells = function (
    this: { -readonly [key in 'trackedElements' | 'trackedWritten']: TrackedCells[key] },
    elements: Elements,
    written: Overlay,
  ) {
    this.trackedElements = elements
    this.trackedWritten = written
  }
  Cells.prototype = prototypeFor(count)
  const maker = Cells as unknown as MakeCells
  makers.set(count, maker)
  return maker
}

function prototypeFor(count: number): object {
  const prototype = Object.create(Array.prototype) as object
  for (let at = 0; at < count; at++) {
    Object.defineProperty(prototype, at, {
      get(this: TrackedCells) {
        return elementOf(this, at)
      },
    })
  }
  Object.defineProperties(prototype, {
    length: { value: count },
    [Symbol.isConcatSpreadable]: { value: true },
    at: {
      value(this: TrackedCells, index: number) {
        const at = index < 0 ? index + count : index
        return at >= 0 && at < count ? elementOf(this, at) : undefined
      },
    },
    // No methods of arrays: whoever asks by these, and not by reading, asks less (define/layout.ts).
    isAt: {
      value(this: TrackedCells, at: number, value: unknown) {
        const { trackedElements, trackedWritten } = this
        const own = trackedWritten === undefined ? unwritten : trackedWritten[at]
        return own === unwritten ? trackedElements.isAt(at, value) : areEqual(own, value)
      },
    },
    ofAll: {
      value(this: TrackedCells, what: keyof OfAll, first: number, size: number, value: unknown) {
        const { trackedElements, trackedWritten } = this
        return trackedWritten === undefined ? trackedElements.ofAll(what, first, size, value) : undefined
      },
    },
    with: {
      value(this: TrackedCells, index: number, value: unknown) {
        const at = index < 0 ? index + count : index
        if (!(at >= 0 && at < count)) throw new RangeError(`Invalid index : ${index}`)
        const written = overlayOf(this.trackedWritten, count)
        written[at] = value
        return trackedCells(this.trackedElements, written)
      },
    },
  })
  return prototype
}

/** Where a view of a cell stands: its slot, if it is one of this run. */
export const slotOfView = (view: View): number | undefined =>
  view.viewSource instanceof CellSource ? view.viewSource.slot : undefined
