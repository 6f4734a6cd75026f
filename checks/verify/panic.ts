/**
 * Steps in which the source panics: nothing comes after them, and the core has to panic as well.
 *
 * setsid and setpgid count all children anew that the caller lists; one that is dead may be listed still (the profile
 * switch `adoptedAndReaped`), and its process group may be gone. The spec takes a reference too many from the session
 * then, for its properties to find (`incRefWithParent`); no core is in such a state.
 */
import type { Rule } from '../../checker/model.js'
import type { Event } from '../../spec/events.js'
import type { ImmutableState } from '../../spec/immutable-state.js'
import type { KernelModel } from '../model.js'

/** A rule that is not taken where the source panics, and says where that is. */
interface CarefulRule extends Rule<ImmutableState> {
  panics(state: ImmutableState, choice: unknown): boolean
}

/** The model without the steps in which the source panics. */
export const untilPanic = (model: KernelModel): KernelModel => ({ ...model, rules: model.rules.map(careful) })

/** May the step be taken in the source, and ends it in a panic? */
export const panics = (rule: Rule<ImmutableState>, state: ImmutableState, choice: unknown): boolean =>
  (rule as Partial<CarefulRule>).panics?.(state, choice) ?? false

/** What such a core throws. */
export const isPanic = (message: string | undefined): boolean => message?.startsWith('KernelPanic: ') === true

function careful(rule: Rule<ImmutableState>): Rule<ImmutableState> | CarefulRule {
  if (rule.name !== 'setsid' && rule.name !== 'setpgid') return rule
  const whereItPanics = (state: ImmutableState, choice: unknown): boolean => {
    const { task, target = task } = choice as { readonly task: number; readonly target?: number }
    return listsGone(state, target) && !isRefused(rule.effect(state, choice))
  }
  return {
    ...rule,
    guard: (state, choice) => rule.guard(state, choice) && !whereItPanics(state, choice),
    panics: (state, choice) => rule.guard(state, choice) && whereItPanics(state, choice),
  }
}

/** Is a child listed, by the group of this task, whose process group is gone? */
export const listsGone = (state: ImmutableState, mover: number): boolean =>
  state.group(state.task(mover).group).tasks.some(task =>
    state.task(task).children.some(child => {
      const { leader, processGroup } = state.group(state.task(child).group)
      return leader === child && state.processGroup(processGroup).refs === 0
    }),
  )

const isRefused = ({ events }: { readonly events: readonly Event[] }): boolean =>
  events.some(({ kind }) => kind === 'failed')
