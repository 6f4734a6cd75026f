/**
 * A walk through a model that somebody steers: forth, back, and to wherever a trace leads.
 */
import { enabled, replay } from '../explore/replay.js'
import type { Action } from '../explore/result.js'
import { Store } from '../explore/store.js'
import type { Initial, Model, Property, Step } from '../model.js'
import type { Behaviour } from '../report/trace.js'

/** So many states around here are looked at for one in which an action is enabled. */
const nearby = 3_000

export class Explorer<S> {
  #model: Model<S>
  #initial: Initial<S>
  #steps: readonly Step<S>[] = []
  /** How many of the steps are taken; those after them can be taken again. */
  #at = 0

  constructor(model: Model<S>, initial: Initial<S>) {
    this.#model = model
    this.#initial = initial
  }

  get model(): Model<S> {
    return this.#model
  }

  get initial(): Initial<S> {
    return this.#initial
  }

  get behaviour(): Behaviour<S> {
    return { model: this.#model, initial: this.#initial, steps: this.#steps.slice(0, this.#at) }
  }

  get state(): S {
    const last = this.#steps[this.#at - 1]
    const { state } = this.#initial
    return this.#model.restore(this.#model.cells(last?.after ?? state))
  }

  get lastStep(): Step<S> | undefined {
    return this.#steps[this.#at - 1]
  }

  get enabled(): readonly Action<S>[] {
    return enabled(this.#model, this.state)
  }

  labelOf = ({ rule, choice }: Action<S>): string => this.#model.label(rule, choice, this.#initial)

  /** The step that an action is here. */
  stepOf({ rule, choice }: Action<S>): Step<S> {
    const before = this.state
    const after = rule.effect(before, choice)
    return { before, rule, choice, after, events: this.#model.events(after) }
  }

  /**
   * Takes the step with this number (counted from 1) or label, or the only one whose label begins so.
   *
   * @returns the labels that fit; if it is one, it was taken
   */
  take(text: string): readonly string[] {
    const all = this.enabled
    const exact = /^\d+$/.test(text) ? all[Number(text) - 1] : all.find(it => this.labelOf(it) === text)
    const fitting = exact === undefined ? all.filter(it => this.labelOf(it).startsWith(text)) : [exact]
    const [only] = fitting
    if (fitting.length === 1 && only !== undefined) {
      this.#steps = [...this.#steps.slice(0, this.#at), this.stepOf(only)]
      this.#at++
    }
    return fitting.map(this.labelOf)
  }

  back(): void {
    this.#at = Math.max(0, this.#at - 1)
  }

  forward(): void {
    this.#at = Math.min(this.#steps.length, this.#at + 1)
  }

  /** To the end of a behaviour, on its own model. */
  jump({ model, initial, steps }: Behaviour<S>): void {
    this.#model = model
    this.#initial = initial
    this.#steps = replay(model, { initial, actions: steps }).steps
    this.#at = this.#steps.length
  }

  /** The first of these that the state here, or the step that led here, breaks. */
  broken = (properties: readonly Property<S>[]): Property<S> | undefined =>
    properties.find(property => {
      if (property.kind === 'invariant') return !property.holds(this.state)
      return property.kind === 'step' && this.lastStep !== undefined && !property.holds(this.lastStep)
    })

  /** Actions that are not enabled, whose label begins so. */
  closed(name: string): readonly Action<S>[] {
    const open = new Set(this.enabled.map(this.labelOf))
    return this.#model.rules
      .flatMap(rule => rule.choices.map(choice => ({ rule, choice })))
      .filter(action => {
        const label = this.labelOf(action)
        return label.startsWith(name) && !open.has(label)
      })
  }

  /** The nearest states in which these actions are enabled, as far as some are near. */
  witnesses(actions: readonly Action<S>[]): ReadonlyMap<Action<S>, S> {
    const found = new Map<Action<S>, S>()
    const store = new Store()
    for (const state of [this.state, this.#initial.state]) {
      const key = store.keyOf(this.#model.cells(state))
      if (store.find(key) === undefined) store.add(key, { initial: 0 })
    }
    for (let next = 0; next < store.size && found.size < actions.length; next++) {
      const state = this.#model.restore(store.cellsOf(store.keyAt(next)).values)
      for (const action of actions)
        if (!found.has(action) && action.rule.guard(state, action.choice)) found.set(action, state)
      for (const { rule, choice } of enabled(this.#model, state)) {
        if (store.size >= nearby) break
        const key = store.keyOf(this.#model.cells(rule.effect(state, choice)))
        if (store.find(key) === undefined) store.add(key, { parent: next, rule: 0, choice: 0 })
      }
    }
    return found
  }
}
