/**
 * A thread that another has started, to search with it.
 *
 * Not here: what it does in a round (round-worker.ts).
 */
import type { MessagePort } from 'node:worker_threads'
import { cellsOf } from '../explore/answers.js'
import { isLocal } from '../explore/explore.js'
import type { LocalProperty, Model } from '../model.js'
import { type Importing, importWith } from '../typescript.js'
import { Culprits } from './culprits.js'
import { likenessOf } from './likeness.js'
import { type Answer, type Order, ready, type Start } from './messages.js'
import { forbidExit } from './no-exit.js'
import { failureOf, RoundWorker } from './round-worker.js'
import { expanderFor } from './search.js'
import { serveSearches } from './searcher.js'
import { modelFrom } from './source.js'
import { States } from './states.js'

export class Helper {
  readonly #stored: States
  readonly #worker: RoundWorker<unknown>

  constructor(
    model: Model<unknown>,
    properties: readonly LocalProperty<unknown>[],
    { thread, memory, paranoid, isRecorded }: Pick<Start, 'thread' | 'memory' | 'paranoid' | 'isRecorded'>,
  ) {
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
  const { model, properties: all } = await modelFrom(start.source).finally(allowExit)
  // Others are not judged by several threads.
  const properties = all.filter(isLocal)
  if (likenessOf(model, properties) !== start.likeness)
    throw new Error('it makes another model of the same module: one that reads a clock or a random number?')
  const helper = new Helper(model, properties, start)
  port.on('message', (order: Order) => port.postMessage(helper.answer(order)))
  port.postMessage(ready)
}
