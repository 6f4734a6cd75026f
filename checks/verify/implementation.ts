/**
 * The core as an implementation that traces can be replayed on.
 */
import type { Model, Step } from '../../checker/model.js'
import type { Behaviour } from '../../checker/report/trace.js'
import type { Difference, Implementation } from '../../checker/suite.js'
import type { ImmutableState } from '../../spec/immutable-state.js'
import type { KernelModel } from '../model.js'
import { differencesOf } from './differences.js'
import { loadCore, ownFolder } from './load.js'
import { enablesName, Refinement, refinesName } from './refinement.js'
import type { CoreModule } from './world.js'

export const coreImplementation: Implementation<ImmutableState> = {
  name: 'core',
  says: 'the task-exit core in src/',
  comparisons: [enablesName, refinesName],
  async load() {
    const core = await loadCore(ownFolder)
    return {
      properties: model => new Refinement(core, asKernelModel(model)).properties(),
      differences: behaviour => differencesAtEnd(core, behaviour),
    }
  },
}

/** Every model of this suite is one. */
const asKernelModel = (model: Model<ImmutableState>): KernelModel => model as KernelModel

/** What spec and core answer differently in the last step of the behaviour, or may do differently after it. */
export function differencesAtEnd(
  core: CoreModule,
  behaviour: Behaviour<ImmutableState>,
): readonly Difference[] {
  const { initial, steps } = behaviour
  const model = asKernelModel(behaviour.model)
  const refinement = new Refinement(core, model)
  const last: Step<ImmutableState> | undefined = steps.at(-1)
  const inLast = last && refinement.step(last)
  if (last !== undefined && inLast !== undefined) return differencesOf(inLast, last.after, model, initial)
  const state = model.restore(model.cells(last?.after ?? initial.state))
  const thereafter = refinement.enabled(state)
  return thereafter === undefined ? [] : differencesOf(thereafter, state, model, initial)
}
