/**
 * What a piece of the model reads of a state: which fields of which cells.
 *
 * The state is handed over with its records wrapped, and each access is noted. A cell that is another object counts as
 * read when anything of it is asked for. A primitive cannot be watched: it always counts as read.
 * For explanations only; the fast engine has its own, which is made for speed (engine/tracker.ts).
 */
import { isRecord } from 'immutable'
import type { Model } from '../model.js'
import { type Place, placeKey } from './places.js'

/** The places that `run` reads of the state that it is given, in the order of the first time. */
export function readsOf<S>(model: Model<S>, state: S, run: (state: S) => void): readonly Place[] {
  const read = new Map<string, Place>()
  const note = (place: Place): void => {
    if (!read.has(placeKey(place))) read.set(placeKey(place), place)
  }
  const watched = model.cells(state).map((cell, at) => watchedCell(cell, at, note))
  run(model.restore(watched))
  return [...read.values()]
}

type Note = (place: Place) => void

function watchedCell(cell: unknown, at: number, note: Note): unknown {
  if (typeof cell !== 'object' || cell === null) {
    note({ cell: at, field: undefined })
    return cell
  }
  return isRecord(cell) ? watchedRecord(cell, at, note) : watchedObject(cell, at, note)
}

const watchedObject = (cell: object, at: number, note: Note): object =>
  new Proxy(cell, {
    get(target, key) {
      note({ cell: at, field: undefined })
      return bound(target, key)
    },
  })

function watchedRecord(record: object, at: number, note: Note): object {
  const fields = new Set(Object.keys((record as { toObject(): object }).toObject()))
  const watch = (field: unknown): void => {
    if (typeof field === 'string' && fields.has(field)) note({ cell: at, field })
  }
  return new Proxy(record, {
    get(target, key) {
      watch(key)
      const value = bound(target, key)
      if (key !== 'get' || typeof value !== 'function') return value
      return (field: unknown, ...rest: readonly unknown[]): unknown => {
        watch(field)
        return (value as (...given: readonly unknown[]) => unknown)(field, ...rest)
      }
    },
  })
}

/** Methods run on the object itself: what they use of its inside is no reading of a field. */
function bound(target: object, key: string | symbol): unknown {
  const value: unknown = Reflect.get(target, key, target)
  return typeof value === 'function' ? (value as (...given: unknown[]) => unknown).bind(target) : value
}
