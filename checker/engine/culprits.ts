/**
 * Who is to blame when a piece of the model throws, or does something else than before.
 *
 * The engine runs pieces of the model in an order of its own, and few of them. So when one throws, the state is gone
 * through once more as the simple engine does it, and the first piece that throws there is reported, with a shortest
 * trace. And now and then a state is gone through like that although nothing has happened, to compare.
 */
import { asBoolean, cellsOf } from '../explore/answers.js'
import { Evidence } from '../explore/evidence.js'
import { isAboutStates, isAboutSteps, isShownByState, isShownByStep, Judge } from '../explore/judge.js'
import { attempt, type Culprit, ImpureError, ModelError } from '../explore/model-error.js'
import type { Trace } from '../explore/result.js'
import type { LocalProperty } from '../model.js'
import { NotPure } from './decisions.js'
import { ConstraintQuestion } from './outside.js'
import { plainStep, StateQuestions, StepQuestions } from './property-questions.js'
import type { Outcome, RuleQuestions } from './rule-questions.js'
import type { Space } from './space.js'

export class Culprits<S> {
  constructor(
    private readonly space: Space<S>,
    private readonly properties: readonly LocalProperty<S>[],
    private readonly rules: RuleQuestions<S>,
    private readonly traceTo: (index: number, last?: number) => Trace<S>,
  ) {}

  /** Throws what a state throws when it is restored and judged; `cause` if that is nothing. */
  ofState(vector: Int32Array, trace: () => Trace<S>, cause: unknown): never {
    this.#judgeState(vector, trace)
    throw cause
  }

  /** Throws what the steps out of a state throw, or the states that they lead to. */
  ofExpansion(index: number, vector: Int32Array, cause: unknown): never {
    const { space } = this
    const { model, columns, tracker } = space
    const judge = new Judge(model, this.properties, new Evidence(this.properties))
    const before = this.#restored(vector, () => this.traceTo(index))
    const successors: { readonly action: number; readonly after: S; readonly cells: readonly number[] }[] = []
    for (const [at, action] of space.actions.entries()) {
      const here = () => this.traceTo(index)
      const isEnabled = attempt(model, { part: 'guard', action }, here, () =>
        asBoolean(action.rule.guard(before, action.choice)),
      )
      if (!isEnabled) continue
      const after = attempt(model, { part: 'effect', action }, here, () =>
        action.rule.effect(before, action.choice),
      )
      const cells = attempt(
        model,
        { part: 'cells' },
        () => this.traceTo(index, at),
        () => {
          const values = cellsOf(model, after, columns.length)
          return columns.map((column, position) => column.idOf(values[position]))
        },
      )
      successors.push({ action: at, after, cells })
    }
    for (const { action: at, after, cells } of successors) {
      const { rule, choice } = space.actions[at] as (typeof space.actions)[number]
      const trace = () => this.traceTo(index, at)
      if (judge.judgesSteps) {
        const culprit = { part: 'events', action: { rule, choice } } as const
        const events = attempt(model, culprit, trace, () =>
          space.eventsAt(space.eventsId(model.events(after))),
        )
        judge.judgeStep({ before, rule, choice, after, events }, trace)
      }
      const reached = new Int32Array(tracker.slots.count)
      reached.set(cells)
      this.#judgeState(reached, trace)
    }
    const culprit = cause instanceof NotPure ? this.#culpritOf(cause) : undefined
    if (culprit !== undefined) this.#impure(culprit, this.traceTo(index))
    throw cause
  }

  #culpritOf({ questions, question }: NotPure): Culprit<S> | undefined {
    if (questions === this.rules) return { part: 'rule', action: this.#actionAt(question) }
    if (questions instanceof ConstraintQuestion) return { part: 'constraint' }
    if (questions instanceof StateQuestions || questions instanceof StepQuestions)
      return { part: 'property', property: questions.propertyOf(question) }
    return undefined
  }

  /** Throws if the actions that may be taken in a state, and what they do, are others than these. */
  compareOutcomes(index: number, vector: Int32Array, outcomes: readonly Outcome[]): void {
    const remembered = new Map(outcomes.map(outcome => [outcome.action, this.#effectOf(outcome, vector)]))
    const state = this.space.plainState(vector)
    for (const at of this.space.actions.keys()) {
      const now = this.rules.askPlainly(at, vector, state)
      if ((now && this.#effectOf(now, vector)) !== remembered.get(at))
        this.#impure({ part: 'rule', action: this.#actionAt(at) }, this.traceTo(index))
    }
  }

  /** Throws if other properties are shown by a state than these, or if the constraint would not keep it now. */
  compareState(vector: Int32Array, shown: readonly number[], trace: () => Trace<S>): void {
    this.compareConstraint(vector, false, trace)
    const state = this.space.plainState(vector)
    for (const [at, property] of this.properties.entries()) {
      if (isAboutStates(property) && isShownByState(property, state) !== shown.includes(at))
        this.#impure({ part: 'property', property }, trace())
    }
  }

  /** Throws if other properties are shown by a step than these. */
  compareStep(index: number, action: number, vector: Int32Array, shown: readonly number[]): void {
    const step = plainStep(this.space, vector)
    for (const [at, property] of this.properties.entries()) {
      if (isAboutSteps(property) && isShownByStep(property, step) !== shown.includes(at))
        this.#impure({ part: 'property', property }, this.traceTo(index, action))
    }
  }

  /** Throws if the constraint says something else of a state than whether it was kept out. */
  compareConstraint(vector: Int32Array, isOut: boolean, trace: () => Trace<S>): void {
    const { model } = this.space
    if (model.constraint === undefined) return
    if (asBoolean(model.constraint(this.space.plainState(vector))) === isOut)
      this.#impure({ part: 'constraint' }, trace())
  }

  /** Throws if the model says something else of whether a state is an end. */
  compareEnd(vector: Int32Array, isEnd: boolean, trace: () => Trace<S>): void {
    const { model } = this.space
    if (model.isEnd === undefined) return
    if (asBoolean(model.isEnd(this.space.plainState(vector))) !== isEnd)
      this.#impure({ part: 'isEnd' }, trace())
  }

  /** Throws if the model does not restore a state from its cells. */
  checkRestore(vector: Int32Array, trace: () => Trace<S>): void {
    this.#restored(vector, trace)
  }

  #judgeState(vector: Int32Array, trace: () => Trace<S>): void {
    const { model } = this.space
    const state = this.#restored(vector, trace)
    attempt(model, { part: 'constraint' }, trace, () => asBoolean(model.constraint?.(state) ?? true))
    new Judge(model, this.properties, new Evidence(this.properties)).judgeState(state, trace)
  }

  #restored(vector: Int32Array, trace: () => Trace<S>): S {
    const { space } = this
    const { model } = space
    return attempt(model, { part: 'restore' }, trace, () => {
      const state = space.plainState(vector)
      const cells = model.cells(state)
      const isSame = space.columns.every((column, at) => column.idOf(cells[at]) === vector[at])
      if (!isSame) throw new Error('the cells of the restored state are others')
      return state
    })
  }

  /** What an outcome does in this state, to be compared. */
  #effectOf({ patches, events }: Outcome, vector: Int32Array): string {
    const after = vector.slice(0, this.space.columns.length)
    for (const patch of patches) after[patch.column] = patch.after(vector[patch.column] as number)
    return `${after.join()} ${events}`
  }

  #actionAt(at: number) {
    return this.space.actions[at] as (typeof this.space.actions)[number]
  }

  #impure(culprit: Culprit<S>, trace: Trace<S>): never {
    throw new ModelError(this.space.model, culprit, trace, new ImpureError())
  }
}
