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
import { type Asked, isAsked, type Kind, type RecordTest } from './columns.js'
import { isWrittenAlike, type Overlay, overlayOf, unwritten } from './overlay.js'

type AnyRecord = Record<{ [field: string]: unknown }>
type Fields = { readonly [field: string]: unknown }

/** What a view reads from. */
export interface Source {
  readonly kind: Kind
  /** The value of a field, by its position. */
  read(field: number): unknown
  /** Is a field, by its position, what is asked? */
  isField(field: number, asked: Asked): boolean
  /** Does the record pass a test? Undefined: that has to be found out by reading. */
  passes(test: RecordTest): boolean | undefined
  /** The record itself; everything of it counts as read. */
  whole(): AnyRecord
  /** Throws where a view may not become part of something else. */
  assertMayLeave(): void
}

/** A value of a field: for immutable, undefined means the default. */
const given = (prototype: object, field: string, value: unknown): unknown =>
  value === undefined ? (prototype as { _defaultValues: Fields })._defaultValues[field] : value

export interface View {
  readonly viewSource: Source
  /** By field. */
  readonly viewWritten: Overlay
  /** The same while the view is open to mutation. */
  viewOpen: unknown[] | undefined
}

/** Makes views of one kind: a constructor, so that all of them are made alike, and quickly. */
type MakeView = new (source: Source, written: Overlay, open: unknown[] | undefined) => View

export const isView = (value: unknown): value is View =>
  typeof value === 'object' && value !== null && 'viewSource' in value

/** The fields that were written to a view. */
export const fieldsWrittenTo = ({ viewSource: { kind }, viewWritten }: View): readonly string[] =>
  kind.fields.filter((_, at) => viewWritten !== undefined && viewWritten[at] !== unwritten)

const makers = new WeakMap<object, MakeView>()

/** A view on a source, with some fields written. */
export function viewOf(source: Source, written?: Overlay, open?: unknown[]): View {
  const { prototype } = source.kind
  let Views = makers.get(prototype)
  if (Views === undefined) {
    Views = makerOf(viewPrototype(source.kind))
    makers.set(prototype, Views)
  }
  return new Views(source, written, open)
}

function makerOf(prototype: object): MakeView {
  const Views = function (
    this: { -readonly [key in keyof View]: View[key] },
    source: Source,
    written: Overlay,
    open: unknown[] | undefined,
  ) {
    this.viewSource = source
    this.viewWritten = written
    this.viewOpen = open
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
    for (const [at, value] of written.entries())
      if (value !== unwritten) mutable.set(source.kind.fields[at] as string, value)
  })
}

const readField = (view: View, at: number): unknown => {
  const { viewWritten: written } = view
  if (written === undefined) return view.viewSource.read(at)
  const value = written[at]
  return value === unwritten ? view.viewSource.read(at) : value
}

const writeField = (view: View, field: string, value: unknown): View => {
  const { viewSource: source, viewWritten: before } = view
  const { position, prototype, fields } = source.kind
  const at = position.get(field)
  if (at === undefined) return view
  const now = given(prototype, field, value)
  if (before !== undefined && before[at] === now) return view
  const written = view.viewOpen ?? overlayOf(before, fields.length)
  written[at] = now
  return view.viewOpen === undefined ? viewOf(source, written) : view
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
        if (this.viewOpen === undefined) throw new Error('Cannot set on an immutable record.')
        writeField(this, field, value)
      },
    })
  }
  const set = function (this: View, field: string, value: unknown) {
    return writeField(this, field, value)
  }
  const remove = function (this: View, field: string) {
    return writeField(this, field, undefined)
  }
  const merge = function (this: View, ...all: unknown[]) {
    let view: View = this
    for (const fields of all)
      for (const [field, value] of entriesOf(fields)) view = writeField(view, field, value)
    return view
  }
  method('get', function (field: string, otherwise?: unknown) {
    const at = kind.position.get(field)
    return at === undefined ? otherwise : readField(this, at)
  })
  // No methods of records: whoever asks by these, and not by reading fields, asks less.
  if (!kind.position.has('isField'))
    method('isField', function (field: string, asked: Asked) {
      const at = kind.position.get(field)
      if (at === undefined) return isAsked(undefined, asked)
      const value = this.viewWritten === undefined ? unwritten : this.viewWritten[at]
      return value === unwritten ? this.viewSource.isField(at, asked) : isAsked(value, asked)
    })
  if (!kind.position.has('passes'))
    method('passes', function (test: RecordTest) {
      const answer = this.viewWritten === undefined ? this.viewSource.passes(test) : undefined
      return answer ?? test(this as never)
    })
  method('set', set)
  method('remove', remove)
  method('delete', remove)
  method('merge', merge)
  method('withMutations', function (change: (open: View) => unknown) {
    if (this.viewOpen !== undefined) {
      change(this)
      return this
    }
    const { viewSource, viewWritten } = this
    const written = overlayOf(viewWritten, kind.fields.length)
    const open = viewOf(viewSource, written, written)
    change(open)
    open.viewOpen = undefined
    return isWrittenAlike(written, viewWritten) ? this : open
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
