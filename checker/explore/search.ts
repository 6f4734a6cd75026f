/**
 * A breadth-first search, one state at a time: what was found so far, and how the next state is expanded.
 *
 * The order of the store is the order of the search: the states before `#next` are expanded, those from it on are
 * the frontier. All states of a level come before those of the next level, so the action that first finds a state
 * ends a shortest trace to it.
 * Not here: when to stop (explore.ts).
 */
import type { LocalProperty, Model } from '../model.js'
import type { PartialOrder } from '../por/partial-order.js'
import { realTrace } from '../symmetry/real-trace.js'
import type { MakeReduction, Reduction } from '../symmetry/reduction.js'
import { asBoolean, cellsOf } from './answers.js'
import { isShownByStep, type Judge } from './judge.js'
import { idsOf, keyOf } from './key.js'
import { attempt, type Culprit, ModelError } from './model-error.js'
import type { Trace } from './result.js'
import { type Origin, Store, type StoredCells } from './store.js'
import { actionsOf, firingsByName, type PlacedAction, traceTo } from './traces.js'

/** An edge out of the next state. */
interface Successor<S> {
  readonly action: PlacedAction<S>
  readonly after: S
  readonly key: string
  /** The key of the state that is kept for it: its own, unless the search keeps one for all renamed copies. */
  readonly kept: string
}

/** The next state with every edge out of it, seen and not yet counted. */
export interface Expansion<S> {
  readonly index: number
  readonly state: S
  readonly successors: readonly Successor<S>[]
}

export class Search<S> {
  readonly #store = new Store()
  /** Every rule with every choice. */
  readonly actions: readonly PlacedAction<S>[]
  /** How many cells a state has. */
  #width: number | undefined
  #next = 0
  /** Steps from an initial state to the next state, and where the states of that distance end. */
  #depth = 0
  #levelEnd = 0
  readonly #firings: number[]
  /** The keys of the states outside the constraint, so that each is judged once. */
  readonly #outside = new Set<string>()
  /** Distinct states first found at each depth. */
  readonly levels: number[] = []
  transitions = 0
  ends = 0
  deadlocks = 0
  deadlock: Trace<S> | undefined

  readonly reduction: Reduction<S> | undefined

  constructor(
    private readonly model: Model<S>,
    private readonly judge: Judge<S>,
    reduction?: MakeReduction<S>,
    /** If orders of steps are left out that make no difference. */
    readonly partialOrder?: PartialOrder<S> | undefined,
  ) {
    this.actions = actionsOf(model)
    this.#firings = model.rules.map(() => 0)
    const store = this.#store
    this.reduction = reduction?.({
      idOf: (_, cell) => store.idOf(cell),
      valueOf: (_, id) => store.valueOf(id),
    })
    for (const [position, initial] of model.initial.entries()) {
      const trace = () => ({ initial, actions: [] })
      const key = this.#keptFor(this.#keyOf(initial.state, undefined, trace))
      this.#reach(key, { initial: position }, 0, trace)
    }
    this.#levelEnd = this.states
  }

  /** Distinct states found. */
  get states(): number {
    return this.#store.size
  }

  /** Distinct states that the constraint of the model has kept out. */
  get outside(): number {
    return this.#outside.size
  }

  /** States found and not expanded. */
  get frontier(): number {
    return this.states - this.#next
  }

  /** Steps from an initial state to the state that is expanded next. */
  get depth(): number {
    return this.#depth
  }

