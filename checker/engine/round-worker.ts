/**
 * What one of several threads does that search together, the first one among them.
 *
 * It has a model, rules and properties of its own, and remembers what it has run itself. A round is gone through in two
 * parts, and after each all threads wait for each other. In the first it expands some states, and enters each successor
 * into the table of all (fresh.ts). In the second it stores what it has found first, in the order in which one thread alone
 * would have found it, and judges it.
 */
import { messageOf } from '../errors.js'
import { asBoolean } from '../explore/answers.js'
import type { Trace } from '../explore/result.js'
import { outside } from '../graph/state-graph.js'
import type { Model } from '../model.js'
import { addBirths, type Birth, KnownBirths, NotShareable, whileOthersWait } from './births.js'
import { NewCell } from './columns.js'
import type { Culprits } from './culprits.js'
import { EdgeLog } from './edges.js'
import type { Expander } from './expander.js'
import { absent, Fresh, slotsTaken, unreadable } from './fresh.js'
import { withRoom } from './ints.js'
import {
  blockBits,
  blockSize,
  type Expanded,
  expandedAt,
  type FoundOutside,
  foundAt,
  mayEnd,
  mustStop,
  nextBlock,
  type Ran,
  type Round,
  type Settled,
  stepsAt,
  type TeamMemory,
  type Told,
} from './messages.js'
import { Outside } from './outside.js'
import { Places } from './places.js'
import type { Outcome } from './rule-questions.js'
import { isComparedAt } from './search.js'
import { SleepSets, setWords, writeSleepers } from './sleep.js'
import type { States } from './states.js'

/** It was told to stop. */
export class Stopped extends Error {
  override readonly name = 'Stopped'
}

/** States that one thread enters into a larger table at a time. */
const entered = 2 ** 14

/** What a round adds up to on this thread. */
const newTally = () => ({
  transitions: 0,
  asleep: 0,
  ends: 0,
  deadlocks: 0,
  firstDeadlock: undefined as number | undefined,
  steps: new Places(),
  /** By property: how many states show it, and the first. */
  states: new Map<number, { readonly property: number; count: number; readonly index: number }>(),
  outside: [] as FoundOutside[],
})

/** What a thread needs of the search. */
export interface RoundOptions<S> {
  readonly model: Model<S>
  readonly expander: Expander<S>
  /** Of all threads, as this one knows them. */
  readonly stored: States
  readonly culprits: Culprits<S>
  readonly thread: number
  readonly memory: TeamMemory
  readonly paranoid: boolean
  /** Is the graph of all states kept? Then every step is taken. */
  readonly isRecorded: boolean
}

