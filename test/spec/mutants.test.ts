/**
 * Every property has a mutant that breaks it, and every mutant is caught, by the properties that it names.
 *
 * A property that no fault can break says nothing.
 */
import { List } from 'immutable'
import { describe, expect, it } from 'vitest'
import { deadlockVerdict, isNoDeadlock, noDeadlockNamed, propertiesOf } from '../../checker/cli/deadlock.js'
import { explore } from '../../checker/explore/explore.js'
import { suite } from '../../checks/suite.js'
import { mutants } from '../../spec/mutants/index.js'
import { type Mutant, mutant } from '../../spec/mutants/mutant.js'
import { rules } from '../../spec/next.js'
import { invariants, stepProperties } from '../../spec/properties/index.js'

const names = (all: readonly { readonly name: string }[]): readonly string[] => all.map(({ name }) => name)

const properties = [...names(invariants), ...names(stepProperties), noDeadlockNamed.name]

const checkNamed = (check: string) => {
  const found = suite.checks.find(({ name }) => name === check)
  if (found === undefined) throw new Error(`there is no check ${check}`)
  return found
}

type Search = Pick<Mutant, 'check' | 'topologies' | 'depth' | 'breaks'> & { readonly mutant?: string }

/** How deep this search has to go to see each property of `breaks` broken; it is told no more than `depth`. */
async function depthsOf({ check: name, topologies, depth, breaks, mutant }: Search) {
  const check = checkNamed(name)
  const model = check.build({ profile: suite.defaultProfile, topologies, mutant })
  const asked = propertiesOf(check, model).filter(property => breaks.includes(property.name))
  const exploration = await explore(
    model,
    asked.filter(property => !isNoDeadlock(property)),
    { depth },
  )
  const deadlocks = asked.filter(isNoDeadlock).map(property => deadlockVerdict(property, exploration))
  const depths: Record<string, number> = {}
  for (const verdict of [...exploration.verdicts, ...deadlocks])
    if ('trace' in verdict)
      // That nothing more can happen is seen when the search tries to go on.
      depths[verdict.property.name] = verdict.trace.actions.length + (isNoDeadlock(verdict.property) ? 1 : 0)
  return depths
}

/** The mutants that are caught in the same states of the spec, with one search that is deep enough for all. */
const searches = List(mutants)
  .groupBy(({ check, topologies }) => `${check}, ${topologies?.join(', ') ?? 'all topologies'}`)
  .entrySeq()
  .map(([where, caught]) => {
    const { check, topologies } = caught.first() as Mutant
    const search: Search = {
      check,
      ...(topologies && { topologies }),
      depth: Math.max(...caught.map(it => it.depth)),
      breaks: [...caught.flatMap(it => it.breaks)],
    }
    return { where, search, caught }
  })
  .toArray()

describe('the mutants', () => {
  it('break every property that there is, and no other', () => {
    expect([...new Set(mutants.flatMap(({ breaks }) => breaks))].toSorted()).toEqual(properties.toSorted())
  })

  it('have each a name of its own, a slug', () => {
    expect(new Set(names(mutants)).size).toBe(mutants.length)
    expect(names(mutants).filter(name => !/^[a-z]+(-[a-z]+)*$/.test(name))).toEqual([])
  })

  it('say each in a sentence of its own what goes wrong', () => {
    expect(new Set(mutants.map(({ says }) => says)).size).toBe(mutants.length)
    expect(mutants.filter(({ says }) => !/^[A-Za-z].*[^.]\.$/.test(says))).toEqual([])
  })

  it.each(mutants)('$name: its rule, its check and its topologies exist', it => {
    expect(names(rules)).toContain(it.rule)
    expect(names(suite.checks)).toContain(it.check)
    expect(checkNamed(it.check).topologies).toEqual(expect.arrayContaining([...(it.topologies ?? [])]))
  })

  it.each(mutants)('$name: only its rule is another', ({ rule, mutate }) => {
    expect(names(mutate(rules).filter((mutated, i) => mutated !== rules[i]))).toEqual([rule])
  })
})

describe('is caught at its depth by what it is there to break:', () => {
  it.each(mutants)('$name: $breaks', async it => {
    const depths = await depthsOf({ ...it, mutant: it.name })
    expect(Object.keys(depths).toSorted()).toEqual(it.breaks.toSorted())
    expect(Math.max(...Object.values(depths))).toBe(it.depth)
  })
})

describe('without a mutant, nothing that one breaks is broken in the states in which that is caught:', () => {
  it.each(searches)('$where', async ({ search, caught }) => {
    const depths = await depthsOf(search)
    for (const { name, breaks, depth } of caught) {
      const broken = breaks.filter(property => (depths[property] ?? Number.POSITIVE_INFINITY) <= depth)
      expect(broken, name).toEqual([])
    }
  })
})

it('a fault of a rule that does not exist is refused', () => {
  const lost = mutant({
    name: 'lost',
    says: 'A fault of a rule that was renamed.',
    rule: 'runExitNotifier',
    breaks: [],
    check: 'exit',
    depth: 1,
    fault: rule => rule,
  })
  expect(() => lost.mutate(rules)).toThrow(
    'the mutant lost is a fault of runExitNotifier, but there is no such rule',
  )
})
