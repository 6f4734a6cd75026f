/**
 * Does the core refine the spec? Both take the same step from the same state, and everything visible is compared.
 *
 * Here: one step, and what may be done in one state; both as properties that any search of the spec can judge.
 * Not here: which states are visited (verify.ts), long walks without restoring (walk.ts).
 */
import type { Invariant, Step, StepEvent, StepProperty } from '../../checker/model.js'
import type { Event } from '../../spec/events.js'
import type { ImmutableState } from '../../spec/immutable-state.js'
import type { Scope } from '../../spec/scope.js'
import { isIn, stateOf } from '../abstraction.js'
import type { KernelModel } from '../model.js'
import { coreProfile, documentOf } from './document.js'
import { enables, take } from './driver.js'
import { inTellableOrder, type Seen, seenOfCore, seenOfSpec } from './events.js'
import { isPanic, panics } from './panic.js'
import { type Refusal, wrongRefusal } from './refusals.js'
import { disagreement, overlooked } from './registries.js'
import { type Core, type CoreModule, World } from './world.js'

/** What spec and core answer differently. */
export type Divergence =
  /** The core is in another state, or the outside saw something else. */
  | {
      readonly kind: 'step'
      readonly core: ImmutableState
      readonly seenOfSpec: readonly Seen[]
      readonly seenOfCore: readonly Seen[]
    }
  /** The core has thrown an error that no call returns. */
  | { readonly kind: 'crash'; readonly message: string }
  /** Steps that one of them may take, and the other may not: by the position of rule and choice. */
  | {
      readonly kind: 'enabled'
      readonly rule: string
      readonly choice: unknown
      readonly by: 'spec' | 'core'
    }
  /** The core does not refuse a call that can only fail, or for another reason. */
  | { readonly kind: 'refusal'; readonly refusal: Refusal }
  /** The core cannot be put into the state, or is in another one then. */
  | { readonly kind: 'restore'; readonly message: string; readonly core?: ImmutableState }

export const refinesName = 'the core takes every step as the spec does'
export const enablesName = 'the core may take exactly the steps of the spec'

const messageOf = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error)

/** A call of the spec that failed, whoever made it. */
const isFailure = (event: Event): boolean => event.kind === 'failed'

/** What a core that is a model itself tells of a crash. */
export const crashed = (message: string): Seen => `crash: ${message}`

/** The core takes the step, from this state; what it throws that no call returns is told, and not thrown. */
export function explored(
  refinement: Refinement,
  before: ImmutableState,
  rule: string,
  choice: unknown,
): { readonly world: World; readonly seen: readonly Seen[]; readonly crash: string | undefined } {
  const seen: Seen[] = []
  const world = refinement.world(before, (of, event) => note(seen, of, event))
  const crash = refinement.take(world, seen, rule, choice)
  return { world, seen: inTellableOrder(seen), crash }
}

/** Events as the model tells them: those of the spec, or those of a core that is a model itself. */
export function seenOf(events: readonly StepEvent[]): readonly Seen[] {
  if (events.every(({ kind }) => kind === 'seen')) return events.map(({ text }) => String(text))
  const all = events as unknown as readonly Event[]
  // The failure of a call is told last, as it is by the core.
  return inTellableOrder([...all.filter(it => !isFailure(it)), ...all.filter(isFailure)].map(seenOfSpec))
}

export class Refinement {
  readonly #scope: Scope
  /** The state restored last, as a document. */
  #restored: { readonly cells: unknown; readonly document: Core.SavedTaskSet } | undefined
  steps = 0
  states = 0

  constructor(
    readonly core: CoreModule,
    readonly model: KernelModel,
    /** Is told before the core is asked anything, so that somebody can notice if it never answers. */
    private readonly onAsk: () => void = () => undefined,
    /** Switches of the core that are set otherwise than those of the model. */
    private readonly switches: Partial<Core.Switches> = {},
  ) {
    this.#scope = model.scope
  }

