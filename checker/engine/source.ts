/**
 * Where a model comes from, so that another thread can build it anew: functions cannot be sent from thread to thread.
 */
import type { Model, Property } from '../model.js'
import { importUrl } from '../typescript.js'

/** A module exports a function; given the argument, it makes the model and its properties, the same every time. */
export interface ModelSource {
  /** As in `import.meta.url`. */
  readonly module: string
  readonly export: string
  /** Plain data. */
  readonly argument: unknown
}

export interface SourcedModel {
  readonly model: Model<unknown>
  /** In the order in which they are judged. */
  readonly properties: readonly Property<unknown>[]
}

export async function modelFrom({ module, export: name, argument }: ModelSource): Promise<SourcedModel> {
  const { [name]: make } = await importUrl(module)
  if (typeof make !== 'function') throw new TypeError(`${module} exports no function ${name}`)
  return (await make(argument)) as SourcedModel
}