  /** How often each rule fired, by its name. */
  get firings(): ReadonlyMap<string, number> {
    return firingsByName(this.model, this.#firings)
  }

  /** The number of the state with this key; undefined for one that is not kept. */
  indexOf(key: string): number | undefined {
    return this.#store.find(key)
  }

  indexOfState(state: S): number | undefined {
    return this.#store.find(this.#store.keyOf(this.model.cells(state)))
  }

  stateAt(index: number): S {
    return this.model.restore(this.#store.cellsOf(this.#store.keyAt(index)).values)
  }

  /** The edges out of the next state. Looks only: the search stays where it is. */
  lookAhead(): Expansion<S> {
    const index = this.#next
    const key = this.#store.keyAt(index)
    const cells = this.#store.cellsOf(key)
    const state = this.#restored(key, () => this.#traceTo(index), cells)
    const successors: Successor<S>[] = []
    for (const action of this.actions) {
      const fired = this.#fire(index, state, action)
      if (fired === undefined) continue
      const keyAfter = this.#keyOf(fired.after, cells, () => this.#traceTo(index, action))
      successors.push({ action, after: fired.after, key: keyAfter, kept: this.#keptFor(keyAfter) })
    }
    return { index, state, successors: this.#enoughOf(successors, index, state) }
  }

  /** All of the steps, or those of them that are enough. */
  #enoughOf(successors: readonly Successor<S>[], index: number, state: S): readonly Successor<S>[] {
    if (this.partialOrder === undefined) return successors
    const byAction = new Map(successors.map(successor => [successor.action.position, successor]))
    const leadsOn = (action: number): boolean => {
      const target = this.#store.find(byAction.get(action)?.kept ?? '')
      return target === undefined || target > index
    }
    return this.partialOrder
      .select(state, [...byAction.keys()], leadsOn)
      .map(action => byAction.get(action) as Successor<S>)
  }

  /** How many states there would be after this expansion. */
  statesAfter({ index, successors }: Expansion<S>): number {
    const found = new Set<string>()
    for (const { kept, action } of successors) {
      if (found.has(kept) || this.#isKnown(kept)) continue
      const trace = () => this.#traceTo(index, action)
      if (this.#isWithin(this.#restored(kept, trace), trace)) found.add(kept)
    }
    return this.states + found.size
  }

  /** Takes every edge out of the next state, and moves on to the state after it. */
  expand({ index, state, successors }: Expansion<S>): void {
    const orbit = this.#orbitOf(this.#store.keyAt(index))
    for (const { action, after, key, kept } of successors) {
      const { ruleAt, choiceAt } = action
      this.transitions++
      this.#firings[ruleAt] = (this.#firings[ruleAt] ?? 0) + 1
      if (this.judge.judgesSteps) this.#judgeStep(index, state, action, after, key, orbit)
      const origin = { parent: index, rule: ruleAt, choice: choiceAt }
      this.#reach(kept, origin, this.#depth + 1, () => this.#traceTo(index, action))
    }
    this.reduction?.expanded(index, orbit, successors.length, () => this.model.cells(state))
    if (successors.length === 0) this.#stuck(index, state)
    this.#next++
    if (this.#next === this.#levelEnd) {
      this.#depth++
      this.#levelEnd = this.states
    }
  }

  /**
   * A state, found for the first time or once more.
   * @param trace a shortest trace to it, if it is found for the first time
   */
  #reach(key: string, origin: Origin, depth: number, trace: () => Trace<S>): void {
    if (this.#isKnown(key)) return
    const state = this.#restored(key, trace)
    const orbit = this.#orbitOf(key)
    if (this.#isWithin(state, trace)) {
      this.#store.add(key, origin)
      this.levels[depth] = (this.levels[depth] ?? 0) + 1
    } else {
      this.#outside.add(key)
    }
    this.judge.judgeState(state, trace, orbit)
    this.reduction?.found(orbit, this.#outside.has(key), () => this.model.cells(state))
  }

  /** How many states the state with this key stands for. */
  #orbitOf(key: string): number {
    return this.reduction?.represent(Int32Array.from(idsOf(key))) ?? 1
  }

  #keptFor(key: string): string {
    if (this.reduction === undefined) return key
    const ids = Int32Array.from(idsOf(key))
    this.reduction.represent(ids)
    return keyOf(ids)
  }

  #isKnown(key: string): boolean {
    return this.#store.find(key) !== undefined || this.#outside.has(key)
  }

  #isWithin(state: S, trace: () => Trace<S>): boolean {
    if (this.model.constraint === undefined) return true
    return this.#attempt({ part: 'constraint' }, trace, () => asBoolean(this.model.constraint?.(state)))
  }

  /** The state after the action, if that is enabled. Written without closures: nothing runs more often. */
  #fire(index: number, before: S, action: PlacedAction<S>): { readonly after: S } | undefined {
    const { rule, choice } = action
    let part: 'guard' | 'effect' = 'guard'
    try {
      if (!asBoolean(rule.guard(before, choice))) return undefined
      part = 'effect'
      return { after: rule.effect(before, choice) }
    } catch (cause) {
      throw new ModelError(this.model, { part, action }, this.#traceTo(index), cause)
    }
  }

  #judgeStep(
    index: number,
    before: S,
    action: PlacedAction<S>,
    emitted: S,
    key: string,
    times: number,
  ): void {
    const { rule, choice } = action
    const trace = (shows?: LocalProperty<S>) => this.#traceTo(index, action, shows)
    const events = this.#attempt({ part: 'events', action }, trace, () => this.model.events(emitted))
    // As it is stored: what is equal before and after is the same, whatever the effect has made anew.
    const after = this.#attempt({ part: 'restore' }, trace, () =>
      this.model.restore(this.#store.cellsOf(key).values),
    )
    this.judge.judgeStep({ before, rule, choice, after, events }, trace, times)
  }

  /** A state without successor. */
  #stuck(index: number, state: S): void {
    const trace = () => this.#traceTo(index)
    if (this.#attempt({ part: 'isEnd' }, trace, () => asBoolean(this.model.isEnd?.(state) ?? false))) {
      this.ends++
    } else {
      this.deadlocks++
      this.deadlock ??= trace()
    }
  }

  /** What the search sees of a state is what is stored, so that equal states are judged and expanded alike. */
  #restored(key: string, trace: () => Trace<S>, cells = this.#store.cellsOf(key)): S {
    return this.#attempt({ part: 'restore' }, trace, () => {
      const state = this.model.restore(cells.values)
      const again = this.#store.keyOf(this.model.cells(state), cells)
      if (again !== key) throw new Error('the cells of the restored state are others')
      return state
    })
  }

  #keyOf(state: S, near: StoredCells | undefined, trace: () => Trace<S>): string {
    return this.#attempt({ part: 'cells' }, trace, () => this.#store.keyOf(this.#cellsOf(state), near))
  }

  /** As many as those of the first state. */
  #cellsOf(state: S): readonly unknown[] {
    this.#width ??= this.model.cells(state).length
    return cellsOf(this.model, state, this.#width)
  }

  /** @param shows the property that the last step shows, if it is for that that the trace is asked */
  #traceTo(index: number, last?: PlacedAction<S>, shows?: LocalProperty<S>): Trace<S> {
    const { model, reduction } = this
    const trace = traceTo(model, this.#store, index, last)
    return reduction === undefined ? trace : this.#realTrace(trace, shows)
  }

  /** From a way by representatives, a behaviour. */
  #realTrace({ initial, actions }: Trace<S>, shows: LocalProperty<S> | undefined): Trace<S> {
    const { model } = this
    const keptFor = (state: S): string => this.#keptFor(this.#store.keyOf(model.cells(state)))
    const way = [keptFor(initial.state)]
    for (const { rule, choice } of actions) {
      const cells = this.#store.cellsOf(way.at(-1) as string).values
      way.push(keptFor(rule.effect(model.restore(cells), choice)))
    }
    return realTrace(model, {
      initial,
      length: actions.length,
      isThere: (state, steps) => keptFor(state) === way[steps],
      isAskedFor: shows && (step => isShownByStep(shows, step)),
    })
  }

  #attempt<T>(culprit: Culprit<S>, trace: () => Trace<S>, run: () => T): T {
    return attempt(this.model, culprit, trace, run)
  }
}
