/**
 * Models that other threads build anew.
 */
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isMainThread } from 'node:worker_threads'
import { Record } from 'immutable'
import { model } from '../../../checker/define/model.js'
import type { SourcedModel } from '../../../checker/engine/source.js'
import { isLocal } from '../../../checker/explore/explore.js'
import type { LocalProperty, Model } from '../../../checker/model.js'
import { knownAnswers } from '../../known-answers/index.js'
import { graph, graphFrom } from '../graph.js'
import { type Holding, type Plan, randomModels } from './random-model.js'

const module = import.meta.url

export const knownAnswer = (id: unknown): SourcedModel => {
  const { model, properties } = knownAnswers.find(known => known.id === id) as (typeof knownAnswers)[number]
  return { model, properties: properties as readonly LocalProperty<unknown>[] }
}

export const random = (argument: unknown): SourcedModel => {
  const { holding, plans, isConstrained } = argument as {
    readonly holding: Holding
    readonly plans: readonly Plan[]
    readonly isConstrained?: boolean
  }
  const { model, properties, constraint } = randomModels[holding](plans)
  return {
    model: isConstrained === true ? { ...model, constraint } : model,
    properties: properties as readonly LocalProperty<unknown>[],
  }
}

/**
 * A model that does something on every thread but the first, when that expands one of the many states of the second level.
 * The first thread waits until one has begun.
 */
const elsewhere = (act: () => void): SourcedModel => {
  const model = graphFrom(
    ['a'],
    Array.from({ length: 200 }, (_, i) => `a>b${i}>c`),
  )
  const mark = join(tmpdir(), `zombieproof-test-${process.pid}`)
  if (isMainThread) rmSync(mark, { force: true })
  return {
    model: {
      ...model,
      rules: model.rules.map(rule => ({
        ...rule,
        guard: (state: string, edge: unknown) => {
          if (!state.startsWith('b')) return rule.guard(state, edge)
          if (!isMainThread) {
            writeFileSync(mark, '')
            act()
          }
          while (!existsSync(mark)) Atomics.wait(nothingToWaitFor, 0, 0, 5)
          return rule.guard(state, edge)
        },
      })),
    } as Model<unknown>,
    properties: [],
  }
}

const nothingToWaitFor = new Int32Array(new SharedArrayBuffer(4))

/** One that brings down the thread, in the middle of a round. */
export const deadly = (): SourcedModel =>
  elsewhere(() => {
    queueMicrotask(() => {
      throw new Error('out of breath')
    })
  })

/** One that wants to end the program. */
export const leaving = (): SourcedModel => elsewhere(() => process.exit(0))

/** One that is another on every thread. */
export const changing = (): SourcedModel => ({
  model: graph('a>b', isMainThread ? 'b>c' : 'b>d') as Model<unknown>,
  properties: [],
})

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

/**
 * Three counters: each step meets values that no thread has met, and many states of one level break the same properties.
 *
 * @param argument where the counters end; `isSlow`: each thread takes its time for its first state of the level 20
 */
export const counters = (argument: unknown): SourcedModel => {
  const { most, isSlow = false } = argument as { readonly most: number; readonly isSlow?: boolean }
  let mayWait = isSlow
  const made = model({
    name: 'counters',
    says: 'three counters',
    state: { x: 0, y: 0, z: 0 },
    rules: {
      x: {
        guard: s => {
          const sum = s.x + s.y + s.z
          if (sum === 20 && mayWait) {
            mayWait = false
            Atomics.wait(nothingToWaitFor, 0, 0, isMainThread ? 100 : 400)
          }
          return s.x < most
        },
        effect: s => ({ x: s.x + 1 }),
      },
      y: { guard: s => s.y < most, effect: s => ({ y: s.y + 1 }) },
      z: { guard: s => s.z < most, effect: s => ({ z: s.z + 1 }) },
    },
    isEnd: s => s.x === most,
    invariants: {
      'not half': s => s.x + s.y + s.z !== most,
      'x is last': s => s.x <= s.y + s.z + 3,
      // Broken where it begins already.
      'one is ahead': s => s.x !== s.y || s.y !== s.z,
    },
    steps: { 'never beyond': ({ after }) => after.z * 2 <= most },
  })
  return { model: made as Model<unknown>, properties: made.properties.filter(isLocal) as never }
}

