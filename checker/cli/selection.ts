/**
 * From what the user asked to the checks that are run, with their options. Every name is looked up here.
 *
 * A check that is named must have everything else that is named. Where none is, those run that have it.
 */
import { UsageError } from '../errors.js'
import type { BuildOptions, CheckDefinition, Suite } from '../suite.js'
import { propertyNamesOf } from './deadlock.js'
import { known, knownProfile, unknownName } from './suggest.js'

/** Names as they were typed. */
export interface Asked {
  readonly checks: readonly string[]
  readonly profile?: string | undefined
  readonly properties?: readonly string[] | undefined
  readonly features?: readonly string[] | undefined
  readonly topologies?: readonly string[] | undefined
  readonly tasks?: number | undefined
  readonly mutant?: string | undefined
}

export interface Selection<S> {
  readonly checks: readonly CheckDefinition<S>[]
  readonly build: BuildOptions
  /** Undefined: all of them. */
  readonly properties: readonly string[] | undefined
}

export function select<S>(suite: Suite<S>, asked: Asked): Selection<S> {
  const profile = asked.profile ?? suite.defaultProfile
  knownProfile(suite, profile)
  const mutant = asked.mutant === undefined ? undefined : knownMutant(suite, asked.mutant)
  for (const feature of asked.features ?? [])
    known(feature, suite.features, { one: 'feature', many: 'features' })
  // With --tasks, a check makes up its topologies; their names are looked up once it is built.
  if (asked.tasks === undefined) {
    for (const topology of asked.topologies ?? [])
      known(topology, suite.topologies, { one: 'topology', many: 'topologies' })
  }
  for (const property of asked.properties ?? []) knownProperty(suite, property)
  const { features, topologies, tasks } = asked
  return {
    checks: checksFor(suite, asked, mutant?.check),
    build: { profile, features, topologies, tasks, mutant: mutant?.name },
    properties: asked.properties,
  }
}

const knownMutant = <S>({ mutants }: Suite<S>, name: string) => {
  const found = mutants.find(mutant => mutant.name === name)
  if (found !== undefined) return found
  const { what, next, likely } = unknownName(
    name,
    mutants.map(it => it.name),
    { one: 'mutant', many: 'mutants' },
  )
  throw new UsageError(what, `${next} Each is described by: zombieproof check --mutants`, likely)
}

function knownProperty<S>({ checks }: Suite<S>, name: string): void {
  const all = [...new Set(checks.flatMap(propertyNamesOf))]
  if (!all.includes(name)) throw unknownProperty(name, all)
}

/** The names of properties are sentences: one line for each. */
export function unknownProperty(name: string, all: readonly string[], where = ''): UsageError {
  const { what, likely } = unknownName(name, all, { one: 'property', many: 'properties' })
  return new UsageError(
    where === '' ? what : what.replace(/\.$/, ` in ${where}.`),
    ['Known properties:', ...all.map(it => `  ${it}`)].join('\n'),
    likely,
  )
}

function checksFor<S>(
  suite: Suite<S>,
  asked: Asked,
  home: string | undefined,
): readonly CheckDefinition<S>[] {
  if (asked.checks.length > 0) {
    const named = asked.checks.map(name => known(name, suite.checks, { one: 'check', many: 'checks' }))
    for (const check of named) {
      const lack = lackOf(check, asked)
      if (lack !== undefined) throw lack
    }
    return [...new Set(named)]
  }
  const candidates = home === undefined ? suite.checks : suite.checks.filter(({ name }) => name === home)
  const fitting = candidates.filter(check => lackOf(check, asked) === undefined)
  const [first] = candidates
  if (fitting.length > 0 || first === undefined) return fitting
  if (candidates.length === 1) throw lackOf(first, asked) as UsageError
  throw new UsageError(
    'No check has all of what was asked.',
    'See what each has: zombieproof check --list',
    `Asked were ${wordsOf(asked)}.`,
  )
}

const wordsOf = ({ properties = [], features = [], topologies = [] }: Asked): string =>
  [
    ...properties.map(it => `the property '${it}'`),
    ...features.map(it => `the feature '${it}'`),
    ...topologies.map(it => `the topology '${it}'`),
  ].join(', ')

/** What this check does not have, of what was asked. */
function lackOf<S>(
  check: CheckDefinition<S>,
  { properties, features, topologies, tasks }: Asked,
): UsageError | undefined {
  const feature = features?.find(it => !check.features.includes(it))
  if (feature !== undefined) {
    return new UsageError(
      `The check '${check.name}' has no feature '${feature}'.`,
      `Its features: ${check.features.join(', ')}.`,
    )
  }
  const topology = tasks === undefined ? topologies?.find(it => !check.topologies.includes(it)) : undefined
  if (topology !== undefined) {
    return new UsageError(
      `The check '${check.name}' has no topology '${topology}'.`,
      `Its topologies: ${check.topologies.join(', ')}.`,
    )
  }
  const names = propertyNamesOf(check)
  const property = properties?.find(it => !names.includes(it))
  return property === undefined ? undefined : unknownProperty(property, names, `the check '${check.name}'`)
}
