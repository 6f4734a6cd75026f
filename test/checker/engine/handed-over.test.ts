/** When one thread hands over to several, and what these have to know by then. */
import { expect, it } from 'vitest'
import { addBirths, birthMemory } from '../../../checker/engine/births.js'
import { freshMemory } from '../../../checker/engine/fresh.js'
import { counterLength } from '../../../checker/engine/messages.js'
import { RoundWorker } from '../../../checker/engine/round-worker.js'
import { FastSearch } from '../../../checker/engine/search.js'
import { fingerprint } from '../../../checker/engine/states.js'
import { Helper } from '../../../checker/engine/worker.js'
import { Evidence } from '../../../checker/explore/evidence.js'
import { each, model, upTo } from '../../../checker/index.js'
import type { LocalProperty, Model } from '../../../checker/model.js'
import { counters } from './worker-models.js'

const searchOf = (of: Model<unknown>, properties: readonly LocalProperty<unknown>[]) => {
  const evidence = new Evidence(properties)
  return { evidence, search: new FastSearch(of, properties, evidence, false, true) }
}

const memoryOf = () => ({
  counters: new Int32Array(new SharedArrayBuffer(4 * counterLength(2))),
  births: birthMemory(),
  fresh: freshMemory(),
})

/** Every state is found where it is looked for. */
function expectAllFound({ stored, space }: FastSearch<unknown>): void {
  const ids = new Int32Array(space.columns.length)
  const row = new Int32Array(ids.length)
  for (let index = 0; index < stored.count; index++) {
    stored.load(index, ids)
    stored.rowOf(index, row)
    const { low, high } = fingerprint(space.columns, ids)
    expect(stored.find(row, low, high)).toBe(index)
  }
}

it('a thread that fills the table first learns of the cells that came to be before it was there', () => {
  const { model } = counters({ most: 12 })
  const { search } = searchOf(model, [])
  while (search.states < 500) search.expand(Number.POSITIVE_INFINITY)
  const { stored } = search
  const memory = memoryOf()
  const helper = new Helper(model, [], { thread: 1, memory, paranoid: false, isRecorded: false })
  addBirths(memory.births, search.births)
  stored.enlarge()
  expect(helper.answer({ kind: 'fill', states: stored.handOver(0) })).toEqual({ kind: 'filled' })
  expectAllFound(search)
})

it('states that one thread has stored between two rounds stay as they are', () => {
  const { model } = counters({ most: 40 })
  const { search } = searchOf(model, [])
  const { expander, stored, culprits } = search
  const memory = memoryOf()
  const worker = new RoundWorker({
    model,
    expander,
    stored,
    culprits,
    thread: 0,
    memory,
    paranoid: false,
    isRecorded: false,
  })
  let told = 0
  for (const states of [50, 500, 3000]) {
    while (search.states < states) search.expand(Number.POSITIVE_INFINITY)
    addBirths(memory.births, search.births.slice(told))
    told = search.births.length
    const { from } = search.levelLeft
    worker.begin({ from, to: from, enough: 0, births: told, sleep: search.sleep.memory })
    expectAllFound(search)
  }
})

it('nothing is handed over that was judged ahead, lest it be counted twice', () => {
  const toggled = model({
    name: 'toggled',
    state: { bits: each(8, false) },
    rules: { toggle: { choices: upTo(8), effect: (s, k) => ({ bits: s.bits.update(k, bit => !bit) }) } },
    invariants: { never: () => false },
  })
  const properties = toggled.properties as readonly LocalProperty<unknown>[]
  const { evidence, search } = searchOf(toggled as Model<unknown>, properties)
  let times = 0
  while (search.frontier > 0) {
    search.expand(Number.POSITIVE_INFINITY)
    if (!search.canBeShared) continue
    times++
    expect(evidence.verdicts(false)).toMatchObject([{ count: search.states - search.frontier }])
  }
  expect(times).toBeGreaterThan(8)
})
