/**
 * A model as the outside sees it: a graph in which every edge shows one thing, or nothing.
 *
 * Here: what each step shows, one thing after another; sets of states that the outside cannot tell apart, and what
 * may be seen next of each.
 * Not here: what can be seen of a particular model (`Observer`), how two models are compared (inclusion.ts).
 */
import { numbersOfStep, type Unfolding } from '../engine/unfolding.js'
import type { Action } from '../explore/result.js'
import type { Initial, Model, StepEvent } from '../model.js'

/** What can be seen from outside. Everything as people read it; equal texts are one observation. */
export interface Observer<S> {
  /** What a step shows, one thing after another: what a program does first. Nothing: the step is silent. */
  step(
    model: Model<S>,
    action: Action<S>,
    events: readonly StepEvent[],
    initial: Initial<S>,
  ): readonly string[]
  /** What is seen of a step that ends the system as a whole; undefined for one after which it goes on. */
  end?(action: Action<S>, before: () => S): string | undefined
  /** What a look at the system shows while nothing happens on its own. */
  rest(model: Model<S>, state: S, initial: Initial<S>): string
}

/** The label of an edge that shows nothing. */
export const silent = 0

/** Texts as numbers, the same for all models that are compared. */
export class Labels {
  readonly #texts: string[] = ['']
  readonly #numbers = new Map<string, number>([['', silent]])

  numberOf(text: string): number {
    const known = this.#numbers.get(text)
    if (known !== undefined) return known
    const number = this.#texts.push(text) - 1
    this.#numbers.set(text, number)
    return number
  }

  textOf(number: number): string {
    return this.#texts[number] as string
  }
}

/** Numbers for one edge: its label, the node it leads to, the action that it begins, or -1. */
export const numbersOfEdge = 3

/** Between two things that one step shows: what is still to be shown, and the state after it. */
interface Between {
  readonly target: number
  readonly labels: readonly number[]
}

/**
 * One model from one initial state. A node is a state (an even number) or stands between two things that one step
 * shows (an odd one).
 */
export class Observed<S> {
  readonly start: number
  readonly #between: Between[] = []
  readonly #betweenByKey = new Map<string, number>()
  readonly #edges = new Map<number, Int32Array>()
  readonly #rests = new Map<number, number>()
  /** By action and events. */
  readonly #shown = new Map<number, Map<number, readonly number[]>>()

  constructor(
    private readonly unfolding: Unfolding<S>,
    readonly initial: Initial<S>,
    private readonly observer: Observer<S>,
    private readonly labels: Labels,
  ) {
    this.start = 2 * unfolding.indexOf(initial.state)
  }

  /** Does a step begin here? */
  isState(node: number): boolean {
    return (node & 1) === 0
  }

  /** Every step out of a state, in the order of the actions: what it shows, and the state after it. */
  stepsOf(node: number): readonly {
    readonly action: number
    readonly labels: readonly number[]
    readonly target: number
  }[] {
    const steps = this.unfolding.stepsOf(node >> 1)
    return Array.from({ length: steps.length / numbersOfStep }, (_, i) => {
      const [target, action, events] = steps.subarray(numbersOfStep * i) as unknown as [
        number,
        number,
        number,
      ]
      return { action, labels: this.#shownBy(node >> 1, action, events), target: 2 * target }
    })
  }

  /** Every edge out of a node, three numbers each. */
  edgesOf(node: number): Int32Array {
    const known = this.#edges.get(node)
    if (known !== undefined) return known
    const edges = this.isState(node) ? this.#stepsFrom(node >> 1) : this.#rest(node)
    this.#edges.set(node, edges)
    return edges
  }

  /** The label of a look at this node; undefined where something happens on its own. */
  restOf(node: number): number | undefined {
    if (!this.isState(node)) return undefined
    const known = this.#rests.get(node)
    if (known !== undefined) return known === silent ? undefined : known
    const { model, actions } = this.unfolding
    const steps = this.unfolding.stepsOf(node >> 1)
    let isResting = true
    for (let at = 1; at < steps.length && isResting; at += numbersOfStep)
      isResting = actions[steps[at] as number]?.rule.kind === 'external'
    const label = isResting
      ? this.labels.numberOf(this.observer.rest(model, this.unfolding.stateAt(node >> 1), this.initial))
      : silent
    this.#rests.set(node, label)
    return isResting ? label : undefined
  }

  #stepsFrom(index: number): Int32Array {
    const steps = this.unfolding.stepsOf(index)
    const edges = new Int32Array(steps.length)
    for (let at = 0; at < steps.length; at += numbersOfStep) {
      const [target, action, events] = steps.subarray(at, at + numbersOfStep) as unknown as number[]
      const [first = silent, ...rest] = this.#shownBy(index, action as number, events as number)
      edges.set([first, this.#nodeFor(target as number, rest), action as number], at)
    }
    return edges
  }

  #rest(node: number): Int32Array {
    const { target, labels } = this.#between[node >> 1] as Between
    const [first = silent, ...rest] = labels
    return Int32Array.of(first, this.#nodeFor(target, rest), -1)
  }

  #nodeFor(target: number, labels: readonly number[]): number {
    if (labels.length === 0) return 2 * target
    const key = `${target} ${labels.join()}`
    const known = this.#betweenByKey.get(key)
    if (known !== undefined) return known
    const node = 2 * (this.#between.push({ target, labels }) - 1) + 1
    this.#betweenByKey.set(key, node)
    return node
  }

  /** What a step out of a state shows; where the system ends by it, that as well. */
  #shownBy(index: number, action: number, events: number): readonly number[] {
    const shown = this.#shownOf(action, events)
    const { actions } = this.unfolding
    const end = this.observer.end?.(actions[action] as Action<S>, () => this.unfolding.stateAt(index))
    return end === undefined ? shown : [...shown, this.labels.numberOf(end)]
  }

  #shownOf(action: number, events: number): readonly number[] {
    const ofAction = this.#shown.get(action) ?? new Map<number, readonly number[]>()
    this.#shown.set(action, ofAction)
    const known = ofAction.get(events)
    if (known !== undefined) return known
    const { model, actions } = this.unfolding
    const texts = this.observer.step(
      model,
      actions[action] as Action<S>,
      this.unfolding.eventsAt(events),
      this.initial,
    )
    const labels = texts.map(text => this.labels.numberOf(text))
    ofAction.set(events, labels)
    return labels
  }
}
