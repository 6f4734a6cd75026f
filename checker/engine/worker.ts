/**
 * One of several threads that search together.
 *
 * It has a model, rules and properties of its own, built anew, and remembers what it has run itself. A level is gone
 * through in two rounds, and between them all threads wait for each other. In the first it expands some states, tells
 * each successor to the thread whose it is (post.ts), and keeps those that are its own (share.ts). In the second it
 * stores what it has kept, in the order in which one thread alone would have found it, and judges some of the states
 * that were stored.
 */
import type { MessagePort } from 'node:worker_threads'
import { asBoolean, cellsOf } from '../explore/answers.js'
import type { Trace } from '../explore/result.js'
import type { LocalProperty, Model } from '../model.js'
import { translateWith } from '../typescript.js'
import { addBirths, type Birth, KnownBirths, NotShareable, whileOthersWait } from './births.js'
import { NewCell } from './columns.js'
import { Culprits } from './culprits.js'
import { anything, bitOf } from './decisions.js'
import type { Expander } from './expander.js'
import { likenessOf } from './likeness.js'
import {
  type Answer,
  blockSize,
  type Expanded,
  type ExpandOrder,
  expandedAt,
  foundAt,
  haveExpanded,
  haveMet,
  mustStop,
  nextBlock,
  type Order,
  type Ran,
  ready,
  type Settled,
  type SettleOrder,
  type Start,
  stepsAt,
} from './messages.js'
import { forbidExit } from './no-exit.js'
import { Outside } from './outside.js'
import { Places } from './places.js'
import { Post, sentAction, sentHigh, sentLow, sentParent, sentRow } from './post.js'
import type { Outcome } from './rule-questions.js'
import { expanderFor, isComparedAt } from './search.js'
import { ownerOf, Share } from './share.js'
import { modelFrom } from './source.js'
import { States } from './states.js'

/** It was told to stop. */
class Stopped extends Error {
  override readonly name = 'Stopped'
}

/** Beside an action: the state that it leads to is kept out by the constraint. */
const isOutside = 1 << 30

/** Milliseconds. */
const shortWhile = 0.2

/** What a level adds up to on this thread. */
const newTally = (rules: number) => ({
  transitions: 0,
  firings: Array.from({ length: rules }, () => 0),
  ends: 0,
  deadlocks: 0,
  firstDeadlock: undefined as number | undefined,
  steps: new Places(),
})