  /** The core is asked next. */
  asks(): void {
    this.steps++
    this.onAsk()
  }

  /** A core in this state, that tells what the outside sees. */
  world(state: ImmutableState, observe?: (world: World, event: Core.KernelEvent) => void): World {
    if (this.#restored?.cells !== state.cells)
      this.#restored = { cells: state.cells, document: documentOf(state) }
    let world: World | undefined
    const restored = this.core.restoreAll(this.#restored.document, {
      profile: coreProfile(this.#scope.profile, this.switches),
      schedule: 'by hand',
      observe: event => world !== undefined && observe?.(world, event),
    })
    world = new World(this.core, this.#scope.slots, this.#scope.accounting, restored)
    return world
  }

  /** One step from a state into which the core is put. */
  step({ before, rule, choice, after, events }: Step<ImmutableState>): Divergence | undefined {
    this.asks()
    const seen: Seen[] = []
    let world: World
    try {
      world = this.world(before, (of, event) => note(seen, of, event))
    } catch (error) {
      return { kind: 'restore', message: messageOf(error) }
    }
    return this.takeAndCompare(world, seen, { rule: rule.name, choice, after, events })
  }

  /** What is different in a walk, of which the core takes every step without being put into a state on the way. */
  afterAll(
    initial: ImmutableState,
    steps: readonly Step<ImmutableState>[],
    refusals: boolean,
  ): Divergence | undefined {
    let seen: Seen[] = []
    const world = this.world(initial, (of, event) => note(seen, of, event))
    for (const { rule, choice, after, events } of steps) {
      seen = []
      const divergence =
        this.takeAndCompare(world, seen, { rule: rule.name, choice, after, events }) ??
        this.enabledIn(world, after) ??
        (refusals ? this.refusedIn(world, after) : undefined)
      if (divergence !== undefined) return divergence
    }
    return undefined
  }

  /** The step, in a core that is in the state before it. */
  takeAndCompare(world: World, seen: Seen[], { rule, choice, after, events }: Taken): Divergence | undefined {
    const ofSpec = seenOf(events)
    const message = this.take(world, seen, rule, choice)
    if (message !== undefined)
      return ofSpec.includes(crashed(message)) ? undefined : { kind: 'crash', message }
    const ofCore = inTellableOrder(seen)
    const isSame = ofSpec.length === ofCore.length && ofSpec.every((it, i) => it === ofCore[i])
    return this.#compared(() => {
      const view = { scope: this.#scope, world }
      if (isSame && isIn(view, after)) return undefined
      return { kind: 'step', core: stateOf(view), seenOfSpec: ofSpec, seenOfCore: ofCore }
    })
  }

  /**
   * The core takes the step. What it throws that no call returns is given back. What its registries say is wrong then is told as
   * well, as something that no spec shows.
   */
  take(world: World, seen: Seen[], rule: string, choice: unknown): string | undefined {
    const ready = world.ready()
    const woken = new Set<Core.Task>()
    world.taskSet.wake = task => void woken.add(task)
    try {
      take(world, rule, choice)
    } catch (error) {
      if (!(error instanceof this.core.SyscallError)) return messageOf(error)
      seen.push(`the call of task ${(choice as { readonly task: number }).task} failed: ${error.code}`)
    }
    try {
      const wrong = disagreement(world) ?? overlooked(world, ready, woken)
      if (wrong !== undefined) seen.push(wrong)
    } catch (error) {
      return messageOf(error)
    }
    return undefined
  }

  /** What may be done in a state, and whether the core can be put into it. */
  enabled(state: ImmutableState): Divergence | undefined {
    this.states++
    this.onAsk()
    let world: World
    try {
      world = this.world(state)
    } catch (error) {
      return { kind: 'restore', message: messageOf(error) }
    }
    return this.#compared(() => {
      const view = { scope: this.#scope, world }
      if (!isIn(view, state))
        return { kind: 'restore', message: 'it is in another state then', core: stateOf(view) }
      return this.enabledIn(world, state)
    })
  }

