/**
 * Records that tell what is read of them.
 *
 * A view looks like the record that it stands for: reading a field is reading a field. What is written to it is kept
 * beside it, so that writing a field reads nothing. Its prototype inherits from that of the record; what is inherited
 * goes through `get`, `set` and the other methods that are replaced here.
 *
 * Here: the classes of views, one for each class of records.
 * Not here: what a field of a view reads (sources in cells.ts and shape.ts).
 */
import { Collection, type Record } from 'immutable'
import { type Asked, isAsked, type Kind, type Written } from './columns.js'

type AnyRecord = Record<{ [field: string]: unknown }>
type Fields = { readonly [field: string]: unknown }

/** What a view reads from. */
export interface Source {
  readonly kind: Kind
  /** The value of a field, by its position. */
  read(field: number): unknown
  /** Is a field, by its position, what is asked? */
  isField(field: number, asked: Asked): boolean
  /** The record itself; everything of it counts as read. */
  whole(): AnyRecord
  /** Throws where a view may not become part of something else. */
  assertMayLeave(): void
}

const nothing: Written = new Map()

/** A value of a field: for immutable, undefined means the default. */
const given = (prototype: object, field: string, value: unknown): unknown =>
  value === undefined ? (prototype as { _defaultValues: Fields })._defaultValues[field] : value

export interface View {
  readonly viewSource: Source
  viewWritten: Map<number, unknown> | undefined
  viewIsOpen: boolean
}

/** Makes views of one kind: a constructor, so that all of them are made alike, and quickly. */
type MakeView = new (source: Source, written: Map<number, unknown> | undefined, isOpen: boolean) => View

export const isView = (value: unknown): value is View =>
  typeof value === 'object' && value !== null && 'viewSource' in value

/** What was written to a view. */
export const writtenTo = (view: View): Written => view.viewWritten ?? nothing

const makers = new WeakMap<object, MakeView>()

/** A view on a source, with some fields written. */
export function viewOf(source: Source, written?: Map<number, unknown>, isOpen = false): View {
  const { prototype } = source.kind
  let Views = makers.get(prototype)
  if (Views === undefined) {
    Views = makerOf(viewPrototype(source.kind))
    makers.set(prototype, Views)
  }
  return new Views(source, written, isOpen)
}

function makerOf(prototype: object): MakeView {
  const Views = function (
    this: { -readonly [key in keyof View]: View[key] },
    source: Source,
    written: Map<number, unknown> | undefined,
    isOpen: boolean,
  ) {
    this.viewSource = source
    this.viewWritten = written
    this.viewIsOpen = isOpen
  }
  Views.prototype = prototype
  return Views as unknown as MakeView
}

/** The record that the view stands for, as a record. All of it counts as read. */
export function recordOf(view: View): AnyRecord {
  const { viewSource: source, viewWritten: written } = view
  const record = source.whole()
  if (written === undefined) return record
  return record.withMutations(mutable => {
    for (const [at, value] of written) mutable.set(source.kind.fields[at] as string, value)
  })
}

const readField = (view: View, at: number): unknown => {
  const { viewWritten: written } = view
  return written?.has(at) ? written.get(at) : view.viewSource.read(at)
}

const writeFields = (view: View, fields: Iterable<readonly [string, unknown]>): View => {
  const { viewSource: source, viewWritten: before, viewIsOpen: isOpen } = view
  const written = isOpen && before !== undefined ? before : new Map(before)
  let wrote = false
  for (const [field, value] of fields) {
    const at = source.kind.position.get(field)
    if (at === undefined) continue
    const now = given(source.kind.prototype, field, value)
    if (written.has(at) && written.get(at) === now) continue
    written.set(at, now)
    wrote = true
  }
  if (!wrote) return view
  if (!isOpen) return viewOf(source, written)
  view.viewWritten = written
  return view
}

/** `[key, value]` of an object or collection, as `merge` takes them. */
const entriesOf = (fields: unknown): Iterable<readonly [string, unknown]> =>
  isView(fields)
    ? fields.viewSource.kind.fields.map((field, at) => [field, readField(fields, at)] as const)
    : Collection.Keyed(fields as Iterable<[string, unknown]>).entries()

function viewPrototype(kind: Kind): object {
  const views = Object.create(kind.prototype) as object
  const define = (name: string | symbol, descriptor: PropertyDescriptor) =>
    Object.defineProperty(views, name, { configurable: true, ...descriptor })
  const method = (name: string | symbol, value: (this: View, ...args: never[]) => unknown) =>
    define(name, { value })

  for (const [at, field] of kind.fields.entries()) {
    define(field, {
      get(this: View) {
        return readField(this, at)
      },
      set(this: View, value: unknown) {
        if (!this.viewIsOpen) throw new Error('Cannot set on an immutable record.')
        writeFields(this, [[field, value]])
      },
    })
  }
  const set = function (this: View, field: string, value: unknown) {
    return writeFields(this, [[field, value]])
  }
  const remove = function (this: View, field: string) {
    return writeFields(this, [[field, undefined]])
  }
  const merge = function (this: View, ...all: unknown[]) {
    return writeFields(
      this,
      all.flatMap(fields => [...entriesOf(fields)]),
    )
  }
  method('get', function (field: string, otherwise?: unknown) {
    const at = kind.position.get(field)
    return at === undefined ? otherwise : readField(this, at)
  })
  // No method of records: whoever asks by this, and not by reading the field, asks less.
  if (!kind.position.has('isField'))
    method('isField', function (field: string, asked: Asked) {
      const at = kind.position.get(field)
      const { viewWritten: written } = this
      if (at === undefined) return isAsked(undefined, asked)
      return written?.has(at) ? isAsked(written.get(at), asked) : this.viewSource.isField(at, asked)
    })
  method('set', set)
  method('remove', remove)
  method('delete', remove)
  method('merge', merge)
  method('withMutations', function (change: (open: View) => unknown) {
    if (this.viewIsOpen) {
      change(this)
      return this
    }
    const { viewSource, viewWritten } = this
    const open = viewOf(viewSource, undefined, true)
    if (viewWritten !== undefined) open.viewWritten = new Map(viewWritten)
    const size = viewWritten?.size ?? 0
    change(open)
    open.viewIsOpen = false
    const isSame =
      (open.viewWritten?.size ?? 0) === size &&
      [...(viewWritten ?? [])].every(([at, value]) => open.viewWritten?.get(at) === value)
    return isSame ? this : open
  })
  // From here on, whoever asks has the record itself.
  method('clear', function () {
    return recordOf(this).clear()
  })
  method('asMutable', function () {
    return recordOf(this).asMutable()
  })
  method('wasAltered', () => false)
  define('_values', {
    get(this: View) {
      return (recordOf(this) as unknown as { _values: unknown })._values
    },
  })
  define('toObject', {
    value(this: View) {
      this.viewSource.assertMayLeave()
      return Object.fromEntries(kind.fields.map((field, at) => [field, readField(this, at)]))
    },
  })
  return views
}
