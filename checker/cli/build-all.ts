/**
 * The models of the selected checks.
 */
import { UsageError } from '../errors.js'
import type { Model } from '../model.js'
import type { BuildOptions, CheckDefinition } from '../suite.js'
import type { Io } from './io.js'
import type { BuiltCheck } from './run-check.js'
import type { Selection } from './selection.js'
import { known } from './suggest.js'

/**
 * Every model before the first search, so that what cannot be built is said at once.
 *
 * @param named a check that nobody has named is left out where it cannot have what was asked
 */
export function buildAll<S>(selection: Selection<S>, named: boolean, io: Io): readonly BuiltCheck<S>[] {
  const refusals: { readonly name: string; readonly error: UsageError }[] = []
  const built = selection.checks.flatMap(check => {
    try {
      return [{ check, model: buildOne(check, selection.build) }]
    } catch (error) {
      if (!(error instanceof UsageError)) throw error
      refusals.push({ name: check.name, error })
      return []
    }
  })
  const [refusal] = refusals
  if (refusal !== undefined && (named || built.length === 0)) throw refusal.error
  for (const { name, error } of refusals) io.stderr.write(`The check '${name}' is left out: ${error.what}\n`)
  return built
}

function buildOne<S>(check: CheckDefinition<S>, build: BuildOptions): Model<S> {
  const { tasks, topologies } = build
  if (tasks === undefined || topologies === undefined) return check.build(build)
  const made = check.build({ ...build, topologies: undefined }).initial
  for (const name of topologies)
    known(name, made, { one: 'topology', many: `topologies of at most ${tasks} tasks` })
  return check.build(build)
}
