import { describe, expect, it } from 'vitest'
import { ModelError } from '../../../checker/explore/model-error.js'
import type { Model, Property, Rule, Step } from '../../../checker/model.js'
import { engines } from '../engines.js'
import { edgesIn, graph, never, neverTakes } from '../graph.js'

/** A graph where something goes wrong at b, which is two steps away and three. */
const model = graph('start>a>b>c', 'start>x>y>b')

const failAtB = <T>(state: string, otherwise: T): T => {
  if (state === 'b') throw new Error('no such b')
  return otherwise
}

const withRule = (change: (go: Rule<string>) => Partial<Rule<string>>): Model<string> => ({
  ...model,
  rules: model.rules.map(go => ({ ...go, ...change(go) })),
})

describe.each(engines)('the $name engine', ({ explore }) => {
  const failure = async (
    failing: Model<string>,
    ...properties: Property<string>[]
  ): Promise<ModelError<string>> => {
    const error: unknown = await explore(failing, properties).catch((thrown: unknown) => thrown)
    if (!(error instanceof ModelError)) throw new Error('expected a ModelError', { cause: error })
    return error
  }

  it('names the guard, and the shortest way to the state where it threw', async () => {
    const failing = withRule(go => ({ guard: (state, edge) => failAtB(state, go.guard(state, edge)) }))
    const error = await failure(failing)
    expect(error.message).toBe('guard of start>a threw 2 steps from the initial state start: no such b')
    expect(error.culprit).toMatchObject({
      part: 'guard',
      action: { rule: { name: 'go' }, choice: 'start>a' },
    })
    expect(edgesIn(error.trace)).toEqual(['start>a', 'a>b'])
    expect(error.cause).toEqual(new Error('no such b'))
  })

  it('names the effect', async () => {
    const failing = withRule(go => ({ effect: (state, edge) => failAtB(state, go.effect(state, edge)) }))
    const error = await failure(failing)
    expect(error.message).toBe('effect of b>c threw 2 steps from the initial state start: no such b')
    expect(edgesIn(error.trace)).toEqual(['start>a', 'a>b'])
  })

  it('names the invariant', async () => {
    const error = await failure(model, { ...never('z'), holds: (state: string) => failAtB(state, true) })
    expect(error.message).toBe("the property 'never z' threw 2 steps from the initial state start: no such b")
    expect(error.culprit).toMatchObject({ part: 'property', property: { name: 'never z' } })
  })

  it('names the step property, with the step as the last of the trace', async () => {
    const error = await failure(model, {
      ...neverTakes('z>z'),
      holds: ({ before }: Step<string>) => failAtB(before, true),
    })
    expect(edgesIn(error.trace)).toEqual(['start>a', 'a>b', 'b>c'])
  })

  it('says so where the initial state is the one', async () => {
    const error = await failure({ ...model, cells: () => [new Date(0)] })
    expect(error.message).toBe(
      'cells of the model graph threw in the initial state start: A value of class Date cannot be part of a state. ' +
        'Use primitives, immutable collections and records, or frozen data.',
    )
  })

  it('finds a state that is not made of its cells', async () => {
    const error = await failure({ ...model, restore: cells => (cells[0] === 'a' ? 'x' : String(cells[0])) })
    expect(error.message).toBe(
      'restore of the model graph threw 1 step from the initial state start: the cells of the restored state are others',
    )
  })

  it('survives a label that throws', async () => {
    const failing = withRule(go => ({ effect: (state, edge) => failAtB(state, go.effect(state, edge)) }))
    const error = await failure({ ...failing, label: () => failAtB('b', '') })
    expect(error.message).toMatch(/^effect of go\("b>c"\) threw/)
  })
})
