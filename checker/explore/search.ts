/**
 * A breadth-first search, one state at a time: what was found so far, and how the next state is expanded.
 *
 * The order of the store is the order of the search: the states before `#next` are expanded, those from it on are
 * the frontier. All states of a level come before those of the next level, so the action that first finds a state
 * ends a shortest trace to it.
 * Not here: when to stop (explore.ts).
 */
import type { Model } from '../model.js'
import type { Judge } from './judge.js'
import { attempt, type Culprit, ModelError } from './model-error.js'
import type { Trace } from './result.js'
import { type Origin, Store, type StoredCells } from './store.js'
import { actionsOf, firingsByName, type PlacedAction, traceTo } from './traces.js'

/** An edge out of the next state. */
interface Successor<S> {
  readonly action: PlacedAction<S>
  readonly after: S
  readonly key: string
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

  constructor(
    private readonly model: Model<S>,
    private readonly judge: Judge<S>,
  ) {
    this.actions = actionsOf(model)
    this.#firings = model.rules.map(() => 0)
    for (const [position, initial] of model.initial.entries()) {
      const trace = () => ({ initial, actions: [] })
      this.#reach(this.#keyOf(initial.state, undefined, trace), { initial: position }, 0, trace)
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
      successors.push({ action, after: fired.after, key: keyAfter })
    }
    return { index, state, successors }
  }

  /** How many states there would be after this expansion. */
  statesAfter({ index, successors }: Expansion<S>): number {
    const found = new Set<string>()
    for (const { key, action } of successors) {
      if (found.has(key) || this.#isKnown(key)) continue
      const trace = () => this.#traceTo(index, action)
      if (this.#isWithin(this.#restored(key, trace), trace)) found.add(key)
    }
    return this.states + found.size
  }

  /** Takes every edge out of the next state, and moves on to the state after it. */
  expand({ index, state, successors }: Expansion<S>): void {
    for (const { action, after, key } of successors) {
      const { ruleAt, choiceAt } = action
      this.transitions++
      this.#firings[ruleAt] = (this.#firings[ruleAt] ?? 0) + 1
      if (this.judge.judgesSteps) this.#judgeStep(index, state, action, after)
      const origin = { parent: index, rule: ruleAt, choice: choiceAt }
      this.#reach(key, origin, this.#depth + 1, () => this.#traceTo(index, action))
    }
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
    if (this.#isWithin(state, trace)) {
      this.#store.add(key, origin)
      this.levels[depth] = (this.levels[depth] ?? 0) + 1
    } else {
      this.#outside.add(key)
    }
    this.judge.judgeState(state, trace)
  }

  #isKnown(key: string): boolean {
    return this.#store.find(key) !== undefined || this.#outside.has(key)
  }

  #isWithin(state: S, trace: () => Trace<S>): boolean {
    if (this.model.constraint === undefined) return true
    return this.#attempt({ part: 'constraint' }, trace, () => this.model.constraint?.(state) === true)
  }

  /** The state after the action, if that is enabled. Written without closures: nothing runs more often. */
  #fire(index: number, before: S, action: PlacedAction<S>): { readonly after: S } | undefined {
    const { rule, choice } = action
    let part: 'guard' | 'effect' = 'guard'
    try {
      if (!rule.guard(before, choice)) return undefined
      part = 'effect'
      return { after: rule.effect(before, choice) }
    } catch (cause) {
      throw new ModelError(this.model, { part, action }, this.#traceTo(index), cause)
    }
  }

  #judgeStep(index: number, before: S, action: PlacedAction<S>, after: S): void {
    const { rule, choice } = action
    const trace = () => this.#traceTo(index, action)
    const events = this.#attempt({ part: 'events', action }, trace, () => this.model.events(after))
    this.judge.judgeStep({ before, rule, choice, after, events }, trace)
  }

  /** A state without successor. */
  #stuck(index: number, state: S): void {
    const trace = () => this.#traceTo(index)
    if (this.#attempt({ part: 'isEnd' }, trace, () => this.model.isEnd?.(state) ?? false)) {
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
    return this.#attempt({ part: 'cells' }, trace, () => this.#store.keyOf(this.model.cells(state), near))
  }

  #traceTo(index: number, last?: PlacedAction<S>): Trace<S> {
    return traceTo(this.model, this.#store, index, last)
  }

  #attempt<T>(culprit: Culprit<S>, trace: () => Trace<S>, run: () => T): T {
    return attempt(this.model, culprit, trace, run)
  }
}
