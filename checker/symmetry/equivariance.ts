/**
 * Is a model symmetric, as it says? A state and its renamed copy are asked the same questions.
 *
 * Of the copy, the steps have to lead to the copies of where the steps of the state lead, and to show the same properties;
 * and it must be an end, and within the constraint, if the state is. Rules may break this: one that takes the lowest of
 * several things does, and so does a property of one thing by name.
 */

import { canonical } from '../encode/canonical.js'
import { messageOf } from '../errors.js'
import { isShownByState, isShownByStep } from '../explore/judge.js'
import type { LocalProperty, Model, Permutation, Symmetry } from '../model.js'
import { renamedCells } from './renaming.js'
import { stepsFrom } from './steps.js'

/** A model is not symmetric, although it says so. */
export class NotSymmetric extends Error {
  override readonly name = 'NotSymmetric'
}

/** Throws `NotSymmetric` if the state with these cells and these copies of it differ in more than names. */
export function compareCopies<S>(
  model: Model<S>,
  properties: readonly LocalProperty<S>[],
  symmetry: Pick<Symmetry, 'owners' | 'rename' | 'overlooked'>,
  cells: readonly unknown[],
  renamings: readonly Permutation[],
): void {
  const judged = judgedIn(model, properties, cells)
  const advice = () => symmetry.overlooked?.([cells, ...judged.steps.map(({ after }) => after)])
  compareEach(renamings, to => {
    const copy = judgedIn(model, properties, renamedCells(symmetry, cells, to))
    return differenceOf(judged, copy, after => renamedCells(symmetry, after, to), advice)
  })
}

/** Throws `NotSymmetric` if properties say something else of a copy than of the state with these cells, or the constraint does. */
export function compareJudgements<S>(
  model: Model<S>,
  properties: readonly LocalProperty<S>[],
  symmetry: Pick<Symmetry, 'owners' | 'rename'>,
  cells: readonly unknown[],
  renamings: readonly Permutation[],
): void {
  const judged = judgementOf(model, properties, model.restore(cells))
  compareEach(renamings, to => {
    const copy = model.restore(renamedCells(symmetry, cells, to))
    return differenceOfJudgements(judged, judgementOf(model, properties, copy))
  })
}

/** Throws if there is a difference from any of the copies. */
function compareEach(
  renamings: readonly Permutation[],
  differenceFrom: (to: Permutation) => string | undefined,
): void {
  for (const to of renamings) {
    const reason = answerOf(() => differenceFrom(to))
    if (reason !== undefined) throw new NotSymmetric(reason)
  }
}

/** What throws on a copy is no answer; if it throws on the state as well, the search without symmetry will say so. */
function answerOf(ask: () => string | undefined): string | undefined {
  try {
    return ask()
  } catch (error) {
    return `a piece of the model throws for a renamed copy: ${messageOf(error)}`
  }
}

interface Judgement {
  /** The names of the properties that the state shows. */
  readonly shown: readonly string[]
  readonly isWithin: boolean | undefined
}

interface Judged extends Judgement {
  readonly isEnd: boolean | undefined
  readonly steps: readonly JudgedStep[]
}

interface JudgedStep {
  readonly rule: string
  readonly after: readonly unknown[]
  /** The names of the properties that the step shows. */
  readonly shown: string
}

const judgementOf = <S>(model: Model<S>, properties: readonly LocalProperty<S>[], state: S): Judgement => ({
  shown: properties.filter(property => isShownByState(property, state)).map(({ name }) => name),
  isWithin: model.constraint?.(state),
})

function judgedIn<S>(
  model: Model<S>,
  properties: readonly LocalProperty<S>[],
  cells: readonly unknown[],
): Judged {
  const state = model.restore(cells)
  return {
    ...judgementOf(model, properties, state),
    isEnd: model.isEnd?.(state),
    steps: Array.from(stepsFrom(model, state), step => ({
      rule: step.rule.name,
      after: model.cells(step.after),
      shown: properties
        .filter(property => isShownByStep(property, step))
        .map(({ name }) => name)
        .join(),
    })),
  }
}

type Rename = (cells: readonly unknown[]) => readonly unknown[]

/** In what a state and its copy differ; undefined if they do not. `advice` is given where it is in their steps. */
function differenceOf(
  state: Judged,
  copy: Judged,
  rename: Rename,
  advice: () => string | undefined,
): string | undefined {
  const ofJudgements = differenceOfJudgements(state, copy)
  if (ofJudgements !== undefined) return ofJudgements
  if (state.isEnd !== copy.isEnd) return 'a state is an end and its renamed copy is not'
  const ofSteps = differenceOfSteps(
    byTarget(state.steps, rename),
    byTarget(copy.steps, cells => cells),
  )
  return ofSteps && [ofSteps, advice()].filter(Boolean).join('; ')
}

function differenceOfJudgements(state: Judgement, copy: Judgement): string | undefined {
  const [property] = [...state.shown, ...copy.shown].filter(
    name => state.shown.includes(name) !== copy.shown.includes(name),
  )
  if (property !== undefined)
    return `the property '${property}' is not the same of a state and its renamed copy`
  if (state.isWithin !== copy.isWithin) return 'the constraint keeps a state and not its renamed copy'
  return undefined
}

/** Steps by where they lead and what they show. */
const byTarget = (steps: readonly JudgedStep[], rename: Rename) =>
  new Map(
    steps.map(({ rule, after, shown }) => {
      const to = rename(after).map(canonical).join('')
      return [`${to}${shown}`, { to, rule }] as const
    }),
  )

function differenceOfSteps(
  renamed: ReturnType<typeof byTarget>,
  ofCopy: ReturnType<typeof byTarget>,
): string | undefined {
  for (const [some, others] of [
    [renamed, ofCopy],
    [ofCopy, renamed],
  ] as const) {
    for (const [step, { to, rule }] of some) {
      if (others.has(step)) continue
      return [...others.values()].some(other => other.to === to)
        ? `a step of the rule ${rule} and its renamed copy show different properties`
        : `the rule ${rule} can do in a state what cannot be done in its renamed copy`
    }
  }
  return undefined
}