export class RoundWorker<S> {
  readonly #expander: Expander<S>
  readonly #stored: States
  readonly #counters: Int32Array
  readonly #births: KnownBirths<S>
  readonly #fresh: Fresh
  /** The states that the constraint keeps out, as far as this thread has found them. */
  readonly #outside: Outside<S> | undefined
  readonly #edges: EdgeLog | undefined
  readonly #sleep: SleepSets
  /** How many a set of actions has. */
  readonly #words: number
  readonly #asleep: Int32Array
  /** By place in the log of `fresh`: what sleeps in the state that was found. */
  #sets: Int32Array = new Int32Array(0)
  /** By successor: 0 if it was found before the state that is expanded, or from one before it; else 1. */
  readonly #isFresh: Int32Array
  /** By place in the log since the state is expanded: the successor; and how many there are. */
  readonly #found: Int32Array
  #foundCount = 0
  /** By action, how often it was taken in this round. */
  readonly #fired: Float64Array
  #round: Round = { from: 0, to: 0, enough: 0, births: 0, sleep: new Int32Array(0) }
  #tally: ReturnType<typeof newTally>
  /** The states before this one are judged, as far as this thread expands them. */
  #judgedTo = 0
  /** How many outcomes of the state that is expanded were taken. */
  #taken = 0
  /** Whoever throws here throws on the first thread too, when it goes on alone and knows the way. */
  readonly #noTrace = (): Trace<S> => ({
    initial: this.options.model.initial[0] as Trace<S>['initial'],
    actions: [],
  })

  /** The states that are known already must be those with which the search begins. */
  constructor(private readonly options: RoundOptions<S>) {
    const { model, expander, stored, memory, isRecorded } = options
    const { space } = expander
    this.#expander = expander
    this.#stored = stored
    this.#counters = memory.counters
    this.#births = new KnownBirths(memory.births, space, stored)
    const width = space.columns.length
    this.#fresh = new Fresh(memory.fresh, memory.counters, stored, this.#births, width)
    const { constraint } = model
    if (constraint !== undefined)
      this.#outside = new Outside(space, expander.properties, state =>
        asBoolean(constraint.call(model, state)),
      )
    if (isRecorded) this.#edges = new EdgeLog()
    this.#words = setWords(space.actions.length)
    this.#sleep = new SleepSets(this.#words)
    this.#asleep = new Int32Array(this.#words)
    this.#isFresh = new Int32Array(space.actions.length * expander.successors.mostStates)
    this.#found = new Int32Array(space.actions.length)
    this.#fired = new Float64Array(space.actions.length)
    this.#tally = newTally()
  }

  begin(round: Round): void {
    this.#round = round
    this.#tally = newTally()
    this.#fired.fill(0)
    this.catchUp(round.births)
    this.#sleep.adopt(round.sleep)
    this.#fresh.begin(round)
    this.#edges?.begin()
    this.#judgedTo = round.from
  }

  /** Expands the next states that nobody has taken. @returns were there any? */
  expandBlock(): boolean {
    this.#mayGoOn()
    const { from, to, enough } = this.#round
    const counters = this.#counters
    if (Atomics.load(counters, mayEnd) !== 0 || slotsTaken(counters) >= enough) return false
    const block = Atomics.add(counters, nextBlock, 1)
    const start = from + (block << blockBits)
    if (start >= to) return false
    this.#fresh.beginBlock(block)
    this.#edges?.beginBlock(block)
    const end = Math.min(to, start + blockSize)
    for (let index = start; index < end; ) index = this.#expandSome(index, end)
    this.#fresh.endBlock()
    this.#publish(end - start)
    return true
  }

  get expanded(): Expanded {
    const { model, expander } = this.options
    const firings = model.rules.map(() => 0)
    for (const [action, { ruleAt }] of expander.space.actions.entries())
      firings[ruleAt] = (firings[ruleAt] as number) + (this.#fired[action] as number)
    return {
      ...this.#tally,
      kind: 'expanded',
      firings,
      fresh: this.#fresh.found,
      steps: this.#tally.steps.all,
      states: [...this.#tally.states.values()],
      edges: this.#edges?.taken,
    }
  }

  /**
   * Learns of cells that have come to be since the last round. States that were stored meanwhile have them, so their layout has to
   * have room for all of them all the time.
   */
  catchUp(births?: number): void {
    this.#births.begin()
    this.#learn(births)
    this.#births.begin()
  }

  /** Learns of everything that has come to be. */
  learn(): void {
    this.#learn()
  }

  settle(starts: Int32Array): Settled {
    this.#fresh.settle(starts, (at, index) => this.#sleep.keep(index, this.#sets, at * this.#words))
    return { kind: 'settled' }
  }

  /** Enters states into the table, until all of them are. */
  fill(): void {
    const { count } = this.#stored
    for (;;) {
      this.#mayGoOn()
      const from = entered * Atomics.add(this.#counters, nextBlock, 1)
      if (from >= count) return
      this.#stored.enter(from, Math.min(count, from + entered))
    }
  }

  tell(): Told {
    const { rules, ofStates, ofSteps } = this.#expander
    const ran = ({ runs, spent, states, bytes }: Ran): Ran => ({ runs, spent, states, bytes })
    return {
      kind: 'told',
      rules: ran(rules),
      ofStates: ran(ofStates),
      ofSteps: ran(ofSteps),
      collisions: this.#stored.collisions,
    }
  }

  /** The others need not wait for this one: it cannot go on. */
  giveUp(): void {
    Atomics.store(this.#counters, mustStop, 1)
  }

  #mayGoOn(): void {
    if (Atomics.load(this.#counters, mustStop) !== 0) throw new Stopped()
  }

  /** Tells how far it is, for people. */
  #publish(expanded: number): void {
    const { thread } = this.options
    Atomics.store(this.#counters, foundAt(thread), this.#fresh.found)
    Atomics.add(this.#counters, expandedAt(thread), expanded)
    Atomics.store(this.#counters, stepsAt(thread), this.#tally.transitions)
  }

  /** Learns of cells that have come to be on other threads, or of so many of them. */
  #learn(births?: number): void {
    const { layouts } = this.#births
    const written = layouts.length
    if (!this.#births.learn(births)) return
    const { tracker } = this.#expander.space
    if (tracker.findMixed()) this.#expander.forget()
    if (layouts.length === written) return
    this.#fresh.rewrite()
    this.#expander.pack(this.#stored)
  }

  /** Expands some states from this one on. @returns the next one */
  #expandSome(from: number, end: number): number {
    const to = this.#outside === undefined ? this.#lookAhead(from, end) : from
    for (let index = from; index < to; index++) if (!this.#reachAll(index, index - from)) return index + 1
    if (to > from) return to
    // There may be cells to learn first.
    const { logged } = this.#fresh
    this.#expand(from)
    this.#clearSets(logged)
    return from + 1
  }

  #expand(index: number): void {
    try {
      this.#expandFrom(index, 0)
    } catch (error) {
      if (!(error instanceof NewCell)) throw error
      const taken = this.#taken
      whileOthersWait(
        this.options.memory.births,
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
        if (isNew) this.options.culprits.checkRestore(this.#expander.after, this.#noTrace)
        this.#expander.undo()
      }
    } finally {
      census.isClosed = true
    }
    if (census.cells - before !== found.size)
      throw new NotShareable('cells came to be that no successor of the state has')
    addBirths(
      this.options.memory.births,
      [...found.values()].toSorted(([, , , a], [, , , b]) => a - b),
    )
    this.#learn()
  }

  /** Takes the outcomes of a state from this one on. Throws `NewCell` before anything is counted that may be lacking. */
  #expandFrom(index: number, first: number): void {
    const expander = this.#expander
    this.#taken = first
    expander.load(this.#stored, index)
    this.#judge(index)
    expander.ask()
    const { outcomes } = expander
    const isCompared = this.#isCompared(index)
    if (isCompared) this.options.culprits.compareOutcomes(index, expander.step, outcomes)
    for (let at = this.#taken; at < outcomes.length; at++) {
      this.#step(index, outcomes[at] as Outcome, isCompared)
      this.#taken++
    }
    if (outcomes.length === 0) this.#stuck(index)
    this.#edges?.endRow()
  }

  /**
   * Takes the steps out of the states from there to there, before any of the states after them is looked for.
   *
   * @returns the state from which on that was not done
   */
  #lookAhead(from: number, end: number): number {
    const expander = this.#expander
    const { successors } = expander
    successors.begin(this.#stored.layout)
    const to = Math.min(end, from + (expander.judgesSteps ? 1 : successors.mostStates))
    let index = from
    try {
      for (; index < to; index++) this.#takeAhead(index)
    } catch (error) {
      if (!(error instanceof NewCell)) throw error
    }
    this.#fresh.fetch(successors.low, successors.high, successors.count)
    return index
  }

  #takeAhead(index: number): void {
    const expander = this.#expander
    this.#sleep.read(index, this.#asleep)
    expander.load(this.#stored, index)
    this.#judge(index)
    expander.ask()
    if (this.#isCompared(index))
      this.options.culprits.compareOutcomes(index, expander.step, expander.outcomes)
    expander.takeAll(this.#stored, this.#asleep)
  }

  #isCompared(index: number): boolean {
    return this.options.paranoid || isComparedAt(index)
  }

  /**
   * Sees to it that the states after a state whose steps were taken ahead are known.
   *
   * @param state its number among those whose steps were taken
   * @returns false if there was something to learn first, and what else was taken ahead is worth nothing
   */
  #reachAll(index: number, state: number): boolean {
    const expander = this.#expander
    const { successors } = expander
    if (expander.judgesSteps) {
      for (const outcome of expander.outcomes) {
        expander.take(outcome)
        this.#judgeStep(index, outcome.action, this.#isCompared(index))
        expander.undo()
      }
    }
    const { actions } = successors
    const from = successors.stepsStart(state)
    const to = successors.stepsEnd[state] as number
    let end = successors.end[state] as number
    this.#tally.transitions += to - from
    this.#tally.asleep += to - from - (end - successors.start(state))
    for (let at = from; at < to; at++) this.#fire(actions[at] as number)
    const logged = this.#fresh.logged
    this.#foundCount = 0
    let isAhead = true
    for (let at = successors.start(state), its = state; at < end; ) {
      if (this.#reachTaken(at, index)) at++
      else {
        this.#learn()
        // The layout may be another one now. The state becomes the only one whose steps were taken.
        const start = successors.start(its)
        this.#isFresh.copyWithin(0, start, at)
        for (let nth = 0; nth < this.#foundCount; nth++)
          this.#found[nth] = (this.#found[nth] as number) - start
        at -= start
        successors.begin(this.#stored.layout)
        this.#takeAhead(index)
        its = 0
        end = successors.end[0] as number
        isAhead = false
      }
    }
    this.#noteSleepers(logged, isAhead ? state : 0)
    if (to === from) this.#stuck(index)
    this.#edges?.endRow()
    return isAhead
  }

  /** Sees to it that the state after a step is known. @returns false if there is something to learn first */
  #reachTaken(at: number, parent: number): boolean {
    const fresh = this.#fresh
    const { low, high, rows, step, actions } = this.#expander.successors
    const from = at * this.#stored.layout.words
    const { logged } = fresh
    const known = fresh.find(rows, low[at] as number, high[at] as number, from)
    if (known === unreadable) return false
    if (known >= 0) fresh.meet(known, parent)
    const its = known === absent ? fresh.enter(rows, high[at] as number, parent, from) : known
    if (its === unreadable) return false
    if (fresh.logged > logged) this.#found[this.#foundCount++] = at
    this.#isFresh[at] = fresh.isFrom(its, parent) ? 0 : 1
    this.#edges?.edge(its, actions[step[at] as number] as number)
    return true
  }

  /** Notes what sleeps in the states of which this one is the first to lead to, as far as is known. */
  #noteSleepers(logged: number, state: number): void {
    const { successors } = this.#expander
    const words = this.#words
    this.#clearSets(logged)
    // Who keeps the edges has to know where each of them leads.
    if (this.#edges !== undefined) return
    for (let nth = 0; nth < this.#foundCount; nth++) {
      const step = successors.step[this.#found[nth] as number] as number
      writeSleepers(successors, state, step, this.#isFresh, 1, this.#sets, words * (logged + nth))
    }
  }

  /** In the states that stand in the log from there on, nothing sleeps. */
  #clearSets(from: number): void {
    const words = this.#words
    const to = this.#fresh.logged
    this.#sets = withRoom(this.#sets, words * to)
    this.#sets.fill(0, words * from, words * to)
  }

  /** Judges the state that is expanded, once. A thread takes states in their order. */
  #judge(index: number): void {
    if (index < this.#judgedTo) return
    const { expander } = this.options
    const shown = expander.judge()
    if (this.#isCompared(index)) this.options.culprits.compareState(expander.step, shown, this.#noTrace)
    const { states } = this.#tally
    for (const property of shown) {
      const before = states.get(property)
      if (before === undefined) states.set(property, { property, count: 1, index })
      else before.count++
    }
    this.#judgedTo = index + 1
  }

  #judgeStep(index: number, action: number, isCompared: boolean): void {
    const expander = this.#expander
    const shown = expander.judgeStep()
    if (isCompared) this.options.culprits.compareStep(index, action, expander.step, shown)
    for (const property of shown) this.#tally.steps.add(property, 1, index, action)
  }

  #fire(action: number): void {
    this.#fired[action] = (this.#fired[action] as number) + 1
  }

  #step(index: number, outcome: Outcome, isCompared: boolean): void {
    const expander = this.#expander
    const { action } = outcome
    const changes = expander.take(outcome)
    const tally = this.#tally
    tally.transitions++
    this.#fire(action)
    if (expander.judgesSteps) this.#judgeStep(index, action, isCompared)
    const target = changes ? this.#reach(index, action) : index
    this.#edges?.edge(target, action)
    expander.undo()
  }

  /** Sees to it that the state after the step is known. @returns its number, or `outside` */
  #reach(index: number, action: number): number {
    const expander = this.#expander
    const fresh = this.#fresh
    for (;;) {
      expander.findRow(this.#stored)
      const { row, low, high } = expander
      let known = fresh.find(row, low, high)
      if (known >= 0) {
        fresh.meet(known, index)
        return known
      }
      if (known === absent) {
        if (this.#keepsOut(index, action)) return outside
        known = fresh.enter(row, high, index)
      }
      if (known !== unreadable) return known
      this.#learn()
    }
  }

  /** Does the constraint keep the state after the step out? Then it is judged, if this thread has not done so before. */
  #keepsOut(parent: number, action: number): boolean {
    const outside = this.#outside
    if (outside === undefined) return false
    const expander = this.#expander
    const { after, low, high } = expander
    expander.describeAfter()
    const isKnown = outside.has(after, low, high)
    const isOut = isKnown || outside.keepsOut(after)
    if (this.#isCompared(parent)) this.options.culprits.compareConstraint(after, isOut, this.#noTrace)
    if (isKnown || !isOut) return isOut
    outside.add(low, high)
    const ids = after.slice(0, expander.space.columns.length)
    this.#tally.outside.push({ ids, parent, action, shown: [...outside.judge(after)] })
    return true
  }

  #stuck(index: number): void {
    const { space } = this.#expander
    const tally = this.#tally
    // The state that was loaded last may be another one: steps are taken ahead.
    const ids = new Int32Array(space.columns.length)
    this.#stored.load(index, ids)
    const { model, culprits } = this.options
    const isEnd = asBoolean(model.isEnd?.(space.plainState(ids)) ?? false)
    if (this.#isCompared(tally.ends + tally.deadlocks)) culprits.compareEnd(ids, isEnd, this.#noTrace)
    if (isEnd) {
      tally.ends++
    } else {
      tally.deadlocks++
      tally.firstDeadlock ??= index
    }
  }
}

/** Why a thread could not carry out an order, and what that means for the others. */
export const failureOf = (error: unknown) => ({
  how:
    error instanceof Stopped
      ? ('stopped' as const)
      : error instanceof NotShareable
        ? ('alone' as const)
        : ('fault' as const),
  why: messageOf(error),
})
