/**
 * Which properties of a check are judged differently under two profiles.
 */
import { exploreFast } from '../engine/explore.js'
import type { Exploration, ExploreOptions } from '../explore/result.js'
import type { PropertyDifference, Said } from '../report/compare.js'
import type { BuildOptions, CheckDefinition, Suite } from '../suite.js'
import { deadlockVerdict, isNoDeadlock, propertiesOf } from './deadlock.js'
import { sourceOf } from './rebuild.js'

export interface JudgedDifferently {
  readonly differences: readonly PropertyDifference[]
  /** By something else than the depth. */
  readonly stopped: boolean
}

export async function judgedDifferently<S>(
  suite: Suite<S>,
  check: CheckDefinition<S>,
  [first, second]: readonly [BuildOptions, BuildOptions],
  limits: ExploreOptions,
): Promise<JudgedDifferently> {
  const one = await verdictsUnder(suite, check, first, limits)
  const other = await verdictsUnder(suite, check, second, limits)
  const differences = [...one.said].flatMap(([name, { kind, said }]) => {
    const twin = other.said.get(name)
    return twin === undefined || isSeen(said) === isSeen(twin.said)
      ? []
      : [{ name, kind, first: said, second: twin.said }]
  })
  return { differences, stopped: one.stopped || other.stopped }
}

/** Is there a trace to show for it? That a search was stopped or closed without one is the same, so far. */
const isSeen = ({ steps }: Said): boolean => steps !== null

async function verdictsUnder<S>(
  suite: Suite<S>,
  check: CheckDefinition<S>,
  build: BuildOptions,
  limits: ExploreOptions,
) {
  const model = check.build(build)
  const properties = propertiesOf(check, model)
  const searched = properties.filter(property => !isNoDeadlock(property))
  const exploration = await exploreFast(model, searched, {
    ...limits,
    source: sourceOf(suite, check, build, searched),
  })
  const verdicts = properties.flatMap(property =>
    isNoDeadlock(property)
      ? [deadlockVerdict(property, exploration)]
      : exploration.verdicts.filter(verdict => verdict.property === property),
  )
  const said = new Map(
    verdicts.map(verdict => [
      verdict.property.name,
      { kind: verdict.property.kind, said: saidOf(verdict, exploration) },
    ]),
  )
  return { said, stopped: exploration.stop !== undefined && exploration.stop.by !== 'depth' }
}

const saidOf = <S>(verdict: Exploration<S>['verdicts'][number], { depthComplete }: Exploration<S>): Said => ({
  verdict: verdict.verdict,
  steps: 'trace' in verdict ? verdict.trace.actions.length : null,
  upTo: verdict.verdict === 'stopped' ? depthComplete : null,
})
