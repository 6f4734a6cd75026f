/**
 * A thread that another has started, to search with it.
 *
 * Not here: what it does in a round (round-worker.ts).
 */
import type { MessagePort } from 'node:worker_threads'
import { cellsOf } from '../explore/answers.js'
import { isLocal } from '../explore/explore.js'
import { isTemporal, type Model, type Property, type TemporalProperty } from '../model.js'
import { type Importing, importWith } from '../typescript.js'
import { Culprits } from './culprits.js'
import { judgeSome } from './judges.js'
import { likenessOf, otherModel } from './likeness.js'
import { type Answer, type Order, ready, type Start } from './messages.js'
import { forbidExit } from './no-exit.js'
import { failureOf, RoundWorker } from './round-worker.js'
import { expanderFor } from './search.js'
import { serveSearches } from './searcher.js'
import { modelFrom } from './source.js'
import type { Space } from './space.js'
import { States } from './states.js'

export class Helper {
  readonly #stored: States
  readonly #worker: RoundWorker<unknown>
  readonly #space: Space<unknown>
  readonly #temporal: readonly TemporalProperty<unknown>[]
  readonly #isParanoid: boolean
  readonly #counters: Int32Array

  constructor(
    model: Model<unknown>,
    all: readonly Property<unknown>[],
    { thread, memory, paranoid, isRecorded }: Pick<Start, 'thread' | 'memory' | 'paranoid' | 'isRecorded'>,
  ) {
    const properties = all.filter(isLocal)
    this.#temporal = all.filter(isTemporal)
    this.#isParanoid = paranoid
    this.#counters = memory.counters
    const expander = expanderFor(model, properties)
    const { space, ruleQuestions } = expander
    const { columns, census } = space
    for (const { state } of model.initial) {
      const cells = cellsOf(model, state, columns.length)
      for (const [at, column] of columns.entries()) column.idOf(cells[at])
    }
    census.isClosed = true
    const stored = new States(columns, true)
    const noTrace = () => ({ initial: model.initial[0] as (typeof model.initial)[number], actions: [] })
    const culprits = new Culprits(space, properties, ruleQuestions, noTrace)
    this.#stored = stored
    this.#space = space
    this.#worker = new RoundWorker({
      model,
      expander,
      stored,
      culprits,
      thread,
      memory,
      paranoid,
      isRecorded,
    })
  }

  /** What could not be done is done again on the first thread, where faults of the model are found in their order. */
  answer(order: Order): Answer {
    const allowExit = forbidExit()
    try {
      return this.#obey(order)
    } catch (error) {
      this.#worker.giveUp()
      return { kind: 'failed', ...failureOf(error) }
    } finally {
      allowExit()
    }
  }

  #obey(order: Order): Answer {
    const worker = this.#worker
    if (order.kind === 'tell') return worker.tell()
    if (order.kind === 'settle') {
      worker.learn()
      this.#stored.adopt(order.states)
      return worker.settle(order.starts)
    }
    this.#stored.adopt(order.states)
    if (order.kind === 'fill') {
      // Where a state is entered depends on its cells, and some may have come to be while one thread searched.
      worker.catchUp()
      worker.fill()
      return { kind: 'filled' }
    }
    if (order.kind === 'judge') {
      worker.catchUp()
      const verdicts = judgeSome(
        this.#space,
        this.#stored,
        this.#temporal,
        order.graph,
        this.#isParanoid,
        this.#counters,
      )
      return { kind: 'judged', verdicts }
    }
    worker.begin(order)
    while (worker.expandBlock());
    return worker.expanded
  }
}

/**
 * Serves the thread that has started this one: in a search that both make together, or by searches of its own.
 *
 * @param importing as for `importWith`
 */
export async function serve(
  port: MessagePort,
  start: Start | { readonly files: Start['files'] },
  importing: Importing,
): Promise<void> {
  importWith(importing, start.files)
  if (!('memory' in start)) {
    serveSearches(port)
    return
  }
  const allowExit = forbidExit()
  const { model, properties } = await modelFrom(start.source).finally(allowExit)
  if (likenessOf(model, properties) !== start.likeness) throw new Error(otherModel)
  const helper = new Helper(model, properties, start)
  port.on('message', (order: Order) => port.postMessage(helper.answer(order)))
  port.postMessage(ready)
}