  /** The same for a core that is in the state already. */
  enabledIn(world: World, state: ImmutableState): Divergence | undefined {
    const { menu } = this.#scope
    for (const rule of this.model.rules)
      for (const choice of rule.choices) {
        if (panics(rule, state, choice)) {
          const message = this.#panicIn(state, rule.name, choice)
          if (!isPanic(message))
            return { kind: 'crash', message: message ?? 'nothing, where the source panics' }
          continue
        }
        const spec = rule.guard(state, choice)
        if (spec === enables(world, rule.name, choice, menu)) continue
        return { kind: 'enabled', rule: rule.name, choice, by: spec ? 'spec' : 'core' }
      }
    return undefined
  }

  /** Calls that can only fail, in a core that is in the state. */
  refusedIn(world: World, state: ImmutableState): Divergence | undefined {
    this.onAsk()
    return this.#compared(() => {
      const refusal = wrongRefusal(this.core, world, state)
      return refusal && { kind: 'refusal', refusal }
    })
  }

  /** Another core in this state takes a step in which the source panics. What it throws. */
  #panicIn(state: ImmutableState, rule: string, choice: unknown): string | undefined {
    const world = this.world(state)
    return enables(world, rule, choice, this.#scope.menu) ? this.take(world, [], rule, choice) : undefined
  }

  #compared(compare: () => Divergence | undefined): Divergence | undefined {
    try {
      return compare()
    } catch (error) {
      return { kind: 'crash', message: messageOf(error) }
    }
  }

  /** What a search of the spec judges. `onDivergence` is called for the first one, and for those after it. */
  properties(
    onDivergence: () => void = () => undefined,
  ): readonly [StepProperty<ImmutableState>, Invariant<ImmutableState>] {
    const held = (divergence: Divergence | undefined): boolean => {
      if (divergence !== undefined) onDivergence()
      return divergence === undefined
    }
    return [
      {
        kind: 'step',
        name: refinesName,
        says: 'From the same state the same step leads both to the same state, and shows the outside the same.',
        holds: step => held(this.step(step)),
        explain: step => explain(this.step(step)),
        clause: step => clauseOf(this.step(step), step.rule.name),
      },
      {
        kind: 'invariant',
        name: enablesName,
        says: 'In every state, what the core would do next is what the spec lets happen next, no more and no less.',
        holds: state => held(this.enabled(state)),
        explain: state => explain(this.enabled(state)),
        clause: state => clauseOf(this.enabled(state), undefined),
      },
    ]
  }
}

interface Taken {
  readonly rule: string
  readonly choice: unknown
  readonly after: ImmutableState
  readonly events: readonly StepEvent[]
}

/** What the core tells of a step, in the names of the world that it happens in. */
export function note(seen: Seen[], world: World, event: Core.KernelEvent): void {
  const it = seenOfCore(event, world)
  if (it !== undefined) seen.push(it)
}

/** Divergences of one kind, in one rule, are taken for the same. */
const clauseOf = (divergence: Divergence | undefined, rule: string | undefined): string | undefined =>
  divergence && [divergence.kind, 'rule' in divergence ? divergence.rule : rule].filter(Boolean).join(': ')

/** In one sentence; where they differ is told by the report. */
export function explain(divergence: Divergence | undefined): string {
  if (divergence === undefined) return 'they agree'
  switch (divergence.kind) {
    case 'step':
      return 'the core ends in another state, or shows the outside something else'
    case 'crash':
      return `the core throws: ${divergence.message}`
    case 'enabled':
      return divergence.by === 'spec'
        ? `the spec may take ${divergence.rule}, and the core may not`
        : `the core may take ${divergence.rule}, and the spec may not`
    case 'refusal':
      return `the core answers ${divergence.refusal.call} by ${divergence.refusal.got}`
    case 'restore':
      return `the core cannot be put into the state: ${divergence.message}`
  }
}
