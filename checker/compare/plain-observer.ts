/**
 * What is seen of a model that does not say what can be seen of it: external steps, and all events of every step.
 */
import { eventText } from '../report/events.js'
import type { Observer } from './observed.js'

export const plainObserver = <S>(): Observer<S> => ({
  step(model, { rule, choice }, events, initial) {
    const seen = events.map(event => eventText(model, event, initial))
    return rule.kind === 'internal' ? seen : [model.label(rule, choice, initial), ...seen]
  },
  rest: () => 'at rest',
})
