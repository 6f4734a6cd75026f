/**
 * Reading JSON that nobody vouches for: each question names what it expects, and each answer that is no such thing
 * is an error that says where.
 */
import { RestoreError } from './errors.js'

/** A place in a document: a value, and how one gets there. */
export class Place {
  constructor(
    private readonly value: unknown,
    private readonly key: string | number,
    private readonly inside?: Place,
  ) {}

  fail(problem: string): never {
    throw new RestoreError(this.#path, problem)
  }

  /** Made only when something is wrong. */
  get #path(): string {
    if (this.inside === undefined) return String(this.key)
    const step = typeof this.key === 'number' ? `[${this.key}]` : `.${this.key}`
    return this.inside.#path + step
  }

  get isNull(): boolean {
    return this.value === null
  }

  at(field: string): Place {
    const value = this.#fields[field]
    if (value === undefined) this.fail(`has no '${field}'`)
    return new Place(value, field, this)
  }

  /** Is there such a field? */
  has(field: string): boolean {
    return field in this.#fields
  }

  get #fields(): Readonly<Record<string, unknown>> {
    const { value } = this
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return this.fail('is not an object')
    return value as Readonly<Record<string, unknown>>
  }

  get items(): readonly Place[] {
    if (!Array.isArray(this.value)) return this.fail('is not a list')
    return this.value.map((it, i) => new Place(it, i, this))
  }

  /** Two places: a key and what it stands for. */
  get pair(): readonly [Place, Place] {
    const [key, value, ...more] = this.items
    if (key === undefined || value === undefined || more.length > 0) return this.fail('is not a pair')
    return [key, value]
  }

  bool(): boolean {
    return typeof this.value === 'boolean' ? this.value : this.fail('is neither true nor false')
  }

  number(): number {
    const { value } = this
    return typeof value === 'number' && Number.isFinite(value) ? value : this.fail('is not a number')
  }

  integer(): number {
    const { value } = this
    return typeof value === 'number' && Number.isSafeInteger(value)
      ? value
      : this.fail('is not a whole number')
  }

  /** Not negative. */
  count(): number {
    const n = this.integer()
    return n >= 0 ? n : this.fail('is negative')
  }

  text(): string {
    return typeof this.value === 'string' ? this.value : this.fail('is not a text')
  }

  oneOf<T extends string>(values: readonly T[]): T {
    const found = values.find(it => it === this.value)
    return found ?? this.fail(`is none of ${values.join(', ')}`)
  }

  /** What the number refers to. */
  reference<T>(all: ReadonlyMap<number, T>, what: string): T {
    const key = this.integer()
    return all.get(key) ?? this.fail(`refers to ${what} ${key}, which is not there`)
  }

  orNull<T>(read: (place: Place) => T): T | null {
    return this.isNull ? null : read(this)
  }
}
