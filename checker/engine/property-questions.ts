/**
 * The questions that are asked of states and of steps: is this property broken, is this cover reached?
 *
 * The answer is the position of the property; undefined: nothing to be seen here. A property of many things is one
 * question for each of them.
 */
import { asBoolean } from '../explore/answers.js'
import { isAboutStates, isAboutSteps, isShownByState, isShownByStep } from '../explore/judge.js'
import type { Each, LocalProperty, Rule, Step, StepEvent } from '../model.js'
import { AfterElements, StateElements } from './cells.js'
import type { Questions, Standing } from './decisions.js'
import type { Holders } from './holders.js'
import type { Space } from './space.js'
import type { Reading } from './tracker.js'

interface Question<Where> {
  readonly property: number
  isShown(where: Where): boolean
}

export class StateQuestions<S> implements Questions<number> {
  readonly #questions: readonly Question<S>[]

  constructor(
    private readonly space: Space<S>,
    private readonly properties: readonly LocalProperty<S>[],
    /** Who keeps up to date who holds what in what is asked about, if somebody does. */
    private readonly holders: Holders | undefined,
    initial: S,
  ) {
    this.#questions = properties.flatMap((it, at) => {
      if (!isAboutStates(it)) return []
      const each = it.kind === 'cover' ? it.some : it.kind === 'invariant' ? it.each : undefined
      return questionsFor(at, it, each, initial, state => isShownByState(it, state))
    })
  }

  get count(): number {
    return this.#questions.length
  }

  get read(): readonly Reading[] {
    return this.space.tracker.read
  }

  propertyOf(question: number): LocalProperty<S> {
    return this.properties[this.#at(question).property] as LocalProperty<S>
  }

  ask(question: number, vector: Int32Array): number | undefined {
    const { tracker, shape } = this.space
    tracker.begin(vector, this.holders)
    return this.#shown(question, shape.stateOf(new StateElements(tracker, tracker.slots.before)))
  }

  askPlainly(question: number, vector: Int32Array): number | undefined {
    return this.#shown(question, this.space.plainState(vector))
  }

  #shown(question: number, state: S): number | undefined {
    const { property, isShown } = this.#at(question)
    return isShown(state) ? property : undefined
  }

  #at(question: number): Question<S> {
    return this.#questions[question] as Question<S>
  }
}

export class StepQuestions<S> implements Questions<number> {
  readonly #questions: readonly Question<Step<S>>[]

  constructor(
    private readonly space: Space<S>,
    private readonly properties: readonly LocalProperty<S>[],
    initial: S,
  ) {
    this.#questions = properties.flatMap((it, at) => {
      if (!isAboutSteps(it)) return []
      const each = it.kind === 'cover' ? it.someBy : it.kind === 'step' ? it.each : undefined
      return questionsFor(at, it, each, initial, step => isShownByStep(it, step))
    })
  }

  get count(): number {
    return this.#questions.length
  }

  get read(): readonly Reading[] {
    return this.space.tracker.read
  }

  propertyOf(question: number): LocalProperty<S> {
    return this.properties[this.#at(question).property] as LocalProperty<S>
  }

  ask(question: number, vector: Int32Array): number | undefined {
    this.space.tracker.begin(vector)
    return this.#shown(question, new TrackedStep(this.space))
  }

  askPlainly(question: number, vector: Int32Array): number | undefined {
    return this.#shown(question, plainStep(this.space, vector))
  }

  #shown(question: number, step: Step<S>): number | undefined {
    const { property, isShown } = this.#at(question)
    return isShown(step) ? property : undefined
  }

  #at(question: number): Question<Step<S>> {
    return this.#questions[question] as Question<Step<S>>
  }
}

/**
 * Lists the properties that are shown. One that is asked of many things may be shown by several of them, and is listed once.
 *
 * @param shown is written anew
 */
export function listShown({ has, answers }: Standing<number>, shown: number[]): readonly number[] {
  // Faster than to set the length, which is no matter for compiled code.
  while (shown.length > 0) shown.pop()
  for (let word = 0; word < has.length; word++) {
    for (let left = has[word] as number; left !== 0; left &= left - 1) {
      const property = answers[32 * word + 31 - Math.clz32(left & -left)] as number
      // The questions of one property have numbers one after the other.
      if (shown[shown.length - 1] !== property) shown.push(property)
    }
  }
  return shown
}

const questionsFor = <S, Where>(
  at: number,
  { kind }: LocalProperty<S>,
  each: Each<S, Where> | undefined,
  initial: S,
  isShown: (where: Where) => boolean,
): readonly Question<Where>[] => {
  if (each === undefined) return [{ property: at, isShown }]
  const isBroken = kind !== 'cover'
  return Array.from({ length: each.count(initial) }, (_, thing) => ({
    property: at,
    isShown: where => asBoolean(each.isSo(where, thing)) !== isBroken,
  }))
}

/** A step that tells what is read of it. */
class TrackedStep<S> implements Step<S> {
  readonly #elements: StateElements
  #before: S | undefined
  #after: S | undefined

  constructor(private readonly space: Space<S>) {
    const { tracker } = space
    this.#elements = new StateElements(tracker, tracker.slots.before)
  }
  get before(): S {
    this.#before ??= this.space.shape.stateOf(this.#elements)
    return this.#before
  }
  get after(): S {
    const { shape, tracker } = this.space
    this.#after ??= shape.stateOf(new AfterElements(tracker, this.#elements))
    return this.#after
  }
  get events(): readonly StepEvent[] {
    return this.space.eventsAt(this.space.tracker.readEvents())
  }
  get rule(): Rule<S> {
    return actionAt(this.space, this.space.tracker.readAction()).rule
  }
  get choice(): unknown {
    return actionAt(this.space, this.space.tracker.readAction()).choice
  }
}

/** The step that the vector describes, untracked. */
export const plainStep = <S>(space: Space<S>, vector: Int32Array): Step<S> => {
  const { slots } = space.tracker
  const { rule, choice } = actionAt(space, vector[slots.action] as number)
  return {
    before: space.plainState(vector),
    rule,
    choice,
    after: space.plainState(vector, slots.after(0)),
    events: space.eventsAt(vector[slots.events] as number),
  }
}

const actionAt = <S>({ actions }: Space<S>, at: number): (typeof actions)[number] =>
  actions[at] as (typeof actions)[number]
