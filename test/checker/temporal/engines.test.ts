/**
 * Both engines give the same graph, and the same temporal verdicts on it.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { exploreFast } from '../../../checker/engine/explore.js'
import { explore } from '../../../checker/explore/explore.js'
import type { Exploration } from '../../../checker/explore/result.js'
import type { Model, Property } from '../../../checker/model.js'
import { suite } from '../../../checks/suite.js'
import { fairActor, graphs, liveness, modelOf } from './graphs.js'

const shapeOf = <S>({ graph }: Exploration<S>) =>
  graph && {
    size: graph.size,
    expanded: graph.expanded,
    initial: [...graph.initial.keys()],
    rows: [...graph.rows],
    targets: [...graph.targets],
    labels: [...graph.labels],
  }

const verdictsOf = <S>({ verdicts }: Exploration<S>) =>
  verdicts.map(found => ({
    name: found.property.name,
    verdict: found.verdict,
    ...('trace' in found
      ? {
          count: found.count,
          loop: found.loop,
          notes: found.notes,
          choices: found.trace.actions.map(it => it.choice),
        }
      : {}),
  }))

async function expectAlike<S>(
  model: Model<S>,
  properties: readonly Property<S>[],
  depth?: number,
): Promise<void> {
  const simple = await explore(model, properties, { depth, graph: true })
  const fast = await exploreFast(model, properties, { depth, graph: true })
  expect(shapeOf(fast)).toEqual(shapeOf(simple))
  expect(verdictsOf(fast)).toEqual(verdictsOf(simple))
}

it('on random graphs, whole and bounded', async () => {
  await fc.assert(
    fc.asyncProperty(
      graphs({ nodes: 7, actors: 2 }),
      fc.option(fc.nat(3), { nil: undefined }),
      (g, depth) => {
        const holds = (node: number) => g.p.includes(node)
        const properties = [
          liveness({ kind: 'always eventually', holds }, [fairActor(0, 'weak'), fairActor(1, 'strong')]),
          liveness({ kind: 'leads to', when: node => g.q.includes(node), holds }, [fairActor(0, 'strong')]),
        ]
        return expectAlike(modelOf(g), properties, depth)
      },
    ),
    { numRuns: 300 },
  )
})

describe('on the exit cycle', () => {
  it.each([
    ['jobs', undefined],
    ['vfork', 9],
    ['stop-and-exit', 8],
  ] as const)('%s, depth %s', async (name, depth) => {
    const check = suite.checks.find(it => it.name === name)
    if (check === undefined) throw new Error(`no check ${name}`)
    const model = check.build({ profile: 'gvisor-2018' })
    const temporal = check.properties.filter(({ kind }) => kind === 'liveness' || kind === 'possibility')
    await expectAlike(model, temporal, depth)
  })
})
