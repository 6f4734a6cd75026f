/**
 * The spec as a model that the checker can search.
 *
 * Here: the rules with their choices, the cells of a state, and the names that people read.
 * Not here: which rules, properties and bounds make a check.
 */

import { UsageError } from '../checker/errors.js'
import type { Initial, Model, Rule, StepEvent } from '../checker/model.js'
import type { Event } from '../spec/events.js'
import { ImmutableState } from '../spec/immutable-state.js'
import type { Feature, Rule as SpecRule } from '../spec/rule.js'
import { type Scope, slotsOf } from '../spec/scope.js'
import { initialState, type Topology } from '../spec/topology.js'
import { TopologyError } from '../spec/topology-error.js'
import { actionLabel, cellNames, eventText, fieldText, type Names, namesOf, reasonText } from './names.js'
import { symmetryOfTasks } from './symmetry.js'

/**
 * A rule of the spec with any type of choices. A rule fits although its guard and effect take its own choices
 * only, because they are methods; and it is given no others, because they come from the rule itself.
 */
export type AnySpecRule = SpecRule<unknown>

export type KernelModelOptions = {
  readonly name: string
  readonly scope: Scope
  readonly topologies: readonly Topology[]
  readonly rules: readonly AnySpecRule[]
  /** What programs and other processes may do; the kernel's own steps always may happen. */
  readonly features: readonly Feature[]
}

/** A model whose events can be told to people. */
export interface KernelModel extends Model<ImmutableState> {
  readonly scope: Scope
  /** The name of each slot. */
  names(initial: Initial<ImmutableState>): Names
  describeEvent(event: StepEvent, initial: Initial<ImmutableState>): string
}

/** Throws `UsageError` for a topology that cannot be, or does not fit the scope. */
export function kernelModel({ name, scope, topologies, rules, features }: KernelModelOptions): KernelModel {
  const namesByTopology = new Map(topologies.map(topology => [topology.name, namesOf(topology, scope)]))

  const namesIn = (initial: Initial<ImmutableState>): Names => {
    const names = namesByTopology.get(initial.name)
    if (names !== undefined) return names
    throw new UsageError(
      `The model ${name} has no topology ${initial.name}.`,
      `It has ${[...namesByTopology.keys()].join(', ')}.`,
    )
  }

  const restore = (cells: readonly unknown[]): ImmutableState =>
    new ImmutableState(scope, cells as ImmutableState['cells'])

  const initial = topologies.map(topology => ({
    name: topology.name,
    says: topology.says,
    state: buildInitial(topology, scope),
  }))
  const itsRules = rules.map(rule => fitted(rule, scope, features, restore))
  return {
    name,
    scope,
    names: namesIn,
    initial,
    rules: itsRules,
    symmetry: symmetryOfTasks({ scope, initial, rules: itsRules, names: namesIn }),
    cells: state => state.cells,
    restore,
    events: state => state.events,
    cellNames: from => cellNames(namesIn(from)),
    label: (rule, choice, initial) => actionLabel(rule.name, choice, namesIn(initial)),
    lane(_rule, choice, initial) {
      const { task, target } = choice as { readonly task?: number; readonly target?: number }
      const actor = task ?? target
      return actor === undefined ? undefined : namesIn(initial)[actor]
    },
    // A program may wait or stay stopped for ever; whether it should is asked by the invariants. A task that
    // is in no stop and has something to run must be able to run it.
    isEnd: state =>
      slotsOf(scope).every(id => {
        const { runState, stop } = state.task(id)
        return stop !== null || ['unborn', 'exited', 'wait', 'app'].includes(runState)
      }),
    describeField: (_cell, field, value, initial) => fieldText(field, value, namesIn(initial)),
    describeReason: (reason, initial) => reasonText(reason, namesIn(initial)),
    describeEvent: (event, initial) => eventText(event as Event, namesIn(initial)),
  }
}

function buildInitial(topology: Topology, scope: Scope): ImmutableState {
  try {
    return initialState(topology, scope)
  } catch (error) {
    throw error instanceof TopologyError ? new UsageError(error.what, error.next) : error
  }
}

/** The rule as the checker takes it: with its choices listed, and with the events of one step only. */
function fitted(
  rule: AnySpecRule,
  scope: Scope,
  features: readonly Feature[],
  restore: (cells: readonly unknown[]) => ImmutableState,
): Rule<ImmutableState> {
  const { name, feature, kind, source } = rule
  const mayHappen = (choice: unknown) =>
    kind === 'internal' || features.includes(rule.featureOf?.(choice) ?? feature)
  return {
    name,
    feature,
    kind,
    source,
    choices: Object.freeze(
      rule
        .choices(scope)
        .filter(mayHappen)
        .map(choice => Object.freeze(choice)),
    ),
    guard: (state, choice) => rule.guard(state, choice),
    // Every method of an ImmutableState that changes it gives an ImmutableState.
    effect: (state, choice) => rule.effect(restore(state.cells), choice) as ImmutableState,
  }
}
