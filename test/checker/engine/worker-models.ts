/**
 * Models that other threads build anew.
 */
import { isMainThread } from 'node:worker_threads'
import type { SourcedModel } from '../../../checker/engine/source.js'
import type { LocalProperty, Model } from '../../../checker/model.js'
import { knownAnswers } from '../../known-answers/index.js'
import { graph } from '../graph.js'
import { type Holding, type Plan, randomModels } from './random-model.js'

const module = import.meta.url

export const knownAnswer = (id: unknown): SourcedModel => {
  const { model, properties } = knownAnswers.find(known => known.id === id) as (typeof knownAnswers)[number]
  return { model, properties: properties as readonly LocalProperty<unknown>[] }
}

export const random = (argument: unknown): SourcedModel => {
  const { holding, plans } = argument as { readonly holding: Holding; readonly plans: readonly Plan[] }
  const { model, properties } = randomModels[holding](plans)
  return { model, properties: properties as readonly LocalProperty<unknown>[] }
}

/** A model that brings down every thread but the first. */
export const deadly = (): SourcedModel => {
  const model = graph('a>b>c')
  return {
    model: {
      ...model,
      rules: model.rules.map(rule => ({
        ...rule,
        guard: (state: string, edge: unknown) => {
          if (!isMainThread) process.exit(3)
          return rule.guard(state, edge)
        },
      })),
    } as Model<unknown>,
    properties: [],
  }
}

/** A property that throws in a state that is three steps away. */
export const throwing = (): SourcedModel => ({
  model: graph('a>b>c>d', 'a>x>y') as Model<unknown>,
  properties: [
    {
      kind: 'invariant',
      name: 'never d',
      says: 'Nobody asks about d.',
      holds: state => {
        if (state === 'd') throw new Error('d is asked about')
        return true
      },
    },
  ],
})

export const sources = {
  knownAnswer: (id: string) => ({ module, export: 'knownAnswer', argument: id }),
  random: (holding: Holding, plans: readonly Plan[]) => ({
    module,
    export: 'random',
    argument: { holding, plans },
  }),
  deadly: { module, export: 'deadly', argument: null },
  throwing: { module, export: 'throwing', argument: null },
}
