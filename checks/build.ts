/**
 * How a check becomes a model: its scope, topologies, features and rules, as the user has chosen them.
 */
import { unknownName } from '../checker/cli/suggest.js'
import { UsageError } from '../checker/errors.js'
import type { BuildOptions, CheckDefinition } from '../checker/suite.js'
import type { ImmutableState } from '../spec/immutable-state.js'
import type { Menu } from '../spec/menu.js'
import { fullMenu } from '../spec/menu.js'
import { mutants } from '../spec/mutants/index.js'
import { rules } from '../spec/next.js'
import type { Profile } from '../spec/profile.js'
import { covers as allCovers, invariants, stepProperties } from '../spec/properties/index.js'
import type { Property } from '../spec/properties/property.js'
import type { Feature } from '../spec/rule.js'
import type { Scope } from '../spec/scope.js'
import { type TemporalProperty, temporalProperties } from '../spec/temporal.js'
import { topologies as namedTopologies } from '../spec/topologies.js'
import type { Topology } from '../spec/topology.js'
import { topologiesOf } from '../spec/topology-enumerate.js'
import { TopologyError } from '../spec/topology-error.js'
import { refuseIdle } from './idle.js'
import { type AnySpecRule, kernelModel } from './model.js'
import { profileNamed, watched } from './profiles.js'
import { smallerTopologies } from './smaller.js'

/** A check, as it is written down in checks.ts. */
export type Question = {
  readonly name: string
  /** What is asked, in one sentence. */
  readonly says: string
  readonly features: readonly Feature[]
  readonly topologies: readonly string[]
  /** Tasks that may be born beyond those of the topology. */
  readonly births?: number
  /** What differs from the full menu. */
  readonly menu?: Partial<Menu>
  readonly accounting?: boolean
  /** Names of the temporal properties that are asked; they need the whole space for a verdict. */
  readonly temporal?: readonly string[]
  /** The covers that this check has to reach. */
  readonly covers: readonly string[]
  readonly bound?: { readonly depth: number; readonly reason: string }
}

function topologyOf({ name: check }: Question, name: string): Topology {
  const found = namedTopologies.find(topology => topology.name === name)
  if (found !== undefined) return found
  const names = namedTopologies.map(topology => topology.name)
  const { next, likely } = unknownName(name, names, { one: 'topology', many: 'topologies' })
  throw new UsageError(`The check '${check}' starts from '${name}', which is no topology.`, next, likely)
}

/** Every safety property is asked of every check; covers only where they can be reached. */
const propertiesOf = ({ covers, temporal = [] }: Question): readonly (Property | TemporalProperty)[] => [
  ...invariants,
  ...stepProperties,
  ...temporal.map(name => {
    const property = temporalProperties.find(other => other.name === name)
    if (property === undefined)
      throw new Error(`the checks name a temporal property that does not exist: ${name}`)
    return property
  }),
  ...covers.map(name => {
    const cover = allCovers.find(other => other.name === name)
    if (cover === undefined) throw new Error(`the checks name a cover that does not exist: ${name}`)
    return cover
  }),
]

export function define(question: Question): CheckDefinition<ImmutableState> {
  const { name, says, features, topologies, bound } = question
  return {
    name,
    says,
    features,
    topologies,
    bound,
    properties: propertiesOf(question),
    coverage: allCovers.filter(cover => !question.covers.includes(cover.name)),
    build: options => buildModel(question, options, profileNamed(options.profile)),
    watch(options) {
      const { profile, asked } = watched(profileNamed(options.profile))
      return { model: buildModel(question, options, profile), asked }
    },
    smaller: (options, name) => {
      const [topology] = topologiesFor(question, { ...options, topologies: [name] })
      return topology === undefined ? [] : smallerTopologies(options, topology)
    },
  }
}

/** The model of a check for any kernel, named or not; `options.profile` is not looked at. */
export function buildModel(question: Question, options: BuildOptions, profile: Profile) {
  refuseIdle(question)
  const chosen = topologiesFor(question, options)
  const scope: Scope = {
    slots: Math.max(...chosen.map(({ tasks }) => tasks.length)) + (question.births ?? 0),
    profile,
    menu: { ...fullMenu, ...question.menu },
    accounting: question.accounting ?? false,
  }
  const features = (options.features ?? question.features) as readonly Feature[]
  return kernelModel({
    name: question.name,
    scope,
    topologies: chosen,
    rules: rulesWith(options.mutant),
    features: question.features.filter(feature => features.includes(feature)),
  })
}

function topologiesFor(question: Question, { tasks, topologies }: BuildOptions): readonly Topology[] {
  if (tasks === undefined) return (topologies ?? question.topologies).map(name => topologyOf(question, name))
  const all = refusing(() => topologiesOf(tasks))
  return topologies === undefined ? all : all.filter(({ name }) => topologies.includes(name))
}

/** What cannot be listed is the fault of who asked for it. */
function refusing<T>(list: () => T): T {
  try {
    return list()
  } catch (error) {
    throw error instanceof TopologyError ? new UsageError(error.what, error.next) : error
  }
}

/** The rules, one of them with a fault. */
function rulesWith(mutantName: string | undefined): readonly AnySpecRule[] {
  if (mutantName === undefined) return rules
  const mutant = mutants.find(({ name }) => name === mutantName)
  if (mutant === undefined)
    throw new UsageError(`There is no mutant ${mutantName}.`, 'List them with: pnpm check --mutants')
  return mutant.mutate(rules)
}
