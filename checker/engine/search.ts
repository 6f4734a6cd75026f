/**
 * A breadth-first search by numbers: states are rows of ids, rules and properties are decisions remembered by what they
 * have read.
 *
 * The order of the states is the order of the simple engine: states are expanded in the order in which they were found,
 * actions are taken in the order of the model. So counts, verdicts and traces are the same.
 * Here: the step from a state to its successors.
 * Not here: when to stop (explore.ts), what is remembered (decisions.ts), where states are kept (states.ts).
 */
import type { Evidence } from '../explore/evidence.js'
import { isAboutSteps } from '../explore/judge.js'
import { attempt, ModelError } from '../explore/model-error.js'
import type { Trace } from '../explore/result.js'
import { firingsByName } from '../explore/traces.js'
import type { GraphRecorder } from '../graph/record.js'
import { outside } from '../graph/state-graph.js'
import type { LocalProperty, Model } from '../model.js'
import { Culprits } from './culprits.js'
import { anything, bitOf, Decisions } from './decisions.js'
import { Outside } from './outside.js'
import { Parents } from './parents.js'
import { StateQuestions, StepQuestions } from './property-questions.js'
import { type Outcome, RuleQuestions } from './rule-questions.js'
import { Space } from './space.js'
import { fingerprint, States } from './states.js'

export class FastSearch<S> {
  readonly space: Space<S>
  readonly stored: States
  readonly #parents = new Parents()
  /** By index: the initial state that is stored there. */
  readonly #initial: number[] = []
  readonly rules: Decisions<Outcome>
  readonly ofStates: Decisions<number>
  readonly ofSteps: Decisions<number>
  readonly #judgesSteps: boolean
  readonly #culprits: Culprits<S>
  readonly #firings: number[]
  #next = 0
  #depth = 0
  #levelEnd = 0
  readonly levels: number[] = []
  transitions = 0
  ends = 0
  deadlocks = 0
  deadlock: Trace<S> | undefined
  /** Is told of every edge, if there is one. */
  recorder: GraphRecorder<S> | undefined
  readonly #outside: Outside<S> | undefined

  // The state that is expanded, and the step that is taken from it. One set of arrays for the whole search.
  /** The step, as it is described to the tracker: it begins with the ids of the state. */
  readonly #step: Int32Array
  /** The state after the step, as it is described to the tracker. */
  readonly #after: Int32Array
  #row: Int32Array
  #rowAfter: Int32Array
  #low = 0
  #high = 0
  readonly #outcomes: Outcome[] = []
  readonly #shown: number[] = []
  /** The columns that the step changes. */
  readonly #changed: Int32Array
  #cells = 0
  #hasNewCells = false
  /** How often the judgements were forgotten, and the first state that was judged since. */
  #forgotten = 0
  #judgedFrom = 0

