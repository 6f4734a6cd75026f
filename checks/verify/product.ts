/**
 * Spec and core as one model: every step is taken by both, from the same state, and leads on only where they agree.
 *
 * Where they do not, a cell of its own says so. The core reads of the state no more than it needs (lazy-world.ts), and
 * so the fast engine asks both once for each reading of theirs, and knows the answer for every other state that looks
 * the same to them.
 */
import { fieldsWrittenTo, isView } from '../../checker/engine/view.js'
import type { Invariant } from '../../checker/model.js'
import { ImmutableState } from '../../spec/immutable-state.js'
import { type Cell, kinds, objectsBy } from '../abstraction.js'
import type { KernelModel } from '../model.js'
import { coreProfile } from './document.js'
import { enables } from './driver.js'
import { inTellableOrder, type Seen } from './events.js'
import { LazyWorld } from './lazy-world.js'
import { isPanic, panics } from './panic.js'
import { crashed, enablesName, note, Refinement, refinesName, seenOf } from './refinement.js'
import type { Core, CoreModule } from './world.js'

/** The name of the comparison that fails; none in a state in which nothing has failed. */
type Flag = typeof enablesName | typeof refinesName | ''

export interface ProductOptions {
  /** Before the core is asked anything. */
  readonly onAsk?: (() => void) | undefined
  readonly switches?: Partial<Core.Switches> | undefined
  /** The comparisons that are made. */
  readonly properties: readonly string[]
}

/** In the product, the cell behind those of the spec. */
const flagAt = (scope: ImmutableState['scope']): number => kinds.length * scope.slots

/** What has failed in a state of the product. */
export const flagOf = ({ cells, scope }: ImmutableState): Flag => cells.at(flagAt(scope)) as unknown as Flag

const flagged = ({ cells, scope }: ImmutableState, flag: Flag): ImmutableState =>
  new ImmutableState(scope, cells.with(flagAt(scope), flag as never))

export function productModel(core: CoreModule, model: KernelModel, options: ProductOptions): KernelModel {
  const { scope } = model
  const { onAsk, properties } = options
  const profile = coreProfile(scope.profile, options.switches)
  const refinement = new Refinement(core, model, onAsk)
  const comparesEnabled = properties.includes(enablesName)
  const comparesSteps = properties.includes(refinesName)

  const isEnabled = (state: ImmutableState, rule: string, choice: unknown): boolean | 'crash' => {
    onAsk?.()
    try {
      return enables(new LazyWorld(core, state, { profile }), rule, choice, scope.menu)
    } catch {
      return 'crash'
    }
  }

  const panicsToo = (state: ImmutableState, rule: string, choice: unknown): boolean => {
    if (isEnabled(state, rule, choice) !== true) return false
    const world = new LazyWorld(core, state, { profile })
    return isPanic(refinement.take(world, [], rule, choice))
  }

  return {
    ...model,
    initial: model.initial.map(it => ({
      ...it,
      state: new ImmutableState(scope, [...it.state.cells, '' as never]),
    })),
    rules: model.rules.map(rule => ({
      ...rule,
      guard(state, choice) {
        if (panics(rule, state, choice)) return comparesEnabled && !panicsToo(state, rule.name, choice)
        return rule.guard(state, choice) || (comparesEnabled && isEnabled(state, rule.name, choice) !== false)
      },
      effect(state, choice) {
        const bySpec = rule.guard(state, choice)
        if (!bySpec || (comparesEnabled && isEnabled(state, rule.name, choice) !== true))
          return flagged(state, enablesName)
        const after = rule.effect(state, choice)
        if (!comparesSteps) return after
        const seen: Seen[] = []
        onAsk?.()
        const world = new LazyWorld(core, state, {
          profile,
          observe: event => note(seen, world, event),
        })
        const ofSpec = seenOf(model.events(after))
        const crash = refinement.take(world, seen, rule.name, choice)
        const ofCore = inTellableOrder(seen)
        // Where the one is a core as well, both may crash alike.
        if (crash !== undefined) return ofSpec.includes(crashed(crash)) ? after : flagged(state, refinesName)
        const isSame =
          ofSpec.length === ofCore.length && ofSpec.every((it, i) => it === ofCore[i]) && agrees(world, after)
        return isSame ? after : flagged(state, refinesName)
      },
    })),
    cellNames: initial => [...model.cellNames(initial), 'divergence'],
    isEnd: () => true,
  }
}

/** What a search of the product judges. */
export const productProperties = (
  { properties }: Pick<ProductOptions, 'properties'>,
  onDivergence: () => void,
): readonly Invariant<ImmutableState>[] =>
  properties.map(name => ({
    kind: 'invariant',
    name,
    says: 'Spec and core have agreed in every step to here.',
    holds(state) {
      const isDivergent = flagOf(state) === name
      if (isDivergent) onDivergence()
      return !isDivergent
    },
  }))

/** Is the core in this state, which the spec has reached from the same one? Only what one of them has touched can differ. */
export function agrees(world: LazyWorld, after: ImmutableState): boolean {
  const { state: before, slots } = world
  for (const [at, { names, fields, blank }] of kinds.entries())
    for (let slot = 0; slot < slots; slot++) {
      const cell = after.cells.at(at * slots + slot) as unknown as Cell
      const written = writtenIn(before.cells.at(at * slots + slot) as unknown as Cell, cell, names)
      const touched = world.touched(at, slot)
      if (written.length === 0 && touched === 'nothing') continue
      const object = objectsBy[at]?.(world)[slot]
      for (const [i, name] of names.entries()) {
        const field = fields[i] as (typeof fields)[number]
        const from = field.from ?? [name]
        if (touched !== 'everything' && !written.includes(name))
          if (touched === 'nothing' || !from.some(it => touched.has(it))) continue
        const code = object === undefined ? blank[i] : field.read(object, world)
        if (code !== field.codec.encode(cell.get(name))) return false
      }
    }
  return true
}

/** The fields that were written since. */
function writtenIn(before: Cell, after: Cell, names: readonly string[]): readonly string[] {
  if (before === after) return []
  if (!isView(after) || !isView(before) || after.viewSource !== before.viewSource) return names
  return fieldsWrittenTo(after)
}
