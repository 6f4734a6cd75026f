/**
 * Why a trace goes as it does, as text and as JSON: what enabled a step, and what a violation is made of.
 */
import { type Cause, causesOf, coreOf, ingredientsOf, statesOf } from '../explain/causes.js'
import { placeText } from '../explain/places.js'
import type { Property, Step } from '../model.js'
import type { Style } from './style.js'
import { count, labelled } from './text.js'
import type { Behaviour } from './trace.js'

/** `step 3, exitChildren(shell): child.parent shell → init`. */
function causeText<S>({ model, initial, ...behaviour }: Behaviour<S>, { place, writtenBy }: Cause): string {
  const states = statesOf({ model, initial, ...behaviour })
  const { rule, choice } = behaviour.steps[writtenBy - 1] as Step<S>
  const was = placeText(model, initial, states[writtenBy - 1] as S, place)
  const { value } = placeText(model, initial, states[writtenBy] as S, place)
  return `step ${writtenBy}, ${model.label(rule, choice, initial)}: ${was.place} ${was.value} → ${value}`
}

/** @param number of the step, counted from 1 */
export function whyStepText<S>(behaviour: Behaviour<S>, number: number, style: Style): string {
  const { model, initial, steps } = behaviour
  const { rule, choice } = steps[number - 1] as Step<S>
  const { enabledBy, reads } = causesOf(behaviour, number)
  const lines = (label: string, texts: readonly string[]): string[] =>
    texts.flatMap((text, i) => labelled(i === 0 ? label : '', text, style.width))
  const textOf = (causes: readonly Cause[]): string[] =>
    causes.toSorted((a, b) => b.writtenBy - a.writtenBy).map(cause => causeText(behaviour, cause))
  return `${[
    ...labelled('why', `step ${number}, ${model.label(rule, choice, initial)}`, style.width),
    ...labelled('source', rule.source, style.width),
    ...(enabledBy.length === 0
      ? labelled(
          'enabled',
          'in the initial state already, and no step before it has changed that',
          style.width,
        )
      : lines('enabled by', textOf(enabledBy))),
    ...lines('also reads', textOf(reads)),
  ].join('\n')}\n`
}

export function whyViolatedText<S>(behaviour: Behaviour<S>, property: Property<S>, style: Style): string {
  const { model, initial, steps } = behaviour
  const ingredients = ingredientsOf(behaviour, property).toSorted((a, b) => b.writtenBy - a.writtenBy)
  const core = coreOf(behaviour, property)
  const noise = steps.flatMap(({ rule, choice }, i) =>
    core.has(i + 1) ? [] : [`${i + 1} ${model.label(rule, choice, initial)}`],
  )
  return `${[
    ...ingredients.flatMap((cause, i) =>
      labelled(i === 0 ? 'because' : '', causeText(behaviour, cause), style.width),
    ),
    ...labelled('core', `${count(core.size, 'step')} of ${steps.length}`, style.width),
    ...(noise.length === 0 ? [] : labelled('noise', noise.join('; '), style.width)),
  ].join('\n')}\n`
}

export function whyJson<S>(
  behaviour: Behaviour<S>,
  property: Property<S>,
  number: number | undefined,
): object {
  const causes = (all: readonly Cause[]): object[] =>
    all.map(cause => ({
      place: placeText(behaviour.model, behaviour.initial, behaviour.initial.state, cause.place).place,
      step: cause.writtenBy,
      text: causeText(behaviour, cause),
    }))
  if (number === undefined)
    return {
      because: causes(ingredientsOf(behaviour, property)),
      core: [...coreOf(behaviour, property)].toSorted((a, b) => a - b),
    }
  const { enabledBy, reads } = causesOf(behaviour, number)
  return { step: number, enabledBy: causes(enabledBy), reads: causes(reads) }
}