  constructor(
    private readonly model: Model<S>,
    properties: readonly LocalProperty<S>[],
    private readonly evidence: Evidence<S>,
    /** Compare everything that is remembered with what is the case. */
    private readonly isParanoid = false,
  ) {
    const [first] = model.initial
    if (first === undefined) throw new RangeError('a model without initial states cannot be searched')
    const trace = () => ({ initial: first, actions: [] })
    const count = attempt(model, { part: 'cells' }, trace, () => model.cells(first.state).length)
    this.space = new Space(model, count)
    this.stored = new States(this.space.columns)
    this.#judgesSteps = properties.some(isAboutSteps)
    const rules = new RuleQuestions(this.space, this.#judgesSteps)
    this.rules = new Decisions(rules, this.space.fields)
    this.#culprits = new Culprits(this.space, properties, rules, (index, last) => this.traceTo(index, last))
    const { constraint } = model
    if (constraint !== undefined)
      this.#outside = new Outside(this.space, state => constraint.call(model, state) === true)
    const { slots } = this.space.tracker
    this.#step = new Int32Array(slots.count)
    this.#after = new Int32Array(slots.count)
    this.#changed = new Int32Array(count)
    this.#row = new Int32Array(Math.max(1, count))
    this.#rowAfter = new Int32Array(Math.max(1, count))
    this.#firings = model.rules.map(() => 0)
    const plain = attempt(model, { part: 'restore' }, trace, () =>
      attempt(model, { part: 'cells' }, trace, () => model.restore(model.cells(first.state))),
    )
    this.ofStates = new Decisions(new StateQuestions(this.space, properties, plain), this.space.fields)
    this.ofSteps = new Decisions(new StepQuestions(this.space, properties, plain), this.space.fields)
    for (const [position, initial] of model.initial.entries()) this.#begin(position, initial.state)
    this.#levelEnd = this.states
  }

  get states(): number {
    return this.stored.count
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
    const ids = new Int32Array(this.space.columns.length)
    this.stored.load(index, ids)
    return this.space.plainState(ids)
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
    return firingsByName(this.model, this.#firings)
  }

  /**
   * Takes every edge out of the next state, and moves on to the state after it.
   *
   * @param maxStates if there were more states than that afterwards, nothing is done
   * @returns was it done?
   */
  expand(maxStates: number): boolean {
    const index = this.#next
    const outcomes = this.#outcomes
    this.#load(index)
    const isCompared = this.#isCompared(index)
    try {
      this.#ask()
      if (isCompared) this.#culprits.compareOutcomes(index, this.#step, outcomes)
      if (this.states + outcomes.length > maxStates && this.#statesAfter() > maxStates) return false
      for (let at = 0; at < outcomes.length; at++) this.#take(index, outcomes[at] as Outcome, isCompared)
    } catch (cause) {
      this.#load(index)
      this.#blame(cause, () => this.#culprits.ofExpansion(index, this.#step, cause))
    }
    this.recorder?.endRow()
    if (outcomes.length === 0) this.#stuck(index)
    this.#next++
    if (this.#next === this.#levelEnd) {
      this.#depth++
      this.#levelEnd = this.states
    }
    return true
  }

  /** The actions to a state, and one more if given; a shortest way. */
  traceTo(index: number, last?: number): Trace<S> {
    const { actions } = this.space
    const reversed = last === undefined ? [] : [last]
    let at = index
    while (at >= this.#initial.length) {
      const parent = this.#parents.at(at)
      reversed.push(this.#actionTo(parent, at))
      at = parent
    }
    const initial = this.model.initial[this.#initial[at] as number] as Trace<S>['initial']
    return {
      initial,
      actions: reversed.reverse().map(position => {
        const { rule, choice } = actions[position] as (typeof actions)[number]
        return { rule, choice }
      }),
    }
  }

  /** All that is remembered of the first states, and of some of the others, is compared with what is the case. */
  #isCompared(index: number): boolean {
    return this.isParanoid || (index & 1023) === 0 || (index & (index - 1)) === 0
  }

  #blame(cause: unknown, find: () => never): never {
    if (cause instanceof ModelError) throw cause
    find()
  }

  #begin(position: number, state: S): void {
    const trace = () => ({ initial: this.model.initial[position] as Trace<S>['initial'], actions: [] })
    const after = this.#after
    attempt(this.model, { part: 'cells' }, trace, () => {
      const cells = this.model.cells(state)
      for (const [at, column] of this.space.columns.entries()) after[at] = column.idOf(cells[at])
    })
    this.#learnCells()
    this.stored.layout.pack(after, this.#rowAfter)
    const { low, high } = fingerprint(this.space.columns, after)
    if (this.stored.find(this.#rowAfter, low, high) >= 0) return
    try {
      this.#reached(low, high, 0, 0, anything, undefined, position)
    } catch (cause) {
      this.#blame(cause, () => this.#culprits.ofState(after, trace, cause))
    }
  }

  /** Makes a state the one that is expanded. */
  #load(index: number): void {
    const step = this.#step
    const { slots } = this.space.tracker
    const { columns } = slots
    this.stored.load(index, step)
    for (let column = 0; column < columns; column++) {
      step[columns + column] = step[column] as number
      step[2 * columns + column] = 0
    }
    const { low, high } = fingerprint(this.space.columns, step)
    this.#low = low
    this.#high = high
    this.stored.layout.pack(step, this.#row)
  }

  /** What can be done in that state, in the order of the actions. */
  #ask(): void {
    const outcomes = this.#outcomes
    this.rules.ask(this.#step, outcomes)
    for (let at = 1; at < outcomes.length; at++) {
      const outcome = outcomes[at] as Outcome
      let to = at
      while (to > 0 && (outcomes[to - 1] as Outcome).action > outcome.action) {
        outcomes[to] = outcomes[to - 1] as Outcome
        to--
      }
      outcomes[to] = outcome
    }
  }

  #take(index: number, { action, patches, events }: Outcome, isCompared: boolean): void {
    const step = this.#step
    const changed = this.#changed
    const { columns } = this.space
    const width = columns.length
    let changes = 0
    for (let at = 0; at < patches.length; at++) {
      const patch = patches[at] as Outcome['patches'][number]
      const { column } = patch
      const before = step[column] as number
      const after = patch.after(before)
      if (after === before) continue
      changed[changes++] = column
      step[width + column] = after
      step[2 * width + column] = 1
    }
    this.transitions++
    const { ruleAt } = this.space.actions[action] as (typeof this.space.actions)[number]
    this.#firings[ruleAt] = (this.#firings[ruleAt] as number) + 1
    if (this.space.census.cells !== this.#cells) this.#learnCells()
    if (this.#judgesSteps) this.#judgeStep(index, action, events, isCompared)
    const target = changes > 0 ? this.#reach(index, action, changes) : index
    this.recorder?.edge(target, action)
    for (let at = 0; at < changes; at++) {
      const column = changed[at] as number
      step[width + column] = step[column] as number
      step[2 * width + column] = 0
    }
  }

  /** The number of the state after the step, found for the first time or once more; or `outside`. */
  #reach(parent: number, action: number, changes: number): number {
    const step = this.#step
    const row = this.#rowAfter
    const { columns } = this.space
    const width = columns.length
    const { word, shift, words } = this.stored.layout
    for (let w = 0; w < words; w++) row[w] = this.#row[w] as number
    let low = this.#low
    let high = this.#high
    for (let at = 0; at < changes; at++) {
      const column = this.#changed[at] as number
      const before = step[column] as number
      const after = step[width + column] as number
      const of = columns[column] as (typeof columns)[number]
      low ^= (of.low[before] as number) ^ (of.low[after] as number)
      high ^= (of.high[before] as number) ^ (of.high[after] as number)
      const w = word[column] as number
      // The bits of the cell become those of the new id: whatever is carried away cancels out.
      row[w] = (row[w] as number) + ((after - before) << (shift[column] as number))
    }
    const known = this.stored.find(row, low, high)
    if (known >= 0) return known
    const after = this.#after
    for (let column = 0; column < width; column++) after[column] = step[width + column] as number
    let bits = 0
    for (let at = 0; at < changes; at++) bits |= bitOf(this.#changed[at] as number)
    return this.#reached(low, high, this.#depth + 1, parent, bits, action)
  }

  /**
   * A state that is not stored, which `#after` describes; `#rowAfter` is its row.
   *
   * @param parent the state that it was reached from; for an initial state, 0
   * @param changed the bits of the cells that differ from its parent
   * @param action that led to it; undefined for an initial state, whose position is `initial`
   * @returns its number, or `outside`
   */
  #reached(
    low: number,
    high: number,
    depth: number,
    parent: number,
    changed: number,
    action: number | undefined,
    initial = 0,
  ): number {
    const wayHere =
      action === undefined
        ? () => ({ initial: this.model.initial[initial] as Trace<S>['initial'], actions: [] })
        : () => this.traceTo(parent, action)
    if (this.#hasNewCells) {
      this.#hasNewCells = false
      this.#culprits.checkRestore(this.#after, wayHere)
    }
    if (this.#outside !== undefined) {
      if (this.#outside.has(this.#after, low, high)) return outside
      if (this.#outside.keepsOut(this.#after)) {
        this.#outside.add(low, high)
        this.#judgeState(this.states, parent, changed, wayHere)
        return outside
      }
    }
    const index = this.stored.add(this.#rowAfter, low, high)
    if (action === undefined) this.#initial.push(initial)
    this.#parents.push(parent)
    this.levels[depth] = (this.levels[depth] ?? 0) + 1
    this.#judgeState(index, parent, changed, wayHere)
    return index
  }

  /** Judges the state that `#after` describes. No state before `index` was found later. */
  #judgeState(index: number, parent: number, changed: number, wayHere: () => Trace<S>): void {
    const shown = this.#shown
    const isKnown = parent >= this.#judgedFrom && this.ofStates.forgotten === this.#forgotten
    this.ofStates.ask(this.#after, shown, isKnown ? changed : anything)
    if (this.ofStates.forgotten !== this.#forgotten) {
      this.#forgotten = this.ofStates.forgotten
      this.#judgedFrom = index
    }
    if (this.#isCompared(index)) this.#culprits.compareState(this.#after, shown, wayHere)
    for (let at = 0; at < shown.length; at++) {
      const property = shown[at] as number
      if (shown.indexOf(property) === at) this.evidence.add(property, wayHere)
    }
  }

  #judgeStep(index: number, action: number, events: number, isCompared: boolean): void {
    const { slots } = this.space.tracker
    this.#step[slots.events] = events
    this.#step[slots.action] = action
    const shown = this.#shown
    this.ofSteps.ask(this.#step, shown)
    if (isCompared) this.#culprits.compareStep(index, action, this.#step, shown)
    for (let at = 0; at < shown.length; at++) {
      const property = shown[at] as number
      if (shown.indexOf(property) === at) this.evidence.add(property, () => this.traceTo(index, action))
    }
  }

  /** A state without successor. */
  #stuck(index: number): void {
    const trace = () => this.traceTo(index)
    const isEnd = attempt(
      this.model,
      { part: 'isEnd' },
      trace,
      () => this.model.isEnd?.(this.space.plainState(this.#step)) ?? false,
    )
    if (isEnd) {
      this.ends++
    } else {
      this.deadlocks++
      this.deadlock ??= trace()
    }
  }

  /** How many states there would be if every outcome were taken. */
  #statesAfter(): number {
    const width = this.space.columns.length
    const unknown = new Set<string>()
    for (const { patches } of this.#outcomes) {
      const after = this.#step.slice()
      for (const patch of patches) after[patch.column] = patch.after(after[patch.column] as number)
      if (this.space.census.cells !== this.#cells) this.#learnCells()
      this.stored.layout.pack(after, this.#rowAfter)
      const { low, high } = fingerprint(this.space.columns, after)
      const isNew = this.stored.find(this.#rowAfter, low, high) < 0
      if (isNew && this.#outside?.keepsOut(after) !== true) unknown.add(after.subarray(0, width).join())
    }
    return this.states + unknown.size
  }

  /** The first action in the order of the model that leads from one state to the other. */
  #actionTo(from: number, to: number): number {
    const width = this.space.columns.length
    const before = new Int32Array(this.space.tracker.slots.count)
    this.stored.load(from, before)
    const goal = new Int32Array(width)
    this.stored.load(to, goal)
    const outcomes: Outcome[] = []
    this.rules.ask(before, outcomes)
    const leads = ({ patches }: Outcome): boolean => {
      const after = before.slice(0, width)
      for (const patch of patches) after[patch.column] = patch.after(before[patch.column] as number)
      return after.every((id, column) => id === goal[column])
    }
    const found = outcomes.filter(leads).map(({ action }) => action)
    if (found.length === 0) throw new Error(`no action leads from state ${from} to state ${to}, its child`)
    return Math.min(...found)
  }

  /** There are cells that were never met before: they need room, and may have to be read in another way. */
  #learnCells(): void {
    this.#cells = this.space.census.cells
    this.#hasNewCells = true
    if (this.space.tracker.findMixed()) {
      this.rules.forget()
      this.ofStates.forget()
      this.ofSteps.forget()
      this.#outside?.decisions.forget()
    }
    const { largest } = this.stored.layout
    if (this.space.columns.some(({ size }, column) => size - 1 > (largest[column] as number))) {
      this.stored.widen()
      this.stored.layout.pack(this.#step, this.#row)
    }
  }
}
