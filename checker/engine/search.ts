/**
 * A breadth-first search by numbers: states are rows of ids, rules and properties are decisions remembered by what they
 * have read.
 *
 * The order of the states is the order of the simple engine: states are expanded in the order in which they were found,
 * actions are taken in the order of the model. So counts, verdicts and traces are the same.
 * Here: what is counted, kept and judged.
 * Not here: the step from a state to the next (expander.ts), when to stop (explore.ts), what is remembered
 * (decisions.ts), where states are kept (states.ts), by which actions they were found (ways.ts).
 */
import { asBoolean, cellsOf } from '../explore/answers.js'
import { beforeAll, type Evidence, type Place } from '../explore/evidence.js'
import { attempt, ModelError } from '../explore/model-error.js'
import type { Trace } from '../explore/result.js'
import { firingsByName } from '../explore/traces.js'
import type { GraphRecorder } from '../graph/record.js'
import { type Marks, outside, type Test } from '../graph/state-graph.js'
import type { LocalProperty, Model } from '../model.js'
import type { PartialOrder } from '../por/partial-order.js'
import type { MakeReduction, Reduction } from '../symmetry/reduction.js'
import type { CellIds } from '../symmetry/renaming.js'
import type { Birth } from './births.js'
import { Culprits } from './culprits.js'
import { NotPure } from './decisions.js'
import { record } from './edges.js'
import { Expander } from './expander.js'
import type { FreshMemory } from './fresh.js'
import { marksOf } from './marks.js'
import type { Expanded } from './messages.js'
import { Outside } from './outside.js'
import { Places } from './places.js'
import type { Outcome } from './rule-questions.js'
import { SleepSets, setWords } from './sleep.js'
import type { Space } from './space.js'
import { fingerprint, States } from './states.js'
import { Ways } from './ways.js'

export class FastSearch<S> {
  readonly expander: Expander<S>
  readonly stored: States
  readonly ways: Ways<S>
  readonly culprits: Culprits<S>
  /** By rule, what other threads have counted; and by action, what this one has. */
  readonly #firings: number[]
  readonly #fired: Float64Array
  /** Of all states after some states: where they were found. */
  readonly #found: Int32Array
  readonly sleep: SleepSets
  /** Which actions sleep in a state. */
  readonly #asleep: Int32Array
  /** The states whose steps were taken ahead: from this one up to but not including that one, as `expander.successors`. */
  #aheadFrom = 0
  #aheadTo = 0
  /** What was thrown at the state after them. */
  #aheadCause: { readonly cause: unknown } | undefined
  /** What their steps show, in their order: the state, the action, the property, and so on; and the first that is not counted. */
  readonly #shownAhead: number[] = []
  #shownAt = 0
  /** Is the state after them the one that was asked about last? */
  #isAsked = false
  #next = 0
  #depth = 0
  #levelEnd = 0
  readonly levels: number[] = []
  transitions = 0
  /** Of these, how many were not taken because they sleep. */
  asleep = 0
  ends = 0
  deadlocks = 0
  /** The first state that is a deadlock. */
  #deadlockAt: number | undefined
  /** Is told of every edge, if there is one. */
  recorder: GraphRecorder<S> | undefined
  readonly #outside: Outside<S> | undefined
  /** The states before this one are judged. */
  #judgedTo = 0
  /** By property: has a state that was judged shown it? */
  readonly #isShown: Uint8Array
  /** How many cells were known when rows were last made to fit. */
  #cells = 0
  #hasNewCells = false
  /** How many cells, and of each column, are accounted for in `births` or stem from initial states. */
  #born = 0
  #known: readonly number[] = []
  /** Can it be known of every cell how it came to be? */
  #isEachBirthKnown = true
  /** If one state is kept for all its renamed copies. */
  readonly reduction: Reduction<S> | undefined
  /** Of the state that is expanded, and of the state after the step: how many states it stands for. */
  #orbit = 1
  #orbitAfter = 1

