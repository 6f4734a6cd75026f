/**
 * Whatever is smaller than a trace in the things it starts with, or in features: which models those are.
 *
 * Here: what is to be searched so that nothing smaller is left. Not here: the searches (minimize.ts).
 */
import type { Initial, Model } from '../model.js'
import type { BuildOptions, CheckDefinition } from '../suite.js'

/** A model to be searched whole, from these of its initial states. */
export interface Search<S> {
  readonly build: BuildOptions
  readonly model: Model<S>
  readonly starts: readonly Initial<S>[]
}

/** Every smaller start, the smallest first; those that are built together are searched together. */
export function* fromSmallerStarts<S>(
  check: CheckDefinition<S>,
  build: BuildOptions,
  topology: string,
): Generator<Search<S>> {
  const names = new Map<BuildOptions, Set<string>>()
  for (const smaller of check.smaller?.(build, topology) ?? []) {
    const known = names.get(smaller.build)
    if (known === undefined) names.set(smaller.build, new Set([smaller.topology]))
    else known.add(smaller.topology)
  }
  for (const [its, starts] of names) {
    const model = check.build(its)
    yield { build: its, model, starts: model.initial.filter(({ name }) => starts.has(name)) }
  }
}

/**
 * The same start without each of the features. What fewer features show, more of them show as well, since it is judged as
 * if all were there: so these speak for all choices of them.
 */
export function* withFewerFeatures<S>(
  check: CheckDefinition<S>,
  build: BuildOptions,
  topology: string,
): Generator<Search<S>> {
  const features = build.features ?? check.features
  for (const feature of features) {
    const its = { ...build, features: features.filter(it => it !== feature) }
    const model = check.build(its)
    yield { build: its, model, starts: model.initial.filter(({ name }) => name === topology) }
  }
}
