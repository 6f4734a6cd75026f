import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { explore } from '../../../checker/explore/explore.js'
import { ModelError } from '../../../checker/explore/model-error.js'
import { enabled, replay, stateAt } from '../../../checker/explore/replay.js'
import type { Trace } from '../../../checker/explore/result.js'
import type { Model } from '../../../checker/model.js'
import { type GraphModel, graph, reaches } from '../graph.js'

const model = graph('start>a>b', 'a>c', 'b>a')

const traceOn = (on: GraphModel, ...edges: string[]): Trace<string> => {
  const [initial] = on.initial
  const [rule] = on.rules
  if (initial === undefined || rule === undefined) throw new Error('a graph has an initial state and a rule')
  return { initial, actions: edges.map(choice => ({ rule, choice })) }
}

describe('replay', () => {
  it('gives the states passed and the steps between them', () => {
    const replayed = replay(model, traceOn(model, 'start>a', 'a>b', 'b>a'))
    expect(replayed).toMatchObject({ replayed: true, states: ['start', 'a', 'b', 'a'] })
    expect(replayed.steps.map(({ before, choice, after }) => [before, choice, after])).toEqual([
      ['start', 'start>a', 'a'],
      ['a', 'a>b', 'b'],
      ['b', 'b>a', 'a'],
    ])
  })

  it('says which step cannot be taken, and what could', () => {
    expect(replay(model, traceOn(model, 'start>a', 'start>a', 'a>b'))).toMatchObject({
      replayed: false,
      failedAt: 2,
      action: { choice: 'start>a' },
      states: ['start', 'a'],
      steps: [{ choice: 'start>a' }],
      enabled: [{ choice: 'a>b' }, { choice: 'a>c' }],
    })
  })

  it('does not take an action that the model does not have, even where the guard would', () => {
    const other = graph('start>elsewhere')
    expect(replay(model, traceOn(other, 'start>elsewhere'))).toMatchObject({ replayed: false, failedAt: 1 })
  })

  it('runs on the rules of the model it is given, not on those of the trace', () => {
    const mutant: GraphModel = {
      ...model,
      rules: model.rules.map(go => ({
        ...go,
        effect: (state, edge) => (edge === 'a>b' ? 'c' : go.effect(state, edge)),
      })),
    }
    expect(replay(mutant, traceOn(model, 'start>a', 'a>b')).states).toEqual(['start', 'a', 'c'])
  })

  it('shows the events of each step, and of no other', () => {
    /** Counts the steps behind it, which only events can see. */
    type Told = { readonly node: string; readonly told: number }
    const telling: Model<Told> = {
      ...(graph('start>a') as unknown as Model<Told>),
      initial: [{ name: 'start', says: 'at start', state: { node: 'start', told: 0 } }],
      rules: [
        {
          name: 'go',
          feature: 'graph',
          kind: 'internal',
          source: 'this test',
          choices: ['a', 'b'],
          guard: () => true,
          effect: (state, node) => ({ node: String(node), told: state.told + 1 }),
        },
      ],
      cells: ({ node }) => [node],
      restore: cells => ({ node: String(cells[0]), told: 0 }),
      events: ({ told }) => Array.from({ length: told }, () => ({ kind: 'told' })),
    }
    const [initial] = telling.initial
    const [rule] = telling.rules
    if (initial === undefined || rule === undefined) throw new Error('written above')
    const { steps } = replay(telling, {
      initial,
      actions: [
        { rule, choice: 'a' },
        { rule, choice: 'b' },
      ],
    })
    expect(steps.map(({ events }) => events)).toEqual([[{ kind: 'told' }], [{ kind: 'told' }]])
  })

  it('wraps what a rule throws', () => {
    const failing: GraphModel = {
      ...model,
      rules: model.rules.map(go => ({
        ...go,
        effect: () => {
          throw new Error('broken')
        },
      })),
    }
    expect(() => replay(failing, traceOn(failing, 'start>a'))).toThrow(ModelError)
  })

  it('reproduces every trace that a search gives', async () => {
    const nodes = ['a', 'b', 'c', 'd', 'e']
    const edge = fc.tuple(fc.constantFrom(...nodes), fc.constantFrom(...nodes)).map(pair => pair.join('>'))
    await fc.assert(
      fc.asyncProperty(fc.array(edge, { maxLength: 12 }), async paths => {
        const any = graph('a', ...paths)
        const { verdicts } = await explore(any, nodes.map(reaches))
        for (const [at, verdict] of verdicts.entries()) {
          if ('trace' in verdict) expect(stateAt(any, verdict.trace)).toBe(nodes[at])
        }
      }),
    )
  })
})

describe('stateAt', () => {
  it('is the state after so many steps, the last one unless told', () => {
    const trace = traceOn(model, 'start>a', 'a>b', 'b>a', 'a>c')
    expect([0, 1, 2, 3, undefined].map(steps => stateAt(model, trace, steps))).toEqual([
      'start',
      'a',
      'b',
      'a',
      'c',
    ])
  })

  it('refuses a step that the trace does not have', () => {
    expect(() => stateAt(model, traceOn(model, 'start>a'), 2)).toThrow('The trace has no state after step 2.')
  })
})

describe('enabled', () => {
  it('lists what may be done, in the order of rules and choices', () => {
    expect(enabled(model, 'a').map(({ choice }) => choice)).toEqual(['a>b', 'a>c'])
    expect(enabled(model, 'c')).toEqual([])
  })
})