  constructor(
    private readonly model: Model<S>,
    properties: readonly LocalProperty<S>[],
    private readonly evidence: Evidence<S>,
    /** Compare everything that is remembered with what is the case. */
    private readonly isParanoid = false,
    /** Can the states be read by other threads? */
    isShared = false,
    reduction?: MakeReduction<S>,
    /** If orders of steps are left out that make no difference. */
    readonly partialOrder?: PartialOrder<S> | undefined,
  ) {
    this.expander = expanderFor(model, properties)
    const { space, ruleQuestions } = this.expander
    this.reduction = reduction?.(cellIdsOf(space))
    this.stored = new States(space.columns, isShared)
    this.ways = new Ways(model, properties, this.expander, this.stored, this.reduction)
    const traceTo = (index: number, last?: number) => this.ways.to(index, last)
    this.culprits = new Culprits(space, properties, ruleQuestions, traceTo)
    const { constraint } = model
    if (constraint !== undefined)
      this.#outside = new Outside(space, properties, state => asBoolean(constraint.call(model, state)))
    this.#isShown = new Uint8Array(properties.length)
    this.#firings = model.rules.map(() => 0)
    this.#fired = new Float64Array(space.actions.length)
    this.#found = new Int32Array(space.actions.length * this.expander.successors.mostStates)
    const words = setWords(space.actions.length)
    this.sleep = new SleepSets(words, isShared)
    this.#asleep = new Int32Array(words)
    for (const [position, initial] of model.initial.entries()) this.#begin(position, initial.state)
    this.#levelEnd = this.states
    this.#takeStock()
  }

  get space(): Space<S> {
    return this.expander.space
  }

  get deadlock(): Trace<S> | undefined {
    return this.#deadlockAt === undefined ? undefined : this.ways.to(this.#deadlockAt)
  }

  get states(): number {
    return this.stored.count
  }

  /** Bytes that the next expansion may ask for beyond what it has; 0 most of the time. */
  get growth(): number {
    return this.stored.growthWithin(this.space.actions.length)
  }

  get parentBytes(): number {
    return this.ways.bytes
  }

  get frontier(): number {
    return this.states - this.#next
  }

  /** Distinct states that the constraint of the model has kept out. */
  get outside(): number {
    return this.#outside?.count ?? 0
  }

  get actions() {
    return this.space.actions
  }

  stateAt(index: number): S {
    return this.space.plainState(this.ways.idsAt(index))
  }

