/**
 * A model that threw, or is not pure, with the way to where it did.
 */
import type { ModelError } from '../explore/model-error.js'
import { replay } from '../explore/replay.js'
import type { Model } from '../model.js'
import { modelErrorText } from '../report/error.js'
import type { Style } from '../report/style.js'
import { type Behaviour, traceLines } from '../report/trace.js'
import type { Defect } from './run-check.js'

export const modelErrorReport = <S>({ check, defect, model }: Defect<S>, style: Style): string =>
  modelErrorText(`${check}: ${defect.message}`, defect.isImpure, wayTo(defect, model, style), style)

/** As far as it can be walked again: the last step of it may be what threw. */
function wayTo<S>({ trace }: ModelError<S>, model: Model<S>, style: Style): Behaviour<S> {
  const { initial, actions } = trace
  for (let length = actions.length; length > 0; length--) {
    try {
      const behaviour = {
        model,
        initial,
        steps: replay(model, { initial, actions: actions.slice(0, length) }).steps,
      }
      traceLines(behaviour, '', style) // shows what no state can hold by throwing, too
      return behaviour
    } catch {
      // One step less.
    }
  }
  return { model, initial, steps: [] }
}
