/**
 * Searches that are cut short: what they may still say.
 */
import { describe, expect, it } from 'vitest'
import type { Progress } from '../../../checker/explore/result.js'
import type { Model, Property } from '../../../checker/model.js'
import { engines } from '../engines.js'
import { graph, graphFrom, never, neverTakes, reaches } from '../graph.js'

/** A number that counts up for ever, from 0: level n is the state n. */
const counter: Model<number> = {
  name: 'counter',
  initial: [{ name: 'zero', says: 'at 0', state: 0 }],
  rules: [
    {
      name: 'increment',
      feature: 'count',
      kind: 'internal',
      source: 'this test',
      choices: [null],
      guard: () => true,
      effect: state => state + 1,
    },
  ],
  cells: state => [state],
  restore: cells => Number(cells[0]),
  events: () => [],
  cellNames: () => ['count'],
  label: rule => rule.name,
}

const small: readonly Property<number>[] = [
  { kind: 'invariant', name: 'not negative', says: 'The count is not negative.', holds: count => count >= 0 },
  { kind: 'invariant', name: 'not three', says: 'The count is never three.', holds: count => count !== 3 },
  { kind: 'cover', name: 'a million', says: 'The count is a million.', reached: count => count === 1e6 },
]

describe.each(engines)('the $name engine', ({ explore }) => {
  describe('the depth bound', () => {
    it('judges the states at the bound, and does not expand them', async () => {
      const found = await explore(counter, small, { depth: 3 })
      expect(found).toMatchObject({
        stop: { by: 'depth', depth: 3 },
        complete: false,
        states: 4,
        transitions: 3,
        diameter: 3,
        depthComplete: 3,
        unexpanded: 1,
        levels: [1, 1, 1, 1],
      })
      expect(found.verdicts.map(({ verdict }) => verdict)).toEqual(['stopped', 'violated', 'stopped'])
    })

    it('of 0 judges the initial states', async () => {
      expect(await explore(counter, small, { depth: 0 })).toMatchObject({
        states: 1,
        transitions: 0,
        depthComplete: 0,
      })
    })

    it('does not claim to be complete while a state at the bound is not expanded', async () => {
      // b is the last state, but nobody looked.
      const atBound = await explore(graph('start>a>b'), [never('c')], { depth: 2 })
      expect(atBound).toMatchObject({ complete: false, verdicts: [{ verdict: 'stopped' }], unexpanded: 1 })

      const beyond = await explore(graph('start>a>b'), [never('c')], { depth: 3 })
      expect(beyond).toMatchObject({
        complete: true,
        verdicts: [{ verdict: 'holds' }],
        unexpanded: 0,
        depthComplete: 2,
      })
      expect(beyond.stop).toBeUndefined()
    })

    it('does not see the steps out of the states at the bound', async () => {
      const found = await explore(graph('start>a>a'), [neverTakes('a>a')], { depth: 1 })
      expect(found.verdicts).toMatchObject([{ verdict: 'stopped' }])
    })
  })

  describe('the limit of states', () => {
    it('ends the search before a state more would be kept', async () => {
      const found = await explore(counter, small, { maxStates: 10 })
      expect(found).toMatchObject({
        stop: { by: 'max-states', limit: 10 },
        states: 10,
        transitions: 9,
        depthComplete: 9,
        unexpanded: 1,
      })
    })

    it('takes all edges out of a state or none', async () => {
      // a, b, c fit; b leads to two more, of which one would fit.
      const found = await explore(graph('a>b>d', 'a>c', 'b>e'), [], { maxStates: 4 })
      expect(found).toMatchObject({
        states: 3,
        transitions: 2,
        unexpanded: 2,
        depthComplete: 1,
        levels: [1, 2],
      })
    })

    it('does not count a state again that an edge leads back to', async () => {
      expect(await explore(graph('a>b', 'b>a', 'a>a'), [], { maxStates: 2 })).toMatchObject({
        complete: true,
      })
    })

    it('counts a state once, however many actions find it', async () => {
      const twice: Model<number> = { ...counter, rules: [...counter.rules, ...counter.rules] }
      expect(await explore(twice, small, { maxStates: 10 })).toMatchObject({ states: 10, transitions: 18 })
    })

    it('is no reason to stop where the whole space fits', async () => {
      const found = await explore(graph('a>b>c'), [never('d')], { maxStates: 3 })
      expect(found).toMatchObject({ complete: true, states: 3, verdicts: [{ verdict: 'holds' }] })
    })

    it('keeps all initial states', async () => {
      const found = await explore(graphFrom(['a', 'b', 'c'], []), [never('c')], { maxStates: 2 })
      expect(found).toMatchObject({ stop: { by: 'max-states' }, states: 3, unexpanded: 3, depthComplete: 0 })
      expect(found.verdicts).toMatchObject([{ verdict: 'violated' }])
    })

    it('leaves a level half expanded, and says so', async () => {
      // Level 1 is b, c; b was expanded, c was not: of level 2 only d is known.
      const found = await explore(graph('a>b>d', 'a>c>e'), [reaches('d'), reaches('e')], { maxStates: 4 })
      expect(found).toMatchObject({ depthComplete: 1, diameter: 2, levels: [1, 2, 1], unexpanded: 2 })
      expect(found.verdicts.map(({ verdict }) => verdict)).toEqual(['reached', 'stopped'])
    })
  })

  describe('limits from outside', () => {
    it('a timeout ends the search with all that is known', async () => {
      const found = await explore(counter, small, { timeout: 0.15 })
      expect(found.stop).toEqual({ by: 'timeout', limit: 0.15 })
      expect(found.seconds).toBeGreaterThanOrEqual(0.15)
      expect(found.verdicts.map(({ verdict }) => verdict)).toEqual(['stopped', 'violated', 'stopped'])
      // One state to a level, so all that was expanded is complete.
      expect(found).toMatchObject({
        unexpanded: 1,
        depthComplete: found.states - 1,
        transitions: found.states - 1,
      })
    })

    it('the memory of the process ends the search', async () => {
      const found = await explore(counter, small, { maxMemory: 1 })
      expect(found).toMatchObject({ stop: { by: 'max-memory', limit: 1 }, complete: false, states: 1 })
    })

    it('a signal ends the search, and is named', async () => {
      const controller = new AbortController()
      setTimeout(() => controller.abort('SIGINT'), 120)
      const found = await explore(counter, small, { signal: controller.signal })
      expect(found).toMatchObject({ stop: { by: 'signal', signal: 'SIGINT' }, complete: false })
      expect(found.states).toBeGreaterThan(1)
    })

    it('a signal that came before ends the search before the first step', async () => {
      const found = await explore(counter, small, { signal: AbortSignal.abort('SIGTERM') })
      expect(found).toMatchObject({ stop: { by: 'signal', signal: 'SIGTERM' }, states: 1, transitions: 0 })
    })

    it('none of them matters once everything was seen', async () => {
      const found = await explore(graph('a>b'), [never('c')], {
        depth: 2,
        maxStates: 2,
        timeout: 60,
        maxMemory: 2 ** 40,
      })
      expect(found).toMatchObject({ complete: true, verdicts: [{ verdict: 'holds' }] })
    })

    it('progress is told while the search runs', async () => {
      const told: Progress[] = []
      await explore(counter, [], { timeout: 0.2, onProgress: progress => told.push(progress) })
      expect(told.length).toBeGreaterThan(1)
      expect(told[0]).toMatchObject({ states: 1, transitions: 0, depth: 0, frontier: 1 })
      expect(told.at(-1)?.states).toBeGreaterThan(1)
      expect(told.at(-1)?.memory).toBeGreaterThan(0)
    })
  })
})
