/**
 * The constraint of a model: what is searched, and what is said of the states outside. As in TLC.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { explore } from '../../../checker/explore/explore.js'
import { ModelError } from '../../../checker/explore/model-error.js'
import { edgesIn, type GraphModel, graph, graphFrom, never, neverTakes, reaches } from '../graph.js'

const within = (nodes: string, model: GraphModel): GraphModel => ({
  ...model,
  constraint: state => nodes.includes(state),
})

describe('a state outside the constraint', () => {
  it('is neither counted nor expanded, and the edges to it are counted', async () => {
    // a is inside; x and y, reached by three edges, are not; z lies behind x.
    const found = await explore(within('sa', graph('s>a>x>z', 's>x', 's>y')), [])
    expect(found).toMatchObject({
      complete: true,
      states: 2,
      outside: 2,
      transitions: 4,
      diameter: 1,
      levels: [1, 1],
      unexpanded: 0,
    })
  })

  it('is judged, once however often it is reached, with a shortest trace', async () => {
    const found = await explore(within('sa', graph('s>a>x', 's>x')), [never('x'), reaches('x')])
    expect(found.verdicts).toMatchObject([
      { verdict: 'violated', count: 1 },
      { verdict: 'reached', count: 1 },
    ])
    for (const verdict of found.verdicts)
      expect('trace' in verdict && edgesIn(verdict.trace)).toEqual(['s>x'])
  })

  it('ends steps that are judged', async () => {
    const found = await explore(within('s', graph('s>x')), [neverTakes('s>x')])
    expect(found.verdicts).toMatchObject([{ verdict: 'violated', count: 1 }])
  })

  it('is no deadlock, and its predecessor is none', async () => {
    expect(await explore(within('s', graph('s>x')), [])).toMatchObject({ deadlocks: 0, ends: 0 })
  })

  it('may be initial', async () => {
    const found = await explore(within('s', graphFrom(['x', 's'], ['x>z', 's>s'])), [never('x')])
    expect(found).toMatchObject({ states: 1, outside: 1, transitions: 1, levels: [1] })
    expect(found.verdicts).toMatchObject([
      { verdict: 'violated', trace: { initial: { name: 'x' }, actions: [] } },
    ])
  })

  it('takes no room under the limit of states', async () => {
    const found = await explore(within('sa', graph('s>x', 's>y', 's>a')), [], { maxStates: 2 })
    expect(found).toMatchObject({ complete: true, states: 2, outside: 2 })
  })
})

it('a constraint that throws is a fault of the model', async () => {
  const failing: GraphModel = {
    ...graph('s>a'),
    constraint: state => {
      if (state === 'a') throw new Error('no such a')
      return true
    },
  }
  const error: unknown = await explore(failing, []).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(ModelError)
  expect((error as Error).message).toBe(
    'constraint of the model graph threw 1 step from the initial state s: no such a',
  )
})

const nodes = fc.constantFrom(...'abcdef')
const paths = fc.array(
  fc.tuple(nodes, nodes).map(([from, to]) => `${from}>${to}`),
  { minLength: 1 },
)

it('what is found inside is what is found without the edges out of what is outside', async () => {
  await fc.assert(
    fc.asyncProperty(paths, fc.uniqueArray(nodes), async (all, inside) => {
      const kept = all.filter(path => inside.includes(path.charAt(0)))
      const bounded = await explore(within(inside.join(''), graphFrom(['a'], all)), [])
      const cut = await explore(graphFrom(['a'], kept), [])
      expect(bounded.states + bounded.outside).toBe(cut.states)
      expect(bounded.transitions).toBe(cut.transitions)
    }),
  )
})