  /** For each test, the states that it is true of. */
  marks(tests: readonly Test<S>[]): readonly Marks[] {
    return marksOf(this.space, this.stored, tests, index => this.#isCompared(index))
  }

  indexOfState(state: S): number | undefined {
    const cells = this.model.cells(state)
    const ids = Int32Array.from(this.space.columns, (column, at) => column.idOf(cells[at]))
    const row = new Int32Array(Math.max(1, ids.length))
    this.stored.fit(ids)
    this.stored.layout.pack(ids, row)
    const { low, high } = fingerprint(this.space.columns, ids)
    const found = this.stored.find(row, low, high)
    return found < 0 ? undefined : found
  }

  get depth(): number {
    return this.#depth
  }

  get firings(): ReadonlyMap<string, number> {
    const all = [...this.#firings]
    for (const [action, { ruleAt }] of this.space.actions.entries())
      all[ruleAt] = (all[ruleAt] as number) + (this.#fired[action] as number)
    return firingsByName(this.model, all)
  }

  /**
   * Takes every edge out of the next state, and moves on to the state after it.
   *
   * @param maxStates if there were more states than that afterwards, nothing is done
   * @returns was it done?
   */
  expand(maxStates: number): boolean {
    const index = this.#next
    if (index >= this.#aheadTo && this.#aheadCause === undefined && !this.#isAsked) this.#lookAhead(index)
    const isAhead = index < this.#aheadTo
    if (!(isAhead ? this.#reachAll(index, maxStates) : this.#expandAt(index, maxStates))) return false
    this.#moveTo(index + 1)
    return true
  }

  /** All states before this one are expanded. */
  #moveTo(next: number): void {
    this.#next = next
    if (next !== this.#levelEnd) return
    this.#depth++
    this.#levelEnd = this.states
  }

  /** The states of the present level that are yet to be expanded. */
  get levelLeft(): { readonly from: number; readonly to: number } {
    return { from: this.#next, to: this.#levelEnd }
  }

  /**
   * Is it known of every cell how it came to be, and nothing of the states that are yet to be expanded? What was judged or taken
   * ahead, threads would judge again, and take.
   */
  get canBeShared(): boolean {
    const isNothingAhead = this.#judgedTo <= this.#next
    return isNothingAhead && this.isEachBirthTold
  }

  /** Is it known of every cell how it came to be? */
  get isEachBirthTold(): boolean {
    return this.#isEachBirthKnown && this.space.census.cells === this.#born
  }

  /** How every cell came to be that no initial state has; for threads that have to know them by the same ids. */
  readonly births: Birth[] = []

  /**
   * Takes in what several threads have found when they expanded the next states up to this one, as if one had done it.
   *
   * @param fresh how many states they have stored
   * @param settled their parents, in their order; and their indices, by the slots that they had
   */
  takeIn(
    expanded: readonly Expanded[],
    to: number,
    fresh: number,
    { settled: parents, places: indices }: Pick<FreshMemory, 'settled' | 'places'>,
  ): void {
    this.#learnCells()
    this.#takeStock()
    for (let at = 0; at < fresh; at++) this.ways.add(parents[at] as number)
    if (this.recorder !== undefined) {
      const taken = expanded.flatMap(({ edges }) => edges ?? [])
      record(this.recorder, taken, this.states, indices)
    }
    this.stored.settle(fresh)
    if (fresh > 0) this.levels[this.#depth + 1] = (this.levels[this.#depth + 1] ?? 0) + fresh
    const places = new Places()
    for (const part of expanded) this.#count(part, places)
    this.#takeInOutside(expanded, places)
    for (const { states } of expanded) {
      for (const { property, count, index } of states) {
        const place = this.ways.placeOf(index)
        if (place.parent === beforeAll) this.evidence.addAt(property, place, () => this.ways.to(index), count)
        else places.add(property, count, place.parent, place.action)
      }
    }
    this.#moveTo(to)
    this.#lookBack()
    // Each thread has judged what it has expanded.
    this.#judgedTo = to
    for (const { property, count, parent, action } of places.all)
      this.evidence.addAt(property, { parent, action }, () => this.ways.to(parent, action), count)
  }

  /** Several threads may have found the same. */
  #takeInOutside(expanded: readonly Expanded[], places: Places): void {
    const all = expanded.flatMap(({ outside }) => outside)
    const { columns } = this.space
    for (const { ids, parent, action, shown } of all.toSorted(
      (a, b) => a.parent - b.parent || a.action - b.action,
    )) {
      const { low, high } = fingerprint(columns, ids)
      if (this.#outside?.has(ids, low, high) !== false) continue
      this.#outside.add(low, high)
      for (const property of shown) places.add(property, 1, parent, action)
    }
  }

  #count(
    { transitions, asleep, firings, ends, deadlocks, firstDeadlock, steps }: Expanded,
    places: Places,
  ): void {
    this.transitions += transitions
    this.asleep += asleep
    for (const [rule, n] of firings.entries()) this.#firings[rule] = (this.#firings[rule] as number) + n
    this.ends += ends
    this.deadlocks += deadlocks
    if (firstDeadlock !== undefined)
      this.#deadlockAt = Math.min(firstDeadlock, this.#deadlockAt ?? firstDeadlock)
    for (const { property, count, parent, action } of steps) places.add(property, count, parent, action)
  }

  /**
   * Takes the steps out of the next states, from this one on, before any of the states after them is looked for: as far as
   * no cell comes to be by them that nobody has met.
   */
  #lookAhead(from: number): void {
    const { expander, stored, space } = this
    const { successors } = expander
    this.#aheadFrom = from
    this.#aheadTo = from
    this.#aheadCause = undefined
    this.#isAsked = false
    if (this.reduction !== undefined || this.partialOrder !== undefined) return
    successors.begin(stored.layout)
    this.#shownAhead.length = 0
    this.#shownAt = 0
    const to = Math.min(from + successors.mostStates, this.#levelEnd)
    try {
      for (let index = from; index < to; index++) {
        this.sleep.read(index, this.#asleep)
        expander.load(stored, index)
        this.#judge(index)
        this.#ask(index)
        // Where all is compared, what sleeps is looked for all the same.
        if (this.#isCompared(index)) this.#asleep.fill(0)
        expander.takeAll(stored, this.#asleep)
        if (space.census.cells !== this.#cells) {
          successors.drop()
          this.#isAsked = true
          break
        }
        if (expander.judgesSteps) this.#judgeAhead(index)
        this.#aheadTo++
      }
    } catch (cause) {
      this.#aheadCause = { cause }
    }
    const { count, low, high, rows } = successors
    stored.findAll(low, high, rows, count, this.#found)
  }

  /** Judges the steps out of the state that is expanded; what they show counts when the state is gone on from. */
  #judgeAhead(index: number): void {
    const isCompared = this.#isCompared(index)
    const { expander } = this
    for (const outcome of expander.outcomes) {
      expander.take(outcome)
      for (const property of this.#shownBy(index, outcome.action, isCompared))
        this.#shownAhead.push(index, outcome.action, property)
      expander.undo()
    }
  }

  /** Finds out what can be done in the state that is expanded. */
  #ask(index: number): void {
    const { expander } = this
    expander.ask()
    if (this.#isCompared(index)) this.culprits.compareOutcomes(index, expander.step, expander.outcomes)
  }

  /** A state whose steps were not taken ahead. */
  #expandAt(index: number, maxStates: number): boolean {
    const { expander } = this
    const isCompared = this.#isCompared(index)
    const isAsked = this.#isAsked
    this.#isAsked = false
    if (!isAsked) expander.load(this.stored, index)
    this.#measureOrbit()
    let count = 0
    try {
      if (this.#aheadCause !== undefined) throw this.#aheadCause.cause
      this.#judge(index)
      if (!isAsked) this.#ask(index)
      if (this.partialOrder !== undefined) this.#leaveOut(index, this.partialOrder)
      const { outcomes } = expander
      count = outcomes.length
      if (this.states + count > maxStates && this.#statesAfter() > maxStates) return false
      for (let at = 0; at < count; at++) this.#take(index, outcomes[at] as Outcome, isCompared)
    } catch (cause) {
      this.#blame(cause, index)
    }
    this.recorder?.endRow()
    if (count === 0) this.#stuck(index)
    if (this.space.census.cells !== this.#born) this.#register(index)
    this.reduction?.expanded(index, this.#orbit, count, () => this.space.valuesAt(expander.step))
    return true
  }

  /** Leaves of the outcomes only what is enough. */
  #leaveOut(index: number, partialOrder: PartialOrder<S>): void {
    const { expander, stored } = this
    const all = [...expander.outcomes]
    const leadsOn = (action: number): boolean => {
      const outcome = all.find(it => it.action === action) as Outcome
      const changes = expander.take(outcome)
      if (this.space.census.cells !== this.#cells) this.#learnCells()
      if (changes) this.#findRow()
      const target = changes ? stored.find(expander.row, expander.low, expander.high) : index
      expander.undo()
      return target < 0 || target > index
    }
    const actions = partialOrder.select(
      this.space.plainState(expander.step),
      all.map(({ action }) => action),
      leadsOn,
    )
    expander.outcomes.length = 0
    expander.outcomes.push(...all.filter(({ action }) => actions.includes(action)))
  }

  /** Notes how the cells came to be that are new after the expansion of this state. */
  #register(index: number): void {
    const { expander, space } = this
    const found: Birth[] = []
    for (const outcome of expander.outcomes) {
      expander.take(outcome)
      for (const column of space.columns.keys()) {
        const id = expander.step[space.tracker.slots.after(column)] as number
        const isNew = id >= (this.#known[column] as number)
        if (isNew && !found.some(([, , at, its]) => at === column && its === id))
          found.push([index, outcome.action, column, id])
      }
      expander.undo()
    }
    const born = space.census.cells - this.#born
    if (born !== found.length) this.#isEachBirthKnown = false
    this.births.push(...found.toSorted(([, , , a], [, , , b]) => a - b))
    this.#takeStock()
  }

  #takeStock(): void {
    this.#born = this.space.census.cells
    this.#known = this.space.columns.map(({ size }) => size)
  }

  /** All that is remembered of the first states, and of some of the others, is compared with what is the case. */
  #isCompared(index: number): boolean {
    return this.isParanoid || isComparedAt(index)
  }

  /**
   * Throws what the expansion of a state has thrown, or what was thrown earlier if states were judged as they are found.
   *
   * @param index of the state; if it is not one, states were judged only
   */
  #blame(cause: unknown, index: number): never {
    if (cause instanceof ModelError) throw cause
    for (let parent = this.#parentOfUnjudged(); parent < index; parent = this.#parentOfUnjudged()) {
      try {
        this.#judgeNext()
      } catch (earlier) {
        if (earlier instanceof ModelError) throw earlier
        this.#blameExpansion(earlier, parent)
      }
    }
    this.#blameExpansion(cause, index)
  }

  /** Who has led to the next state that is to be judged; before all states for an initial one, after all if there is none. */
  #parentOfUnjudged(): number {
    const next = this.#judgedTo
    if (next >= this.states) return Number.POSITIVE_INFINITY
    return this.ways.parentOf(next) ?? beforeAll
  }

  #blameExpansion(cause: unknown, index: number): never {
    const { expander, stored } = this
    if (index >= this.states) throw cause
    if (index === beforeAll) {
      const initial = this.#judgedTo
      expander.load(stored, initial)
      return this.culprits.ofState(expander.step, () => this.ways.to(initial), cause)
    }
    expander.load(stored, index)
    return this.culprits.ofExpansion(index, expander.step, cause)
  }

  #begin(position: number, state: S): void {
    const trace = () => ({ initial: this.model.initial[position] as Trace<S>['initial'], actions: [] })
    const { expander, space } = this
    const { after, row } = expander
    attempt(this.model, { part: 'cells' }, trace, () => {
      const cells = cellsOf(this.model, state, space.columns.length)
      for (const [at, column] of space.columns.entries()) after[at] = column.idOf(cells[at])
    })
    if (this.reduction !== undefined) this.#orbitAfter = this.reduction.represent(after)
    this.#learnCells()
    this.stored.layout.pack(after, row)
    const { low, high } = fingerprint(space.columns, after)
    if (this.stored.find(row, low, high) >= 0) return
    expander.low = low
    expander.high = high
    try {
      this.#reached(0, 0, undefined, position)
    } catch (cause) {
      if (cause instanceof ModelError) throw cause
      this.culprits.ofState(after, trace, cause)
    }
  }

  /** Forgets what was taken ahead. */
  #lookBack(): void {
    this.#aheadTo = 0
    this.#aheadCause = undefined
    this.#isAsked = false
  }

  /** Throws if the action sleeps in the state that is expanded, although it leads to a state that was not stored. */
  #wakes(action: number): void {
    if (((this.#asleep[action >>> 5] as number) & (1 << (action & 31))) !== 0)
      throw new NotPure(this.expander.ruleQuestions, action)
  }

  /** Goes to the states after a state whose steps were taken ahead. */
  #reachAll(index: number, maxStates: number): boolean {
    const { expander, stored, recorder } = this
    const { successors } = expander
    const { actions, step, low, high, rows } = successors
    const state = index - this.#aheadFrom
    const from = successors.stepsStart(state)
    const to = successors.stepsEnd[state] as number
    const end = successors.end[state] as number
    const before = this.states
    if (before + to - from > maxStates) {
      this.#lookBack()
      return this.#expandAt(index, maxStates)
    }
    const isCompared = this.#isCompared(index)
    if (isCompared) this.sleep.read(index, this.#asleep)
    try {
      const shown = this.#shownAhead
      for (; shown[this.#shownAt] === index; this.#shownAt += 3)
        this.#addShown(index, shown[this.#shownAt + 1] as number, shown[this.#shownAt + 2] as number)
      this.transitions += to - from
      this.asleep += to - from - (end - successors.start(state))
      const found = this.#found
      const fired = this.#fired
      for (let at = from; at < to; at++) {
        const action = actions[at] as number
        fired[action] = (fired[action] as number) + 1
      }
      const { words } = stored.layout
      for (let at = successors.start(state); at < end; at++) {
        let target = found[at] as number
        if (target < 0) {
          // Another of the steps that were taken ahead may have led there meanwhile.
          target = stored.find(rows, low[at] as number, high[at] as number, at * words)
          if (target < 0) {
            expander.choose(at, stored)
            if (this.#hasNewCells || this.#outside !== undefined) expander.describeRow(stored)
            const action = actions[step[at] as number] as number
            target = this.#reached(this.#depth + 1, index, action)
          }
          found[at] = target
        }
        if (isCompared && target >= before) this.#wakes(actions[step[at] as number] as number)
        recorder?.edge(target, actions[step[at] as number] as number)
      }
    } catch (cause) {
      this.#blame(cause, index)
    }
    // Who keeps the edges has to know where each of them leads, and what is kept out is not expanded.
    if (this.states > before && recorder === undefined && this.#outside === undefined)
      this.sleep.note(successors, state, index, this.#found, before)
    recorder?.endRow()
    if (to === from) this.#stuck(index)
    return true
  }

  /** A step that may lead to cells that were never met before. */
  #take(index: number, outcome: Outcome, isCompared: boolean): void {
    const { expander } = this
    const { action } = outcome
    const changes = expander.take(outcome)
    this.transitions++
    this.#fired[action] = (this.#fired[action] as number) + 1
    if (this.space.census.cells !== this.#cells) this.#learnCells()
    if (expander.judgesSteps) this.#judgeStep(index, action, isCompared)
    const target = changes ? this.#reach(index, action) : index
    this.recorder?.edge(target, action)
    expander.undo()
  }

  #judgeStep(index: number, action: number, isCompared: boolean): void {
    for (const property of this.#shownBy(index, action, isCompared)) this.#addShown(index, action, property)
  }

  /** The properties that the step shows. */
  #shownBy(index: number, action: number, isCompared: boolean): readonly number[] {
    const { expander, culprits } = this
    const shown = expander.judgeStep()
    if (isCompared) culprits.compareStep(index, action, expander.step, shown)
    return shown
  }

  #addShown(index: number, action: number, property: number): void {
    const trace = () => this.ways.to(index, action, property)
    this.evidence.addAt(property, { parent: index, action }, trace, this.#orbit)
  }

  /** The number of the state after the step, found for the first time or once more; or `outside`. */
  #reach(parent: number, action: number): number {
    const { expander, stored } = this
    this.#findRow()
    const known = stored.find(expander.row, expander.low, expander.high)
    if (known >= 0) return known
    if (this.reduction === undefined && (this.#hasNewCells || this.#outside !== undefined))
      expander.describeAfter()
    return this.#reached(this.#depth + 1, parent, action)
  }

  /** The row and the fingerprint of the state that is kept for the state after the step; with symmetry, it is described as well. */
  #findRow(): void {
    const { expander, stored, reduction, space } = this
    if (reduction !== undefined) {
      expander.describeAfter()
      this.#orbitAfter = reduction.represent(expander.after)
      if (space.census.cells !== this.#cells) this.#learnCells()
      if (reduction.hasChanged) {
        stored.layout.pack(expander.after, expander.row)
        const { low, high } = fingerprint(space.columns, expander.after)
        expander.low = low
        expander.high = high
        return
      }
    }
    expander.findRow(stored)
  }

  /**
   * A state that is not stored: the one after the step.
   *
   * @param parent the state that it was reached from; for an initial state, 0
   * @param action that led to it; undefined for an initial state, whose position is `initial`
   * @returns its number, or `outside`
   */
  #reached(depth: number, parent: number, action: number | undefined, initial = 0): number {
    // Of most states nothing needs to be known but the row.
    if (this.#hasNewCells || this.#outside !== undefined) {
      const wayHere =
        action === undefined
          ? () => ({ initial: this.model.initial[initial] as Trace<S>['initial'], actions: [] })
          : () => this.ways.to(parent, action)
      const place = action === undefined ? { parent: beforeAll, action: initial } : { parent, action }
      if (this.#isKeptOut(wayHere, place)) return outside
    }
    const { row, low, high } = this.expander
    const index = this.stored.add(row, low, high)
    if (action === undefined) this.ways.begin(initial)
    else this.ways.add(parent)
    this.levels[depth] = (this.levels[depth] ?? 0) + 1
    if (this.reduction !== undefined) this.#representativeFound(this.reduction, false)
    return index
  }

  /** Is the state after the step, which is not stored and is described, kept out by the constraint? If it is new, it is judged. */
  #isKeptOut(wayHere: () => Trace<S>, place: Place): boolean {
    const { after, low, high } = this.expander
    if (this.#hasNewCells) {
      this.#hasNewCells = false
      this.culprits.checkRestore(after, wayHere)
    }
    if (this.#outside === undefined) return false
    const isKnown = this.#outside.has(after, low, high)
    const isOut = isKnown || this.#outside.keepsOut(after)
    if (this.#isCompared(place.parent)) this.culprits.compareConstraint(after, isOut, wayHere)
    if (isKnown || !isOut) return isOut
    this.#outside.add(low, high)
    for (const property of this.#outside.judge(after))
      this.evidence.addAt(property, place, wayHere, this.#orbitAfter)
    if (this.reduction !== undefined) this.#representativeFound(this.reduction, true)
    return true
  }

  #representativeFound(reduction: Reduction<S>, isKeptOut: boolean): void {
    reduction.found(this.#orbitAfter, isKeptOut, () => this.space.valuesAt(this.expander.after))
  }

  /**
   * Judges the state that is expanded, if that has not been done.
   *
   * To do so when it was found would be as right. But then it would have to be described twice.
   */
  #judge(index: number): void {
    if (index < this.#judgedTo) return
    const { expander } = this
    const shown = expander.judge()
    const isCompared = this.#isCompared(index)
    if (isCompared || shown.length > 0) {
      const wayHere = () => this.ways.to(index)
      if (isCompared) this.culprits.compareState(expander.step, shown, wayHere)
      for (const property of shown) this.#addShownBy(index, property)
    }
    this.#judgedTo = index + 1
  }

  /** States are judged in their order, but later than steps and what is kept out: the first may have been found before these. */
  #addShownBy(index: number, property: number): void {
    const trace = () => this.ways.to(index)
    if (this.#isShown[property] === 1) {
      this.evidence.add(property, trace, this.#orbit)
      return
    }
    this.#isShown[property] = 1
    this.evidence.addAt(property, this.ways.placeOf(index), trace, this.#orbit)
  }

  #judgeNext(): void {
    const { expander, stored } = this
    const index = this.#judgedTo
    expander.load(stored, index)
    this.#measureOrbit()
    this.#judge(index)
  }

  /** Judges all states that were found. To be called when the search has ended, too. */
  judgeRest(): void {
    // Another one is loaded than that which was asked about.
    if (this.#judgedTo < this.states) this.#isAsked = false
    try {
      while (this.#judgedTo < this.states) this.#judgeNext()
    } catch (cause) {
      this.#blame(cause, this.states)
    }
  }

  #measureOrbit(): void {
    if (this.reduction === undefined) return
    this.expander.describeAfter()
    this.#orbit = this.reduction.represent(this.expander.after)
  }

  /** A state without successor. There may be few of them: so of these, too, the first and some others are compared. */
  #stuck(index: number): void {
    const trace = () => this.ways.to(index)
    const isEnd = attempt(this.model, { part: 'isEnd' }, trace, () =>
      asBoolean(this.model.isEnd?.(this.stateAt(index)) ?? false),
    )
    if (this.#isCompared(this.ends + this.deadlocks))
      this.culprits.compareEnd(this.ways.idsAt(index), isEnd, trace)
    if (isEnd) {
      this.ends++
    } else {
      this.deadlocks++
      this.#deadlockAt = Math.min(index, this.#deadlockAt ?? index)
    }
  }

  /** How many states there would be if every outcome were taken. */
  #statesAfter(): number {
    const { expander, stored } = this
    const { row, after, outcomes } = expander
    const unknown = new Set<string>()
    for (const outcome of outcomes) {
      const changes = expander.take(outcome)
      if (this.space.census.cells !== this.#cells) this.#learnCells()
      if (changes) {
        this.#findRow()
        if (this.reduction === undefined) expander.describeAfter()
        const isNew = stored.find(row, expander.low, expander.high) < 0
        if (isNew && this.#outside?.keepsOut(after) !== true) unknown.add(after.join())
      }
      expander.undo()
    }
    return this.states + unknown.size
  }

  /** There are cells that were never met before: they need room, and may have to be read in another way. */
  #learnCells(): void {
    const { space, expander, stored } = this
    this.#cells = space.census.cells
    this.#hasNewCells = true
    if (space.tracker.findMixed()) expander.forget()
    const { largest } = stored.layout
    if (space.columns.some(({ size }, column) => size - 1 > (largest[column] as number))) {
      stored.widen()
      expander.pack(stored)
    }
  }
}

const cellIdsOf = <S>({ columns }: Space<S>): CellIds => ({
  idOf: (cell, value) => (columns[cell] as (typeof columns)[number]).idOf(value),
  valueOf: (cell, id) => (columns[cell] as (typeof columns)[number]).values[id],
})
/**
 * Is it one of the states of which everything that is remembered is compared? One of 4096 of the first, then one of 16384, and
 * those whose index is a power of two: to compare one takes as long as to expand hundreds.
 */
export const isComparedAt = (index: number): boolean =>
  (index & (index < 2 ** 17 ? 4095 : 16_383)) === 0 || (index & (index - 1)) === 0

/** Throws `ModelError` for a model whose first state is none. */
export const expanderFor = <S>(model: Model<S>, properties: readonly LocalProperty<S>[]): Expander<S> => {
  const [first] = model.initial
  if (first === undefined) throw new RangeError('a model without initial states cannot be searched')
  const trace = () => ({ initial: first, actions: [] })
  const cells = attempt(model, { part: 'cells' }, trace, () => model.cells(first.state))
  const plain = attempt(model, { part: 'restore' }, trace, () => model.restore(cells))
  return new Expander(model, properties, cells.length, plain)
}
