/**
 * What the outside saw of a step, in one line each: `wait4 returned ECHILD`.
 */
import type { Initial, Model, StepEvent } from '../model.js'
import { show } from './value.js'

export const eventText = <S>(model: Model<S>, event: StepEvent, initial: Initial<S>): string =>
  model.describeEvent?.(event, initial) ?? plainText(event)

const plainText = ({ kind, ...fields }: StepEvent): string =>
  [kind, ...Object.entries(fields).map(([key, value]) => `${key}=${show(value)}`)].join(' ')
