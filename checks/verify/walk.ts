/**
 * Long walks in lock-step: the core is never put into a state, so that what the abstraction cannot see has its
 * effect; and it is saved and restored on the way, which must change nothing.
 */
import type { Rule } from '../../checker/model.js'
import type { ImmutableState } from '../../spec/immutable-state.js'
import type { WaitOptions } from '../../spec/wait-options.js'
import { isIn, stateOf } from '../abstraction.js'
import type { Seen } from './events.js'
import { type Random, randomFrom } from './random.js'
import { type Divergence, note, type Refinement } from './refinement.js'
import type { Core, World } from './world.js'

export interface WalkOptions {
  readonly seed: number
  /** At most so many steps; a walk ends earlier where nothing can happen any more. */
  readonly length: number
  /** Every so many steps, on average, the core is saved and restored. */
  readonly saveEvery: number
  /** Is the core asked for calls that it has to refuse? The core of an older revision may not know them. */
  readonly refusals: boolean
}

/** Positions in the model: of the initial state, and of the rule and choice of each step. */
export interface Located {
  readonly initial: number
  readonly actions: readonly (readonly [rule: number, choice: number])[]
}

export interface Walk {
  readonly steps: number
  readonly saves: number
  readonly divergence?: { readonly trace: Located; readonly what: Divergence } | undefined
}

interface Enabled {
  readonly rule: Rule<ImmutableState>
  readonly ruleAt: number
  readonly choices: readonly number[]
}

/** The spec decides where the walk goes, so that it can be walked again without the core. */
export function walk(refinement: Refinement, options: WalkOptions): Walk {
  const { model, core } = refinement
  const random = randomFrom(options.seed)
  const initial = random(model.initial.length)
  const actions: [number, number][] = []
  let seen: Seen[] = []
  const observe = (world: World, event: Core.KernelEvent) => note(seen, world, event)
  let saves = 0
  let state = (model.initial[initial] as { readonly state: ImmutableState }).state
  const world = refinement.world(state, observe)
  const diverged = (what: Divergence): Walk => ({
    steps: actions.length,
    saves,
    divergence: { trace: { initial, actions }, what },
  })

  while (actions.length < options.length) {
    const action = choose(refinement, world, state, random)
    if (action === undefined) break
    const { rule, ruleAt, choiceAt } = action
    const choice = rule.choices[choiceAt]
    const after = rule.effect(state, choice)
    const isSaved = random(options.saveEvery) === 0
    actions.push([ruleAt, choiceAt])
    seen = []
    refinement.asks()
    const what =
      refinement.takeAndCompare(world, seen, {
        rule: rule.name,
        choice,
        after,
        events: model.events(after),
      }) ??
      refinement.enabledIn(world, after) ??
      (options.refusals ? refinement.refusedIn(world, after) : undefined)
    if (what !== undefined) return diverged(what)
    state = model.restore(model.cells(after))
    if (!isSaved) continue
    saves++
    const broken = saveAndRestore(world, core, state, event => observe(world, event))
    if (broken !== undefined) return diverged(broken)
  }
  return { steps: actions.length, saves }
}

/** A rule that is enabled, and then one of its choices: rules with many choices are not preferred. */
function choose({ model }: Refinement, world: World, state: ImmutableState, random: Random) {
  const enabled: Enabled[] = model.rules.flatMap((rule, ruleAt) => {
    const choices = rule.choices.flatMap((choice, i) =>
      rule.guard(state, choice) && isNamed(world, choice) ? [i] : [],
    )
    return choices.length === 0 ? [] : [{ rule, ruleAt, choices }]
  })
  const of = enabled[random(enabled.length)]
  return of && { ...of, choiceAt: of.choices[random(of.choices.length)] as number }
}

/** A wait for one who is not born yet is left out in inner namespaces: no id stands for him already. */
function isNamed(world: World, choice: unknown): boolean {
  const { task, options } = choice as { readonly task?: number; readonly options?: WaitOptions }
  const slot = options?.specificTID ?? options?.specificPGID ?? null
  const waiter = world.tasks[task ?? -1]
  return slot === null || waiter === undefined || world.canName(waiter.group.pidns, slot)
}

/** To text and back: the core that comes out of it goes on. */
function saveAndRestore(
  world: World,
  core: Refinement['core'],
  state: ImmutableState,
  observe: (event: Core.KernelEvent) => void,
): Divergence | undefined {
  try {
    const text = JSON.stringify(core.save(world.taskSet))
    world.adopt(core.restoreAll(JSON.parse(text), { schedule: 'by hand', observe }))
    const view = { scope: state.scope, world }
    if (isIn(view, state)) return undefined
    return { kind: 'restore', message: 'it is in another state after save and restore', core: stateOf(view) }
  } catch (error) {
    return { kind: 'restore', message: error instanceof Error ? error.message : String(error) }
  }
}
