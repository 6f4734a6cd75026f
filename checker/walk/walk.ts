/**
 * Random walks: behaviours of a model that is too large to be searched, one after the other, each judged as it goes.
 *
 * Everything follows from the seed: the same seed takes the same walks.
 * Here: the walks and what they break. Not here: which step is taken next (scheduler.ts), making a trace smaller
 * (minimize/).
 */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { ModelError } from '../explore/model-error.js'
import type { Action, Trace } from '../explore/result.js'
import type { Initial, LocalProperty, Model, Step } from '../model.js'
import { Dice, newScheduler, type Scheduler, type SchedulerName, schedulers } from './scheduler.js'

export interface WalkOptions {
  readonly seed: number
  /** At most so many walks, each of at most so many steps. */
  readonly walks: number
  readonly steps: number
  /** Without one, each in turn. */
  readonly scheduler?: SchedulerName | undefined
  /** Seconds for everything. */
  readonly timeout?: number | undefined
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((progress: WalkProgress) => void) | undefined
}

export interface WalkProgress {
  readonly walks: number
  readonly steps: number
  readonly broken: number
  readonly seconds: number
}

/** A property that a walk has broken, with the walk up to there. */
export interface Found<S> {
  readonly property: LocalProperty<S>
  readonly trace: Trace<S>
  /** Which walk, counted from 1, and how its steps were chosen. */
  readonly walk: number
  readonly scheduler: SchedulerName
}

export interface Walked<S> {
  readonly walks: number
  readonly steps: number
  /** The shortest beginning of a walk that breaks each property, in the order of the properties. */
  readonly found: readonly Found<S>[]
  /** Properties that no walk has broken; covers that some walk has reached. */
  readonly unbroken: readonly LocalProperty<S>[]
  readonly reached: readonly LocalProperty<S>[]
  readonly firings: ReadonlyMap<string, number>
  /** All walks were taken. */
  readonly isComplete: boolean
  readonly seconds: number
}

/** Between two pauses, in milliseconds. */
const stretch = 50

/** @param stuck judged where nothing can be done any more */
export async function walk<S>(
  model: Model<S>,
  properties: readonly LocalProperty<S>[],
  options: WalkOptions,
  stuck?: LocalProperty<S>,
): Promise<Walked<S>> {
  const started = performance.now()
  const seconds = (): number => (performance.now() - started) / 1000
  const firings = new Map<string, number>(model.rules.map(({ name }) => [name, 0]))
  const broken = new Map<LocalProperty<S>, Found<S>>()
  const reached = new Set<LocalProperty<S>>()
  let steps = 0
  let walks = 0
  let pausedAt = started
  const { signal, timeout = Number.POSITIVE_INFINITY } = options
  for (; walks < options.walks && !isAborted(signal) && seconds() < timeout; walks++) {
    const scheduler = options.scheduler ?? (schedulers[walks % schedulers.length] as SchedulerName)
    const dice = new Dice(options.seed + walks)
    const initial = model.initial[dice.below(model.initial.length)] as Initial<S>
    const order = newScheduler(scheduler, model, initial, dice, { steps: options.steps, firings })
    const actions: Action<S>[] = []
    const judge = (where: Where<S>, isStuck = false): void => {
      for (const property of isStuck && stuck !== undefined ? [stuck] : isStuck ? [] : properties) {
        const known = broken.get(property)
        if (reached.has(property) || (known !== undefined && known.trace.actions.length <= actions.length))
          continue
        if (!shows(model, property, where, { initial, actions })) continue
        if (property.kind === 'cover') reached.add(property)
        else
          broken.set(property, {
            property,
            trace: { initial, actions: [...actions] },
            walk: walks + 1,
            scheduler,
          })
      }
    }
    let state = model.restore(model.cells(initial.state))
    judge({ state })
    while (actions.length < options.steps) {
      const step = stepFrom(model, state, order, { initial, actions })
      if (step === undefined) {
        judge({ state }, true)
        break
      }
      actions.push({ rule: step.rule, choice: step.choice })
      firings.set(step.rule.name, (firings.get(step.rule.name) ?? 0) + 1)
      steps++
      state = model.restore(model.cells(step.after))
      judge({ state, step })
      if (isOutside(model, state)) break
      if (performance.now() - pausedAt < stretch) continue
      await nextTurn()
      pausedAt = performance.now()
      options.onProgress?.({ walks, steps, broken: broken.size, seconds: seconds() })
      if (isAborted(signal) || seconds() >= timeout) break
    }
  }
  const all = stuck === undefined ? properties : [...properties, stuck]
  return {
    walks,
    steps,
    found: all.flatMap(property => broken.get(property) ?? []),
    unbroken: all.filter(property => property.kind !== 'cover' && !broken.has(property)),
    reached: [...reached],
    firings,
    isComplete: walks === options.walks && !isAborted(signal),
    seconds: seconds(),
  }
}

const isAborted = (signal: AbortSignal | undefined): boolean => signal?.aborted === true

const isOutside = <S>(model: Model<S>, state: S): boolean => model.constraint?.(state) === false

interface Where<S> {
  readonly state: S
  /** The step that led there. */
  readonly step?: Step<S>
}

/** Does the state, or the step that led there, break the property, or reach the cover? */
function shows<S>(
  model: Model<S>,
  property: LocalProperty<S>,
  { state, step }: Where<S>,
  trace: Trace<S>,
): boolean {
  try {
    if (property.kind === 'invariant') return !property.holds(state)
    if (property.kind === 'step') return step !== undefined && !property.holds(step)
    return property.reached?.(state) === true || (step !== undefined && property.reachedBy?.(step) === true)
  } catch (cause) {
    throw new ModelError(
      model,
      { part: 'property', property },
      { ...trace, actions: [...trace.actions] },
      cause,
    )
  }
}

/** The first action that is enabled, in the order of the scheduler. */
function stepFrom<S>(
  model: Model<S>,
  before: S,
  scheduler: Scheduler<S>,
  trace: Trace<S>,
): Step<S> | undefined {
  for (const action of scheduler.order()) {
    const { rule, choice } = action
    let part: 'guard' | 'effect' = 'guard'
    try {
      if (!rule.guard(before, choice)) continue
      part = 'effect'
      const after = rule.effect(before, choice)
      scheduler.took(action)
      return { before, rule, choice, after, events: model.events(after) }
    } catch (cause) {
      throw new ModelError(model, { part, action }, { ...trace, actions: [...trace.actions] }, cause)
    }
  }
  return undefined
}