/** Many states of one level in which nothing can happen; some of them are ends. */
export const stuck = (): SourcedModel => {
  const made = graphFrom(
    ['a'],
    Array.from({ length: 200 }, (_, i) => `a>b${i}`),
  )
  return {
    model: { ...made, isEnd: (state: string) => state.endsWith('3') } as Model<unknown>,
    properties: [],
  }
}

/** One state, and properties of behaviours that take their time to be judged: seconds, all in all. */
export const pondered = (): SourcedModel => ({
  model: graph('a>a') as Model<unknown>,
  properties: Array.from({ length: 40 }, (_, n) => ({
    kind: 'possibility',
    name: `possible ${n}`,
    says: 'Somebody thinks about it.',
    when: () => Atomics.wait(nothingToWaitFor, 0, 0, 50) !== 'ok',
    can: () => true,
  })),
})

/** Counters, and what is asked of their behaviours. */
export const behaving = (argument: unknown): SourcedModel => {
  const { fault } = argument as { readonly fault?: 'everywhere' | 'elsewhere' }
  const made = model({
    name: 'behaving',
    state: { x: 0, y: 0, z: 0 },
    rules: {
      x: { guard: s => s.x < 12, effect: s => ({ x: s.x + 1 }) },
      y: { guard: s => s.y < 12, effect: s => ({ y: s.y + 1 }) },
      z: { guard: s => s.z < 12, effect: s => ({ z: (s.z + s.x) % 12 }) },
    },
    isEnd: () => true,
    temporal: {
      'x can be twelve': { can: s => s.x === 12 },
      'z can be one': { can: s => s.z === 1 },
      'x comes to twelve': { eventually: s => s.x === 12, weak: ['x'] },
      'all come to twelve': {
        each: [0, 1],
        leadsTo: (s, n) => (n === 0 ? s.y : s.z) === 12,
        weak: ['x', 'y', 'z'],
      },
      'y can be twelve': {
        can: s => {
          if (fault === 'everywhere' || (fault === 'elsewhere' && !isMainThread))
            throw new Error('y is asked about')
          return s.y === 12
        },
      },
      'z is three again and again': { alwaysEventually: s => s.z === 3, strong: ['z'] },
    },
  })
  return { model: made as Model<unknown>, properties: made.properties as never }
}

const Box = Record({ x: 0 }, 'Box')

/** Counters, and a cell that holds a record from some state on, which the constraint looks at. */
export const mixing = (): SourcedModel => {
  const made = model({
    name: 'mixing',
    state: { x: 0, y: 0, z: 0, box: null as InstanceType<typeof Box> | null },
    rules: {
      x: { guard: s => s.x < 20, effect: s => ({ x: s.x + 1 }) },
      y: { guard: s => s.y < 20, effect: s => ({ y: s.y + 1 }) },
      z: { guard: s => s.z < 20, effect: s => ({ z: s.z + 1 }) },
      pack: { guard: s => s.box === null && s.x + s.y > 2, effect: s => ({ box: Box({ x: s.x }) }) },
    },
    constraint: s => s.box === null || s.box.x < 3,
    invariants: { 'a box is small': s => s.box === null || s.box.x < 5 },
  })
  return { model: made as Model<unknown>, properties: made.properties as readonly LocalProperty<unknown>[] }
}

export const sources = {
  behaving: (fault?: 'everywhere' | 'elsewhere') => ({ module, export: 'behaving', argument: { fault } }),
  counters: (most: number, isSlow = false) => ({ module, export: 'counters', argument: { most, isSlow } }),
  knownAnswer: (id: string) => ({ module, export: 'knownAnswer', argument: id }),
  random: (holding: Holding, plans: readonly Plan[]) => ({
    module,
    export: 'random',
    argument: { holding, plans },
  }),
  constrained: (plans: readonly Plan[]) => ({
    module,
    export: 'random',
    argument: { holding: 'as they are', plans, isConstrained: true },
  }),
  stuck: { module, export: 'stuck', argument: null },
  mixing: { module, export: 'mixing', argument: null },
  deadly: { module, export: 'deadly', argument: null },
  leaving: { module, export: 'leaving', argument: null },
  changing: { module, export: 'changing', argument: null },
  pondered: { module, export: 'pondered', argument: null },
  throwing: { module, export: 'throwing', argument: null },
}
