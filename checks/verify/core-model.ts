/**
 * A core as a model of its own: what it does next in a state is what it says that it may do, and where that leads.
 *
 * So two cores can be compared without asking the spec; its names for actions and states are used, and not its rules.
 */
import type { StepEvent } from '../../checker/model.js'
import type { ImmutableState } from '../../spec/immutable-state.js'
import { stateOf } from '../abstraction.js'
import type { KernelModel } from '../model.js'
import { reasonText } from '../names.js'
import { enables } from './driver.js'
import { crashed, explored, Refinement } from './refinement.js'
import type { CoreModule, World } from './world.js'

export function coreModel(core: CoreModule, model: KernelModel): KernelModel {
  const { scope } = model
  const refinement = new Refinement(core, model)
  let looked: { readonly cells: unknown; readonly world: World | undefined } | undefined
  const events = new WeakMap<object, readonly StepEvent[]>()

  /** A core in the state, to be asked what it may do, and not to be stepped; none, if it cannot be in it. */
  const lookAt = (state: ImmutableState): World | undefined => {
    if (looked?.cells !== state.cells) looked = { cells: state.cells, world: worldIn(state) }
    return looked.world
  }
  const worldIn = (state: ImmutableState): World | undefined => {
    try {
      return refinement.world(state)
    } catch {
      // It has got there by a step, and cannot be restored: the comparison says so when that step is taken.
      return undefined
    }
  }

  return {
    ...model,
    rules: model.rules.map(rule => ({
      ...rule,
      guard(state, choice) {
        const world = lookAt(state)
        return world !== undefined && enables(world, rule.name, choice, scope.menu)
      },
      effect(state, choice) {
        const { world, seen, crash } = explored(refinement, state, rule.name, choice)
        // A core that crashes stays where it was, and says so: the other one has to crash as well.
        const after = crash === undefined ? stateOf({ scope, world }) : state
        const told = crash === undefined ? seen : [...seen, crashed(crash)]
        const copy = model.restore(after.cells)
        events.set(
          copy,
          told.map(text => ({ kind: 'seen', text })),
        )
        return copy
      },
    })),
    events: state => events.get(state) ?? [],
    describeEvent: ({ text }, initial) => reasonText(String(text), model.names(initial)),
    isEnd: () => true,
  }
}