class LevelWorker {
  readonly #expander: Expander<unknown>
  readonly #stored: States
  readonly #share: Share
  readonly #culprits: Culprits<unknown>
  readonly #outside: Outside<unknown> | undefined
  readonly #ids: Int32Array
  readonly #counters: Int32Array
  #births: KnownBirths<unknown> | undefined
  #post: Post | undefined
  #level: Pick<ExpandOrder, 'from' | 'to' | 'counts'> = { from: 0, to: 0, counts: new Int32Array(0) }
  #tally: ReturnType<typeof newTally>
  /** Of the states that the constraint keeps out: how many were found before this level, and how the others were. */
  #outsideBefore = 0
  #foundOutside: { parent: number; action: number }[] = []
  /** How many outcomes of the state that is expanded were taken. */
  #taken = 0
  #met = 0
  /** Whoever throws here throws on the first thread too, which knows the way. */
  readonly #noTrace = (): Trace<unknown> => ({
    initial: this.model.initial[0] as Trace<unknown>['initial'],
    actions: [],
  })

  constructor(
    private readonly model: Model<unknown>,
    properties: readonly LocalProperty<unknown>[],
    private readonly start: Start,
  ) {
    const { thread, threads, memory } = start
    this.#expander = expanderFor(model, properties)
    const { space, ruleQuestions } = this.#expander
    const { columns, census } = space
    this.#counters = memory.counters
    this.#culprits = new Culprits(space, properties, ruleQuestions, this.#noTrace)
    for (const { state } of model.initial) {
      const cells = cellsOf(model, state, columns.length)
      for (const [at, column] of columns.entries()) column.idOf(cells[at])
    }
    census.isClosed = true
    this.#stored = new States(columns)
    this.#share = new Share(this.#stored, columns, thread, threads)
    const { constraint } = model
    if (constraint !== undefined)
      this.#outside = new Outside(space, state => asBoolean(constraint.call(model, state)))
    this.#ids = new Int32Array(columns.length)
    this.#tally = newTally(model.rules.length)
  }

  expand({ states, outside, from, to, counts }: ExpandOrder): Expanded {
    this.#level = { from, to, counts }
    this.#tally = newTally(this.model.rules.length)
    this.#stored.adopt(states)
    this.#learn()
    this.#outside?.adopt(outside, this.#isOwn)
    this.#outsideBefore = this.#outside?.count ?? 0
    this.#foundOutside = []
    this.#share.begin()
    for (let start = this.#nextBlock(from); start < to; start = this.#nextBlock(from)) {
      const end = Math.min(to, start + blockSize)
      for (let index = start; index < end; index++) this.#expand(index)
      this.#mail.receive()
      this.#publish(end - start)
    }
    this.#receiveAll()
    this.#publish(0)
    this.#share.count(counts, from)
    return {
      ...this.#tally,
      kind: 'expanded',
      fresh: this.#share.fresh,
      steps: this.#tally.steps.all,
    }
  }

  settle({ states, starts, actions }: SettleOrder): Settled {
    const { from, to, counts } = this.#level
    this.#learn()
    this.#stored.adopt(states)
    this.#share.list(actions, counts, starts, from)
    this.#meet()
    this.#share.settle(actions, starts, from)
    this.#meet()
    const seen = this.#judge(to, to + actions.length)
    const { outside, shownOutside } = this.#judgeOutside()
    return { kind: 'settled', states: seen, outside, shownOutside }
  }

  tell(): Answer {
    const { rules, ofStates, ofSteps } = this.#expander
    const ran = ({ runs, spent, states, bytes }: Ran): Ran => ({ runs, spent, states, bytes })
    return {
      kind: 'told',
      rules: ran(rules),
      ofStates: ran(ofStates),
      ofSteps: ran(ofSteps),
      collisions: this.#share.collisions,
      indexBytes: this.#share.bytes,
    }
  }

  /** The others need not wait for this one: it cannot go on. */
  giveUp(): void {
    Atomics.store(this.#counters, mustStop, 1)
  }

  readonly #isOwn = (low: number): boolean => ownerOf(low, this.start.threads) === this.start.thread

  get #mail(): Post {
    const { memory, thread } = this.start
    this.#post ??= new Post(memory.channels, thread, this.#ids.length, this.#known, {
      take: (ints, from, to) => this.#take(ints, from, to),
      learn: () => this.#learn(),
      mayWait: () => this.#rest(haveExpanded),
    })
    return this.#post
  }

  /** Needs the states of the first level, which tell how rows are written. */
  get #known(): KnownBirths<unknown> {
    this.#births ??= new KnownBirths(this.start.memory.births, this.#expander.space, this.#stored)
    return this.#births
  }

  #nextBlock(from: number): number {
    this.#mayGoOn()
    return from + blockSize * Atomics.add(this.#counters, nextBlock, 1)
  }

  #mayGoOn(): void {
    if (Atomics.load(this.#counters, mustStop) !== 0) throw new Stopped()
  }

  /** Waits a little, because somebody else has to do something first that changes this counter. */
  #rest(counter: number): void {
    this.#mayGoOn()
    Atomics.wait(this.#counters, counter, Atomics.load(this.#counters, counter), shortWhile)
  }

  /** Waits until all threads are here. */
  #meet(): void {
    const all = ++this.#met * this.start.threads
    if (Atomics.add(this.#counters, haveMet, 1) + 1 === all) Atomics.notify(this.#counters, haveMet)
    while (Atomics.load(this.#counters, haveMet) < all) this.#rest(haveMet)
  }

  /** Tells how far it is, for people. */
  #publish(expanded: number): void {
    const { thread } = this.start
    Atomics.store(this.#counters, foundAt(thread), this.#share.fresh)
    Atomics.add(this.#counters, expandedAt(thread), expanded)
    Atomics.store(this.#counters, stepsAt(thread), this.#tally.transitions)
  }

  /** Until all threads have expanded everything and there is nothing more to receive. */
  #receiveAll(): void {
    this.#mail.flush()
    const { threads } = this.start
    Atomics.add(this.#counters, haveExpanded, 1)
    Atomics.notify(this.#counters, haveExpanded)
    for (;;) {
      // Whoever has expanded everything has sent everything before it said so.
      const isLast = Atomics.load(this.#counters, haveExpanded) === threads
      const isAny = this.#mail.receive()
      if (isLast && !isAny) return
      if (!isAny) this.#rest(haveExpanded)
    }
  }

  /** Learns of cells that have come to be on other threads. */
  #learn(): void {
    const births = this.#known
    const { layout } = this.#stored
    const written = births.layouts.length
    // What was written so far is in the layout of now.
    this.#post?.flush()
    if (!births.learn()) return
    const { tracker } = this.#expander.space
    if (tracker.findMixed()) {
      this.#expander.forget()
      this.#outside?.decisions.forget()
    }
    if (births.layouts.length === written) return
    this.#share.rewrite(layout, this.#stored.layout)
    this.#expander.pack(this.#stored)
  }

  #expand(index: number): void {
    try {
      this.#expandFrom(index, 0)
    } catch (error) {
      if (!(error instanceof NewCell)) throw error
      const taken = this.#taken
      whileOthersWait(
        this.start.memory.births,
        () => this.#mayGoOn(),
        () => this.#giveBirth(index),
      )
      this.#expandFrom(index, taken)
    }
  }

  /** Gives ids to the cells that the successors of the state have and that nobody has met. */
  #giveBirth(index: number): void {
    this.#learn()
    const { space } = this.#expander
    const { census, columns } = space
    const known = columns.map(({ size }) => size)
    const before = census.cells
    const found = new Map<string, Birth>()
    census.isClosed = false
    try {
      this.#expander.load(this.#stored, index)
      this.#expander.ask()
      for (const outcome of this.#expander.outcomes) {
        this.#expander.take(outcome)
        this.#expander.describeAfter()
        let isNew = false
        for (const [column, size] of known.entries()) {
          const id = this.#expander.after[column] as number
          if (id < size) continue
          isNew = true
          if (!found.has(`${column} ${id}`)) found.set(`${column} ${id}`, [index, outcome.action, column, id])
        }
        if (isNew) this.#culprits.checkRestore(this.#expander.after, this.#noTrace)
        this.#expander.undo()
      }
    } finally {
      census.isClosed = true
    }
    if (census.cells - before !== found.size)
      throw new NotShareable('cells came to be that no successor of the state has')
    addBirths(
      this.start.memory.births,
      [...found.values()].toSorted(([, , , a], [, , , b]) => a - b),
    )
    this.#learn()
  }

  /** Takes the outcomes of a state from this one on. Throws `NewCell` before anything is counted that may be lacking. */
  #expandFrom(index: number, first: number): void {
    const expander = this.#expander
    const { outcomes } = expander
    this.#taken = first
    expander.load(this.#stored, index)
    expander.ask()
    const isCompared = this.start.paranoid || isComparedAt(index)
    if (isCompared) this.#culprits.compareOutcomes(index, expander.step, outcomes)
    for (let at = first; at < outcomes.length; at++) {
      this.#step(index, outcomes[at] as Outcome, isCompared)
      this.#taken++
    }
    if (outcomes.length === 0) this.#stuck(index)
  }

  #step(index: number, outcome: Outcome, isCompared: boolean): void {
    const expander = this.#expander
    const { action } = outcome
    const changes = expander.take(outcome)
    const tally = this.#tally
    tally.transitions++
    const { ruleAt } = expander.space.actions[action] as (typeof expander.space.actions)[number]
    tally.firings[ruleAt] = (tally.firings[ruleAt] as number) + 1
    if (expander.judgesSteps) {
      const shown = expander.judgeStep()
      if (isCompared) this.#culprits.compareStep(index, action, expander.step, shown)
      for (const property of shown) tally.steps.add(property, 1, index, action)
    }
    if (changes) this.#reach(index, action)
    expander.undo()
  }

  /** Sends the state after the step to the thread whose it is. */
  #reach(index: number, action: number): void {
    const expander = this.#expander
    expander.findRow(this.#stored)
    let how = action
    if (this.#outside !== undefined) {
      expander.describeAfter()
      if (this.#outside.keepsOut(expander.after)) how |= isOutside
    }
    const { row, low, high } = expander
    const owner = ownerOf(low, this.start.threads)
    const { layout } = this.#stored
    this.#mail.makeRoom(owner)
    if (this.#stored.layout !== layout) expander.findRow(this.#stored)
    this.#mail.send(owner, row, low, high, index, how)
  }

  #take(ints: Int32Array, from: number, to: number): void {
    const length = sentRow + this.#stored.layout.words
    this.#share.lookAhead(ints, from, to, length)
    for (let at = from; at < to; at += length) {
      const low = ints[at + sentLow] as number
      const high = ints[at + sentHigh] as number
      const parent = ints[at + sentParent] as number
      const action = ints[at + sentAction] as number
      if ((action & isOutside) === 0) this.#share.meet(ints, at + sentRow, low, high, parent, action)
      else this.#takeOutside(ints, at + sentRow, low, high, parent, action & ~isOutside)
    }
  }

  #takeOutside(
    ints: Int32Array,
    at: number,
    low: number,
    high: number,
    parent: number,
    action: number,
  ): void {
    const outside = this.#outside as Outside<unknown>
    this.#stored.layout.unpack(ints, at, this.#ids)
    const known = outside.find(this.#ids, low, high)
    if (known < 0) {
      outside.add(low, high)
      this.#foundOutside.push({ parent, action })
      return
    }
    const found = this.#foundOutside[known - this.#outsideBefore]
    if (found === undefined || parent > found.parent) return
    if (parent === found.parent && action >= found.action) return
    this.#foundOutside[known - this.#outsideBefore] = { parent, action }
  }

  #stuck(index: number): void {
    const { space, step } = this.#expander
    const tally = this.#tally
    if (asBoolean(this.model.isEnd?.(space.plainState(step)) ?? false)) {
      tally.ends++
    } else {
      tally.deadlocks++
      tally.firstDeadlock ??= index
    }
  }

  /** Judges some of the states that were stored, until all of them are. */
  #judge(from: number, to: number): Settled['states'] {
    const { after } = this.#expander
    const width = this.#ids.length
    const seen = new Map<number, { property: number; count: number; index: number }>()
    const { ofStates } = this.#expander
    /** Judgements differ from those of the state before only by what differs from it. */
    let last: number | undefined
    for (let start = this.#nextBlock(from); start < to; start = this.#nextBlock(from)) {
      const end = Math.min(to, start + blockSize)
      for (let index = start; index < end; index++) {
        this.#ids.set(after.subarray(0, width))
        this.#stored.load(index, after)
        const shown = this.#expander.judgeAfter(last === ofStates.forgotten ? this.#changed() : anything)
        last = ofStates.forgotten
        if (this.start.paranoid || isComparedAt(index))
          this.#culprits.compareState(after, shown, this.#noTrace)
        for (const property of shown) {
          const before = seen.get(property)
          if (before === undefined) seen.set(property, { property, count: 1, index })
          else before.count++
        }
      }
    }
    return [...seen.values()]
  }

  /** The bits of the cells in which the state after the step differs from the one judged before it. */
  #changed(): number {
    const { after } = this.#expander
    let bits = 0
    for (let column = 0; column < this.#ids.length; column++)
      if (after[column] !== this.#ids[column]) bits |= bitOf(column)
    return bits
  }

  /** Judges the states of its share that the constraint keeps out. */
  #judgeOutside(): Pick<Settled, 'outside' | 'shownOutside'> {
    const places = new Places()
    if (this.#outside === undefined) return { outside: new Int32Array(0), shownOutside: [] }
    for (const [at, { parent, action }] of this.#foundOutside.entries()) {
      this.#outside.load(this.#outsideBefore + at, this.#expander.after)
      for (const property of this.#expander.judgeAfter()) places.add(property, 1, parent, action)
    }
    return { outside: this.#outside.handOver(this.#outsideBefore), shownOutside: places.all }
  }
}

/** What could not be done is done again on the first thread, where faults of the model are found in their order. */
const answerOf = (worker: LevelWorker, order: Order): Answer => {
  const allowExit = forbidExit()
  try {
    if (order.kind === 'expand') return worker.expand(order)
    if (order.kind === 'settle') return worker.settle(order)
    return worker.tell()
  } catch (error) {
    worker.giveUp()
    const how = error instanceof Stopped ? 'stopped' : error instanceof NotShareable ? 'alone' : 'fault'
    return { kind: 'failed', how, why: error instanceof Error ? error.message : String(error) }
  } finally {
    allowExit()
  }
}

/**
 * Serves the thread that has started this one.
 *
 * @param translate as for `translateWith`
 */
export async function serve(port: MessagePort, start: Start, translate: () => Promise<void>): Promise<void> {
  translateWith(translate, start.files)
  const allowExit = forbidExit()
  const { model, properties } = await modelFrom(start.source).finally(allowExit)
  if (likenessOf(model, properties) !== start.likeness)
    throw new Error('it makes another model of the same module: one that reads a clock or a random number?')
  const worker = new LevelWorker(model, properties, start)
  port.on('message', (order: Order) => port.postMessage(answerOf(worker, order)))
  port.postMessage(ready)
}
