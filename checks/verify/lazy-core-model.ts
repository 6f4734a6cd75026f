/**
 * A core as a model of its own that reads no more of a state than the core needs: so the fast engine asks it once for
 * each reading, as it asks the spec, and two cores can be compared in one model (product.ts).
 *
 * Not here: the same for the simple engine, which restores the core for every step (core-model.ts).
 */
import type { StepEvent } from '../../checker/model.js'
import { ImmutableState } from '../../spec/immutable-state.js'
import { kinds, objectsBy } from '../abstraction.js'
import type { KernelModel } from '../model.js'
import { coreModel } from './core-model.js'
import { coreProfile } from './document.js'
import { enables } from './driver.js'
import { inTellableOrder, type Seen } from './events.js'
import { LazyWorld } from './lazy-world.js'
import { crashed, note, Refinement } from './refinement.js'
import type { CoreModule } from './world.js'

export function lazyCoreModel(core: CoreModule, model: KernelModel): KernelModel {
  const { scope } = model
  const profile = coreProfile(scope.profile)
  const refinement = new Refinement(core, model)
  const events = new WeakMap<object, readonly StepEvent[]>()
  return {
    ...coreModel(core, model),
    rules: model.rules.map(rule => ({
      ...rule,
      guard(state, choice) {
        try {
          return enables(new LazyWorld(core, state, { profile }), rule.name, choice, scope.menu)
        } catch {
          // The other core is asked as well, and has to be able to say so.
          return false
        }
      },
      effect(state, choice) {
        const seen: Seen[] = []
        const world = new LazyWorld(core, state, { profile, observe: event => note(seen, world, event) })
        const crash = refinement.take(world, seen, rule.name, choice)
        const after = crash === undefined ? stateAfter(world) : new ImmutableState(scope, state.cells)
        const told = inTellableOrder(seen).map(text => ({ kind: 'seen', text }))
        events.set(after, crash === undefined ? told : [...told, { kind: 'seen', text: crashed(crash) }])
        return after
      },
    })),
    events: state => events.get(state) ?? [],
  }
}

/** By kind of cells, in their order. */
const writers: readonly ((state: ImmutableState, slot: number, changes: object) => ImmutableState)[] = [
  (state, slot, changes) => state.withTask(slot, changes),
  (state, slot, changes) => state.withGroup(slot, changes),
  (state, slot, changes) => state.withNamespace(slot, changes),
  (state, slot, changes) => state.withProcessGroup(slot, changes),
  (state, slot, changes) => state.withSession(slot, changes),
]

/** The state that the core is in: the one that it was in before, with what it has touched. */
function stateAfter(world: LazyWorld): ImmutableState {
  let after = new ImmutableState(world.state.scope, world.state.cells)
  for (const [at, { names, fields, blank }] of kinds.entries())
    for (let slot = 0; slot < world.slots; slot++) {
      const touched = world.touched(at, slot)
      if (touched === 'nothing') continue
      const object = objectsBy[at]?.(world)[slot]
      const changes: [string, unknown][] = []
      for (const [i, { codec, read, from }] of fields.entries()) {
        const name = names[i] as string
        const isTouched = touched === 'everything' || (from ?? [name]).some(it => touched.has(it))
        if (object !== undefined && !isTouched) continue
        const code = object === undefined ? blank[i] : read(object, world)
        changes.push([name, codec.decode(code as never, after.scope)])
      }
      after = writers[at]?.(after, slot, Object.fromEntries(changes)) ?? after
    }
  return after
}
