/**
 * One of several threads that expand the states of a level.
 *
 * It has a model, rules and properties of its own, built anew, and remembers what it has run itself. States are shared
 * and only read. It gives no ids: a state that leads to a cell without one is left to the first thread.
 */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { GrowingInts } from '../explore/growing.js'
import type { Trace } from '../explore/result.js'
import type { LocalProperty, Model } from '../model.js'
import { NewCell } from './columns.js'
import { Culprits } from './culprits.js'
import type { Expander } from './expander.js'
import {
  type Birth,
  blockSize,
  type Failed,
  type Level,
  mustStop,
  nextBlock,
  type Part,
  ready,
  type Shown,
  type Start,
} from './part.js'
import type { Outcome } from './rule-questions.js'
import { expanderFor } from './search.js'
import { modelFrom } from './source.js'
import { States } from './states.js'

class LevelWorker {
  readonly #expander: Expander<unknown>
  readonly #stored: States
  #candidates: States
  #parents = new GrowingInts()
  #actions = new GrowingInts()
  #lows = new GrowingInts()
  #highs = new GrowingInts()
  #shown: { candidate: number; properties: readonly number[] }[] = []
  #steps = new Map<number, { -readonly [key in keyof Shown]: Shown[key] }>()
  #left: number[] = []
  #transitions = 0
  #firings: number[] = []
  #ends = 0
  #deadlocks: number[] = []
  readonly #culprits: Culprits<unknown>
  /** Whoever throws here throws on the first thread too, which knows the way. */
  readonly #noTrace = (): Trace<unknown> => ({
    initial: this.model.initial[0] as Trace<unknown>['initial'],
    actions: [],
  })

  constructor(
    private readonly model: Model<unknown>,
    properties: readonly LocalProperty<unknown>[],
    private readonly counters: Int32Array,
    private readonly isParanoid: boolean,
  ) {
    this.#expander = expanderFor(model, properties)
    const { space, ruleQuestions } = this.#expander
    this.#culprits = new Culprits(space, properties, ruleQuestions, this.#noTrace)
    const { columns, census } = this.#expander.space
    for (const { state } of model.initial) {
      const cells = model.cells(state)
      for (const [at, column] of columns.entries()) column.idOf(cells[at])
    }
    census.isClosed = true
    this.#stored = new States(columns)
    this.#candidates = new States(columns, true)
  }

  expand({ states, births, from, to }: Level): Part {
    this.#begin()
    this.#stored.adopt(states)
    this.#candidates.startWith(this.#stored.layout)
    this.#learn(births)
    for (;;) {
      const start = from + blockSize * Atomics.add(this.counters, nextBlock, 1)
      if (start >= to || Atomics.load(this.counters, mustStop) !== 0) return this.#part()
      const end = Math.min(to, start + blockSize)
      for (let index = start; index < end; index++) this.#expand(index)
    }
  }

  #begin(): void {
    this.#candidates = new States(this.#expander.space.columns, true)
    this.#parents = new GrowingInts()
    this.#actions = new GrowingInts()
    this.#lows = new GrowingInts()
    this.#highs = new GrowingInts()
    this.#shown = []
    this.#steps = new Map()
    this.#left = []
    this.#transitions = 0
    this.#firings = this.model.rules.map(() => 0)
    this.#ends = 0
    this.#deadlocks = []
  }

  /** Gives the cells that were born elsewhere the ids that they have there. */
  #learn(births: readonly Birth[]): void {
    const { space } = this.#expander
    const { census, columns, tracker } = space
    const vector = new Int32Array(tracker.slots.count)
    census.isClosed = false
    for (const [state, at, column, id] of births) {
      this.#stored.load(state, vector)
      const { rule, choice } = space.actions[at] as (typeof space.actions)[number]
      const after = this.model.cells(rule.effect(space.plainState(vector), choice))
      const given = (columns[column] as (typeof columns)[number]).idOf(after[column])
      if (given !== id) throw new Error(`two threads know cell ${column} by the ids ${given} and ${id}`)
    }
    census.isClosed = true
    if (tracker.findMixed()) this.#expander.forget()
  }

  #expand(index: number): void {
    const expander = this.#expander
    const { outcomes } = expander
    const isCompared = this.isParanoid || (index & 1023) === 0
    try {
      expander.load(this.#stored, index)
      expander.ask()
      // Every id that may be lacking is asked for before anything is counted.
      for (const outcome of outcomes) {
        expander.take(outcome)
        expander.undo()
      }
    } catch (error) {
      if (!(error instanceof NewCell)) throw error
      this.#left.push(index)
      return
    }
    if (isCompared) this.#culprits.compareOutcomes(index, expander.step, outcomes)
    for (let at = 0; at < outcomes.length; at++) this.#take(index, outcomes[at] as Outcome, isCompared)
    if (outcomes.length === 0) this.#stuck(index)
  }

  #take(index: number, outcome: Outcome, isCompared: boolean): void {
    const expander = this.#expander
    const { action } = outcome
    this.#transitions++
    const { ruleAt } = expander.space.actions[action] as (typeof expander.space.actions)[number]
    this.#firings[ruleAt] = (this.#firings[ruleAt] as number) + 1
    const changes = expander.take(outcome)
    if (expander.judgesSteps) {
      const shown = expander.judgeStep()
      if (isCompared) this.#culprits.compareStep(index, action, expander.step, shown)
      for (const property of shown) {
        const seen = this.#steps.get(property)
        if (seen === undefined) this.#steps.set(property, { property, count: 1, parent: index, action })
        else seen.count++
      }
    }
    if (changes) this.#reach(index, action, isCompared)
    expander.undo()
  }

  #reach(index: number, action: number, isCompared: boolean): void {
    const expander = this.#expander
    expander.findRow(this.#stored)
    const { row, low, high } = expander
    if (this.#stored.find(row, low, high) >= 0 || this.#candidates.find(row, low, high) >= 0) return
    const candidate = this.#candidates.add(row, low, high)
    this.#parents.push(index)
    this.#actions.push(action)
    this.#lows.push(low)
    this.#highs.push(high)
    expander.describeAfter()
    const properties = expander.judgeAfter()
    if (isCompared) this.#culprits.compareState(expander.after, properties, this.#noTrace)
    if (properties.length > 0) this.#shown.push({ candidate, properties: [...properties] })
  }

  #stuck(index: number): void {
    const { space, step } = this.#expander
    if (this.model.isEnd?.(space.plainState(step)) === true) this.#ends++
    else this.#deadlocks.push(index)
  }

  #part(): Part {
    return {
      left: this.#left,
      transitions: this.#transitions,
      firings: this.#firings,
      ends: this.#ends,
      deadlocks: this.#deadlocks,
      steps: [...this.#steps.values()],
      candidates: this.#candidates.handOver(0),
      parents: this.#parents.toArray(),
      actions: this.#actions.toArray(),
      lows: this.#lows.toArray(),
      highs: this.#highs.toArray(),
      shown: this.#shown,
    }
  }
}

/** A part that could not be done is done again on the first thread, where faults of the model are found in their order. */
const partOf = (worker: LevelWorker, level: Level): Part | Failed => {
  try {
    return worker.expand(level)
  } catch (error) {
    return { failed: String(error) }
  }
}

/** Serves the thread that has started this one. */
export async function serve(port: MessagePort, { source, counters, paranoid }: Start): Promise<void> {
  const { model, properties } = await modelFrom(source)
  const worker = new LevelWorker(model, properties, counters, paranoid)
  port.on('message', (level: Level) => port.postMessage(partOf(worker, level)))
  port.postMessage(ready)
}

if (parentPort !== null) await serve(parentPort, workerData as Start)
