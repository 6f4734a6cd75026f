/**
 * What can be asked: checks, properties, profiles, features, topologies, mutants.
 */
import type { Property } from '../model.js'
import type { Style } from '../report/style.js'
import { wrapped } from '../report/text.js'
import type { Named, Suite } from '../suite.js'
import { noDeadlockNamed, propertyNamesOf } from './deadlock.js'

export function listText<S>(suite: Suite<S>, style: Style): string {
  const { checks, profiles, features, topologies, defaultProfile } = suite
  const blocks = [
    [
      style.strong('checks'),
      ...checks.flatMap(check => [
        `  ${style.strong(check.name)}: ${check.says}`,
        ...row('features', check.features.join(', '), style),
        ...row('topologies', check.topologies.join(', '), style),
        ...row(
          'bound',
          check.bound === undefined ? '' : `depth ${check.bound.depth}: ${check.bound.reason}`,
          style,
        ),
      ]),
    ],
    [
      style.strong('properties'),
      ...propertiesOf(suite).flatMap(({ property, checks: names }) => [
        `  ${style.strong(property.name)} (${property.kind})`,
        ...wrapped(property.says, style.width - 6).map(line => `      ${line}`),
        ...row('asked in', names.join(', '), style),
      ]),
    ],
    [
      style.strong('profiles'),
      ...named(
        profiles.map(it => (it.name === defaultProfile ? { ...it, says: `${it.says} (default)` } : it)),
        style,
      ),
    ],
    [style.strong('features'), ...named(features, style)],
    [style.strong('topologies'), ...named(topologies, style)],
  ]
  return `${blocks.map(block => block.join('\n')).join('\n\n')}\n`
}

export function mutantsText<S>({ mutants }: Suite<S>, style: Style): string {
  if (mutants.length === 0) return 'There are no mutants.\n'
  const blocks = mutants.flatMap(({ name, says, rule, check, depth, breaks }) => [
    `  ${style.strong(name)}: ${says}`,
    ...row('rule', rule, style),
    ...breaks.flatMap((property, i) => row(i === 0 ? 'breaks' : '', property, style)),
    ...row('caught by', `pnpm check ${check} --mutant ${name} --depth ${depth}`, style),
  ])
  return `${[style.strong('mutants'), ...blocks].join('\n')}\n`
}

export function listJson<S>(suite: Suite<S>): object {
  const { checks, profiles, features, topologies, defaultProfile } = suite
  return {
    checks: checks.map(check => ({
      name: check.name,
      says: check.says,
      features: check.features,
      topologies: check.topologies,
      bound: check.bound ?? null,
      properties: propertyNamesOf(check),
    })),
    properties: propertiesOf(suite).map(({ property: { name, kind, says }, checks: names }) => ({
      name,
      kind,
      says,
      checks: names,
    })),
    profiles,
    defaultProfile,
    features,
    topologies,
  }
}

export const mutantsJson = <S>({ mutants }: Suite<S>): object => ({ mutants })

interface Asked<S> {
  readonly property: Pick<Property<S>, 'name' | 'kind' | 'says'>
  /** Who asks for it. */
  readonly checks: readonly string[]
}

/** Each once, by its name. */
function propertiesOf<S>({ checks }: Suite<S>): readonly Asked<S>[] {
  const all = [noDeadlockNamed, ...checks.flatMap(check => check.properties)]
  const byName = new Map(all.map(property => [property.name, property]))
  const asked = checks.map(it => ({ name: it.name, names: new Set(propertyNamesOf(it)) }))
  return [...byName.values()].map(property => ({
    property,
    checks: asked.filter(({ names }) => names.has(property.name)).map(({ name }) => name),
  }))
}

const named = (all: readonly Named[], style: Style): string[] => {
  const column = Math.max(0, ...all.map(({ name }) => name.length)) + 3
  return all.flatMap(({ name, says }) =>
    wrapped(says, Math.max(30, style.width - column - 2)).map(
      (line, i) => `  ${(i === 0 ? name : '').padEnd(column)}${line}`,
    ),
  )
}

/** Nothing to say, nothing said. */
const row = (label: string, text: string, style: Style): string[] =>
  text === ''
    ? []
    : wrapped(text, style.width - 18).map((line, i) => `      ${(i === 0 ? label : '').padEnd(12)}${line}`)
