/**
 * Which violation a trace shows, and whether another trace shows the same one: the same property, broken by the same
 * clause.
 *
 * Here: candidates for smaller traces, tried by replay. Steps that cannot be taken are left out, so that a candidate
 * need not be consistent.
 * Not here: which candidates to try (steps.ts, minimize.ts).
 */
import { isSameState } from '../explain/places.js'
import type { Action } from '../explore/result.js'
import { Store } from '../explore/store.js'
import type { Initial, Model, Property, Step } from '../model.js'
import { isStuck, lassoBreaks } from '../temporal/behaviour.js'

/** What has to stay broken. */
export interface Violation<S> {
  readonly property: Property<S>
  /** The clause that is false; undefined for a property without clauses. */
  readonly clause: string | undefined
}

/** A trace that can be replayed, and shows the violation at its end. Of a lasso, with its loop. */
export interface Shown<S> {
  readonly steps: readonly Step<S>[]
  readonly loop?: number | undefined
}

/** Actions to try: those that cannot be taken will be left out. */
export interface Candidate<S> {
  readonly actions: readonly Action<S>[]
  /** Of a lasso: how many of the actions come before its loop. */
  readonly loop?: number | undefined
}

/** The way of a property to tell its clauses apart, for a state or a step that breaks it. */
export function clauseOf<S>(property: Property<S>, step: Step<S> | undefined, state: S): string | undefined {
  if (property.kind === 'invariant') return property.clause?.(state)
  return property.kind === 'step' && step !== undefined ? property.clause?.(step) : undefined
}

/** States in which somebody can no longer come to what he asks for are looked for in so many states. */
const stuckLimit = 20_000

export class Trial<S> {
  /** Clauses of the same property that other candidates break. */
  readonly others = new Set<string>()
  readonly #stuck = new Map<string, boolean>()
  readonly #keys = new Store()
  tried = 0

  constructor(
    readonly model: Model<S>,
    readonly initial: Initial<S>,
    readonly violation: Violation<S>,
    /** The same with all the features that the trace was given with: what else might be done is looked for there. */
    private readonly whole: Model<S> = model,
  ) {}

  /** The shortest beginning of what remains of the candidate that shows the violation. */
  show({ actions, loop }: Candidate<S>): Shown<S> | undefined {
    this.tried++
    const { model, initial } = this
    if (loop !== undefined) return this.#showLasso(actions, loop)
    let state = model.restore(model.cells(initial.state))
    if (this.isShown(undefined, state)) return { steps: [] }
    const steps: Step<S>[] = []
    for (const action of actions) {
      const step = this.take(state, action)
      if (step === undefined) continue
      steps.push(step)
      state = model.restore(model.cells(step.after))
      if (this.isShown(step, state)) return { steps }
    }
    return undefined
  }

  /** The step, if the action can be taken. */
  take(before: S, { rule, choice }: Action<S>): Step<S> | undefined {
    if (!rule.guard(before, choice)) return undefined
    const after = rule.effect(before, choice)
    return { before, rule, choice, after, events: this.model.events(after) }
  }

  keyOf(state: S): string {
    return this.#keys.keyOf(this.model.cells(state))
  }

  /** Does the state, or the step that led there, show the violation? Of a possibility and what is local; a lasso shows it as a whole. */
  isShown(step: Step<S> | undefined, state: S): boolean {
    const { property, clause } = this.violation
    if (property.kind === 'possibility') return this.#isStuck(state)
    if (!breaks(property, step, state)) return false
    const found = clauseOf(property, step, state)
    if (found === clause) return true
    if (found !== undefined) this.others.add(found)
    return false
  }

  #isStuck(state: S): boolean {
    const { property } = this.violation
    if (property.kind !== 'possibility') return false
    const key = this.keyOf(state)
    const known = this.#stuck.get(key)
    if (known !== undefined) return known
    const found = isStuck(this.whole, property, this.initial, state, stuckLimit)
    const shows = found !== 'undecided' && found.shows
    this.#stuck.set(key, shows)
    return shows
  }

  #showLasso(actions: readonly Action<S>[], loop: number): Shown<S> | undefined {
    const { model, initial } = this
    const { property } = this.violation
    if (property.kind !== 'liveness') return undefined
    const stem = this.#walk(initial.state, actions.slice(0, loop))
    const start = stem.at(-1)?.after ?? initial.state
    const round = this.#walk(start, actions.slice(loop))
    if (!isSameState(model, start, round.at(-1)?.after ?? start)) return undefined
    const shown = { steps: [...stem, ...round], loop: stem.length }
    return lassoBreaks(property, { model: this.whole, initial, ...shown }).shows ? shown : undefined
  }

  #walk(from: S, actions: readonly Action<S>[]): readonly Step<S>[] {
    let state = this.model.restore(this.model.cells(from))
    const steps: Step<S>[] = []
    for (const action of actions) {
      const step = this.take(state, action)
      if (step === undefined) continue
      steps.push(step)
      state = this.model.restore(this.model.cells(step.after))
    }
    return steps
  }
}

/** Does the state, or the step that led there, break the property, or reach the cover? */
function breaks<S>(property: Property<S>, step: Step<S> | undefined, state: S): boolean {
  switch (property.kind) {
    case 'invariant':
      return !property.holds(state)
    case 'step':
      return step !== undefined && !property.holds(step)
    case 'cover':
      return property.reached?.(state) === true || (step !== undefined && property.reachedBy?.(step) === true)
    default:
      return false
  }
}
