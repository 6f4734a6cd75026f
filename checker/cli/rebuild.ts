/**
 * A check, built anew on another thread from what can be sent there.
 */
import type { ModelSource, SourcedModel } from '../engine/source.js'
import type { Model, Property } from '../model.js'
import type { BuildOptions, CheckDefinition, Suite } from '../suite.js'

interface Wanted {
  /** What the suite has said of itself. */
  readonly of: string | undefined
  readonly check: string
  readonly build: BuildOptions
  /** Their names, in the order in which they are judged. */
  readonly properties: readonly string[]
}

/** Where another thread finds a check, if the suite says where it is to be found itself. */
export const sourceOf = <S>(
  { source }: Suite<S>,
  { name }: CheckDefinition<S>,
  build: BuildOptions,
  properties: readonly Property<S>[],
): ModelSource | undefined => {
  if (source === undefined) return undefined
  const { module, export: made, of } = source
  const argument: Wanted = { of, check: name, build, properties: properties.map(property => property.name) }
  return { module, export: made, argument }
}

/** What the suite has said of itself, for the other thread. */
export const saidBySuite = (argument: unknown): string | undefined => (argument as Wanted).of

/** What `source` of a suite has to name: the function that builds its checks anew. */
export const rebuilding =
  <S>(suite: Suite<S>) =>
  (argument: unknown): SourcedModel => {
    const { check: name, build, properties } = argument as Wanted
    const check = suite.checks.find(other => other.name === name)
    if (check === undefined) throw new Error(`the suite has no check ${name} on this thread`)
    const known = [...check.properties, ...(check.coverage ?? [])]
    return {
      model: check.build(build) as Model<unknown>,
      properties: properties.map(wanted => {
        const property = known.find(other => other.name === wanted)
        if (property === undefined)
          throw new Error(`the check ${name} has no property '${wanted}' on this thread`)
        return property as Property<unknown>
      }),
    }
  }
