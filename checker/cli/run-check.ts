/**
 * One check: build its model, search, judge.
 */
import { ModelError } from '../explore/model-error.js'
import type { Exploration, ExploreOptions, Verdict } from '../explore/result.js'
import type { Model, Property } from '../model.js'
import type { CheckResult, Covered } from '../report/result.js'
import type { CheckDefinition, Suite } from '../suite.js'
import { deadlockVerdict, isNoDeadlock, propertiesOf } from './deadlock.js'
import { type EngineName, engines } from './engine.js'
import { judge } from './judge.js'
import { type KnownFile, knownFor } from './known.js'
import { sourceOf } from './rebuild.js'
import type { Selection } from './selection.js'
import type { Explore } from './side-by-side.js'

export interface RunOptions<S> {
  readonly suite: Suite<S>
  readonly selection: Selection<S>
  readonly known: readonly KnownFile[]
  readonly limits: ExploreOptions
  readonly engine: EngineName
  /** Makes the search, if it can. */
  readonly elsewhere?: Explore | undefined
  /** Judge the covers as well that the check need not reach. */
  readonly coverage: boolean
}

/** A check with the model that it was built with. */
export interface BuiltCheck<S> {
  readonly check: CheckDefinition<S>
  readonly model: Model<S>
}

/** A model that threw, and the check that it is of. */
export interface Defect<S> {
  readonly check: string
  readonly defect: ModelError<S>
  readonly model: Model<S>
}

export async function runCheck<S>(
  { check, model }: BuiltCheck<S>,
  { suite, selection, known, limits, engine, elsewhere, coverage }: RunOptions<S>,
): Promise<CheckResult<S> | Defect<S>> {
  try {
    const properties = selectedProperties(check, model, selection)
    const bound = boundOf(check, limits.depth)
    const searched = properties.filter(property => !isNoDeadlock(property))
    const all = [...searched, ...(coverage ? (check.coverage ?? []) : [])]
    const options = {
      ...limits,
      depth: bound?.depth,
      source: sourceOf(suite, check, selection.build, all),
    }
    const exploration =
      (await elsewhere?.(model, all, options)) ?? (await engines[engine](model, all, options))
    const sameProfile = known.filter(
      ({ origin }) => origin.profile === selection.build.profile && selection.build.mutant === undefined,
    )
    return {
      name: check.name,
      says: check.says,
      bound,
      exploration,
      coverage: coverage ? coveredBy(exploration) : undefined,
      ...judge(
        model,
        exploration,
        verdictsOf(properties, exploration),
        knownFor(suite, known, check, selection, model),
        sameProfile,
      ),
    }
  } catch (error) {
    if (error instanceof ModelError) return { check: check.name, defect: error as ModelError<S>, model }
    throw error
  }
}

const coveredBy = <S>({ verdicts }: Exploration<S>): readonly Covered[] =>
  verdicts
    .filter(({ property }) => property.kind === 'cover')
    .map(verdict => ({
      name: verdict.property.name,
      steps: 'trace' in verdict ? verdict.trace.actions.length : null,
    }))

/** A check that a signal has kept from running. */
export function skippedCheck<S>({ check, model }: BuiltCheck<S>, selection: Selection<S>): CheckResult<S> {
  const properties = selectedProperties(check, model, selection)
  return {
    name: check.name,
    says: check.says,
    exploration: undefined,
    judgements: properties.map(property => ({ verdict: 'stopped', property, upTo: null })),
    gone: [],
  }
}

const selectedProperties = <S>(
  check: CheckDefinition<S>,
  model: Model<S>,
  { properties }: Selection<S>,
): readonly Property<S>[] =>
  propertiesOf(check, model).filter(({ name }) => properties === undefined || properties.includes(name))

/** The depth that was asked for; without one, the check's own, with its reason. */
const boundOf = <S>({ bound }: CheckDefinition<S>, asked: number | undefined): CheckResult<S>['bound'] =>
  asked === undefined ? bound : { depth: asked }

/** In the order of the properties. */
const verdictsOf = <S>(
  properties: readonly Property<S>[],
  exploration: Exploration<S>,
): readonly Verdict<S>[] =>
  properties.flatMap(property => {
    if (isNoDeadlock(property)) return [deadlockVerdict(property, exploration)]
    return exploration.verdicts.filter(verdict => verdict.property === property)
  })
