/**
 * The states of a model, expanded where somebody looks, in any order; with what the outside sees of every step.
 *
 * Here: the numbers of states, and the steps out of each, worked out once.
 * Not here: in which order to look, and for what (compare/). No constraint of the model is asked.
 */
import type { Model, StepEvent, StepProperty } from '../model.js'
import type { Expander } from './expander.js'
import { expanderFor } from './search.js'
import { fingerprint, States } from './states.js'

/** Numbers for one step: the state it leads to, its action, its events. */
export const numbersOfStep = 3

/** Events are kept where somebody judges steps. */
const aboutSteps = <S>(): StepProperty<S> => ({
  kind: 'step',
  name: 'any step',
  says: 'Every step may be taken.',
  holds: () => true,
})

export class Unfolding<S> {
  readonly #expander: Expander<S>
  readonly #states: States
  readonly #steps: (Int32Array | undefined)[] = []
  #cells = 0

  constructor(readonly model: Model<S>) {
    this.#expander = expanderFor(model, [aboutSteps<S>()])
    this.#states = new States(this.#expander.space.columns)
  }

  /** How many states were met. */
  get size(): number {
    return this.#states.count
  }

  /** Every rule with every choice; a step names its action by the position here. */
  get actions() {
    return this.#expander.space.actions
  }

  eventsAt(id: number): readonly StepEvent[] {
    return this.#expander.space.eventsAt(id)
  }

  stateAt(index: number): S {
    const { space } = this.#expander
    const ids = new Int32Array(space.columns.length)
    this.#states.load(index, ids)
    return space.plainState(ids)
  }

  /** The number of a state. */
  indexOf(state: S): number {
    const { space, row } = this.#expander
    const cells = this.model.cells(state)
    const ids = Int32Array.from(space.columns, (column, at) => column.idOf(cells[at]))
    this.#learnCells()
    this.#states.fit(ids)
    this.#states.layout.pack(ids, row)
    const { low, high } = fingerprint(space.columns, ids)
    return this.#numberOf(low, high)
  }

  /** Every step out of a state, in the order of the actions: three numbers each. */
  stepsOf(index: number): Int32Array {
    const known = this.#steps[index]
    if (known !== undefined) return known
    const expander = this.#expander
    expander.load(this.#states, index)
    expander.ask()
    const { outcomes } = expander
    const steps = new Int32Array(numbersOfStep * outcomes.length)
    for (const [at, outcome] of outcomes.entries()) {
      const changes = expander.take(outcome)
      this.#learnCells()
      let target = index
      if (changes) {
        expander.findRow(this.#states)
        target = this.#numberOf(expander.low, expander.high)
      }
      expander.undo()
      steps.set([target, outcome.action, outcome.events], numbersOfStep * at)
    }
    this.#steps[index] = steps
    return steps
  }

  /** Of the state whose row was found last. */
  #numberOf(low: number, high: number): number {
    const { row } = this.#expander
    const known = this.#states.find(row, low, high)
    return known >= 0 ? known : this.#states.add(row, low, high)
  }

  /** Cells that were never met before need room, and may have to be read in another way. */
  #learnCells(): void {
    const expander = this.#expander
    const { census, tracker, columns } = expander.space
    if (census.cells === this.#cells) return
    this.#cells = census.cells
    if (tracker.findMixed()) expander.forget()
    const { largest } = this.#states.layout
    if (columns.every(({ size }, column) => size - 1 <= (largest[column] as number))) return
    this.#states.widen()
    expander.pack(this.#states)
  }
}
