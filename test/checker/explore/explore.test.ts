import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Exploration } from '../../../checker/explore/result.js'
import type { Cover, Model, Property, StepProperty } from '../../../checker/model.js'
import { engines } from '../engines.js'
import { edgesIn, endingAt, graph, graphFrom, never, neverTakes, reaches, takes } from '../graph.js'

describe.each(engines)('the $name engine', ({ explore }) => {
  describe('what is counted', () => {
    it('counts distinct states, edges, and the distance of the farthest state', async () => {
      // Two ways to c, one state; the edges are those written, the loop at c among them.
      const found = await explore(graph('start>a>c', 'start>b>c', 'c>c'), [])
      expect(found).toMatchObject({
        states: 4,
        transitions: 5,
        diameter: 2,
        depthComplete: 2,
        complete: true,
        unexpanded: 0,
        levels: [1, 2, 1],
      })
      expect(found.stop).toBeUndefined()
    })

    it('merges equal initial states, and starts from all others at depth 0', async () => {
      const found = await explore(graphFrom(['a', 'b', 'a'], ['a>b', 'b>c']), [reaches('c')])
      expect(found).toMatchObject({ states: 3, levels: [2, 1] })
      expect(found.verdicts[0]).toMatchObject({ verdict: 'reached', trace: { initial: { name: 'b' } } })
    })

    it('counts the firings of each rule, of one that never fires too', async () => {
      const model = graph('start>a>b')
      const [go] = model.rules
      if (go === undefined) throw new Error('a graph has one rule')
      const rules = [go, { ...go, name: 'idle', guard: () => false }]
      const found = await explore({ ...model, rules }, [])
      expect([...found.firings]).toEqual([
        ['go', 2],
        ['idle', 0],
      ])
    })

    it('refuses a model that has nowhere to start', async () => {
      await expect(explore(graphFrom([], []), [])).rejects.toThrow(
        'The model graph has no initial state.\nChoose a configuration to start from.',
      )
    })

    it('finds the same twice', async () => {
      const model = graph('start>a>b>c', 'start>c>a', 'b>start')
      const asked = [never('c'), takes('b>start')]
      const [once, again] = [await explore(model, asked), await explore(model, asked)]
      expect({ ...again, seconds: 0 }).toEqual({ ...once, seconds: 0 })
    })
  })

  describe('states without successor', () => {
    it('are deadlocks, where the model does not call them an end', async () => {
      const found = await explore(endingAt(['b'], graph('start>a>b', 'start>x>y>z')), [])
      expect(found).toMatchObject({ ends: 1, deadlocks: 1 })
      expect(edgesIn(found.deadlock)).toEqual(['start>x', 'x>y', 'y>z'])
    })

    it('are shown by the nearest of them', async () => {
      const found = await explore(graph('start>a>b', 'start>c'), [])
      expect(found.deadlocks).toBe(2)
      expect(edgesIn(found.deadlock)).toEqual(['start>c'])
    })

    it('are all deadlocks, where the model knows no end', async () => {
      expect(await explore(graph('start>a', 'start>b'), [])).toMatchObject({ ends: 0, deadlocks: 2 })
    })

    it('are not those with a loop to themselves', async () => {
      expect(await explore(graph('start>start'), [])).toMatchObject({
        ends: 0,
        deadlocks: 0,
        deadlock: undefined,
      })
    })

    it('are not those at the depth bound, which nobody looked behind', async () => {
      expect(await explore(graph('start>a'), [], { depth: 1 })).toMatchObject({ deadlocks: 0, unexpanded: 1 })
    })
  })

  describe('verdicts', () => {
    it('an invariant holds of all states, or is violated by a shortest trace', async () => {
      const model = graph('start>a>b>bad', 'start>bad>c')
      expect(await verdictsOf(model, never('nowhere'))).toEqual(['holds'])

      const [verdict] = (await explore(model, [never('bad')])).verdicts
      expect(verdict).toMatchObject({ verdict: 'violated', count: 1 })
      expect(traceOf(verdict)).toEqual(['start>bad'])
    })

    it('an invariant is violated in an initial state by the empty trace', async () => {
      const [verdict] = (await explore(graph('bad>a'), [never('bad')])).verdicts
      expect(traceOf(verdict)).toEqual([])
    })

    it('goes on after a violation, and counts every state that is one', async () => {
      const model = graph('start>bad1>x>bad2', 'start>bad3')
      const noBad = { ...never('bad'), holds: (state: string) => !state.startsWith('bad') }
      const found = await explore(model, [noBad])
      expect(found).toMatchObject({ states: 5, complete: true })
      expect(found.verdicts[0]).toMatchObject({ verdict: 'violated', count: 3 })
    })

    it('a step property is violated by a trace that ends with the step', async () => {
      const [verdict] = (await explore(graph('start>a>b>c', 'c>a'), [neverTakes('c>a')])).verdicts
      expect(traceOf(verdict)).toEqual(['start>a', 'a>b', 'b>c', 'c>a'])
    })

    it('a step property sees a step that leads nowhere new, the loop of a state included', async () => {
      const [verdict] = (await explore(graph('start>a>a'), [neverTakes('a>a')])).verdicts
      expect(verdict).toMatchObject({ verdict: 'violated', count: 1 })
      expect(traceOf(verdict)).toEqual(['start>a', 'a>a'])
    })

    it('a step property sees the rule, the choice and the events', async () => {
      const model: Model<string> = { ...graph('start>a'), events: state => [{ kind: 'at', state }] }
      const seen = new Set<string>() // an engine may ask more than once
      const watch: StepProperty<string> = {
        ...neverTakes('x>y'),
        holds({ before, rule, choice, after, events }) {
          seen.add(JSON.stringify([before, rule.name, choice, after, events]))
          return true
        },
      }
      await explore(model, [watch])
      expect([...seen].map(step => JSON.parse(step))).toEqual([
        ['start', 'go', 'start>a', 'a', [{ kind: 'at', state: 'a' }]],
      ])
    })

    it('a cover is reached by a state or by a step, or not at all', async () => {
      const model = graph('start>a>b', 'b>a')
      expect(await verdictsOf(model, reaches('b'), takes('b>a'), reaches('c'), takes('a>a'))).toEqual([
        'reached',
        'reached',
        'not reached',
        'not reached',
      ])
      const [byState, byStep] = (await explore(model, [reaches('b'), takes('b>a')])).verdicts
      expect(traceOf(byState)).toEqual(['start>a', 'a>b'])
      expect(traceOf(byStep)).toEqual(['start>a', 'a>b', 'b>a'])
    })

    it('a cover may ask for both, and the nearer one is shown', async () => {
      const both: Cover<string> = { ...reaches('c'), reachedBy: ({ after }) => after === 'a' }
      const [verdict] = (await explore(graph('start>a>b>c'), [both])).verdicts
      expect(verdict).toMatchObject({ verdict: 'reached', count: 2 })
      expect(traceOf(verdict)).toEqual(['start>a'])
    })
  })

  describe('shortest traces, on any graph', () => {
    const nodes = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
    const node = fc.constantFrom(...nodes)
    const edges = fc.uniqueArray(
      fc.tuple(node, node).map(pair => pair.join('>')),
      { maxLength: 20 },
    )
    const starts = fc.uniqueArray(node, { minLength: 1, maxLength: 3 })

    it('are as long as the distances that relaxing all edges gives', async () => {
      await fc.assert(
        fc.asyncProperty(starts, edges, async (from, paths) => {
          const expected = distances(from, paths)
          const found = await explore(graphFrom(from, paths), nodes.map(reaches))
          const lengths = nodes.map((_, at) => traceOf(found.verdicts[at])?.length)
          expect(lengths).toEqual(nodes.map(name => expected.get(name)))
          expect(found.states).toBe(expected.size)
          expect(found.transitions).toBe(paths.filter(path => expected.has(path.charAt(0))).length)
          expect(found.diameter).toBe(Math.max(...expected.values()))
        }),
      )
    })

    it('are cut by a depth bound exactly at the bound', async () => {
      await fc.assert(
        fc.asyncProperty(starts, edges, fc.nat(5), async (from, paths, depth) => {
          const expected = distances(from, paths)
          const found = await explore(graphFrom(from, paths), nodes.map(reaches), { depth })
          const within = [...expected.values()].filter(distance => distance <= depth)
          const atBound = within.filter(distance => distance === depth).length
          expect(found).toMatchObject({
            states: within.length,
            unexpanded: atBound,
            complete: atBound === 0,
            depthComplete: Math.max(...within),
          })
        }),
      )
    })
  })

  const verdictsOf = async (model: Model<string>, ...properties: Property<string>[]) =>
    (await explore(model, properties)).verdicts.map(({ verdict }) => verdict)

  const traceOf = (
    verdict: Exploration<string>['verdicts'][number] | undefined,
  ): readonly unknown[] | undefined =>
    verdict !== undefined && 'trace' in verdict ? edgesIn(verdict.trace) : undefined

  /** Relaxes every edge until nothing changes: shares no idea with a breadth-first search. */
  const distances = (from: readonly string[], paths: readonly string[]): Map<string, number> => {
    const found = new Map(from.map(name => [name, 0]))
    for (let changed = true; changed; ) {
      changed = false
      for (const path of paths) {
        const [source = '', target = ''] = path.split('>')
        const through = (found.get(source) ?? Number.POSITIVE_INFINITY) + 1
        if (through < (found.get(target) ?? Number.POSITIVE_INFINITY)) {
          found.set(target, through)
          changed = true
        }
      }
    }
    return found
  }
})
