/**
 * Why an action is not enabled: what its guard misses, compared with a state in which it holds.
 *
 * A guard is a function and cannot be read. But with a state in which it holds, the places in which that one differs can
 * be put back one by one, until no more can be: what remains is needed, each of it.
 */
import type { Action } from '../explore/result.js'
import type { Initial, Model } from '../model.js'
import { differences, type Place, placeText, withPlaces } from './places.js'

/** So many places are named. */
const most = 3

/**
 * A smallest set of places, none of which can be left out, that `state` would have to take over from `witness` for the
 * action to be enabled.
 *
 * @param witness a state in which it is enabled
 */
export function missing<S>(
  model: Model<S>,
  state: S,
  { rule, choice }: Action<S>,
  witness: S,
): readonly Place[] {
  let needed = differences(model, state, witness)
  for (const place of needed) {
    const fewer = needed.filter(other => other !== place)
    if (holds(() => rule.guard(withPlaces(model, state, witness, fewer), choice))) needed = fewer
  }
  return needed
}

/** A state put together from two may be none that a guard was made for; then it does not hold. */
const holds = (guard: () => boolean): boolean => {
  try {
    return guard()
  } catch {
    return false
  }
}

/** `child.parent is none, not init`: what keeps the action from being enabled. */
export function whyDisabled<S>(
  model: Model<S>,
  initial: Initial<S>,
  state: S,
  action: Action<S>,
  witness: S,
): string {
  const places = missing(model, state, action, witness)
  const said = places.slice(0, most).map(place => {
    const here = placeText(model, initial, state, place)
    return `${here.place} is ${here.value}, not ${placeText(model, initial, witness, place).value}`
  })
  const more = places.length - said.length
  return [...said, ...(more > 0 ? [`and ${more} more`] : [])].join('; ')
}
